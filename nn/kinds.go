package nn

import (
	"fmt"

	"sescope/kernels"
)

// kind is a kind of layer that the planner makes by itself: no other layer is fused with it.
type kind struct {
	describe  func(info *LayerInfo, in, with Shape, parts []Shape) error // checks the spec's line and sets the output's shape
	load      func(p *planner, l LayerInfo, planned func(int) int) (Layer, error)
	pointwise bool // every value comes from the same place of the input: see pointwise
	function  bool // of single values, so that it may stand in the head
	anyOrder  bool // it may read a flattened map: no weight belongs to a place
}

// kinds are the kinds by their op in a spec.
var kinds = map[string]kind{
	"max": {
		describe: func(info *LayerInfo, in, _ Shape, _ []Shape) error {
			info.Shape = Shape{1, 1, in.C}
			return nil
		},
		load: func(_ *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			return &maxLayer{base{l.Name, l.Shape}}, nil
		},
	},
	"pad": {
		describe: func(info *LayerInfo, in, _ Shape, _ []Shape) error {
			p := info.pads()
			info.Shape = Shape{in.H + p.Top + p.Bottom, in.W + p.Left + p.Right, in.C}
			return nil
		},
		load: func(_ *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			return &padLayer{base{l.Name, l.Shape}, l.pads()}, nil
		},
	},
	"mul": {describe: describeMul, load: loadMul, pointwise: true},
	"concat": {
		describe: describeConcat,
		load: func(_ *planner, l LayerInfo, planned func(int) int) (Layer, error) {
			layer := &concatLayer{base: base{l.Name, l.Shape}}
			for _, i := range l.parts {
				layer.parts = append(layer.parts, planned(i))
			}
			return layer, nil
		},
	},
	"slice": {
		describe: func(info *LayerInfo, in, _ Shape, _ []Shape) error {
			l := info.LayerSpec
			if l.Start < 0 || l.Out < 1 || l.Start > in.C-l.Out {
				return fmt.Errorf("%d channels from channel %d on, expected some of %d", l.Out, l.Start, in.C)
			}
			info.Shape = Shape{in.H, in.W, l.Out}
			return nil
		},
		load: func(_ *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			from := make([]int, l.Shape.C)
			for c := range from {
				from[c] = l.Start + c
			}
			return &channelsLayer{base{l.Name, l.Shape}, from}, nil
		},
	},
	"shuffle": {
		describe: func(info *LayerInfo, in, _ Shape, _ []Shape) error {
			if info.Groups < 1 || in.C%info.Groups != 0 {
				return fmt.Errorf("%d groups, expected a number that divides %d channels", info.Groups, in.C)
			}
			return nil
		},
		load: func(_ *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			from, each := make([]int, l.Shape.C), l.Shape.C/l.Groups
			for c := range from {
				from[c] = c%l.Groups*each + c/l.Groups
			}
			return &channelsLayer{base{l.Name, l.Shape}, from}, nil
		},
	},
	"leakyrelu": {describe: same, pointwise: true, function: true, anyOrder: true,
		load: func(_ *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			return &slopeLayer{base{l.Name, l.Shape}, []float32{l.Slope}}, nil
		}},
	"prelu": {pointwise: true, function: true,
		describe: func(info *LayerInfo, in, _ Shape, _ []Shape) error {
			info.Params = in.C
			return nil
		},
		load: func(p *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			n := l.Shape.C
			if t := p.file.Lookup(l.Name + ".weight"); t != nil && len(t.Shape) == 1 && t.Shape[0] == 1 {
				n = 1
			}
			slopes, err := p.tensor(l.Name+".weight", n)
			return &slopeLayer{base{l.Name, l.Shape}, slopes}, err
		}},
	"elu": {describe: same, pointwise: true, function: true, anyOrder: true,
		load: func(_ *planner, l LayerInfo, _ func(int) int) (Layer, error) {
			return &eluLayer{base{l.Name, l.Shape}, l.Slope}, nil
		}},
}

// same is the description of a layer whose output has its input's shape.
func same(*LayerInfo, Shape, Shape, []Shape) error { return nil }

func describeMul(info *LayerInfo, in, with Shape, _ []Shape) error {
	if info.With == "" || with != in && with != (Shape{1, 1, in.C}) && with != (Shape{in.H, in.W, 1}) {
		return fmt.Errorf("%dx%dx%d with %q of %dx%dx%d, expected the name of an earlier layer of that shape, 1x1x%d or %dx%dx1",
			in.H, in.W, in.C, info.With, with.H, with.W, with.C, in.C, in.H, in.W)
	}
	info.MACs = in.C * in.H * in.W
	return nil
}

func loadMul(_ *planner, l LayerInfo, planned func(int) int) (Layer, error) {
	return &mulLayer{base{l.Name, l.Shape}, planned(l.with)}, nil
}

func describeConcat(info *LayerInfo, _, _ Shape, parts []Shape) error {
	if len(parts) == 0 {
		return fmt.Errorf("no parts, expected the names of earlier layers")
	}
	info.Shape = Shape{parts[0].H, parts[0].W, 0}
	for i, s := range parts {
		if s.H != info.Shape.H || s.W != info.Shape.W {
			return fmt.Errorf("part %q is %dx%d, expected %dx%d like the first", info.Parts[i], s.H, s.W, info.Shape.H, info.Shape.W)
		}
		info.Shape.C += s.C
	}
	return nil
}

// maxLayer is the largest value of every channel.
type maxLayer struct{ base }

func (l *maxLayer) Forward(dst, src *Tensor, _ *Session) { maxOf(dst, src) }

