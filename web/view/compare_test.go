package view

import (
	"fmt"
	"regexp"
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
			c.Places = protocol.Plane{W: 2, H: 2, Data: []float32{.25, .5, .75, 1}}
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

// column is a column's parts in words, tags left out.
func column(s *State, i int) []string {
	parts := s.CompareHTML(s.CompareColumns()[i])
	var list []string
	for _, html := range parts {
		text := regexp.MustCompile(`(<[^>]*>)+`).ReplaceAllString(html, "|")
		list = append(list, strings.Trim(strings.NewReplacer("&lt;", "<", "| |", "|").Replace(text), "| "))
	}
	return list
}

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
	all := func() (text string) {
		for i := range s.CompareColumns() {
			text += strings.Join(column(s, i)[:4], " / ") + "\n"
		}
		return text
	}
	const says = "Ship|93 %|ship|93 %|dog|5 %|cat|2 %"
	want := "No attention|the same layers, nothing between; 1\u00a0000 parameters / no positive evidence / " + says + " / no gates\n" +
		"SE|squeeze, two small layers, a gate a channel; 1\u00a0200 parameters / no positive evidence / " + says + " / 2 gates, last block\n" +
		"ECA|squeeze, one short filter along the channels; 1\u00a0400 parameters / no positive evidence / " + says + " / 2 gates, last block\n" +
		"CBAM|gates for the channels, then for the places; 1\u00a0600 parameters / no positive evidence / Cat|80 %|cat|80 %|ship|10 %|dog|10 % / 2 × 2 places (0.25 to 1.00) and 2 gates, last block\n" +
		"SE, gates at 1|its own weights, every gate held at 1 / no positive evidence / Ship|50 %|ship|50 %|dog|30 %|cat|20 % / 2 gates, last block\n"
	if got := all(); got != want {
		t.Errorf("columns\n%s\nwant\n%s", got, want)
	}
	if html := s.CompareHTML(s.CompareColumns()[1])[3]; strings.Count(html, "<path") != 2 || strings.Count(html, "M") != 4 {
		t.Errorf("two gates are drawn as %s", html)
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
	want = "The eca / " + compareFailed.en + " /  / \nThe cbam / Loading … /  / \n"
	if got := all(); !strings.Contains(got, want) || len(s.CompareColumns()) != 5 {
		t.Errorf("columns\n%s\nwant in them\n%s", got, want)
	}
	if got := s.Look().Compare.Family; len(got) != 3 || got[2] != "cbam" {
		t.Errorf("the page asks for %v", got)
	}
	s.Panel = nil // nothing has answered
	if got := s.CompareColumns(); len(got) != 4 || column(s, 1)[1] != "Loading …" || s.CompareText() != "" {
		t.Errorf("columns before an answer: %+v, %q, %q", got, column(s, 1), s.CompareText())
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
	if text, hi := s.CompareHeat(); text != "evidence, one scale for all" || hi != "5.00" || column(s, 0)[1] != "" {
		t.Errorf("the scale of all is %q up to %q", text, hi)
	}
	set(1, 2, 30)
	hi, one := s.CompareScales()
	if one || hi[0] != 1 || hi[2] != 30 {
		t.Errorf("1, 2 and 30 have the scales %v, one for all: %v", hi, one)
	}
	if text := column(s, 0)[1]; text != "own scale, up to 1.00" {
		t.Errorf("the first map's scale is %q", text)
	}
	if text, _ := s.CompareHeat(); text != "" {
		t.Errorf("one scale for all is named where there is none: %q", text)
	}
	set(0, 2, 3)
	if text := column(s, 0)[1]; text != "no positive evidence" {
		t.Errorf("a map without evidence has the scale %q", text)
	}
}

// What attention brings is a difference with its spread, from each network's card, drawn on one
// scale; the network with its gates at 1 has no score, and without a card the page says that
// nothing is known.
func TestCompareBrings(t *testing.T) {
	s := withFamily(ship, ship, ship, ship, stays)
	if text := s.CompareBrings(); text != compareUnknown.en || column(s, 1)[4] != "" {
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
	for i, want := range []string{"the zero line|−2|+1", "+0.8 ± 0.2 points|−2|+1", "not measured", "−0.2 ± 1.0 points|−2|+1", "no fair score|Its other layers never learned to do without the gates."} {
		if got := column(s, i)[4]; got != want {
			t.Errorf("column %d: score %q, want %q", i, got, want)
		}
	}
	// On a scale from -2 to 1, drawn from 4 to 96.
	at := func(points float64) string { return fmt.Sprintf("%.1f", 4+92*(points+2)/3) }
	want = "M " + at(.6) + " 9.0h " + fmt.Sprintf("%.1f", 92*.4/3) + "v 2.0"
	if html := s.CompareHTML(s.CompareColumns()[1])[4]; !strings.Contains(html, want) {
		t.Errorf("the score is drawn as %s\nwant in it %s", html, want)
	}
	s.Shown.Model.Card = card(-.04, 3.7)
	if got, _, _ := strings.Cut(column(s, 1)[4], "|"); got != "0.0 ± 3.7 points" {
		t.Errorf("hardly anything is %q", got)
	}
}
