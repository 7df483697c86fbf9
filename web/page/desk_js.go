package page

import (
	"fmt"
	"strconv"
	"strings"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

// slidersEvery is how often in milliseconds screen readers' sliders follow a live camera; the one
// in focus follows every frame.
const slidersEvery = 500

// desk is the mixing desk of index.html: one canvas a row of bars, and over it one slider a gate
// for keyboards and screen readers.
type desk struct {
	model   *protocol.Model // that the blocks were built for
	blocks  []*deskBlock
	rows    []*deskRow
	palette map[string]string // colours by custom property
	font    string
	spoken  float64 // when the sliders were brought up to date
	drag    drag
	words   words       // of the blocks
	effect  string      // what the card says of the answer without its channel
	slid    string      // where the card's slider stands
	facts   []view.Fact // on the card
}

type deskBlock struct {
	el, title, of, size, status, toggle, toggleText, what js.Value
}

type deskRow struct {
	view.BarRow
	el, ctx, group js.Value
	sliders        []js.Value // nil until the block is shown
	words          []string   // what the sliders say
	w, h           float64
}

func (p *Page) listenDesk() {
	p.desk.readPalette()
	p.listenBars()
	p.listenCard()
	resized := js.FuncOf(func(js.Value, []js.Value) any {
		p.post(func() {
			p.desk.measure()
			p.paintDesk()
		})
		return nil
	})
	js.Global().Get("ResizeObserver").New(resized).Call("observe", browser.ByID("blocks"))
}

// readPalette reads the theme's colours, which canvases cannot name.
func (d *desk) readPalette() {
	style := js.Global().Call("getComputedStyle", js.Global().Get("document").Get("body"))
	d.palette = map[string]string{}
	for _, name := range []string{"--accent", "--accent-mid", "--accent-soft", "--band", "--bg", "--edge", "--ink", "--ink3", "--line", "--track"} {
		d.palette[name] = style.Call("getPropertyValue", name).String()
	}
	d.font = "12px " + style.Call("getPropertyValue", "--sans").String()
}

// showDesk brings the desk up to the shown result, whose network may be another than before.
func (p *Page) showDesk() {
	d, s := &p.desk, p.state
	if d.model != s.Shown.Model {
		d.build(s)
	}
	p.paintDesk()
	now := browser.Now()
	all := s.Shown.Source != view.FromCamera || now-d.spoken >= slidersEvery
	if all {
		d.spoken = now
	}
	for _, r := range d.rows {
		if !s.BlockShown(r.Block) {
			continue
		}
		for i := range r.sliders {
			if c := (protocol.Peek{Block: r.Block, Channel: r.First + i}); all || s.Held != nil && *s.Held == c {
				r.say(s, i)
			}
		}
	}
	p.showCard()
}

// say brings one slider up to date.
func (r *deskRow) say(s *view.State, i int) {
	at := protocol.Peek{Block: r.Block, Channel: r.First + i}
	if words := s.GateWords(at); words != r.words[i] {
		r.words[i] = words
		r.sliders[i].Call("setAttribute", "aria-valuenow", fmt.Sprintf("%.2f", s.Shown.Result.Gates[r.Block].Scale[at.Channel]))
		r.sliders[i].Call("setAttribute", "aria-valuetext", words)
	}
}

// build makes the blocks of a network.
func (d *desk) build(s *view.State) {
	d.model = s.Shown.Model
	d.blocks, d.rows, d.words = nil, nil, words{}
	root := browser.ByID("blocks")
	clone := func(id string) js.Value {
		return browser.ByID(id).Get("content").Get("firstElementChild").Call("cloneNode", true)
	}
	root.Call("replaceChildren")
	for i, b := range d.model.Blocks {
		el := clone("block")
		el.Get("dataset").Set("layer", b.Layer)
		toggle := el.Call("querySelector", "[role=switch]")
		toggle.Set("id", fmt.Sprintf("se-%d", i+1))
		toggle.Get("dataset").Set("block", i)
		part := func(selector string) js.Value { return el.Call("querySelector", selector) }
		d.blocks = append(d.blocks, &deskBlock{el, part("h2"), part(".of"), part(".size"), part(".status"), toggle, toggle.Get("firstElementChild"), part(".what")})
		list := view.BarRows(i, b.N)
		el.Get("dataset").Set("rows", min(len(list), 4))
		for _, row := range list {
			r := &deskRow{BarRow: row, el: clone("row")}
			r.el.Get("dataset").Set("row", len(d.rows))
			r.ctx = r.el.Get("firstElementChild").Call("getContext", "2d")
			r.group = r.el.Get("lastElementChild")
			part(".rows").Call("append", r.el)
			d.rows = append(d.rows, r)
		}
		root.Call("append", el)
	}
	d.word(s)
	d.choose(s)
}

// word writes the language's words on the desk.
func (d *desk) word(s *view.State) {
	t := s.T()
	for i, b := range d.blocks {
		name := view.BlockName(d.model, i)
		m := d.model.Blocks[i]
		b.title.Set("textContent", name)
		b.of.Set("textContent", fmt.Sprintf(t.BlockOf, len(d.blocks)))
		emphasise(b.what, s.BlockText(m))
		b.size.Set("textContent", fmt.Sprintf(t.BlockMaps, m.W, m.H))
		b.toggle.Call("setAttribute", "aria-label", fmt.Sprintf(t.SESwitch, name))
	}
	for _, r := range d.rows {
		r.group.Call("setAttribute", "aria-label", fmt.Sprintf(t.GatesOf, view.BlockName(d.model, r.Block)))
		r.word(s)
	}
}

// fill makes the sliders of a row: hundreds of elements, so only where they are shown.
func (r *deskRow) fill() {
	const slider = `<div role="slider" aria-valuemin="0" aria-valuemax="1" aria-orientation="vertical" tabindex="%d" data-channel="%d"></div>`
	var html strings.Builder
	for i := range r.N {
		stop := -1 // one of the block is a stop of the tab key
		if r.First+i == 0 {
			stop = 0
		}
		fmt.Fprintf(&html, slider, stop, r.First+i)
	}
	r.group.Set("innerHTML", html.String())
	elements := r.group.Get("children")
	for i := range r.N {
		r.sliders = append(r.sliders, elements.Index(i))
	}
	r.words = make([]string, r.N)
}

// word writes the language's words on the sliders.
func (r *deskRow) word(s *view.State) {
	for i, slider := range r.sliders {
		slider.Call("setAttribute", "aria-label", s.ChannelName(protocol.Peek{Block: r.Block, Channel: r.First + i}))
		r.words[i] = ""
		r.say(s, i)
	}
}

// choose shows the blocks that the desk is to show.
func (d *desk) choose(s *view.State) {
	for i, b := range d.blocks {
		b.el.Set("hidden", !s.BlockShown(i))
	}
	for _, r := range d.rows {
		if s.BlockShown(r.Block) && r.sliders == nil {
			r.fill()
			r.word(s)
		}
	}
	toggle(browser.ByID("gates"), "all", s.AllBlocks)
	d.spoken = 0
	d.measure()
}

// textScale is how much larger than usual a person has text; rows are drawn larger with it.
func textScale() float64 {
	style := js.Global().Call("getComputedStyle", js.Global().Get("document").Get("documentElement"))
	size, err := strconv.ParseFloat(strings.TrimSuffix(style.Get("fontSize").String(), "px"), 64)
	if err != nil || size <= 0 {
		return 1
	}
	return size / 16
}

// measure fits every canvas to its place and to the screen's pixels.
func (d *desk) measure() {
	ratio, text := max(1, js.Global().Get("devicePixelRatio").Float()), textScale()
	for _, r := range d.rows {
		if r.el.Get("offsetParent").IsNull() {
			continue // of a block that is not shown
		}
		w, h := r.el.Get("clientWidth").Float(), r.el.Get("clientHeight").Float()
		r.w, r.h = w/text, h/text
		canvas := r.ctx.Get("canvas")
		canvas.Set("width", int(w*ratio+.5))
		canvas.Set("height", int(h*ratio+.5))
		r.ctx.Call("setTransform", ratio*text, 0, 0, ratio*text, 0, 0)
	}
}

// paintDesk paints every row.
func (p *Page) paintDesk() {
	s, d := p.state, &p.desk
	if !s.DeskFits() || s.Shown.Model != d.model {
		return
	}
	for i, b := range d.blocks {
		if !s.BlockShown(i) {
			continue
		}
		d.words.put(b.status, fmt.Sprint("status ", i), s.BlockStatus(i))
		on := !s.Desk.Blocks[i].Off
		d.words.attr(b.toggle, fmt.Sprint("checked ", i), "aria-checked", fmt.Sprint(on))
		text := s.T().SEOn
		if !on {
			text = s.T().SEOff
		}
		d.words.put(b.toggleText, fmt.Sprint("switch ", i), fmt.Sprintf(text, view.AttentionTitle(d.model.Blocks[i].Kind)))
	}
	for _, r := range d.rows {
		if !s.BlockShown(r.Block) {
			continue
		}
		held := -1
		if f := s.Focus(); f != nil && f.Block == r.Block {
			held = f.Channel
		}
		d.paint(r, s, held)
	}
	p.wordGates()
}

func (d *desk) paint(r *deskRow, s *view.State, held int) {
	if r.w <= view.BarsLeft {
		return // the page is not laid out, or embedded too small
	}
	shapes, ticks := s.Bars(r.BarRow, r.w, r.h, held)
	ctx, path2D := r.ctx, js.Global().Get("Path2D")
	ctx.Call("clearRect", 0, 0, r.w, r.h)
	for _, shape := range shapes {
		if shape.Path == "" {
			continue
		}
		path := path2D.New(shape.Path)
		ctx.Set("globalAlpha", shape.Alpha)
		if shape.Fill != "" {
			ctx.Set("fillStyle", d.palette[shape.Fill])
			ctx.Call("fill", path)
			continue
		}
		ctx.Set("strokeStyle", d.palette[shape.Stroke])
		ctx.Set("lineWidth", shape.Width)
		if shape.Dashed {
			ctx.Call("setLineDash", []any{2, 2})
		}
		ctx.Call("stroke", path)
		if shape.Dashed {
			ctx.Call("setLineDash", []any{})
		}
	}
	ctx.Set("globalAlpha", 1)
	ctx.Set("font", d.font)
	ctx.Set("fillStyle", d.palette["--ink3"])
	for _, t := range ticks {
		ctx.Set("textAlign", t.Align)
		ctx.Call("fillText", t.Text, t.X, t.Y)
	}
}

// ResetGates gives every gate back to the network.
func (p *Page) ResetGates() {
	p.post(func() { p.mix(func(d *view.Desk) { d.Reset() }) })
}

// mix changes the desk and asks for the result.
func (p *Page) mix(change func(*view.Desk)) {
	if !p.state.DeskFits() {
		return
	}
	change(p.state.Desk)
	p.paintDesk() // the hand sees at once what it set; the bars' values follow with the result
	p.frames.Explain()
	p.next()
}
