package view

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sescope/web/protocol"
)

// WhyTexts are the words of the waterfall.
type WhyTexts struct {
	_                                                                           [0]func() // nobody compares them: the code for it would be 30 KB
	WhyQuestion, WhyEnd, WhyRival, WhyRunnerUp, WhyAnswer, WhyAlone, WhyBias    string
	WhyOthers, WhyLead, WhyLogit, WhyNone, WhyEmpty, WhyChannel, WhyLabel       string
	SayLead, SayTrail, SayLogit, SayFor, SayAgainst, SayYet, SayChannel, SayAnd string
	FactBrings                                                                  string
}

var englishWhy = WhyTexts{
	WhyQuestion: "Why %s and not",
	WhyEnd:      "?",
	WhyRival:    "The other class",
	WhyRunnerUp: "%s (second)",
	WhyAnswer:   "%s (the answer)",
	WhyAlone:    "nothing: its logit alone",
	WhyChannel:  "channel %d",
	WhyLabel:    "Why this answer",
	WhyBias:     "start",
	WhyOthers:   "other %d",
	WhyLead:     "lead",
	WhyLogit:    "logit",
	WhyNone:     "This network ends in more than one layer, so its logits are no sums over channels and cannot be taken apart exactly. Other networks can.",
	WhyEmpty:    "Each channel's share of the answer appears here, strongest first.",
	SayLead:     "%s leads %s by %s",
	SayTrail:    "%s trails %s by %s",
	SayLogit:    "The logit of %s is %s",
	SayFor:      ", mostly by %s",
	SayAgainst:  "; against it: %s",
	SayYet:      "; for it: %s",
	SayChannel:  "channel %d (%s)",
	SayAnd:      " and ",
	FactBrings:  "brings to %s",
}

var chineseWhy = WhyTexts{
	WhyQuestion: "为什么是%s而不是",
	WhyEnd:      "？",
	WhyRival:    "另一类",
	WhyRunnerUp: "%s（第二）",
	WhyAnswer:   "%s（答案）",
	WhyAlone:    "不比较，只看它的 logit",
	WhyChannel:  "通道 %d",
	WhyLabel:    "为什么是这个答案",
	WhyBias:     "起点",
	WhyOthers:   "其余 %d 个",
	WhyLead:     "合计领先",
	WhyLogit:    "logit",
	WhyNone:     "这个网络的结尾不止一层，logit 不是各通道之和，无法精确拆开。换一个网络就可以。",
	WhyEmpty:    "这里会按强弱列出每个通道的贡献。",
	SayLead:     "%s领先%s %s",
	SayTrail:    "%s落后%s %s",
	SayLogit:    "%s的 logit 是 %s",
	SayFor:      "，主要靠%s",
	SayAgainst:  "；反对的有%s",
	SayYet:      "；支持它的有%s",
	SayChannel:  "通道 %d（%s）",
	SayAnd:      "和",
	FactBrings:  "对%s的贡献",
}

// Fall is one row of the waterfall; its bar lies in a drawing 100 wide.
type Fall struct {
	Name, Value string
	X, W        string // of the bar
	End         string // where it ends: the next row's bar begins there
	Zero        string // where 0 is
	Class       string // "for", "against" or "sum"; " on" behind it marks the channel that the card describes
	Term        string // the channel, "" for what is no channel
}

// Waterfall draws why; nil before the first result and where the network cannot say.
func (s *State) Waterfall() []Fall {
	if s.Shown == nil || s.Shown.Result.Why == nil {
		return nil
	}
	t, w := s.T(), s.Shown.Result.Why
	steps := []Fall{{Name: t.WhyBias}}
	values := []float32{w.Bias}
	for _, term := range w.Terms {
		steps, values = append(steps, Fall{Name: fmt.Sprintf(t.WhyChannel, term.Channel), Term: strconv.Itoa(term.Channel)}), append(values, term.Value)
	}
	if w.Others > 0 {
		steps, values = append(steps, Fall{Name: fmt.Sprintf(t.WhyOthers, w.Others)}), append(values, w.Rest)
	}
	printed := s.printed()
	lo, hi, sum := float32(0), float32(0), float32(0)
	for _, v := range values {
		sum += v
		lo, hi = min(lo, sum), max(hi, sum)
	}
	lo, hi = min(lo, w.Total), max(hi, w.Total)
	at := func(v float32) float64 { return 100 * float64(v-lo) / float64(max(hi-lo, 1e-6)) }
	bar := func(step Fall, from, to float32, value, class string) Fall {
		x, end := at(min(from, to)), at(max(from, to))
		step.X, step.W, step.End, step.Zero = units(x), units(max(end-x, .4)), units(at(to)), units(at(0))
		step.Value, step.Class = value, class
		if f := s.Focus(); f != nil && step.Term != "" && f.Block == s.HeadBlock() && step.Term == strconv.Itoa(f.Channel) {
			step.Class += " on"
		}
		return step
	}
	sum = 0
	for i, v := range values {
		kind := "for"
		if v < 0 {
			kind = "against"
		}
		steps[i] = bar(steps[i], sum, sum+v, printed[i], kind)
		sum += v
	}
	last := t.WhyLead
	if w.Against < 0 {
		last = t.WhyLogit
	}
	return append(steps, bar(Fall{Name: last}, 0, w.Total, fixed(w.Total), "sum"))
}

