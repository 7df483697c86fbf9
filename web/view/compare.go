package view

import (
	"fmt"
	"math"
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// Compare is the state of the panel Compare beside what the frame's answer holds.
type Compare struct {
	Others  map[string]*protocol.Model // of the family, the chosen network aside: those that are loaded
	Failed  map[string]bool            // those that could not be
	Looking bool                       // for a picture where they disagree
	Done    int                        // pictures that were tried
	Count   int                        // of pictures there are
	None    bool                       // the last search found none
}

// Family are the networks that were trained like the chosen one but for their attention, itself
// included and the one without attention first; nil if it stands alone.
func (s *State) Family() []string { return s.familyOf(s.Model) }

func (s *State) familyOf(name string) []string {
	for _, m := range s.Models {
		if m.Name == name {
			return m.Family
		}
	}
	return nil
}

// Families are networks that can be compared, of each family one that has attention.
func (s *State) Families() []ModelChoice {
	return slices.DeleteFunc(slices.Clone(s.Models), func(m ModelChoice) bool { return len(m.Family) < 2 || m.Family[1] != m.Name })
}

// Compared is the shown comparison, nil if there is none.
func (s *State) Compared() *protocol.Compared {
	if s.Panel == nil || s.Panel.Compare == nil || len(s.Panel.Compare.Columns) == 0 || s.Shown == nil {
		return nil
	}
	return s.Panel.Compare
}

// CompareColumn is one network's answer, or why there is none.
type CompareColumn struct {
	Title, Note string
	Wait        string       // why there is no answer
	Scale       string       // of its map, where that has one of its own
	Top         []Prediction // the three most probable classes
	Answer      Prediction   // the first of them

	Gates        string // how many there are, or that there are none
	Bodies, Caps string // these as paths in SparkW x SparkH
	Places       bool   // it has a map of places, too

	Set, Score, Why     string // what attention brings over a test set; why nothing can be said of that
	Zero, Whisker, Mean string // paths of 100 x 20: the scale of CompareAxis with its 0, and the score on it

	At int // index of Compared.Columns; -1 without an answer
}

// SparkW and SparkH are the size of the drawing of a column's gates.
const SparkW, SparkH = 240, 64

// CompareModel is a network of the family, nil before it is loaded.
func (s *State) CompareModel(name string) *protocol.Model {
	if s.Shown != nil && s.Shown.Model.Name == name {
		return s.Shown.Model
	}
	return s.Compare.Others[name]
}

// attention is the op of a network's last attention, "" for none.
func attention(m *protocol.Model) (op string) {
	for _, l := range m.Table {
		if nn.AttentionTitle(l.Op) != "" {
			op = l.Op
		}
	}
	return op
}

// memberName is what a network of a family is called beside the others: its attention, or before it
// is loaded its title.
func (s *State) memberName(name string) string {
	m := s.CompareModel(name)
	if m == nil {
		return s.modelTitle(name)
	}
	if op := attention(m); op != "" {
		return nn.AttentionTitle(op)
	}
	return s.in(compareNone)
}

// CompareColumns are the answers side by side: those of the family in its order, then one with
// every gate at 1.
func (s *State) CompareColumns() (list []CompareColumn) {
	t := s.Compared()
	if t == nil {
		t = &protocol.Compared{}
	}
	for _, name := range s.Family() {
		c := CompareColumn{Title: s.memberName(name), At: slices.IndexFunc(t.Columns, func(c protocol.Column) bool { return c.Model == name && !c.Open })}
		if m := s.CompareModel(name); m != nil {
			c.Note = s.in(compareKinds[attention(m)]) + fmt.Sprintf(s.in(compareParams), thousands(params(m)))
		}
		if c.At < 0 {
			c.Wait = s.in(compareLoading)
			if s.Compare.Failed[name] {
				c.Wait = s.in(compareFailed)
			}
		}
		list = append(list, c)
	}
	if open := s.opened(); open != nil {
		name := s.memberName(open.Model)
		list = append(list, CompareColumn{Title: fmt.Sprintf(s.in(compareOpen), name), Note: s.in(compareOpenNote), At: len(t.Columns) - 1})
	}
	hi, one := s.CompareScales()
	for i := range list {
		c := &list[i]
		if c.At < 0 {
			continue
		}
		if hi[c.At] == 0 {
			c.Scale = s.in(compareNoMap)
		} else if !one {
			c.Scale = fmt.Sprintf(s.in(compareOwn), Number(hi[c.At]))
		}
		of := &t.Columns[c.At]
		c.Top = s.ranked(of.Probs)[:min(3, len(of.Probs))]
		c.Answer = c.Top[0]
		c.Answer.Name = upperFirst(c.Answer.Name)
		s.compareGates(c, of)
		s.compareScore(c, of)
	}
	return list
}

// opened is the answer with every gate at 1, nil if there is none.
func (s *State) opened() *protocol.Column {
	if t := s.Compared(); t != nil {
		if last := &t.Columns[len(t.Columns)-1]; last.Open {
			return last
		}
	}
	return nil
}

func params(m *protocol.Model) (n int) {
	for _, l := range m.Table {
		n += l.Params
	}
	return n
}

// compareGates draws a column's gates.
func (s *State) compareGates(c *CompareColumn, of *protocol.Column) {
	p := &of.Places
	c.Places = p.W > 1
	switch {
	case of.Gates == 0:
		c.Gates = s.in(compareNoGates)
		return
	case c.Places:
		c.Gates = counted(s.in(comparePlaces), p.W, p.H, of.Gates)
	default:
		c.Gates = counted(s.in(compareGates), of.Gates)
	}
	c.Bodies, c.Caps = Spark(of.Scale, SparkW, SparkH)
}

// difference is what a network's card says that its attention brings, nil where it does not.
func (s *State) difference(name string) *nn.Difference {
	if m := s.CompareModel(name); m != nil && m.Card != nil {
		return m.Card.Difference
	}
	return nil
}

// CompareAxis are the ends of the scale on which the differences of the family are drawn, in whole
// points with 0 between them; both 0 where no card holds one.
func (s *State) CompareAxis() (lo, hi float64) {
	for _, name := range s.Family() {
		if d := s.difference(name); d != nil {
			lo, hi = min(lo, math.Floor(float64(d.Points-d.Half))), max(hi, math.Ceil(float64(d.Points+d.Half)))
		}
	}
	return lo, hi
}

// CompareTicks are the numbers at these ends, "" where there are none.
func (s *State) CompareTicks() (lo, hi string) {
	a, b := s.CompareAxis()
	if a == b {
		return "", ""
	}
	return minus(fmt.Sprintf("%.0f", a)), fmt.Sprintf("%+.0f", b)
}

// compareScore says what a column's attention brings, with its spread: never two accuracies of one
// seed.
func (s *State) compareScore(c *CompareColumn, of *protocol.Column) {
	lo, hi := s.CompareAxis()
	if lo == hi {
		return
	}
	at := func(v float64) float64 { return 4 + 92*(v-lo)/(hi-lo) }
	d := s.difference(of.Model)
	over := d
	for _, name := range s.Family() {
		if over == nil {
			over = s.difference(name)
		}
	}
	c.Set = fmt.Sprintf(s.in(compareOver), thousands(over.Pictures))
	zero := fmt.Sprintf("M4 10H96M%.1f 2V18", at(0))
	dot := func(v float64) string { return fmt.Sprintf("M%.1f 10h.01", at(v)) }
	switch {
	case of.Open:
		c.Score, c.Why = s.in(compareOpenScore), s.in(compareOpenWhy)
	case of.Model == s.Family()[0]:
		c.Score, c.Zero, c.Mean = s.in(compareZero), zero, dot(0)
	case d == nil:
		c.Score = s.in(compareUnmeasured)
	default:
		points, half := float64(d.Points), float64(d.Half)
		c.Score = fmt.Sprintf(s.in(compareScore), minus(fmt.Sprintf("%+.1f", points)), fmt.Sprintf("%.1f", half))
		a, b := at(points-half), at(points+half)
		c.Zero, c.Whisker, c.Mean = zero, fmt.Sprintf("M%.1f 6v8M%.1f 6v8M%.1f 10H%.1f", a, b, a, b), dot(points)
	}
}

// CompareBrings says what the differences over a test set are, or that there are none.
func (s *State) CompareBrings() string {
	for _, name := range s.Family() {
		if d := s.difference(name); d != nil {
			return fmt.Sprintf(s.in(compareBrings), d.Seeds, thousands(d.Pictures), s.Localised(d.Set))
		}
	}
	if s.Compared() == nil {
		return ""
	}
	return s.in(compareUnknown)
}

// dullest is the share of the strongest map's largest value below which a map on its scale would
// show nothing.
const dullest = .4

// CompareScales are the values of the last colour of each column's map, and whether one scale
// serves all: where one network's evidence is much stronger than another's, each map has its own.
func (s *State) CompareScales() (hi []float32, one bool) {
	t := s.Compared()
	if t == nil {
		return nil, true
	}
	var top float32
	for _, c := range t.Columns {
		hi = append(hi, slices.Max(append([]float32{0}, c.Heat.Data...)))
		top = max(top, hi[len(hi)-1])
	}
	one = true
	for _, h := range hi {
		one = one && h >= dullest*top
	}
	if one {
		for i := range hi {
			hi[i] = top
		}
	}
	return hi, one
}
