//go:build wasm || amd64

package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestAssemblyEqualsPortable compares bit for bit. Widths 1 to 18 meet every mix of tiles of 6, 4,
// 2 and 1 pixels; 10 channels meet a part of a panel; kernels, strides and the sign of zero (a ReLU
// of a negative sum) are those of the networks.
func TestAssemblyEqualsPortable(t *testing.T) {
	eachWay(func(way string) { testAssemblyEqualsPortable(t, way) })
}

func testAssemblyEqualsPortable(t *testing.T, way string) {
	rng := rand.New(rand.NewPCG(9, 9))
	for width := 1; width <= 18; width++ {
		for _, s := range []struct{ cin, cout, k, step int }{{3, 8, 3, 1}, {8, 16, 3, 1}, {12, 10, 3, 2}, {20, 8, 1, 1}, {4, 24, 5, 2}, {8, 44, 1, 1}} {
			for _, act := range []Activation{Identity, ReLU, ReLU6} {
				t.Run(fmt.Sprintf("%s/width=%d/%+v/act=%d", way, width, s, act), func(t *testing.T) {
					src := newPadded(rng, 3*s.step, width*s.step, s.cin, s.k/2)
					got, want := newPadded(nil, 3, width, s.cout, s.k/2), newPadded(nil, 3, width, s.cout, s.k/2)
					got.poison()
					w, bias := make([]float32, s.cout*s.cin*s.k*s.k), make([]float32, s.cout)
					for i := range w {
						w[i] = float32(rng.NormFloat64())
					}
					for i := range bias {
						bias[i] = float32(rng.NormFloat64())
					}
					c := Conv{SrcW: src.rowW(), SrcStride: src.stride, DstW: got.rowW(), DstStride: got.stride, OutH: 3, OutW: width, COut: s.cout, KH: s.k, KW: s.k, Step: s.step, Act: act}
					packed, packedBias := Pack(w, s.cout, s.cin, s.k, s.k, src.stride), PackBias(bias, s.cout)
					c.Run(got.pixels(), src.data(), packed, packedBias)
					for p := range c.Panels() {
						c.portablePanel(want.pixels()[p*Panel:], src.data(), packed[p*c.K()*Panel:][:c.K()*Panel], packedBias[p*Panel:], min(Panel, s.cout-p*Panel))
					}
					for i, v := range want.all {
						if math.Float32bits(got.all[i]) != math.Float32bits(v) {
							t.Fatalf("value %d: assembly %v, portable %v", i, got.all[i], v)
						}
					}
				})
			}
		}
	}
}

// TestSixes: every number of pixels is covered, and no pair is left where wide tiles can avoid it.
func TestSixes(t *testing.T) {
	for pixels := range 100 {
		if rest := pixels - 6*sixes(pixels); rest < 0 || rest%4 > 1 && pixels != 2 && pixels != 3 {
			t.Errorf("%d pixels: %d tiles of six leave %d", pixels, sixes(pixels), rest)
		}
	}
}

// TestPixelEqualsPortable: one output pixel, with fewer and more panels than the four that are
// computed together.
func TestPixelEqualsPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, cout := range []int{8, 10, 31, 32, 35, 64, 100} {
		for _, cin := range []int{1, 4, 30} {
			for _, act := range []Activation{Identity, ReLU, ReLU6} {
				src, got, want := newPadded(rng, 1, 1, cin, 0), newPadded(nil, 1, 1, cout, 0), newPadded(nil, 1, 1, cout, 0)
				got.poison()
				w, bias := make([]float32, cout*cin), make([]float32, cout)
				for i := range w {
					w[i] = float32(rng.NormFloat64())
				}
				for i := range bias {
					bias[i] = float32(rng.NormFloat64())
				}
				c := Conv{SrcW: 1, SrcStride: src.stride, DstW: 1, DstStride: got.stride, OutH: 1, OutW: 1, COut: cout, KH: 1, KW: 1, Step: 1, Act: act}
				packed, packedBias := Pack(w, cout, cin, 1, 1, src.stride), PackBias(bias, cout)
				c.Run(got.pixels(), src.data(), packed, packedBias)
				for p := range c.Panels() {
					c.portableRow(want.pixels()[p*Panel:], src.data(), packed[p*c.K()*Panel:][:c.K()*Panel], packedBias[p*Panel:], min(Panel, cout-p*Panel))
				}
				sameBits(t, fmt.Sprintf("%d to %d channels, act=%d", cin, cout, act), got.all, want.all)
			}
		}
	}
}
