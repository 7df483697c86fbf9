package view

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/nn/dataset"
	"sescope/web/protocol"
)

// tested is a state in which a network of three classes saw seven pictures, one of which could not
// be read.
func tested(t *testing.T) *State {
	t.Helper()
	s := shown()
	s.Models = []ModelChoice{{Name: "net", Title: map[string]string{"en": "Net", "zh": "网"}}, {Name: "other", Title: map[string]string{"en": "Other", "zh": "别的"}}}
	s.Model = "net"
	s.Shown.Model.Name = "net"
	s.Shown.Model.Rejects = true
	s.Shown.Model.Blocks = []protocol.Block{{Layer: "se1", N: 2}}
	s.Test = TestSet{Name: "set.zip", Model: s.Shown.Model, Count: 7, Against: "bits 4", Unmatched: []dataset.Folder{{Name: "set/teapot", N: 3}, {Name: "", N: 1}}}
	s.Test.Fresh([]string{"se1"}, 3, true)
	got := &protocol.Tested{Skipped: []protocol.TestSkip{{I: 2, Why: string(PictureBroken)}}}
	for i, c := range []struct{ label, top, second int }{{0, 0, 0}, {0, 1, 1}, {1, 1, 2}, {1, 1, 1}, {2, 1, 2}, {2, 2, 2}} {
		o := nn.Outcome{Label: c.label, Top: c.top, P: .5 + float32(i)/20, Rank: 0, Sure: i > 0, Gates: [][]float32{{float32(i) / 10, .5}}}
		if c.top != c.label {
			o.Rank = 1
		}
		second := nn.Outcome{Label: c.label, Top: c.second, P: .9}
		got.Add(o, &second)
	}
	var pictures []dataset.Picture
	for i, name := range []string{"a", "b", "broken", "c,\"d", "d", "e", "f"} {
		pictures = append(pictures, dataset.Picture{Name: name, At: i})
	}
	s.Test.Add(got, pictures)
	return s
}

// The figures of the panel are those of its definition, computed by hand.
func TestTestSetFigures(t *testing.T) {
	s := tested(t)
	if figures := s.TestFigures(); len(figures) != 3 || figures[0].Value != "66.67 %" || figures[0].More != "4 of 6" || figures[2].Value != "16.67 %" {
		t.Errorf("%+v", figures)
	}
	if text := s.TestDuel(); text != "Itself, rounded to 4 bits: 66.67 % right. It gives the same answer for 4 of 6 pictures; only the first is right for 1, only the second for 1." {
		t.Errorf("the comparison reads %q", text)
	}
	if left := s.TestLeft(); !reflect.DeepEqual(left, []string{"Folder “set/teapot” is no class of this network (files: 3).", "In no folder of a class: 1 file.", "broken: the picture is damaged."}) {
		t.Errorf("left out: %q", left)
	}
	rows := s.TestRows()
	if len(rows) != 3 || rows[1].Precision != "50.00 %" || rows[1].Recall != "100.00 %" || rows[2].Recall != "50.00 %" {
		t.Errorf("%+v", rows)
	}
	if label, predicted := s.Test.WorstCell(); label != 0 || predicted != 1 {
		t.Errorf("the worst cell is %d, %d", label, predicted)
	}
	s.Test.Label, s.Test.Predicted = 0, 1
	if page, all := s.Test.CellSeen(); all != 1 || len(page) != 1 || s.Test.Seen[page[0]].Name != "b" || s.Test.Seen[page[0]].At != 1 {
		t.Errorf("the cell holds %v of %d", page, all)
	}
	if text := s.TestCell(); !strings.Contains(text, " taken for ") || !strings.HasSuffix(text, ": 1 of 2") {
		t.Errorf("the cell is called %q", text)
	}
	if a, b := s.Test.Shade(0, 0), s.Test.Shade(2, 0); a != .5 || b != 0 {
		t.Errorf("shades %v and %v", a, b)
	}
	s.Test.Row, s.Test.Channel = 1, 0
	if text := s.TestGate(); !strings.HasSuffix(text, "(pictures: 2)") || !strings.Contains(text, "channel 0: 0.25 ± 0.05") {
		t.Errorf("the gate reads %q", text)
	}
	csv := strings.Split(s.TestCSV(), "\n")
	if len(csv) != 8 || !strings.HasPrefix(csv[3], `"c,""d",`) || strings.Count(csv[1], ",") != 5 {
		t.Errorf("CSV %q", csv)
	}
	if text := s.TestJSON(); !strings.Contains(text, `"accuracy":0.66`) || !strings.Contains(text, `"unmatched":[{"folder":"set/teapot","files":3}`) || !strings.Contains(text, `"skipped":[{"picture":"broken","why":"picture-broken"}]`) || !strings.Contains(text, `"both":3,"first":1,"second":1,"neither":1,"same":4`) {
		t.Errorf("JSON %s", text)
	}
	curve := s.TestCurve()
	if strings.Count(curve.Dots, "M") != strings.Count(curve.Bars, "M") || strings.Count(curve.Line, "M") != 1 || curve.Dots == "" {
		t.Errorf("%+v", curve)
	}
}

