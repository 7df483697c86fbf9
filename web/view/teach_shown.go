package view

import (
	"fmt"
	"slices"

	"sescope/web/protocol"
)

// TeachTwin is a network that was trained as the taught one's base but for attention, "" for none.
func (s *State) TeachTwin() string {
	switch family := s.familyOf(s.Teach.Base); {
	case len(family) < 2:
		return ""
	case s.Teach.Base != family[0]:
		return family[0]
	default:
		return family[1]
	}
}

// Taught tells whether the shown answer is that of the person's classes.
func (s *State) Taught() bool { return s.Shown != nil && s.Shown.Model.Name == TaughtName }

// AddTaught puts the taught network into the picker, under the names of its classes.
func (s *State) AddTaught(m *protocol.Model) {
	s.AddOwn(m, false)
	for i := range s.Models {
		if s.Models[i].Name == m.Name {
			s.Models[i].Title = m.Title
		}
	}
}

// TeachShown is how many pictures of a class are shown at first.
const TeachShown = 16

// HasTaught tells whether there is a taught network to save.
func (s *State) HasTaught() bool {
	return slices.ContainsFunc(s.Models, func(m ModelChoice) bool { return m.Name == TaughtName })
}

// TeachBaseName is what people call the network that is taught on.
func (s *State) TeachBaseName() string {
	for _, m := range s.Models {
		if m.Name == s.Teach.Base {
			return s.Localised(m.Title)
		}
	}
	return s.Teach.Base
}

// TeachBaseText says which network that is.
func (s *State) TeachBaseText() string {
	if s.Teach.Inputs == 0 {
		return fmt.Sprintf(s.Words().TeachBaseLoading, s.TeachBaseName())
	}
	return fmt.Sprintf(s.Words().TeachBase, s.TeachBaseName())
}

// TaughtRow is one class of the live answer.
type TaughtRow struct {
	Name, Percent string
	Width         string // of 100
	Top           bool
}

// TaughtRows are the classes with their probabilities, in the order of the classes.
func (s *State) TaughtRows() (rows []TaughtRow) {
	if !s.Taught() {
		return nil
	}
	r := s.Shown.Result
	known := r.Rejection == nil || r.Rejection.Sure
	for i, c := range s.Shown.Model.Classes {
		if i < len(r.Probs) {
			rows = append(rows, TaughtRow{s.Name(c), percent(float64(r.Probs[i])), fmt.Sprintf("%.1f", 100*r.Probs[i]), known && i == r.Top()})
		}
	}
	return rows
}

// ChannelBar is a channel that tells a class from the others.
type ChannelBar struct {
	Example         int // its number: the picture of the class on which it is highest
	Channel         int
	Name, Class     string
	Mean, Others    string // widths of 100
	MeanText, Label string
}

// TellingChannels are those of the latest lesson, on one scale.
func (s *State) TellingChannels() (bars []ChannelBar) {
	t := &s.Teach
	if t.Tested == nil {
		return nil
	}
	var most float32
	for _, c := range t.Tested.Channels {
		most = max(most, c.Mean, c.Others)
	}
	width := func(v float32) string { return fmt.Sprintf("%.1f", 100*max(0, v)/max(most, 1e-6)) }
	w := s.Words()
	for _, c := range t.Tested.Channels[:min(4, len(t.Tested.Channels))] {
		if c.Class >= len(t.Names) {
			continue
		}
		example := 0
		if c.Best >= 0 && c.Best < len(t.Order) {
			example = t.Order[c.Best]
		}
		bars = append(bars, ChannelBar{example, c.Channel, fmt.Sprintf(w.TellChannel, c.Channel), t.Names[c.Class], width(c.Mean), width(c.Others), fmt.Sprintf("%.2f", c.Mean),
			fmt.Sprintf(w.TellLabel, c.Channel, t.Names[c.Class], c.Mean, c.Others)})
	}
	return bars
}
