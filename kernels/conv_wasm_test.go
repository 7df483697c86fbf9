package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// bothWidths runs a test without and with tiles of six pixels.
func bothWidths(t *testing.T, test func()) {
	defer func(was bool) { wide = was }(wide)
	for _, wide = range []bool{false, true} {
		test()
	}
}

// TestAssemblyEqualsPortable compares bit for bit. Widths 1 to 18 meet every mix of tiles of 6, 4, 2 and 1 pixels; 10 channels meet a
// part of a panel; kernels, strides and the sign of zero (a ReLU of a negative sum) are those of the networks.
func TestAssemblyEqualsPortable(t *testing.T) {
	bothWidths(t, func() { testAssemblyEqualsPortable(t) })
}

func testAssemblyEqualsPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for width := 1; width <= 18; width++ {
		for _, s := range []struct{ cin, cout, k, step int }{{3, 8, 3, 1}, {8, 16, 3, 1}, {12, 10, 3, 2}, {20, 8, 1, 1}, {4, 24, 5, 2}} {
			for _, relu := range []bool{false, true} {
				t.Run(fmt.Sprintf("wide=%v/width=%d/%+v/relu=%v", wide, width, s, relu), func(t *testing.T) {
					src := newPadded(rng, 3*s.step, width*s.step, s.cin, s.k/2)
					got, want := newPadded(nil, 3, width, s.cout, 1), newPadded(nil, 3, width, s.cout, 1)
					got.poison()
					w, bias := make([]float32, s.cout*s.cin*s.k*s.k), make([]float32, s.cout)
					for i := range w {
						w[i] = float32(rng.NormFloat64())
					}
					for i := range bias {
						bias[i] = float32(rng.NormFloat64())
					}
					c := Conv{SrcW: src.rowW(), SrcStride: src.stride, DstW: got.rowW(), DstStride: got.stride, OutH: 3, OutW: width, COut: s.cout, KH: s.k, KW: s.k, Step: s.step, ReLU: relu}
					packed, packedBias := Pack(w, s.cout, s.cin, s.k, s.k, src.stride), PackBias(bias, s.cout)
					c.Run(got.pixels(), src.data(), packed, packedBias)
					for p := range c.Panels() {
						for y := range c.OutH {
							c.portableRow(want.pixels()[y*c.DstW*c.DstStride+p*Panel:], src.data()[y*c.Step*c.SrcW*c.SrcStride:], packed[p*c.K()*Panel:][:c.K()*Panel],
								packedBias[p*Panel:], min(Panel, s.cout-p*Panel))
						}
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
