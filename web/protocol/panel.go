package protocol

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Look is what the open panel asks of a frame, beside what the first screen shows of it; the answer
// is of the very same run. At most one of its parts is set.
type Look struct {
	Maps    *MapsLook    `json:"maps,omitempty"`
	Times   bool         `json:"times,omitempty"` // what every layer takes, and the answer with fewer bits, if MakeBits asked for some
	Compare *CompareLook `json:"compare,omitempty"`
}

// Panel is the answer to a Look. Its numbers travel in a buffer of their own, and so do the pixels
// of its atlas.
type Panel struct {
	Maps    *Maps       `json:"maps,omitempty"`
	Atlas   *Atlas      `json:"atlas,omitempty"`
	Times   *LayerTimes `json:"times,omitempty"`
	Compare *Compared   `json:"compare,omitempty"`
	Bits    *Bits       `json:"bits,omitempty"`
}

// LayerTimes are milliseconds, one for each layer of Model.Table; -1 for one that was computed
// together with an earlier one.
type LayerTimes struct {
	N    int       `json:"n"`
	Runs int       `json:"runs"` // that they are the average of
	Ms   []float32 `json:"-"`
}

// MapsLook asks for every channel of one layer and for what made one value of it. What a network
// does not have is clamped to what it has.
type MapsLook struct {
	Layer   string `json:"layer"`   // of Model.Layers; "" is the first convolution
	Channel int    `json:"channel"` // -1: the one with the largest mean
	Y       int    `json:"y"`       // -1: the middle
	X       int    `json:"x"`
}

// Maps are the feature maps of one layer; the atlas holds them as pictures.
type Maps struct {
	MapsLook
	H     int         `json:"h"`
	W     int         `json:"w"`
	C     int         `json:"c"`
	Means []float32   `json:"-"`             // C: of each channel, over its pixels
	Pixel []float32   `json:"-"`             // C: the value at Y, X in every channel
	Sum   *Arithmetic `json:"sum,omitempty"` // what made the value at Y, X
	Flow  *Flow       `json:"flow,omitempty"`
}

// Atlas is a row of equal pictures in colours of one scale, Cols in a line of pixels.
type Atlas struct {
	W       int     `json:"w"` // of one picture
	H       int     `json:"h"`
	N       int     `json:"n"`
	Cols    int     `json:"cols"`
	Lo      float32 `json:"lo"` // the value of the scale's first colour
	Hi      float32 `json:"hi"`
	Clipped bool    `json:"clipped,omitempty"` // a few values lie above Hi and have its colour
	Pix     []byte  `json:"-"`                 // RGBA
}

// Size is the atlas's own, in pixels.
func (a *Atlas) Size() (w, h int) { return a.W * a.Cols, a.H * ((a.N + a.Cols - 1) / a.Cols) }

// At is where picture i begins.
func (a *Atlas) At(i int) (x, y int) { return i % a.Cols * a.W, i / a.Cols * a.H }

// planes lists the numbers of a panel in the order of their buffer.
func (p *Panel) planes() []plane {
	var list []plane
	if m := p.Maps; m != nil {
		list = append(list, plane{&m.Means, m.C}, plane{&m.Pixel, m.C})
		if m.Flow != nil {
			list = append(list, m.Flow.planes()...)
		}
	}
	if p.Compare != nil {
		for i := range p.Compare.Columns {
			c := &p.Compare.Columns[i]
			list = append(list, plane{&c.Probs, c.N}, plane{&c.Heat.Data, c.Heat.W * c.Heat.H}, plane{&c.Scale, c.Gates}, plane{&c.Places.Data, c.Places.W * c.Places.H})
		}
	}
	if b := p.Bits; b != nil {
		list = append(list, plane{&b.Probs, b.N}, plane{&b.Heat.Data, b.Heat.W * b.Heat.H})
	}
	if t := p.Times; t != nil {
		list = append(list, plane{&t.Ms, t.N})
	}
	return list
}

// Pack appends the numbers of p to b.
func (p *Panel) Pack(b []byte) []byte { return pack(b, p.planes()) }

// Unpack reads the numbers that Pack wrote.
func (p *Panel) Unpack(b []byte) error { return unpack(b, p.planes()) }

// pack appends lists of numbers to b. It panics when a list is not as long as the header says: that
// is a fault of the sender.
func pack(b []byte, planes []plane) []byte {
	for i, p := range planes {
		if len(*p.data) != p.n {
			panic(fmt.Sprintf("protocol: plane %d has %d values, the header announces %d", i, len(*p.data), p.n))
		}
		for _, v := range *p.data {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

// unpack fills lists of numbers from what pack wrote.
func unpack(b []byte, planes []plane) error {
	want := 0
	for _, p := range planes {
		if p.n < 0 || p.n > 1<<24 {
			return fmt.Errorf("a message announces a list of %d values, expected 0 to %d", p.n, 1<<24)
		}
		want += 4 * p.n
	}
	if len(b) != want {
		return fmt.Errorf("a message came with %d bytes, expected %d", len(b), want)
	}
	values := make([]float32, want/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	for _, p := range planes {
		*p.data, values = values[:p.n:p.n], values[p.n:]
	}
	return nil
}
