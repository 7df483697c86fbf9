package view

import (
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

func TestAuditWords(t *testing.T) {
	s := shown()
	s.Audit = Audit{Class: 1, Count: 4, Running: true, Gates: []float32{.1, .2, .3, .9}, Drops: []float32{-.5, 0}}
	if got := s.AuditStatus(); got != "2 of 4 channels" || s.AuditProgress() != "50.00" {
		t.Errorf("running: %q, %s", got, s.AuditProgress())
	}
	s.Audit.Running, s.Audit.Drops = false, []float32{-.5, 0, .25, 1.5}
	want := "Rank correlation 1.00. The larger the gate, the more the channel is worth here. Channel 3 is worth most: its gate is 0.90, and without it the logit of ship falls by 1.50."
	if got := s.AuditStatus(); got != want {
		t.Errorf("done: %q", got)
	}
	s.Audit.Drops = []float32{1.5, .25, 0, -.5}
	if got := s.AuditStatus(); !strings.Contains(got, "−1.00") || !strings.Contains(got, "small gates are worth more") {
		t.Errorf("against: %q", got)
	}
	p := s.AuditScatter()
	if p.Points != 4 || p.Lo != "−0.50" || p.Hi != "1.50" || p.Zero != "M0 150.0H400" || !strings.HasPrefix(p.Dots, "M36.5 0.0a") || strings.Count(p.Dots, "M") != 4 {
		t.Errorf("scatter %+v", p)
	}
	s.Audit.Stopped = true
	if got := s.AuditStatus(); got != "Stopped after 4 of 4 channels." {
		t.Errorf("stopped: %q", got)
	}
	if got := s.AuditBlocks(); len(got) != 2 || got[1] != "SE 2, 70 channels" {
		t.Errorf("blocks %q", got)
	}
}

func TestBitsWords(t *testing.T) {
	s := shown()
	if s.BitsText() != "The network runs with the weights of its file." || s.BitsFlips() != "" || s.BitsSize() != "" {
		t.Errorf("off: %q %q %q", s.BitsText(), s.BitsFlips(), s.BitsSize())
	}
	s.Bits = Bits{Bits: 4}
	if s.BitsText() != "Rounding …" || s.BitsLabel() != "4 bits" {
		t.Errorf("making: %q", s.BitsText())
	}
	s.Bits.Size = &protocol.BitsSize{Bits: 4, Bytes: 500_000, Full: 1_000_000}
	s.Panel = &protocol.Panel{Bits: &protocol.Bits{Bits: 4, Probs: []float32{.7, .2, .1}, Shift: .12}}
	if got := s.BitsText(); got != "The answer changes from ship to cat. The map moves by up to 12.00 % of its span." {
		t.Errorf("flip: %q", got)
	}
	s.Panel.Bits.Probs = []float32{.1, .8, .1}
	if got := s.BitsText(); got != "Still ship: from 94 % to 80 %. The map moves by up to 12.00 % of its span." {
		t.Errorf("same: %q", got)
	}
	if got := s.BitsSize(); got != "500 kB instead of 1.00 MB, that is 50 %." {
		t.Errorf("size: %q", got)
	}
	s.Bits.Flips = []int{3, 6}
	if got := s.BitsFlips(); got != "2 of 10 samples change their answers: cat, frog." {
		t.Errorf("flips: %q", got)
	}
}

func TestArithmeticWords(t *testing.T) {
	s := withMaps()
	m := s.Maps()
	m.Sum = &protocol.Arithmetic{Op: "conv", Source: "input", Count: 4, Bias: -.5, Inputs: []protocol.InputTerms{{Channel: 0, Width: 2, Sum: 1, Cells: []protocol.Cell{{Input: 2, Weight: .5}, {Out: true}}},
		{Channel: 2, Width: 2, Sum: -.25, Cells: []protocol.Cell{{Input: -1, Weight: .25}, {}}}}, Others: 1, Rest: .25, Sum: .5, Activation: "relu", Value: .5}
	if got, want := s.MapsEquation(), "1.00 − 0.25 + 1 other 0.25 − bias 0.50 = 0.50, ReLU: 0.50"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := s.MapsFrom(), "Pixel (3, 2) from the picture: 4 multiplications, the strongest 2 of 3 channels are shown"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	terms := s.MapsTerms()
	if len(terms) != 2 || terms[0].Name != "R" || terms[1].Name != "B" || terms[0].Inputs[0][0] != (TermCell{"2.00", "p4"}) || terms[0].Inputs[0][1].Text != "·" || terms[1].Inputs[0][0] != (TermCell{"−1.00", "n2"}) {
		t.Errorf("terms %+v", terms)
	}
	m.Sum.Activation, m.Sum.Value = "silu", .31
	if got := s.MapsEquation(); !strings.HasSuffix(got, " = 0.50, SiLU: 0.31") {
		t.Errorf("%q", got)
	}
	s.Shown.Result.Gates = []protocol.Excitation{{Excitation: nn.Excitation{Layer: "se1", Kind: "se", Map: nn.Shape{H: 4, W: 4, C: 3}, Activation: "silu", Function: "hardsigmoid",
		Squeezes: []nn.Squeeze{{Pool: "mean", Width: 2, Values: []float32{1, -2, 0}, Before: []float32{3, 0}, Hidden: []float32{2.86, 0}}},
		Logits:   []float32{-2.4, 1.5, 0}, Own: []float32{.1, .75, .5}, Scale: []float32{.1, 0, .5}}}}
	m.Flow = &protocol.Flow{GateSum: nn.GateSum{Channel: 1, N: 2, Width: 2, Weights: []float32{.5, 1}, Inputs: []float32{2.86, 0}}, Before: protocol.Plane{W: 4, H: 4}}
	f := s.Flow()
	if f.Title != "Through SE 1, for channel 1" || f.Squeezes[0].This != "3 means, this one −2.00" || f.Logit != "1.50" || f.Gates != "3 gates, this one 0.75" || f.First != "FC, SiLU" || f.Front != "before the hard sigmoid" || f.Function != "hard sigmoid" || !strings.HasPrefix(f.Curve, "M0.0 100.0L2.5 100.0") || f.Times != "× 0.00" ||
		f.Forced != "The network says 0.75; you set 0.00." || len(f.Units) != 2 || f.Units[1].Class != "off" || f.DotX != "75.0" {
		t.Errorf("flow %+v", f)
	}
}

// The way through ECA and CBAM in words: what kind it is, what its gates are made of, and CBAM's
// places.
func TestFlowWords(t *testing.T) {
	s := withMaps()
	squeeze := func(pool string, width int) nn.Squeeze {
		return nn.Squeeze{Pool: pool, Width: width, Values: []float32{1, -2, 0}}
	}
	account := nn.Excitation{Kind: "eca", Map: nn.Shape{H: 4, W: 4, C: 3}, Function: "sigmoid", Squeezes: []nn.Squeeze{squeeze("mean", 0)},
		Logits: []float32{0, 0, 0}, Own: []float32{.5, .5, .5}, Scale: []float32{.5, .5, .5}}
	s.Shown.Result.Gates = []protocol.Excitation{{Excitation: account}}
	s.Maps().Flow = &protocol.Flow{GateSum: nn.GateSum{Channel: 1, N: 3, Weights: []float32{1, 2, 3}, Inputs: []float32{1, -2, 0}}, Before: protocol.Plane{W: 4, H: 4}}
	f := s.Flow()
	if f.Title != "Through ECA 1, for channel 1" || f.Text != "3 means, each gate from a channel and its neighbours, 3 multiplications." || f.First != "" || f.Second != "convolution" ||
		f.Neurons != "3 neighbours" || len(f.Units) != 3 || len(f.Squeezes) != 1 || f.Places != "" {
		t.Errorf("ECA: %+v", f)
	}
	account.Kind, account.Activation, account.Squeezes = "cbam", "relu", []nn.Squeeze{squeeze("mean", 2), squeeze("max", 2)}
	s.Shown.Result.Gates[0].Excitation = account
	s.Shown.Result.Spatial = []protocol.Spatial{{Spatial: nn.Spatial{Block: 0, Map: nn.Shape{H: 1, W: 2, C: 3}, Scale: []float32{.1, .9}}}}
	s.Maps().Flow.GateSum = nn.GateSum{Channel: 1, N: 2, Width: 2, Weights: []float32{1, 2}, Inputs: []float32{1, 0}}
	f = s.Flow()
	if f.Title != "Through CBAM 1, for channel 1" || !strings.Contains(f.Text, "3 means and maxima") || f.First != "FC, ReLU" || f.Squeezes[1].This != "3 maxima, this one −2.00" || f.Places == "" {
		t.Errorf("CBAM: %+v", f)
	}
	if p := s.FlowPlaces(); p == nil || p.W != 2 || p.Data[1] != .9 {
		t.Errorf("places %+v", p)
	}
}
