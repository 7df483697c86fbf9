package view

import (
	"fmt"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// SignatureTexts are the words of what is usual.
type SignatureTexts struct {
	LegendUsual, ClosestAll, ClosestBlocks, ClosestNone, UnusualCount, FactUsual, Unusual string
}

var englishSignature = SignatureTexts{
	LegendUsual: "usual for %s, mean ± 1 s.d.", ClosestAll: "closest signature: %s", ClosestBlocks: "closest signature, by block: %s", ClosestNone: "no class's signature is close",
	UnusualCount: "%d unusual", FactUsual: "usual for %s", Unusual: "unusual for %s",
}

var chineseSignature = SignatureTexts{
	LegendUsual: "%s的常见范围，均值 ± 1 标准差", ClosestAll: "最接近的特征：%s", ClosestBlocks: "各块最接近的特征：%s", ClosestNone: "与任何类别的特征都不接近",
	UnusualCount: "异常 %d", FactUsual: "%s的常见范围", Unusual: "对%s来说不寻常",
}

const (
	unusualFrom = 3 // standard deviations from which a gate is unusual
	farFrom     = 2 // distance from which no signature is close: a typical picture of a class lies at about 1
)

// usual is the usual range of a gate, clamped to what a gate can be; ok is false where the file does not say.
func usual(g *protocol.Excitation, c int) (lo, hi float32, ok bool) {
	if !g.Signed {
		return 0, 0, false
	}
	return max(g.Mean[c]-g.Std[c], 0), min(g.Mean[c]+g.Std[c], 1), true
}

// unusual tells whether a gate as it was applied lies far from what is usual for the result's class.
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

// Closest says whose usual gates the present ones are nearest to.
func (s *State) Closest() string {
	if !s.Signed() {
		return ""
	}
	t, gates := s.T(), s.Shown.Result.Gates
	same, near := true, false
	var parts []string
	for _, g := range gates {
		same = same && g.Closest == gates[0].Closest
		near = near || g.Distance < farFrom
		parts = append(parts, s.Name(s.Shown.Model.Classes[g.Closest]))
	}
	switch {
	case !near:
		return t.ClosestNone
	case same:
		return fmt.Sprintf(t.ClosestAll, s.Name(s.Shown.Model.Classes[gates[0].Closest]))
	}
	return fmt.Sprintf(t.ClosestBlocks, strings.Join(parts, t.Comma))
}

// unusualCount tells how many gates of a block are unusual, "" if none.
func (s *State) unusualCount(block int) string {
	if s.Shown == nil || block >= len(s.Shown.Result.Gates) {
		return ""
	}
	g, n := &s.Shown.Result.Gates[block], 0
	for c := range g.Map.C {
		if unusual(g, c) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(s.T().UnusualCount, n)
}
