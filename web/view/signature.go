package view

import (
	"fmt"

	"sescope/nn"
	"sescope/web/protocol"
)

// SignatureTexts are the words of what is usual.
type SignatureTexts struct {
	_                                             [0]func() // nobody compares them: the code for it would be 30 KB
	LegendUsual, UnusualCount, FactUsual, Unusual string
}

var englishSignature = SignatureTexts{
	LegendUsual:  "usual for %s",
	UnusualCount: "%d unusual",
	FactUsual:    "usual for %s",
	Unusual:      "unusual for %s",
}

var chineseSignature = SignatureTexts{
	LegendUsual:  "%s的常见范围",
	UnusualCount: "异常 %d",
	FactUsual:    "%s的常见范围",
	Unusual:      "对%s来说不寻常",
}

// unusualFrom is how many standard deviations make a gate unusual.
const unusualFrom = 3

// usual is the usual range of a gate, clamped to what a gate can be; ok is false where the file
// does not say.
func usual(g *protocol.Excitation, c int) (lo, hi float32, ok bool) {
	if !g.Signed {
		return 0, 0, false
	}
	return max(g.Mean[c]-g.Std[c], 0), min(g.Mean[c]+g.Std[c], 1), true
}

// unusual tells whether a gate as it was applied lies far from what is usual for the result's
// class.
func unusual(g *protocol.Excitation, c int) bool {
	if !g.Signed {
		return false
	}
	d := nn.Deviation(g.Scale[c], g.Mean[c], g.Std[c])
	return max(d, -d) > unusualFrom
}

// Signed tells whether the shown network knows what is usual.
func (s *State) Signed() bool {
	return s.Shown != nil && len(s.Shown.Result.Gates) > 0 && s.Shown.Result.Gates[0].Signed
}

// LegendUsual names the grey bands.
func (s *State) LegendUsual() string {
	if !s.Signed() {
		return ""
	}
	return fmt.Sprintf(s.T().LegendUsual, s.Name(s.Shown.Model.Classes[s.Shown.Result.Class]))
}

// Strange tells how many gates of the shown blocks are unusual.
func (s *State) Strange() (n int) {
	for i := range s.Shown.Result.Gates {
		if s.BlockShown(i) {
			n += s.unusualGates(i)
		}
	}
	return n
}

func (s *State) unusualGates(block int) (n int) {
	g := &s.Shown.Result.Gates[block]
	for c := range g.Map.C {
		if unusual(g, c) {
			n++
		}
	}
	return n
}

// unusualCount tells how many gates of a block are unusual, "" if none.
func (s *State) unusualCount(block int) string {
	if s.Shown == nil || block >= len(s.Shown.Result.Gates) {
		return ""
	}
	n := s.unusualGates(block)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(s.T().UnusualCount, n)
}
