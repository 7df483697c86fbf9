package e2e

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
)

// A state is what the page can look like.
type state struct {
	name string // with the width, and "dark" and "zh" if it is
	hash string
	w, h int64
	do   func(p *tab) // what leads the ready page there, if anything
	// instead of waiting for the page to be ready: what breaks it, and when it is there
	broken  func(p *tab)
	arrived string
}

// Nearly all show a network of the tutorial's, which is what it is; the network of the first visit
// changes with every training.
var states = []state{
	{name: "desk-1440", hash: "#model=simple-se&sample=ship&gates=1:21@0,22@0,40@0.93;2:78@0.24,101@0", w: 1440, h: 900, do: func(p *tab) {
		p.run("document.querySelector('#gates .blk:last-child [data-channel=\"83\"]').focus({ preventScroll: true })")
		p.card()
	}},
	{name: "solo-1440-dark-zh", hash: "#model=simple-se&sample=cat&gates=1:40@0.93;2:solo@104&lang=zh", w: 1440, h: 900},
	{name: "desk-1024", hash: "#model=simple-se&sample=frog&gates=2:one", w: 1024, h: 900},
	{name: "desk-390", hash: "#model=simple-se&sample=ship&gates=1:21@0,40@0.93", w: 390, h: 844, do: func(p *tab) {
		p.block(0)
		p.run("document.querySelector('#gates .blk:first-child [data-channel=\"40\"]').focus()")
		p.card()
	}},
	{name: "compare-1440", hash: "#model=simple-se&sample=cat&tab=compare", w: 1440, h: 900, do: func(p *tab) {
		p.wait("three columns", "document.querySelectorAll('.ab li').length === 9 && e2e.colours('compare-2') > 20")
	}},
	{name: "maps-1440-dark", hash: "#model=simple-se&sample=cat&tab=maps", w: 1440, h: 900},
	{name: "maps-390-zh", hash: "#model=simple-se&sample=cat&tab=maps&lang=zh", w: 390, h: 844},
	{name: "model-1024-dark-zh", hash: "#model=simple-se&sample=cat&tab=model&lang=zh", w: 1024, h: 900},
	{name: "test-1024", hash: "#model=simple-se&sample=cat&tab=test", w: 1024, h: 900},
	{name: "walk-1440-zh", hash: "#model=simple-se&sample=cat&tab=learn&lang=zh", w: 1440, h: 900},
	{name: "walk-390-dark", hash: "#model=simple-se&sample=cat&tab=learn", w: 390, h: 844},
	{name: "export-1440", hash: "#model=simple-se&sample=ship", w: 1440, h: 900, do: func(p *tab) { p.click("export-open") }},
	{name: "help-390-zh", hash: "#model=simple-se&lang=zh", w: 390, h: 844, do: func(p *tab) { p.click("help-open") }},
	{name: "unsure-1440", hash: "#model=simple-se", w: 1440, h: 900, do: unsure},
	{name: "unsure-390-dark-zh", hash: "#model=simple-se&lang=zh", w: 390, h: 844, do: unsure},
	{name: "refused-1024-zh", hash: "#model=simple-se&lang=zh", w: 1024, h: 900, do: refuse},
	{name: "refused-390-dark", hash: "#model=simple-se", w: 390, h: 844, do: refuse},
	{name: "broken-link-1440", hash: "#model=simple-se&sample=unicorn", w: 1440, h: 900, do: func(p *tab) {
		p.wait("the notice", "!document.getElementById('notice').hidden")
	}},
	{name: "loading-1440-dark", w: 1440, h: 900, broken: loading, arrived: isLoading},
	{name: "loading-390-zh", hash: "#lang=zh", w: 390, h: 844, broken: loading, arrived: isLoading},
	{name: "error-1440", w: 1440, h: 900, broken: failing, arrived: "document.documentElement.dataset.state === 'error' && !document.getElementById('notice').hidden"},
}

const isLoading = "document.documentElement.dataset.state === 'loading' && document.querySelector('#loading-program[data-state=done]')"

// loading: the weights are asked for and never come.
func loading(p *tab) {
	do(p, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*.safetensors*"}}})
}

// failing: there are no weights.
func failing(p *tab) {
	p.allow("404", "SEscope: fetch")
	p.answer("*.safetensors*", 404)
}

func refuse(p *tab) {
	permit(p.t, p.ctx, browser.PermissionSettingDenied)
	p.click("camera")
	p.wait("the notice", "!document.getElementById('notice').hidden")
}

// unsure shows a picture of nothing.
func unsure(p *tab) {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.SetNRGBA(i%64, i/64, color.NRGBA{uint8(84 + i%64), 122, uint8(151 - i/64), 255})
	}
	p.explain(write(p.t, "nothing.png", encodePNG(img)))
	p.wait("that it is not sure", "document.querySelector('#predictions .unsure')")
}

// card waits for what is told about a gate.
func (p *tab) card() {
	p.t.Helper()
	p.wait("the card", "!document.getElementById('gate-card').hidden && document.getElementById('card-mean').innerText !== ''")
}

// lead leads a new tab to the state.
func (s *state) lead(t *testing.T) *tab {
	t.Helper()
	p := newTab(t, filmCamera)
	p.size(s.w, s.h, s.w < 700)
	scheme := "light"
	if strings.Contains(s.name, "dark") {
		scheme = "dark"
	}
	do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	if s.broken != nil {
		s.broken(p)
		p.visit(origin + "/" + s.hash)
		p.wait(s.name, s.arrived)
		return p
	}
	p.at(s.hash)
	p.wait("the network of the link", "!document.getElementById('model').disabled && document.getElementById('loading').hidden")
	if s.do != nil {
		s.do(p)
	}
	return p
}
