package view

import (
	"fmt"
	"html"
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

// Families are networks that can be compared, of each family one that has attention, the largest
// family first.
func (s *State) Families() []ModelChoice {
	var list []ModelChoice
	for i := range s.Models {
		if m := &s.Models[i]; len(m.Family) > 1 && m.Family[1] == m.Name {
			list = append(list, *m)
		}
	}
	slices.SortStableFunc(list, func(a, b ModelChoice) int { return len(b.Family) - len(a.Family) })
	return list
}

// Compared is the shown comparison, nil if there is none.
func (s *State) Compared() *protocol.Compared {
	if s.Panel == nil || s.Panel.Compare == nil || len(s.Panel.Compare.Columns) == 0 || s.Shown == nil {
		return nil
	}
	return s.Panel.Compare
}

// CompareColumn is the place of one network's answer.
type CompareColumn struct {
	Name string
	Open bool // with every gate at 1
	At   int  // index of Compared.Columns; -1 without an answer
}

// CompareColumns are the places side by side: those of the family in its order, then of one with
// every gate at 1.
func (s *State) CompareColumns() (list []CompareColumn) {
	t := s.Compared()
	for _, name := range s.Family() {
		c := CompareColumn{Name: name, At: -1}
		for i := 0; t != nil && i < len(t.Columns); i++ {
			if t.Columns[i].Model == name && !t.Columns[i].Open {
				c.At = i
			}
		}
		list = append(list, c)
	}
	if open := s.opened(); open != nil {
		list = append(list, CompareColumn{open.Model, true, len(t.Columns) - 1})
	}
	return list
}

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

// CompareParts are the parts of a column as HTML, by the ends of their ids.
var CompareParts = [...]string{"head", "under", "says", "gates", "score"}

const small = `<p class="small q2">`

// CompareHTML makes them: what the network is; below its picture the map's scale, or why there is
// none; its answer; its gates; what its attention brings.
func (s *State) CompareHTML(c CompareColumn) (parts [len(CompareParts)]string) {
	title, note := s.memberName(c.Name), s.in(compareOpenNote)
	if m := s.CompareModel(c.Name); c.Open {
		title = fmt.Sprintf(s.in(compareOpen), title)
	} else if note = ""; m != nil {
		note = s.in(compareKind(m)) + fmt.Sprintf(s.in(compareParams), thousands(params(m)))
	}
	parts[0] = "<h3>" + html.EscapeString(title) + "</h3>" + small + note + "</p>"
	if c.At < 0 {
		wait := compareLoading
		if s.Compare.Failed[c.Name] {
			wait = compareFailed
		}
		parts[1] = `<p class="wait">` + s.in(wait) + "</p>"
		return parts
	}
	of := &s.Compared().Columns[c.At]
	if hi, one := s.CompareScales(); hi[c.At] == 0 {
		parts[1] = small + s.in(compareNoMap)
	} else if !one {
		parts[1] = small + fmt.Sprintf(s.in(compareOwn), Number(hi[c.At]))
	}
	for i, p := range s.ranked(of.Probs)[:min(3, len(of.Probs))] {
		class, name := "row", html.EscapeString(p.Name)
		if i == 0 {
			parts[2] = fmt.Sprintf(`<p class="aba"><b>%s</b> <span class="q2">%s</span></p><ol class="preds">`, html.EscapeString(upperFirst(p.Name)), p.Percent)
		}
		if p.Top {
			class = "row top"
		}
		parts[2] += fmt.Sprintf(`<li class="%s"><span>%s</span><span class="track"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect height="8" width="%s"/></svg></span><span class="p">%s</span></li>`,
			class, name, p.Width, html.EscapeString(p.Percent))
	}
	parts[3] = small + s.in(compareNoGates)
	if of.Gates > 0 {
		text := fmt.Sprintf(s.in(compareGates), of.Gates)
		if of.Places.W > 1 {
			lo, hi := slices.Min(of.Places.Data), slices.Max(of.Places.Data) // where all places count alike the map has one colour
			text = fmt.Sprintf(s.in(comparePlaces), of.Places.W, of.Places.H, lo, hi, of.Gates)
		}
		bodies, caps := Spark(of.Scale, 240, 64)
		parts[3] = fmt.Sprintf(`%s%s</p><svg viewBox="0 0 240 64" preserveAspectRatio="none" aria-hidden="true"><path class="body" d="%s"/><path class="caps" d="%s"/></svg>`, small, ones(text), bodies, caps)
	}
	parts[4] = s.compareScore(c)
	return parts
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

// compareScore says what a column's attention brings, with its spread: never two accuracies of one
// seed. "" where no card of the family holds a difference.
func (s *State) compareScore(c CompareColumn) string {
	lo, hi := s.CompareAxis()
	if lo == hi {
		return ""
	}
	var points, half float64
	score, why := compareUnmeasured, ""
	d, first := s.difference(c.Name), c.Name == s.Family()[0]
	switch {
	case c.Open:
		score, why, d = compareOpenScore, s.in(compareOpenWhy), nil
	case first:
		score = compareZero
	}
	text := s.in(score)
	if d != nil {
		points, half = float64(d.Points), float64(d.Half)
		sign := minus(fmt.Sprintf("%+.1f", points))
		if points > -.05 && points < .05 {
			sign = "0.0" // neither plus nor minus
		}
		text = fmt.Sprintf(s.in(compareScore), sign, half)
	}
	text = "<p><b>" + text + "</b></p>" + small + why
	if d == nil && !first {
		return text
	}
	at := func(v float64) float64 { return 4 + 92*(v-lo)/(hi-lo) }
	var axis, mark path
	axis.rect(4, 10, 92, 0)
	axis.rect(at(0), 2, 0, 16)
	mark.rect(at(points-half), 9, at(points+half)-at(points-half), 2)
	mark.rect(at(points)-1, 4, 2, 12)
	return text + `</p><svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true"><path class="zero" d="` + string(axis) + `"/><path d="` + string(mark) + `"/></svg><p class="small q2 ends"><span>` +
		minus(fmt.Sprintf("%.0f</span><span>%+.0f</span>", lo, hi))
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
