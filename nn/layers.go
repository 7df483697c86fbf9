package nn

import "sescope/kernels"

// Layer is one step of a planned network; several layers of the spec may be fused into one. It is
// immutable after Load.
type Layer interface {
	Name() string                         // of the last spec layer in it
	Out() Shape                           // of its output
	Border() int                          // zeros that it wants around its input
	Forward(dst, src *Tensor, s *Session) // cannot fail: Load checked everything
}

// headLayer is a Layer between the last SE block and the logits. Backward turns grad, the gradient
// of a logit at the layer's output, into dst, the gradient at its input; src and out are what
// Forward read and wrote in session s.
type headLayer interface {
	Layer
	Backward(dst, grad, src, out *Tensor, s *Session)
}

type base struct {
	name string
	out  Shape
}

func (b base) Name() string { return b.name }
func (b base) Out() Shape   { return b.out }
func (b base) Border() int  { return 0 }

func (t *Tensor) layout() kernels.Map {
	return kernels.Map{H: t.H, W: t.W, C: t.C, RowStride: (t.W + 2*t.Pad) * t.Stride, Stride: t.Stride}
}

// pixels is the data from pixel (0,0) on.
func (t *Tensor) pixels() []float32 { return t.Data[t.Offset(0, 0):] }

// SIMD tells whether this build computes convolutions in SIMD assembly.
var SIMD = kernels.SIMD

// convLayer is a convolution or a fully connected layer with a folded batch norm and a fused
// activation.
type convLayer struct {
	base
	kernel, stride int
	pads           kernels.Pads
	groups, in     int
	algorithm      string
	act            kernels.Activation
	w, bias        []float32 // packed as the algorithm wants them: see planner.conv
}

func (l *convLayer) Border() int { return border(l.pads) }

func (l *convLayer) Forward(dst, src *Tensor, s *Session) {
	c, in := l.geometry(dst, src), src.Data[src.Offset(-l.pads.Top, -l.pads.Left):]
	switch l.algorithm {
	case "winograd":
		g := kernels.Winograd(c)
		g.Run(dst.pixels(), in, l.w, l.bias, s.scratch)
	case "depthwise":
		d := kernels.Depthwise(c)
		d.Run(dst.pixels(), in, l.w, l.bias)
	case "grouped":
		c.Grouped(dst.pixels(), in, l.w, l.bias, kernels.Groups{Groups: l.groups, CIn: l.in, COut: l.out.C})
	default:
		c.Run(dst.pixels(), in, l.w, l.bias)
	}
}

func (l *convLayer) geometry(dst, src *Tensor) kernels.Conv {
	return kernels.Conv{
		SrcW: src.W + 2*src.Pad, SrcStride: src.Stride, DstW: dst.W + 2*dst.Pad, DstStride: dst.Stride,
		OutH: dst.H, OutW: dst.W, COut: dst.C, KH: l.kernel, KW: l.kernel, Step: l.stride, Act: l.act,
	}
}

// useWinograd tells whether a convolution runs as Winograd F(4x4,3x3). Measured in Chromium it is
// 1.3 (3 to 8 channels) to 3.6 times faster than the direct kernel on maps from 3x3 on, where it is
// 1.5 times; on 2x2 it takes twice the time.
func useWinograd(kernel, stride int, pads kernels.Pads, out Shape) bool {
	return kernel == 3 && stride == 1 && pads == kernels.Same(1) && out.H >= 3 && out.W >= 3
}

// Backward of a fully connected layer: dst[i] = sum over o of w[o][i] grad[o], where the ReLU let o
// pass.
func (l *convLayer) Backward(dst, grad, _, out *Tensor, _ *Session) {
	clear(dst.Data)
	k := len(l.w) / len(l.bias)
	for p := 0; p < l.out.C; p += kernels.Panel {
		var g [kernels.Panel]float32 // of the panel's outputs
		for j := range min(kernels.Panel, l.out.C-p) {
			if l.act != kernels.ReLU || out.Data[p+j] > 0 {
				g[j] = grad.Data[p+j]
			}
		}
		if g == [kernels.Panel]float32{} {
			continue
		}
		w := l.w[p*k : (p+kernels.Panel)*k]
		for i := range dst.Data[:dst.C] {
			v := (*[kernels.Panel]float32)(w[i*kernels.Panel:])
			dst.Data[i] += v[0]*g[0] + v[1]*g[1] + v[2]*g[2] + v[3]*g[3] + v[4]*g[4] + v[5]*g[5] + v[6]*g[6] + v[7]*g[7]
		}
	}
}

// weight is that of a fully connected layer from input i to output o: see kernels.Pack.
func (l *convLayer) weight(o, i int) float32 {
	k := len(l.w) / len(l.bias)
	return l.w[(o/kernels.Panel*k+i)*kernels.Panel+o%kernels.Panel]
}

