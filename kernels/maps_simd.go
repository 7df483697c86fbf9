//go:build wasm || amd64

package kernels

import "github.com/chewxy/math32"

// walk is one pass over the pixels of maps of one size. kernels/gen knows the offsets.
type walk struct {
	dst, src, other                *float32
	a, b                           *float32 // one value a channel
	dstPixel, srcPixel, otherPixel int64    // bytes from one pixel to the next
	dstRow, srcRow, otherRow       int64    // bytes from one row to the next
	rows, pixels                   int64
	groups, single                 int64 // groups of 16 channels, and then groups of four
	windowRows, windowPixels       int64 // of a pooling, where the other steps are those within a window
	floor                          float32
}

//go:noescape
func sumMap(w *walk)

//go:noescape
func scaleMap(w *walk)

//go:noescape
func scalePixelsMap(w *walk)

//go:noescape
func addMap(w *walk)

//go:noescape
func affineMap(w *walk)

//go:noescape
func maxPoolMap(w *walk)

//go:noescape
func sumPoolMap(w *walk)

// newWalk describes a pass over the destination's pixels.
func newWalk(dst []float32, d Map, src []float32, s Map) walk {
	return walk{dst: &dst[0], src: &src[0], dstPixel: int64(4 * d.Stride), srcPixel: int64(4 * s.Stride), dstRow: int64(4 * d.RowStride), srcRow: int64(4 * s.RowStride),
		rows: int64(d.H), pixels: int64(d.W), groups: int64(d.C / 16), single: int64(d.C % 16 / 4)}
}

func (w *walk) with(other []float32, o Map) {
	w.other, w.otherPixel, w.otherRow = &other[0], int64(4*o.Stride), int64(4*o.RowStride)
}

// vectors is the number of channels that the assembly computes.
func vectors(m Map) int {
	if !SIMD {
		return 0
	}
	return m.C &^ 3
}

func addSumVectors(dst, src []float32, m Map) int {
	n := vectors(m)
	if n > 0 {
		w := newWalk(dst, m, src, m)
		w.dstRow = 0
		sumMap(&w)
	}
	return n
}

func scaleVectors(dst []float32, d Map, src []float32, s Map, gate []float32) int {
	n := vectors(d)
	if n > 0 {
		w := newWalk(dst, d, src, s)
		w.a = &gate[0]
		scaleMap(&w)
	}
	return n
}

func scalePixelsVectors(dst []float32, d Map, src []float32, s Map, gate []float32, g Map) int {
	n := vectors(d)
	if n > 0 {
		w := newWalk(dst, d, src, s)
		w.with(gate, g)
		scalePixelsMap(&w)
	}
	return n
}

func addVectors(dst []float32, d Map, a []float32, am Map, b []float32, bm Map, floor float32) int {
	n := vectors(d)
	if n > 0 {
		w := newWalk(dst, d, a, am)
		w.with(b, bm)
		w.floor = floor
		addMap(&w)
	}
	return n
}

func affineVectors(dst []float32, d Map, src []float32, s Map, scale, shift []float32, floor float32) int {
	n := vectors(d)
	if n > 0 {
		w := newWalk(dst, d, src, s)
		w.a, w.b, w.floor = &scale[0], &shift[0], floor
		affineMap(&w)
	}
	return n
}

func (p *pooling) vectors(dst []float32, d Map, src []float32, s Map) int {
	n := vectors(d)
	if n > 0 {
		w := newWalk(dst, d, src, s)
		w.with(src, s)
		w.rows, w.pixels, w.windowRows, w.windowPixels, w.floor = 1, int64(p.pixels), int64(p.rows), int64(p.columns), p.scale
		w.otherRow -= w.windowPixels * w.otherPixel // from behind a window's row to its next
		w.srcPixel *= int64(p.step)
		if p.scale == 0 {
			maxPoolMap(&w)
		} else {
			sumPoolMap(&w)
		}
	}
	return n
}

//go:noescape
func reluMap(w *walk)

//go:noescape
func relu6Map(w *walk)

//go:noescape
func hardSigmoidMap(w *walk)

//go:noescape
func hardSwishMap(w *walk)

//go:noescape
func logisticMap(w *walk)

//go:noescape
func siluMap(w *walk)

// activationTable has the constants of the activations, one vector each. kernels/gen knows their
// order.
var activationTable = func() (table [15 * vectorLanes]float32) {
	bias := math32.Float32frombits(127)
	for i, v := range append([]float32{0, 6, 3, 1. / 6, expLeast, expMost, expLog2E, expRound, bias}, expSeries[:]...) {
		for j := range vectorLanes {
			table[i*vectorLanes+j] = v
		}
	}
	return table
}()

func (a Activation) mapVectors(dst []float32, d Map, src []float32, s Map) int {
	n := vectors(d)
	if n == 0 {
		return 0
	}
	w := newWalk(dst, d, src, s)
	w.a = &activationTable[0]
	switch a {
	case ReLU:
		reluMap(&w)
	case ReLU6:
		relu6Map(&w)
	case HardSigmoid:
		hardSigmoidMap(&w)
	case HardSwish:
		hardSwishMap(&w)
	case Logistic:
		logisticMap(&w)
	case SiLU:
		siluMap(&w)
	default:
		return 0
	}
	return n
}
