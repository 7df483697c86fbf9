package nn

import (
	"cmp"
	"slices"

	"sescope/kernels"
)

// Ranking orders the channels of the last convolution.
type Ranking string

const (
	ByMean     Ranking = "mean"     // spatial mean of the convolution's output: the tutorial's
	ByGate     Ranking = "gate"     // the excitation
	ByGateGrad Ranking = "gategrad" // gate x d logit / d gate = sum over pixels of z_c d logit / d z_c, z the SE block's output: what the channel brings to the class, to first order
)

// ChannelScore is one channel of the last convolution.
type ChannelScore struct {
	Channel int     `json:"channel"`
	Mean    float32 `json:"mean"` // spatial mean of the convolution's output
	Gate    float32 `json:"gate"` // 1 without SE
	Score   float32 `json:"score"`
}

// Exact tells whether the head is a mean and one Linear, so that class evidence and Why are exact.
func (m *Model) Exact() bool {
	head := m.layers[m.head:]
	if len(head) != 2 {
		return false
	}
	_, mean := head[0].(*meanLayer)
	fc, linear := head[1].(*convLayer)
	return mean && linear && fc.act == kernels.Identity
}

// Rankings lists the orders that Rank has for this model; without SE every gate is 1 and orders
// nothing.
func (m *Model) Rankings() []Ranking {
	if m.GatesHead() {
		return []Ranking{ByMean, ByGate, ByGateGrad}
	}
	return []Ranking{ByMean, ByGateGrad}
}

// LastConv is the name of the convolution whose channels Rank and Channel show.
func (m *Model) LastConv() string { return m.layers[m.conv].Name() }

func (t *Trace) conv() *Tensor { return t.session.out[t.Model.conv] }

// features are the maps y that the head reads: behind batch norm, ReLU, SE and residual sums.
func (t *Trace) features() *Tensor { return t.session.out[t.Model.features] }

// Gradient returns d logit[class] / d y at the maps that the head reads. It is valid until the next
// call for another class or Run.
func (t *Trace) Gradient(class int) *Tensor {
	s, m := t.session, t.Model
	if s.class == class {
		return s.grad[0]
	}
	s.class = class
	last := s.grad[len(s.grad)-1]
	clear(last.Data)
	last.Data[class] = 1
	for i := len(m.layers) - 1; i >= m.head; i-- {
		g := s.grad[i-m.head:]
		m.layers[i].(headLayer).Backward(g[0], g[1], s.at(m.source[i]), s.out[i], s)
	}
	return s.grad[0]
}

// gated returns the maps z that the last SE block made, or the features without one, and d
// logit[class] / d z: the gradient at the features, which a residual sum hands on unchanged,
// through the layers behind the block.
func (t *Trace) gated(class int) (z, grad *Tensor) {
	s, m := t.session, t.Model
	grad = t.Gradient(class)
	if m.last == nil {
		return t.features(), grad
	}
	for _, i := range m.behind {
		m.layers[i].(headLayer).Backward(s.branch, grad, s.at(m.source[i]), s.out[i], s)
		grad = s.branch
	}
	return s.out[s.blocks[m.last.index].layer], grad
}

func reuse(dst *Heatmap, t *Tensor) *Heatmap {
	if dst == nil || dst.W != t.W || dst.H != t.H {
		return NewHeatmap(t.W, t.H)
	}
	return dst
}

// weighted is: dst[y][x] = sum over c of weight[c] * t[y][x][c].
func weighted(dst *Heatmap, t *Tensor, weight []float32) *Heatmap {
	for i := range dst.Data {
		dst.Data[i] = dot(weight, t.Data[t.Offset(i/t.W, i%t.W):])
	}
	return dst
}

func dot(a, b []float32) (sum float32) {
	b = b[:len(a)]
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// Channel copies one channel of the last convolution's own output: before batch norm, as the
// tutorial's hook sees it.
func (t *Trace) Channel(c int, dst *Heatmap) *Heatmap {
	dst = reuse(dst, t.conv())
	t.conv().Channel(c, dst.Data)
	return dst
}

// Rank returns the strongest channels of the last convolution, at most top of them, strongest
// first; equal scores keep channel order.
func (t *Trace) Rank(by Ranking, class, top int) []ChannelScore {
	conv, last := t.conv(), t.Model.last
	mean, share := t.session.channel[0], t.session.channel[1]
	kernels.Mean(mean, conv.pixels(), conv.layout())
	if by == ByGateGrad {
		y, grad := t.gated(class)
		clear(share)
		for i := range y.H * y.W {
			g, v := grad.Data[grad.Offset(i/y.W, i%y.W):][:y.C], y.Data[y.Offset(i/y.W, i%y.W):][:y.C]
			for c := range share {
				share[c] += g[c] * v[c]
			}
		}
	}
	scores := make([]ChannelScore, conv.C)
	for c := range scores {
		s := ChannelScore{Channel: c, Mean: mean[c], Gate: 1}
		if last != nil {
			s.Gate = t.session.blocks[last.index].Scale[c]
		}
		switch by {
		case ByGate:
			s.Score = s.Gate
		case ByGateGrad:
			s.Score = share[c]
		default:
			s.Score = s.Mean
		}
		scores[c] = s
	}
	slices.SortStableFunc(scores, func(a, b ChannelScore) int { return cmp.Compare(b.Score, a.Score) })
	return scores[:min(top, len(scores))]
}
