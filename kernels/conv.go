package kernels

//go:generate go run ./gen conv_wasm.s
//go:generate go run ./gen conv_amd64.s

import "fmt"

// Panel is the number of output channels that one pass computes together.
const Panel = 8

// Conv describes a convolution between two padded HWC maps. A fully connected layer is the
// convolution of a 1x1 map.
type Conv struct {
	SrcW, SrcStride int // pixels a row (border included) and values a pixel of the source; SrcStride is a multiple of 4
	DstW, DstStride int // the same of the destination
	OutH, OutW      int // output pixels computed
	COut            int // output channels; DstStride >= COut
	KH, KW          int // kernel
	Step            int // stride in pixels
	Act             Activation
}

// K is the length of one sum: KH x KW x SrcStride.
func (c *Conv) K() int { return c.KH * c.KW * c.SrcStride }

// Panels is the number of groups of eight output channels.
func (c *Conv) Panels() int { return (c.COut + Panel - 1) / Panel }

// Pack lays PyTorch's [Cout][Cin][KH][KW] weights out as [Cout/8][KH][KW][stride][8] with zeros for
// the lanes beyond cin and cout.
func Pack(w []float32, cout, cin, kh, kw, stride int) []float32 {
	if len(w) != cout*cin*kh*kw || stride < cin {
		panic(fmt.Sprintf("kernels.Pack: %d weights for %dx%dx%dx%d, stride %d", len(w), cout, cin, kh, kw, stride))
	}
	k := kh * kw * stride
	out := make([]float32, (cout+Panel-1)/Panel*k*Panel)
	for o := range cout {
		for i := range cin {
			for t := range kh * kw {
				out[(o/Panel*k+t*stride+i)*Panel+o%Panel] = w[(o*cin+i)*kh*kw+t]
			}
		}
	}
	return out
}

// PackBias rounds a bias up to whole panels; nil is all zeros.
func PackBias(bias []float32, cout int) []float32 {
	out := make([]float32, (cout+Panel-1)/Panel*Panel)
	copy(out, bias)
	return out
}

// Run is: dst[y][x][o] = bias[o] + sum over ky, kx, i of src[y*Step+ky][x*Step+kx][i] *
// w[o][ky][kx][i], and Act of it.
//
// src begins at the first border pixel under output (0,0); dst begins at output (0,0). w and bias
// come from Pack and PackBias. The sum runs in the order ky, kx, i, starting from the bias. Lanes
// COut..DstStride-1 of a pixel are left as they are.
func (c *Conv) Run(dst, src, w, bias []float32) {
	k := c.K()
	needSrc := ((c.OutH-1)*c.Step+c.KH-1)*c.SrcW*c.SrcStride + ((c.OutW-1)*c.Step+c.KW)*c.SrcStride
	needDst := ((c.OutH-1)*c.DstW+c.OutW-1)*c.DstStride + c.COut
	if len(src) < needSrc || len(dst) < needDst || len(w) != c.Panels()*k*Panel || len(bias) != c.Panels()*Panel || c.DstStride < c.COut || c.SrcStride%4 != 0 || c.Step < 1 {
		panic(fmt.Sprintf("kernels.Conv.Run: src %d (needs %d), dst %d (needs %d), weights %d (needs %d), bias %d (needs %d), strides %d and %d for %d channels, step %d",
			len(src), needSrc, len(dst), needDst, len(w), c.Panels()*k*Panel, len(bias), c.Panels()*Panel, c.SrcStride, c.DstStride, c.COut, c.Step))
	}
	flat := c.flat()
	_, _, rest := c.Act.limits()
	rows, pixels := flat.band(rest)
	for y := 0; y < flat.OutH; y += rows {
		for x := 0; x < flat.OutW; x += pixels {
			band := flat
			band.OutH, band.OutW = min(rows, flat.OutH-y), min(pixels, flat.OutW-x)
			to := dst[(y*flat.DstW+x)*flat.DstStride:]
			band.all(to, src[(y*flat.SrcW+x)*flat.Step*flat.SrcStride:], w, bias)
			if rest != Identity {
				m := band.output()
				rest.Map(to, m, to, m)
			}
		}
	}
}

// Of a convolution that is one long row, at most sourceValues of the source are read by one panel
// after the other where the whole source has more than twice as many: so they stay in a cache. And
// at most bandValues of the output are computed before an activation passes over them.
const (
	sourceValues = 32 << 10
	bandValues   = 16 << 10
)

// band is the number of rows, or of pixels of the only row, that all panels compute before the
// next.
func (c *Conv) band(rest Activation) (rows, pixels int) {
	rows, pixels = c.OutH, c.OutW
	most := func(values, each int) int { return max(24, values/each/12*12) } // tiles of all sizes fill twelves
	if c.OutH == 1 && c.OutW*c.SrcStride > 2*sourceValues {
		pixels = min(pixels, most(sourceValues, c.SrcStride))
	}
	switch {
	case rest == Identity:
	case c.OutH == 1:
		pixels = min(pixels, most(bandValues, c.COut))
	default:
		rows = max(1, bandValues/(c.OutW*c.COut))
	}
	return rows, pixels
}

// all computes all panels. A panel's weights stay in the cache while the whole map passes.
func (c *Conv) all(dst, src, w, bias []float32) {
	for p := c.pixel(dst, src, w, bias); p < c.Panels(); {
		p += c.panels(dst[p*Panel:], src, w[p*c.K()*Panel:], bias[p*Panel:], c.COut-p*Panel)
	}
}

