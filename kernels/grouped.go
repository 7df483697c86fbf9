package kernels

import "fmt"

// Groups tells how a convolution's channels are grouped: the output channels of a group read the
// input channels of the same group only.
//
// A panel of eight output channels may hold several groups. It reads Span input channels, those of
// all its groups, and has zeros where a group does not read: groups of eight, 16 and so on cost
// nothing more, groups of four twice their products. A value that is not finite so reaches the
// other groups of its panel.
type Groups struct{ Groups, CIn, COut int }

// outputs is the number of output channels of a group.
func (g Groups) outputs() int { return g.COut / g.Groups }

// inputs is the range of input channels that a panel's groups read.
func (g Groups) inputs(panel int) (from, to int) {
	in, last := g.CIn/g.Groups, min(panel*Panel+Panel, g.COut)-1
	return panel * Panel / g.outputs() * in, (last/g.outputs() + 1) * in
}

// Span is the number of input channels that a panel reads, a multiple of 4 and the same for all
// panels.
func (g Groups) Span() int {
	span := 0
	for p := range (g.COut + Panel - 1) / Panel {
		from, to := g.inputs(p)
		span = max(span, to-from)
	}
	return (span + 3) &^ 3
}

// first is the first channel that a panel reads, so that all of its span lie in a pixel of that
// stride.
func (g Groups) first(panel, span, stride int) int {
	from, _ := g.inputs(panel)
	return min(from, stride-span)
}

// PackGrouped lays PyTorch's [COut][CIn/groups][KH][KW] weights out as [COut/8][KH][KW][Span][8],
// with zeros where an output channel does not read an input channel. stride is that of a source's
// pixel.
func PackGrouped(w []float32, g Groups, kh, kw, stride int) []float32 {
	if g.Groups < 1 || g.COut%g.Groups != 0 || g.CIn%g.Groups != 0 || g.CIn > stride || stride%4 != 0 || len(w) != g.COut*g.CIn/g.Groups*kh*kw {
		panic(fmt.Sprintf("kernels.PackGrouped: %d weights for %d groups of %d to %d channels, kernel %dx%d, stride %d", len(w), g.Groups, g.CIn, g.COut, kh, kw, stride))
	}
	in, span := g.CIn/g.Groups, g.Span()
	out := make([]float32, (g.COut+Panel-1)/Panel*kh*kw*span*Panel)
	for i, v := range w {
		o, c, t := i/(in*kh*kw), i/(kh*kw)%in, i%(kh*kw)
		at := o/g.outputs()*in + c - g.first(o/Panel, span, stride)
		out[((o/Panel*kh*kw+t)*span+at)*Panel+o%Panel] = v
	}
	return out
}

// Grouped is Run for a convolution in groups: w comes from PackGrouped with SrcStride and bias from
// PackBias. The sum runs in the order ky, kx, input channel, starting from the bias.
func (c *Conv) Grouped(dst, src, w, bias []float32, g Groups) {
	span := g.Span()
	k := c.KH * c.KW * span
	needSrc := ((c.OutH-1)*c.Step+c.KH-1)*c.SrcW*c.SrcStride + ((c.OutW-1)*c.Step+c.KW)*c.SrcStride
	needDst := ((c.OutH-1)*c.DstW+c.OutW-1)*c.DstStride + c.COut
	if len(src) < needSrc || len(dst) < needDst || len(w) != c.Panels()*k*Panel || len(bias) != c.Panels()*Panel || c.DstStride < c.COut || c.SrcStride%4 != 0 || c.Step < 1 ||
		g.COut != c.COut || g.CIn > c.SrcStride {
		panic(fmt.Sprintf("kernels.Conv.Grouped: src %d (needs %d), dst %d (needs %d), weights %d (needs %d), bias %d (needs %d), strides %d and %d for %d channels in %+v, step %d",
			len(src), needSrc, len(dst), needDst, len(w), c.Panels()*k*Panel, len(bias), c.Panels()*Panel, c.SrcStride, c.DstStride, c.COut, g, c.Step))
	}
	for p := range c.Panels() {
		c.groupedPanel(dst[p*Panel:], src[g.first(p, span, c.SrcStride):], w[p*k*Panel:], bias[p*Panel:], span, min(Panel, c.COut-p*Panel))
	}
	if _, _, rest := c.Act.limits(); rest != Identity {
		m := c.output()
		rest.Map(dst, m, dst, m)
	}
}

// portableGroupedPanel computes all pixels of one panel. It is the definition, which the assembly
// must equal bit for bit.
func (c *Conv) portableGroupedPanel(dst, src, w, bias []float32, span, lanes int) {
	for i := range c.OutH * c.OutW {
		y, x := i/c.OutW, i%c.OutW
		s := [Panel]float32(bias)
		for t := range c.KH * c.KW {
			from := src[((y*c.Step+t/c.KW)*c.SrcW+x*c.Step+t%c.KW)*c.SrcStride:][:span]
			for j, a := range from {
				v := (*[Panel]float32)(w[(t*span+j)*Panel:])
				for l := range v {
					s[l] += float32(a * v[l])
				}
			}
		}
		store(dst[(y*c.DstW+x)*c.DstStride:], &s, lanes, c.Act)
	}
}
