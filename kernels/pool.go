package kernels

import "fmt"

// Window is a square pooling window with any stride and padding: output pixel (y, x) covers the
// Size x Size pixels from (y*Step-Pads.Top, x*Step-Pads.Left) on.
type Window struct {
	Size, Step int
	Pads       Pads
	Inside     bool // an average divides by the number of places inside the map: PyTorch's count_include_pad=False
}

// Pads are the rows and columns that are added around a map.
type Pads struct{ Top, Left, Bottom, Right int }

// Same pads by n on every side.
func Same(n int) Pads { return Pads{n, n, n, n} }

// Out is the size of the output of a map of h x w pixels, as PyTorch counts it (ceil_mode=False).
func (w Window) Out(h, width int) (oh, ow int) {
	return (h+w.Pads.Top+w.Pads.Bottom-w.Size)/w.Step + 1, (width+w.Pads.Left+w.Pads.Right-w.Size)/w.Step + 1
}

// Rows is the part of h rows that output row i covers: [from, to). It is never empty where the pads
// are smaller than Size.
func (w Window) Rows(i, h int) (from, to int) { return w.span(i*w.Step-w.Pads.Top, h) }

// Columns is the part of width columns that output column i covers.
func (w Window) Columns(i, width int) (from, to int) { return w.span(i*w.Step-w.Pads.Left, width) }

func (w Window) span(from, n int) (int, int) { return max(from, 0), min(from+w.Size, n) }

// Share is what each place inside the map counts in the average at output pixel (y, x).
func (w Window) Share(y, x, h, width int) float32 {
	if !w.Inside {
		return 1 / float32(w.Size*w.Size)
	}
	top, bottom := w.Rows(y, h)
	left, right := w.Columns(x, width)
	return 1 / float32((bottom-top)*(right-left))
}

// Max is: dst[y][x][c] = max of src over the window; places outside the map do not count. A NaN
// counts only where it is the window's first value.
func (w Window) Max(dst []float32, d Map, src []float32, s Map) {
	w.pool("Window.Max", dst, d, src, s, false)
}

// Average is: dst[y][x][c] = sum of src over the window / Size²; places outside the map count as 0,
// PyTorch's count_include_pad=True, or with Inside not at all.
func (w Window) Average(dst []float32, d Map, src []float32, s Map) {
	w.pool("Window.Average", dst, d, src, s, true)
}

func (w Window) pool(where string, dst []float32, d Map, src []float32, s Map, average bool) {
	d.check(where, dst)
	s.check(where, src)
	p := w.Pads
	if w.Size < 1 || w.Step < 1 || min(p.Top, p.Left, p.Bottom, p.Right) < 0 || max(p.Top, p.Left, p.Bottom, p.Right) >= w.Size {
		panic(fmt.Sprintf("kernels.%s: window %+v", where, w))
	}
	if h, width := w.Out(s.H, s.W); d.H != h || d.W != width || d.C != s.C {
		panic(fmt.Sprintf("kernels.%s: %dx%dx%d from %dx%dx%d with %+v", where, d.H, d.W, d.C, s.H, s.W, s.C, w))
	}
	for y := range d.H {
		top, bottom := w.Rows(y, s.H)
		for x := 0; x < d.W; {
			left, right := w.Columns(x, s.W)
			p := pooling{pixels: 1, step: w.Step, rows: bottom - top, columns: right - left}
			if average {
				p.scale = w.Share(y, x, s.H, s.W)
			}
			if p.columns == w.Size { // so have all windows up to the last that ends within the map
				p.pixels = (s.W+w.Pads.Left-w.Size)/w.Step - x + 1
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

// portable computes the channels from one on. It is the definition, which the assembly must equal
// bit for bit.
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