// output describes the destination.
func (c *Conv) output() Map {
	return Map{H: c.OutH, W: c.OutW, C: c.COut, RowStride: c.DstW * c.DstStride, Stride: c.DstStride}
}

// flat is the same convolution as one long row where every pixel by itself is a product and the
// rows follow each other without a border: no row ends in a narrow tile.
func (c *Conv) flat() Conv {
	f := *c
	if c.KH == 1 && c.KW == 1 && c.Step == 1 && c.SrcW == c.OutW && c.DstW == c.OutW {
		f.OutW, f.OutH = c.OutW*c.OutH, 1
	}
	return f
}

// portablePanel computes all pixels of one panel. It is the definition, which the assembly must
// equal bit for bit.
func (c *Conv) portablePanel(dst, src, w, bias []float32, lanes int) {
	for y := range c.OutH {
		c.portableRow(dst[y*c.DstW*c.DstStride:], src[y*c.Step*c.SrcW*c.SrcStride:], w, bias, lanes)
	}
}

// portableRow computes one row of output pixels of one panel.
func (c *Conv) portableRow(dst, src, w, bias []float32, lanes int) {
	run := c.KW * c.SrcStride
	x := 0
	for ; x+1 < c.OutW; x += 2 {
		pixels2(dst[x*c.DstStride:], c.DstStride, lanes, src[x*c.Step*c.SrcStride:], c.Step*c.SrcStride, c.SrcW*c.SrcStride, c.KH, run, w, bias, c.Act)
	}
	if x < c.OutW {
		pixels1(dst[x*c.DstStride:], lanes, src[x*c.Step*c.SrcStride:], c.SrcW*c.SrcStride, c.KH, run, w, bias, c.Act)
	}
}

// pixels1 computes one output pixel of one panel: kh runs of the source, each rowStride after the
// other.
func pixels1(dst []float32, lanes int, src []float32, rowStride, kh, run int, w, bias []float32, act Activation) {
	s := [Panel]float32(bias)
	for ky := range kh {
		for i, a := range src[ky*rowStride : ky*rowStride+run] {
			v := (*[Panel]float32)(w[(ky*run+i)*Panel:])
			for j := range v {
				s[j] += float32(a * v[j])
			}
		}
	}
	store(dst, &s, lanes, act)
}

// pixels2 computes two neighbouring output pixels of one panel, four channels at a time: eight sums
// stay in registers, each weight that is loaded is used twice, and four steps of the sum (strides
// are multiples of 4) share their bounds checks. The order of every sum is that of pixels1.
func pixels2(dst []float32, dstStride, lanes int, src []float32, step, rowStride, kh, run int, w, bias []float32, act Activation) {
	var s0, s1 [Panel]float32
	for h := 0; h < Panel; h += 4 {
		b := (*[4]float32)(bias[h:])
		a0, a1, a2, a3 := b[0], b[1], b[2], b[3]
		b0, b1, b2, b3 := a0, a1, a2, a3
		for ky := range kh {
			p := src[ky*rowStride : ky*rowStride+run]
			q := src[ky*rowStride+step : ky*rowStride+step+run]
			wk := w[ky*run*Panel+h:]
			for i := 0; i+3 < len(p); i += 4 {
				u := (*[4]float32)(p[i:])
				v := (*[4]float32)(q[i:])
				t := (*[3*Panel + 4]float32)(wk[i*Panel:])
				a0 += float32(u[0] * t[0])
				b0 += float32(v[0] * t[0])
				a1 += float32(u[0] * t[1])
				b1 += float32(v[0] * t[1])
				a2 += float32(u[0] * t[2])
				b2 += float32(v[0] * t[2])
				a3 += float32(u[0] * t[3])
				b3 += float32(v[0] * t[3])
				a0 += float32(u[1] * t[8])
				b0 += float32(v[1] * t[8])
				a1 += float32(u[1] * t[9])
				b1 += float32(v[1] * t[9])
				a2 += float32(u[1] * t[10])
				b2 += float32(v[1] * t[10])
				a3 += float32(u[1] * t[11])
				b3 += float32(v[1] * t[11])
				a0 += float32(u[2] * t[16])
				b0 += float32(v[2] * t[16])
				a1 += float32(u[2] * t[17])
				b1 += float32(v[2] * t[17])
				a2 += float32(u[2] * t[18])
				b2 += float32(v[2] * t[18])
				a3 += float32(u[2] * t[19])
				b3 += float32(v[2] * t[19])
				a0 += float32(u[3] * t[24])
				b0 += float32(v[3] * t[24])
				a1 += float32(u[3] * t[25])
				b1 += float32(v[3] * t[25])
				a2 += float32(u[3] * t[26])
				b2 += float32(v[3] * t[26])
				a3 += float32(u[3] * t[27])
				b3 += float32(v[3] * t[27])
			}
		}
		s0[h], s0[h+1], s0[h+2], s0[h+3] = a0, a1, a2, a3
		s1[h], s1[h+1], s1[h+2], s1[h+3] = b0, b1, b2, b3
	}
	store(dst, &s0, lanes, act)
	store(dst[dstStride:], &s1, lanes, act)
}

// store stores values within the limits of an activation.
func store(dst []float32, s *[Panel]float32, lanes int, act Activation) {
	floor, ceiling, _ := act.limits()
	for j, v := range s[:lanes] {
		dst[j] = limit(v, floor, ceiling)
	}
}

// limit leaves a NaN, and a zero's sign.
func limit(v, floor, ceiling float32) float32 {
	if v < floor {
		v = floor
	}
	if v > ceiling {
		v = ceiling
	}
	return v
}
