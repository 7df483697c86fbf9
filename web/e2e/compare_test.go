package e2e

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// A family of two: three answers about one frame, those of the command line, and the next picture
// on which the first two differ, in an open test set before all others.
func TestCompare(t *testing.T) {
	p := open(t, filmCamera)
	p.choose("model", "cnn3-se")
	p.wait("cnn3-se", "document.getElementById('model').value === 'cnn3-se' && !document.getElementById('model').disabled")
	p.openTab("compare")
	p.wait("a word that it stands alone, and a family that can be compared", "document.getElementById('compare-status').innerText.includes('No other network') && document.querySelector('#compare-status button')")
	p.run("[...document.querySelectorAll('#compare-status button')].find((e) => e.innerText.startsWith('Compare Tutorial CNN')).click()")
	p.wait("three columns", "document.querySelectorAll('.ab li').length === 9 && e2e.colours('compare-2') > 20 && e2e.colours('compare-maps-0') > 20")

	picture := write(t, "scene.png", encodePNG(scene(64, 64)))
	p.explain(picture)
	p.frames()
	p.compared(picture, "simple", "simple-se")

	n := p.count()
	p.click("search")
	p.wait("a picture where they disagree, or a word that there is none", fmt.Sprintf("(e2e.results.length > %d && document.getElementById('compare-text').innerText.startsWith('They disagree')) || document.getElementById('search-text').innerText.includes('agree on all')", n))
	p.wait("the search to end", "document.getElementById('search').innerText.startsWith('Next')")
	t.Logf("%s %s", p.text("compare-text"), p.text("search-text"))

	// Of the open test set the first picture on which they differ is found.
	var bin []byte
	first := ""
	for i := range 60 {
		img := drawn(uint64(i))
		bin = append(bin, record(i%10, img)...)
		if file := write(t, "record.png", encodePNG(img)); first == "" && sescope(t, "simple", file).Top[0].Class != sescope(t, "simple-se", file).Top[0].Class {
			first = fmt.Sprintf("drawn.bin record %d", i)
		}
	}
	if first == "" {
		t.Fatal("the two agree on all drawn pictures")
	}
	p.tests(func() { p.setFiles("testset", write(t, "drawn.bin", bin)) })
	p.openTab("compare")
	p.wait("the columns", "document.querySelectorAll('.ab li').length === 9")
	n = p.count()
	p.click("search")
	p.after(n, first, "")
	p.wait("words about it", "document.getElementById('compare-text').innerText.startsWith('They disagree')")

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

// A network of the family that cannot be loaded: its column says so, and the others stand.
func TestMemberMissing(t *testing.T) {
	p := open(t, filmCamera)
	p.allow("404", "models/simple.")
	p.choose("model", "simple-se")
	p.after(0, "ship.svg", "simple-se")
	restore := p.answer("*/models/simple.*safetensors*", 404)
	p.openTab("compare")
	p.wait("a word that the other could not be loaded, beside the chosen one's answer", "document.querySelector('#column-0 .wait').innerText.includes('could not be loaded') && document.querySelectorAll('#column-1 li').length === 3")
	restore()
	p.openTab("maps")
	p.openTab("compare")
	p.wait("three columns", "document.querySelectorAll('.ab li').length === 9")
}

// compared holds the columns to the command line's answers about a picture.
func (p *tab) compared(picture string, family ...string) {
	p.t.Helper()
	for column, model := range family {
		top := sescope(p.t, model, picture).Top[0]
		p.wait(fmt.Sprintf("the answer %s of %s in column %d", top.Class, model, column),
			fmt.Sprintf("document.querySelector('#column-%d li').innerText.startsWith(%q)", column, top.Class))
		var percent float64
		text := eval[string](p, fmt.Sprintf("document.querySelector('#column-%d li .p').innerText", column))
		if _, err := fmt.Sscanf(strings.Trim(text, "<>"), "%f", &percent); err != nil || math.Abs(percent-100*top.P) > 1 {
			p.t.Errorf("column %d says %q, the command %.1f %%", column, text, 100*top.P)
		}
	}
}

// The study's networks.
var study = []string{"tiny-none", "tiny-se", "tiny-eca", "tiny-cbam"}

// withStudy opens Compare with the study's networks; a dist without them skips the test.
func withStudy(t *testing.T, model string) *tab {
	t.Helper()
	p := open(t, filmCamera)
	for _, name := range study {
		if !p.offers(name) {
			t.Skipf("this dist has no %s", name)
		}
	}
	p.at("#model=" + model + "&tab=compare")
	return p
}

// offers tells whether the page lists a network.
func (p *tab) offers(model string) bool {
	p.t.Helper()
	return eval[bool](p, fmt.Sprintf("[...document.getElementById('model').options].some((o) => o.value === %q)", model))
}

const fiveColumns = "document.querySelectorAll('.ab li').length === 15 && e2e.colours('compare-4') > 20"

// A family of four: each answers as it does alone, on one frame, with its gates and places; the
// last column is of the chosen network, its gates at 1.
func TestCompareFamily(t *testing.T) {
	p := withStudy(t, "tiny-se")
	p.wait("five columns", fiveColumns)
	picture := write(t, "scene.png", encodePNG(scene(96, 96)))
	p.explain(picture)
	p.compared(picture, study...)
	titles := "[...document.querySelectorAll('.ab h3')].map((e) => e.innerText).join()"
	if got := eval[string](p, titles); got != "No attention,SE,ECA,CBAM,SE, gates at 1" {
		t.Errorf("the columns are %s", got)
	}
	p.wait("gates of four, and places of CBAM", "document.querySelectorAll('.gts path.caps').length === 4 && e2e.colours('compare-places-3') > 1 && !document.getElementById('compare-places-1')")
	p.gallery("family")

	p.choose("model", "tiny-cbam")
	p.wait("CBAM with its gates at 1", fiveColumns+" && "+titles+" === 'No attention,SE,ECA,CBAM,CBAM, gates at 1' && e2e.colours('compare-places-4') > 1")
	p.compared(picture, study...)
	p.choose("model", "tiny-none")
	p.wait("the first that has gates at 1", fiveColumns+" && "+titles+" === 'No attention,SE,ECA,CBAM,SE, gates at 1'")
}

// Nothing is fetched before Compare is opened; of a family of four, one that cannot be loaded
// leaves the others standing.
func TestFamilyIsLoadedWhenWanted(t *testing.T) {
	p := withStudy(t, "tiny-se")
	p.wait("five columns", fiveColumns)
	p.allow("404", "models/tiny-eca.")
	restore := p.answer("*/models/tiny-eca.*safetensors*", 404)
	p.at("#model=tiny-se")
	loaded := "performance.getEntriesByType('resource').filter((e) => /models.tiny-.*safetensors/.test(e.name)).length"
	if n := eval[int](p, loaded); n != 1 {
		t.Errorf("%d networks were fetched before Compare was opened, expected the chosen one", n)
	}
	p.openTab("compare")
	p.wait("a sentence in the column of ECA, answers in the four others", "document.querySelector('#column-2 .wait').innerText.includes('could not be loaded') && document.querySelectorAll('.ab li').length === 12")
	restore()
	p.openTab("maps")
	p.openTab("compare")
	p.wait("five columns", fiveColumns)
}

// In Compare no texts meet and nothing is cut, with three columns and with five.
func TestNothingOverlapsInCompare(t *testing.T) {
	t.Run("pair", func(t *testing.T) {
		p := open(t, filmCamera)
		p.at("#model=simple-se&tab=compare")
		p.wait("three columns", "document.querySelectorAll('.ab li').length === 9")
		p.fits("pair")
	})
	t.Run("family", func(t *testing.T) {
		p := withStudy(t, "tiny-se")
		p.wait("five columns", fiveColumns)
		p.fits("family")
	})
}

// fits looks for texts that meet or are cut on screens of six widths, in both languages and themes,
// with text of one and a half and two times the size.
func (p *tab) fits(what string) {
	p.t.Helper()
	for _, screen := range [][2]int64{{390, 844}, {768, 1024}, {1024, 768}, {1366, 768}, {1440, 900}, {1920, 1080}} {
		p.size(screen[0], screen[1], screen[0] < 700)
		for _, lang := range []string{"en", "zh"} {
			p.click("lang-" + lang)
			p.wait("language "+lang, "document.documentElement.lang.startsWith('"+lang+"')")
			for _, text := range []int{100, 150, 200} {
				p.fontSize(16 * text / 100)
				name := fmt.Sprintf("%s-%d-%s-%d", what, screen[0], lang, text)
				p.shoot(shots(), name)
				for _, bad := range eval[[]string](p, overlaps) {
					p.t.Errorf("%s: %s", name, bad)
				}
			}
		}
	}
	p.fontSize(16)
}
