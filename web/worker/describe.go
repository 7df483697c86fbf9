package worker

import (
	"encoding/json"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
)

// describe adds what the Model panel shows of a network: its layers and what its file says was measured.
func describe(info *protocol.Model, m *nn.Model, f *weights.File) {
	layers, err := m.Spec.Describe()
	if err != nil {
		panic(err) // the model was planned from it
	}
	for _, l := range layers {
		info.Table = append(info.Table, protocol.LayerRow{LayerSpec: l.LayerSpec, H: l.Shape.H, W: l.Shape.W, C: l.Shape.C, Params: l.Params, MACs: l.MACs, Algorithm: l.Algorithm()})
	}
	var header struct {
		Card *protocol.Card `json:"card"`
	}
	if json.Unmarshal([]byte(f.Metadata["sescope"]), &header) == nil { // a card of another shape is no reason to refuse a network
		info.Card = header.Card
	}
}
