package nn

import (
	"cmp"
	"slices"

	"sescope/kernels"
)

// Term is one channel's share of a logit: Value = Weight x (Skip + Gate x Mean).
type Term struct {
	Channel int
	Weight  float32 // of the Linear, from this channel to the class
	Gate    float32 // as it was applied; 1 where no SE block scales what the head reads
	Mean    float32 // spatial mean of the channel in front of the gate, each place times its spatial attention
	Skip    float32 // spatial mean of the residual's other branch, 0 without one
	Value   float32
}

// Why takes the logit of a class apart: the values of the terms and the bias add up to it, but for
// rounding. The terms are in the order of their magnitude, largest first. ok is false where the
// head is no mean and one Linear, see Model.Exact.
func (t *Trace) Why(class int) (terms []Term, bias float32, ok bool) {
	return t.why(func(w func(int) float32) float32 { return w(class) })
}

// WhyNot takes the difference logit[a] - logit[b] apart as Why does one logit: the weights are the
// differences of the two classes' weights.
func (t *Trace) WhyNot(a, b int) (terms []Term, bias float32, ok bool) {
	return t.why(func(w func(int) float32) float32 { return w(a) - w(b) })
}

// why is Why with the weights and the bias that pick makes of the values of all classes.
func (t *Trace) why(pick func(value func(class int) float32) float32) (terms []Term, bias float32, ok bool) {
	m, s := t.Model, t.session
	if !m.Exact() {
		return nil, 0, false
	}
	fc := m.layers[m.head+1].(*convLayer)
	gated := s.at(m.gated)
	mean := make([]float32, gated.C)
	skip := make([]float32, gated.C)
	if m.skip != none {
		other := s.at(m.skip)
		kernels.Mean(skip, other.pixels(), other.layout())
	}
	kernels.Mean(mean, gated.pixels(), gated.layout())
	if m.place != none {
		t.meanOverPlaces(mean, gated, m.layers[m.place].(*spatialLayer).index)
	}
	terms = make([]Term, gated.C)
	for c := range terms {
		w := pick(func(class int) float32 { return fc.weight(class, c) })
		gate := float32(1)
		if m.explicit {
			gate = s.blocks[m.last.index].Scale[c]
		}
		terms[c] = Term{c, w, gate, mean[c], skip[c], w * (skip[c] + gate*mean[c])}
	}
	slices.SortStableFunc(terms, func(a, b Term) int { return cmp.Compare(max(b.Value, -b.Value), max(a.Value, -a.Value)) })
	return terms, pick(func(class int) float32 { return fc.bias[class] }), true
}

// meanOverPlaces is: mean[c] = mean over y, x of src[y][x][c] times the spatial attention there.
func (t *Trace) meanOverPlaces(mean []float32, src *Tensor, spatial int) {
	clear(mean)
	scale := t.Spatial[spatial].Scale
	for i, g := range scale {
		for c, v := range src.Data[src.Offset(i/src.W, i%src.W):][:len(mean)] {
			mean[c] += g * v
		}
	}
	for c := range mean {
		mean[c] /= float32(len(scale))
	}
}
