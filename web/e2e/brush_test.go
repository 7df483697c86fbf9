package e2e

import (
	"fmt"
	"math"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// on is a place of the stage on the screen.
func (p *tab) on(x, y float64) (float64, float64) {
	p.t.Helper()
	at := eval[[]float64](p, fmt.Sprintf("(() => { const b = document.getElementById('view').getBoundingClientRect(); return [b.x + %v * b.width, b.y + %v * b.height] })()", x, y))
	return at[0], at[1]
}

// brush takes the brush up. The page does so in a turn of its own behind the click: a stroke before
// that is none.
func (p *tab) brush() {
	p.t.Helper()
	p.click("brush")
	p.wait("the brush", "document.getElementById('brush').getAttribute('aria-pressed') === 'true'")
}

// grey is how far a place of a canvas is from the brush's colour, 0 to 255.
func (p *tab) grey(id string, x, y float64) float64 {
	p.t.Helper()
	return eval[float64](p, fmt.Sprintf(`(() => {
		const { data, width, height } = e2e.pixels(%q), i = 4 * (Math.floor(%v * height) * width + Math.floor(%v * width));
		return Math.max(Math.abs(data[i] - 125), Math.abs(data[i + 1] - 123), Math.abs(data[i + 2] - 114));
	})()`, id, y, x))
}

// What is painted over is gone from the picture and from what the network sees; it answers at once,
// and undo brings all back.
func TestBrush(t *testing.T) {
	p := open(t, filmCamera)
	first := p.after(0, "ship.svg", "")
	before := p.kept()
	x0, y0 := p.on(.2, .5)
	x1, y1 := p.on(.8, .5)
	n := p.count()
	p.drag(x0, y0, x1, y1)
	p.still()
	if p.count() != n || p.kept() != before {
		t.Error("without the brush a stroke does something")
	}
	p.brush()
	p.drag(x0, y0, x1, y1)
	p.wait("an answer about the painted picture", fmt.Sprintf("e2e.results.length > %d && e2e.results.at(-1).detail.logits.some((v, i) => Math.abs(v - %v[i]) > 1e-3)", n, jsList(first.Logits)))
	p.still()
	for _, id := range []string{"stage", "see-input"} {
		for _, x := range []float64{.2, .5, .8} {
			if d := p.grey(id, x, .5); d > 12 {
				t.Errorf("#%s at %v is %v from the brush's colour", id, x, d)
			}
		}
		if d := p.grey(id, .5, .95); d < 20 {
			t.Errorf("#%s is painted where the brush was not", id)
		}
	}
	// A second stroke that runs off the stage: what is outside does nothing.
	painted := p.results(n)
	one := painted[len(painted)-1].Detail.Logits
	n = p.count()
	p.drag(x1, y1, x1+2000, y1)
	p.still()
	n = p.count()
	p.click("undo")
	p.wait("the first stroke alone", fmt.Sprintf("e2e.results.length > %d", n))
	p.still()
	list := p.results(n)
	if d := far(list[len(list)-1].Detail.Logits, one); d > 1e-6 {
		t.Errorf("after undo the logits differ from those of one stroke by %v", d)
	}
	n = p.count()
	p.click("undo")
	p.wait("the picture as it was", fmt.Sprintf("e2e.results.length > %d", n))
	p.still()
	if after := p.kept(); after != before {
		t.Errorf("after undo the page has %s, it had %s", after, before)
	}
	p.wait("nothing left to undo", "document.getElementById('undo').disabled")

	// Another network sees the same painted picture.
	n = p.count()
	p.tap(x0, y0, 0)
	p.wait("a dot", fmt.Sprintf("e2e.results.length > %d", n))
	p.choose("model", "simple-se")
	p.after(n, "ship.svg", "simple-se")
	if d := p.grey("see-input", .2, .5); d > 12 {
		t.Error("the other network sees the picture unpainted")
	}
	// Mirrored, the dot is on the other side; another picture has none.
	n = p.count()
	p.click("mirror")
	p.after(n, "ship.svg", "")
	if d := p.grey("stage", .8, .5); d > 12 {
		t.Error("the mirrored picture has no dot")
	}
	n = p.count()
	p.click("sample-cat")
	p.after(n, "cat.svg", "")
	p.wait("nothing to undo on another picture", "document.getElementById('undo').disabled")
}

// The brush by keyboard alone.
func TestBrushByKeyboard(t *testing.T) {
	p := open(t, filmCamera)
	first := p.after(0, "ship.svg", "")
	p.click("brush")
	p.wait("the cursor", "!document.getElementById('brush-cursor').hidden")
	p.run("document.getElementById('brush-cursor').focus()")
	for range 5 {
		p.press(kb.ArrowLeft)
	}
	n := p.count()
	p.press(" ")
	p.wait("an answer", fmt.Sprintf("e2e.results.length > %d", n))
	if d := p.grey("stage", .3, .5); d > 12 {
		t.Errorf("the dot is missing: %v", d)
	}
	n = p.count()
	p.press(kb.Backspace)
	p.wait("an answer", fmt.Sprintf("e2e.results.length > %d", n))
	list := p.results(n)
	if d := far(list[len(list)-1].Detail.Logits, first.Logits); d != 0 {
		t.Errorf("after delete the logits differ by %v", d)
	}
}

// On a live camera the brush freezes the frame first; going on drops what was painted.
func TestBrushUnderTheCamera(t *testing.T) {
	p := open(t, filmCamera)
	p.camera()
	p.click("brush")
	p.wait("the freeze", "document.getElementById('freeze').getAttribute('aria-pressed') === 'true'")
	p.still()
	x, y := p.on(spotX, spotY)
	before := p.bright("stage").Share
	if before == 0 {
		t.Fatal("the spot is not to be seen")
	}
	n := p.count()
	p.tap(x, y, 0)
	x, y = p.on(1-spotX, spotY) // the film's camera looks at the person: mirrored
	p.tap(x, y, 0)
	p.wait("answers", fmt.Sprintf("e2e.results.length > %d", n))
	p.still()
	if s := p.bright("stage").Share; s > before/2 { // the brush is a little smaller than the spot
		t.Errorf("%v of the stage is bright after the spot was painted over, %v before", s, before)
	}
	n = p.count()
	p.click("freeze")
	p.wait("live frames", fmt.Sprintf("e2e.results.length > %d", n+4))
	if s := p.bright("stage").Share; s < .9*before || math.IsNaN(s) {
		t.Errorf("the live frames are painted: %v bright", s)
	}
	if !eval[bool](p, "document.getElementById('brush').getAttribute('aria-pressed') === 'false' && document.getElementById('brush-cursor').hidden") {
		t.Error("the brush stays in the hand on live frames")
	}
}

func jsList(v []float64) string {
	text := "["
	for _, x := range v {
		text += fmt.Sprintf("%v,", x)
	}
	return text + "]"
}
