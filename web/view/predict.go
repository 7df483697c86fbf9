package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sescope/nn"
	"sescope/web/protocol"
)

// Prediction is one line of the list.
type Prediction struct {
	Class   int
	Name    string
	Percent string // "92 %", "<1 %"
	Width   string // of a bar of 100, for an attribute
	P       float64
	Top     bool
	Pinned  bool // the map is about this class because the person said so
	Guess   bool // not sure: one of those that the answer names
}

// unsureBelow is the probability under which an answer counts as a guess.
const unsureBelow = 0.5

// listed is the number of classes that the list has room for; the menu of the map offers all.
const listed = 5

// Predictions lists the classes, most probable first, at most listed of them; before the first
// result, in the network's order and empty.
func (s *State) Predictions() []Prediction {
	if s.Shown == nil {
		list := make([]Prediction, listed)
		for i := range list {
			list[i] = Prediction{Class: i, Name: s.sampleName(i), Width: "0"}
		}
		return list
	}
	return s.ranked(s.probs())
}

// probs are the probabilities of the shown answer: of a camera, what the last second says together.
func (s *State) probs() []float32 {
	if st := s.Shown.Steady; st != nil {
		return st.Probs()
	}
	return s.Shown.Result.Probs
}

// Top is the class of the shown answer.
func (s *State) Top() int {
	if st := s.Shown.Steady; st != nil {
		return st.Top()
	}
	return s.Shown.Result.Top()
}

// Second is the most probable class but the answer; -1 in a network of one class.
func (s *State) Second() int {
	best, probs := -1, s.probs()
	for i, p := range probs {
		if i != s.Top() && (best < 0 || p > probs[best]) {
			best = i
		}
	}
	return best
}

// Classes is how many classes there are to choose from.
func (s *State) Classes() int {
	if s.Shown == nil {
		return len(s.Film())
	}
	return len(s.Shown.Model.Classes)
}

// ranked lists the shown network's classes by probability.
func (s *State) ranked(probs []float32) []Prediction {
	order := make([]int, len(probs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case probs[a] > probs[b]:
			return -1
		case probs[a] < probs[b]:
			return 1
		}
		return 0
	})
	var guesses []int
	if s.Unsure() {
		guesses, _ = s.guesses()
	}
	list := make([]Prediction, min(len(order), listed))
	for i, c := range order[:len(list)] {
		p := float64(probs[c])
		list[i] = Prediction{Class: c, Name: s.Name(s.Shown.Model.Classes[c]), Percent: percent(p),
			Width: strconv.FormatFloat(100*p, 'f', 1, 64), P: p, Top: i == 0 && guesses == nil, Pinned: c == s.Class, Guess: slices.Contains(guesses, c)}
	}
	return list
}

