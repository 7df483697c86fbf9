package page

import (
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

// labelsEvery is how often in milliseconds what people read follows a live camera.
const labelsEvery = 100

// panel paints the canvases of the open panel.
type panel struct {
	scroll   string          // selects what is brought to the top after the next render, "" for nothing
	due      bool            // it was opened: its canvases are painted after the next render
	atlas    *browser.Canvas // the pictures that came with the shown answer
	labelled float64         // when words were last painted on a canvas
	pens     pens
}

// takePanel takes over what came with a result for the open panel; every part of it is about the
// shown frame.
func (p *Page) takePanel(got *protocol.Panel, data js.Value) {
	p.state.Panel = nil
	if got == nil {
		return
	}
	if err := got.Unpack(bytesOf(data.Get("panel"))); err != nil {
		panic(err)
	}
	if got.Atlas != nil {
		if p.panel.atlas == nil {
			p.panel.atlas = browser.NewCanvas(1, false)
		}
		w, h := got.Atlas.Size()
		p.panel.atlas.PutBuffer(data.Get("atlas"), w, h)
	}
	p.state.Panel = got
}

// openPanel is called when another tab was chosen or what its panel asks of the frame has changed.
func (p *Page) openPanel() {
	p.panel.due = true
	p.state.Panel = nil
	p.needFamily()
	p.reexplain()
	if open := tabParts[p.state.Tab].open; open != nil {
		open(p)
	}
}

// paintPanel paints the open panel's canvases.
func (p *Page) paintPanel() {
	p.panel.due = false
	if p.state.Shown == nil {
		return
	}
	p.panel.labelled = 0 // whatever was asked for is painted whole
	p.paintTab()
}

// paintFlow paints a channel's map in front of its gate and behind it, on the scale of the first,
// and what each place counts behind that, on a scale from 0 to 1.
func (p *panel) paintFlow(id string, s *view.State) {
	f := s.Maps().Flow
	lo, hi := float32(0), float32(0)
	for _, v := range f.Before.Data {
		lo, hi = min(lo, v), max(hi, v)
	}
	if hi == lo {
		hi = lo + 1
	}
	paintPlane(id+"-before", &f.Before, lo, hi)
	paintPlane(id+"-after", &f.After, lo, hi)
	if places := s.FlowPlaces(); places != nil {
		paintPlane(id+"-places", places, 0, 1)
	}
}

// paintPlane paints a map pixel by pixel on the canvas of a slot.
func paintPlane(slot string, m *protocol.Plane, lo, hi float32) {
	c := browser.Slot(slot)
	if c == nil {
		return
	}
	paint := browser.NewPainter(m.W, m.H)
	for i, v := range m.Data {
		pix := paint.Image.Pix[4*i:]
		pix[0], pix[1], pix[2] = nn.Viridis.At((v - lo) / (hi - lo))
		pix[3] = 255
	}
	c.El.Set("width", m.W)
	c.El.Set("height", m.H)
	paint.Put(c)
}

// pens are the page's colours and letters on a canvas.
type pens struct{ ink, ink2, accent, edge, strong, paper, track, font string }

func (p *pens) read() {
	root := js.Global().Call("getComputedStyle", js.Global().Get("document").Get("documentElement"))
	colour := func(name string) string { return root.Call("getPropertyValue", name).String() }
	p.ink, p.ink2, p.accent, p.edge = colour("--ink"), colour("--ink3"), colour("--accent"), colour("--edge")
	p.strong, p.paper, p.track = colour("--ink"), colour("--bg"), colour("--track")
	p.font = js.Global().Call("getComputedStyle", js.Global().Get("document").Get("body")).Get("fontFamily").String()
}

// dueLabels tells whether the words on a canvas are painted anew: ten times a second is as fast as
// anyone reads.
func (p *panel) dueLabels() bool {
	if now := browser.Now(); now-p.labelled >= labelsEvery {
		p.labelled = now
		p.pens.read()
		return true
	}
	return false
}

// listenPanels wires the canvases on which a person picks something: [data-pick] with pointer,
// finger and arrow keys.
func (p *Page) listenPanels() {
	document := js.Global().Get("document")
	pick := func(event js.Value) js.Value {
		target := event.Get("target")
		if target.Get("closest").Type() != js.TypeFunction {
			return js.Null()
		}
		return target.Call("closest", "[data-pick]")
	}
	at := func(event, el js.Value) (x, y float64) {
		box := el.Call("getBoundingClientRect")
		return event.Get("clientX").Float() - box.Get("left").Float(), event.Get("clientY").Float() - box.Get("top").Float()
	}
	browser.Listen(document, "pointerdown", func(event js.Value) {
		if el := pick(event); el.Truthy() {
			x, y := at(event, el)
			what := el.Get("dataset").Get("pick").String()
			p.post(func() { p.pickAt(what, x, y, true) })
		}
	})
	browser.Listen(document, "pointermove", func(event js.Value) {
		if el := pick(event); el.Truthy() {
			x, y := at(event, el)
			what := el.Get("dataset").Get("pick").String()
			p.post(func() { p.pickAt(what, x, y, false) })
		}
	})
	browser.Listen(document, "keydown", func(event js.Value) {
		el := pick(event)
		if !el.Truthy() {
			return
		}
		key := event.Get("key").String()
		if _, ok := view.Step(key, 0, 1, 1); !ok {
			return
		}
		event.Call("preventDefault")
		what := el.Get("dataset").Get("pick").String()
		p.post(func() { p.pickByKey(what, key) })
	})
	browser.Listen(js.Global(), "resize", func(js.Value) { p.post(p.paintPanel) })
}

// pickAt is a press or a move of the pointer on a canvas.
func (p *Page) pickAt(what string, x, y float64, pressed bool) {
	if pick := tabParts[p.state.Tab].pick; pick != nil {
		pick(p, what, x, y, pressed)
	}
}

func (p *Page) pickByKey(what, key string) {
	if pick := tabParts[p.state.Tab].pickByKey; pick != nil {
		pick(p, what, key)
	}
}

// slotWidth is the width of a canvas's place in CSS pixels.
func (p *Page) slotWidth(id string) float64 {
	slot := js.Global().Get("document").Call("getElementById", id+"-slot")
	if slot.IsNull() {
		return 0
	}
	return slot.Get("clientWidth").Float()
}
