package view

import (
	"fmt"
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// The pages of the walk ("Show me how"), in the order of the data. Excite takes four of them.
const (
	WalkPicture = "picture"
	WalkFilter  = "filter"
	WalkMap     = "map"
	WalkSqueeze = "squeeze"
	WalkFirst   = "fc1"
	WalkHidden  = "hidden"
	WalkSecond  = "fc2"
	WalkGate    = "gate"
	WalkScale   = "scale"
	WalkPlaces  = "places" // of CBAM: the gates of places behind those of channels
	WalkHead    = "head"
	WalkWhatIf  = "what-if"
)

// walkExcite are the pages of the one step that is called excite.
var walkExcite = []string{WalkFirst, WalkHidden, WalkSecond, WalkGate}

// Walk is where a person is on the walk.
type Walk struct {
	Open    bool
	At      int            // index of WalkPages
	Channel int            // of the last block, chosen when the walk was opened
	Drops   []float32      // how much the answer's log odds fall when a channel is muted, in the order of the channels; grows while the page asks
	Class   int            // that the drops are about
	Muted   bool           // the page has muted what the last step proposed
	Before  []float32      // probabilities in front of that
	First   *protocol.Maps // the first layer's answer, kept while later pages look at a block
}

// WalkPages are the pages that the shown network has: one without attention has neither squeeze nor
// gate, one whose attention has no hidden layer has no neurons, and only CBAM's has gates of
// places.
func (s *State) WalkPages() []string {
	all := []string{WalkPicture, WalkFilter, WalkMap, WalkSqueeze, WalkFirst, WalkHidden, WalkSecond, WalkGate, WalkScale, WalkPlaces, WalkHead, WalkWhatIf}
	return slices.DeleteFunc(all, func(page string) bool {
		switch page {
		case WalkFirst, WalkHidden:
			return !s.walkBlock() || s.walkAccount().Activation == ""
		case WalkSqueeze, WalkSecond, WalkGate, WalkScale, WalkWhatIf:
			return !s.walkBlock()
		case WalkPlaces:
			return s.walkPlaces() == nil
		}
		return false
	})
}

// walkBlock tells whether there is a block to walk through.
func (s *State) walkBlock() bool { return s.Shown != nil && len(s.Shown.Result.Gates) > 0 }

// walkPlaces is the account of the spatial attention behind the last block, nil without one.
func (s *State) walkPlaces() *protocol.Spatial {
	if !s.walkBlock() {
		return nil
	}
	return s.placesOf(len(s.Shown.Result.Gates) - 1)
}

// walkWords are the words of the open page.
func (s *State) walkWords() walkPageWords { return s.walkWordsOf(s.WalkPage()) }

// walkWordsOf are a page's own words, or those of the block's kind of attention where that does it
// another way.
func (s *State) walkWordsOf(page string) walkPageWords {
	w := walkPageWords{walkNames[page], walkTitles[page], walkTexts[page]}
	for i := range walkKinds {
		k := &walkKinds[i]
		if k.page != page || !s.walkBlock() || k.kind != s.walkAccount().Kind {
			continue
		}
		for j, to := range []*both{&w.name, &w.title, &w.text} {
			if from := [...]both{k.name, k.title, k.text}[j]; from.en != "" {
				*to = from
			}
		}
	}
	return w
}

// walkBlockName is what the block that the walk goes through is called: "SE 4".
func (s *State) walkBlockName() string {
	n := len(s.Shown.Result.Gates)
	return fmt.Sprintf("%s %d", nn.AttentionTitle(s.walkAccount().Kind), n)
}

// WalkPage is the page that is open.
func (s *State) WalkPage() string {
	pages := s.WalkPages()
	return pages[min(max(s.Walk.At, 0), len(pages)-1)]
}

// WalkDots are the walk's steps as dots, excite's pages as dashes of one dot.
func (s *State) WalkDots() []WalkDot {
	var dots []WalkDot
	step := 0
	for i, page := range s.WalkPages() {
		dash := slices.Contains(walkExcite, page)
		if !dash || i == 0 || !dots[i-1].Dash {
			step++
		}
		dots = append(dots, WalkDot{Step: step, Dash: dash, Done: i < s.Walk.At, On: i == s.Walk.At})
	}
	return dots
}

// WalkDot is one page in the row of dots.
type WalkDot struct {
	Step           int // that it belongs to, from 1
	Dash, Done, On bool
}

// WalkStart chooses what the walk follows: in the last block the channel that speaks most for the
// answer, or the one with the largest gate.
func (s *State) WalkStart() {
	s.Walk = Walk{Open: true, Channel: -1, Class: -1}
	if s.Shown == nil {
		return
	}
	s.Walk.Class = s.Shown.Result.Top()
	if !s.walkBlock() {
		return
	}
	g := s.Shown.Result.Gates[len(s.Shown.Result.Gates)-1]
	s.Walk.Channel = nn.Largest(g.Scale)
	if why := s.Shown.Result.Why; why != nil && why.Class == s.Walk.Class && s.HeadBlock() >= 0 {
		for _, t := range why.Terms { // strongest first
			if t.Value > 0 {
				s.Walk.Channel = t.Channel
				break
			}
		}
	}
}

// WalkLook is what the open page asks of the frame: the first layer until squeeze, then the last
// block. In the middle of the picture most things are.
func (s *State) WalkLook() *protocol.Look {
	switch s.WalkPage() {
	case WalkPicture, WalkFilter, WalkMap:
		return &protocol.Look{Maps: &protocol.MapsLook{Channel: -1, Y: -1, X: -1}}
	case WalkHead:
		return nil
	}
	gates := s.Shown.Result.Gates
	return &protocol.Look{Maps: &protocol.MapsLook{Layer: gates[len(gates)-1].Layer, Channel: s.Walk.Channel, Y: -1, X: -1}}
}

// walkFlow is the way of the channel that the walk follows through the last block; nil until it has
// come.
func (s *State) walkFlow() *protocol.Flow {
	if m := s.Maps(); m != nil && m.Flow != nil && m.Flow.Channel == s.Walk.Channel && m.Flow.Block == len(s.Shown.Result.Gates)-1 {
		return m.Flow
	}
	return nil
}

// walkAccount is the account of the last block.
func (s *State) walkAccount() *protocol.Excitation {
	return &s.Shown.Result.Gates[len(s.Shown.Result.Gates)-1]
}

// WalkProposal is the channel of the last block that the answer needs most; -1 until every channel
// was tried.
func (s *State) WalkProposal() (block, channel int) {
	if !s.walkBlock() {
		return -1, -1
	}
	block = len(s.Shown.Result.Gates) - 1
	if len(s.Walk.Drops) < s.Shown.Result.Gates[block].Map.C {
		return block, -1
	}
	return block, nn.Largest(s.Walk.Drops)
}

// WalkLit names the place of the page that the open page of the walk is about: "stage", "conv",
// "block", "head", "answer".
func (s *State) WalkLit() string {
	switch s.WalkPage() {
	case WalkPicture:
		return "stage"
	case WalkFilter, WalkMap:
		return "conv"
	case WalkHead:
		return "head"
	case WalkWhatIf:
		return "answer"
	}
	return "block"
}

// WalkTitle, WalkText and WalkOver are the words over the figure; they hold the numbers of the
// shown picture once these have come.
func (s *State) WalkTitle() string {
	t := s.walkWords().title
	switch s.WalkPage() {
	case WalkFirst:
		g := s.walkAccount()
		return fmt.Sprintf(s.in(t), g.Squeezes[0].Width, g.Map.C)
	case WalkHidden:
		return fmt.Sprintf(s.in(t), functionName(s.walkAccount().Activation))
	case WalkWhatIf:
		if _, c := s.WalkProposal(); c >= 0 {
			return fmt.Sprintf(s.in(t), c)
		}
		return s.in(walkLooking)
	}
	return s.in(t)
}

// WalkOver says where on the walk one is: "Show me how, step 5 of 8: excite (FC, ReLU, FC,
// sigmoid)".
func (s *State) WalkOver() string {
	dots := s.WalkDots()
	at := dots[min(s.Walk.At, len(dots)-1)]
	return fmt.Sprintf(s.in(walkOver), at.Step, dots[len(dots)-1].Step, s.in(s.walkWords().name))
}

// WalkAbout says what the numbers are of: "on this picture, SE 4, channel 12".
func (s *State) WalkAbout() string {
	for _, m := range s.Models {
		if m.Name == s.Loading && s.Shown.Model != nil {
			return fmt.Sprintf(s.in(walkComing), s.Localised(m.Title), s.Localised(s.Shown.Model.Title))
		}
	}
	switch s.WalkPage() {
	case WalkPicture, WalkFilter, WalkMap, WalkHead:
		return s.in(walkThis)
	}
	return fmt.Sprintf(s.in(walkThisBlock), s.walkBlockName(), s.Walk.Channel)
}

// WalkText are the two sentences of the open page; "" until its numbers have come.
func (s *State) WalkText() string {
	page := s.WalkPage()
	say := func(args ...any) string { return counted(s.in(s.walkWords().text), args...) }
	r := s.Shown.Result
	m, f := s.Maps(), s.walkFlow()
	name := s.Name(s.Shown.Model.Classes[r.Top()])
	switch page {
	case WalkPicture:
		w, h := s.Shown.Model.Input()
		if s.Shown.Model.Grey {
			return fmt.Sprintf(s.in(walkGrey), w, h, thousands(w*h))
		}
		return say(w, h, thousands(3*w*h))
	case WalkFilter:
		if m != nil && m.Sum != nil {
			return say(m.Sum.Count, Number(m.Sum.Sum))
		}
	case WalkMap:
		if m != nil {
			return say(m.C, m.C, m.W, m.H)
		}
	case WalkHead:
		return s.walkHeadText(name)
	case WalkWhatIf:
		return s.walkWhatIfText()
	}
	if f == nil {
		return ""
	}
	g, c := s.walkAccount(), f.Channel
	n, q := g.Map.C, g.Squeezes[0]
	switch page {
	case WalkSqueeze:
		args := []any{s.walkBlockName(), n, f.Before.W, f.Before.H, c, f.Before.W * f.Before.H}
		for _, q := range g.Squeezes {
			args = append(args, Number(q.Values[c]))
		}
		return say(args...)
	case WalkFirst:
		return say(n, q.Width, n)
	case WalkHidden:
		var args []any
		for _, q := range g.Squeezes {
			answer := 0
			for _, h := range q.Hidden {
				if h > 0 {
					answer++
				}
			}
			args = append(args, answer)
		}
		return say(append(args, q.Width)...)
	case WalkSecond:
		return say(n, c, f.N, Number(g.Logits[c]))
	case WalkGate:
		return say(functionName(g.Function), Number(g.Logits[c]), Number(g.Own[c]), c)
	case WalkScale:
		return say(f.Before.W*f.Before.H, c, Number(g.Scale[c]))
	case WalkPlaces:
		p := s.walkPlaces()
		return say(p.Map.W, p.Map.H, p.Kernel, p.Kernel, Number(slices.Min(p.Scale)), Number(slices.Max(p.Scale)))
	}
	return ""
}

func (s *State) walkHeadText(name string) string {
	r := s.Shown.Result
	p := percent(float64(r.Probs[r.Top()]))
	if r.Why == nil {
		return fmt.Sprintf(s.in(walkHeadOther), name, p)
	}
	return fmt.Sprintf(s.in(walkTexts[WalkHead]), len(s.Shown.Model.Classes), name, p)
}

func (s *State) walkWhatIfText() string {
	r, w := s.Shown.Result, &s.Walk
	block, channel := s.WalkProposal()
	of := r.Gates[block].Map.C
	if channel < 0 {
		return fmt.Sprintf(s.in(walkSearch), len(w.Drops), of)
	}
	if !w.Muted || w.Before == nil || !r.Touched {
		return fmt.Sprintf(s.in(walkTexts[WalkWhatIf]), of, channel)
	}
	before, now := s.Name(s.Shown.Model.Classes[w.Class]), s.Name(s.Shown.Model.Classes[r.Top()])
	from, to := percent(float64(w.Before[w.Class])), percent(float64(r.Probs[w.Class]))
	if r.Top() != w.Class {
		return fmt.Sprintf(s.in(walkFlipped), before, from, to, now)
	}
	return fmt.Sprintf(s.in(walkFell), before, from, to)
}

// Class is the dot's in the page's styles.
func (d WalkDot) Class() string {
	class := "dot"
	if d.Dash {
		class = "dash"
	}
	switch {
	case d.On:
		class += " on"
	case d.Done:
		class += " done"
	}
	return class
}

// WalkLabels are the words on the walk's buttons; Mute is "" where there is nothing to mute.
type WalkLabels struct{ Back, Next, Mute, Camera, Compare, Ask string }

// WalkLabels are the words on the buttons of the open page.
func (s *State) WalkLabels() WalkLabels {
	l := WalkLabels{Back: s.in(walkBack), Next: s.in(walkDone), Camera: s.T().UseCamera, Compare: s.TabName(TabCompare), Ask: s.in(walkQuestions)}
	if pages := s.WalkPages(); s.Walk.At+1 < len(pages) {
		l.Next = fmt.Sprintf(s.in(walkNext), s.in(s.walkWordsOf(pages[s.Walk.At+1]).name))
	}
	if _, channel := s.WalkProposal(); channel >= 0 && s.WalkPage() == WalkWhatIf {
		l.Mute = fmt.Sprintf(s.in(walkMute), channel)
		if s.Walk.Muted {
			l.Mute = s.in(walkUnmute)
		}
	}
	return l
}
