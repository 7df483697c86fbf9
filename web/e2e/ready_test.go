package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// The first screen: a sample is explained by the default network before anybody chose anything.
func TestFirstScreen(t *testing.T) { inBoth(t, testFirstScreen) }

func testFirstScreen(t *testing.T, in device) {
	p := newTab(t, in)
	p.newcomer()
	p.load()
	t.Logf("ready %.0f ms after the navigation", eval[float64](p, "e2e.readyAt")) // the aim is 2 s on a machine that does nothing else
	d := p.after(0, "cup.webp", "everyday")
	checkDetail(t, d)
	// The strip tells what came, as it was sent: program and weights with brotli, and not more than
	// the browser counted.
	var mb float64
	if _, err := fmt.Sscanf(eval[string](p, "document.getElementById('strip').innerText.match(/([0-9.]+) MB loaded/)?.[1] || ''"), "%g", &mb); err != nil {
		t.Errorf("the strip does not tell what was loaded: %q", p.text("strip"))
	} else if sum := eval[float64](p, "window.sescope.loaded()") / 1e6; mb < .8 || mb > sum+.006 || mb > 2.5 {
		t.Errorf("the strip tells of %v MB, the browser of %.3f", mb, sum)
	}
	if got := p.text("answer"); got == "" {
		t.Error("no prediction is written")
	}
	if n := eval[int](p, "document.querySelectorAll('#predictions li').length"); n != min(5, len(d.Logits)) {
		t.Errorf("%d predictions are listed, expected %d", n, min(5, len(d.Logits)))
	}
	if n := eval[int](p, "document.querySelectorAll('#gates [data-layer]').length"); n != len(d.Gates) {
		t.Errorf("%d blocks of gates are drawn, expected %d", n, len(d.Gates))
	}
	bars := eval[int](p, "document.querySelectorAll('#gates [role=slider]').length")
	want := 0
	if len(d.Gates) > 0 { // one block is shown, the last
		want = len(d.Gates[len(d.Gates)-1].Scale)
	}
	if bars != want {
		t.Errorf("%d gates are drawn, expected %d", bars, want)
	}
	if n := eval[int](p, "[...document.querySelectorAll('#blocks .blk:not([hidden]) canvas')].filter((c) => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size > 8).length"); len(d.Gates) > 0 && n == 0 {
		t.Error("no row of the shown block's gates is painted")
	}
	p.openTab("maps")
	p.wait("the figures", "document.getElementById('fig-3') && e2e.colours('fig-3') > 8")
	for _, id := range []string{"stage", "heat", "see-input", "scale-bar", "card-map", "card-after", "fall-1", "fig-0", "fig-1", "fig-2", "fig-3"} {
		if n := eval[int](p, "e2e.colours('"+id+"')"); n < 8 {
			t.Errorf("#%s shows %d colours: nothing is painted", id, n)
		}
	}
	if n := eval[int](p, "[...document.querySelectorAll('#figs figure')].filter((f) => f.offsetHeight > 0 && f.innerText.trim()).length"); n != 4 {
		t.Errorf("Feature maps begin with %d figures with a caption, expected 4", n)
	}
}

// checkDetail checks the documented form of a result.
func checkDetail(t *testing.T, d detail) {
	t.Helper()
	classes := 10
	if n, ok := map[string]int{"objects": 67, "everyday": 311}[d.Model]; ok {
		classes = n
	} else if strings.HasPrefix(d.Model, "tiny-") {
		classes = 200
	}
	if len(d.Logits) != classes || len(d.Top) != 5 {
		t.Fatalf("the result has %d logits and %d top classes, expected %d and 5", len(d.Logits), len(d.Top), classes)
	}
	for i, c := range d.Top {
		if c.Class == "" || c.P <= 0 || c.P > 1 || i > 0 && c.P > d.Top[i-1].P {
			t.Errorf("top is %+v, expected class names and falling probabilities", d.Top)
			break
		}
	}
	if slices.Min(d.Logits) == slices.Max(d.Logits) {
		t.Error("all logits are equal")
	}
	for _, g := range d.Gates {
		if g.Layer == "" || len(g.Scale) == 0 || slices.Min(g.Scale) < 0 || slices.Max(g.Scale) > 1 {
			t.Errorf("gates of %q: %v, expected values between 0 and 1", g.Layer, g.Scale)
		}
	}
	for _, part := range []string{"grab", "prepare", "network", "maps", "paint"} {
		if ms, ok := d.Timings[part]; !ok || ms < 0 || ms > 60_000 {
			t.Errorf("timings %v, expected milliseconds for %s", d.Timings, part)
		}
	}
	if d.Timings["network"] <= 0 {
		t.Errorf("the network took %v ms", d.Timings["network"])
	}
}

