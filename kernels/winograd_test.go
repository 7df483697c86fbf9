package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// winogradCase is a 3x3 convolution with random weights. Everything around the source's border, and
// the scratch, is NaN: what is read though it has no meaning shows in the results.
type winogradCase struct {
	g                    Winograd
	cin                  int
	src                  []float32 // from the first border pixel on
	weights, bias        []float32 // as PyTorch has them
	packed, packedBias   []float32
	scratchGuards, space []float32 // the scratch between guard words, and the scratch
}

func newWinogradCase(rng *rand.Rand, h, w, cin int, dst *padded, act Activation) *winogradCase {
	const beside = 3 // NaN pixels beside the border, and rows below it
	stride := (cin + 3) &^ 3
	c := &winogradCase{cin: cin, g: Winograd{SrcW: w + 2 + beside, SrcStride: stride, DstW: dst.rowW(), DstStride: dst.stride, OutH: h, OutW: w, COut: dst.c, KH: 3, KW: 3, Step: 1, Act: act}}
	c.src = make([]float32, (h+2+beside)*c.g.SrcW*stride)
	for i := range c.src {
		switch y, x := i/stride/c.g.SrcW, i/stride%c.g.SrcW; {
		case y >= h+2 || x >= w+2:
			c.src[i] = float32(math.NaN())
		case y > 0 && y <= h && x > 0 && x <= w && i%stride < cin:
			c.src[i] = float32(rng.NormFloat64())
		}
	}
	c.weights, c.bias = make([]float32, dst.c*cin*9), make([]float32, dst.c)
	for i := range c.weights {
		c.weights[i] = float32(rng.NormFloat64())
	}
	for i := range c.bias {
		c.bias[i] = float32(rng.NormFloat64())
	}
	c.packed, c.packedBias = PackWinograd(c.weights, dst.c, cin, stride), PackBias(c.bias, dst.c)
	c.scratchGuards = make([]float32, 2*guards+c.g.Scratch())
	for i := range c.scratchGuards {
		c.scratchGuards[i] = guard
	}
	c.space = c.scratchGuards[guards : len(c.scratchGuards)-guards]
	for i := range c.space {
		c.space[i] = float32(math.NaN())
	}
	return c
}

// at is the definition in float64: the sum of output (y, x, o), before ReLU.
func (c *winogradCase) at(y, x, o int) float64 {
	sum := float64(c.bias[o])
	for t := range 9 {
		from := ((y+t/3)*c.g.SrcW + x + t%3) * c.g.SrcStride
		for i := range c.cin {
			sum += float64(c.src[from+i]) * float64(c.weights[(o*c.cin+i)*9+t])
		}
	}
	return sum
}

// TestWinograd compares with the definition in float64, relative to the map's largest value.
// Heights and widths 1 to 13 meet every tail of the tiles of 4, and with 64 channels the larger
// maps take several blocks; 3 and 7 channels leave lanes of a vector unused, 9 a panel's.
func TestWinograd(t *testing.T) {
	type size struct{ h, w int }
	sizes := []size{{16, 16}, {32, 32}}
	for n := 1; n <= 13; n++ {
		sizes = append(sizes, size{n, n}, size{n, 14 - n})
	}
	var worst float64
	for _, s := range sizes {
		for _, cin := range []int{3, 4, 7, 64} {
			for _, cout := range []int{8, 9, 24} {
				for _, act := range allActs {
					name := fmt.Sprintf("%dx%d %d->%d act=%d", s.h, s.w, cin, cout, act)
					dst := newPadded(nil, s.h, s.w, cout, 1)
					dst.poison()
					c := newWinogradCase(rand.New(rand.NewPCG(3, uint64(s.h*10000+s.w*100+cin))), s.h, s.w, cin, dst, act)
					c.g.Run(dst.pixels(), c.src, c.packed, c.packedBias, c.space)
					var largest, off float64
					for y := range s.h {
						for x := range s.w {
							for o := range cout {
								want := c.at(y, x, o)
								largest = max(largest, math.Abs(want))
								want = act.exact(want)
								off = max(off, math.Abs(float64(dst.data()[dst.at(y, x)+o])-want)) // NaN stays NaN
							}
						}
					}
					if !(off <= 1e-4*largest) {
						t.Errorf("%s: off by %g of the largest value, expected at most 1e-4", name, off/largest)
					}
					worst = max(worst, off/largest)
					dst.untouched(t)
					for i := range guards {
						if c.scratchGuards[i] != guard || c.scratchGuards[len(c.scratchGuards)-1-i] != guard {
							t.Fatalf("%s: written beside the scratch", name)
						}
					}
				}
			}
		}
	}
	t.Logf("largest error %.2g of the map's largest value", worst)
}

