package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// allActs are the activations that behave differently at the end of a convolution, and exact
// computes them.
var allActs = []Activation{Identity, ReLU, ReLU6, HardSwish, SiLU}

func (a Activation) exact(x float64) float64 {
	switch a {
	case ReLU:
		return max(0, x)
	case ReLU6:
		return min(max(0, x), 6)
	case HardSwish:
		return x * min(max(0, x+3), 6) / 6
	case SiLU:
		return x / (1 + math.Exp(-x))
	}
	return x
}

// guard is written around every destination; a kernel that touches it has left its slice's part.
const guard = float32(-12345.5)

// padded makes an HWC map with a zero border, random values in C of stride lanes, and guard words
// before and behind it.
type padded struct {
	h, w, c, stride, pad int
	all                  []float32
}

const guards = 64

func newPadded(rng *rand.Rand, h, w, c, pad int) *padded {
	p := &padded{h, w, c, (c + 3) &^ 3, pad, nil}
	p.all = make([]float32, 2*guards+(h+2*pad)*(w+2*pad)*p.stride)
	for i := range guards {
		p.all[i], p.all[len(p.all)-1-i] = guard, guard
	}
	if rng != nil {
		for y := range h {
			for x := range w {
				for k := range c {
					p.data()[p.at(y, x)+k] = float32(rng.NormFloat64())
				}
			}
		}
	}
	return p
}

func (p *padded) data() []float32 { return p.all[guards : len(p.all)-guards] }
func (p *padded) rowW() int       { return p.w + 2*p.pad }
func (p *padded) at(y, x int) int { return ((y+p.pad)*p.rowW() + x + p.pad) * p.stride }
func (p *padded) pixels() []float32 {
	return p.data()[p.at(0, 0):]
}
func (p *padded) layout() Map {
	return Map{H: p.h, W: p.w, C: p.c, RowStride: p.rowW() * p.stride, Stride: p.stride}
}

// poison fills the values that a kernel must write with NaN, so that one left out is seen.
func (p *padded) poison() {
	for y := range p.h {
		for x := range p.w {
			for k := range p.c {
				p.data()[p.at(y, x)+k] = float32(math.NaN())
			}
		}
	}
}

// untouched fails if a guard word, the border or a lane beyond the channels has changed.
func (p *padded) untouched(t *testing.T) {
	t.Helper()
	for i := range guards {
		if p.all[i] != guard || p.all[len(p.all)-1-i] != guard {
			t.Fatal("a guard word was overwritten")
		}
	}
	inside := make([]bool, len(p.data()))
	for y := range p.h {
		for x := range p.w {
			for k := range p.c {
				inside[p.at(y, x)+k] = true
			}
		}
	}
	for i, v := range p.data() {
		if !inside[i] && v != 0 {
			t.Fatalf("border or padding lane %d is %v", i, v)
		}
	}
}

func close32(t *testing.T, what string, got float32, want, scale float64) {
	t.Helper()
	if !(math.Abs(float64(got)-want) <= 2e-6*scale) {
		t.Fatalf("%s: got %v, float64 reference %v", what, got, want)
	}
}

func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i, v := range want {
		if math.Float32bits(got[i]) != math.Float32bits(v) {
			t.Fatalf("%s, value %d: assembly %v, portable %v", what, i, got[i], v)
		}
	}
}

// TestConv compares with the definition in float64. The shapes have tails: 1 to 9 channels beside
// panels of 8, odd and single columns beside pairs of pixels, strides 1 and 2, kernels 1, 3 and 5.
func TestConv(t *testing.T) {
	for _, s := range []struct{ h, w, cin, cout, k, step int }{
		{1, 1, 1, 1, 1, 1}, {1, 1, 128, 10, 1, 1}, {1, 1, 5, 4, 1, 1}, {3, 3, 3, 7, 3, 1}, {5, 4, 3, 8, 3, 1}, {6, 5, 4, 9, 3, 1},
		{7, 9, 6, 17, 3, 2}, {8, 8, 12, 16, 5, 1}, {9, 7, 2, 3, 5, 2}, {4, 6, 8, 24, 1, 2}, {32, 32, 3, 64, 3, 1},
	} {
		for _, act := range allActs {
			t.Run(fmt.Sprintf("%+v/act=%d", s, act), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, uint64(s.h*1000+s.cout)))
				pad := s.k / 2
				src := newPadded(rng, s.h, s.w, s.cin, pad)
				dst := newPadded(nil, (s.h-1)/s.step+1, (s.w-1)/s.step+1, s.cout, pad)
				dst.poison()
				w, bias := make([]float32, s.cout*s.cin*s.k*s.k), make([]float32, s.cout)
				for i := range w {
					w[i] = float32(rng.NormFloat64())
				}
				for i := range bias {
					bias[i] = float32(rng.NormFloat64())
				}
				c := Conv{SrcW: src.rowW(), SrcStride: src.stride, DstW: dst.rowW(), DstStride: dst.stride, OutH: dst.h, OutW: dst.w, COut: s.cout, KH: s.k, KW: s.k, Step: s.step, Act: act}
				c.Run(dst.pixels(), src.data(), Pack(w, s.cout, s.cin, s.k, s.k, src.stride), PackBias(bias, s.cout))
				for y := range dst.h {
					for x := range dst.w {
						for o := range s.cout {
							want, scale := float64(bias[o]), 1.0
							for ky := range s.k {
								for kx := range s.k {
									for i := range s.cin {
										p := float64(src.data()[src.at(y*s.step+ky-pad, x*s.step+kx-pad)+i]) * float64(w[((o*s.cin+i)*s.k+ky)*s.k+kx])
										want += p
										scale += math.Abs(p)
									}
								}
							}
							want = act.exact(want)
							close32(t, fmt.Sprintf("(%d,%d,%d)", y, x, o), dst.data()[dst.at(y, x)+o], want, scale)
						}
					}
				}
				dst.untouched(t)
			})
		}
	}
}

