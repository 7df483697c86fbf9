package view

import (
	"math"
	"testing"
)

// A camera whose frames are sure of one thing and of another in turn has one answer, which stays.
func TestSteadyUnderFramesThatAlternate(t *testing.T) {
	var s Steady
	tops, changes := map[int]bool{}, 0
	unsure, unknown := false, false
	for i := range 100 {
		probs := []float32{.97, .02, .01}
		if i%2 == 1 {
			probs = []float32{.02, .2, .78}
		}
		s.Add(float64(40*i), probs, i%2 == 1)
		if i < 10 {
			unsure, unknown = s.Unsure(), s.Unknown()
			continue
		}
		tops[s.Top()] = true
		if s.Unsure() != unsure || s.Unknown() != unknown {
			changes++
		}
		unsure, unknown = s.Unsure(), s.Unknown()
		if sum := s.Probs()[0] + s.Probs()[1] + s.Probs()[2]; math.Abs(float64(sum)-1) > 1e-5 {
			t.Fatalf("frame %d: the probabilities add up to %v", i, sum)
		}
	}
	if len(tops) != 1 || changes != 0 {
		t.Errorf("answers %v, %d changes between sure and unsure; expected one and none", tops, changes)
	}
}

// What changes for good is told within a second, and one odd frame is not told at all.
func TestSteadyFollows(t *testing.T) {
	var s Steady
	for i := range 30 {
		s.Add(float64(33*i), []float32{.9, .1}, false)
	}
	s.Add(1000, []float32{.1, .9}, true)
	if s.Top() != 0 || s.Unknown() || s.Probs()[0] < .89 {
		t.Errorf("one odd frame makes %d of %v", s.Top(), s.Probs())
	}
	at := 1033.
	for s.Top() == 0 && at < 3000 {
		s.Add(at, []float32{.1, .9}, true)
		at += 33
	}
	if at > 1900 || !s.Unknown() {
		t.Errorf("after %v ms of another picture the answer is %d, unknown %v", at-1000, s.Top(), s.Unknown())
	}
	s.Reset()
	s.Add(at, []float32{.3, .3, .4}, false)
	if s.Top() != 2 || !s.Unsure() || s.Unknown() {
		t.Errorf("a new source begins with %d, unsure %v, unknown %v", s.Top(), s.Unsure(), s.Unknown())
	}
}

// Frames that agree on nothing have no median to speak of.
func TestSteadyWithoutAgreement(t *testing.T) {
	var s Steady
	for i := range 12 {
		probs := make([]float32, 6)
		probs[i%6] = 1
		s.Add(float64(50*i), probs, false)
	}
	for c, p := range s.Probs() {
		if math.Abs(float64(p)-1./6) > 1e-5 {
			t.Errorf("class %d has %v, expected a sixth", c, p)
		}
	}
}
