package kernels

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

// Mean is the squeeze: dst[c] = mean over y, x of src[y][x][c]. Rows are summed first and then added up, which keeps the rounding
// error of large maps near that of pairwise summation.
func Mean(dst, src []float32, m Map, row []float32) {
	m.check("Mean", src)
	sameLength("Mean", len(dst), m.C)
	sameLength("Mean", len(row), m.C)
	clear(dst)
	for y := range m.H {
		clear(row)
		for x := range m.W {
			o := y*m.RowStride + x*m.Stride
			add(row, src[o:o+m.C])
		}
		add(dst, row)
	}
	scale := 1 / float32(m.H*m.W)
	for c := range dst {
		dst[c] *= scale
	}
}

// Scale is the last step of SE: dst[y][x][c] = src[y][x][c] * gate[c].
func Scale(dst []float32, d Map, src []float32, s Map, gate []float32) {
	d.check("Scale", dst)
	s.check("Scale", src)
	sameLength("Scale", len(gate), s.C)
	for y := range s.H {
		for x := range s.W {
			mul(dst[y*d.RowStride+x*d.Stride:][:s.C], src[y*s.RowStride+x*s.Stride:], gate)
		}
	}
}

// Add is the sum of a residual connection: dst[y][x][c] = a[y][x][c] + b[y][x][c], all of one size.
func Add(dst []float32, d Map, a []float32, am Map, b []float32, bm Map) {
	d.check("Add", dst)
	am.check("Add", a)
	bm.check("Add", b)
	if d.H != am.H || d.W != am.W || d.C != am.C || d.H != bm.H || d.W != bm.W || d.C != bm.C {
		panic(fmt.Sprintf("kernels.Add: %dx%dx%d from %dx%dx%d and %dx%dx%d", d.H, d.W, d.C, am.H, am.W, am.C, bm.H, bm.W, bm.C))
	}
	for y := range d.H {
		for x := range d.W {
			out := dst[y*d.RowStride+x*d.Stride:][:d.C]
			copy(out, a[y*am.RowStride+x*am.Stride:][:d.C])
			add(out, b[y*bm.RowStride+x*bm.Stride:][:d.C])
		}
	}
}

// Affine is batch norm at inference: dst[y][x][c] = src[y][x][c]*scale[c] + shift[c], then max(0, .) if relu.
func Affine(dst []float32, d Map, src []float32, s Map, scale, shift []float32, relu bool) {
	d.check("Affine", dst)
	s.check("Affine", src)
	sameLength("Affine", len(scale), s.C)
	sameLength("Affine", len(shift), s.C)
	floor := math32.Inf(-1)
	if relu {
		floor = 0
	}
	for y := range s.H {
		for x := range s.W {
			affine(dst[y*d.RowStride+x*d.Stride:][:s.C], src[y*s.RowStride+x*s.Stride:], scale, shift, floor)
		}
	}
}

// MaxPool is: dst[y][x][c] = max over ky, kx < k of src[y*k+ky][x*k+kx][c], for a window that is also the stride; rows and columns that do
// not fill a window are dropped, as PyTorch does (ceil_mode=False).
func MaxPool(dst []float32, d Map, src []float32, s Map, k int) {
	d.check("MaxPool", dst)
	s.check("MaxPool", src)
	if d.H != s.H/k || d.W != s.W/k || d.C != s.C {
		panic(fmt.Sprintf("kernels.MaxPool: %dx%dx%d from %dx%dx%d with window %d", d.H, d.W, d.C, s.H, s.W, s.C, k))
	}
	for y := range d.H {
		for x := range d.W {
			out := dst[y*d.RowStride+x*d.Stride:][:d.C]
			copy(out, src[y*k*s.RowStride+x*k*s.Stride:][:d.C])
			for t := 1; t < k*k; t++ {
				maximum(out, src[(y*k+t/k)*s.RowStride+(x*k+t%k)*s.Stride:])
			}
		}
	}
}

// Sigmoid is: v[i] = 1 / (1 + exp(-v[i])).
func Sigmoid(v []float32) {
	for i, x := range v {
		v[i] = 1 / (1 + math32.Exp(-x))
	}
}

// Softmax is: dst[i] = exp(src[i]) / sum of exp(src), computed with the largest value subtracted so that it cannot overflow.
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