// Every way in which a test can stand has its words, in both languages.
func TestTestSetWords(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		s := tested(t)
		s.Lang = lang
		seen := map[string]bool{}
		for name, change := range map[string]func(*TestSet){
			"opening": func(t *TestSet) { t.Opening = true }, "running": func(t *TestSet) { t.Running = true }, "starting": func(t *TestSet) { t.Running, t.All = true, nil },
			"stopped": func(t *TestSet) { t.Stopped = true }, "done": func(*TestSet) {}, "nothing": func(t *TestSet) { t.Stopped, t.All = true, nil },
		} {
			kept := s.Test
			change(&s.Test)
			text := s.TestStatus()
			if text == "" || seen[text] || strings.Contains(text, "%!") {
				t.Errorf("%s, %s: %q", lang, name, text)
			}
			seen[text] = true
			s.Test = kept
		}
		for _, kind := range []dataset.Kind{dataset.NotCIFAR, dataset.TenClasses, dataset.WrongLabel, dataset.NoPictures, dataset.TooMany, dataset.NotZip, dataset.Zip64, dataset.Encrypted, dataset.BrokenZip, NoUnzip, NoReader} {
			s.Test.Fault = &dataset.Fault{Kind: kind, Name: "x.zip", Got: 5, Expected: 7}
			if text := s.TestTrouble(); !strings.Contains(text, "x.zip") || strings.Contains(text, "%!") {
				t.Errorf("%s, %s: %q", lang, kind, text)
			}
		}
		for _, kind := range []dataset.Kind{dataset.Outside, dataset.Method, dataset.LargeFile, dataset.Damaged, dataset.Kind(PictureBroken), dataset.Kind(PictureEmpty), dataset.Kind(PictureUnknown), dataset.Kind(PictureFormat), dataset.Kind(PictureHuge)} {
			if s.reason(kind) == "" {
				t.Errorf("%s: no words for %s", lang, kind)
			}
		}
	}
}

// As many workers as there are cores, but no more than there is work for, and few of a network that
// is large.
func TestTestWorkers(t *testing.T) {
	for _, c := range [][4]int{{2, 500 << 10, 50, 2}, {16, 500 << 10, 50, 16}, {8, 500 << 10, 3, 3}, {16, 20 << 20, 50, 4}, {4, 256 << 20, 50, 1}, {0, 1, 1, 1}} {
		if got := TestWorkers(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%d cores, %d bytes, %d pieces: %d workers, expected %d", c[0], c[1], c[2], got, c[3])
		}
	}
	m := &protocol.Model{Table: []protocol.LayerRow{{MACs: 48_000_000}}}
	if n := TestPiece(m, 10000, 2); n != 200 {
		t.Errorf("pieces of %d", n)
	}
	if n := TestPiece(m, 46, 2); n != 5 {
		t.Errorf("pieces of %d of 46 pictures", n)
	}
	m.Table[0].MACs = 400_000_000
	if n := TestPiece(m, 10000, 2); n != 25 {
		t.Errorf("pieces of %d of a large network", n)
	}
}

