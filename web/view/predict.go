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
	Top     bool
	Pinned  bool // the map is about this class because the person said so
	Guess   bool // not sure: one of those that the answer names
}

// unsureBelow is the probability under which an answer counts as a guess.
const unsureBelow = 0.5

// listed is the number of classes that the list has room for.
const listed = 12

// Predictions lists the classes, most probable first, at most listed of them; before the first result, in the network's order and empty.
func (s *State) Predictions() []Prediction {
	if s.Shown == nil {
		list := make([]Prediction, len(Samples))
		for i, name := range Samples {
			list[i] = Prediction{Class: i, Name: s.sampleName(name), Width: "0"}
		}
		return list
	}
	return s.ranked(s.Shown.Result.Probs)
}

// Classes is how many classes there are to choose from.
func (s *State) Classes() int {
	if s.Shown == nil {
		return len(Samples)
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
			Width: strconv.FormatFloat(100*p, 'f', 1, 64), Top: i == 0 && guesses == nil, Pinned: c == s.Class, Guess: slices.Contains(guesses, c)}
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

// Answer is the large line: the class and its probability, or that the network is not sure and what it may be.
func (s *State) Answer() (name, p string) {
	if s.Shown == nil {
		return "", ""
	}
	r := s.Shown.Result
	top := r.Top()
	if s.Unsure() {
		t := s.T()
		classes, _ := s.guesses()
		var names []string
		for _, c := range classes {
			names = append(names, s.Name(s.Shown.Model.Classes[c]))
		}
		last := len(names) - 1
		p = names[last]
		if last > 0 {
			p = strings.Join(names[:last], t.Comma) + t.Or + p
		}
		return t.NotSure, p
	}
	return upperFirst(s.Name(s.Shown.Model.Classes[top])), percent(float64(r.Probs[top]))
}

// Announcement is the answer for a screen reader.
func (s *State) Announcement() string {
	name, p := s.Answer()
	return name + ", " + p
}

// Verdict compares with the true label where it is known, and says when the network is not sure.
func (s *State) Verdict() string {
	if s.Shown == nil {
		return ""
	}
	t, truth := s.T(), s.Shown.Truth
	var text string
	switch right := truth == s.Shown.Result.Top(); {
	case truth < 0:
		return s.doubt()
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
	if s.unknown() { // a class may have 98 % and the picture yet be strange
		text += s.Words().Space + s.doubt()
	}
	return text
}

// doubt says why the network is not sure, "" if it is.
func (s *State) doubt() string {
	t, r := s.T(), s.Shown.Result
	switch {
	case s.unknown():
		return fmt.Sprintf(t.Unknown, minus(fmt.Sprintf("%.2f", r.Known.Score)), minus(fmt.Sprintf("%.2f", r.Known.Threshold)))
	case s.Unsure():
		classes, together := s.guesses()
		return fmt.Sprintf(t.Unsure, percent(float64(r.Probs[r.Top()])), len(classes), percent(float64(together)))
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

// Truth is the label of a sample, or of a picture whose class has that name, among a network's classes; -1 if it is unknown or no class of it.
func Truth(sample int, name string, m *protocol.Model) int {
	if sample >= 0 {
		name = Samples[sample]
	}
	return slices.IndexFunc(m.Classes, func(c nn.Class) bool { return name != "" && c.En == name })
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

var sampleZh = []string{"飞机", "汽车", "鸟", "猫", "鹿", "狗", "青蛙", "马", "船", "卡车"}

// sampleName names a sample before any network told its class names.
func (s *State) sampleName(en string) string {
	if s.Lang == "zh" {
		return sampleZh[slices.Index(Samples, en)]
	}
	return en
}

// SampleLabel names the picture of sample i.
func (s *State) SampleLabel(i int) string {
	return fmt.Sprintf(s.T().Sample, s.sampleName(Samples[i]))
}

// Unsure tells that no class reaches one half, or that the network's own rule does not know the picture.
func (s *State) Unsure() bool {
	return s.Shown != nil && (s.Shown.Result.Probs[s.Shown.Result.Top()] < unsureBelow || s.unknown())
}

func (s *State) unknown() bool { return s.Shown.Result.Known != nil && !s.Shown.Result.Known.Sure }

// guesses are the most probable classes, as many as it takes to hold four fifths together, three at most.
func (s *State) guesses() (classes []int, together float32) {
	probs := s.Shown.Result.Probs
	for len(classes) < min(3, len(probs)) && together < .8 {
		best := -1
		for i, p := range probs {
			if !slices.Contains(classes, i) && (best < 0 || p > probs[best]) {
				best = i
			}
		}
		classes, together = append(classes, best), together+probs[best]
	}
	return classes, together
}
