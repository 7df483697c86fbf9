package e2e

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var han = regexp.MustCompile(`\p{Han}`)

// size gives the tab a screen.
func (p *tab) size(w, h int64, phone bool) {
	p.t.Helper()
	if p.fox != nil {
		if _, err := p.fox.call("browsingContext.setViewport", object{"context": p.fox.context, "viewport": object{"width": w, "height": h}}); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	do(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w, Height: h, DeviceScaleFactor: 1, Mobile: phone})
}

// within waits until nothing is wider than the screen of w pixels: what is measured before it is
// drawn comes a frame later.
func (p *tab) within(w int64) {
	p.t.Helper()
	p.wait(fmt.Sprintf("the page to fit into %d pixels", w), fmt.Sprintf("document.documentElement.scrollWidth <= %d", w))
}

// shoot takes a screenshot of the whole page for people to look at; folder "" takes none.
func (p *tab) shoot(folder, name string) {
	p.t.Helper()
	p.frames()
	if folder == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if len(png) < 10_000 {
		p.t.Errorf("%s: the screenshot has %d bytes", name, len(png))
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// transfer gives the page e2e.transfer(), a DataTransfer with that PNG.
func (p *tab) transfer(png []byte) {
	p.t.Helper()
	p.run("const bytes = Uint8Array.from(atob('" + base64.StdEncoding.EncodeToString(png) + "'), (c) => c.charCodeAt(0));" +
		"e2e.transfer = () => { const d = new DataTransfer(); d.items.add(new File([bytes], 'dropped.png', { type: 'image/png' })); return d }")
}

func TestLanguages(t *testing.T) {
	p := open(t, filmCamera)
	words := func() string { return eval[string](p, "document.body.innerText") }
	if lang, text := eval[string](p, "document.documentElement.lang"), words(); lang != "en" || han.MatchString(strings.ReplaceAll(text, "中文", "")) {
		t.Errorf("an English browser gets language %q and the text %q", lang, text)
	}
	english := p.text("answer")
	p.click("lang-zh")
	p.wait("Chinese", "document.documentElement.lang.startsWith('zh') && document.getElementById('answer').innerText !== "+quote(english))
	p.openTab("maps")
	p.wait("the figures", "document.getElementById('fig-1-title')?.innerText")
	for _, id := range []string{"answer", "verdict", "chip", "map-open", "camera", "how", "gates", "card-matters", "stations", "tab-maps", "fig-0-title", "fig-1-title", "strip"} {
		if text := p.text(id); !han.MatchString(text) {
			t.Errorf("#%s says %q in the Chinese page", id, text)
		}
	}
	p.load() // the choice is kept
	if text := p.text("answer"); !han.MatchString(text) {
		t.Errorf("after a reload the answer is %q, expected Chinese", text)
	}
	p.click("lang-en")
	p.wait("English", "document.documentElement.lang === 'en' && document.getElementById('answer').innerText.trim() === "+quote(english))
	p.wait("English for screen readers", "!/\\p{Script=Han}/u.test(document.getElementById('live').textContent)")
	if text := words(); han.MatchString(strings.ReplaceAll(text, "中文", "")) {
		t.Errorf("Chinese is left in the English page: %q", text)
	}
}

func TestThemes(t *testing.T) {
	// brightness of the page's ground, 0 to 255
	const ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b / 3, 0)"
	p := newTab(t, filmCamera)
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	p.load()
	if v := eval[float64](p, ground); v > 60 {
		t.Errorf("who prefers dark gets a ground of brightness %.0f", v)
	}
	p.click("theme")
	p.wait("the light theme", "document.documentElement.dataset.theme === 'light' && "+ground+" > 200")
	p.load()
	if v := eval[float64](p, ground); v < 200 {
		t.Errorf("the choice of light is forgotten: brightness %.0f", v)
	}
	p.click("theme")
	p.wait("the dark theme", "document.documentElement.dataset.theme === 'dark' && "+ground+" < 60")
	// All of the page changes at once: nothing but what the pointer is on fades.
	fading := eval[int](p, "(document.documentElement.dataset.theme = 'light', document.getAnimations().filter((a) => !a.effect.target.matches(':hover')).length)")
	if fading > 0 {
		t.Errorf("%d controls fade behind a change of theme", fading)
	}
}

// On a phone nothing hangs over the edge, and a thumb hits every control.
func TestPhone(t *testing.T) {
	p := newTab(t, filmCamera)
	p.size(390, 844, true)
	p.load()
	for _, lang := range []string{"en", "zh"} {
		p.click("lang-" + lang)
		p.wait("language "+lang, "document.documentElement.lang.startsWith('"+lang+"')")
		if w := eval[float64](p, "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth)"); w > 390 {
			wide := eval[[]string](p, "[...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > 391 && !e.closest('.film')).map((e) => e.tagName + '#' + e.id + '.' + e.className).slice(0, 8)")
			t.Errorf("%s: the page is %.0f pixels wide on a screen of 390: %v", lang, w, wide)
		}
		// A link within a line of text needs no such size, and a field is hit anywhere on its
		// label.
		small := eval[[]string](p, `[...document.querySelectorAll('button, select, input, a[href]')].map((e) => {
			const box = (e.closest('label') || e).getBoundingClientRect();
			return !e.checkVisibility() || !box.width || e.disabled && e.dataset.term === '' || e.classList.contains('link') || box.width >= 40 && box.height >= 40 ? '' :
				(e.id || e.innerText || e.outerHTML.slice(0, 80)) + ' ' + box.width.toFixed(0) + ' x ' + box.height.toFixed(0);
		}).filter(Boolean)`)
		if len(small) > 0 {
			t.Errorf("%s: smaller than 40 pixels: %q", lang, small)
		}
	}
	view := eval[map[string]float64](p, "document.getElementById('view').getBoundingClientRect().toJSON()")
	if view["width"] < 300 || view["bottom"] > 844 {
		t.Errorf("the stage lies at %v, expected it whole on the first screen", view)
	}
}

// On wide screens nothing hangs over the edge either.
func TestWidths(t *testing.T) {
	p := open(t, filmCamera)
	for _, w := range []int64{768, 1024, 1280, 1920} {
		p.size(w, 900, false)
		p.within(w)
	}
}

// The default network is seen whole on a common notebook: its stations need no scrolling.
func TestStripFits(t *testing.T) {
	p := newTab(t, filmCamera)
	p.newcomer()
	for _, lang := range []string{"en", "zh"} {
		p.size(1366, 768, false)
		p.at("#lang=" + lang)
		p.wait("the stations", "document.querySelectorAll('.st').length >= 8")
		if wide, room := eval[int](p, "document.getElementById('stations').scrollWidth"), eval[int](p, "document.getElementById('stations').clientWidth"); wide > room {
			t.Errorf("%s: the stations are %d pixels wide, and there are %d", lang, wide, room)
		}
	}
}

func TestKeys(t *testing.T) {
	p := open(t, filmCamera)
	n := p.count()
	p.press("s")
	if d := p.after(n, "", ""); d.File == "ship.svg" {
		t.Error("s: the sample is the same")
	}

	p.press("h")
	p.wait("h to hide the map", "getComputedStyle(document.getElementById('heat')).display === 'none'")
	p.press("h")
	p.wait("h to show the map", "getComputedStyle(document.getElementById('heat')).display !== 'none'")

	kind, sum, n := eval[string](p, "document.getElementById('kind').value"), eval[float64](p, "e2e.sum('heat')"), p.count()
	p.press("m")
	p.wait("m to choose another map", "document.getElementById('kind').value !== "+quote(kind))
	p.after(n, "", "")
	// Behind a mean and one Linear, Grad-CAM is the positive part of class evidence, which looks
	// the same; the next kind does not.
	kind, n = eval[string](p, "document.getElementById('kind').value"), p.count()
	p.press("m")
	p.wait("m to choose the map after it", "document.getElementById('kind').value !== "+quote(kind))
	p.after(n, "", "")
	if eval[float64](p, "e2e.sum('heat')") == sum {
		t.Error("m: the map is painted as before")
	}

	p.press("?")
	p.wait("? to open the help", "document.getElementById('help').open")
	if text := p.text("help"); !strings.Contains(text, "camera") {
		t.Errorf("the help says %q", text)
	}
	p.press("\x1b")
	p.wait("escape to close the help", "!document.getElementById('help').open")

	chosen := make(chan struct{}, 1)
	err := chromedp.Listen(p.ctx, func(event any) {
		if _, ok := event.(*page.EventFileChooserOpened); ok {
			chosen <- struct{}{}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	do(p, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true})
	p.press("o")
	p.received("o to open the file dialog", chosen)

	n = p.count()
	p.press("c")
	p.after(n, "camera", "")
	p.press(" ")
	p.wait("space to freeze", "document.getElementById('freeze').getAttribute('aria-pressed') === 'true'")
	p.still()
	n = p.count()
	p.press(" ")
	p.after(n, "camera", "")
	p.press("c")
	p.wait("c to stop the camera", "document.getElementById('camera').getAttribute('aria-pressed') === 'false' && !document.getElementById('video').srcObject")
	p.still()
}
