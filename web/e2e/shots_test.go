package e2e

import (
	"os"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Screenshots of the states, for people's eyes.
func TestStates(t *testing.T) {
	folder := os.Getenv("SESCOPE_SHOTS")
	if folder == "" {
		t.Skip("SESCOPE_SHOTS names no folder")
	}
	for _, s := range states {
		p := s.lead(t)
		p.shoot(folder, s.name)
	}
}

// README's picture: the first screen, with gates that were moved and one under the pointer.
// SESCOPE_PICTURE names the file to write: SESCOPE_PICTURE=../screenshot.png go test -run Readme,
// on a machine that does nothing else.
func TestPictureOfReadme(t *testing.T) {
	p := newTab(t, filmCamera)
	p.newcomer()
	p.size(1440, 900, false)
	p.at("#sample=cup&gates=5:71@0.3")
	for range 4 { // the strip tells the speed of a page that runs, not of one that starts
		for _, name := range []string{"lemon", "cup"} {
			n := p.count()
			p.click("sample-" + name)
			p.after(n, name+".webp", "")
		}
	}
	x, y := p.bar(4, 157, .4)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, 0)
	p.card()
	p.run("scrollTo(0, 0)")
	p.frames()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if len(png) < 50_000 {
		t.Errorf("the first screen is a picture of %d bytes: it is empty", len(png))
	}
	if file := os.Getenv("SESCOPE_PICTURE"); file != "" {
		if err := os.WriteFile(file, png, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
