package page

import (
	"strconv"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

// dragFrom is how far in pixels a pressed pointer has to move before it drags and does not click.
const dragFrom = 3

// drag is a pressed pointer on a bar.
type drag struct {
	row   *deskRow // nil: none
	at    protocol.Peek
	y     float64 // where it was pressed
	moved bool
}

// listenBars wires pointers and keys of the desk. Callbacks read the event at once and post the
// rest.
func (p *Page) listenBars() {
	blocks := browser.ByID("blocks")
	listen := func(event string, f func(e pointer)) {
		browser.Listen(blocks, event, func(event js.Value) {
			e := readPointer(event)
			if e.row >= 0 && event.Get("type").String() == "pointerdown" && e.mouse && e.button == 0 {
				event.Call("preventDefault") // no selection of text, no focus
				browser.Capture(e.el, event)
			}
			p.post(func() {
				if e.row < len(p.desk.rows) {
					f(e)
				}
			})
		})
	}
	listen("pointerdown", p.barDown)
	listen("pointermove", p.barMove)
	listen("pointerup", p.barUp)
	listen("pointercancel", func(pointer) { p.desk.drag = drag{} })
	browser.Listen(blocks, "pointerleave", func(event js.Value) {
		if event.Get("pointerType").String() == "mouse" {
			p.post(func() { p.hold(p.focused()) })
		}
	})
	browser.Listen(blocks, "click", func(event js.Value) {
		if toggle := event.Get("target").Call("closest", "[role=switch]"); toggle.Truthy() {
			block, _ := strconv.Atoi(toggle.Get("dataset").Get("block").String())
			p.post(func() { p.mix(func(d *view.Desk) { d.Switch(block) }) })
		}
	})
	browser.Listen(blocks, "focusin", func(event js.Value) {
		if at, ok := sliderAt(event.Get("target")); ok {
			p.post(func() { p.rove(at); p.hold(&at) })
		}
	})
	browser.Listen(blocks, "focusout", func(event js.Value) {
		p.post(func() { p.hold(p.focused()) })
	})
	browser.Listen(blocks, "keydown", p.barKey)
}

// pointer is what a pointer's event says about the desk.
type pointer struct {
	el         js.Value
	row        int // -1: not on a row
	x, y, w, h float64
	mouse      bool // or a pen: it hovers and is exact
	shift      bool
	button     int
	pressed    bool
}

func readPointer(event js.Value) pointer {
	e := pointer{row: -1, mouse: event.Get("pointerType").String() != "touch", shift: event.Get("shiftKey").Bool(), button: event.Get("button").Int(), pressed: event.Get("buttons").Int()&1 == 1}
	if e.el = event.Get("target").Call("closest", "[data-row]"); e.el.Truthy() {
		e.row, _ = strconv.Atoi(e.el.Get("dataset").Get("row").String())
		box := e.el.Call("getBoundingClientRect")
		e.x, e.y = event.Get("clientX").Float()-box.Get("left").Float(), event.Get("clientY").Float()-box.Get("top").Float()
		e.w, e.h = box.Get("width").Float(), box.Get("height").Float()
		text := textScale()
		e.x, e.y, e.w, e.h = e.x/text, e.y/text, e.w/text, e.h/text
	}
	return e
}

// bar is the channel below the pointer.
func (p *Page) bar(e pointer) protocol.Peek {
	r := p.desk.rows[e.row]
	return protocol.Peek{Block: r.Block, Channel: r.Channel(e.x, e.w)}
}

func (p *Page) barDown(e pointer) {
	if e.row < 0 {
		return
	}
	at := p.bar(e)
	p.hold(&at)
	if e.mouse && e.button == 0 {
		p.desk.drag = drag{row: p.desk.rows[e.row], at: at, y: e.y}
	}
}

// barMove drags what is held, or holds what the pointer is over. A finger only chooses: it is too
// thick to set one of 64 bars, and its vertical way scrolls the page. It sets the gate with the
// card's slider.
func (p *Page) barMove(e pointer) {
	g := &p.desk.drag
	switch {
	case e.row < 0:
		if g.row == nil && e.mouse {
			p.hold(p.focused())
		}
	case g.row == nil:
		at := p.bar(e)
		p.hold(&at)
	case e.pressed && (g.moved || e.y-g.y > dragFrom || g.y-e.y > dragFrom):
		g.moved = true
		p.state.Pick(g.at)
		v := g.row.Value(e.y, e.h)
		p.mix(func(d *view.Desk) { d.Put(g.at, v) })
	}
}

func (p *Page) barUp(e pointer) {
	g := p.desk.drag
	p.desk.drag = drag{}
	if g.row == nil || g.moved {
		return
	}
	p.state.Pick(g.at)
	p.mix(func(d *view.Desk) {
		if e.shift {
			d.SoloOn(g.at)
		} else {
			d.Mute(g.at)
		}
	})
}

// hold makes a channel the one that the desk marks and the card describes; nil is none.
func (p *Page) hold(at *protocol.Peek) {
	s := p.state
	if at != nil && !s.DeskFits() || at == s.Held || at != nil && s.Held != nil && *at == *s.Held || p.desk.drag.row != nil && p.desk.drag.moved {
		return
	}
	s.Held = at
	p.refocus()
}

// sliderAt is the channel of a slider.
func sliderAt(el js.Value) (at protocol.Peek, ok bool) {
	slider := el.Call("closest", "[role=slider]")
	if !slider.Truthy() {
		return at, false
	}
	block := el.Call("closest", ".blk")
	at.Block, _ = strconv.Atoi(block.Call("querySelector", "[role=switch]").Get("dataset").Get("block").String())
	at.Channel, _ = strconv.Atoi(slider.Get("dataset").Get("channel").String())
	return at, true
}

// focused is the channel whose slider has the keyboard, nil if none has.
func (p *Page) focused() *protocol.Peek {
	active := js.Global().Get("document").Get("activeElement")
	if !active.Truthy() || active.Get("dataset").Get("channel").IsUndefined() {
		return nil
	}
	at, ok := sliderAt(active)
	if !ok {
		return nil
	}
	return &at
}

// slider is the element of a channel of a block that is shown.
func (d *desk) slider(at protocol.Peek) (js.Value, bool) {
	for _, r := range d.rows {
		if i := at.Channel - r.First; r.Block == at.Block && i >= 0 && i < len(r.sliders) {
			return r.sliders[i], true
		}
	}
	return js.Value{}, false
}

// rove makes a channel the one stop of its block for the tab key.
func (p *Page) rove(at protocol.Peek) {
	for _, r := range p.desk.rows {
		if r.Block != at.Block {
			continue
		}
		for i, slider := range r.sliders {
			if stop := r.First+i == at.Channel; stop != (slider.Get("tabIndex").Int() == 0) {
				value := "-1"
				if stop {
					value = "0"
				}
				slider.Call("setAttribute", "tabindex", value)
			}
		}
	}
}

// barKey is the keyboard on a slider: left and right choose the channel, up and down set its gate.
func (p *Page) barKey(event js.Value) {
	at, ok := sliderAt(event.Get("target"))
	if !ok || event.Get("ctrlKey").Bool() || event.Get("metaKey").Bool() || event.Get("altKey").Bool() {
		return
	}
	key, shift := shortcut(event), event.Get("shiftKey").Bool()
	var act func()
	step := func(by float32) func() { return func() { p.nudge(at, by) } }
	to := func(by int) func() {
		return func() { p.focus(protocol.Peek{Block: at.Block, Channel: at.Channel + by}) }
	}
	change := func(f func(*view.Desk)) func() { return func() { p.mix(f) } }
	switch key {
	case "ArrowLeft":
		act = to(-1)
	case "ArrowRight":
		act = to(1)
	case "ArrowUp":
		act = step(.05)
	case "ArrowDown":
		act = step(-.05)
	case "PageUp":
		act = step(.2)
	case "PageDown":
		act = step(-.2)
	case "Home":
		act = change(func(d *view.Desk) { d.Put(at, 0) })
	case "End":
		act = change(func(d *view.Desk) { d.Put(at, 1) })
	case "m", "Enter", " ":
		act = change(func(d *view.Desk) { d.Mute(at) })
		if shift {
			act = change(func(d *view.Desk) { d.SoloOn(at) })
		}
	case "s":
		act = change(func(d *view.Desk) { d.SoloOn(at) })
	case "Delete", "Backspace":
		act = change(func(d *view.Desk) { d.Release(at) })
	default:
		return
	}
	event.Call("preventDefault")
	event.Call("stopPropagation") // m and s mean something else on the rest of the page
	p.post(act)
}

// focus takes the keyboard to another channel of the block, if there is one.
func (p *Page) focus(at protocol.Peek) {
	if slider, ok := p.desk.slider(at); ok {
		slider.Call("focus")
	}
}

// nudge moves a gate from where it stands.
func (p *Page) nudge(at protocol.Peek, by float32) {
	if s := p.state; s.DeskFits() && at.Block < len(s.Shown.Result.Gates) {
		v, ok := s.Desk.Blocks[at.Block].Set[at.Channel]
		if !ok {
			v = s.Shown.Result.Gates[at.Block].Scale[at.Channel]
		}
		p.mix(func(d *view.Desk) { d.Put(at, v+by) })
	}
}
