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

// BenchmarkVector runs the loops over channels on the pixels of a 32x32x128 map.
func BenchmarkVector(b *testing.B) {
	const pixels, c = 32 * 32, 128
	dst, src := make([]float32, pixels*c), make([]float32, pixels*c)
	scale, shift, row := make([]float32, c), make([]float32, c), make([]float32, c)
	for _, f := range []struct {
		name           string
		fast, portable func(p int)
	}{
		{"add", func(p int) { add(row, src[p:p+c]) }, func(p int) { addGo(row, src[p:p+c]) }},
		{"mul", func(p int) { mul(dst[p:p+c], src[p:], scale) }, func(p int) { mulGo(dst[p:p+c], src[p:], scale) }},
		{"maximum", func(p int) { maximum(dst[p:p+c], src[p:]) }, func(p int) { maxGo(dst[p:p+c], src[p:]) }},
		{"affine", func(p int) { affine(dst[p:p+c], src[p:], scale, shift, 0) }, func(p int) { affineGo(dst[p:p+c], src[p:], scale, shift, 0) }},
	} {
		for impl, run := range map[string]func(int){"fast": f.fast, "go": f.portable} {
			b.Run(f.name+"/impl="+impl, func(b *testing.B) {
				for b.Loop() {
					for p := 0; p < pixels*c; p += c {
						run(p)
					}
				}
			})
		}
	}
}
