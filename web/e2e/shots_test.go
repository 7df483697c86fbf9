package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// states are what the page can look like; each leads a fresh page there.
var states = []struct {
	name string
	hash string
	w, h int64
	do   func(p *tab)
}{
	{"desk-1440", "#model=simple-se&sample=ship&gates=1:21@0,22@0,40@0.93;2:78@0.24,101@0", 1440, 900, func(p *tab) {
		x, y := p.bar(1, 83, .4)
		p.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, 0)
		p.wait("the card", "!document.getElementById('gate-card').hidden && document.getElementById('card-facts').childElementCount >= 4")
		p.run("scrollTo(0, 0)")
	}},
	{"solo-1440-dark-zh", "#model=simple-se&sample=cat&gates=1:40@0.93;2:solo@104&lang=zh", 1440, 900, func(p *tab) { p.click("theme") }},
	{"desk-1024", "#model=simple-se&sample=frog&gates=2:one", 1024, 900, func(p *tab) {}},
	{"desk-390", "#model=simple-se&sample=ship&gates=1:21@0,40@0.93", 390, 844, func(p *tab) {
		p.run("document.querySelector('#gates [data-channel=\"40\"]').focus()")
		p.wait("the card", "!document.getElementById('gate-card').hidden && document.getElementById('card-facts').childElementCount >= 4")
	}},
	{"export-1440", "#sample=ship", 1440, 900, func(p *tab) { p.click("export-open") }},
	{"help-390-zh", "#lang=zh", 390, 844, func(p *tab) { p.click("help-open") }},
	{"broken-link-1440", "#model=nothing&sample=unicorn", 1440, 900, func(p *tab) {
		p.wait("the notice", "!document.getElementById('notice').hidden")
	}},
}

// Screenshots of the states, for people's eyes.
func TestStates(t *testing.T) {
	folder := os.Getenv("SESCOPE_SHOTS")
	if folder == "" {
		t.Skip("SESCOPE_SHOTS names no folder")
	}
	for _, s := range states {
		p := newTab(t, filmCamera)
		p.size(s.w, s.h, s.w < 700)
		p.at(s.hash)
		p.wait("the network of the link", fmt.Sprintf("!document.getElementById('model').disabled"))
		s.do(p)
		p.shoot(folder, s.name)
	}
}

// README's picture: the first screen, with gates that were moved and one under the pointer. SESCOPE_PICTURE names the file to write:
// SESCOPE_PICTURE=../screenshot.png go test -run Readme, on a machine that does nothing else.
func TestPictureOfReadme(t *testing.T) {
	p := newTab(t, filmCamera)
	p.size(1440, 900, false)
	p.at("#sample=ship&gates=2:83@0.3")
	for range 4 { // the strip tells the speed of a page that runs, not of one that starts
		for _, name := range []string{"cat", "ship"} {
			n := p.count()
			p.click("sample-" + name)
			p.after(n, name+".svg", "")
		}
	}
	x, y := p.bar(1, 95, .4)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, 0)
	p.wait("the card", "!document.getElementById('gate-card').hidden && document.getElementById('card-facts').childElementCount >= 4")
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
