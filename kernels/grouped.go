package kernels

import "fmt"

// Grouped is a convolution in groups: the output channels of a group read the input channels of the same group only, in of them each. w is PyTorch's
// [COut][in][KH][KW]; the sum runs in its order, starting from the bias. src and dst are what they are for Run. It is plain Go on every platform.
func (c *Conv) Grouped(dst, src, w, bias []float32, groups, in int) {
	c.checkGrouped(dst, src, w, bias, c.COut*in*c.KH*c.KW)
	if groups < 1 || c.COut%groups != 0 || groups*in > c.SrcStride {
		panic(fmt.Sprintf("kernels.Conv.Grouped: %d groups of %d input channels for %d output channels and stride %d", groups, in, c.COut, c.SrcStride))
	}
	k := in * c.KH * c.KW
	for y := range c.OutH {
		for x := range c.OutW {
			for o := range c.COut {
				sum, wo := bias[o], w[o*k:(o+1)*k]
				from := src[(y*c.Step*c.SrcW+x*c.Step)*c.SrcStride+o/(c.COut/groups)*in:]
				for i := range in {
					for ky := range c.KH {
						for kx := range c.KW {
							sum += float32(from[(ky*c.SrcW+kx)*c.SrcStride+i] * wo[(i*c.KH+ky)*c.KW+kx])
						}
					}
				}
				if c.ReLU {
					sum = ReLU.Of(sum)
				}
				dst[(y*c.DstW+x)*c.DstStride+o] = sum
			}
		}
	}
}

func (c *Conv) checkGrouped(dst, src, w, bias []float32, weights int) {
	needSrc := ((c.OutH-1)*c.Step+c.KH-1)*c.SrcW*c.SrcStride + ((c.OutW-1)*c.Step+c.KW-1)*c.SrcStride + 1
	needDst := ((c.OutH-1)*c.DstW+c.OutW-1)*c.DstStride + c.COut
	if len(src) < needSrc || len(dst) < needDst || len(w) != weights || len(bias) != c.COut || c.DstStride < c.COut || c.Step < 1 {
		panic(fmt.Sprintf("kernels.Conv.Grouped: src %d (needs %d), dst %d (needs %d), weights %d (needs %d), bias %d (needs %d), stride %d, step %d",
			len(src), needSrc, len(dst), needDst, len(w), weights, len(bias), c.COut, c.DstStride, c.Step))
	}
}
