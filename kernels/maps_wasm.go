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
	window                         int64 // of a pooling, where the other steps are those within a window
	floor                          float32
}

//go:noescape
func sumMap(w *walk)

//go:noescape
func scaleMap(w *walk)

//go:noescape
func addMap(w *walk)

//go:noescape
func affineMap(w *walk)

//go:noescape
func maxPoolMap(w *walk)

// newWalk describes a pass over the destination's pixels.
func newWalk(dst []float32, d Map, src []float32, s Map) walk {
	return walk{dst: &dst[0], src: &src[0], dstPixel: int64(4 * d.Stride), srcPixel: int64(4 * s.Stride), dstRow: int64(4 * d.RowStride), srcRow: int64(4 * s.RowStride),
		rows: int64(d.H), pixels: int64(d.W), groups: int64(d.C / 16), single: int64(d.C % 16 / 4)}
}

func (w *walk) with(other []float32, o Map) {
	w.other, w.otherPixel, w.otherRow = &other[0], int64(4*o.Stride), int64(4*o.RowStride)
}

// vectors is the number of channels that the assembly computes.
func vectors(m Map) int { return m.C &^ 3 }

func addSumVectors(dst, src []float32, m Map) int {
	w := newWalk(dst, m, src, m)
	w.dstRow = 0
	sumMap(&w)
	return vectors(m)
}

func scaleVectors(dst []float32, d Map, src []float32, s Map, gate []float32) int {
	w := newWalk(dst, d, src, s)
	w.a = &gate[0]
	scaleMap(&w)
	return vectors(d)
}

func addVectors(dst []float32, d Map, a []float32, am Map, b []float32, bm Map) int {
	w := newWalk(dst, d, a, am)
	w.with(b, bm)
	addMap(&w)
	return vectors(d)
}

func affineVectors(dst []float32, d Map, src []float32, s Map, scale, shift []float32, floor float32) int {
	w := newWalk(dst, d, src, s)
	w.a, w.b, w.floor = &scale[0], &shift[0], floor
	affineMap(&w)
	return vectors(d)
}

func maxPoolVectors(dst []float32, d Map, src []float32, s Map, k int) int {
	w := newWalk(dst, d, src, s)
	w.with(src, s)
	w.otherRow -= int64(k) * w.otherPixel // from behind a window's row to its next
	w.srcPixel, w.srcRow, w.window = int64(k)*w.srcPixel, int64(k)*w.srcRow, int64(k)
	maxPoolMap(&w)
	return vectors(d)
}

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

// activationTable has the constants of the activations, four times each. kernels/gen knows their order.
var activationTable = func() (table [4 * 18]float32) {
	bias := math32.Float32frombits(127)
	for i, v := range append([]float32{0, 6, 3, 1. / 6, expLeast, expMost, expLog2E, expRound, expLn2High, expLn2Low, bias}, expSeries[:7]...) {
		for j := range 4 {
			table[4*i+j] = v
		}
	}
	return table
}()

func (a Activation) mapVectors(dst []float32, d Map, src []float32, s Map) int {
	w := newWalk(dst, d, src, s)
	w.a = &activationTable[0]
	switch a {
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
	return vectors(d)
}