// Every sample of the strip is explained under its own name, and marked; the network that a visitor
// meets first names it rightly and is sure.
func TestSamples(t *testing.T) { inBoth(t, testSamples) }

func testSamples(t *testing.T, in device) {
	p := open(t, in)
	ids := eval[[]string](p, "[...document.querySelectorAll('.film button')].map((b) => b.id)")
	if len(ids) != 10 {
		t.Fatalf("%d samples, expected one for each of the 10 classes", len(ids))
	}
	seen := map[float64]string{}
	for _, id := range ids {
		n := p.count()
		p.click(id)
		name := id[len("sample-"):]
		d := p.after(n, name+".svg", "")
		p.wait(name+" to be shown", "document.getElementById('verdict').textContent.includes("+quote("the picture shows "+name)+")")
		if got, want := eval[string](p, "document.getElementById('verdict').textContent"), "Right: the picture shows "+name+"."; got != want {
			t.Errorf("%q under %v, expected %q", got, d.Top[:2], want)
		}
		if other, ok := seen[d.Logits[0]]; ok {
			t.Errorf("%s has the logits of %s", id, other)
		}
		seen[d.Logits[0]] = id
		p.wait(id+" to be marked", "document.getElementById('"+id+"').getAttribute('aria-pressed') === 'true' && document.querySelectorAll('.film [aria-pressed=true]').length === 1")
	}
}

// The picker's networks answer under their names, and their gates are drawn or said to be missing.
func TestModels(t *testing.T) {
	p := open(t, filmCamera)
	names := models(t)
	for _, name := range append(names[1:], names[0]) {
		n := p.count()
		p.choose("model", name)
		d := p.after(n, "ship.svg", name)
		checkDetail(t, d)
		p.wait("the gates of "+name, `document.querySelectorAll('#gates [data-layer]').length === `+itoa(len(d.Gates)))
		if missing := eval[bool](p, "!document.getElementById('no-gates').hidden"); missing != (len(d.Gates) == 0) {
			t.Errorf("%s: that there are no gates is said: %t, but it has %d blocks", name, missing, len(d.Gates))
		}
	}
}

// A class that is pressed holds the map until it is pressed again.
func TestChooseClass(t *testing.T) {
	p := open(t, filmCamera)
	const truck = "[...document.querySelectorAll('#predictions button')].find((b) => b.innerText.includes('truck'))"
	sum, chip := eval[float64](p, "e2e.sum('heat')"), p.text("chip")
	n := p.count()
	p.run(truck + ".click()")
	p.after(n, "ship.svg", "")
	p.wait("truck to be pressed", truck+".getAttribute('aria-pressed') === 'true'")
	if text := p.text("chip"); !strings.Contains(text, "truck") {
		t.Errorf("the map is named %q, expected truck", text)
	}
	if eval[float64](p, "e2e.sum('heat')") == sum {
		t.Error("the map of truck is that of ship")
	}
	n = p.count()
	p.run(truck + ".click()")
	p.after(n, "ship.svg", "")
	if text, again := p.text("chip"), eval[float64](p, "e2e.sum('heat')"); text != chip || again != sum {
		t.Errorf("released, the map is named %q (before: %q) and is the same: %t", text, chip, again == sum)
	}
}

// The screenshots are for people's eyes; the test only makes sure that they can be taken.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SESCOPE_SHOTS")
	if folder != "" {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := newTab(t, filmCamera)
	p.size(1440, 900, false)
	p.load()
	p.shoot(folder, "light")
	p.click("theme")
	p.wait("the dark theme", "document.documentElement.dataset.theme === 'dark'")
	p.shoot(folder, "dark")
	p.click("theme")
	p.click("lang-zh")
	p.wait("Chinese", "document.documentElement.lang === 'zh-Hans'")
	p.shoot(folder, "zh")
	p.click("lang-en")
	p.size(390, 844, true)
	p.shoot(folder, "phone")
}
