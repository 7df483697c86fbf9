package kernels

import (
	"fmt"
	"testing"
)

// BenchmarkConv reports GFLOP/s (2 x multiply-adds) of the tutorial's layers.
func BenchmarkConv(b *testing.B) {
	for _, s := range []struct{ size, cin, cout int }{{32, 4, 64}, {32, 64, 128}, {8, 64, 128}} {
		b.Run(fmt.Sprintf("impl=go/%dx%d_%d_%d", s.size, s.size, s.cin, s.cout), func(b *testing.B) {
			c := Conv{SrcW: s.size + 2, SrcStride: s.cin, DstW: s.size, DstStride: s.cout, OutH: s.size, OutW: s.size, COut: s.cout, KH: 3, KW: 3, Step: 1, ReLU: true}
			src, dst := make([]float32, c.SrcW*c.SrcW*s.cin), make([]float32, s.size*s.size*s.cout)
			w, bias := make([]float32, c.Panels()*c.K()*Panel), make([]float32, c.Panels()*Panel)
			for b.Loop() {
				c.Run(dst, src, w, bias)
			}
			flop := 2 * float64(c.K()*s.cout*s.size*s.size)
			b.ReportMetric(flop*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
