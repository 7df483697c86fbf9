package view

import (
	"regexp"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// Every page has a name, a title and a text in both languages, and the verbs of the two agree.
func TestWalkWords(t *testing.T) {
	verb := regexp.MustCompile(`%(\[\d\])?[a-z]`)
	count := func(s string) int { return len(verb.FindAllString(strings.ReplaceAll(s, "%%", ""), -1)) }
	for _, table := range []map[string]both{walkNames, walkTitles, walkTexts} {
		if len(table) != 12 {
			t.Errorf("a table of the walk has %d pages, expected 12", len(table))
		}
		for page, text := range table {
			if text.en == "" || text.zh == "" || count(text.en) != count(text.zh) {
				t.Errorf("%s: %q and %q: one is missing, or their numbers differ", page, text.en, text.zh)
			}
		}
	}
}

// The words about another kind of attention have as many numbers in one language as in the other.
func TestWalkKinds(t *testing.T) {
	verb := regexp.MustCompile(`%(\[\d\])?[a-z]`)
	for _, w := range walkKinds {
		for _, text := range []both{w.name, w.title, w.text} {
			if en, zh := verb.FindAllString(text.en, -1), verb.FindAllString(text.zh, -1); (text.en == "") != (text.zh == "") || len(en) != len(zh) {
				t.Errorf("%s, %s: %q and %q: one is missing, or their numbers differ", w.kind, w.page, text.en, text.zh)
			}
		}
	}
}

// walking is a state on the walk through a last block of a kind, of three channels, with what the
// worker sends of channel 1.
func walking(kind string) *State {
	s := shown()
	e := nn.Excitation{Layer: "last", Kind: kind, Map: nn.Shape{H: 2, W: 2, C: 3}, Function: "sigmoid", Logits: []float32{0, 1, 2}, Own: []float32{.5, .73, .88}, Scale: []float32{.5, .73, .88},
		Squeezes: []nn.Squeeze{{Pool: "mean", Values: []float32{1, 2, 3}}}}
	sum := nn.GateSum{Channel: 1, N: 3, Weights: []float32{.5, -.25, .75}, Inputs: []float32{1, 2, 3}}
	if kind != "eca" {
		e.Activation, e.Squeezes[0].Width, e.Squeezes[0].Hidden = "relu", 2, []float32{0, 1}
		sum.N, sum.Width, sum.Weights, sum.Inputs, sum.First = 2, 2, []float32{1, 2}, []float32{0, 3}, []float32{1, 1}
	}
	s.Shown.Result.Gates = []protocol.Excitation{{Excitation: e}}
	if kind == "cbam" {
		q := nn.Squeeze{Pool: "max", Width: 2, Values: []float32{4, 5, 6}, Hidden: []float32{1, 1}}
		s.Shown.Result.Gates[0].Squeezes = append(s.Shown.Result.Gates[0].Squeezes, q)
		s.Shown.Result.Spatial = []protocol.Spatial{{Spatial: nn.Spatial{Map: e.Map, Kernel: 7, Mean: make([]float32, 4), Max: make([]float32, 4), Scale: []float32{.1, .2, .3, .9}}}}
	}
	s.WalkStart()
	s.Walk.Channel = 1
	m := protocol.Plane{W: 2, H: 2, Data: []float32{1, 2, 3, 4}}
	s.Panel = &protocol.Panel{Maps: &protocol.Maps{Flow: &protocol.Flow{GateSum: sum, Before: m, After: m}}}
	return s
}

// ECA and CBAM are named on the walk and walked through as what they do: a convolution over
// neighbours, a mean and a maximum through one small network, and gates of places behind.
func TestWalkOfOtherAttention(t *testing.T) {
	for _, c := range []struct {
		kind, pages string
		says        map[string]string // by page: part of what it says or draws
	}{
		{"se", "picture filter map squeeze fc1 hidden fc2 gate scale head what-if", map[string]string{
			WalkSqueeze: "In front of SE 1 stand 3 maps of 2 × 2. Channel 1's 4 values have the mean 2.00: that one number goes on", WalkHidden: "On this picture 1 of the 2 neurons answer"}},
		{"eca", "picture filter map squeeze fc2 gate scale head what-if", map[string]string{
			WalkSqueeze: "In front of ECA 1 ", WalkSecond: "For channel 1 it multiplies 3 means, its own and its neighbours', and their sum is 1.00.", WalkScale: "All 4 values of channel 1"}},
		{"cbam", "picture filter map squeeze fc1 hidden fc2 gate scale places head what-if", map[string]string{
			WalkSqueeze: "have the mean 2.00 and the maximum 5.00: these two numbers go on", WalkFirst: "with the very same weights the maxima", WalkHidden: "the means wake 1 neuron, the maxima 2, of 2.",
			WalkPlaces: "At each of 2 × 2 places it takes the mean and the maximum over all channels, and a filter of 7 × 7 makes one gate of what lies around: from 0.10 to 0.90 here."}},
	} {
		s := walking(c.kind)
		if got := strings.Join(s.WalkPages(), " "); got != c.pages {
			t.Errorf("%s has the pages %s", c.kind, got)
		}
		for i, page := range s.WalkPages() {
			s.Walk.At = i
			for _, lang := range []string{"en", "zh"} {
				s.Lang = lang
				all := s.WalkOver() + s.WalkAbout() + s.WalkTitle() + s.WalkText() + s.WalkFigure() + s.WalkFormula()
				if strings.Contains(all, "%!") || c.kind != "se" && strings.Contains(all, "SE ") {
					t.Errorf("%s, %s: %s", c.kind, page, all)
				}
				if want := c.says[page]; lang == "en" && !strings.Contains(all, want) {
					t.Errorf("%s, %s: %q is not in %q", c.kind, page, want, all)
				}
			}
		}
		s.Lang = "en"
		if where := s.WalkQuestions()[2].Answer; strings.HasPrefix(where, "No.") == (c.kind == "cbam") {
			t.Errorf("%s: does a gate know where things are? %s", c.kind, where)
		}
	}
	s := walking("se")
	s.Shown.Model.Title = map[string]string{"en": "Live"}
	s.Models, s.Loading = []ModelChoice{{Name: "next", Title: map[string]string{"en": "Everyday"}}}, "next"
	if about := s.WalkAbout(); about != "Everyday is on its way; until then this is Live" {
		t.Errorf("while another network is on its way the walk is about %q", about)
	}
	if q := walkQuestionWords[0][1].en; strings.Contains(q, "two numbers") {
		t.Error("the words of the questions have changed for all networks")
	}
}

// A sample of channels is in order, has no channel twice, and holds the one that is looked at.
func TestSample(t *testing.T) {
	for count := 1; count < 40; count++ {
		for with := range count {
			list := sample(count, 9, with)
			found := false
			for i, c := range list {
				found = found || c == with
				if c < 0 || c >= count || i > 0 && c <= list[i-1] {
					t.Fatalf("sample(%d, 9, %d) = %v", count, with, list)
				}
			}
			if !found || len(list) != min(count, 9) {
				t.Fatalf("sample(%d, 9, %d) = %v", count, with, list)
			}
		}
	}
}
