package protocol

import (
	"fmt"
	"math"
)

// Own stands for the network's own gate.
const Own = -1

// Override is what a person set on the gates of one SE block. Every request to run or explain
// carries all of them, so neither a new worker nor another network can keep old ones.
type Override struct {
	Block    int       `json:"block"`              // in the order of the network
	Fill     float32   `json:"fill"`               // of the channels that are not listed: 0..1 or Own
	Channels []int     `json:"channels,omitempty"` // ascending
	Values   []float32 `json:"values,omitempty"`   // one a channel: 0..1 or Own
}

// Gates is the override for a block of n channels as nn.Session.SetGates takes it: NaN is the
// network's own.
func (o Override) Gates(n int) ([]float32, error) {
	if len(o.Channels) != len(o.Values) {
		return nil, fmt.Errorf("block %d: %d channels with %d gates, expected one gate a channel", o.Block, len(o.Channels), len(o.Values))
	}
	gates := make([]float32, n)
	for i := range gates {
		gates[i] = own(o.Fill)
	}
	for i, c := range o.Channels {
		if c < 0 || c >= n {
			return nil, fmt.Errorf("block %d: channel %d, expected 0 to %d", o.Block, c, n-1)
		}
		gates[c] = own(o.Values[i])
	}
	return gates, nil
}

func own(v float32) float32 {
	if v == Own {
		return float32(math.NaN())
	}
	return v
}
