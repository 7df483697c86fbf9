package worker

import (
	"slices"
	"time"

	"sescope/nn"
	"sescope/web/protocol"
)

// rankedChannels is how many channels of each ranking the tutorial's figure lists.
const rankedChannels = 6

// explain collects what the page shows of a trace.
func explain(t *nn.Trace, name string, want protocol.Want) (*protocol.Result, error) {
	start := time.Now()
	m := t.Model
	want, err := fit(m, want)
	if err != nil {
		return nil, err
	}
	class := want.Class
	if class < 0 {
		class = t.Top()
	}
	r := &protocol.Result{Model: name, N: len(t.Logits), Logits: t.Logits, Probs: t.Probs, Want: want, Class: class}
	for i, g := range t.Gates {
		gate := protocol.Excitation{Excitation: g}
		if mean, std, ok := m.Signature(i); ok {
			nearest := t.Closest(i)[0]
			gate.Signed, gate.Mean, gate.Std, gate.Closest, gate.Distance = true, mean[class], std[class], nearest.Class, nearest.Distance
		}
		r.Gates = append(r.Gates, gate)
	}
	for _, s := range t.Spatial {
		r.Spatial = append(r.Spatial, protocol.Spatial{Spatial: s})
	}
	if rule := m.Spec.Reject; rule != nil {
		score, sure := t.Rejection()
		r.Rejection = &protocol.Rejection{Score: score, Threshold: rule.Threshold, Sure: sure, Strange: rule.IsStrange(score)}
	}
	r.Why = why(t, class, want.Against)
	heat, err := t.Heatmap(want.Kind, class, nil)
	if err != nil {
		return nil, err
	}
	r.Heat = plane(heat)
	for _, by := range m.Rankings() {
		top := t.Rank(by, class, max(rankedChannels, want.Top))
		order := protocol.Order{By: string(by)}
		for _, s := range top[:min(rankedChannels, len(top))] {
			order.Channels = append(order.Channels, s.Channel)
		}
		r.Orders = append(r.Orders, order)
		if string(by) != want.Rank {
			continue
		}
		for _, s := range top[:min(want.Top, len(top))] {
			r.Channels = append(r.Channels, protocol.Channel{Channel: s.Channel, Mean: s.Mean, Gate: s.Gate, Map: plane(t.Channel(s.Channel, nil))})
		}
	}
	if k := want.Peek; k != nil && k.Block >= 0 && k.Block < len(t.Gates) && k.Channel >= 0 && k.Channel < t.Gates[k.Block].Map.C {
		m := t.Gated(k.Block, k.Channel, nil)
		r.Peeked = &protocol.Peeked{Peek: *k, Mean: t.Gates[k.Block].Squeezes[0].Values[k.Channel], Map: plane(m)}
		if terms, _, ok := t.Why(class); ok && t.Model.GatesHead() && k.Block == len(t.Gates)-1 {
			i := slices.IndexFunc(terms, func(w nn.Term) bool { return w.Channel == k.Channel })
			r.Peeked.Brings = &terms[i].Value
		}
	}
	r.Times = protocol.Times{Prepare: milli(t.Preprocess), Network: milli(t.Network), Maps: milli(time.Since(start))}
	return r, nil
}

// fit replaces what a network cannot show by what it shows best; a kind of heat map that is none at
// all is an error.
func fit(m *nn.Model, w protocol.Want) (protocol.Want, error) {
	if w.Kind != "" {
		if _, err := nn.ParseKind(string(w.Kind)); err != nil {
			return w, err
		}
	}
	if kinds := m.Kinds(); !slices.Contains(kinds, w.Kind) {
		w.Kind = kinds[0]
	}
	ranks := m.Rankings()
	rank := ranks[0]
	for _, r := range ranks {
		if string(r) == w.Rank {
			rank = r
		}
	}
	w.Rank = string(rank)
	if w.Class >= len(m.Spec.Classes) {
		w.Class = -1
	}
	return w, nil
}

func plane(h *nn.Heatmap) protocol.Plane { return protocol.Plane{W: h.W, H: h.H, Data: h.Data} }

func milli(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
