package view

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"sescope/web/protocol"
)

func whyState() *State {
	s := shown()
	s.Shown.Result.Why = &protocol.Why{Class: 1, Against: 2, Bias: -1, Terms: []protocol.Share{{Channel: 64, Value: 4}, {Channel: 27, Value: -2}, {Channel: 8, Value: 1}}, Others: 61, Rest: 2, Total: 4}
	return s
}

// Every bar begins where the one before it ends, and the last one is the total from zero.
func TestWaterfall(t *testing.T) {
	s := whyState()
	if !s.Settle() || *s.Focus() != (protocol.Peek{Block: 1, Channel: 64}) || s.Settle() {
		t.Fatalf("the channel that matters most is %v, expected 64 of the last block, once", s.Focus())
	}
	steps := s.Waterfall()
	if len(steps) != 6 {
		t.Fatalf("%d steps, want bias, three channels, the rest and the sum", len(steps))
	}
	// -1, 3, 1, 2, 4: from -1 to 4 over 100 units, zero at 20.
	for i, want := range []Fall{
		{"start", "−1.00", "0.00", "20.00", "0.00", "20.00", "against", ""},
		{"channel 64", "+4.00", "0.00", "80.00", "80.00", "20.00", "for on", "64"},
		{"channel 27", "−2.00", "40.00", "40.00", "40.00", "20.00", "against", "27"},
		{"channel 8", "+1.00", "40.00", "20.00", "60.00", "20.00", "for", "8"},
		{"other 61", "+2.00", "60.00", "40.00", "100.00", "20.00", "for", ""},
		{"lead", "+4.00", "20.00", "80.00", "100.00", "20.00", "sum", ""},
	} {
		if steps[i] != want {
			t.Errorf("step %d is %v, want %v", i, steps[i], want)
		}
	}
}

func TestWhyWords(t *testing.T) {
	s := whyState()
	w := s.Shown.Result.Why
	for _, c := range []struct {
		change func()
		en, zh string
	}{
		{func() {}, "Ship leads dog by 4.00, mostly by channel 64 (+4.00) and channel 8 (+1.00); against it: channel 27 (−2.00).", "船领先狗 4.00，主要靠通道 64（+4.00）和通道 8（+1.00）；反对的有通道 27（−2.00）。"},
		{func() { w.Total = -4 }, "Ship trails dog by 4.00, mostly by channel 27 (−2.00); for it: channel 64 (+4.00) and channel 8 (+1.00).", "船落后狗 4.00，主要靠通道 27（−2.00）；支持它的有通道 64（+4.00）和通道 8（+1.00）。"},
		{func() { w.Against, w.Terms = protocol.Alone, w.Terms[:1] }, "The logit of ship is −4.00, mostly by channel 64 (+4.00).", "船的 logit 是 −4.00，主要靠通道 64（+4.00）。"},
		{func() { w.Terms = nil }, "The logit of ship is −4.00.", "船的 logit 是 −4.00。"},
	} {
		c.change()
		s.Lang = "en"
		en := s.WhySentence()
		s.Lang = "zh"
		if zh := s.WhySentence(); en != c.en || zh != c.zh {
			t.Errorf("%q\n%q\nwant %q\n     %q", en, zh, c.en, c.zh)
		}
	}
	s = whyState()
	s.Against = 2
	names := ""
	for _, r := range s.Rivals() {
		names += r.Name + ";"
		if r.Chosen != (r.Value == 2) {
			t.Errorf("%s is chosen: %t", r.Name, r.Chosen)
		}
	}
	if want := "dog (second);cat;dog;nothing: its logit alone;"; names != want {
		t.Errorf("rivals %q, want %q", names, want)
	}
	s.Shown.Result.Why = nil
	if s.Waterfall() != nil || s.WhySentence() != "" || s.WhyQuestion() != "" || s.Rivals() != nil {
		t.Error("a network that cannot be taken apart has a waterfall")
	}
	brings := float32(-.76)
	s.Shown.Result.Peeked = &protocol.Peeked{Peek: at(1, 3), Brings: &brings}
	if facts := s.ChannelFacts(at(1, 3)); facts[len(facts)-1] != (Fact{"brings to ship", "−0.76"}) {
		t.Errorf("facts %v", facts)
	}
}

// The gates of a bottleneck scale other channels than the head reads: no row is about one of them.
func TestWaterfallOfBottlenecks(t *testing.T) {
	s := whyState()
	s.Shown.Model.GatesHead = false
	own := s.Shown.Result.Gates[1].Own
	own[5] = .9
	if s.Settle(); *s.Focus() != at(1, 5) {
		t.Errorf("the chosen channel is %v, expected 5 of the last block, whose gate is the largest", s.Focus())
	}
	if text := s.CardMatters(at(1, 5)); text != s.T().CardLargest {
		t.Errorf("the card says %q", text)
	}
	s.Pick(at(1, 64))
	for i, step := range s.Waterfall() {
		if strings.Contains(step.Class, "on") {
			t.Errorf("row %d is marked: %+v", i, step)
		}
	}
	if at, ok := s.TermAt("64"); ok {
		t.Errorf("row 64 is channel %v of a block", at)
	}
	if s.WalkStart(); s.Walk.Channel == 64 {
		t.Error("the walk follows a channel that no gate scales")
	}
}

// What the rows show adds up to the total that they show, and the rival of a class that is not the
// answer is the answer, not the second.
func TestWaterfallAddsUp(t *testing.T) {
	s := whyState()
	w := s.Shown.Result.Why
	w.Bias, w.Rest, w.Terms = .004, .344, []protocol.Share{{Channel: 64, Value: 1.004}, {Channel: 27, Value: -.996}, {Channel: 8, Value: .334}}
	w.Total = w.Bias + w.Rest + w.Terms[0].Value + w.Terms[1].Value + w.Terms[2].Value
	steps := s.Waterfall()
	sum, total := 0., 0.
	for i, step := range steps {
		v, err := strconv.ParseFloat(strings.Replace(step.Value, "−", "-", 1), 64)
		if err != nil {
			t.Fatal(err)
		}
		if i == len(steps)-1 {
			total = v
			break
		}
		sum += v
	}
	if math.Abs(sum-total) > 1e-9 || total != .69 {
		t.Errorf("the rows add up to %.2f, the total is %.2f: %+v", sum, total, steps)
	}
	for i, v := range []float32{w.Bias, w.Terms[0].Value, w.Terms[1].Value, w.Terms[2].Value, w.Rest} {
		if shown, _ := strconv.ParseFloat(strings.Replace(steps[i].Value, "−", "-", 1), 64); math.Abs(shown-float64(v)) > .01 {
			t.Errorf("%s is %v, shown as %s", steps[i].Name, v, steps[i].Value)
		}
	}
	top := s.Shown.Result.Top()
	w.Class, w.Against = (top+1)%3, top
	if name := s.Rivals()[0].Name; !strings.HasSuffix(name, "(the answer)") {
		t.Errorf("the rival of a class that is not the answer is called %q", name)
	}
}

func TestNothingHasNoSign(t *testing.T) {
	for v, want := range map[float32]string{.004: "0.00", -.004: "0.00", 0: "0.00", .006: "+0.01", -.006: "−0.01"} {
		if got := fixed(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}
