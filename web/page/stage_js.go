package page

import (
	"image"
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/view"
)

const (
	heatSide    = 256 // of the map on the stage, in pixels
	channelSide = 128 // of a channel's map in the tutorial's figure
)

// stage paints what index.html holds outside of Vugu: the picture, the map on it, its chips, and
// the tutorial's figure.
type stage struct {
	frame   *frame // on the stage
	picture *browser.Canvas
	heat    *browser.Canvas
	see     *browser.Canvas
	bar     *browser.Canvas
	card    *browser.Canvas
	after   *browser.Canvas // the card's map behind its gate
	words   words
	label   string // of the stage, for screen readers
	scratch *browser.Canvas

	heatPaint, channelPaint layer
	barPaint                *browser.Painter
	barOf                   string // the colours that are on the bar
	seePaint, peekPaint     *browser.Painter
	seen                    *image.NRGBA // of seePaint's image: the network's input, in the middle of a square
	small                   *nn.Heatmap
	spline                  nn.Spline
	fixed                   *view.Range // the kept scale, nil for each frame's own
	span                    view.Range  // of the colours now
}

func newStage() *stage {
	return &stage{words: words{}, picture: browser.CanvasByID("stage"), heat: browser.CanvasByID("heat"), see: browser.CanvasByID("see-input"), bar: browser.CanvasByID("scale-bar"), card: browser.CanvasByID("card-map"), after: browser.CanvasByID("card-after"),
		scratch: browser.NewCanvas(channelSide, false), heatPaint: newLayer(heatSide), channelPaint: newLayer(channelSide),
		barPaint: browser.NewPainter(256, 1)}
}

// show paints a frame with its result.
func (st *stage) show(s *view.State, fr *frame, input []byte) {
	fresh := st.frame != fr
	st.frame = fr
	st.paintSees(s, input)
	if fresh {
		st.repaintPicture(s)
	}
	st.paintMap(s)
}

// repaintPicture draws the picture of the frame, or what the network sees of it.
func (st *stage) repaintPicture(s *view.State) {
	if st.frame == nil {
		return
	}
	st.picture.Resize(st.frame.picture.Side)
	if s.SeeInput && st.see != nil {
		st.picture.Ctx.Set("imageSmoothingEnabled", false)
		st.picture.Draw(st.see, 1)
		st.picture.Ctx.Set("imageSmoothingEnabled", true)
		return
	}
	st.picture.Ctx.Call("drawImage", st.frame.picture.El, 0, 0)
}

// paintMap paints the heat map and what names it.
func (st *stage) paintMap(s *view.State) {
	heat, kind := s.StageMap()
	span, ok := view.MapRange(kind, heat)
	visible := ok && !s.HeatOff
	toggle(st.heat.El, "off", !visible)
	st.words.hide("scale", !visible)
	st.words.hide("chip", false)
	name, percent := s.Answer()
	st.words.set("chip-answer", name+" "+percent)
	st.words.set("chip-map", s.Chip())
	if label := s.StageLabel(); label != st.label {
		st.label = label
		st.picture.El.Call("setAttribute", "aria-label", label)
	}
	if !visible {
		return
	}
	if s.Fixed && s.Held == nil {
		if st.fixed == nil {
			st.fixed = &span
		}
		span = *st.fixed
	}
	st.span = span
	if st.small == nil || st.small.W != heat.W || st.small.H != heat.H {
		st.small = nn.NewHeatmap(heat.W, heat.H)
	}
	for i, v := range heat.Data {
		st.small.Data[i] = (v - span.Lo) / (span.Hi - span.Lo)
	}
	colours, _ := nn.ColormapByName(s.Colours)
	l := &st.heatPaint
	l.fit(s.Shown.Model)
	if s.Resize == view.ResizeSpline {
		st.spline.Resize(l.large, st.small)
	} else {
		nn.ResizeBilinear(l.large, st.small)
	}
	nn.Overlay(l.inside, l.large, colours, float32(s.Opacity)/100, true)
	nn.Contour(l.inside, l.large, .9, .5, .8)
	l.Put(st.heat)
	if st.barOf != s.Colours {
		st.barOf = s.Colours
		for x := range 256 {
			pix := st.barPaint.Image.Pix[4*x:]
			pix[0], pix[1], pix[2] = colours.At(float32(x) / 255)
			pix[3] = 255
		}
		st.barPaint.Put(st.bar)
	}
	st.words.set("scale-lo", view.Signed(span.Lo))
	hi := view.Signed(span.Hi)
	if s.Fixed {
		hi += " " + s.T().ChipFixed
	}
	st.words.set("scale-hi", hi)
}

// paintSees shows the network's own input.
func (st *stage) paintSees(s *view.State, input []byte) {
	if input == nil {
		return
	}
	w, h := s.Shown.Model.Input()
	side := max(w, h)
	if st.seePaint == nil || st.see.Side != side || st.seen.Rect.Dx() != w || st.seen.Rect.Dy() != h {
		st.see.Resize(side)
		st.seePaint = browser.NewPainter(side, side)
		st.seen = st.seePaint.Image.SubImage(nn.Centre(st.seePaint.Image.Rect, w, h)).(*image.NRGBA)
	}
	for y := range h {
		copy(st.seen.Pix[y*st.seen.Stride:][:4*w], input[4*w*y:])
	}
	st.seePaint.Put(st.see)
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
