package worker

import (
	"math"
	"slices"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// What is shown of a value adds up to it, in the middle and at every corner of every layer of every
// network with SE and without.
func TestArithmeticAddsUp(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range []string{"simple-se", "cnn3-se", "silu", "hardswish", "relu6", "eca", "cbam"} {
		n, trace, _ := loaded(t, name)
		for _, m := range trace.Maps {
			for _, at := range [][2]int{{0, 0}, {0, m.W - 1}, {m.H - 1, 0}, {m.H - 1, m.W - 1}, {m.H / 2, m.W / 3}} {
				p := n.look(&protocol.Look{Maps: &protocol.MapsLook{Layer: m.Layer, Channel: m.C - 1, Y: at[0], X: at[1]}}, trace, &protocol.Result{})
				a := p.Maps.Sum
				if a == nil {
					t.Fatalf("%s: no arithmetic of %s", name, m.Layer)
				}
				seen[a.Op+" "+a.Activation] = true
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
				sum = float64(nn.Activate(a.Activation, float32(sum)))
				if scale := max(1, math.Abs(float64(a.Value))); math.Abs(sum-float64(a.Value)) > 2e-3*scale || count > a.Count || len(a.Inputs) > shownInputs {
					t.Errorf("%s %s at %v: adds up to %v of %d inputs, the map holds %v", name, m.Layer, at, sum, len(a.Inputs), a.Value)
				}
			}
		}
	}
	for _, want := range []string{"conv relu", "conv silu", "conv hardswish", "conv relu6", "batchnorm relu", "se ", "eca ", "cbam ", "spatial "} {
		if !seen[want] {
			t.Errorf("no value of %s was taken apart", want)
		}
	}
}

// The way through a block ends in the gate that the trace holds: its own sum, then its own
// function, for plain blocks and for those with a bias, SiLU and hard sigmoid.
func TestFlow(t *testing.T) {
	for _, name := range []string{"simple-se", "silu", "eca", "cbam"} {
		n, trace, info := loaded(t, name)
		for i, l := range info.Layers {
			r, err := explain(trace, name, protocol.Want{})
			if err != nil {
				t.Fatal(err)
			}
			p := n.look(&protocol.Look{Maps: &protocol.MapsLook{Layer: l.Name, Channel: 9}}, trace, r)
			f, g := p.Maps.Flow, trace.Gates[p.Maps.Flow.Block]
			if want := g.Map; f.Before.W != want.W || f.Channel != 9 { // the block at the layer or behind it
				t.Errorf("%s %d %s: the way of channel %d through block %d", name, i, l.Name, f.Channel, f.Block)
			}
			if b := p.Pack(nil); p.Unpack(b) != nil {
				t.Error("the flow does not survive the wire")
			}
			if b := r.Pack(nil); r.Unpack(b) != nil {
				t.Error("the account does not survive the wire")
			}
			sent := r.Gates[f.Block]
			z := float64(f.Bias)
			for j, w := range f.Weights {
				z += float64(w) * float64(f.Inputs[j])
				from := float32(0)
				for _, q := range sent.Squeezes {
					if q.Width > 0 {
						from += q.Hidden[j]
					}
				}
				if name == "eca" {
					from = sent.Squeezes[0].Values[f.From+j]
				}
				if f.Inputs[j] != from {
					t.Errorf("%s %s: input %d is %v, the account says %v", name, l.Name, j, f.Inputs[j], from)
				}
			}
			for _, p := range r.Spatial {
				if p.Block != 0 && p.Block != 1 || len(p.Scale) != p.Map.H*p.Map.W || p.Scale[40] != nn.Activate(p.Function, p.Logits[40]) {
					t.Errorf("%s: spatial attention %+v", name, p.Spatial.Layer)
				}
			}
			if (len(r.Spatial) == 2) != (name == "cbam") || slices.Contains(info.Kinds, nn.Places) != (name == "cbam") {
				t.Errorf("%s: %d spatial attentions, kinds %v", name, len(r.Spatial), info.Kinds)
			}
			if gate := nn.Activate(sent.Function, float32(z)); math.Abs(float64(gate-g.Own[9])) > 1e-6 || sent.Scale[9] != g.Scale[9] || math.Abs(z-float64(sent.Logits[9])) > 1e-5 {
				t.Errorf("%s %s: %s(%v) = %v, the gate is %v", name, l.Name, sent.Function, z, gate, g.Own[9])
			}
			if name == "silu" && (f.Bias == 0 || sent.Function != "hardsigmoid" || sent.Activation != "silu") {
				t.Errorf("the account says bias %v, %s, %s", f.Bias, sent.Activation, sent.Function)
			}
			var mean float64
			for _, v := range f.Before.Data {
				mean += float64(v) / float64(len(f.Before.Data))
			}
			if math.Abs(mean-float64(sent.Squeezes[0].Values[9])) > 1e-3 || f.After.Data[40] != f.Before.Data[40]*g.Scale[9] {
				t.Errorf("%s: the map's mean is %v, the squeeze %v", l.Name, mean, sent.Squeezes[0].Values[9])
			}
		}
	}
	if _, plain, _ := loaded(t, "simple"); flow(plain, "layer1.2", 0) != nil {
		t.Error("a network without attention has a way through it")
	}
}
