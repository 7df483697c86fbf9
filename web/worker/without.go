package worker

import (
	"sescope/nn"
	"sescope/web/protocol"
)

// without is what the answer would be without the peeked channel; the layers from its block on run
// once more, beside the session.
func (n *network) without(r *protocol.Result) *protocol.Without {
	probs := n.session.Without(r.Peeked.Block, r.Peeked.Channel)
	top := nn.Largest(probs)
	return &protocol.Without{P: probs[r.Class], With: r.Probs[r.Class], Top: top, TopP: probs[top]}
}