// A place on a chart is the cell that is drawn there.
func TestTestCharts(t *testing.T) {
	for _, n := range []int{2, 10, 24, 67, 1000} {
		for _, width := range []float64{340, 554} {
			m := NewMatrix(n, width)
			if m.Left+m.Cell*float64(n) > width+.01 {
				t.Errorf("%d classes need %v of %v", n, m.Left+m.Cell*float64(n), width)
			}
			for _, c := range [][2]int{{0, 0}, {n - 1, 0}, {1, n - 1}} {
				label, predicted, ok := m.Hit(m.Left+m.Cell*(float64(c[1])+.5), m.Top+m.Cell*(float64(c[0])+.5))
				if !ok || label != c[0] || predicted != c[1] {
					t.Errorf("%d classes at %v: hit %d, %d, %v; expected %v", n, width, label, predicted, ok, c)
				}
			}
			if _, _, ok := m.Hit(width+1, m.Height()+1); ok {
				t.Error("beside the matrix is a cell")
			}
			g := NewGateChart(n, 128, width)
			if row, channel, ok := g.Hit(g.Left+g.W*100.5, g.H*(float64(n)-.5)); !ok || row != n-1 || channel != 100 || math.Abs(g.Left+128*g.W-width) > .01 {
				t.Errorf("gates of %d classes: %d, %d, %v", n, row, channel, ok)
			}
		}
	}
}

// What can be compared with: other bits, and networks of the same classes as far as that is known.
func TestVersusChoices(t *testing.T) {
	s := tested(t)
	values := func() (list []string) {
		for _, o := range s.TestVersus() {
			list = append(list, o.Value)
		}
		return list
	}
	if got := values(); !reflect.DeepEqual(got, []string{"", "bits 6", "bits 4", "other"}) {
		t.Errorf("%q", got)
	}
	s.ClassesOf["net"], s.ClassesOf["other"] = s.Shown.Model.Classes, []nn.Class{{En: "x"}}
	s.Models[0].Own = true
	if got := values(); !reflect.DeepEqual(got, []string{"", "bits 8", "bits 6", "bits 4"}) {
		t.Errorf("%q", got)
	}
	if VersusBits("bits 6") != 6 || VersusBits("net") != 0 || VersusBits("") != 0 {
		t.Error("VersusBits")
	}
}

// Parts are offered with their numbers, and the page says what it took where that is not plain.
func TestPartsAreTold(t *testing.T) {
	s := NewState()
	if s.TestParts() != nil || s.TestBy() != "" {
		t.Errorf("without parts: %v, %q", s.TestParts(), s.TestBy())
	}
	s.Test.Parts = []dataset.Folder{{Name: "", N: 1}, {Name: "test", N: 2}, {Name: "train", N: 3000}}
	s.Test.Part, s.Test.By = "test", dataset.ByName
	want := []Option{{"test", "test (pictures: 2)"}, {"train", "training (pictures: 3\u00a0000)"}, {dataset.All, "all of it"}}
	if got := s.TestParts(); !slices.Equal(got, want) {
		t.Errorf("%q, expected %q", got, want)
	}
	if got := s.TestBy(); !strings.Contains(got, "files' names") || !strings.HasSuffix(got, "taken: test.") {
		t.Errorf("the page says %q", got)
	}
	s.Test.Fault = &dataset.Fault{Kind: dataset.Methods, Name: "x.zip", Got: 12}
	if got := s.TestTrouble(); !strings.Contains(got, "x.zip: its pictures are compressed with bzip2") {
		t.Errorf("the page says %q", got)
	}
	for kind, words := range faults {
		if n := strings.Count(words[0], "%"); n != strings.Count(words[1], "%") || n > 3 {
			t.Errorf("%s: %q", kind, words)
		}
	}
}
