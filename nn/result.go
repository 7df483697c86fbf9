package nn

import (
	"cmp"
	"slices"
)

// Result is one run for other programs: what `sescope run --json` prints and what the page's sescope:result event carries.
type Result struct {
	File   string       `json:"file"`
	Model  string       `json:"model"`
	Top    []Ranked     `json:"top"`    // the five most probable classes, or fewer
	Logits []float32    `json:"logits"` // in the order of the classes
	Gates  []ResultGate `json:"gates"`  // by SE block
}

// Ranked is a class with its probability, 0..1.
type Ranked struct {
	Class string  `json:"class"`
	P     float32 `json:"p"`
}

// ResultGate is the excitation of one SE block.
type ResultGate struct {
	Layer string    `json:"layer"`
	Scale []float32 `json:"scale"`
}

// Result copies what a run found; it stays valid after the next Run.
func (t *Trace) Result(file string) Result {
	r := Result{File: file, Model: t.Model.Spec.Name, Logits: slices.Clone(t.Logits), Gates: []ResultGate{}}
	for i, p := range t.Probs {
		r.Top = append(r.Top, Ranked{t.Model.Spec.Classes[i].En, p})
	}
	slices.SortStableFunc(r.Top, func(a, b Ranked) int { return cmp.Compare(b.P, a.P) })
	r.Top = r.Top[:min(5, len(r.Top))]
	for _, g := range t.Gates {
		r.Gates = append(r.Gates, ResultGate{g.Layer, slices.Clone(g.Scale)})
	}
	return r
}