// A convolution that is computed in bands is the same as one that is not, bit for bit: bands of the
// source, of the output's only row, and of rows.
func TestBands(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 7))
	for _, s := range []struct{ size, cin, cout, k int }{{20, 204, 12, 1}, {9, 1024, 9, 1}, {30, 8, 60, 1}, {24, 4, 40, 3}} {
		src := newPadded(rng, s.size, s.size, s.cin, s.k/2)
		w, bias := make([]float32, s.cout*s.cin*s.k*s.k), make([]float32, s.cout)
		for i := range w {
			w[i] = float32(rng.NormFloat64())
		}
		packed := Pack(w, s.cout, s.cin, s.k, s.k, src.stride)
		for _, act := range []Activation{Identity, SiLU} {
			got, want := newPadded(nil, s.size, s.size, s.cout, 0), newPadded(nil, s.size, s.size, s.cout, 0)
			got.poison()
			c := Conv{SrcW: src.rowW(), SrcStride: src.stride, DstW: s.size, DstStride: got.stride, OutH: s.size, OutW: s.size, COut: s.cout, KH: s.k, KW: s.k, Step: 1, Act: act}
			flat := c.flat()
			if rows, pixels := flat.band(act); rows == flat.OutH && pixels == flat.OutW && (act == SiLU || s.cin > 100) {
				t.Errorf("%+v is computed at once", s)
			}
			c.Run(got.pixels(), src.data(), packed, PackBias(bias, s.cout))
			got.untouched(t)
			for p := range c.Panels() {
				c.portablePanel(want.pixels()[p*Panel:], src.data(), packed[p*c.K()*Panel:][:c.K()*Panel], PackBias(bias, s.cout)[p*Panel:], min(Panel, s.cout-p*Panel))
			}
			if act == SiLU {
				act.portableMap(want.pixels(), want.layout(), want.pixels(), want.layout(), 0)
			}
			sameBits(t, fmt.Sprintf("%+v, act=%d", s, act), got.all, want.all)
		}
	}
}

// Two pixels at a time and one pixel at a time are the same sums in the same order: bit for bit.
func TestPixelsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	src := newPadded(rng, 4, 8, 12, 1)
	w, bias := make([]float32, 3*3*12*Panel), make([]float32, Panel)
	for i := range w {
		w[i] = float32(rng.NormFloat64())
	}
	var two, one [2 * Panel]float32
	pixels2(two[:], Panel, Panel, src.data(), 12, src.rowW()*12, 3, 36, w, bias, Identity)
	pixels1(one[:], Panel, src.data(), src.rowW()*12, 3, 36, w, bias, Identity)
	pixels1(one[Panel:], Panel, src.data()[12:], src.rowW()*12, 3, 36, w, bias, Identity)
	if two != one {
		t.Errorf("two pixels %v, one pixel %v", two, one)
	}
}

