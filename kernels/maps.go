package kernels

//go:generate go run ./gen maps_wasm.s
//go:generate go run ./gen maps_amd64.s

import (
	"fmt"

	"github.com/chewxy/math32"
)

// Map describes an HWC map inside a padded buffer: slices passed with it begin at pixel (0,0).
type Map struct {
	H, W, C   int
	RowStride int // values from one row to the next, border included
	Stride    int // values from one pixel to the next
}

func (m Map) at(y, x, c int) int { return y*m.RowStride + x*m.Stride + c }

// each calls f for every value of the channels from one on.
func (m Map) each(from int, f func(y, x, c int)) {
	if from == m.C {
		return
	}
	for y := range m.H {
		for x := range m.W {
			for c := from; c < m.C; c++ {
				f(y, x, c)
			}
		}
	}
}

func (m Map) need() int { return (m.H-1)*m.RowStride + (m.W-1)*m.Stride + m.C }

func (m Map) check(where string, data []float32) {
	if len(data) < m.need() {
		panic(fmt.Sprintf("kernels.%s: %d values for a %dx%dx%d map with strides %d, %d (needs %d)", where, len(data), m.H, m.W, m.C, m.RowStride, m.Stride, m.need()))
	}
}

func sameLength(where string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("kernels.%s: %d values, expected %d", where, got, want))
	}
}

// sameSize panics unless the maps have the destination's size.
func sameSize(where string, d Map, maps ...Map) {
	for _, m := range maps {
		if m.H != d.H || m.W != d.W || m.C != d.C {
			panic(fmt.Sprintf("kernels.%s: %dx%dx%d from %dx%dx%d", where, d.H, d.W, d.C, m.H, m.W, m.C))
		}
	}
}

// The passes over maps below compute as many channels as the platform has assembly for, whole
// vectors of four with SIMD and none elsewhere, and the others in the portable loop beside each,
// which is the definition: the assembly equals it bit for bit.

// Mean is the squeeze: dst[c] = mean over y, x of src[y][x][c]. Rows are summed first and then
// added up, which keeps the rounding error of large maps near that of pairwise summation.
func Mean(dst, src []float32, m Map) {
	m.check("Mean", src)
	sameLength("Mean", len(dst), m.C)
	clear(dst)
	addSumPortable(dst, src, m, addSumVectors(dst, src, m))
	scale := 1 / float32(m.H*m.W)
	for c := range dst {
		dst[c] *= scale
	}
}

func addSumPortable(dst, src []float32, m Map, from int) {
	for c := from; c < m.C; c++ {
		for y := range m.H {
			var row float32
			for x := range m.W {
				row += src[y*m.RowStride+x*m.Stride+c]
			}
			dst[c] += row
		}
	}
}

// Scale is the last step of SE: dst[y][x][c] = src[y][x][c] * gate[c].
func Scale(dst []float32, d Map, src []float32, s Map, gate []float32) {
	d.check("Scale", dst)
	s.check("Scale", src)
	sameSize("Scale", d, s)
	sameLength("Scale", len(gate), s.C)
	scalePortable(dst, d, src, s, gate, scaleVectors(dst, d, src, s, gate))
}

func scalePortable(dst []float32, d Map, src []float32, s Map, gate []float32, from int) {
	d.each(from, func(y, x, c int) { dst[d.at(y, x, c)] = src[s.at(y, x, c)] * gate[c] })
}

// Add is the sum of a residual connection: dst[y][x][c] = a[y][x][c] + b[y][x][c], all of one size,
// then max(0, .) if relu.
func Add(dst []float32, d Map, a []float32, am Map, b []float32, bm Map, relu bool) {
	d.check("Add", dst)
	am.check("Add", a)
	bm.check("Add", b)
	sameSize("Add", d, am, bm)
	addPortable(dst, d, a, am, b, bm, floorOf(relu), addVectors(dst, d, a, am, b, bm, floorOf(relu)))
}

func addPortable(dst []float32, d Map, a []float32, am Map, b []float32, bm Map, floor float32, from int) {
	d.each(from, func(y, x, c int) {
		dst[d.at(y, x, c)] = limit(a[am.at(y, x, c)]+b[bm.at(y, x, c)], floor, math32.Inf(1))
	})
}

func floorOf(relu bool) float32 {
	if relu {
		return 0
	}
	return math32.Inf(-1)
}

// Affine is batch norm at inference: dst[y][x][c] = src[y][x][c]*scale[c] + shift[c], then max(0,
// .) if relu.
func Affine(dst []float32, d Map, src []float32, s Map, scale, shift []float32, relu bool) {
	d.check("Affine", dst)
	s.check("Affine", src)
	sameSize("Affine", d, s)
	sameLength("Affine", len(scale), s.C)
	sameLength("Affine", len(shift), s.C)
	floor := floorOf(relu)
	affinePortable(dst, d, src, s, scale, shift, floor, affineVectors(dst, d, src, s, scale, shift, floor))
}

func affinePortable(dst []float32, d Map, src []float32, s Map, scale, shift []float32, floor float32, from int) {
	d.each(from, func(y, x, c int) {
		v := float32(src[s.at(y, x, c)]*scale[c]) + shift[c]
		if v < floor {
			v = floor
		}
		dst[d.at(y, x, c)] = v
	})
}

// Softmax is: dst[i] = exp(src[i]) / sum of exp(src), computed with the largest value subtracted so
// that it cannot overflow.
func Softmax(dst, src []float32) {
	sameLength("Softmax", len(dst), len(src))
	largest := src[0]
	for _, v := range src {
		largest = max(largest, v)
	}
	var sum float32
	for i, v := range src {
		dst[i] = math32.Exp(v - largest)
		sum += dst[i]
	}
	for i := range dst {
		dst[i] /= sum
	}
}
