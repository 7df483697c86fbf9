package page

import (
	"fmt"
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

const (
	heatSide     = 256 // of the map on the stage, in pixels
	channelSide  = 128 // of a channel's map in the tutorial panel
	figuresEvery = 100 // ms between two drawings of the tutorial panel while the camera runs
)

// stage paints what index.html holds outside of Vugu: the picture, the map on it, its chips, and the tutorial's figure.
type stage struct {
	frame   *frame // on the stage
	picture *browser.Canvas
	heat    *browser.Canvas
	see     *browser.Canvas
	bar     *browser.Canvas
	figures [4]*browser.Canvas
	scratch *browser.Canvas

	heatPaint, channelPaint, barPaint *browser.Painter
	seePaint                          *browser.Painter
	small, large, channel             *nn.Heatmap
	spline                            nn.Spline
	fixed                             *view.Range // the kept scale, nil for each frame's own
	figured                           float64     // when the figure was drawn
}

func newStage() *stage {
	st := &stage{picture: browser.CanvasByID("stage"), heat: browser.CanvasByID("heat"), see: browser.CanvasByID("see-input"), bar: browser.CanvasByID("scale-bar"),
		scratch: browser.NewCanvas(channelSide, false), heatPaint: browser.NewPainter(heatSide, heatSide), channelPaint: browser.NewPainter(channelSide, channelSide),
		barPaint: browser.NewPainter(256, 1), large: nn.NewHeatmap(heatSide, heatSide), channel: nn.NewHeatmap(channelSide, channelSide)}
	for i := range st.figures {
		st.figures[i] = browser.CanvasByID(fmt.Sprintf("fig-%d", i))
	}
	return st
}

// show paints a frame with its result.
func (st *stage) show(s *view.State, fr *frame, input []byte) {
	fresh := st.frame != fr
	st.frame = fr
	if fresh {
		st.picture.Resize(fr.picture.Side)
		st.picture.Ctx.Call("drawImage", fr.picture.El, 0, 0)
	}
	st.paintSees(s, input)
	st.paintMap(s)
	if now := browser.Now(); fr.source != view.FromCamera || now-st.figured >= figuresEvery {
		st.figured = now
		st.paintFigures(s)
	}
}

// paintMap paints the heat map and what names it.
func (st *stage) paintMap(s *view.State) {
	r := s.Shown.Result
	span, ok := view.MapRange(r.Want.Kind, r.Heat)
	visible := ok && !s.HeatOff
	toggle(st.heat.El, "off", !visible)
	browser.ByID("scale").Set("hidden", !visible)
	browser.ByID("chip").Set("hidden", false)
	name, percent := s.Answer()
	browser.ByID("chip-answer").Set("textContent", name+" "+percent)
	browser.ByID("chip-map").Set("textContent", s.Chip())
	st.picture.El.Call("setAttribute", "aria-label", s.StageLabel())
	if !visible {
		return
	}
	if s.Fixed {
		if st.fixed == nil {
			st.fixed = &span
		}
		span = *st.fixed
	}
	if st.small == nil || st.small.W != r.Heat.W || st.small.H != r.Heat.H {
		st.small = nn.NewHeatmap(r.Heat.W, r.Heat.H)
	}
	for i, v := range r.Heat.Data {
		st.small.Data[i] = (v - span.Lo) / (span.Hi - span.Lo)
	}
	colours, _ := nn.ColormapByName(s.Colours)
	nn.ResizeBilinear(st.large, st.small)
	nn.Overlay(st.heatPaint.Image, st.large, colours, float32(s.Opacity)/100, true)
	st.heatPaint.Put(st.heat)
	for x := range 256 {
		pix := st.barPaint.Image.Pix[4*x:]
		pix[0], pix[1], pix[2] = colours.At(float32(x) / 255)
		pix[3] = 255
	}
	st.barPaint.Put(st.bar)
	browser.ByID("scale-lo").Set("textContent", view.Signed(span.Lo))
	hi := view.Signed(span.Hi)
	if s.Fixed {
		hi += " " + s.T().ChipFixed
	}
	browser.ByID("scale-hi").Set("textContent", hi)
}

// paintSees shows the network's own input.
func (st *stage) paintSees(s *view.State, input []byte) {
	browser.ByID("see").Set("hidden", false)
	browser.ByID("see-text").Set("textContent", s.Sees())
	if input == nil {
		return
	}
	side := s.Shown.Result.Side
	if st.seePaint == nil || st.see.Side != side {
		st.see.Resize(side)
		st.seePaint = browser.NewPainter(side, side)
	}
	copy(st.seePaint.Image.Pix, input)
	st.seePaint.Put(st.see)
}

// paintFigures draws the tutorial's figure: the original, and its strongest channels in jet at a flat half, each scaled to its own
// range and enlarged by the cubic spline that scipy's zoom uses.
func (st *stage) paintFigures(s *view.State) {
	r := s.Shown.Result
	captions := s.Captions()
	for i, fig := range st.figures {
		figure := fig.El.Call("closest", "figure")
		figure.Set("hidden", i >= len(captions))
		if i >= len(captions) {
			continue
		}
		fig.Ctx.Set("imageSmoothingQuality", "high")
		fig.Draw(st.picture, 1)
		if i > 0 {
			st.paintChannel(r.Channels[i-1].Map)
			fig.Draw(st.scratch, 0.5)
		}
		browser.ByID(fmt.Sprintf("fig-%d-title", i)).Set("textContent", captions[i].Title)
		browser.ByID(fmt.Sprintf("fig-%d-text", i)).Set("textContent", captions[i].Text)
	}
}

func (st *stage) paintChannel(m protocol.Plane) {
	small := &nn.Heatmap{W: m.W, H: m.H, Data: append([]float32(nil), m.Data...)}
	nn.Normalise(small)
	st.spline.Resize(st.channel, small)
	nn.Overlay(st.channelPaint.Image, st.channel, nn.Jet, 1, false)
	st.channelPaint.Put(st.scratch)
}

// snapshot composes the stage as it is seen.
func (st *stage) snapshot(s *view.State) *browser.Canvas {
	c := browser.NewCanvas(max(st.picture.Side, 512), false)
	c.Draw(st.picture, 1)
	if st.heat.El.Get("dataset").Get("off").IsUndefined() {
		c.Draw(st.heat, 1)
	}
	return c
}

// toggle sets or removes a data attribute.
func toggle(el js.Value, name string, on bool) {
	if on {
		el.Get("dataset").Set(name, "")
	} else {
		el.Call("removeAttribute", "data-"+name)
	}
}
