package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/input"
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
