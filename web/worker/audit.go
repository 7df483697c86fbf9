package worker

import (
	"fmt"
	"math"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
)

// mute takes channels of an SE block out, one after the other.
func (n *network) mute(req protocol.Request) ([]float32, error) {
	a := req.Audit
	if n.trace == nil && n.picture != nil && n.session != nil {
		n.trace = n.session.Run(n.picture) // another picture was tried meanwhile
	}
	if a == nil || n.trace == nil || req.ID != n.frame || req.Model != n.name {
		return nil, fmt.Errorf("the audit asks about frame %d of %q while frame %d of %q is kept", req.ID, req.Model, n.frame, n.name)
	}
	if a.Block < 0 || a.Block >= len(n.blocks) || a.Class < 0 || a.Class >= len(n.trace.Logits) || a.From < 0 || a.Count < 0 || a.From+a.Count > n.blocks[a.Block].Map.C {
		return nil, fmt.Errorf("the audit asks for block %d, class %d, channels %d to %d, which the network does not have", a.Block, a.Class, a.From, a.From+a.Count-1)
	}
	drops := make([]float32, a.Count)
	for i := range drops {
		if a.Odds {
			drops[i] = logOdds(n.trace.Probs[a.Class]) - logOdds(n.session.Without(a.Block, a.From+i)[a.Class])
		} else {
			drops[i] = n.session.Mute(a.Block, a.From+i, a.Class)
		}
	}
	return drops, nil
}

// logOdds is log(p / (1 - p)), finite where float32 has no more digits.
func logOdds(p float32) float32 {
	q := min(max(float64(p), 1e-7), 1-1e-7)
	return float32(math.Log(q / (1 - q)))
}

// roundedNetwork is the first network once more, with fewer bits a weight.
type roundedNetwork struct {
	bits    int
	session *nn.Session
}

// makeBits makes the first network once more from its file.
func (n *network) makeBits(bits int) (*protocol.BitsSize, error) {
	q, err := weights.Quantise(n.file, bits)
	if err != nil {
		return nil, err
	}
	m, err := nn.Load(q)
	if err != nil {
		return nil, err
	}
	session, err := m.NewSession()
	if err != nil {
		return nil, err
	}
	n.rounded = roundedNetwork{bits, session}
	full := 0
	for _, t := range n.file.Tensors {
		full += len(t.Data)
	}
	return &protocol.BitsSize{Bits: bits, Bytes: q.Packed(bits), Full: full}, nil
}

// bits runs the kept picture with fewer bits a weight.
func (n *network) bits(t *nn.Trace, r *protocol.Result) *protocol.Bits {
	if n.rounded.session == nil {
		return nil
	}
	small := n.rounded.session.Run(n.picture)
	heat, err := small.Heatmap(r.Want.Kind, r.Class, nil)
	if err != nil {
		panic(err) // the network of more bits has just shown it
	}
	b := &protocol.Bits{Bits: n.rounded.bits, N: len(small.Probs), Probs: small.Probs, Heat: plane(heat)}
	own := nn.Heatmap{W: r.Heat.W, H: r.Heat.H, Data: r.Heat.Data}
	lo, hi := own.Range()
	l, h := heat.Range()
	var largest float32
	for i, v := range own.Data {
		largest = max(largest, v-heat.Data[i], heat.Data[i]-v)
	}
	if span := max(hi-lo, h-l); span > 0 {
		b.Shift = largest / span
	}
	return b
}
