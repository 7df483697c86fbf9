package kernels

import (
	"fmt"

	"github.com/chewxy/math32"
)

// Window is a square pooling window with any stride and padding: output pixel (y, x) covers the Size x Size pixels from (y*Step-Pad, x*Step-Pad) on.
type Window struct{ Size, Step, Pad int }

// Out is the number of output pixels of a side of n pixels, as PyTorch counts them (ceil_mode=False).
func (w Window) Out(n int) int { return (n+2*w.Pad-w.Size)/w.Step + 1 }

// Span is the part of a side of n pixels that output pixel i covers: [from, to). It is never empty where Pad is at most half of Size.
func (w Window) Span(i, n int) (from, to int) {
	from = i*w.Step - w.Pad
	return max(from, 0), min(from+w.Size, n)
}

// Max is: dst[y][x][c] = max of src over the window; places outside the map do not count.
func (w Window) Max(dst []float32, d Map, src []float32, s Map) {
	w.pool("Window.Max", dst, d, src, s, math32.Inf(-1), func(out, in []float32) {
		for i, v := range in {
			if v > out[i] {
				out[i] = v
			}
		}
	})
}

// Average is: dst[y][x][c] = sum of src over the window / Size²; places outside the map count as 0, PyTorch's count_include_pad=True.
func (w Window) Average(dst []float32, d Map, src []float32, s Map) {
	scale := 1 / float32(w.Size*w.Size)
	w.pool("Window.Average", dst, d, src, s, 0, func(out, in []float32) {
		for i, v := range in {
			out[i] += v
		}
	})
	for y := range d.H {
		for x := range d.W {
			out := dst[y*d.RowStride+x*d.Stride:][:d.C]
			for i := range out {
				out[i] *= scale
			}
		}
	}
}

func (w Window) pool(where string, dst []float32, d Map, src []float32, s Map, start float32, add func(out, in []float32)) {
	d.check(where, dst)
	s.check(where, src)
	if w.Size < 1 || w.Step < 1 || w.Pad < 0 || 2*w.Pad > w.Size || d.H != w.Out(s.H) || d.W != w.Out(s.W) || d.C != s.C {
		panic(fmt.Sprintf("kernels.%s: %dx%dx%d from %dx%dx%d with %+v", where, d.H, d.W, d.C, s.H, s.W, s.C, w))
	}
	for y := range d.H {
		top, bottom := w.Span(y, s.H)
		for x := range d.W {
			left, right := w.Span(x, s.W)
			out := dst[y*d.RowStride+x*d.Stride:][:d.C]
			for i := range out {
				out[i] = start
			}
			for sy := top; sy < bottom; sy++ {
				for sx := left; sx < right; sx++ {
					add(out, src[sy*s.RowStride+sx*s.Stride:][:d.C])
				}
			}
		}
	}
}
