package protocol

import "sescope/nn"

// Detail is the detail of the event sescope:result: the object that `sescope run --json` prints,
// and the timings. File is the sample's or file's name, "camera" or "clipboard".
type Detail struct {
	nn.Result
	Timings Timings `json:"timings"`
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
	var gates []nn.ResultGate
	for _, g := range r.Gates {
		gates = append(gates, nn.ResultGate{Layer: g.Layer, Scale: g.Scale})
	}
	unsure := r.Rejection != nil && !r.Rejection.Sure
	return Detail{nn.NewResult(file, r.Model, m.Classes, r.Logits, r.Probs, gates, unsure, nn.TopClasses), t}
}
