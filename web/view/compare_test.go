package view

import (
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

func withTwins(without, with, open []float32) *State {
	s := shown()
	s.Tab, s.Model = TabCompare, "net"
	s.Models = []ModelChoice{{Name: "net", Twin: "plain"}, {Name: "plain", Twin: "net"}, {Name: "alone"}}
	s.Shown.Model.Table = []protocol.LayerRow{{Params: 1200}}
	s.Compare.Second = &protocol.Model{Name: "plain", Table: []protocol.LayerRow{{Params: 1000}}}
	t := &protocol.Compared{}
	for i, probs := range [][]float32{without, with, open} {
		t.Columns = append(t.Columns, protocol.Column{Model: []string{"plain", "net", "net"}[i], N: len(probs), Probs: probs})
	}
	s.Panel = &protocol.Panel{Compare: t}
	return s
}

func TestCompareWords(t *testing.T) {
	for _, c := range []struct {
		without, with, open []float32
		want                string
	}{
		{[]float32{.1, .8, .1}, []float32{.02, .93, .05}, []float32{.2, .5, .3}, "With and without SE the answer is ship. With its gates forced to 1 it stays ship: from 93 % to 50 %."},
		{[]float32{.8, .1, .1}, []float32{.02, .93, .05}, []float32{.7, .2, .1}, "They disagree: without SE it is cat, with SE ship. Here the gates decide: forced to 1 the answer is cat, and ship goes from 93 % to 20 %."},
	} {
		s := withTwins(c.without, c.with, c.open)
		if got := s.CompareText(); got != c.want {
			t.Errorf("%q\nwant %q", got, c.want)
		}
	}
	s := withTwins([]float32{.1, .8, .1}, []float32{.02, .93, .05}, []float32{.2, .5, .3})
	cols := s.CompareColumns()
	if cols[0].Note != "1\u00a0000 parameters" || cols[1].Note != "1\u00a0200 parameters" || cols[2].Note != "same weights, no attention" || len(cols[1].Top) != 3 || cols[1].Top[0].Percent != "93 %" {
		t.Errorf("columns %+v", cols)
	}
	if s.CompareStatus() != "" || len(s.Pairs()) != 1 {
		t.Errorf("status %q, pairs %+v", s.CompareStatus(), s.Pairs())
	}
	s.Panel = nil
	if s.CompareStatus() != "Loading its twin …" {
		t.Errorf("status %q", s.CompareStatus())
	}
	if s.Model = "alone"; s.CompareStatus() != s.Words().NoTwin || s.Look() != nil {
		t.Errorf("status %q of a network without a twin, which asks for %+v", s.CompareStatus(), s.Look())
	}
}

// Maps share a scale while all of them can be seen on it; else each has its own, and the page says
// so. A map without evidence is said to have none.
func TestCompareScales(t *testing.T) {
	s := withTwins([]float32{.1, .8, .1}, []float32{.02, .93, .05}, []float32{.2, .5, .3})
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
	set(1, 2, 30)
	hi, one := s.CompareScales()
	if one || hi[0] != 1 || hi[2] != 30 {
		t.Errorf("1, 2 and 30 have the scales %v, one for all: %v", hi, one)
	}
	if text := s.CompareColumns()[0].Scale; text != "own scale, up to 1.00" {
		t.Errorf("the first map's scale is %q", text)
	}
	set(0, 2, 3)
	if text := s.CompareColumns()[0].Scale; text != "no positive evidence" {
		t.Errorf("a map without evidence has the scale %q", text)
	}
}

// What SE brings is a difference with its spread, from whichever of the two has it in its card;
// without one the page says that it is not known.
func TestCompareBrings(t *testing.T) {
	s := withTwins([]float32{.1, .8, .1}, []float32{.02, .93, .05}, []float32{.2, .5, .3})
	if text := s.CompareBrings(); text != compareUnknown.en {
		t.Errorf("without a card: %q", text)
	}
	s.Compare.Second.Card = &nn.Card{Difference: &nn.Difference{Set: map[string]string{"en": "test"}, Pictures: 5000, Seeds: 3, Points: -.21, Half: .76}}
	if text := s.CompareBrings(); text != "Over 5\u00a0000 pictures (test) SE brings −0.2 ± 0.8 points: the mean of 3 pairs trained alike, with its 95 % interval." {
		t.Errorf("with a card: %q", text)
	}
}
