package worker

import (
	"math"
	"reflect"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// The audit's steps are what muting each gate does to the logit, whatever the steps; the answer
// about the frame stays as it was.
func TestMute(t *testing.T) {
	n, trace, _ := loaded(t, "simple-se")
	before := append([]float32(nil), trace.Logits...)
	ask := func(block, from, count int) ([]float32, error) {
		var reply protocol.Reply
		err := n.job(protocol.Request{Op: protocol.Mute, ID: 1, Model: "simple-se", Audit: &protocol.Audit{Block: block, Class: 4, From: from, Count: count}}, nil, &reply)
		return reply.Drops, err
	}
	all, err := ask(0, 0, 64)
	if err != nil || len(all) != 64 {
		t.Fatalf("%d drops, %v", len(all), err)
	}
	part, err := ask(0, 20, 8)
	if err != nil || !reflect.DeepEqual(part, all[20:28]) {
		t.Errorf("channels 20 to 27: %v, %v; all at once: %v", part, err, all[20:28])
	}
	gates := make([]float32, 64)
	copy(gates, trace.Gates[0].Own)
	gates[23] = 0
	s, err := builtIn(t, "simple-se").NewSession()
	if err != nil {
		t.Fatal(err)
	}
	s.SetGates(0, gates)
	if got, want := all[23], before[4]-s.Run(n.picture).Logits[4]; got-want > 1e-4 || want-got > 1e-4 || want == 0 {
		t.Errorf("channel 23 drops the logit by %v, without it the logit is %v lower", got, want)
	}
	p := func(l []float32) float64 {
		sum := 0.0
		for _, v := range l {
			sum += math.Exp(float64(v))
		}
		return math.Exp(float64(l[4])) / sum
	}
	var odds protocol.Reply
	if err := n.job(protocol.Request{Op: protocol.Mute, ID: 1, Model: "simple-se", Audit: &protocol.Audit{Block: 0, Class: 4, From: 23, Count: 1, Odds: true}}, nil, &odds); err != nil {
		t.Fatal(err)
	}
	with, without := p(before), p(s.Run(n.picture).Logits)
	if got, want := float64(odds.Drops[0]), math.Log(with/(1-with))-math.Log(without/(1-without)); math.Abs(got-want) > 1e-3 || want == 0 {
		t.Errorf("channel 23 drops the log odds by %v, expected %v", got, want)
	}
	if !reflect.DeepEqual(before, append([]float32(nil), trace.Logits...)) {
		t.Error("the audit changed the frame's answer")
	}
	for _, bad := range [][3]int{{-1, 0, 1}, {2, 0, 1}, {0, 60, 8}, {0, -1, 2}} {
		if _, err := ask(bad[0], bad[1], bad[2]); err == nil {
			t.Errorf("block %d, channels %d + %d were muted", bad[0], bad[1], bad[2])
		}
	}
	n.frame = 2
	if _, err := ask(0, 0, 1); err == nil {
		t.Error("another frame was audited")
	}
}

// Fewer bits: the answer is that of the file with so many bits, and 8 bits change nothing in an
// int8 file.
func TestBits(t *testing.T) {
	n, trace, _ := loaded(t, "cnn3-se")
	want := protocol.Want{Kind: nn.GradCAM, Class: 5}
	r, err := explain(trace, "cnn3-se", want)
	if err != nil {
		t.Fatal(err)
	}
	if n.look(&protocol.Look{Times: true}, trace, r).Bits != nil {
		t.Error("fewer bits without having asked")
	}
	sizes := map[int]int{}
	for _, bits := range []int{8, 6, 4} {
		var reply protocol.Reply
		if err := n.job(protocol.Request{Op: protocol.MakeBits, Bits: bits}, nil, &reply); err != nil {
			t.Fatal(err)
		}
		sizes[bits] = reply.BitsSize.Bytes
		p := n.look(&protocol.Look{Times: true}, trace, r)
		if b := p.Pack(nil); p.Unpack(b) != nil {
			t.Error("the panel does not survive the wire")
		}
		switch b := p.Bits; {
		case bits == 8 && (b.Shift > 1e-3 || !near(b.Probs, trace.Probs)):
			t.Errorf("8 bits: the map differs by %v, probabilities %v, own %v", b.Shift, b.Probs, trace.Probs)
		case bits == 4 && (b.Shift == 0 || near(b.Probs, trace.Probs)):
			t.Error("4 bits change nothing")
		}
		if err := n.job(protocol.Request{Op: protocol.Try, Side: side, Look: &protocol.Look{Times: true}}, n.picture.Pix, &reply); err != nil || len(reply.Tried) != 2 || reply.Tried[1].Class != nn.Largest(p.Bits.Probs) {
			t.Errorf("tried with %d bits: %+v, %v", bits, reply.Tried, err)
		}
	}
	if !(sizes[4] < sizes[6] && sizes[6] < sizes[8]) {
		t.Errorf("bytes %v", sizes)
	}
	var reply protocol.Reply
	if err := n.job(protocol.Request{Op: protocol.MakeBits, Bits: 3}, nil, &reply); err == nil {
		t.Error("3 bits were accepted")
	}
}

func near(a, b []float32) bool {
	for i := range a {
		if d := a[i] - b[i]; d > 1e-3 || d < -1e-3 {
			return false
		}
	}
	return true
}