// percent rounds without claiming certainty: 99.97 % is ">99 %", 0.4 % is "<1 %".
func percent(p float64) string {
	switch {
	case p < 0.01:
		return "<1 %"
	case p >= 0.995:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// Answer is the large line: the class and its probability, or that the network is not sure or knows
// nothing like it.
func (s *State) Answer() (name, p string) {
	if s.Shown == nil {
		return "", ""
	}
	t := s.T()
	switch {
	case s.unknown():
		return t.NothingKnown, ""
	case s.Unsure():
		return t.NotSure, ""
	}
	return upperFirst(s.Name(s.Shown.Model.Classes[s.Top()])), percent(float64(s.probs()[s.Top()]))
}

// Was tells what the network's own gates say of the shown class, where a person moved some.
func (s *State) Was() string {
	if s.Shown == nil || !s.Shown.Result.Touched {
		return ""
	}
	return fmt.Sprintf(s.T().Was, percent(float64(s.Shown.Result.Base[s.Top()])))
}

// guessed names the nearest classes, "cup, bowl or plate".
func (s *State) guessed() string {
	t := s.T()
	classes, _ := s.guesses()
	var names []string
	for _, c := range classes {
		names = append(names, s.Name(s.Shown.Model.Classes[c]))
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], t.Comma) + t.Or + names[last]
}

// Announcement is the answer for a screen reader.
func (s *State) Announcement() string {
	name, p := s.Answer()
	switch {
	case s.unknown():
		return name + s.T().Comma + fmt.Sprintf(s.T().Nearest, s.guessed())
	case s.Unsure():
		return name + s.T().Comma + s.guessed()
	}
	return name + ", " + p
}

// Verdict is the line below the answer: it compares with the true label where it is known, and says
// when the network is not sure and what it may be.
func (s *State) Verdict() string {
	if s.Shown == nil {
		return ""
	}
	t, truth := s.T(), s.Shown.Truth
	if truth < 0 {
		return s.doubt()
	}
	var text string
	switch right := truth == s.Top(); {
	case right && s.Unsure():
		text = t.UnsureRight
	case s.Unsure():
		text = t.UnsureWrong
	case right:
		text = t.TrueRight
	default:
		text = t.TrueWrong
	}
	text = fmt.Sprintf(text, s.Name(s.Shown.Model.Classes[truth]))
	switch {
	case s.unknown():
		text += s.Words().Space + fmt.Sprintf(s.T().Nearest, s.guessed())
	case s.Unsure():
		text += s.Words().Space + s.doubt()
	}
	return text
}

// doubt says what the picture may be, "" if the network is sure.
func (s *State) doubt() string {
	switch {
	case s.unknown():
		return fmt.Sprintf(s.T().Nearest, s.guessed()) + s.Words().Space + s.T().TryElse
	case s.Unsure():
		return fmt.Sprintf(s.T().Perhaps, s.guessed())
	}
	return ""
}

// Score is the detail behind the doubt: the numbers of the rule that refused, or of the classes. ""
// if the network is sure.
func (s *State) Score() string {
	if s.Shown == nil {
		return ""
	}
	t, r := s.T(), s.Shown.Result
	switch {
	case s.doubted():
		return fmt.Sprintf(t.Unknown, minus(fmt.Sprintf("%.2f", r.Rejection.Score)), minus(fmt.Sprintf("%.2f", r.Rejection.Threshold)))
	case s.Unsure():
		classes, together := s.guesses()
		return fmt.Sprintf(t.Unsure, percent(float64(s.probs()[s.Top()])), len(classes), percent(float64(together)))
	}
	return ""
}

// MapHint tells what pressing a class does.
func (s *State) MapHint() string {
	if s.Kind != "" && !s.Kind.FollowsClass() {
		return s.T().MapAllClasses
	}
	if s.Shown != nil && s.Class >= 0 {
		return fmt.Sprintf(s.T().MapPinned, s.Name(s.Shown.Model.Classes[s.Class]))
	}
	return s.T().MapHint
}

// Truth is the label of a sample, or of a picture whose class has that name, among a network's
// classes; -1 if it is unknown or no class of it.
func Truth(sample int, name string, m *protocol.Model) int {
	if sample >= 0 {
		name = Samples[sample].Class
	}
	return slices.IndexFunc(m.Classes, func(c nn.Class) bool { return name != "" && c.En == name })
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// Unsure tells that no class reaches one half, or that the network's own rule does not know the
// picture.
func (s *State) Unsure() bool {
	if s.Shown == nil {
		return false
	}
	if st := s.Shown.Steady; st != nil {
		return st.Unsure()
	}
	return s.Shown.Result.Probs[s.Shown.Result.Top()] < unsureBelow || s.doubted()
}

// doubted tells that the network's own rule is not sure.
func (s *State) doubted() bool {
	r := s.Shown.Result.Rejection
	if st := s.Shown.Steady; st != nil && r != nil {
		return st.Doubted()
	}
	return r != nil && !r.Sure
}

func (s *State) unknown() bool {
	if s.Shown == nil || s.Shown.Result.Rejection == nil {
		return false
	}
	if st := s.Shown.Steady; st != nil {
		return st.Unknown()
	}
	return s.Shown.Result.Rejection.Strange
}

// guesses are the classes that are named where the network is not sure, and what they hold
// together.
func (s *State) guesses() (classes []int, together float32) {
	if st := s.Shown.Steady; st != nil {
		classes = st.Guesses()
	} else {
		classes = guesses(s.probs())
	}
	for _, c := range classes {
		together += s.probs()[c]
	}
	return classes, together
}

// guesses are the most probable classes, as many as it takes to hold four fifths together, three at
// most.
func guesses(probs []float32) (classes []int) {
	together := float32(0)
	for len(classes) < min(3, len(probs)) && together < .8 {
		best := -1
		for i, p := range probs {
			if !slices.Contains(classes, i) && (best < 0 || p > probs[best]) {
				best = i
			}
		}
		classes, together = append(classes, best), together+probs[best]
	}
	return classes
}
