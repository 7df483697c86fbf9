package view

import (
	"fmt"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// Compare is the state of With and without SE beside what the frame's answer holds.
type Compare struct {
	Second  *protocol.Model // the loaded twin, nil before
	Failed  bool            // it could not be loaded
	Looking bool            // for a picture where the twins disagree
	Done    int             // pictures that were tried
	Count   int             // of pictures there are
	None    bool            // the last search found none
}

// Twin is the name of the chosen network's twin, "" if it has none.
func (s *State) Twin() string {
	for _, m := range s.Models {
		if m.Name == s.Model {
			return m.Twin
		}
	}
	return ""
}

// Pairs are the networks that have a twin, one of each pair.
func (s *State) Pairs() []ModelChoice {
	var list []ModelChoice
	for _, m := range s.Models {
		if m.Twin != "" && !slices.ContainsFunc(list, func(l ModelChoice) bool { return l.Twin == m.Name }) {
			list = append(list, m)
		}
	}
	return list
}

// Compared is the shown comparison, nil if there is none.
func (s *State) Compared() *protocol.Compared {
	if s.Panel == nil || s.Panel.Compare == nil || len(s.Panel.Compare.Columns) != 3 {
		return nil
	}
	return s.Panel.Compare
}

// CompareColumn is one network's answer.
type CompareColumn struct {
	Title, Note string
	Scale       string       // of its map
	Top         []Prediction // the three most probable classes
}

// CompareColumns are the three answers side by side; before the twin is loaded, their titles.
func (s *State) CompareColumns() []CompareColumn {
	w, t := s.Words(), s.Compared()
	list := []CompareColumn{{Title: w.WithoutSE}, {Title: w.WithSE}, {Title: w.GatesAt1, Note: w.SameWeights}}
	if t == nil {
		return list
	}
	hi, one := s.CompareScales()
	for i, c := range t.Columns {
		text := compareOwn
		if one {
			text = compareShared
		}
		list[i].Scale = fmt.Sprintf(s.in(text), Number(hi[i]))
		if hi[i] == 0 {
			list[i].Scale = s.in(compareNoMap)
		}
		list[i].Top = s.ranked(c.Probs)[:min(3, len(c.Probs))]
		for _, m := range []*protocol.Model{s.Shown.Model, s.Compare.Second} {
			if i < 2 && m != nil && m.Name == c.Model {
				list[i].Note = s.paramsNote(m)
			}
		}
	}
	return list
}

func (s *State) paramsNote(m *protocol.Model) string {
	params := 0
	for _, l := range m.Table {
		params += l.Params
	}
	note := fmt.Sprintf(s.Words().ParamsNote, thousands(params))
	return note
}

// CompareBrings says what the attention brings, with its spread: never two accuracies of one seed.
func (s *State) CompareBrings() string {
	if s.Compared() == nil {
		return ""
	}
	for _, m := range []*protocol.Model{s.Shown.Model, s.Compare.Second} {
		if m == nil || m.Card == nil || m.Card.Difference == nil {
			continue
		}
		d := m.Card.Difference
		return fmt.Sprintf(s.in(compareBrings), thousands(d.Pictures), s.Localised(d.Set), minus(fmt.Sprintf("%+.1f", d.Points)), fmt.Sprintf("%.1f", d.Half), d.Seeds)
	}
	return s.in(compareUnknown)
}

var (
	compareBrings = both{
		"Over %s pictures (%s) SE brings %s ± %s points: the mean of %d pairs trained alike, with its 95 %% interval.",
		"在 %s 张图片（%s）上，SE 带来 %s ± %s 个百分点：这是 %d 对同样训练的网络的均值与 95 %% 区间。",
	}
	compareUnknown = both{
		"These two were trained from one seed each, which is no evidence for what SE brings in general.",
		"这两个网络各只训练了一个随机种子，不足以说明 SE 一般会带来什么。",
	}
	compareOwn    = both{"own scale, up to %s", "各自的刻度，最大 %s"}
	compareShared = both{"one scale, up to %s", "同一刻度，最大 %s"}
	compareNoMap  = both{"no positive evidence", "没有正的证据"}
)

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

// CompareText says what the three answers come to.
func (s *State) CompareText() string {
	t, w := s.Compared(), s.Words()
	if t == nil {
		return ""
	}
	var top [3]int
	var name [3]string
	for i, c := range t.Columns {
		top[i] = nn.Largest(c.Probs)
		name[i] = s.Name(s.Shown.Model.Classes[top[i]])
	}
	with, open := t.Columns[1].Probs[top[1]], t.Columns[2].Probs[top[1]]
	var parts []string
	if top[0] == top[1] {
		parts = append(parts, fmt.Sprintf(w.BothSay, name[1]))
	} else {
		parts = append(parts, fmt.Sprintf(w.TwinsDisagree, name[0], name[1]))
	}
	if top[1] == top[2] {
		parts = append(parts, fmt.Sprintf(w.GatesMatter, name[1], percent(float64(with)), percent(float64(open))))
	} else {
		parts = append(parts, fmt.Sprintf(w.GatesDecide, name[2], name[1], percent(float64(with)), percent(float64(open))))
	}
	return strings.Join(parts, w.Space)
}

// SearchText tells how far the search for a disagreement is, or that it found none.
func (s *State) SearchText() string {
	switch c := s.Compare; {
	case c.Looking:
		return fmt.Sprintf(s.Words().Searching, c.Done, c.Count)
	case c.None:
		return fmt.Sprintf(s.Words().SearchNone, c.Count)
	}
	return ""
}

// CompareStatus says why there is no comparison, "" if there is one.
func (s *State) CompareStatus() string {
	switch {
	case s.Shown == nil || s.Compared() != nil:
		return ""
	case s.Twin() == "":
		return s.Words().NoTwin
	case s.Compare.Failed:
		return s.Words().TwinFailed
	}
	return s.Words().TwinLoading
}
