package page

import (
	"fmt"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/view"
)

// brush paints the network's mean colour over the frame on the stage, so that it sees nothing
// there.
type brush struct {
	strokes view.Strokes
	base    *frame                                       // the frame without them; nil while none was painted
	pool    [3]struct{ pixels, picture *browser.Canvas } // painted, under way, on the stage
	turn    int
	down    bool
	at      view.Dot // of the keyboard's cursor
}

func (p *Page) listenBrush() {
	stage := browser.ByID("view")
	place := func(event js.Value) view.Dot {
		box := stage.Call("getBoundingClientRect")
		return view.Dot{X: (event.Get("clientX").Float() - box.Get("left").Float()) / box.Get("width").Float(), Y: (event.Get("clientY").Float() - box.Get("top").Float()) / box.Get("height").Float()}
	}
	browser.Listen(stage, "pointerdown", func(event js.Value) {
		if p.state.Brush && event.Get("button").Int() == 0 && !event.Get("target").Call("closest", "#notice").Truthy() {
			event.Call("preventDefault")
			browser.Capture(stage, event)
			d := place(event)
			p.post(func() {
				p.brush.down = true
				p.stroke(d, true)
			})
		}
	})
	browser.Listen(stage, "pointermove", func(event js.Value) {
		if p.state.Brush {
			d := place(event)
			p.post(func() {
				p.moveBrush(d)
				if p.brush.down {
					p.stroke(d, false)
				}
			})
		}
	})
	for _, name := range []string{"pointerup", "pointercancel"} {
		browser.Listen(stage, name, func(js.Value) { p.post(func() { p.brush.down = false }) })
	}
	cursor := browser.ByID("brush-cursor")
	browser.Listen(cursor, "keydown", func(event js.Value) {
		const step = .04
		var act func()
		move := func(x, y float64) func() {
			return func() { p.moveBrush(view.Dot{X: p.brush.at.X + x, Y: p.brush.at.Y + y}) }
		}
		switch event.Get("key").String() {
		case "ArrowLeft":
			act = move(-step, 0)
		case "ArrowRight":
			act = move(step, 0)
		case "ArrowUp":
			act = move(0, -step)
		case "ArrowDown":
			act = move(0, step)
		case "Enter", " ":
			act = func() { p.stroke(p.brush.at, true) }
		case "Backspace", "Delete":
			act = p.undo
		default:
			return
		}
		event.Call("preventDefault")
		event.Call("stopPropagation")
		p.post(act)
	})
}

// ToggleBrush lays the brush in the person's hand, or puts it away; what was painted stays. A live
// camera is frozen first.
func (p *Page) ToggleBrush() {
	p.post(func() {
		if p.state.Shown == nil {
			return
		}
		p.state.Brush = !p.state.Brush
		if p.state.Brush && p.camera.live(p.state) {
			p.freeze(true)
		}
		p.showBrush()
	})
}

// showBrush shows or hides the brush's cursor.
func (p *Page) showBrush() {
	toggle(browser.ByID("view"), "brush", p.state.Brush)
	browser.ByID("brush-cursor").Set("hidden", !p.state.Brush)
	if p.brush.at == (view.Dot{}) {
		p.moveBrush(view.Dot{X: .5, Y: .5})
	}
	p.renderSoon()
}

// moveBrush moves the cursor, on the stage only.
func (p *Page) moveBrush(d view.Dot) {
	if !d.Inside() {
		return
	}
	p.brush.at = d
	style := browser.ByID("brush-cursor").Get("style")
	style.Call("setProperty", "left", fmt.Sprintf("%.2f%%", 100*d.X))
	style.Call("setProperty", "top", fmt.Sprintf("%.2f%%", 100*d.Y))
}

// stroke paints on, and lets the network see it.
func (p *Page) stroke(d view.Dot, begin bool) {
	b, fr := &p.brush, p.stage.frame
	if !p.state.Brush || fr == nil || p.camera.live(p.state) || !fr.from.Current() {
		return // another source is on its way
	}
	painted := false
	if begin {
		painted = b.strokes.Begin(d)
	} else {
		painted = b.strokes.Go(d)
	}
	if painted {
		if b.base == nil {
			b.base = fr.copy(false)
		}
		p.repaintStrokes()
	}
}

// Undo takes the last stroke back.
func (p *Page) Undo() { p.post(p.undo) }

func (p *Page) undo() {
	if len(p.brush.strokes) > 0 {
		p.brush.strokes.Undo()
		p.repaintStrokes()
	}
}

// repaintStrokes paints the strokes over the frame and sends it as a new one.
func (p *Page) repaintStrokes() {
	b := &p.brush
	b.turn = (b.turn + 1) % len(b.pool)
	into := &b.pool[b.turn]
	for _, c := range []struct {
		to   **browser.Canvas
		from *browser.Canvas
	}{{&into.pixels, b.base.pixels}, {&into.picture, b.base.picture}} {
		if *c.to == nil {
			*c.to = browser.NewCanvas(c.from.Side, true)
		}
		(*c.to).Resize(c.from.Side)
		(*c.to).Draw(c.from, 1)
		p.paintStrokes(*c.to)
	}
	p.state.Painted = len(b.strokes)
	p.frames.Show(&frame{from: p.frames.Source.Ticket(), source: b.base.source, file: b.base.file, sample: b.base.sample, label: b.base.label, pixels: into.pixels, picture: into.picture})
	p.renderSoon()
	p.next()
}

func (p *Page) paintStrokes(c *browser.Canvas) {
	side := float64(c.Side)
	mean := p.model.Mean
	colour := fmt.Sprintf("rgb(%.0f %.0f %.0f)", 255*mean[0], 255*mean[1], 255*mean[2])
	for key, v := range map[string]any{"strokeStyle": colour, "lineWidth": 2 * view.BrushRadius * side, "lineCap": "round", "lineJoin": "round"} {
		c.Ctx.Set(key, v)
	}
	for _, stroke := range p.brush.strokes {
		c.Ctx.Call("beginPath")
		c.Ctx.Call("moveTo", stroke[0].X*side, stroke[0].Y*side)
		for _, d := range stroke {
			c.Ctx.Call("lineTo", d.X*side+.01, d.Y*side) // a dot is a line, too: one of no length has no round caps
		}
		c.Ctx.Call("stroke")
	}
}

// dropStrokes forgets what was painted: another frame comes.
func (p *Page) dropStrokes() {
	b := &p.brush
	b.strokes, b.base, b.down = nil, nil, false
	p.state.Painted = 0
}

// flipStrokes mirrors the painted frame.
func (p *Page) flipStrokes() {
	p.brush.base = p.brush.base.copy(true)
	p.brush.strokes.Flip()
	p.frames.Source.Begin()
	p.repaintStrokes()
}

// copy is the frame on canvases of its own, mirrored if asked.
func (fr *frame) copy(mirrored bool) *frame {
	c := &frame{from: fr.from, source: fr.source, file: fr.file, sample: fr.sample, label: fr.label, pixels: browser.NewCanvas(fr.pixels.Side, true), picture: browser.NewCanvas(fr.picture.Side, false)}
	c.pixels.DrawSquare(fr.pixels.El, 0, 0, fr.pixels.Side, mirrored)
	c.picture.DrawSquare(fr.picture.El, 0, 0, fr.picture.Side, mirrored)
	return c
}
