package kernels

//go:generate go run ./gen depthwise_wasm.s
//go:generate go run ./gen depthwise_amd64.s

import "fmt"

// Depthwise is a convolution whose every channel has a kernel of its own: groups = input channels =
// output channels in PyTorch's words. The fields mean what they mean in Conv, and COut is the
// number of channels.
type Depthwise Conv

// PackDepthwise lays PyTorch's [C][1][KH][KW] weights out as [C/n][KH][KW][n] with zeros for the
// lanes beyond c, where n is 4 or, with AVX2, 8.
func PackDepthwise(w []float32, c, kh, kw int) []float32 {
	k := kh * kw
	if len(w) != c*k {
		panic(fmt.Sprintf("kernels.PackDepthwise: %d weights for %dx1x%dx%d", len(w), c, kh, kw))
	}
	out := make([]float32, (c+depthwisePanel-1)/depthwisePanel*depthwisePanel*k)
	for i, v := range w {
		o, t := i/k, i%k
		out[(o/depthwisePanel*k+t)*depthwisePanel+o%depthwisePanel] = v
	}
	return out
}

// Run is: dst[y][x][c] = bias[c] + sum over ky, kx of src[y*Step+ky][x*Step+kx][c] * w[c][ky][kx],
// and Act of it.
//
// src and dst begin where Conv.Run wants them to. w comes from PackDepthwise and bias from
// PackBias. The sum runs in the order ky, kx, starting from the bias. Lanes COut..DstStride-1 of a
// pixel are left as they are.
func (d *Depthwise) Run(dst, src, w, bias []float32) {
	needSrc := ((d.OutH-1)*d.Step+d.KH-1)*d.SrcW*d.SrcStride + ((d.OutW-1)*d.Step+d.KW-1)*d.SrcStride + d.COut
	needDst := ((d.OutH-1)*d.DstW+d.OutW-1)*d.DstStride + d.COut
	needW := (d.COut + depthwisePanel - 1) / depthwisePanel * depthwisePanel * d.KH * d.KW
	if len(src) < needSrc || len(dst) < needDst || len(w) != needW || len(bias) < d.COut || d.SrcStride < d.COut || d.DstStride < d.COut || d.Step < 1 {
		panic(fmt.Sprintf("kernels.Depthwise.Run: src %d (needs %d), dst %d (needs %d), weights %d (needs %d), bias %d, strides %d and %d for %d channels, kernel %dx%d, step %d",
			len(src), needSrc, len(dst), needDst, len(w), needW, len(bias), d.SrcStride, d.DstStride, d.COut, d.KH, d.KW, d.Step))
	}
	_, _, rest := d.Act.limits()
	row := (*Conv)(d).output()
	row.H = 1
	for y := range d.OutH {
		to, from := dst[y*d.DstW*d.DstStride:], src[y*d.Step*d.SrcW*d.SrcStride:]
		d.portableRow(to, from, w, bias, d.rowVectors(to, from, w, bias))
		if rest != Identity { // while the row is in the cache
			rest.Map(to, row, to, row)
		}
	}
}

// portableRow computes the channels of one row of output pixels from one on, a multiple of 4. It is
// the definition, which the assembly must equal bit for bit.
func (d *Depthwise) portableRow(dst, src, w, bias []float32, from int) {
	floor, ceiling, _ := d.Act.limits()
	for c := from; c < d.COut; {
		first := c % depthwisePanel // lane of the panel
		w := w[(c-first)*d.KH*d.KW:]
		lanes := min(depthwisePanel-first, d.COut-c)
		for x := range d.OutW {
			var sum [depthwisePanel]float32
			copy(sum[:lanes], bias[c:])
			for ky := range d.KH {
				for kx := range d.KW {
					v := src[(ky*d.SrcW+x*d.Step+kx)*d.SrcStride+c:][:lanes]
					t := w[(ky*d.KW+kx)*depthwisePanel+first:][:lanes]
					for j, v := range v {
						sum[j] += float32(v * t[j])
					}
				}
			}
			for j, v := range sum[:lanes] {
				dst[x*d.DstStride+c+j] = limit(v, floor, ceiling)
			}
		}
		c += lanes
	}
}
