package worker

import (
	"math"
	"testing"

	"sescope/web/protocol"
)

// What is shown of a value adds up to it, in the middle and at every corner of every layer of every network with SE and without.
func TestArithmeticAddsUp(t *testing.T) {
	for _, name := range []string{"simple-se", "cnn3-se"} {
		n, trace, _ := loaded(t, name)
		for _, m := range trace.Maps {
			for _, at := range [][2]int{{0, 0}, {0, m.W - 1}, {m.H - 1, 0}, {m.H - 1, m.W - 1}, {m.H / 2, m.W / 3}} {
				p := n.look(&protocol.Look{Maps: &protocol.MapsLook{Layer: m.Layer, Channel: m.C - 1, Y: at[0], X: at[1]}}, trace, &protocol.Result{})
				a := p.Maps.Sum
				if a == nil {
					t.Fatalf("%s: no arithmetic of %s", name, m.Layer)
				}
				sum, count := float64(a.Bias+a.Rest), 0
				for _, in := range a.Inputs {
					if len(in.Cells)%in.Width != 0 || a.Op == "conv" && len(in.Cells) != 9 {
						t.Fatalf("%s %s at %v: %d cells in rows of %d", name, m.Layer, at, len(in.Cells), in.Width)
					}
					var part float64
					for _, c := range in.Cells {
						part += float64(c.Input * c.Weight)
						if !c.Out {
							count++
						}
					}
					if math.Abs(part-float64(in.Sum)) > 1e-4*max(1, math.Abs(part)) {
						t.Errorf("%s %s at %v: channel %d says %v, its products are %v", name, m.Layer, at, in.Channel, in.Sum, part)
					}
					sum += float64(in.Sum)
				}
				if a.ReLU {
					sum = max(0, sum)
				}
				if scale := max(1, math.Abs(float64(a.Value))); math.Abs(sum-float64(a.Value)) > 2e-3*scale || count > a.Count || len(a.Inputs) > shownInputs {
					t.Errorf("%s %s at %v: adds up to %v of %d inputs, the map holds %v", name, m.Layer, at, sum, len(a.Inputs), a.Value)
				}
			}
		}
	}
}

// The way through an SE block ends in the gate that the trace holds.
func TestFlow(t *testing.T) {
	n, trace, info := loaded(t, "simple-se")
	for i, l := range info.Layers {
		p := n.look(&protocol.Look{Maps: &protocol.MapsLook{Layer: l.Name, Channel: 9}}, trace, &protocol.Result{})
		f := p.Maps.Flow
		if want := []int{1, 1, 2, 2, 2}[i]; f.Index != want { // the block at the layer or behind it
			t.Errorf("%s: the way through block %d, want %d", l.Name, f.Index, want)
		}
		g := trace.Gates[f.Index-1]
		if gate := 1 / (1 + math.Exp(-float64(f.Logit))); math.Abs(gate-float64(g.Own[9])) > 1e-4 || f.Scale[9] != g.Scale[9] || f.N != len(g.Scale) {
			t.Errorf("%s: sigmoid(%v) = %v, the gate is %v", l.Name, f.Logit, gate, g.Own[9])
		}
		var mean float64
		for _, v := range f.Before.Data {
			mean += float64(v) / float64(len(f.Before.Data))
		}
		if math.Abs(mean-float64(f.Squeeze[9])) > 1e-3 || f.After.Data[40] != f.Before.Data[40]*g.Scale[9] {
			t.Errorf("%s: the map's mean is %v, the squeeze %v", l.Name, mean, f.Squeeze[9])
		}
		if b := p.Pack(nil); p.Unpack(b) != nil {
			t.Error("the flow does not survive the wire")
		}
	}
	if _, plain, _ := loaded(t, "simple"); flow(plain, "layer1.2", 0) != nil {
		t.Error("a network without SE has a way through SE")
	}
}
