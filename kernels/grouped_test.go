package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Grouped against the definition in float64: groups of one and of several channels, odd sizes,
// strides, kernels 1, 3 and 5.
func TestGrouped(t *testing.T) {
	for _, s := range []struct{ h, w, cin, cout, k, step, groups int }{
		{5, 4, 6, 6, 3, 1, 6}, {7, 9, 13, 13, 5, 2, 13}, {1, 1, 8, 8, 3, 1, 8}, {6, 5, 6, 9, 3, 1, 3}, {8, 8, 16, 8, 1, 1, 4}, {9, 7, 4, 8, 5, 2, 2}, {4, 4, 4, 8, 3, 1, 4},
		{5, 13, 24, 24, 3, 1, 3}, {6, 14, 16, 32, 3, 2, 2}, {3, 7, 36, 36, 3, 1, 9}, {3, 5, 18, 30, 3, 1, 6}, {4, 4, 40, 20, 5, 1, 4}, {2, 3, 10, 14, 1, 1, 2},
	} {
		for _, act := range allActs {
			t.Run(fmt.Sprintf("%+v/act=%d", s, act), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(2, uint64(s.h*1000+s.cout)))
				src := newPadded(rng, s.h, s.w, s.cin, s.k/2)
				dst := newPadded(nil, (s.h-1)/s.step+1, (s.w-1)/s.step+1, s.cout, 1)
				in, perGroup := s.cin/s.groups, s.cout/s.groups
				w, bias := make([]float32, s.cout*in*s.k*s.k), make([]float32, s.cout)
				for i := range w {
					w[i] = float32(rng.NormFloat64())
				}
				for i := range bias {
					bias[i] = float32(rng.NormFloat64())
				}
				c := Conv{SrcW: src.rowW(), SrcStride: src.stride, DstW: dst.rowW(), DstStride: dst.stride, OutH: dst.h, OutW: dst.w, COut: s.cout, KH: s.k, KW: s.k, Step: s.step, Act: act}
				dst.poison()
				g := Groups{s.groups, s.cin, s.cout}
				packed, packedBias := PackGrouped(w, g, s.k, s.k, src.stride), PackBias(bias, s.cout)
				c.Grouped(dst.pixels(), src.data(), packed, packedBias, g)
				for y := range dst.h {
					for x := range dst.w {
						for o := range s.cout {
							want, scale := float64(bias[o]), 1.0
							for ky := range s.k {
								for kx := range s.k {
									for i := range in {
										p := float64(src.data()[(((y*s.step+ky)*src.rowW())+x*s.step+kx)*src.stride+o/perGroup*in+i]) * float64(w[((o*in+i)*s.k+ky)*s.k+kx])
										want += p
										scale += math.Abs(p)
									}
								}
							}
							want = act.exact(want)
							close32(t, "grouped", dst.pixels()[dst.at(y, x)-dst.at(0, 0)+o], want, scale)
						}
					}
				}
				dst.untouched(t)
				portable := newPadded(nil, dst.h, dst.w, s.cout, 1)
				for p := range c.Panels() {
					c.portableGroupedPanel(portable.pixels()[p*Panel:], src.data()[g.first(p, g.Span(), src.stride):], packed[p*s.k*s.k*g.Span()*Panel:], packedBias[p*Panel:], g.Span(), min(Panel, s.cout-p*Panel))
				}
				if _, _, rest := act.limits(); rest != Identity {
					rest.portableMap(portable.pixels(), portable.layout(), portable.pixels(), portable.layout(), 0)
				}
				sameBits(t, "grouped", dst.all, portable.all)
			})
		}
	}
}

// poolPortable is a pooling by the portable loop alone.
func poolPortable(w Window, dst []float32, d Map, src []float32, s Map, scale float32) {
	for y := range d.H {
		top, bottom := w.Rows(y, s.H)
		for x := range d.W {
			left, right := w.Columns(x, s.W)
			p := pooling{pixels: 1, step: w.Step, rows: bottom - top, columns: right - left}
			if scale != 0 {
				p.scale = w.Share(y, x, s.H, s.W)
			}
			p.portable(dst[d.at(y, x, 0):], d, src[s.at(top, left, 0):], s, 0)
		}
	}
}

