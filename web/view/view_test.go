package view

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// shown is a state with a result of three classes and two SE blocks.
func shown() *State {
	s := NewState()
	m := &protocol.Model{Name: "net", Kinds: []nn.Kind{"gradcam", "activation"}, Ranks: []string{"mean", "gate", "gategrad"}, GatesHead: true, LastConv: "conv3", Side: 32, Blocks: []protocol.Block{{Layer: "se1", H: 32, W: 32, N: 2}, {Layer: "se2", H: 16, W: 16, N: 70}},
		Classes: []nn.Class{{En: "cat", Zh: "猫"}, {En: "ship", Zh: "船"}, {En: "dog", Zh: "狗"}}}
	s.Adopt(m)
	s.Shown = &Shown{Source: FromSample, File: "ship.svg", Truth: 1, Model: m, Timings: protocol.Timings{Grab: 1, Prepare: 1, Network: 6, Maps: 1, Paint: 1},
		Result: &protocol.Result{Model: "net", N: 3, Probs: []float32{.004, .936, .06}, Want: s.Want(), Class: 1,
			Heat: protocol.Plane{W: 2, H: 1, Data: []float32{-1, 3}},
			Gates: []protocol.Excitation{{Excitation: nn.Excitation{Layer: "se1", Map: nn.Shape{H: 32, W: 32, C: 2}, Scale: []float32{.25, 1}, Own: []float32{.25, 1}}},
				{Excitation: nn.Excitation{Layer: "se2", Map: nn.Shape{H: 16, W: 16, C: 70}, Scale: make([]float32, 70), Own: make([]float32, 70)}}},
			Channels: []protocol.Channel{{Channel: 7, Mean: -.5, Gate: .25}},
			Orders:   []protocol.Order{{By: "mean", Channels: []int{7, 3}}, {By: "gate", Channels: []int{3, 7}}}}}
	return s
}

// Every text exists in both languages, with the same verbs.
func TestTexts(t *testing.T) {
	verbs := regexp.MustCompile(`%[.0-9]*[sdvf]`)
	var compare func(en, zh reflect.Value)
	compare = func(en, zh reflect.Value) {
		for i := range en.NumField() {
			if en.Field(i).Kind() == reflect.Struct {
				compare(en.Field(i), zh.Field(i))
				continue
			}
			name, e, z := en.Type().Field(i).Name, en.Field(i).String(), zh.Field(i).String()
			if e == "" || z == "" {
				t.Errorf("%s: English %q, Chinese %q", name, e, z)
			}
			if a, b := verbs.FindAllString(e, -1), verbs.FindAllString(z, -1); !reflect.DeepEqual(a, b) {
				t.Errorf("%s: verbs %v in English, %v in Chinese", name, a, b)
			}
		}
	}
	for _, pair := range [][2]any{{English, Chinese}, {EnglishTabs, ChineseTabs}} {
		compare(reflect.ValueOf(pair[0]), reflect.ValueOf(pair[1]))
	}
}

