package page

import (
	"fmt"
	"strconv"
	"strings"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// walkPlaces are the places of the page that the walk lights, by view.WalkLit: selectors joined by
// " + " are lit together, and the first of a list that the page shows is taken.
var walkPlaces = map[string]string{
	"stage":  "#view",
	"conv":   ".st[data-kind=maps], #stations, #view",
	"block":  ".st[data-kind=block][aria-pressed=true], #stations, #view",
	"head":   ".st[data-kind=mean], #stations, #view",
	"answer": "#view + .pred",
}

// walk is the dialog of "Show me how"; what it says is made in web/view.
type walk struct {
	shown map[string]string // what each element holds, so that only what changed is written
	turn  turns.Generation  // of the search: answers of a walk that was left are dropped
	due   bool              // a link asked for it before there was a result
}

func (p *Page) listenWalk() {
	p.walk.shown = map[string]string{}
	dialog := browser.ByID("walk")
	on := func(id string, act func()) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) { p.post(act) })
	}
	on("walk-back", func() { p.walkTo(p.state.Walk.At - 1) })
	on("walk-next", func() {
		if p.state.Walk.At+1 < len(p.state.WalkPages()) {
			p.walkTo(p.state.Walk.At + 1)
			return
		}
		dialog.Call("close")
	})
	on("walk-close", func() { dialog.Call("close") })
	on("walk-mute", p.walkMute)
	on("walk-camera", func() { dialog.Call("close"); p.ToggleCamera() })
	on("walk-compare", func() { dialog.Call("close"); p.openTab(view.TabCompare) })
	browser.Listen(dialog, "close", func(js.Value) { p.post(p.walkEnd) })
	browser.Listen(dialog, "keydown", func(event js.Value) {
		step := map[string]int{"ArrowRight": 1, "ArrowLeft": -1}[event.Get("key").String()]
		if step != 0 && event.Get("target").Get("tagName").String() != "INPUT" {
			event.Call("preventDefault")
			p.post(func() { p.walkTo(p.state.Walk.At + step) })
		}
	})
	browser.Listen(js.Global(), "resize", func(js.Value) { p.post(p.placeWalk) })
}

// openWalk begins the walk with the frame on the stage, which a camera has to hold for it; before
// the first result it waits for that.
func (p *Page) openWalk() {
	s := p.state
	if s.Walk.Open {
		return
	}
	if p.walk.due = s.Shown == nil; p.walk.due {
		return
	}
	if p.camera.live(s) {
		s.Frozen = true
		p.frames.Unsee()
	}
	if s.Tab != "" {
		p.openTab("")
	}
	s.WalkStart()
	clear(p.walk.shown)
	browser.ByID("walk").Call("showModal")
	p.walkTo(0)
	p.walk.turn.Begin()
	p.searchOn()
	p.renderSoon()
}

// walkTo opens a page of the walk.
func (p *Page) walkTo(at int) {
	s := p.state
	if !s.Walk.Open || at < 0 || at >= len(s.WalkPages()) {
		return
	}
	s.Walk.At = at
	p.openPanel()
	p.paintWalk()
	browser.ByID("walk-title").Call("focus")
	browser.ByID("walk-panel").Set("scrollTop", 0)
}

// walkEnd is called when the dialog was closed, by whatever means.
func (p *Page) walkEnd() {
	p.state.Walk = view.Walk{}
	p.walk.turn.Begin()
	p.openPanel()
	p.renderSoon()
}

// searchOn mutes the next channels of the last block, to find the one that the answer needs most.
func (p *Page) searchOn() {
	s, turn := p.state, p.walk.turn.Ticket()
	w := &s.Walk
	block, _ := s.WalkProposal()
	if block < 0 || p.stage.frame == nil {
		return
	}
	of := s.Shown.Result.Gates[block].Map.C
	if len(w.Drops) >= of {
		p.paintWalk()
		return
	}
	step := &protocol.Audit{Block: block, Class: w.Class, From: len(w.Drops), Count: min(auditStep, of-len(w.Drops)), Odds: true}
	p.ask(protocol.Request{Op: protocol.Mute, ID: p.stage.frame.id, Model: p.model.Name, Audit: step}, nil, func(reply protocol.Reply, _ js.Value) {
		if !turn.Current() || !s.Walk.Open || reply.Error != "" {
			return
		}
		w.Drops = append(w.Drops, reply.Drops...)
		p.paintWalk()
		p.searchOn()
	})
}

// walkMute mutes what the walk proposes, or gives it back.
func (p *Page) walkMute() {
	s := p.state
	block, channel := s.WalkProposal()
	if channel < 0 || s.Desk == nil {
		return
	}
	if s.Walk.Muted {
		s.Walk.Muted = false
		p.ResetGates()
		return
	}
	s.Walk.Muted, s.Walk.Before = true, append([]float32(nil), s.Shown.Result.Probs...)
	p.mix(func(d *view.Desk) { d.Mute(protocol.Peek{Block: block, Channel: channel}) })
}

