package kernels

import (
	"fmt"
	"testing"
)

// BenchmarkConv reports GFLOP/s (2 x multiply-adds) of the tutorial's layers; impl=go is the portable kernel and impl=fast the one that
// this platform uses, so that benchstat pairs them.
func BenchmarkConv(b *testing.B) {
	for _, s := range []struct{ size, cin, cout int }{{32, 4, 64}, {32, 64, 128}, {8, 64, 128}} {
		c := Conv{SrcW: s.size + 2, SrcStride: s.cin, DstW: s.size, DstStride: s.cout, OutH: s.size, OutW: s.size, COut: s.cout, KH: 3, KW: 3, Step: 1, ReLU: true}
		src, dst := make([]float32, c.SrcW*c.SrcW*s.cin), make([]float32, s.size*s.size*s.cout)
		w, bias := make([]float32, c.Panels()*c.K()*Panel), make([]float32, c.Panels()*Panel)
		measure := func(impl string, run func()) {
			b.Run(fmt.Sprintf("%dx%d_%d_%d/impl=%s", s.size, s.size, s.cin, s.cout, impl), func(b *testing.B) {
				for b.Loop() {
					run()
				}
				flop := 2 * float64(c.K()*s.cout*s.size*s.size)
				b.ReportMetric(flop*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
		measure("fast", func() { c.Run(dst, src, w, bias) })
		measure("go", func() {
			for p := range c.Panels() {
				for y := range c.OutH {
					c.portableRow(dst[y*c.DstW*c.DstStride+p*Panel:], src[y*c.SrcW*c.SrcStride:], w[p*c.K()*Panel:][:c.K()*Panel], bias[p*Panel:], Panel)
				}
			}
		})
	}
}
