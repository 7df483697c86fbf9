package view

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// MapsChoice is what is looked at in Feature maps. The worker fits it to the network and repeats it
// in its answer.
type MapsChoice = protocol.MapsLook

// LayerButton is one step of the network in the list of layers.
type LayerButton struct {
	Name, Title, Size string
	On                bool
}

// MapLayers lists the layers whose maps can be seen.
func (s *State) MapLayers() []LayerButton {
	if s.Shown == nil {
		return nil
	}
	var list []LayerButton
	for _, l := range s.Shown.Model.Layers {
		list = append(list, LayerButton{l.Name, s.layerTitle(l), fmt.Sprintf("%d × %d × %d", l.H, l.W, l.C), s.Maps() != nil && l.Name == s.Maps().Layer})
	}
	return list
}

// layerTitle names a layer for people: "Convolution 2", "SE 1".
func (s *State) layerTitle(l protocol.MapLayer) string {
	return fmt.Sprintf("%s %d", s.opName(l.Op), l.Index)
}

// opName is what people call an operation of a spec.
func (s *State) opName(op string) string {
	w := s.Words()
	name := map[string]string{"conv": w.OpConv, "batchnorm": w.OpBatchNorm, "spatial": w.OpSpatial, "maxpool": w.OpMaxPool, "avgpool": w.OpAvgPool, "add": w.OpAdd,
		"mean": w.OpMean, "linear": w.OpLinear, "flatten": w.OpFlatten, "dropout": w.OpDropout, "concat": w.OpConcat, "mul": w.OpGate,
		"slice": w.OpChannels, "shuffle": w.OpChannels, "pad": w.OpPad, "max": w.OpMax}[op]
	return cmp.Or(name, nn.AttentionTitle(op), functionName(op))
}

// Maps is the shown answer about feature maps, nil if there is none.
func (s *State) Maps() *protocol.Maps {
	if s.Panel == nil {
		return nil
	}
	return s.Panel.Maps
}

// MapsTitle is the grid's: "Convolution 1, 64 channels".
func (s *State) MapsTitle() string {
	m := s.Maps()
	if m == nil {
		return s.TabName(TabMaps)
	}
	for _, l := range s.Shown.Model.Layers {
		if l.Name == m.Layer {
			return counted(s.Words().MapsTitle, s.layerTitle(l), m.C)
		}
	}
	return m.Layer
}

// MapsChannel is the enlarged channel in words.
func (s *State) MapsChannel() string {
	if s.Maps() == nil {
		return ""
	}
	return fmt.Sprintf(s.T().Channel, s.Maps().Channel)
}

// MapsChannelValue says it to a screen reader.
func (s *State) MapsChannelValue() string {
	m := s.Maps()
	if m == nil {
		return ""
	}
	return fmt.Sprintf(s.Words().MapsChannelValue, m.Channel, Number(m.Means[m.Channel]))
}

// MapsPixel is the looked-at pixel and its value.
func (s *State) MapsPixel() string {
	m := s.Maps()
	if m == nil {
		return ""
	}
	return fmt.Sprintf(s.Words().MapsPixel, m.X, m.Y, Number(m.Pixel[m.Channel]))
}

// ScaleLo is the value of the first colour of the panel's pictures.
func (s *State) ScaleLo() string {
	if s.Panel == nil || s.Panel.Atlas == nil {
		return ""
	}
	return Number(s.Panel.Atlas.Lo)
}

// ScaleHi is the value of the last colour.
func (s *State) ScaleHi() string {
	if s.Panel == nil || s.Panel.Atlas == nil {
		return ""
	}
	if s.Panel.Atlas.Clipped {
		return "≥ " + Number(s.Panel.Atlas.Hi)
	}
	return Number(s.Panel.Atlas.Hi)
}

// PixelBars are the looked-at pixel's values in every channel, as a drawing of 1000 x 100.
type PixelBars struct {
	Title     string
	Bars, One string // paths: the others, the enlarged channel
	Zero      string // path of the axis
	Lo, Hi    string
}