// Pools against the definition: windows that overlap, leave gaps, reach over the edge, or cover the
// map.
func TestWindow(t *testing.T) {
	for _, s := range []struct {
		h, w, c int
		window  Window
	}{
		{6, 7, 5, Window{3, 2, Same(1), false}}, {5, 5, 8, Window{2, 1, Same(0), false}}, {7, 6, 3, Window{2, 3, Same(1), true}},
		{4, 4, 9, Window{4, 1, Same(0), false}}, {9, 9, 1, Window{5, 2, Same(2), true}}, {1, 1, 4, Window{3, 1, Same(1), false}},
		{6, 5, 3, Window{3, 2, Pads{0, 0, 1, 1}, true}}, {6, 5, 3, Window{3, 2, Pads{1, 0, 2, 1}, false}},
	} {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			src := newPadded(rand.New(rand.NewPCG(3, 4)), s.h, s.w, s.c, 1)
			oh, ow := s.window.Out(s.h, s.w)
			dst := newPadded(nil, oh, ow, s.c, 2)
			check := func(name string, average bool) {
				for y := range dst.h {
					for x := range dst.w {
						for c := range s.c {
							largest, sum, count := math.Inf(-1), 0.0, 0
							for i := range s.window.Size * s.window.Size {
								sy, sx := y*s.window.Step-s.window.Pads.Top+i/s.window.Size, x*s.window.Step-s.window.Pads.Left+i%s.window.Size
								if sy >= 0 && sx >= 0 && sy < s.h && sx < s.w {
									v := float64(src.data()[src.at(sy, sx)+c])
									largest, sum, count = max(largest, v), sum+v, count+1
								}
							}
							want := largest
							if average {
								if !s.window.Inside {
									count = s.window.Size * s.window.Size
								}
								want = sum / float64(count)
							}
							close32(t, name, dst.data()[dst.at(y, x)+c], want, 10)
						}
					}
				}
				dst.untouched(t)
			}
			dst.poison()
			s.window.Max(dst.pixels(), dst.layout(), src.pixels(), src.layout())
			check("max", false)
			dst.poison()
			s.window.Average(dst.pixels(), dst.layout(), src.pixels(), src.layout())
			check("average", true)
		})
	}
}

func TestActivations(t *testing.T) {
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	clamp := func(x float64) float64 { return min(max(0, x), 6) }
	functions := map[Activation]func(x float64) float64{
		Identity: func(x float64) float64 { return x }, ReLU: func(x float64) float64 { return max(0, x) }, ReLU6: clamp,
		HardSigmoid: func(x float64) float64 { return clamp(x+3) / 6 }, HardSwish: func(x float64) float64 { return x * clamp(x+3) / 6 },
		Logistic: logistic, SiLU: func(x float64) float64 { return x * logistic(x) },
		Tanh: math.Tanh, GELU: func(x float64) float64 { return x / 2 * (1 + math.Erf(x/math.Sqrt2)) },
	}
	for a, f := range functions {
		for x := float64(-9.03); x < 9; x += 0.17 {
			got := make([]float32, 1)
			a.Apply(got, []float32{float32(x)})
			close32(t, fmt.Sprintf("activation %d of %v", a, x), got[0], f(x), 4)
			const h = 1e-4
			if want := (f(x+h) - f(x-h)) / (2 * h); math.Abs(float64(a.Derivative(float32(x)))-want) > 1e-3 {
				t.Errorf("activation %d: derivative at %v is %v, expected %v", a, x, a.Derivative(float32(x)), want)
			}
		}
		for _, x := range []float64{-200, 200} { // far out it stays finite
			if got := float64(a.Of(float32(x))); math.Abs(got-f(x)) > 1e-4 {
				t.Errorf("activation %d of %v: %v, expected %v", a, x, got, f(x))
			}
		}
	}
}

func TestGroupedRefusesWrongSizes(t *testing.T) {
	for name, f := range map[string]func(){
		"Grouped": func() {
			(&Conv{SrcW: 3, SrcStride: 4, DstW: 3, DstStride: 4, OutH: 3, OutW: 3, COut: 4, KH: 1, KW: 1, Step: 1}).Grouped(make([]float32, 36), make([]float32, 36), make([]float32, 31), make([]float32, 8), Groups{2, 4, 4})
		},
		"PackGrouped": func() { PackGrouped(make([]float32, 8), Groups{3, 4, 4}, 1, 1, 4) },
		"Window.Max": func() {
			(Window{Size: 3, Step: 1}).Max(make([]float32, 36), Map{3, 3, 4, 12, 4}, make([]float32, 36), Map{3, 3, 4, 12, 4})
		},
		"Window.Average": func() {
			(Window{Size: 3, Step: 1, Pads: Same(3)}).Average(make([]float32, 49), Map{7, 7, 1, 7, 1}, make([]float32, 36), Map{3, 3, 1, 3, 1})
		},
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), name) {
					t.Errorf("%s: %v, expected a panic that names it", name, r)
				}
			}()
			f()
		}()
	}
}