// The weight transform of F(4x4,3x3), by hand for two kernels: the centre alone is the outer
// product of G's middle column with itself.
func TestPackWinograd(t *testing.T) {
	centre, corner := make([]float32, 9), make([]float32, 9)
	centre[4], corner[8] = 1, 1
	middle := []float64{0, -1. / 6, 1. / 6, 1. / 12, -1. / 12, 0}
	last := []float64{0, -1. / 6, -1. / 6, 1. / 6, 1. / 6, 1}
	w := PackWinograd(append(append(make([]float32, 9*9*2-18), centre...), corner...), 9, 2, 4) // output channel 8: its second panel
	for k := range winogradPoint {
		at := (winogradPoint + k) * 4 * Panel
		if got, want := w[at], middle[k/6]*middle[k%6]; math.Abs(float64(got)-want) > 1e-8 {
			t.Errorf("centre, point %d: %v, expected %v", k, got, want)
		}
		if got, want := w[at+Panel], last[k/6]*last[k%6]; math.Abs(float64(got)-want) > 1e-7 {
			t.Errorf("corner, point %d: %v, expected %v", k, got, want)
		}
		for lane := 1; lane < 4*Panel; lane++ {
			if lane != Panel && w[at+lane] != 0 {
				t.Errorf("point %d: lane %d beyond the channels is %v", k, lane, w[at+lane])
			}
		}
	}
}

func TestWinogradAllocatesNothing(t *testing.T) {
	dst := newPadded(nil, 10, 13, 9, 1)
	c := newWinogradCase(rand.New(rand.NewPCG(4, 4)), 10, 13, 64, dst, ReLU)
	if n := testing.AllocsPerRun(5, func() { c.g.Run(dst.pixels(), c.src, c.packed, c.packedBias, c.space) }); n != 0 {
		t.Errorf("a run makes %v allocations", n)
	}
}

func TestWinogradSizesAreChecked(t *testing.T) {
	v := func(n int) []float32 { return make([]float32, n) }
	const src, dst, w = 6 * 6 * 4, 4 * 4 * 8, 36 * 4 * 8
	good := Winograd{SrcW: 6, SrcStride: 4, DstW: 4, DstStride: 8, OutH: 4, OutW: 4, COut: 8, KH: 3, KW: 3, Step: 1}
	scratch := good.Scratch()
	good.Run(v(dst), v(src), v(w), v(8), v(scratch))
	step2, kernel5 := good, good
	step2.Step, kernel5.KW = 2, 5
	for name, f := range map[string]func(){
		"destination": func() { good.Run(v(dst-1), v(src), v(w), v(8), v(scratch)) },
		"source":      func() { good.Run(v(dst), v(src-1), v(w), v(8), v(scratch)) },
		"weights":     func() { good.Run(v(dst), v(src), v(w/4), v(8), v(scratch)) },
		"bias":        func() { good.Run(v(dst), v(src), v(w), v(7), v(scratch)) },
		"scratch":     func() { good.Run(v(dst), v(src), v(w), v(8), v(scratch-1)) },
		"step":        func() { step2.Run(v(dst), v(src), v(w), v(8), v(scratch)) },
		"kernel":      func() { kernel5.Run(v(dst), v(src), v(w), v(8), v(scratch)) },
		"packing":     func() { PackWinograd(v(10), 2, 3, 4) },
	} {
		func() {
			defer func() {
				if msg, _ := recover().(string); !strings.Contains(msg, "Winograd") || !strings.ContainsAny(msg, "0123456789") {
					t.Errorf("%s: panic %q, expected the function's name and the sizes", name, msg)
				}
			}()
			f()
		}()
	}
}
