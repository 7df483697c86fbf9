package view

import (
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// A camera's frames differ by noise, and an answer that changes with each cannot be read. Steady is
// what the last second of them says together.
const (
	steadyFor  = 1000. // ms of frames that count
	steadyHold = 250.  // ms that another class has to lead before it becomes the answer
	surer      = .05   // beyond unsureBelow, on either side, before sure turns unsure or back
	guessHold  = 1500. // ms that other guesses have to be the nearest before they are named
)

// Steady smooths the answers of one source and one network.
type Steady struct {
	frames  []steadyFrame
	probs   []float32
	top     int     // the answer
	rising  int     // the class that leads now, if it is another
	since   float64 // ms: when it began to lead
	unsure  bool    // the answer is below one half
	doubted bool    // the network's own rule is not sure of most frames
	unknown bool    // and finds most of them strange
	guesses []int   // the classes that are named while it is not sure
	other   float64 // ms: when others began to be nearer
	scratch []float32
}

type steadyFrame struct {
	at               float64 // ms
	probs            []float32
	doubted, unknown bool
}

// Reset forgets everything: another source or network begins.
func (s *Steady) Reset() { *s = Steady{frames: s.frames[:0], scratch: s.scratch} }

// Add takes a frame's probabilities at a time in milliseconds, and what the network's own rule says
// of it, nil where it has none. probs is copied.
func (s *Steady) Add(at float64, probs []float32, rule *protocol.Rejection) {
	doubted, unknown := rule != nil && !rule.Sure, rule != nil && rule.Strange
	if n := len(s.frames); n > 0 && len(s.frames[0].probs) != len(probs) {
		s.Reset()
	}
	first := len(s.frames) == 0
	s.frames = append(s.frames, steadyFrame{at, slices.Clone(probs), doubted, unknown})
	for s.frames[0].at < at-steadyFor {
		s.frames = slices.Delete(s.frames, 0, 1)
	}
	s.median()
	leads := nn.Largest(s.probs)
	switch {
	case first:
		s.top, s.rising = leads, leads
		s.unsure, s.doubted, s.unknown = s.probs[leads] < unsureBelow, doubted, unknown
		s.guesses, s.other = guesses(s.probs), at
		return
	case leads == s.top:
		s.rising = leads
	case leads != s.rising:
		s.rising, s.since = leads, at
	case at-s.since >= steadyHold:
		s.top, s.guesses, s.other = leads, guesses(s.probs), at
	}
	if p := s.probs[s.top]; p < unsureBelow-surer {
		s.unsure = true
	} else if p > unsureBelow+surer {
		s.unsure = false
	}
	s.doubted = s.most(func(f steadyFrame) bool { return f.doubted }, s.doubted)
	s.unknown = s.most(func(f steadyFrame) bool { return f.unknown }, s.unknown)
	switch g := guesses(s.probs); {
	case same(g, s.guesses):
		s.other = at
	case at-s.other >= guessHold:
		s.guesses, s.other = g, at
	}
}

// most tells whether most frames are so; where neither side has three fifths, what was said before.
func (s *Steady) most(is func(steadyFrame) bool, before bool) bool {
	count, frames := 0, s.counted()
	for _, f := range frames {
		if is(f) {
			count++
		}
	}
	switch n := len(frames); {
	case 5*count >= 3*n:
		return true
	case 5*count <= 2*n:
		return false
	}
	return before
}

// same tells whether two lists hold the same classes, in any order.
func same(a, b []int) bool {
	for _, c := range a {
		if !slices.Contains(b, c) {
			return false
		}
	}
	return len(a) == len(b)
}

// counted is an even number of frames, or the only one: the median of an odd number that come from
// two answers in turn would be the one and the other in turn.
func (s *Steady) counted() []steadyFrame {
	if n := len(s.frames); n > 1 && n%2 == 1 {
		return s.frames[1:]
	}
	return s.frames
}

// median makes probs the medians by class, scaled to a sum of 1. Where the frames agree so little
// that nothing is left, it is the mean.
func (s *Steady) median() {
	frames := s.counted()
	n := len(frames)
	if len(s.probs) != len(frames[0].probs) {
		s.probs = make([]float32, len(frames[0].probs))
	}
	sum := float32(0)
	for c := range s.probs {
		s.scratch = s.scratch[:0]
		for _, f := range frames {
			s.scratch = append(s.scratch, f.probs[c])
		}
		slices.Sort(s.scratch)
		s.probs[c] = (s.scratch[(n-1)/2] + s.scratch[n/2]) / 2
		sum += s.probs[c]
	}
	if sum < .2 {
		sum = 0
		for c := range s.probs {
			s.probs[c] = 0
			for _, f := range frames {
				s.probs[c] += f.probs[c]
			}
			sum += s.probs[c]
		}
	}
	for c := range s.probs {
		s.probs[c] /= sum
	}
}

// Probs are the smoothed probabilities, which add up to 1; valid until the next Add.
func (s *Steady) Probs() []float32 { return s.probs }

// Top is the answer: the class that has led for a while, not always the largest of Probs.
func (s *Steady) Top() int { return s.top }

// Unsure tells that the answer does not reach one half, which needs a little more to change its
// mind, or that the network's own rule is not sure of most frames.
func (s *Steady) Unsure() bool { return s.unsure || s.doubted }

// Doubted tells that the rule is not sure of most frames.
func (s *Steady) Doubted() bool { return s.doubted }

// Unknown tells that most frames are like nothing that the network knows.
func (s *Steady) Unknown() bool { return s.unknown }

// Guesses are the classes that are the nearest, or were a moment ago: names that come and go with
// every frame cannot be read.
func (s *Steady) Guesses() []int { return s.guesses }