func TestMaps(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, s := range []struct{ h, w, c, pad int }{{1, 1, 1, 0}, {3, 5, 7, 1}, {4, 3, 30, 1}, {8, 8, 64, 1}, {32, 32, 9, 0}, {5, 4, 12, 2}} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			src, dst := newPadded(rng, s.h, s.w, s.c, s.pad), newPadded(nil, s.h, s.w, s.c, 1)
			a, b := make([]float32, s.c), make([]float32, s.c)
			for i := range a {
				a[i], b[i] = float32(rng.NormFloat64()), float32(rng.NormFloat64())
			}
			mean := make([]float32, s.c)
			Mean(mean, src.pixels(), src.layout())
			at := func(f func(in, out float32, y, x, c int)) {
				t.Helper()
				for y := range s.h {
					for x := range s.w {
						for c := range s.c {
							f(src.data()[src.at(y, x)+c], dst.data()[dst.at(y, x)+c], y, x, c)
						}
					}
				}
				dst.untouched(t)
			}
			each := func(f func(in, out float32, c int)) {
				t.Helper()
				at(func(in, out float32, _, _, c int) { f(in, out, c) })
			}
			sum := make([]float64, s.c)
			each(func(in, _ float32, c int) { sum[c] += float64(in) })
			for c, v := range sum {
				close32(t, "mean", mean[c], v/float64(s.h*s.w), 1)
			}
			dst.poison()
			Scale(dst.pixels(), dst.layout(), src.pixels(), src.layout(), a)
			each(func(in, out float32, c int) { close32(t, "scale", out, float64(in)*float64(a[c]), 4) })
			other := newPadded(rng, s.h, s.w, s.c, 3-s.pad)
			beside := func(y, x, c int) float64 { return float64(other.data()[other.at(y, x)+c]) }
			dst.poison()
			Add(dst.pixels(), dst.layout(), src.pixels(), src.layout(), other.pixels(), other.layout(), false)
			at(func(in, out float32, y, x, c int) { close32(t, "add", out, float64(in)+beside(y, x, c), 4) })
			dst.poison()
			Add(dst.pixels(), dst.layout(), src.pixels(), src.layout(), other.pixels(), other.layout(), true)
			at(func(in, out float32, y, x, c int) { close32(t, "add", out, max(0, float64(in)+beside(y, x, c)), 4) })
			for _, relu := range []bool{false, true} {
				dst.poison()
				Affine(dst.pixels(), dst.layout(), src.pixels(), src.layout(), a, b, relu)
				each(func(in, out float32, c int) {
					want := float64(in)*float64(a[c]) + float64(b[c])
					if relu {
						want = max(0, want)
					}
					close32(t, "affine", out, want, 8)
				})
			}
			if s.h >= 3 && s.w >= 3 {
				for k := 2; k <= 3; k++ {
					pooled := newPadded(nil, s.h/k, s.w/k, s.c, 1)
					pooled.poison()
					Window{k, k, Same(0), false}.Max(pooled.pixels(), pooled.layout(), src.pixels(), src.layout())
					for y := range pooled.h {
						for x := range pooled.w {
							for c := range s.c {
								want := float32(math.Inf(-1))
								for t := range k * k {
									want = max(want, src.data()[src.at(y*k+t/k, x*k+t%k)+c])
								}
								if got := pooled.data()[pooled.at(y, x)+c]; got != want {
									t.Fatalf("max pool %d at (%d,%d,%d): %v, expected %v", k, y, x, c, got, want)
								}
							}
						}
					}
					pooled.untouched(t)
				}
			}
		})
	}
}

func TestSoftmax(t *testing.T) {
	logits, p := []float32{1000, 999, -1000, 998.5}, make([]float32, 4)
	Softmax(p, logits)
	sum := 1 + math.Exp(-1) + math.Exp(-1.5)
	for i, want := range []float64{1 / sum, math.Exp(-1) / sum, 0, math.Exp(-1.5) / sum} {
		close32(t, "softmax", p[i], want, 1)
	}
}

// A wrong size is the caller's error and is told with the sizes, before anything is written.
func TestSizesAreChecked(t *testing.T) {
	m := Map{H: 2, W: 2, C: 4, RowStride: 8, Stride: 4}
	v := func(n int) []float32 { return make([]float32, n) }
	for name, f := range map[string]func(){
		"Conv.Run": func() {
			(&Conv{SrcW: 4, SrcStride: 4, DstW: 2, DstStride: 8, OutH: 2, OutW: 2, COut: 8, KH: 3, KW: 3, Step: 1}).Run(v(32), v(63), v(3*3*4*8), v(8))
		},
		"Pack":    func() { Pack(v(10), 2, 3, 1, 1, 4) },
		"Mean":    func() { Mean(v(4), v(15), m) },
		"Scale":   func() { Scale(v(16), m, v(16), m, v(3)) },
		"Add":     func() { Add(v(16), m, v(16), m, v(15), m, false) },
		"Affine":  func() { Affine(v(15), m, v(16), m, v(4), v(4), false) },
		"Window":  func() { Window{2, 2, Same(0), false}.Max(v(16), m, v(16), m) },
		"Softmax": func() { Softmax(v(3), v(4)) },
	} {
		func() {
			defer func() {
				if msg, _ := recover().(string); !strings.Contains(msg, "kernels."+name) || !strings.ContainsAny(msg, "0123456789") {
					t.Errorf("%s: panic %q, expected its name and the sizes", name, msg)
				}
			}()
			f()
		}()
	}
}
