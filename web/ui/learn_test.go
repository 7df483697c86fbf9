package ui

import (
	"strings"
	"testing"

	"github.com/vugu/vugu"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/web/view"
)

// Every step of the tutorial says something with the frame's numbers, and nothing is left of the words for them.
func TestLearn(t *testing.T) {
	s := withResult()
	s.Tab = view.TabLearn
	cells := []protocol.Cell{{Input: 1.5, Weight: .5}}
	s.Panel = &protocol.Panel{Maps: &protocol.Maps{H: 4, W: 4, C: 3, Means: make([]float32, 3), Pixel: make([]float32, 3),
		Sum: &protocol.Arithmetic{Op: "conv", Source: "input", Count: 27, Inputs: []protocol.InputTerms{{Channel: 0, Width: 1, Cells: cells}, {Channel: 1, Width: 1, Cells: cells}, {Channel: 2, Width: 1, Cells: cells}}},
		Flow: &protocol.Flow{GateSum: nn.GateSum{N: 1, Width: 1, Weights: []float32{1}, Inputs: []float32{1}},
			Before: protocol.Plane{W: 1, H: 1, Data: []float32{2}}, After: protocol.Plane{W: 1, H: 1, Data: []float32{1}}}}}
	for _, lang := range []string{"en", "zh"} {
		for s.LearnStep = range view.LearnSteps {
			s.Lang = lang
			article := byID(t, build(t, s), "lesson")
			words := 0
			for _, p := range find(article, func(n *vugu.VGNode) bool { return n.Data == "p" && attr(n.Parent, "class") == "ps" }) {
				if p.InnerHTML != nil {
					words += len([]rune(*p.InnerHTML))
					if strings.Contains(*p.InnerHTML, "%!") {
						t.Errorf("%s, step %d says %q", lang, s.LearnStep+1, *p.InnerHTML)
					}
				}
			}
			if words < 60 {
				t.Errorf("%s, step %d has %d letters", lang, s.LearnStep+1, words)
			}
		}
	}
}
