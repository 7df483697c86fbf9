package kernels

import (
	"fmt"
	"testing"
)

// BenchmarkConv reports GFLOP/s (2 x multiply-adds) of the tutorial's layers; impl=go is the
// portable kernel and impl=fast the one that this platform uses, so that benchstat pairs them.
func BenchmarkConv(b *testing.B) {
	for _, s := range []struct{ size, cin, cout int }{{32, 4, 64}, {32, 64, 128}, {8, 64, 128}} {
		c := Conv{SrcW: s.size + 2, SrcStride: s.cin, DstW: s.size, DstStride: s.cout, OutH: s.size, OutW: s.size, COut: s.cout, KH: 3, KW: 3, Step: 1, Act: ReLU}
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
				c.portablePanel(dst[p*Panel:], src, w[p*c.K()*Panel:][:c.K()*Panel], bias[p*Panel:], Panel)
			}
		})
	}
}

// BenchmarkGrouped is one 3x3 layer of each kind as RegNetY and ResNeXt have them.
func BenchmarkGrouped(b *testing.B) {
	for _, s := range []struct{ size, channels, groups, step int }{{28, 104, 13, 1}, {14, 208, 26, 1}, {7, 440, 55, 1}, {28, 208, 26, 2}, {56, 128, 32, 1}, {28, 256, 32, 1}, {14, 512, 32, 1}} {
		c := Conv{SrcW: s.size + 2, SrcStride: s.channels, DstW: s.size / s.step, DstStride: s.channels, OutH: s.size / s.step, OutW: s.size / s.step, COut: s.channels, KH: 3, KW: 3, Step: s.step, Act: ReLU}
		g := Groups{s.groups, s.channels, s.channels}
		in := s.channels / s.groups
		src, dst := make([]float32, c.SrcW*c.SrcW*s.channels), make([]float32, c.OutH*c.OutW*s.channels)
		w, bias := PackGrouped(make([]float32, s.channels*in*9), g, 3, 3, c.SrcStride), PackBias(nil, s.channels)
		b.Run(fmt.Sprintf("%dx%d_%d_by%d_step%d", s.size, s.size, s.channels, in, s.step), func(b *testing.B) {
			for b.Loop() {
				c.Grouped(dst, src, w, bias, g)
			}
			b.ReportMetric(float64(9*in*s.channels*c.OutH*c.OutW)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GMAC/s")
		})
	}
}

// BenchmarkMaps runs the passes over a 32x32x64 map.
func BenchmarkMaps(b *testing.B) {
	const c = 64
	m := Map{H: 32, W: 32, C: c, RowStride: 34 * c, Stride: c}
	pooled := Map{H: 16, W: 16, C: c, RowStride: 16 * c, Stride: c}
	src, other, dst := make([]float32, 34*34*c), make([]float32, 34*34*c), make([]float32, 34*34*c)
	scale, shift := make([]float32, c), make([]float32, c)
	for _, f := range []struct {
		name         string
		fast, golang func()
	}{
		{"mean", func() { Mean(scale, src, m) }, func() { addSumPortable(scale, src, m, 0) }},
		{"scale", func() { Scale(dst, m, src, m, scale) }, func() { scalePortable(dst, m, src, m, scale, 0) }},
		{"add", func() { Add(dst, m, src, m, other, m, true) }, func() { addPortable(dst, m, src, m, other, m, 0, 0) }},
		{"affine", func() { Affine(dst, m, src, m, scale, shift, true) }, func() { affinePortable(dst, m, src, m, scale, shift, 0, 0) }},
		{"relu", func() { ReLU.Map(dst, m, src, m) }, func() { ReLU.portableMap(dst, m, src, m, 0) }},
		{"hardswish", func() { HardSwish.Map(dst, m, src, m) }, func() { HardSwish.portableMap(dst, m, src, m, 0) }},
		{"silu", func() { SiLU.Map(dst, m, src, m) }, func() { SiLU.portableMap(dst, m, src, m, 0) }},
		{"maxpool", func() { (Window{2, 2, Same(0), false}).Max(dst, pooled, src, m) }, func() { poolPortable(Window{2, 2, Same(0), false}, dst, pooled, src, m, 0) }},
		{"maxpool-padded", func() { (Window{3, 2, Same(1), false}).Max(dst, pooled, src, m) }, func() { poolPortable(Window{3, 2, Same(1), false}, dst, pooled, src, m, 0) }},
	} {
		for impl, run := range map[string]func(){"fast": f.fast, "go": f.golang} {
			b.Run(f.name+"/impl="+impl, func(b *testing.B) {
				for b.Loop() {
					run()
				}
			})
		}
	}
}
