package page

import (
	"syscall/js"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/domrender"

	"sescope/web/browser"
	"sescope/web/ui"
	"sescope/web/view"
)

// The least time in milliseconds between renders that results cause, and a camera's frames. What
// Vugu renders is smoothed over a second, and a render costs as much as all canvases of two frames.
const (
	liveEvery  = 100
	frameEvery = 200
)

// renders coalesces: at most one render an animation frame.
type renders struct {
	wanted  bool    // a render is due in the next animation frame
	later   bool    // the timer runs
	asked   float64 // when a render was last asked of the timer
	last    float64 // when the last one ended
	onFrame js.Func
	onTimer js.Func
}

func (p *Page) startVugu() {
	renderer, err := domrender.New("#app")
	if err != nil {
		panic(err)
	}
	build, err := vugu.NewBuildEnv(renderer.EventEnv())
	if err != nil {
		panic(err)
	}
	p.renderer, p.build, p.root = renderer, build, &ui.Root{S: p.state, A: p}
	p.renders.onFrame = js.FuncOf(func(js.Value, []js.Value) any { p.post(p.renderWanted); return nil })
	p.renders.onTimer = js.FuncOf(func(js.Value, []js.Value) any { p.post(p.renderLive); return nil })
	go func() { // Vugu asks for a render after every event of its own
		for renderer.EventWait() {
			p.post(p.renderSoon)
		}
		p.boot.Call("fail", "panic", "a control's handler panicked")
	}()
}

// renderSoon renders in the next animation frame.
func (p *Page) renderSoon() {
	if !p.renders.wanted {
		p.renders.wanted = true
		js.Global().Call("requestAnimationFrame", p.renders.onFrame)
	}
}

// renderWanted renders if nothing has since renderSoon.
func (p *Page) renderWanted() {
	if p.renders.wanted {
		p.render()
	}
}

// renderResult renders soon, but at most once in liveEvery.
func (p *Page) renderResult() {
	p.renderLater(p.renders.last + liveEvery - browser.Now())
}

// renderFrame is renderResult for a camera's frame, whose canvases were just painted: words and
// canvases share an animation frame, since the browser composes the page anew for each. A frame
// that comes too early leaves the render to the next one, or to the timer if none follows.
func (p *Page) renderFrame() {
	const early = 16 // ms: of a frame of the screen
	if p.renders.last+frameEvery-early <= browser.Now() && !selectIsOpen() {
		p.renderSoon()
		return
	}
	p.renderLater(2 * frameEvery)
}

func (p *Page) renderLater(wait float64) {
	if p.renders.wanted {
		return
	}
	p.renders.asked = browser.Now()
	if !p.renders.later {
		p.renders.later = true
		js.Global().Call("setTimeout", p.renders.onTimer, max(0, wait))
	}
}

func (p *Page) renderLive() {
	p.renders.later = false
	switch {
	case p.renders.last >= p.renders.asked: // one came with a frame
	case selectIsOpen():
		p.renderResult() // a render would disturb the list that the person is reading
	default:
		p.renderSoon()
	}
}

// selectIsOpen tells whether a drop-down list hangs open; browsers without :open never say so.
func selectIsOpen() (open bool) {
	defer func() { _ = recover() }()
	return !js.Global().Get("document").Call("querySelector", "select:open").IsNull()
}

func (p *Page) render() {
	p.renders.wanted = false
	var err error
	if threw := browser.Try(func() { err = p.renderer.Render(p.build.RunBuild(p.root)) }); threw != nil {
		p.boot.Call("fail", "panic", threw.Error()) // something else changed Vugu's elements: it cannot go on from here
		panic(threw)
	}
	if err != nil {
		panic(err)
	}
	if p.state.Tab == view.TabCompare {
		p.wordCompare()
	}
	if p.panel.due {
		p.paintPanel()
	}
	if p.state.Shown != nil {
		p.paintFall()
	}
	p.bringPanel()
	p.renders.last = browser.Now()
	p.hashSoon()
}
