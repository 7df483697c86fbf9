package kernels

import "golang.org/x/sys/cpu"

// SIMD tells whether convolutions run in SIMD assembly: where the processor and the system have
// AVX2.
var SIMD = cpu.X86.HasAVX2

const (
	vectorLanes    = 8 // values of a vector register
	productPanels  = 2 // panels that one pass of a convolution can compute
	depthwisePanel = 8 // channels whose depthwise weights lie together
)

//go:noescape
func convTiles6x2(t *tiles)

//go:noescape
func convTiles4x2(t *tiles)

//go:noescape
func convTiles2x2(t *tiles)

//go:noescape
func convTiles1x2(t *tiles)

//go:noescape
func convTiles12x1(t *tiles)

//go:noescape
func convTiles6x1(t *tiles)

//go:noescape
func convTiles4x1(t *tiles)

//go:noescape
func convTiles2x1(t *tiles)

//go:noescape
func convTiles1x1(t *tiles)

//go:noescape
func groupedTiles12(t *tiles)

//go:noescape
func groupedTiles6(t *tiles)

//go:noescape
func groupedTiles4(t *tiles)

//go:noescape
func groupedTiles2(t *tiles)

//go:noescape
func groupedTiles1(t *tiles)

// has tells whether there is a microkernel of a tile.
func (t *tiles) has(pixels, panels int) bool { return pixels != 12 || panels == 1 }

// call calls the microkernel of tiles of that many pixels and panels.
func (t *tiles) call(pixels, panels int) {
	switch {
	case t.columns > 0 && pixels == 12:
		groupedTiles12(t)
	case t.columns > 0 && pixels == 6:
		groupedTiles6(t)
	case t.columns > 0 && pixels == 4:
		groupedTiles4(t)
	case t.columns > 0 && pixels == 2:
		groupedTiles2(t)
	case t.columns > 0:
		groupedTiles1(t)
	case panels == 2 && pixels == 6:
		convTiles6x2(t)
	case panels == 2 && pixels == 4:
		convTiles4x2(t)
	case panels == 2 && pixels == 2:
		convTiles2x2(t)
	case panels == 2:
		convTiles1x2(t)
	case pixels == 12:
		convTiles12x1(t)
	case pixels == 6:
		convTiles6x1(t)
	case pixels == 4:
		convTiles4x1(t)
	case pixels == 2:
		convTiles2x1(t)
	default:
		convTiles1x1(t)
	}
}

// winogradInputTile4 transforms count times four channels.
//
//go:noescape
func winogradInputTile4(t *transform)
