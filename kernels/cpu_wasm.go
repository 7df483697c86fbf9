package kernels

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = true

const (
	vectorLanes    = 4 // values of a vector register
	productPanels  = 1 // panels that one pass of a convolution can compute
	depthwisePanel = 4 // channels whose depthwise weights lie together
)

//go:noescape
func convTiles6(t *tiles)

//go:noescape
func convTiles4(t *tiles)

//go:noescape
func convTiles2(t *tiles)

//go:noescape
func convTiles1(t *tiles)

//go:noescape
func groupedTiles6(t *tiles)

//go:noescape
func groupedTiles4(t *tiles)

//go:noescape
func groupedTiles2(t *tiles)

//go:noescape
func groupedTiles1(t *tiles)

// wide is whether tiles of six pixels are used. They need the register that an unfused product
// takes, so it is whether this program's multiply-adds round once, as package wasm/postlink makes
// them: x*x is half a unit in the last place more than what is subtracted.
var wide = func() bool {
	x, square := []float32{1 + 1./4096, 0, 0, 0}, []float32{-1 - 1./2048, 0, 0, 0}
	one := Map{H: 1, W: 1, C: 4}
	Affine(x, one, x, one, x, square, false)
	return x[0] != 0
}()

// has tells whether there is a microkernel of a tile that is worth using.
func (t *tiles) has(pixels, panels int) bool { return pixels < 6 || pixels == 6 && wide }

// call calls the microkernel of tiles of that many pixels.
func (t *tiles) call(pixels, panels int) {
	switch {
	case t.columns > 0 && pixels == 6:
		groupedTiles6(t)
	case t.columns > 0 && pixels == 4:
		groupedTiles4(t)
	case t.columns > 0 && pixels == 2:
		groupedTiles2(t)
	case t.columns > 0:
		groupedTiles1(t)
	case pixels == 6:
		convTiles6(t)
	case pixels == 4:
		convTiles4(t)
	case pixels == 2:
		convTiles2(t)
	default:
		convTiles1(t)
	}
}

// winogradInputTile4 would transform four channels that are no whole vector: here they are one.
func winogradInputTile4(t *transform) { winogradInputTile(t) }
