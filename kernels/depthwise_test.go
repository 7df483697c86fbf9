package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// depthwiseCase is a random depthwise convolution with NaN in every value that it must write.
type depthwiseCase struct {
	d                Depthwise
	src, dst         *padded
	weights, w       []float32 // as PyTorch has them, and packed
	bias, packed     []float32
	channels, kernel int
}

func newDepthwise(rng *rand.Rand, outH, outW, c, k, step int, act Activation) *depthwiseCase {
	t := &depthwiseCase{channels: c, kernel: k}
	t.src = newPadded(rng, (outH-1)*step+1, (outW-1)*step+1, c, k/2)
	t.dst = newPadded(nil, outH, outW, c, rng.IntN(2))
	t.dst.poison()
	t.weights, t.bias = make([]float32, c*k*k), make([]float32, c)
	for i := range t.weights {
		t.weights[i] = float32(rng.NormFloat64())
	}
	for i := range t.bias {
		t.bias[i] = float32(rng.NormFloat64())
	}
	t.d = Depthwise{SrcW: t.src.rowW(), SrcStride: t.src.stride, DstW: t.dst.rowW(), DstStride: t.dst.stride, OutH: outH, OutW: outW, COut: c, KH: k, KW: k, Step: step, Act: act}
	t.w, t.packed = PackDepthwise(t.weights, c, k, k), PackBias(t.bias, c)
	return t
}

func eachDepthwise(t *testing.T, test func(t *testing.T, c *depthwiseCase)) {
	rng := rand.New(rand.NewPCG(6, 6))
	for _, k := range []int{1, 3, 5, 7} {
		for step := 1; step <= 3; step++ {
			for width := 1; width <= 13; width++ {
				channels := 1 + rng.IntN(20)
				c := newDepthwise(rng, 1+rng.IntN(4), width, channels, k, step, allActs[rng.IntN(len(allActs))])
				t.Run(fmt.Sprintf("kernel=%d/step=%d/width=%d/channels=%d/act=%d", k, step, width, channels, c.d.Act), func(t *testing.T) {
					c.d.Run(c.dst.pixels(), c.src.data(), c.w, c.packed)
					c.dst.untouched(t)
					test(t, c)
				})
			}
		}
	}
}

// TestDepthwise compares with the definition in float64: every tail of the tiles of four, tails of
// one to three channels, kernels and steps with a microkernel and without.
func TestDepthwise(t *testing.T) {
	eachDepthwise(t, func(t *testing.T, c *depthwiseCase) {
		for y := range c.dst.h {
			for x := range c.dst.w {
				for o := range c.channels {
					want, scale := float64(c.bias[o]), 1.0
					for i := range c.kernel * c.kernel {
						p := float64(c.src.data()[c.src.at(y*c.d.Step+i/c.kernel-c.kernel/2, x*c.d.Step+i%c.kernel-c.kernel/2)+o]) * float64(c.weights[o*c.kernel*c.kernel+i])
						want, scale = want+p, scale+math.Abs(p)
					}
					want = c.d.Act.exact(want)
					close32(t, fmt.Sprintf("(%d,%d,%d)", y, x, o), c.dst.data()[c.dst.at(y, x)+o], want, scale)
				}
			}
		}
	})
}

// TestDepthwiseEqualsPortable compares bit for bit what this platform computes with the definition.
func TestDepthwiseEqualsPortable(t *testing.T) {
	eachDepthwise(t, func(t *testing.T, c *depthwiseCase) {
		want := newPadded(nil, c.dst.h, c.dst.w, c.channels, c.dst.pad)
		for y := range c.dst.h {
			c.d.portableRow(want.pixels()[y*c.d.DstW*c.d.DstStride:], c.src.data()[y*c.d.Step*c.d.SrcW*c.d.SrcStride:], c.w, c.packed, 0)
		}
		if _, _, rest := c.d.Act.limits(); rest != Identity {
			rest.portableMap(want.pixels(), want.layout(), want.pixels(), want.layout(), 0)
		}
		for i, v := range want.all {
			if math.Float32bits(c.dst.all[i]) != math.Float32bits(v) {
				t.Fatalf("value %d: %v, portable %v", i, c.dst.all[i], v)
			}
		}
	})
}

func TestDepthwiseAllocatesNothing(t *testing.T) {
	c := newDepthwise(rand.New(rand.NewPCG(7, 7)), 5, 9, 13, 3, 1, SiLU)
	if n := testing.AllocsPerRun(5, func() { c.d.Run(c.dst.pixels(), c.src.data(), c.w, c.packed) }); n != 0 {
		t.Errorf("a run makes %v allocations", n)
	}
}

func TestDepthwiseSizesAreChecked(t *testing.T) {
	v := func(n int) []float32 { return make([]float32, n) }
	good := Depthwise{SrcW: 5, SrcStride: 8, DstW: 3, DstStride: 8, OutH: 3, OutW: 3, COut: 8, KH: 3, KW: 3, Step: 1}
	good.Run(v(72), v(200), v(72), v(8))
	narrow := good
	narrow.DstStride = 7
	for name, f := range map[string]func(){
		"destination": func() { good.Run(v(71), v(200), v(72), v(8)) },
		"source":      func() { good.Run(v(72), v(199), v(72), v(8)) },
		"weights":     func() { good.Run(v(72), v(200), v(71), v(8)) },
		"bias":        func() { good.Run(v(72), v(200), v(72), v(7)) },
		"stride":      func() { narrow.Run(v(72), v(200), v(72), v(8)) },
		"packing":     func() { PackDepthwise(v(10), 2, 3, 3) },
	} {
		func() {
			defer func() {
				if msg, _ := recover().(string); !strings.Contains(msg, "Depthwise") || !strings.ContainsAny(msg, "0123456789") {
					t.Errorf("%s: panic %q, expected the function's name and the sizes", name, msg)
				}
			}()
			f()
		}()
	}
}

// BenchmarkDepthwise is one layer of each kind as mobile networks have them.
func BenchmarkDepthwise(b *testing.B) {
	for _, s := range []struct{ out, c, k, step int }{{28, 64, 3, 1}, {14, 96, 3, 2}, {14, 120, 5, 1}, {7, 240, 5, 2}} {
		c := newDepthwise(rand.New(rand.NewPCG(7, 7)), s.out, s.out, s.c, s.k, s.step, ReLU)
		measure := func(impl string, run func()) {
			b.Run(fmt.Sprintf("%dx%d_%d_kernel%d_step%d/impl=%s", s.out, s.out, s.c, s.k, s.step, impl), func(b *testing.B) {
				for b.Loop() {
					run()
				}
				b.ReportMetric(2*float64(s.k*s.k*s.c*s.out*s.out)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		measure("fast", func() { c.d.Run(c.dst.pixels(), c.src.data(), c.w, c.packed) })
		measure("go", func() {
			for y := range c.dst.h {
				c.d.portableRow(c.dst.pixels()[y*c.d.DstW*c.d.DstStride:], c.src.data()[y*s.step*c.d.SrcW*c.d.SrcStride:], c.w, c.packed, 0)
			}
		})
	}
}
