package view

import (
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// withFamily is a state that compares: one list of probabilities for each network, the last for
// that with every gate at 1. "net" is the one with SE; its card and those of the others say what
// their attention brings.
func withFamily(probs ...[]float32) *State {
	s := shown()
	s.Tab, s.Model = TabCompare, "net"
	family := []string{"plain", "net", "eca", "cbam"}[:len(probs)-1]
	s.Models = []ModelChoice{{Name: "alone"}}
	s.Compare = Compare{Others: map[string]*protocol.Model{}, Failed: map[string]bool{}}
	t := &protocol.Compared{}
	for i, name := range family {
		s.Models = append(s.Models, ModelChoice{Name: name, Title: map[string]string{"en": "The " + name}, Family: family})
		m := &protocol.Model{Name: name, Table: []protocol.LayerRow{{Params: 1000 + 200*i}}}
		if op := []string{"", "se", "eca", "cbam"}[i]; op != "" {
			m.Table = append(m.Table, protocol.LayerRow{LayerSpec: nn.LayerSpec{Op: op}})
		}
		if name == "net" {
			s.Shown.Model.Table = m.Table
		} else {
			s.Compare.Others[name] = m
		}
		c := protocol.Column{Model: name, N: len(probs[i]), Probs: probs[i]}
		if i > 0 {
			c.Gates, c.Scale = 2, []float32{.5, 1}
		}
		if name == "cbam" {
			c.Places = protocol.Plane{W: 2, H: 2, Data: make([]float32, 4)}
		}
		t.Columns = append(t.Columns, c)
	}
	last := probs[len(probs)-1]
	t.Columns = append(t.Columns, protocol.Column{Model: "net", Open: true, N: len(last), Probs: last, Gates: 2, Scale: []float32{1, 1}})
	s.Panel = &protocol.Panel{Compare: t}
	return s
}

var (
	cat, ship   = []float32{.8, .1, .1}, []float32{.02, .93, .05}
	stays, goes = []float32{.2, .5, .3}, []float32{.7, .2, .1}
)

func TestCompareWords(t *testing.T) {
	for _, c := range []struct {
		probs  [][]float32
		en, zh string
	}{
		{[][]float32{ship, ship, stays}, "They agree: ship. With its gates forced to 1, SE still says ship: 50 % instead of 93 %.", "答案一致：船。门控强制为 1 后，SE 的答案仍是船：从 93 % 变为 50 %。"},
		{[][]float32{cat, ship, goes}, "They disagree: cat (No attention), ship (SE). In SE the gates decide: forced to 1 it says cat, and ship goes from 93 % to 20 %.",
			"答案不一致：猫（无注意力）、船（SE）。在 SE 中由门控决定：强制为 1 后答案是猫，船从 93 % 变为 20 %。"},
		{[][]float32{cat, ship, ship, cat, stays}, "They disagree: cat (No attention, CBAM), ship (SE, ECA). With its gates forced to 1, SE still says ship: 50 % instead of 93 %.",
			"答案不一致：猫（无注意力、CBAM）、船（SE、ECA）。门控强制为 1 后，SE 的答案仍是船：从 93 % 变为 50 %。"},
	} {
		s := withFamily(c.probs...)
		if got := s.CompareText(); got != c.en {
			t.Errorf("%q\nwant %q", got, c.en)
		}
		if s.Lang = "zh"; strings.ReplaceAll(s.CompareText(), " ", "") != strings.ReplaceAll(c.zh, " ", "") {
			t.Errorf("%q\nwant %q", s.CompareText(), c.zh)
		}
	}
}

// Every network of the family has its column, whether it has answered, is on its way or could not
// be loaded; behind them stands the one with its gates at 1.
func TestCompareColumns(t *testing.T) {
	s := withFamily(ship, ship, ship, cat, stays)
	titles := func() (list []string) {
		for _, c := range s.CompareColumns() {
			list = append(list, c.Title+"|"+c.Gates+"|"+c.Wait)
		}
		return list
	}
	want := "No attention|no gates|\nSE|2 gates, last block|\nECA|2 gates, last block|\nCBAM|2 × 2 places and 2 gates, last block|\nSE, gates at 1|2 gates, last block|"
	if got := strings.Join(titles(), "\n"); got != want {
		t.Errorf("columns\n%s\nwant\n%s", got, want)
	}
	cols := s.CompareColumns()
	if cols[0].Note != "the same layers, nothing between; 1\u00a0000 parameters" || cols[2].Note != "squeeze, one short filter along the channels; 1\u00a0400 parameters" ||
		len(cols[1].Top) != 3 || cols[1].Answer.Percent != "93 %" || cols[1].Answer.Name != "Ship" || !cols[3].Places || cols[1].Places || cols[0].Bodies != "" || cols[4].Caps == "" {
		t.Errorf("columns %+v", cols)
	}
	if s.CompareTitle() != "5 networks, one picture" || s.CompareStatus() != "" || len(s.Families()) != 1 || s.FamilyName(s.Families()[0]) != "Compare The net (4 networks)" {
		t.Errorf("%q, status %q, families %+v", s.CompareTitle(), s.CompareStatus(), s.Families())
	}

	// ECA could not be loaded, CBAM is on its way.
	delete(s.Compare.Others, "eca")
	delete(s.Compare.Others, "cbam")
	s.Compare.Failed["eca"] = true
	c := s.Panel.Compare
	c.Columns = append(c.Columns[:2], c.Columns[4])
	want = "No attention|no gates|\nSE|2 gates, last block|\nThe eca||" + compareFailed.en + "\nThe cbam||Loading …\nSE, gates at 1|2 gates, last block|"
	if got := strings.Join(titles(), "\n"); got != want {
		t.Errorf("columns\n%s\nwant\n%s", got, want)
	}
	if got := s.Look().Compare.Family; len(got) != 3 || got[2] != "cbam" {
		t.Errorf("the page asks for %v", got)
	}
	s.Panel = nil // nothing has answered
	if got := s.CompareColumns(); len(got) != 4 || got[1].Wait != "Loading …" || s.CompareText() != "" {
		t.Errorf("columns before an answer: %+v, %q", got, s.CompareText())
	}
	if s.Model = "alone"; s.CompareStatus() != compareAlone.en || s.Look() != nil || s.CompareColumns() != nil {
		t.Errorf("status %q of a network without a family, which asks for %+v", s.CompareStatus(), s.Look())
	}
}

// Maps share a scale while all of them can be seen on it; else each has its own, and the page says
// so. A map without evidence is said to have none.
func TestCompareScales(t *testing.T) {
	s := withFamily(ship, ship, stays)
	columns := s.Panel.Compare.Columns
	set := func(values ...float32) {
		for i := range columns {
			columns[i].Heat = protocol.Plane{W: 2, H: 1, Data: []float32{-1, values[i]}}
		}
	}
	set(4, 5, 3)
	if hi, one := s.CompareScales(); !one || hi[0] != 5 || hi[2] != 5 {
		t.Errorf("4, 5 and 3 have the scales %v, one for all: %v", hi, one)
	}
	if text, hi := s.CompareHeat(); text != "evidence, one scale for all" || hi != "5.00" || s.CompareColumns()[0].Scale != "" {
		t.Errorf("the scale of all is %q up to %q", text, hi)
	}
	set(1, 2, 30)
	hi, one := s.CompareScales()
	if one || hi[0] != 1 || hi[2] != 30 {
		t.Errorf("1, 2 and 30 have the scales %v, one for all: %v", hi, one)
	}
	if text := s.CompareColumns()[0].Scale; text != "own scale, up to 1.00" {
		t.Errorf("the first map's scale is %q", text)
	}
	if text, _ := s.CompareHeat(); text != "" {
		t.Errorf("one scale for all is named where there is none: %q", text)
	}
	set(0, 2, 3)
	if text := s.CompareColumns()[0].Scale; text != "no positive evidence" {
		t.Errorf("a map without evidence has the scale %q", text)
	}
}

// What attention brings is a difference with its spread, from each network's card, drawn on one
// scale; the network with its gates at 1 has no score, and without a card the page says that
// nothing is known.
func TestCompareBrings(t *testing.T) {
	s := withFamily(ship, ship, ship, ship, stays)
	if text := s.CompareBrings(); text != compareUnknown.en || s.CompareColumns()[1].Score != "" {
		t.Errorf("without a card: %q", text)
	}
	card := func(points, half float32) *nn.Card {
		return &nn.Card{Difference: &nn.Difference{Set: map[string]string{"en": "test"}, Pictures: 10000, Seeds: 3, Points: points, Half: half}}
	}
	s.Shown.Model.Card, s.Compare.Others["cbam"].Card = card(.8, .2), card(-.21, 1)
	want := "Points are against no attention: the mean of 3 pairs trained alike with its 95 % interval, over 10\u00a0000 pictures (test). One picture proves nothing about a method."
	if text := s.CompareBrings(); text != want {
		t.Errorf("with a card: %q", text)
	}
	var got []string
	for _, c := range s.CompareColumns() {
		got = append(got, c.Set+"|"+c.Score+"|"+c.Zero+"|"+c.Whisker+"|"+c.Mean)
	}
	const zero = "M4 10H96M65.3 2V18|" // of a scale from -2 to 1, drawn from 4 to 96
	const over = "over 10\u00a0000 test pictures"
	if list := strings.Join(got, "\n"); list != over+"|the zero line|"+zero+"|M65.3 10h.01\n"+
		over+"|+0.8 ± 0.2 points|"+zero+"M83.7 6v8M96.0 6v8M83.7 10H96.0|M89.9 10h.01\n"+
		over+"|not measured|||\n"+
		over+"|−0.2 ± 1.0 points|"+zero+"M28.2 6v8M89.6 6v8M28.2 10H89.6|M58.9 10h.01\n"+
		over+"|no fair score|||" {
		t.Errorf("scores\n%s", list)
	}
	if lo, hi := s.CompareTicks(); lo != "−2" || hi != "+1" {
		t.Errorf("the scale goes from %s to %s", lo, hi)
	}
}
