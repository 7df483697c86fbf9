package page

import (
	"fmt"
	"strconv"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

const (
	stripEvery = 250. // ms between two strips of a camera's frames
	stopHigh   = 60   // of a station's picture, in CSS pixels
	stopWide   = 100. // of a block's gates beside its maps
	stopNarrow = 52.  // where there are more than stopMany blocks
	stopMany   = 4
)

// strip is the network in a line of stations, outside of Vugu: canvases and a few words that
// change.
type strip struct {
	model *protocol.Model
	stops []js.Value
	wide  float64 // of a block's gates
	words words
	last  *protocol.Strip
	atlas *browser.Canvas
	asked float64      // when the last one was asked for
	epoch turns.Ticket // of the frame that the pictures' channels were chosen for
}

// want is what the page asks of a frame.
func (p *Page) want(fr *frame) protocol.Want {
	w := p.state.Want()
	now := browser.Now()
	w.Strip = fr.source != view.FromCamera || !p.camera.live(p.state) || now-p.strip.asked >= stripEvery
	if w.Strip {
		p.strip.asked = now
	}
	w.Without = w.Strip
	w.Fresh = fr.from != p.strip.epoch
	p.strip.epoch = fr.from
	return w
}

// showStrip brings the stations up to the shown result.
func (p *Page) showStrip(tiles js.Value) {
	s, st := p.state, &p.strip
	r := s.Shown.Result
	if st.model != s.Shown.Model {
		st.build(s)
	}
	if r.Strip != nil {
		st.last = r.Strip
		if tiles.Truthy() {
			if st.atlas == nil {
				st.atlas = browser.NewCanvas(1, false)
			}
			w, h := r.Strip.Atlas.Size()
			st.atlas.PutBuffer(tiles, w, h)
		}
	}
	if r.Strip != nil {
		p.wordStrip()
		p.paintStrip()
	}
}

// build makes the stations of a network.
func (st *strip) build(s *view.State) {
	st.model, st.stops, st.words, st.last = s.Shown.Model, nil, words{}, nil
	root := browser.ByID("stations")
	root.Call("replaceChildren")
	many := len(s.Shown.Result.Gates) > stopMany
	if st.wide = stopWide; many {
		st.wide = stopNarrow
	}
	root.Get("classList").Call("toggle", "packed", many)
	document := js.Global().Get("document")
	for i, stop := range s.Stops(nil) {
		if i > 0 {
			wire := document.Call("createElement", "i")
			wire.Set("className", "wire")
			root.Call("append", wire)
		}
		el := browser.ByID("station").Get("content").Get("firstElementChild").Call("cloneNode", true)
		el.Set("id", fmt.Sprintf("station-%d", i))
		el.Get("dataset").Set("kind", stop.Kind)
		el.Get("dataset").Set("stop", i)
		root.Call("append", el)
		st.stops = append(st.stops, el)
	}
	st.mark(s)
}

// mark marks the station of the block that the desk shows.
func (st *strip) mark(s *view.State) {
	if s.Shown == nil {
		return
	}
	for i, stop := range s.Stops(nil) {
		if i < len(st.stops) {
			st.words.attr(st.stops[i], fmt.Sprint("on ", i), "aria-pressed", fmt.Sprint(stop.Kind == protocol.StationBlock && stop.Block == s.Block))
		}
	}
}

// wordStrip writes the stations' names and times.
func (p *Page) wordStrip() {
	s, st := p.state, &p.strip
	for i, stop := range s.Stops(st.last) {
		if i >= len(st.stops) {
			break
		}
		key := fmt.Sprint(i)
		st.words.put(st.stops[i].Get("children").Index(1), "name "+key, stop.Name)
		st.words.put(st.stops[i].Get("children").Index(2), "line "+key, stop.Line)
	}
	w := p.stage.words
	w.set("strip-title", s.T().NetworkTitle)
	w.set("strip-time", s.StripTime(st.last))
	w.hide("fps", !s.CameraOn || s.Frozen)
	w.set("fps", fmt.Sprintf("%.0f %s", s.FPS, s.T().FPS))
	w.set("strip-kernel", s.Kernel())
	w.set("strip-loaded", s.LoadLine())
}

// paintStrip paints the stations' pictures.
func (p *Page) paintStrip() {
	s, st := p.state, &p.strip
	if st.last == nil {
		return
	}
	ratio := max(1, js.Global().Get("devicePixelRatio").Float())
	for i, stop := range s.Stops(st.last) {
		if i >= len(st.stops) {
			return
		}
		c := st.stops[i].Get("firstElementChild")
		wide := float64(stopHigh)
		switch stop.Kind {
		case protocol.StationBlock:
			wide += 6 + st.wide
		case protocol.StationAnswer:
			wide += 24
		}
		if w, h := int(wide*ratio+.5), int(stopHigh*ratio+.5); c.Get("width").Int() != w || c.Get("height").Int() != h {
			c.Set("width", w)
			c.Set("height", h)
		}
		ctx := c.Call("getContext", "2d")
		ctx.Call("setTransform", ratio, 0, 0, ratio, 0, 0)
		ctx.Call("clearRect", 0, 0, wide, stopHigh)
		ctx.Set("imageSmoothingEnabled", false)
		switch stop.Kind {
		case protocol.StationPicture:
			ctx.Call("drawImage", p.stage.see.El, 0, 0, stopHigh, stopHigh)
		case protocol.StationAnswer:
			p.paintAnswer(ctx, wide)
		case protocol.StationMean:
			st.tile(ctx, stop.Tile, 0, 0, stopHigh)
		default:
			const side = (stopHigh - 2) / 2
			for k := range stop.Tiles {
				st.tile(ctx, stop.Tile+k, float64(k%2)*(side+2), float64(k/2)*(side+2), side)
			}
			if stop.Kind == protocol.StationBlock && stop.Block < len(s.Shown.Result.Gates) {
				p.paintSpark(ctx, s.Shown.Result.Gates[stop.Block].Scale, stopHigh+6, st.wide)
			}
		}
	}
}

func (st *strip) tile(ctx js.Value, i int, x, y, side float64) {
	a := &st.last.Atlas
	sx, sy := a.At(i)
	ctx.Call("drawImage", st.atlas.El, sx, sy, a.W, a.H, x, y, side, side)
}

// paintSpark paints a block's gates from x on.
func (p *Page) paintSpark(ctx js.Value, gates []float32, x, w float64) {
	bodies, caps := view.Spark(gates, w, stopHigh)
	path2D, colours := js.Global().Get("Path2D"), p.desk.palette
	ctx.Call("save")
	ctx.Call("translate", x, 0)
	ctx.Set("fillStyle", colours["--accent-mid"])
	ctx.Set("globalAlpha", .55)
	ctx.Call("fill", path2D.New(bodies))
	ctx.Set("globalAlpha", 1)
	ctx.Set("fillStyle", colours["--accent"])
	ctx.Call("fill", path2D.New(caps))
	ctx.Set("fillStyle", colours["--edge"])
	ctx.Call("fillRect", 0, stopHigh-1, w, 1)
	ctx.Call("restore")
}

// paintAnswer paints the list of answers in small.
func (p *Page) paintAnswer(ctx js.Value, w float64) {
	colours := p.desk.palette
	for i, a := range p.state.Predictions() {
		y := 3 + 12*float64(i)
		ctx.Set("fillStyle", colours["--track"])
		ctx.Call("fillRect", 0, y, w, 6)
		ctx.Set("fillStyle", colours[pickText(a.Top, "--accent", "--accent-mid")])
		ctx.Call("fillRect", 0, y, max(1, a.P*w), 6)
	}
}

// listenStrip opens what a station stands for.
func (p *Page) listenStrip() {
	browser.Listen(browser.ByID("stations"), "click", func(event js.Value) {
		el := event.Get("target").Call("closest", "[data-stop]")
		if !el.Truthy() {
			return
		}
		i, err := strconv.Atoi(el.Get("dataset").Get("stop").String())
		p.post(func() {
			stops := p.state.Stops(nil)
			if err != nil || i >= len(stops) {
				return
			}
			switch stop := stops[i]; stop.Kind {
			case protocol.StationPicture:
				p.state.SeeInput = !p.state.SeeInput
				p.stage.repaintPicture(p.state)
			case protocol.StationMaps:
				p.openMaps(stop.Layer, -1)
			case protocol.StationBlock:
				p.showBlock(stop.Block)
				p.scrollTo("gates")
			default:
				p.scrollTo("why")
			}
		})
	})
}

// scrollTo brings a part of the first screen into sight.
func (p *Page) scrollTo(id string) {
	browser.ByID(id).Call("scrollIntoView", map[string]any{"block": "nearest"})
}
