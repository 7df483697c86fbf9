package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
)

// hide hides the tab, and show shows it again: Chromium's window is minimized, as each of its tabs
// has one, and in Firefox another tab comes to the front.
func (p *tab) hide() (show func()) {
	p.t.Helper()
	if p.fox == nil {
		p.window(browser.WindowStateMinimized)
	} else {
		p.beside().front()
	}
	p.wait("the tab to be hidden", "document.visibilityState === 'hidden'")
	return func() {
		p.t.Helper()
		p.front()
		p.wait("the tab to be shown", "document.visibilityState === 'visible'")
	}
}

// A tab that is hidden films nobody's time away, and goes on when it is shown again: with the
// camera, and with a picture that came meanwhile.
func TestHiddenAndShown(t *testing.T) { inBoth(t, testHiddenAndShown) }

func testHiddenAndShown(t *testing.T, in device) {
	p := open(t, in)
	path := write(t, "meanwhile.png", encodePNG(scene(64, 64)))
	want := sescope(t, models(t)[0], path).Logits
	p.camera()
	show := p.hide()
	p.run("await new Promise((done) => setTimeout(done, 1500))")
	n := p.count()
	show()
	p.wait("the camera to go on", fmt.Sprintf("e2e.results.length > %d", n+3))

	p.click("camera")
	p.still()
	show = p.hide()
	n = p.count()
	p.setFile(path)
	p.run("await new Promise((done) => setTimeout(done, 500))")
	show()
	if d := far(p.after(n, "meanwhile.png", "").Logits, want); d > 1e-4 {
		t.Errorf("the picture that came while the tab was hidden has logits that differ by %.1e", d)
	}
	n = p.count()
	p.click("sample-cat")
	p.after(n, "cat.svg", "")
}

// A device that is turned keeps picture, map and gates; the page fits both ways.
func TestRotated(t *testing.T) {
	p := open(t, filmCamera)
	turn := func(w, h int64, kind emulation.ScreenOrientationType, angle int64) {
		do(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w, Height: h, DeviceScaleFactor: 2, Mobile: true,
			ScreenOrientation: &emulation.ScreenOrientation{Type: kind, Angle: angle}})
		p.wait("the page to be turned", fmt.Sprintf("innerWidth === %d && screen.orientation.angle === %d", w, angle))
		p.frames()
		p.within(w)
		for _, id := range []string{"stage", "heat"} {
			if side := eval[float64](p, "document.getElementById('"+id+"').getBoundingClientRect().height"); side < 100 || side > float64(w) {
				t.Errorf("at %d x %d #%s is %.0f pixels high", w, h, id, side)
			}
		}
		if !eval[bool](p, "['x', 'y', 'width', 'height'].every((k) => Math.abs(document.getElementById('stage').getBoundingClientRect()[k] - document.getElementById('heat').getBoundingClientRect()[k]) < 0.5)") {
			t.Errorf("at %d x %d the map does not lie on the picture", w, h)
		}
	}
	turn(390, 844, "portraitPrimary", 0)
	p.explain(write(t, "turned.png", encodePNG(scene(90, 60))))
	before := p.kept()
	turn(844, 390, "landscapePrimary", 90)
	if after := p.kept(); after != before {
		t.Errorf("turned, the page has %s and had %s", after, before)
	}
	p.camera()
	turn(390, 844, "portraitPrimary", 0)
	n := p.count()
	p.wait("the camera to go on", fmt.Sprintf("e2e.results.length > %d", n+3))
}

// front shows the tab.
func (p *tab) front() {
	p.t.Helper()
	if p.fox == nil {
		p.window(browser.WindowStateNormal)
		return
	}
	if _, err := p.fox.call("browsingContext.activate", object{"context": p.fox.context}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) window(state browser.WindowState) {
	p.t.Helper()
	id := do(p, browser.GetWindowForTarget, browser.GetWindowForTargetParams{}).WindowID
	do(p, browser.SetWindowBounds, browser.SetWindowBoundsParams{WindowID: id, Bounds: &browser.Bounds{WindowState: state}})
}
