package view

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

func TestLayerTable(t *testing.T) {
	s := shown()
	s.Shown.Model.Bytes = 103_496
	s.Shown.Model.Table = []protocol.LayerRow{
		{LayerSpec: nn.LayerSpec{Op: "conv", Name: "layer1.0", In: 3, Out: 64, Kernel: 3, Stride: 2}, H: 32, W: 32, C: 64, Params: 1792, MACs: 1_769_472, Algorithm: "winograd"},
		{LayerSpec: nn.LayerSpec{Op: "relu", Name: "layer1.1"}, H: 32, W: 32, C: 64},
		{LayerSpec: nn.LayerSpec{Op: "se", Name: "layer1.2", Out: 4}, H: 32, W: 32, C: 64, Params: 512, MACs: 66_048, Sketch: "64 → 4 → 64"},
	}
	rows := s.LayerTable()
	want := []TableRow{
		{Name: "layer1.0", Kind: "Convolution 3 × 3, 3 → 64, stride 2", Output: "32 × 32 × 64", Params: "1\u00a0792", MACs: "1\u00a0769\u00a0472", Algorithm: "Winograd"},
		{Name: "layer1.1", Kind: "ReLU", Output: "32 × 32 × 64", Params: "–", MACs: "–"},
		{Name: "layer1.2", Kind: "SE 64 → 4 → 64", Output: "32 × 32 × 64", Params: "512", MACs: "66\u00a0048"},
		{Name: "Together", Params: "2\u00a0304", MACs: "1\u00a0835\u00a0520"},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("rows\n%+v\nwant\n%+v", rows, want)
	}
	s.Panel = &protocol.Panel{Times: &protocol.LayerTimes{N: 3, Ms: []float32{3, -1, 1}}}
	rows = s.LayerTable()
	if rows[0].Milli != "3.00" || rows[0].Share != "75.00" || rows[1].Milli != "fused" || rows[1].Share != "" || rows[3].Milli != "4.00" {
		t.Errorf("with times: %+v", rows)
	}
	s.Panel.Times = &protocol.LayerTimes{N: 3, Runs: 1, Ms: []float32{0, -1, .004}}
	if rows = s.LayerTable(); rows[0].Milli != "< 0.1" || rows[3].Milli != "< 0.1" {
		t.Errorf("1.77 M multiply-adds in %q, together %q ms, measured once", rows[0].Milli, rows[3].Milli)
	}
	s.Panel.Times.Runs = 32
	if rows = s.LayerTable(); rows[0].Milli != "< 0.01" || rows[2].Milli != "< 0.01" {
		t.Errorf("1.77 M multiply-adds in %q ms, 32 times", rows[0].Milli)
	}
	if got := s.StripTime(&protocol.Strip{N: 2, Ms: []float32{0, .01}}); !strings.Contains(got, "< 0.1 ms") {
		t.Errorf("the strip says %q", got)
	}
	if got, want := s.ModelFacts(), "2\u00a0304 parameters, 1\u00a0835\u00a0520 multiply-adds, 103 kB"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A network's family stands behind it, the default network at the top.
func TestMenuOrder(t *testing.T) {
	live, tiny := []string{"live-plain", "live"}, []string{"tiny-none", "tiny-se", "tiny-cbam"}
	names := func(first int) string {
		var list []string
		for _, m := range MenuOrder([]ModelChoice{{Name: "everyday"}, {Name: "live-plain", Family: live}, {Name: "live", Family: live}, {Name: "objects"}, {Name: "tiny-cbam", Family: tiny}, {Name: "tiny-none", Family: tiny}, {Name: "tiny-se", Family: tiny}}, first) {
			list = append(list, m.Name)
		}
		return strings.Join(list, " ")
	}
	if got, want := names(2), "live live-plain everyday objects tiny-cbam tiny-none tiny-se"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
	if got, want := names(-1), "everyday live-plain live objects tiny-cbam tiny-none tiny-se"; got != want {
		t.Errorf("%s, expected %s", got, want)
	}
}

func TestCard(t *testing.T) {
	s := shown()
	if s.CardLines() != nil || s.CardTexts() != nil || s.CardClasses() != nil {
		t.Error("a network without a card claims something")
	}
	card := `{"seeds":[1,2],"accuracy":[{"set":{"en":"validation","zh":"验证集"},"pictures":5000,"float32":0.9123,"int8":0.912}],"classes":[0.9,0.95,0.8],"ece":[0.04,0.01],"auroc":0.912,"kept":0.8,"accepted":0.05,"bits":[{"bits":8,"accuracy":0.9},{"bits":4,"accuracy":0.85}]}`
	s.Shown.Model.Card = new(nn.Card)
	if err := json.Unmarshal([]byte(card), s.Shown.Model.Card); err != nil {
		t.Fatal(err)
	}
	if got, want := s.CardLines(), []CardLine{{"validation", "91.23 %", "91.20 %", "5\u00a0000"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("lines %+v", got)
	}
	if got := s.CardClasses(); len(got) != 3 || got[1] != (CardClass{"ship", "95.0 %", "95.00"}) {
		t.Errorf("classes %+v", got)
	}
	if got, want := strings.Join(s.CardTexts(), " "), "Its probabilities are off by 4.00 % on average, by 1.00 % after calibration. It tells pictures of its classes from others in 0.912 of all pairs (AUROC): at its threshold it keeps 80.00 % of its own and lets 5.00 % of the others pass. Validation accuracy by the bits of the weights: 8: 90.00 %, 4: 85.00 %. Random seeds: 1, 2."; got != want {
		t.Errorf("%q", got)
	}
}

func TestOwn(t *testing.T) {
	s := NewState()
	s.Models = []ModelChoice{{Name: "simple"}}
	s.AddOwn(&protocol.Model{Name: "mine.safetensors", Bytes: 5}, false)
	s.AddOwn(&protocol.Model{Name: "mine.safetensors", Bytes: 7}, false)
	if len(s.Models) != 2 || s.Models[1].Bytes != 7 || s.Own() {
		t.Errorf("models %+v", s.Models)
	}
	if s.Model = "mine.safetensors"; !s.Own() {
		t.Error("the person's own network is not known as such")
	}
}