// MapsPixelBars draws the pixel through all channels.
func (s *State) MapsPixelBars() PixelBars {
	m := s.Maps()
	if m == nil {
		return PixelBars{}
	}
	b := bars(m.Pixel, m.Channel)
	b.Title = counted(s.Words().MapsThisPixel, m.C)
	return b
}

// bars draws one bar a value, up or down from zero; the one of index chosen has a path of its own.
func bars(values []float32, chosen int) PixelBars {
	lo, hi := float32(0), float32(0)
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	span := float64(hi - lo)
	if span == 0 {
		span = 1
	}
	zero := 100 * float64(hi) / span
	pitch := 1000 / float64(len(values))
	var others, one []byte
	for i, v := range values {
		h := 100 * float64(v) / span
		if math.Abs(h) < .8 { // a value of zero is still there to be seen
			h = .8
		}
		at := &others
		if i == chosen {
			at = &one
		}
		*at = append(*at, 'M')
		*at = number(*at, float64(i)*pitch+pitch*.14)
		*at = append(*at, ' ')
		*at = number(*at, zero)
		*at = append(*at, 'v')
		*at = number(*at, -h)
		*at = append(*at, 'h')
		*at = number(*at, pitch*.72)
		*at = append(*at, 'v')
		*at = number(*at, h)
		*at = append(*at, 'z')
	}
	return PixelBars{Bars: string(others), One: string(one), Zero: fmt.Sprintf("M0 %.1fh1000", zero), Lo: Number(lo), Hi: Number(hi)}
}

// Number prints a value with two digits and a true minus sign; very small ones in scientific
// notation would only frighten.
func Number(v float32) string {
	text := fmt.Sprintf("%.2f", v)
	if text == "-0.00" {
		text = "0.00"
	}
	return strings.Replace(text, "-", "−", 1)
}

// Grid is how the pictures of an atlas are laid out: columns and rows of square cells with a line
// of text below each.
type Grid struct {
	N, Cols    int
	Cell       float64 // of a picture, in CSS pixels
	Text       float64 // height of the line below it, 0 for none
	GapX, GapY float64
	Means      bool // there is room for a second number in the line
}

// NewGrid lays n pictures out in a width.
func NewGrid(n int, width float64) Grid {
	g := Grid{N: n, GapX: 8, GapY: 6, Text: 17}
	switch {
	case n <= 32:
		g.Cols = 8
	case n <= 64:
		g.Cols = 10
	case n <= 160:
		g.Cols = 12
	default:
		g.Cols, g.GapX, g.GapY = 16, 5, 4
	}
	if width < 420 { // a phone
		g.GapX = 6
		g.Cols = 6
		if n <= 32 {
			g.Cols = 4
		}
	}
	g.Cell = max(8, (width-float64(g.Cols-1)*g.GapX)/float64(g.Cols))
	g.Means = g.Cell >= 50
	return g
}

// Height of the whole grid.
func (g Grid) Height() float64 {
	rows := (g.N + g.Cols - 1) / g.Cols
	return float64(rows)*(g.Cell+g.Text+g.GapY) - g.GapY
}

// At is where picture i begins.
func (g Grid) At(i int) (x, y float64) {
	return float64(i%g.Cols) * (g.Cell + g.GapX), float64(i/g.Cols) * (g.Cell + g.Text + g.GapY)
}

// Hit is the picture at a place, -1 for none.
func (g Grid) Hit(x, y float64) int {
	col, row := int(x/(g.Cell+g.GapX)), int(y/(g.Cell+g.Text+g.GapY))
	i := row*g.Cols + col
	if x < 0 || y < 0 || col >= g.Cols || i >= g.N {
		return -1
	}
	return i
}

// Step moves a choice among n things in lines of cols by a key; ok is false for a key that means
// nothing here.
func Step(key string, at, n, cols int) (to int, ok bool) {
	switch key {
	case "ArrowRight":
		to = at + 1
	case "ArrowLeft":
		to = at - 1
	case "ArrowDown":
		to = at + cols
	case "ArrowUp":
		to = at - cols
	case "Home":
		to = 0
	case "End":
		to = n - 1
	default:
		return at, false
	}
	if to < 0 || to >= n {
		to = at
	}
	return to, true
}