// maxOf is: dst[c] = max over y, x of src[y][x][c].
func maxOf(dst, src *Tensor) {
	if src.H == src.W {
		whole := kernels.Window{Size: src.H, Step: src.H}
		whole.Max(dst.pixels(), dst.layout(), src.pixels(), src.layout())
		return
	}
	copy(dst.Data[:src.C], src.pixels())
	for y := range src.H {
		for x := range src.W {
			for c, v := range src.Data[src.Offset(y, x):][:src.C] {
				if v > dst.Data[c] {
					dst.Data[c] = v
				}
			}
		}
	}
}

// Backward sends each gradient to the first largest value.
func (l *maxLayer) Backward(dst, grad, src, out *Tensor, _ *Session) {
	clear(dst.Data)
	for c := range src.C {
	search:
		for y := range src.H {
			for x := range src.W {
				if src.At(y, x, c) == out.Data[c] {
					dst.Data[dst.Offset(y, x)+c] = grad.Data[c]
					break search
				}
			}
		}
	}
}

// padLayer puts zeros around a map.
type padLayer struct {
	base
	pads kernels.Pads
}

func (l *padLayer) Forward(dst, src *Tensor, _ *Session) {
	for y := range src.H { // the rest of dst stays zero
		for x := range src.W {
			copy(dst.Data[dst.Offset(y+l.pads.Top, x+l.pads.Left):], src.Data[src.Offset(y, x):][:src.C])
		}
	}
}

// concatLayer joins the channels of several maps.
type concatLayer struct {
	base
	parts []int
}

func (l *concatLayer) Forward(dst, _ *Tensor, s *Session) {
	first := 0
	for _, i := range l.parts {
		src := s.at(i)
		for y := range src.H {
			for x := range src.W {
				copy(dst.Data[dst.Offset(y, x)+first:], src.Data[src.Offset(y, x):][:src.C])
			}
		}
		first += src.C
	}
}

// channelsLayer picks channels: channel c of its output is channel from[c] of its input.
type channelsLayer struct {
	base
	from []int
}

func (l *channelsLayer) Forward(dst, src *Tensor, _ *Session) {
	for y := range src.H {
		for x := range src.W {
			out, in := dst.Data[dst.Offset(y, x):][:dst.C], src.Data[src.Offset(y, x):][:src.C]
			for c, f := range l.from {
				out[c] = in[f]
			}
		}
	}
}

// mulLayer multiplies with another map, with a gate for each channel or with one for each place. It
// knows nothing about how these came about.
type mulLayer struct {
	base
	with int
}

func (l *mulLayer) Forward(dst, src *Tensor, s *Session) { l.times(dst, src, s.at(l.with)) }

func (l *mulLayer) times(dst, src, by *Tensor) {
	d, s := dst.layout(), src.layout()
	switch {
	case by.C != src.C:
		kernels.ScalePixels(dst.pixels(), d, src.pixels(), s, by.pixels(), by.layout())
	case by.H == 1 && by.W == 1:
		kernels.Scale(dst.pixels(), d, src.pixels(), s, by.row())
	default:
		for y := range src.H {
			for x := range src.W {
				out, in := dst.Data[dst.Offset(y, x):][:src.C], src.Data[src.Offset(y, x):][:src.C]
				for c, v := range by.Data[by.Offset(y, x):][:src.C] {
					out[c] = in[c] * v
				}
			}
		}
	}
}

// Backward takes the factors for given, as it does an attention block's gates.
func (l *mulLayer) Backward(dst, grad, _, _ *Tensor, s *Session) { l.times(dst, grad, s.at(l.with)) }

// slopeLayer is leaky ReLU, with one slope for negative values or one for each channel.
type slopeLayer struct {
	base
	slopes []float32
}

func (l *slopeLayer) each(dst, src, values *Tensor) {
	for y := range src.H {
		for x := range src.W {
			out, in := dst.Data[dst.Offset(y, x):][:src.C], values.Data[values.Offset(y, x):][:src.C]
			from, slope := src.Data[src.Offset(y, x):][:src.C], l.slopes[0]
			for c, v := range in {
				if len(l.slopes) > 1 {
					slope = l.slopes[c]
				}
				if !(v > 0) {
					out[c] = from[c] * slope
				} else {
					out[c] = from[c]
				}
			}
		}
	}
}

func (l *slopeLayer) Forward(dst, src *Tensor, _ *Session) { l.each(dst, src, src) }

func (l *slopeLayer) Backward(dst, grad, src, _ *Tensor, _ *Session) { l.each(dst, grad, src) }

// eluLayer is ELU: x, or alpha (exp(x) - 1) for negative values.
type eluLayer struct {
	base
	alpha float32
}

func (l *eluLayer) Forward(dst, src *Tensor, _ *Session) {
	for y := range src.H {
		for x := range src.W {
			out := dst.Data[dst.Offset(y, x):][:src.C]
			for c, v := range src.Data[src.Offset(y, x):][:src.C] {
				if out[c] = v; !(v > 0) {
					out[c] = l.alpha * expm1(v)
				}
			}
		}
	}
}

func (l *eluLayer) Backward(dst, grad, _, out *Tensor, _ *Session) {
	for y := range out.H {
		for x := range out.W {
			to, g := dst.Data[dst.Offset(y, x):][:out.C], grad.Data[grad.Offset(y, x):][:out.C]
			for c, v := range out.Data[out.Offset(y, x):][:out.C] {
				if to[c] = g[c]; !(v > 0) {
					to[c] *= v + l.alpha
				}
			}
		}
	}
}
