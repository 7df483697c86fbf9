package worker

import (
	"sescope/nn"
	"sescope/web/protocol"
)

// describe adds what the Model panel shows of a network: its layers and what its file says was
// measured.
func describe(info *protocol.Model, m *nn.Model) {
	layers, err := m.Spec.Describe()
	if err != nil {
		panic(err) // the model was planned from it
	}
	for _, l := range layers {
		info.Table = append(info.Table, protocol.LayerRow{LayerSpec: l.LayerSpec, H: l.Shape.H, W: l.Shape.W, C: l.Shape.C, Params: l.Params, MACs: l.MACs, Algorithm: l.Algorithm(), Sketch: l.Sketch()})
	}
	info.Card, info.Rejects = m.Spec.Card, m.Spec.Reject != nil
}