// paintWalk brings the dialog up to the state; called with every result while it is open.
func (p *Page) paintWalk() {
	s := p.state
	if !s.Walk.Open || s.Shown == nil {
		return
	}
	text := func(id, value string) { p.walkWrite(id, "textContent", value) }
	text("walk-over", s.WalkOver())
	text("walk-about", s.WalkAbout())
	text("walk-title", s.WalkTitle())
	if t := s.WalkText(); t != "" { // until the numbers have come the last ones stay
		text("walk-text", t)
	}
	if f := s.WalkFigure(); f != "" {
		p.walkWrite("walk-figure", "innerHTML", f)
		p.paintWalkCanvases()
	}
	p.walkWrite("walk-formula", "innerHTML", s.WalkFormula())
	var dots strings.Builder
	for _, d := range s.WalkDots() {
		fmt.Fprintf(&dots, `<i class="%s"></i>`, d.Class())
	}
	p.walkWrite("walk-dots", "innerHTML", dots.String())
	labels := s.WalkLabels()
	text("walk-back", labels.Back)
	text("walk-next", labels.Next)
	text("walk-mute", labels.Mute)
	text("walk-camera", labels.Camera)
	text("walk-compare", labels.Compare)
	text("walk-ask", labels.Ask)
	browser.ByID("walk-back").Set("disabled", s.Walk.At == 0)
	browser.ByID("walk-mute").Set("hidden", labels.Mute == "")
	browser.ByID("walk-end").Set("hidden", s.WalkPage() != s.WalkPages()[len(s.WalkPages())-1])
	for i, q := range s.WalkQuestions() {
		p.walkWrite("walk-q"+strconv.Itoa(i), "innerHTML", q.HTML())
	}
	p.placeWalk()
}

// walkWrite writes what changed.
func (p *Page) walkWrite(id, property, value string) {
	if p.walk.shown[id] == value {
		return
	}
	p.walk.shown[id] = value
	js.Global().Get("document").Call("getElementById", id).Set(property, value)
}

// paintWalkCanvases fills the pictures that a figure left room for.
func (p *Page) paintWalkCanvases() {
	list := browser.ByID("walk-figure").Call("querySelectorAll", "canvas[data-walk]")
	for i := range list.Length() {
		el := list.Index(i)
		ctx := el.Call("getContext", "2d")
		w, h := el.Get("width").Int(), el.Get("height").Int()
		what := el.Get("dataset").Get("walk").String()
		draw := func(from js.Value, args ...any) {
			ctx.Call("drawImage", append([]any{from}, args...)...)
		}
		ctx.Set("imageSmoothingEnabled", what == "picture")
		switch channel, isMap := strings.CutPrefix(what, "atlas:"); {
		case isMap:
			c, _ := strconv.Atoi(channel)
			if a := p.state.Panel.Atlas; p.panel.atlas != nil && c < a.N {
				x, y := a.At(c)
				draw(p.panel.atlas.El, x, y, a.W, a.H, 0, 0, w, h)
			}
		case what == "see":
			draw(p.stage.see.El, 0, 0, w, h)
		default:
			draw(p.stage.picture.El, 0, 0, w, h)
		}
	}
}

// placeWalk lights the place that the open page is about, and moves the panel aside from what has
// to be seen.
func (p *Page) placeWalk() {
	if !p.state.Walk.Open {
		return
	}
	place := p.state.WalkLit()
	browser.ByID("walk-panel").Get("dataset").Set("lit", place)
	lit := browser.ByID("walk-lit").Get("style")
	for selector := range strings.SplitSeq(walkPlaces[place], ", ") {
		l, t, r, b := around(selector)
		if r <= l {
			continue
		}
		for name, px := range map[string]float64{"left": l, "top": t, "width": r - l, "height": b - t} {
			lit.Set(name, fmt.Sprintf("%.0fpx", px))
		}
		return
	}
}

// around is the box of elements, selectors joined by " + ", and a little more; r is 0 where none of
// them is on the page.
func around(selectors string) (l, t, r, b float64) {
	const more = 4
	for selector := range strings.SplitSeq(selectors, " + ") {
		el := js.Global().Get("document").Call("querySelector", selector)
		if el.IsNull() {
			continue
		}
		box := el.Call("getBoundingClientRect")
		if box.Get("width").Float() == 0 {
			continue
		}
		left, top, right, bottom := box.Get("left").Float()-more, box.Get("top").Float()-more, box.Get("right").Float()+more, box.Get("bottom").Float()+more
		if r == 0 {
			l, t, r, b = left, top, right, bottom
			continue
		}
		l, t, r, b = min(l, left), min(t, top), max(r, right), max(b, bottom)
	}
	return l, t, r, b
}
