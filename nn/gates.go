package nn

import (
	"cmp"
	"math"
	"slices"

	"github.com/chewxy/math32"
)

// SetGates replaces gates of an attention block, counted as in Trace.Gates, until it is called
// again: NaN in a channel's place leaves its own gate, other values are clamped to 0..1, and nil
// gives the block back to the network. It takes effect with the next Run or Rerun. A block that the
// network does not have and a list of another length than the block's channels change nothing and
// report false.
func (s *Session) SetGates(block int, gates []float32) bool {
	if block < 0 || block >= len(s.blocks) || gates != nil && len(gates) != len(s.blocks[block].force) {
		return false
	}
	b := &s.blocks[block]
	b.forced = gates != nil
	for c, g := range gates {
		if g == g { // not NaN
			g = min(max(g, 0), 1)
		}
		b.force[c] = g
	}
	s.stale = min(s.stale, b.layer)
	return true
}

// Rerun runs the last picture again with the gates of now, beginning with the first block that
// SetGates touched since. Without a Run before it, it sees a grey picture of the mean colour.
func (s *Session) Rerun() *Trace {
	if s.trace.Network == 0 {
		return s.run(0)
	}
	return s.run(s.stale)
}

// aside is a second set of buffers for Mute, so that the session keeps its own.
type aside struct {
	session *Session
	own     []*Tensor // the session's outputs while none is borrowed
}

// Mute returns how much the logit of a class falls when one channel of an attention block is taken
// out: when its gate is 0 and the others are as they are now. Only the layers from the block on run
// again, in buffers of their own, and the session stays as it was. block, channel and class must
// exist.
func (s *Session) Mute(block, channel, class int) float32 {
	t := s.without(block, channel)
	return s.trace.Logits[class] - t.Logits[class]
}

// Without returns the probabilities of all classes with one channel of an attention block taken
// out, as Mute takes it. They are valid until the next Mute or Without.
func (s *Session) Without(block, channel int) []float32 { return s.without(block, channel).Probs }

// without is the trace of the layers from the block on without a channel.
func (s *Session) without(block, channel int) *Trace {
	if s.stale < len(s.model.layers) {
		s.Rerun()
	}
	if s.aside == nil {
		t, _ := s.model.NewSession() // it did not fail for s
		s.aside = &aside{t, slices.Clone(t.out)}
	}
	t, first := s.aside.session, s.blocks[block].layer
	copy(t.out, s.aside.own)
	copy(t.out[:first], s.out) // these layers are read and not run
	for i := range t.blocks {
		t.blocks[i].forced = s.blocks[i].forced
		copy(t.blocks[i].force, s.blocks[i].force)
	}
	b := &t.blocks[block]
	if !b.forced {
		b.forced = true
		for c := range b.force {
			b.force[c] = math32.NaN()
		}
	}
	b.force[channel] = 0
	return t.run(first)
}

// Spearman is the rank correlation of two lists of equal length, -1..1: Pearson's correlation of
// their ranks, equal values sharing the mean of their ranks. It is 0 where one list has fewer than
// two different values.
func Spearman(a, b []float32) float32 {
	x, y := ranks(a), ranks(b)
	mean := float64(len(x)-1) / 2
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mean, y[i]-mean
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return float32(xy / math.Sqrt(xx*yy))
}

func ranks(v []float32) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(v[i], v[j]) })
	out := make([]float64, len(v))
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		shared := float64(i+j-1) / 2
		for ; i < j; i++ {
			out[order[i]] = shared
		}
	}
	return out
}
