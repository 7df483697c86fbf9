package kernels

import "fmt"

// Window is a square pooling window with any stride and padding: output pixel (y, x) covers the Size x Size pixels from (y*Step-Pad, x*Step-Pad) on.
type Window struct{ Size, Step, Pad int }

// Out is the number of output pixels of a side of n pixels, as PyTorch counts them (ceil_mode=False).
func (w Window) Out(n int) int { return (n+2*w.Pad-w.Size)/w.Step + 1 }

// Span is the part of a side of n pixels that output pixel i covers: [from, to). It is never empty where Pad is at most half of Size.
func (w Window) Span(i, n int) (from, to int) {
	from = i*w.Step - w.Pad
	return max(from, 0), min(from+w.Size, n)
}

// Max is: dst[y][x][c] = max of src over the window; places outside the map do not count. A NaN counts only where it is the window's first value.
func (w Window) Max(dst []float32, d Map, src []float32, s Map) {
	w.pool("Window.Max", dst, d, src, s, 0)
}

// Average is: dst[y][x][c] = sum of src over the window / Size²; places outside the map count as 0, PyTorch's count_include_pad=True.
func (w Window) Average(dst []float32, d Map, src []float32, s Map) {
	w.pool("Window.Average", dst, d, src, s, 1/float32(w.Size*w.Size))
}

func (w Window) pool(where string, dst []float32, d Map, src []float32, s Map, scale float32) {
	d.check(where, dst)
	s.check(where, src)
	if w.Size < 1 || w.Step < 1 || w.Pad < 0 || 2*w.Pad > w.Size || d.H != w.Out(s.H) || d.W != w.Out(s.W) || d.C != s.C {
		panic(fmt.Sprintf("kernels.%s: %dx%dx%d from %dx%dx%d with %+v", where, d.H, d.W, d.C, s.H, s.W, s.C, w))
	}
	for y := range d.H {
		top, bottom := w.Span(y, s.H)
		for x := 0; x < d.W; {
			left, right := w.Span(x, s.W)
			p := pooling{pixels: 1, step: w.Step, rows: bottom - top, columns: right - left, scale: scale}
			if p.columns == w.Size { // so have all windows up to the last that ends within the map
				p.pixels = (s.W+w.Pad-w.Size)/w.Step - x + 1
			}
			to, from := dst[d.at(y, x, 0):], src[s.at(top, left, 0):]
			p.portable(to, d, from, s, p.vectors(to, d, from, s))
			x += p.pixels
		}
	}
}

// pooling is a run of neighbouring output pixels whose windows have one size.
type pooling struct {
	pixels, step  int
	rows, columns int     // of a window
	scale         float32 // of the windows' sums; 0 for their largest values
}

// portable computes the channels from one on. It is the definition, which the assembly must equal bit for bit.
func (p *pooling) portable(dst []float32, d Map, src []float32, s Map, from int) {
	for x := range p.pixels {
		for c := from; c < d.C; c++ {
			at := s.at(0, x*p.step, c)
			value := float32(0)
			if p.scale == 0 {
				value = src[at]
			}
			for t := range p.rows * p.columns {
				v := src[at+s.at(t/p.columns, t%p.columns, 0)]
				if p.scale != 0 {
					value += v
				} else if v > value {
					value = v
				}
			}
			if p.scale != 0 {
				value *= p.scale
			}
			dst[d.at(0, x, c)] = value
		}
	}
}
