package kernels

import (
	"fmt"
	"testing"
)

// BenchmarkWinograd measures the direct convolution and Winograd side by side. GFLOP/s are 2 x
// multiply-adds of the direct form for both, so that their ratio is that of the times.
func BenchmarkWinograd(b *testing.B) {
	for _, s := range []struct{ size, cin, cout int }{{4, 128, 128}, {32, 4, 32}, {32, 4, 64}, {32, 64, 128}, {16, 32, 64}, {8, 64, 128}} {
		c := Conv{SrcW: s.size + 2, SrcStride: s.cin, DstW: s.size + 2, DstStride: s.cout, OutH: s.size, OutW: s.size, COut: s.cout, KH: 3, KW: 3, Step: 1, Act: ReLU}
		g := Winograd(c)
		src, dst := make([]float32, c.SrcW*c.SrcW*s.cin), make([]float32, c.DstW*c.DstW*s.cout)
		weights, bias := make([]float32, s.cout*s.cin*9), make([]float32, s.cout)
		direct, winograd, scratch := Pack(weights, s.cout, s.cin, 3, 3, s.cin), PackWinograd(weights, s.cout, s.cin, s.cin), make([]float32, g.Scratch())
		measure := func(impl string, run func()) {
			b.Run(fmt.Sprintf("%dx%d_%d_%d/impl=%s", s.size, s.size, s.cin, s.cout, impl), func(b *testing.B) {
				for b.Loop() {
					run()
				}
				b.ReportMetric(2*float64(c.K()*s.cout*s.size*s.size)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		measure("direct", func() { c.Run(dst, src, direct, bias) })
		measure("winograd", func() { g.Run(dst, src, winograd, bias, scratch) })
	}
}
