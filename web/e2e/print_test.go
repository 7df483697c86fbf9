package e2e

import (
	"bytes"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// On paper the page is light whatever its theme is, shows nothing that one would press, and nothing
// is cut or lies over anything else: on A4 and with every tab open. Afterwards it is as it was.
func TestPrint(t *testing.T) {
	p := newTab(t, filmCamera)
	dark := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"}
	media := func(name string) {
		do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name, Features: []*emulation.MediaFeature{dark}})
	}
	media("screen")
	p.size(1440, 900, false)
	p.at("#model=simple-se&sample=cat&gates=2:3@0.5&tab=maps")
	theme := "document.documentElement.dataset.theme"
	// Of all that is painted in the theme's colours, a block's gates are on every page.
	gates := "(c => c.toDataURL())(document.querySelector('#blocks .blk:not([hidden]) canvas'))"
	onScreen := eval[string](p, gates)
	p.run("e2e.printed = []; addEventListener('beforeprint', () => e2e.printed.push(" + theme + ", " + gates + "))")
	pdf := do(p, page.PrintToPDF, page.PrintToPDFParams{}).Data
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 50_000 {
		t.Errorf("the printed page has %d bytes", len(pdf))
	}
	if got := eval[[]string](p, "e2e.printed"); len(got) != 2 || got[0] != "light" || got[1] == onScreen {
		t.Errorf("printed: theme %q, gates repainted: %t", got[:min(1, len(got))], len(got) == 2 && got[1] != onScreen)
	}
	p.wait("the screen as it was", theme+" === 'dark' && "+gates+" === "+quote(onScreen))

	p.size(718, 1032, false) // A4 without its margins
	for _, tab := range []string{"", "maps", "compare", "teach", "test", "model"} {
		media("screen")
		if tab != "" {
			p.openTab(tab)
		}
		p.run("dispatchEvent(new Event('beforeprint'))")
		media("print")
		p.frames()
		for _, bad := range eval[[]string](p, overlaps) {
			t.Errorf("printed, tab %q: %s", tab, bad)
		}
		if pressed := eval[[]string](p, "[...document.querySelectorAll('.btn, .tog, .seg, input[type=range], #pin, .film')].filter((e) => e.checkVisibility()).map((e) => e.id || e.className)"); len(pressed) > 0 {
			t.Errorf("printed, tab %q: to be seen are %q", tab, pressed)
		}
		if stuck := eval[[]string](p, "[...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && /fixed|sticky/.test(getComputedStyle(e).position)).map((e) => e.id || e.className)"); len(stuck) > 0 {
			t.Errorf("printed, tab %q: on every sheet would be %q", tab, stuck)
		}
		p.run("dispatchEvent(new Event('afterprint'))")
	}
}