func TestPredictions(t *testing.T) {
	s := shown()
	s.Class = 2
	want := []Prediction{{Class: 1, Name: "ship", Percent: "94 %", Width: "93.6", Top: true}, {Class: 2, Name: "dog", Percent: "6 %", Width: "6.0", Pinned: true}, {Class: 0, Name: "cat", Percent: "<1 %", Width: "0.4"}}
	got := s.Predictions()
	for i := range got {
		if math.Abs(got[i].P-float64(s.Shown.Result.Probs[got[i].Class])) > 1e-6 {
			t.Errorf("line %d has %v", i, got[i].P)
		}
		got[i].P = 0
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if name, p := s.Answer(); name != "Ship" || p != "94 %" {
		t.Errorf("answer %q %q", name, p)
	}
	if got := s.Announcement(); got != "Ship, 94 %" {
		t.Errorf("announcement %q", got)
	}
	before := NewState()
	if got := before.Predictions(); len(got) != listed || got[3].Name != "cat" || got[3].Percent != "" {
		t.Errorf("before the first result: %+v", got)
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0: "<1 %", .0099: "<1 %", .01: "1 %", .5: "50 %", .994: "99 %", .9999: ">99 %"} {
		if got := percent(p); got != want {
			t.Errorf("percent(%v) = %q, want %q", p, got, want)
		}
	}
}

func TestVerdict(t *testing.T) {
	s := shown()
	for _, c := range []struct {
		truth int
		probs []float32
		want  string
	}{
		{1, []float32{.1, .8, .1}, "Right: the picture shows ship."},
		{0, []float32{.1, .8, .1}, "Wrong: the picture shows cat."},
		{1, []float32{.3, .4, .3}, "Right but not sure: the picture shows ship. Perhaps ship, cat or dog."},
		{2, []float32{.3, .4, .3}, "Wrong and not sure: the picture shows dog. Perhaps ship, cat or dog."},
		{-1, []float32{.3, .4, .3}, "Perhaps ship, cat or dog."},
		{-1, []float32{.1, .8, .1}, ""},
	} {
		s.Shown.Truth, s.Shown.Result.Probs = c.truth, c.probs
		if got := s.Verdict(); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	if got := Truth(8, "", s.Shown.Model); got != 1 {
		t.Errorf("the label of sample ship is class %d, want 1", got)
	}
	if got := Truth(9, "", s.Shown.Model); got != -1 {
		t.Errorf("the label of a class that the network lacks is %d, want -1", got)
	}
}

// Evidence starts at zero and says when there is none; other kinds span what they hold.
func TestMapRange(t *testing.T) {
	plane := func(v ...float32) protocol.Plane { return protocol.Plane{W: len(v), H: 1, Data: v} }
	for _, c := range []struct {
		kind nn.Kind
		map_ protocol.Plane
		want Range
		ok   bool
	}{
		{nn.Evidence, plane(-2, 3), Range{0, 3}, true},
		{nn.Evidence, plane(-2, -1), Range{0, -1}, false},
		{nn.GradCAM, plane(0, 0), Range{0, 0}, false},
		{nn.Activation, plane(-2, -1), Range{-2, -1}, true},
		{nn.GateWeighted, plane(5, 5), Range{5, 5}, false},
	} {
		if got, ok := MapRange(c.kind, c.map_); got != c.want || ok != c.ok {
			t.Errorf("%s %v: %v %v, want %v %v", c.kind, c.map_.Data, got, ok, c.want, c.ok)
		}
	}
}

func TestStageWords(t *testing.T) {
	s := shown()
	if got := s.Chip(); got != "Where it looked for ship, by Grad-CAM" {
		t.Errorf("chip %q", got)
	}
	s.Lang = "zh"
	if got := s.Chip(); got != "判为“船”时看了哪里（Grad-CAM）" {
		t.Errorf("chip %q", got)
	}
	s.Lang = "en"
	s.Shown.Result.Heat.Data = []float32{0, -1}
	if got := s.Chip(); got != "No positive evidence for ship" {
		t.Errorf("chip %q", got)
	}
	want := []Caption{{"Original", "label ship, predicted ship"}, {"Channel 7", "mean −0.50, gate 0.25"}}
	if got := s.Captions(); !reflect.DeepEqual(got, want) {
		t.Errorf("captions %q", got)
	}
	s.Shown.Truth = -1
	if got := s.Captions()[0].Text; got != "predicted ship" {
		t.Errorf("caption without a label %q", got)
	}
	cols := s.RankColumns()
	if len(cols) != 2 || !cols[0].On || cols[1].On || !cols[1].Channels[1].Hit || cols[1].Channels[0].Hit {
		t.Errorf("rank columns %+v", cols)
	}
	for v, want := range map[float32]string{0: "0", 17.44: "+17.4", -.5: "−0.50", .0012: "+0.0012"} {
		if got := Signed(v); got != want {
			t.Errorf("Signed(%v) = %q, want %q", v, got, want)
		}
	}
}

// Every trouble has words in both languages: what happened, and what to do.
func TestNotices(t *testing.T) {
	for trouble := range troubles {
		for _, lang := range []string{"en", "zh"} {
			s := &State{Lang: lang}
			n := s.NoticeFor(trouble, "HEIC")
			if n.Title == "" || !strings.Contains(n.Text, "HEIC") {
				t.Errorf("%s in %s: %+v", trouble, lang, n)
			}
		}
	}
	for exception, want := range map[string]Trouble{"NotAllowedError": CameraRefused, "NotFoundError": CameraAbsent, "NotReadableError": CameraBusy, "TypeError": CameraInsecure, "NotSupportedError": CameraLacking, "Other": CameraBusy} {
		if got := CameraTrouble(exception, true, false); got != want {
			t.Errorf("%s is %s, want %s", exception, got, want)
		}
	}
	s := NewState()
	if n := s.NoticeFor(CameraRefused, ""); n.Action != "Try again" || n.Second == "" {
		t.Errorf("a refused camera offers %+v", n)
	}
	if n := s.NoticeFor(PictureMoves, ""); !n.Brief || n.Action != "" {
		t.Errorf("an animation is a remark, got %+v", n)
	}
}

// A network without SE takes away what only SE has, and what is left of the choices stays.
func TestAdopt(t *testing.T) {
	s := shown()
	s.Kind, s.Rank, s.Class = "gate", "gate", 7
	s.Adopt(&protocol.Model{Kinds: []nn.Kind{"evidence", "gradcam"}, Ranks: []string{"mean", "gategrad"}, Classes: make([]nn.Class, 3)})
	if s.Kind != "evidence" || s.Rank != "mean" || s.Class != -1 || len(s.RanksOffered) != 2 {
		t.Errorf("kind %q, rank %q of %v, class %d", s.Kind, s.Rank, s.RanksOffered, s.Class)
	}
	s.Kind = "gradcam"
	s.Adopt(&protocol.Model{Kinds: []nn.Kind{"evidence", "gradcam"}, Ranks: []string{"mean", "gate", "gategrad"}, GatesHead: true})
	if s.Kind != "gradcam" || s.NextKind() != "evidence" {
		t.Errorf("kind %q, next %q", s.Kind, s.NextKind())
	}
}

func TestLoadLine(t *testing.T) {
	s := shown()
	s.Models, s.Loading, s.Fetched = []ModelChoice{{Name: "b", Title: map[string]string{"en": "B"}, Bytes: 2_000_000}}, "b", 120_400
	if got, want := s.LoadLine(), "Loading B, 6 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.Loading, s.LoadedKB = "", 1834
	if got, want := s.LoadLine(), "1.83 MB loaded"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	s.LoadedKB = 0
	if got, want := s.LoadLine(), "loaded from this device"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A network of many classes lists its first ones only, and says how many there are.
func TestManyClasses(t *testing.T) {
	s := shown()
	s.Shown.Model.Classes = make([]nn.Class, 67)
	s.Shown.Result.Probs = make([]float32, 67)
	s.Shown.Result.Probs[41] = 1
	if got := s.Predictions(); len(got) != listed || got[0].Class != 41 || s.Classes() != 67 {
		t.Errorf("%d lines of %d classes, the first for class %d", len(got), s.Classes(), got[0].Class)
	}
}

// Every kind of heat map has its words in both languages, and none is left of one that is gone.
func TestHeatmapWords(t *testing.T) {
	if len(heatmapTexts) != len(nn.Kinds()) {
		t.Errorf("words for %d kinds of %d", len(heatmapTexts), len(nn.Kinds()))
	}
	s := shown()
	for _, kind := range nn.Kinds() {
		for _, s.Lang = range []string{"en", "zh"} {
			chip := s.chip(kind, "CLASS")
			if s.KindName(kind) == "" || chip == "" || strings.Contains(chip, "CLASS") != kind.FollowsClass() || strings.ContainsAny(chip, "{}") {
				t.Errorf("%s, %s: %q, %q", kind, s.Lang, s.KindName(kind), chip)
			}
		}
	}
	if s.Kind = nn.GradCAM; s.ChooseKind("saliency") || s.ChooseKind("evidence") || s.Kind != nn.GradCAM {
		t.Errorf("an unknown kind, or one that the network lacks, became %q", s.Kind)
	}
	if !s.ChooseKind("activation") || s.Kind != nn.Activation {
		t.Errorf("the kind is %q", s.Kind)
	}
}

// The table of tabs: every one has an ID and a key of its own and a name in both languages, and
// asks for what its panel shows.
func TestTabs(t *testing.T) {
	seen := map[string]bool{}
	s := shown()
	for _, tab := range Tabs {
		if seen[tab.ID] || seen[tab.Key] || len(tab.Key) != 1 || tab.Label[0] == "" || tab.Label[1] == "" {
			t.Errorf("tab %+v", tab)
		}
		seen[tab.ID], seen[tab.Key] = true, true
		s.Tab, s.Panel = tab.ID, nil
		if got := s.Look() == nil; got != (tab.ID == TabTest || tab.ID == TabCompare) || s.Answered() != (tab.look == nil) { // this network has no twin
			t.Errorf("%s asks for %+v, answered: %v", tab.ID, s.Look(), s.Answered())
		}
		if l := s.ParseLink("#tab=" + tab.ID); l.Tab != tab.ID || len(l.Broken) > 0 {
			t.Errorf("a link to %s leads to %q", tab.ID, l.Tab)
		}
	}
	if _, ok := FindTab("nowhere"); ok {
		t.Error("a tab that is none was found")
	}
}

// Every kind of attention and every squeeze has its words in both languages, with the same places
// for numbers.
func TestAttentionWords(t *testing.T) {
	places := regexp.MustCompile(`\{[a-z]+\}|%[ds]`)
	for _, w := range attentionTexts {
		if nn.AttentionTitle(w.kind) == "" {
			t.Errorf("words for %q, which is no kind", w.kind)
		}
		for _, text := range [][2]string{w.text, w.units, w.last} {
			en, zh := places.FindAllString(text[0], -1), places.FindAllString(text[1], -1)
			if text[0] == "" || text[1] == "" || !reflect.DeepEqual(slices.Compact(slices.Sorted(slices.Values(en))), slices.Compact(slices.Sorted(slices.Values(zh)))) {
				t.Errorf("%s: %q", w.kind, text)
			}
		}
	}
	for _, kind := range nn.AttentionKinds() {
		if !slices.ContainsFunc(attentionTexts, func(w attentionWords) bool { return w.kind == kind }) {
			t.Errorf("no words for %s", kind)
		}
	}
	for _, w := range squeezeTexts {
		if w.name[0] == "" || w.name[1] == "" || !reflect.DeepEqual(places.FindAllString(w.list[0], -1), places.FindAllString(w.list[1], -1)) {
			t.Errorf("%s: %q, %q", w.pool, w.name, w.list)
		}
	}
}
