package nn

import (
	"encoding/hex"
	"fmt"
)

// Colormap turns a value into a colour exactly as matplotlib's map of the same name with 256
// entries does.
type Colormap struct {
	Name  string
	table [256][3]uint8 // coldest first; R, G, B
}

// The maps that SEscope offers. Jet is the tutorial's; the other three are even to the eye or
// nearly so.
var (
	Jet     = newColormap("jet", jetColours)
	Viridis = newColormap("viridis", viridisColours)
	Inferno = newColormap("inferno", infernoColours)
	Turbo   = newColormap("turbo", turboColours)
)

// Colormaps lists them in the order in which a person is offered them.
var Colormaps = []*Colormap{Jet, Viridis, Inferno, Turbo}

// ColormapByName finds a map by its matplotlib name.
func ColormapByName(name string) (*Colormap, bool) {
	for _, c := range Colormaps {
		if c.Name == name {
			return c, true
		}
	}
	return nil, false
}

// At returns entry int(v*256) of the table, the first below 0 and the last from 1 upwards. NaN is
// black; matplotlib's colour for it is transparent black, and Overlay leaves such a pixel
// transparent.
func (c *Colormap) At(v float32) (r, g, b uint8) {
	if v != v {
		return 0, 0, 0
	}
	rgb := &c.table[level(v)]
	return rgb[0], rgb[1], rgb[2]
}

// level is int(v*256) clamped to the table; the comparisons are made before the conversion, which
// Go defines only in range.
func level(v float32) uint8 {
	switch {
	case !(v > 0):
		return 0
	case v >= 1:
		return 255
	}
	return uint8(v * 256)
}

func newColormap(name, colours string) *Colormap {
	rgb, err := hex.DecodeString(colours)
	c := &Colormap{Name: name}
	if err != nil || len(rgb) != 3*len(c.table) {
		panic(fmt.Sprintf("nn: the generated table of colour map %s holds %d bytes (%v), expected %d", name, len(rgb), err, 3*len(c.table)))
	}
	for i := range c.table {
		copy(c.table[i][:], rgb[3*i:])
	}
	return c
}
