package worker

import (
	"sescope/nn"
	"sescope/web/protocol"
)

// whyTerms is how many channels the waterfall names; the rest is one sum.
const whyTerms = 5

// why takes the logit of a class apart, or its lead over another; nil where the network's head is
// no sum over channels.
func why(t *nn.Trace, class, against int) *protocol.Why {
	if against == protocol.RunnerUp || against == class || against >= len(t.Probs) {
		against = runnerUp(t.Probs, class)
	}
	terms, bias, ok := t.Why(class)
	w := &protocol.Why{Class: class, Against: protocol.Alone, Bias: bias, Total: t.Logits[class]}
	if against >= 0 {
		terms, bias, ok = t.WhyNot(class, against)
		w.Against, w.Bias, w.Total = against, bias, t.Logits[class]-t.Logits[against]
	}
	if !ok {
		return nil
	}
	n := min(whyTerms, len(terms))
	for _, term := range terms[:n] {
		w.Terms = append(w.Terms, protocol.Share{Channel: term.Channel, Value: term.Value})
	}
	for _, term := range terms[:n] {
		m := t.Channel(term.Channel, nil)
		if t.Model.GatesHead() {
			m = t.Gated(len(t.Gates)-1, term.Channel, nil)
		}
		if w.Maps != nil && len(m.Data) != w.W*w.H {
			break // it cannot be: one layer has one size
		}
		w.W, w.H, w.Maps = m.W, m.H, append(w.Maps, m.Data...)
	}
	w.Others = len(terms) - n
	for _, term := range terms[n:] {
		w.Rest += term.Value
	}
	return w
}

// runnerUp is the most probable class but one; Alone in a network of one class.
func runnerUp(probs []float32, class int) int {
	best := protocol.Alone
	for i, p := range probs {
		if i != class && (best < 0 || p > probs[best]) {
			best = i
		}
	}
	return best
}