// addLayer is the sum of a residual connection, with the ReLU behind it if nobody needs the sum.
type addLayer struct {
	base
	with int // the layer whose output is added to the source
	relu bool
}

func (l *addLayer) Forward(dst, src *Tensor, s *Session) {
	other := s.at(l.with)
	kernels.Add(dst.pixels(), dst.layout(), src.pixels(), src.layout(), other.pixels(), other.layout(), l.relu)
}

// affineLayer is a batch norm that was not folded (the convolution's own output is kept for the
// channel activation) with its ReLU.
type affineLayer struct {
	base
	scale, shift []float32
	relu         bool
}

func (l *affineLayer) Forward(dst, src *Tensor, _ *Session) {
	kernels.Affine(dst.pixels(), dst.layout(), src.pixels(), src.layout(), l.scale, l.shift, l.relu)
}

func (l *affineLayer) Backward(dst, grad, _, out *Tensor, _ *Session) {
	for y := range out.H {
		for x := range out.W {
			o, g, d := out.Offset(y, x), grad.Offset(y, x), dst.Offset(y, x)
			for c, scale := range l.scale {
				v := grad.Data[g+c] * scale
				if l.relu && !(out.Data[o+c] > 0) {
					v = 0
				}
				dst.Data[d+c] = v
			}
		}
	}
}

// activationLayer is an activation that is not part of another layer.
type activationLayer struct {
	base
	act kernels.Activation
}

func (l *activationLayer) Forward(dst, src *Tensor, _ *Session) {
	l.act.Map(dst.pixels(), dst.layout(), src.pixels(), src.layout())
}

func (l *activationLayer) Backward(dst, grad, src, _ *Tensor, _ *Session) {
	for y := range src.H {
		for x := range src.W {
			o, g, d := src.Offset(y, x), grad.Offset(y, x), dst.Offset(y, x)
			for c := range src.C {
				dst.Data[d+c] = grad.Data[g+c] * l.act.Derivative(src.Data[o+c])
			}
		}
	}
}

type poolLayer struct {
	base
	window  kernels.Window
	average bool
}

func (l *poolLayer) Forward(dst, src *Tensor, _ *Session) {
	if l.average {
		l.window.Average(dst.pixels(), dst.layout(), src.pixels(), src.layout())
		return
	}
	l.window.Max(dst.pixels(), dst.layout(), src.pixels(), src.layout())
}

// Backward sends each gradient to the first largest value of its window in row order, as PyTorch
// does, or in equal parts to all of it.
func (l *poolLayer) Backward(dst, grad, src, out *Tensor, _ *Session) {
	clear(dst.Data)
	for y := range out.H {
		top, bottom := l.window.Rows(y, src.H)
		for x := range out.W {
			left, right := l.window.Columns(x, src.W)
			part := l.window.Share(y, x, src.H, src.W)
			for c := range out.C {
				g, best := grad.At(y, x, c), src.Offset(top, left)+c
				for sy := top; sy < bottom; sy++ {
					for sx := left; sx < right; sx++ {
						if o := src.Offset(sy, sx) + c; l.average {
							dst.Data[dst.Offset(sy, sx)+c] += g * part
						} else if src.Data[o] > src.Data[best] {
							best = o
						}
					}
				}
				if !l.average {
					sy, sx, sc := src.position(best)
					dst.Data[dst.Offset(sy, sx)+sc] += g
				}
			}
		}
	}
}

// position inverts Offset.
func (t *Tensor) position(o int) (y, x, c int) {
	w := t.W + 2*t.Pad
	return o/t.Stride/w - t.Pad, o/t.Stride%w - t.Pad, o % t.Stride
}

type meanLayer struct{ base }

func (l *meanLayer) Forward(dst, src *Tensor, _ *Session) {
	kernels.Mean(dst.Data[:l.out.C], src.pixels(), src.layout())
}

func (l *meanLayer) Backward(dst, grad, _, _ *Tensor, _ *Session) {
	scale := 1 / float32(dst.H*dst.W)
	for y := range dst.H {
		for x := range dst.W {
			for c, g := range grad.Data[:dst.C] {
				dst.Data[dst.Offset(y, x)+c] = g * scale
			}
		}
	}
}

// flattenLayer keeps HWC order and drops border and padding; the weights of the next Linear are
// reordered at load from PyTorch's channel-major order.
type flattenLayer struct{ base }

func (l *flattenLayer) Forward(dst, src *Tensor, _ *Session) {
	for y := range src.H {
		for x := range src.W {
			copy(dst.Data[(y*src.W+x)*src.C:][:src.C], src.Data[src.Offset(y, x):])
		}
	}
}

func (l *flattenLayer) Backward(dst, grad, _, _ *Tensor, _ *Session) {
	for y := range dst.H {
		for x := range dst.W {
			copy(dst.Data[dst.Offset(y, x):][:dst.C], grad.Data[(y*dst.W+x)*dst.C:])
		}
	}
}
