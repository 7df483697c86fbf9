package nn

import (
	"fmt"
	"slices"

	"sescope/kernels"
)

// Spatial is the account of one block of spatial attention, the second half of CBAM (Woo et al.
// 2018, arXiv:1807.06521): every place of a map is multiplied by a number that depends on what its
// channels, and those of the places around it, say. Lists are row by row.
type Spatial struct {
	Layer    string `json:"layer"`
	Map      Shape  `json:"map"`      // the feature map that it scales
	Block    int    `json:"block"`    // the channel attention that it reads, as in Trace.Gates; -1 for none
	Kernel   int    `json:"kernel"`   // of the convolution, odd, with a border of zeros
	Function string `json:"function"` // "sigmoid" or "hardsigmoid": Scale = Function(Logits)

	Mean   []float32 `json:"-"` // H x W: over the channels of each place
	Max    []float32 `json:"-"` // H x W
	Logits []float32 `json:"-"` // H x W: Bias + the convolution of Mean and Max with Weights
	Scale  []float32 `json:"-"` // H x W, 0..1

	Weights []float32 `json:"-"` // 2 x Kernel x Kernel: for Mean, then for Max, a batch norm folded in
	Bias    float32   `json:"bias"`

	lanes          []float32 // scratch
	pooled, logits *Tensor   // Mean and Max as two channels, and Logits, as the convolution wants them
}

// spatialLayer is a block of spatial attention.
type spatialLayer struct {
	base
	conv     convLayer // of two channels into one, without its gate function
	weights  []float32
	function string
	index    int // of the block, as in Trace.Spatial
	block    int // of the channel attention in front, or -1
}

func describeSpatial(info *LayerInfo, in Shape) error {
	l := info.LayerSpec
	if !slices.Contains(gateFunctions, l.gate()) {
		return unsupported("gate", l.Gate, gateFunctions...)
	}
	if l.Kernel < 1 || l.Kernel%2 == 0 || l.Kernel > maxInput || l.Conv == "" {
		return fmt.Errorf("conv %q, kernel %d, expected the name of a Conv2d and an odd kernel", l.Conv, l.Kernel)
	}
	if l.Norm != "" && !(l.Eps > 0) {
		return fmt.Errorf("eps %v of its batch norm, expected more than 0", l.Eps)
	}
	k := 2 * l.Kernel * l.Kernel
	info.Params = k
	if l.Bias {
		info.Params++
	}
	if l.Norm != "" {
		info.Params += 2
	}
	info.MACs = (k + in.C) * in.H * in.W
	info.packedSize = 2 * k * kernels.Panel // two channels lie in lanes of four
	return nil
}

// spatial plans a block of spatial attention that reads the planned layer source.
func (p *planner) spatial(l LayerInfo, source int) (Layer, error) {
	conv := LayerInfo{LayerSpec: LayerSpec{Op: "conv", Name: l.Conv, In: 2, Out: 1, Kernel: l.Kernel, Bias: l.Bias}}
	group := []LayerInfo{conv}
	if l.Norm != "" {
		group = append(group, LayerInfo{LayerSpec: LayerSpec{Op: "batchnorm", Name: l.Norm, Eps: l.Eps}, Shape: Shape{C: 1}})
	}
	w, bias, err := p.folded(group)
	if err != nil {
		return nil, err
	}
	if l.MaxFirst {
		half := l.Kernel * l.Kernel
		w = slices.Concat(w[half:], w[:half])
	}
	layer := &spatialLayer{base: base{l.Name, l.Shape}, weights: w, function: l.gate(), index: p.model.spatials, block: -1}
	layer.conv = convLayer{base: base{l.Name, Shape{l.Shape.H, l.Shape.W, 1}}, kernel: l.Kernel, stride: 1, pads: kernels.Same(l.Kernel / 2), groups: 1, in: 2,
		algorithm: "direct", w: kernels.Pack(w, 1, 2, l.Kernel, l.Kernel, 4), bias: kernels.PackBias(bias, 1)}
	if l.Shape.H > 1 {
		p.model.lastPlaces = p.model.spatials
	}
	p.model.spatials++
	if source != picture {
		if front, ok := p.model.layers[source].(*attentionLayer); ok {
			layer.block = front.index
		}
	}
	return layer, nil
}

// open makes the buffers of a session's block.
func (l *spatialLayer) open() Spatial {
	n := l.out.H * l.out.W
	list := func() []float32 { return make([]float32, n) }
	return Spatial{Layer: l.name, Map: l.out, Block: l.block, Kernel: l.conv.kernel, Function: l.function,
		Mean: list(), Max: list(), Logits: list(), Scale: list(), Weights: l.weights, Bias: l.conv.bias[0],
		lanes: make([]float32, 8*l.out.W), pooled: NewTensor(Shape{l.out.H, l.out.W, 2}, l.conv.Border()), logits: NewTensor(l.conv.out, 0)}
}

func (l *spatialLayer) Forward(dst, src *Tensor, s *Session) {
	b := &s.trace.Spatial[l.index]
	l.weigh(b, src)
	places := kernels.Map{H: l.out.H, W: l.out.W, C: 1, RowStride: l.out.W, Stride: 1}
	kernels.ScalePixels(dst.pixels(), dst.layout(), src.pixels(), src.layout(), b.Scale, places)
}

// weigh fills an account.
func (l *spatialLayer) weigh(b *Spatial, src *Tensor) {
	kernels.Across(b.pooled.pixels(), b.pooled.layout(), src.pixels(), src.layout(), b.lanes)
	b.pooled.Channel(0, b.Mean)
	b.pooled.Channel(1, b.Max)
	l.conv.Forward(b.logits, b.pooled, nil) // directly: only Winograd needs a session
	b.logits.Channel(0, b.Logits)
	apply(activations[l.function], b.Scale, b.Logits)
}

// Backward: out = src x f(conv(mean, max)), so that a place's gradient is its own, scaled, and what
// its mean and its largest channel, the first among equals, do to the places around it.
func (l *spatialLayer) Backward(dst, grad, src, _ *Tensor, _ *Session) {
	b := l.open()
	l.weigh(&b, src)
	h, w, half := src.H, src.W, l.conv.kernel/2
	logit := make([]float32, h*w) // d / d Logits
	for i := range logit {
		g, x := grad.Data[grad.Offset(i/w, i%w):][:src.C], src.Data[src.Offset(i/w, i%w):]
		logit[i] = dot(g, x) * activations[l.function].Derivative(b.Logits[i])
	}
	for y := range h {
		for x := range w {
			var mean, largest float32 // d / d Mean, d / d Max: the convolution the other way
			for ky := range l.conv.kernel {
				for kx := range l.conv.kernel {
					oy, ox := y+half-ky, x+half-kx
					if oy < 0 || ox < 0 || oy >= h || ox >= w {
						continue
					}
					k := ky*l.conv.kernel + kx
					mean += l.weights[k] * logit[oy*w+ox]
					largest += l.weights[l.conv.kernel*l.conv.kernel+k] * logit[oy*w+ox]
				}
			}
			from, g, to := src.Data[src.Offset(y, x):][:src.C], grad.Data[grad.Offset(y, x):], dst.Data[dst.Offset(y, x):]
			scale, share := b.Scale[y*w+x], mean/float32(src.C)
			for c := range from {
				to[c] = g[c]*scale + share
			}
			to[Largest(from)] += largest
		}
	}
}
