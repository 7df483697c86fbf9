package nn

import "sescope/kernels"

// sharedExcite is the channel part of CBAM (Woo et al. 2018, arXiv:1807.06521): Logits =
// last(act(first(mean))) + last(act(first(max))), so that a bias of the last layer counts twice.
type sharedExcite struct{ twoLayers }

func loadCBAM(p *planner, l LayerInfo) (exciter, error) {
	t, err := p.twoLayers(l)
	return &sharedExcite{t}, err
}

func (x *sharedExcite) prepare(e *Excitation) {
	c, width := e.Map.C, x.first.out.C
	e.Squeezes = []Squeeze{newSqueeze("mean", c, width), newSqueeze("max", c, width)}
	e.Activation, e.scratch = x.act, vector(c)
}

func (x *sharedExcite) excite(e *Excitation, src *Tensor, s *Session) {
	mean, largest := &e.Squeezes[0], &e.Squeezes[1]
	kernels.Mean(mean.Values, src.pixels(), src.layout())
	maxOf(largest.values, src)
	x.hide(mean, s)
	x.hide(largest, s)
	x.last.Forward(e.logits, mean.hidden, s)
	x.last.Forward(e.scratch, largest.hidden, s)
	for c, v := range e.scratch.row() {
		e.Logits[c] += v
	}
}
