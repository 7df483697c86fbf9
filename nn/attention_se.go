package nn

import (
	"cmp"
	"fmt"
	"slices"

	"sescope/kernels"
)

// twoLayers are the fully connected layers of SE and of CBAM's channel part: (C) -> (width) with an
// activation -> (C). Their own functions stand apart from them, so that the account keeps what is
// in front of each.
type twoLayers struct {
	first, last convLayer
	act         string
}

// The functions of a block: between its two layers, and at its end.
var (
	hiddenFunctions = []string{"relu", "relu6", "silu", "hardswish"}
	gateFunctions   = []string{"sigmoid", "hardsigmoid"}
)

func describeTwoLayers(info *LayerInfo, in Shape) error {
	l := info.LayerSpec
	if !slices.Contains(hiddenFunctions, cmp.Or(l.Act, "relu")) {
		return unsupported("act", l.Act, hiddenFunctions...)
	}
	if !slices.Contains(gateFunctions, l.gate()) {
		return unsupported("gate", l.Gate, gateFunctions...)
	}
	if len(l.FC) != 2 || l.Out < 1 || l.Out > maxValues/in.C {
		return fmt.Errorf("fc %q and width %d, expected the names of two Linear layers and a width (out) of 1 to %d",
			l.FC, l.Out, maxValues/in.C)
	}
	info.Params = 2 * in.C * l.Out
	if l.Bias {
		info.Params += in.C + l.Out
	}
	info.MACs = 2 * in.C * l.Out
	info.packedSize = 2 * panels(in.C) * panels(l.Out)
	return nil
}

func twoLayerSketch(l LayerInfo) string {
	return fmt.Sprintf("%d → %d → %d", l.Shape.C, l.LayerSpec.Out, l.Shape.C)
}

func (p *planner) twoLayers(l LayerInfo) (t twoLayers, err error) {
	c, width := l.Shape.C, l.LayerSpec.Out
	t.act = cmp.Or(l.Act, "relu")
	if t.first, err = p.dense(l.FC[0], width, c, l.Bias, kernels.Identity); err != nil {
		return t, err
	}
	t.last, err = p.dense(l.FC[1], c, width, l.Bias, kernels.Identity)
	return t, err
}

// hide runs the first layer and its activation on a squeeze.
func (t *twoLayers) hide(q *Squeeze, s *Session) {
	t.first.Forward(q.before, q.values, s)
	apply(activations[t.act], q.Hidden, q.Before)
}

// sum is that of a channel's logit over the hidden units, from one squeeze or from several
// together.
func (t *twoLayers) sum(e *Excitation, channel int) GateSum {
	width := t.first.out.C
	g := GateSum{Channel: channel, N: width, Width: width, Inputs: make([]float32, width)}
	for _, q := range e.Squeezes {
		g.Bias += t.last.bias[channel]
		for i, h := range q.Hidden {
			g.Inputs[i] += h
		}
	}
	for i := range width {
		g.Weights = append(g.Weights, t.last.weight(channel, i))
		g.First = append(g.First, t.first.weight(i, channel))
		g.FirstBias = append(g.FirstBias, t.first.bias[i])
	}
	return g
}

// squeezeExcite is Squeeze-and-Excitation (Hu et al. 2018, arXiv:1709.01507): Logits =
// last(act(first(mean))).
type squeezeExcite struct{ twoLayers }

func loadSE(p *planner, l LayerInfo) (exciter, error) {
	t, err := p.twoLayers(l)
	return &squeezeExcite{t}, err
}

func (x *squeezeExcite) prepare(e *Excitation) {
	e.Squeezes, e.Activation = []Squeeze{newSqueeze("mean", e.Map.C, x.first.out.C)}, x.act
}

func (x *squeezeExcite) excite(e *Excitation, src *Tensor, s *Session) {
	q := &e.Squeezes[0]
	kernels.Mean(q.Values, src.pixels(), src.layout())
	x.hide(q, s)
	x.last.Forward(e.logits, q.hidden, s)
}
