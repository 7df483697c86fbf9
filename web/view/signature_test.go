package view

import (
	"reflect"
	"strings"
	"testing"

	"sescope/web/protocol"
)

// signedState is the shown state of a network that knows what is usual.
func signedState() *State {
	s := shown()
	g := &s.Shown.Result.Gates[0]
	g.Signed, g.Mean, g.Std, g.Closest, g.Distance = true, []float32{.3, .2}, []float32{.1, .05}, 2, 1.1
	h := &s.Shown.Result.Gates[1]
	h.Signed, h.Mean, h.Std, h.Closest, h.Distance = true, make([]float32, 70), make([]float32, 70), 2, .4
	return s
}

func TestSignature(t *testing.T) {
	s := shown()
	if s.LegendUsual() != "" || s.Signed() {
		t.Error("a network without signatures has some")
	}
	s = signedState()
	if got, want := s.LegendUsual(), "usual for ship"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// Gate 0 is .25 at .3 ± .1, gate 1 is 1 at .2 ± .05.
	if got := s.BlockStatus(0); got != "1 unusual" {
		t.Errorf("the block says %q", got)
	}
	if a, b := s.GateWords(at(0, 0)), s.GateWords(at(0, 1)); a != "0.25" || b != "1.00, unusual for ship" {
		t.Errorf("the gates say %q and %q", a, b)
	}
	if got := s.ChannelFacts(at(0, 1))[0]; !reflect.DeepEqual(got, Fact{"usual for ship", "0.15–0.25"}) {
		t.Errorf("fact %v", got)
	}
	bands := func() (list []string) {
		shapes, _ := s.Bars(BarRow{0, 0, 2}, BarsLeft+40, BarsTop+100+BarsBottom, -1)
		for _, x := range shapes {
			if x.Fill == "--band" && x.Path != "" {
				list = append(list, x.Path)
			}
		}
		return list
	}
	// From .4 down to .2, and from .25 down to .15, of 100 pixels below 8.
	if got := bands(); len(got) != 1 || !strings.HasPrefix(got[0], "M 30.2 68.0h 11.6v 20.0") || !strings.Contains(got[0], "M 50.2 83.0h 11.6v 10.0") {
		t.Errorf("bands %q", got)
	}
	s = shown()
	if got := bands(); len(got) != 0 {
		t.Errorf("bands %q without signatures", got)
	}
}

// Not sure: by the probabilities, or by the network's own rule.
func TestNotSure(t *testing.T) {
	s := shown()
	r := s.Shown.Result
	r.Probs, s.Shown.Truth = []float32{.31, .45, .24}, -1
	name, p := s.Answer()
	if name != "Not sure" || p != "" {
		t.Errorf("answer %q, %q", name, p)
	}
	if got, want := s.Verdict(), "Perhaps "+s.guessed()+"."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for i, p := range s.Predictions() {
		if !p.Guess || p.Top {
			t.Errorf("line %d: %+v", i, p)
		}
	}
	r.Probs = []float32{.04, .95, .01}
	r.Rejection = &protocol.Rejection{Score: 3.25, Threshold: 5.5, Sure: true}
	if name, _ := s.Answer(); name != "Ship" || s.Unsure() {
		t.Errorf("known, the answer is %q", name)
	}
	r.Rejection.Sure = false
	if name, _ := s.Answer(); name != "Not sure" || s.Verdict() != "Perhaps ship." {
		t.Errorf("below the threshold, the answer is %q, %q", name, s.Verdict())
	}
	if got, want := s.Score(), "Score 3.25, where this network's own rule asks for 5.50."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.Rejection.Strange = true
	if name, p := s.Answer(); name != "Nothing I know" || p != "" {
		t.Errorf("unknown, the answer is %q, %q", name, p)
	}
	if got, want := s.Verdict(), "Nearest: ship. Another network may know it, or teach this one."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := s.Score(), "Score 3.25, where this network's own rule asks for 5.50."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.Shown.Truth = r.Top()
	if got, want := s.Verdict(), "Right but not sure: the picture shows "+s.Name(s.Shown.Model.Classes[r.Top()])+". Nearest: ship."; got != want {
		t.Errorf("with a label: %q, expected %q", got, want)
	}
	s.Shown.Truth = -1
	if list := s.Predictions(); !list[0].Guess || list[1].Guess || list[0].Top {
		t.Errorf("unknown, the list begins %+v", list[:2])
	}
	s.Lang = "zh"
	if name, _ := s.Answer(); name != "没见过的东西" {
		t.Errorf("answer %q", name)
	}
}
