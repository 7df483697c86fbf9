package protocol

import "slices"

// Detail is the detail of the event sescope:result: the object that `sescope run --json` prints, and the timings.
type Detail struct {
	File    string       `json:"file"` // the sample's or file's name, "camera" or "clipboard"
	Model   string       `json:"model"`
	Top     []TopClass   `json:"top"` // the five most probable classes, or fewer
	Logits  []float32    `json:"logits"`
	Gates   []DetailGate `json:"gates"`
	Timings Timings      `json:"timings"`
}

// TopClass is a class by its English name.
type TopClass struct {
	Class string  `json:"class"`
	P     float32 `json:"p"`
}

// DetailGate is the excitation of one SE block.
type DetailGate struct {
	Layer string    `json:"layer"`
	Scale []float32 `json:"scale"`
}

// Timings are milliseconds; Grab and Paint are the page's, the others the worker's.
type Timings struct {
	Grab    float64 `json:"grab"`
	Prepare float64 `json:"prepare"`
	Network float64 `json:"network"`
	Maps    float64 `json:"maps"`
	Paint   float64 `json:"paint"`
}

// Sum is the time of the whole frame.
func (t Timings) Sum() float64 { return t.Grab + t.Prepare + t.Network + t.Maps + t.Paint }

// NewDetail collects what r says for the event.
func NewDetail(file string, m *Model, r *Result, t Timings) Detail {
	d := Detail{File: file, Model: r.Model, Logits: r.Logits, Gates: []DetailGate{}, Timings: t}
	for i, p := range r.Probs {
		d.Top = append(d.Top, TopClass{m.Classes[i].En, p})
	}
	slices.SortStableFunc(d.Top, func(a, b TopClass) int {
		switch {
		case a.P > b.P:
			return -1
		case a.P < b.P:
			return 1
		}
		return 0
	})
	d.Top = d.Top[:min(5, len(d.Top))]
	for _, g := range r.Gates {
		d.Gates = append(d.Gates, DetailGate{g.Layer, g.Scale})
	}
	return d
}
