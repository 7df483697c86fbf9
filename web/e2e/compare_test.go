package e2e

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// With and without SE: three answers about one frame, those of the command line, and the next
// picture on which the first two differ.
func TestCompare(t *testing.T) {
	p := open(t, filmCamera)
	p.choose("model", "cnn3-se")
	p.wait("cnn3-se", "document.getElementById('model').value === 'cnn3-se' && !document.getElementById('model').disabled")
	p.openTab("compare")
	p.wait("a word that it has no twin, and a pair that can be compared", "document.getElementById('compare-status').innerText.includes('no twin') && document.querySelector('#compare-status button')")
	p.run("[...document.querySelectorAll('#compare-status button')].at(-1).click()")
	p.wait("three columns", "document.querySelectorAll('.ab li').length === 9 && e2e.colours('compare-2') > 20 && e2e.colours('compare-maps-0') > 20")

	picture := write(t, "scene.png", encodePNG(scene(64, 64)))
	p.explain(picture)
	p.frames()
	for column, model := range []string{"simple", "simple-se"} {
		top := sescope(t, model, picture).Top[0]
		p.wait(fmt.Sprintf("the answer %s of %s in column %d", top.Class, model, column),
			fmt.Sprintf("document.querySelector('#column-%d li').innerText.startsWith(%q)", column, top.Class))
		var percent float64
		text := eval[string](p, fmt.Sprintf("document.querySelector('#column-%d li .p').innerText", column))
		if _, err := fmt.Sscanf(strings.Trim(text, "<>"), "%f", &percent); err != nil || math.Abs(percent-100*top.P) > 1 {
			t.Errorf("column %d says %q, the command %.1f %%", column, text, 100*top.P)
		}
	}

	n := p.count()
	p.click("search")
	p.wait("a picture where they disagree, or a word that there is none", fmt.Sprintf("(e2e.results.length > %d && document.getElementById('compare-text').innerText.startsWith('They disagree')) || document.getElementById('search-text').innerText.includes('agree on all')", n))
	p.wait("the search to end", "document.getElementById('search').innerText.startsWith('Next')")
	t.Logf("%s %s", p.text("compare-text"), p.text("search-text"))

	// The camera's frames are compared live.
	n = p.count()
	p.click("camera")
	p.after(n, "camera", "")
	before := eval[float64](p, "e2e.sum('compare-1')")
	p.wait("the pictures to follow the camera", fmt.Sprintf("e2e.sum('compare-1') !== %v", before))
	p.click("camera")
	p.click("sample-ship")
	p.after(n, "ship.svg", "")
	p.gallery("compare")
}

// A twin that cannot be loaded: the panel says so, and the page goes on.
func TestTwinMissing(t *testing.T) {
	p := open(t, filmCamera)
	p.allow("404", "models/simple.")
	p.choose("model", "simple-se")
	p.after(0, "ship.svg", "simple-se")
	restore := p.answer("*/models/simple.*safetensors*", 404)
	p.openTab("compare")
	p.wait("a word that the twin could not be loaded", "document.getElementById('compare-status').innerText.includes('could not be loaded')")
	restore()
	p.openTab("maps")
	p.openTab("compare")
	p.wait("three columns", "document.querySelectorAll('.ab li').length === 9")
}
