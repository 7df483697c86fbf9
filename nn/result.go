package nn

import (
	"cmp"
	"slices"
)

// Result is one run for other programs: what `sescope run --json` prints and what the page's
// sescope:result event carries.
type Result struct {
	File   string       `json:"file"`
	Model  string       `json:"model"`
	Top    []Ranked     `json:"top"`              // the most probable classes
	Logits []float32    `json:"logits"`           // in the order of the classes
	Gates  []ResultGate `json:"gates"`            // by SE block
	Output string       `json:"output,omitempty"` // what makes p of a logit, where that is not softmax: see Spec.Output
	Unsure bool         `json:"unsure"`           // by its own rule the network does not know the picture: see Trace.Rejection
}

// TopClasses is how many classes a Result lists where nobody asks for another number.
const TopClasses = 5

// Ranked is a class by its English name, with its probability, 0..1.
type Ranked struct {
	Class string  `json:"class"`
	P     float32 `json:"p"`
}

// ResultGate is the excitation of one SE block.
type ResultGate struct {
	Layer string    `json:"layer"`
	Scale []float32 `json:"scale"`
}

// NewResult ranks the classes and lists the first top, or all there are; the lists are kept, not
// copied.
func NewResult(file, model string, classes []Class, logits, probs []float32, gates []ResultGate, unsure bool, top int) Result {
	r := Result{File: file, Model: model, Logits: logits, Gates: gates, Unsure: unsure}
	if gates == nil {
		r.Gates = []ResultGate{} // in JSON a network without SE has an empty list, not null
	}
	for i, p := range probs {
		r.Top = append(r.Top, Ranked{classes[i].En, p})
	}
	slices.SortStableFunc(r.Top, func(a, b Ranked) int { return cmp.Compare(b.P, a.P) })
	r.Top = r.Top[:min(top, len(r.Top))]
	return r
}

// Result copies what a run found, with the top most probable classes; it stays valid after the
// next Run.
func (t *Trace) Result(file string, top int) Result {
	var gates []ResultGate
	for _, g := range t.Gates {
		gates = append(gates, ResultGate{g.Layer, slices.Clone(g.Scale)})
	}
	_, sure := t.Rejection()
	spec := &t.Model.Spec
	r := NewResult(file, spec.Name, spec.Classes, slices.Clone(t.Logits), t.Probs, gates, !sure, top)
	if output := spec.output(); output != "softmax" {
		r.Output = output
	}
	return r
}

// Largest is the index of the largest value, the first one among equals.
func Largest(v []float32) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}
