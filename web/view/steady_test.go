package view

import (
	"math"
	"slices"
	"testing"

	"sescope/web/protocol"
)

// rule is what a network's own rule says of a frame that is strange to it or not.
func rule(strange bool) *protocol.Rejection {
	return &protocol.Rejection{Sure: !strange, Strange: strange}
}

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
		s.Add(float64(40*i), probs, rule(i%2 == 1))
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
		s.Add(float64(33*i), []float32{.9, .1}, rule(false))
	}
	s.Add(1000, []float32{.1, .9}, rule(true))
	if s.Top() != 0 || s.Unknown() || s.Probs()[0] < .89 {
		t.Errorf("one odd frame makes %d of %v", s.Top(), s.Probs())
	}
	at := 1033.
	for s.Top() == 0 && at < 3000 {
		s.Add(at, []float32{.1, .9}, rule(true))
		at += 33
	}
	if at > 1900 || !s.Unknown() {
		t.Errorf("after %v ms of another picture the answer is %d, unknown %v", at-1000, s.Top(), s.Unknown())
	}
	s.Reset()
	s.Add(at, []float32{.3, .3, .4}, rule(false))
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
		s.Add(float64(50*i), probs, rule(false))
	}
	for c, p := range s.Probs() {
		if math.Abs(float64(p)-1./6) > 1e-5 {
			t.Errorf("class %d has %v, expected a sixth", c, p)
		}
	}
}

// A frame below the threshold that is not strange makes an answer of much more than one half
// unsure, and not unknown.
func TestSteadyDoubts(t *testing.T) {
	var s Steady
	for i := range 20 {
		s.Add(float64(50*i), []float32{.9, .1}, &protocol.Rejection{})
	}
	if !s.Unsure() || !s.Doubted() || s.Unknown() {
		t.Errorf("unsure %v, doubted %v, unknown %v; expected true, true, false", s.Unsure(), s.Doubted(), s.Unknown())
	}
	for i := range 40 {
		s.Add(float64(1000+50*i), []float32{.9, .1}, nil)
	}
	if s.Unsure() || s.Doubted() {
		t.Errorf("without a rule: unsure %v, doubted %v", s.Unsure(), s.Doubted())
	}
}

// The names of what is nearest stay for a while although their order and the last of them change
// with the frames, and go with the answer.
func TestSteadyGuesses(t *testing.T) {
	var s Steady
	changes, last := 0, []int(nil)
	for i := range 140 { // third and fourth take turns every 1.2 s, first and second with every frame
		probs := []float32{.34, .33, .12, .10, .06, .05}
		if i/24%2 == 1 {
			probs[2], probs[3] = probs[3], probs[2]
		}
		if i%2 == 1 {
			probs[0], probs[1] = probs[1], probs[0]
		}
		s.Add(float64(50*i), probs, rule(true))
		if i > 0 && !slices.Equal(last, s.Guesses()) {
			changes++
		}
		last = slices.Clone(s.Guesses())
	}
	if changes > 1 {
		t.Errorf("the names changed %d times in seven seconds", changes)
	}
	for i := range 60 {
		s.Add(float64(7000+50*i), []float32{.34, .33, .05, .06, .10, .12}, rule(true))
	}
	if !slices.Equal(slices.Sorted(slices.Values(s.Guesses())), []int{0, 1, 5}) {
		t.Errorf("after three seconds of another third, the names are %v", s.Guesses())
	}
	for i := range 30 {
		s.Add(float64(10_000+50*i), []float32{.02, .02, .02, .02, .9, .02}, rule(false))
	}
	if !slices.Equal(s.Guesses(), []int{4}) {
		t.Errorf("the answer is 4, the names are %v", s.Guesses())
	}
}