// printed are the shares as they are shown, start, channels and others: rounded so that what stands
// there adds up to the total that stands there. None is more than a hundredth from its own value.
func (s *State) printed() []string {
	w := s.Shown.Result.Why
	values := []float32{w.Bias}
	for _, term := range w.Terms {
		values = append(values, term.Value)
	}
	if w.Others > 0 {
		values = append(values, w.Rest)
	}
	whole := make([]float64, len(values))
	missing := math.Round(100 * float64(w.Total))
	for i, v := range values {
		whole[i] = math.Round(100 * float64(v))
		missing -= whole[i]
	}
	if math.Abs(missing) <= float64(len(values))/2+1 { // or they do not add up at all
		step := math.Copysign(1, missing)
		for ; missing != 0; missing -= step {
			best := 0 // what was rounded away furthest in that direction
			for i, v := range values {
				if step*(100*float64(v)-whole[i]) > step*(100*float64(values[best])-whole[best]) {
					best = i
				}
			}
			whole[best] += step
		}
	}
	list := make([]string, len(values))
	for i, v := range whole {
		list[i] = fixed(float32(v / 100))
	}
	return list
}

// fixed prints a share with two decimals, its sign and a true minus; what rounds to nothing has no
// sign.
func fixed(v float32) string {
	text := fmt.Sprintf("%+.2f", v)
	if text == "+0.00" || text == "-0.00" {
		return text[1:]
	}
	return minus(text)
}

// WhySentence says the waterfall in one sentence.
func (s *State) WhySentence() string {
	if s.Shown == nil || s.Shown.Result.Why == nil {
		return ""
	}
	t, w, classes := s.T(), s.Shown.Result.Why, s.Shown.Model.Classes
	class := s.Name(classes[w.Class])
	number := minus(fmt.Sprintf("%.2f", w.Total))
	var text string
	switch {
	case w.Against < 0:
		text = fmt.Sprintf(t.SayLogit, class, number)
	case w.Total < 0:
		text = fmt.Sprintf(t.SayTrail, upperFirst(class), s.Name(classes[w.Against]), fmt.Sprintf("%.2f", -w.Total))
	default:
		text = fmt.Sprintf(t.SayLead, upperFirst(class), s.Name(classes[w.Against]), number)
	}
	var for_, against []string
	printed := s.printed()
	for i, term := range w.Terms {
		if max(term.Value, -term.Value) < .005 { // two decimals would say nothing
			continue
		}
		words := fmt.Sprintf(t.SayChannel, term.Channel, printed[1+i])
		if term.Value >= 0 {
			for_ = append(for_, words)
		} else {
			against = append(against, words)
		}
	}
	but := t.SayAgainst
	if w.Total < 0 && w.Against >= 0 { // it trails by those against it
		for_, against, but = against, for_, t.SayYet
	}
	if len(for_) > 0 {
		text += fmt.Sprintf(t.SayFor, strings.Join(for_[:min(2, len(for_))], t.SayAnd))
	}
	if len(against) > 0 {
		text += fmt.Sprintf(but, strings.Join(against[:min(2, len(against))], t.SayAnd))
	}
	if s.Lang == "zh" {
		return text + "。"
	}
	return text + "."
}

// WhyQuestion begins the heading, before the list of rivals.
func (s *State) WhyQuestion() string {
	if s.Shown == nil || s.Shown.Result.Why == nil {
		return ""
	}
	return fmt.Sprintf(s.T().WhyQuestion, s.Name(s.Shown.Model.Classes[s.Shown.Result.Why.Class]))
}

// Rival is a line of the list of classes to compare with.
type Rival struct {
	Value  int // a class, protocol.RunnerUp or protocol.Alone
	Name   string
	Chosen bool
}

// Rivals are the classes that the shown one can be compared with.
func (s *State) Rivals() []Rival {
	if s.Shown == nil || s.Shown.Result.Why == nil {
		return nil
	}
	t, r := s.T(), s.Shown.Result
	second := r.Why.Against
	if s.Against != protocol.RunnerUp { // the shown answer compares with another
		second = -1
		for i, p := range r.Probs {
			if i != r.Why.Class && (second < 0 || p > r.Probs[second]) {
				second = i
			}
		}
	}
	var list []Rival
	if second >= 0 {
		name := t.WhyRunnerUp
		if second == r.Top() { // the shown class is not the answer
			name = t.WhyAnswer
		}
		list = append(list, Rival{protocol.RunnerUp, fmt.Sprintf(name, s.Name(s.Shown.Model.Classes[second])), s.Against == protocol.RunnerUp || s.Against == r.Why.Class})
	}
	for i, c := range s.Shown.Model.Classes {
		if i != r.Why.Class {
			list = append(list, Rival{i, s.Name(c), s.Against == i})
		}
	}
	return append(list, Rival{protocol.Alone, t.WhyAlone, s.Against == protocol.Alone})
}
