package worker

import (
	"math"
	"testing"

	"sescope/web/protocol"
)

// What is promised to happen without a channel is what happens when it is muted.
func TestWithout(t *testing.T) {
	n, _, info := loaded(t, "live")
	for _, at := range []protocol.Peek{{Block: len(info.Blocks) - 1, Channel: 12}, {Block: 0, Channel: 3}} {
		ask := func(gates []protocol.Override) *protocol.Result {
			r, _, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: "live", Gates: gates,
				Want: protocol.Want{Kind: info.Kinds[0], Class: 8, Rank: "mean", Top: 3, Peek: &at, Without: true}})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		before := ask(nil)
		said, with := *before.Peeked.Without, before.Probs[8]
		muted := ask([]protocol.Override{{Block: at.Block, Fill: protocol.Own, Channels: []int{at.Channel}, Values: []float32{0}}})
		if math.Abs(float64(said.P-muted.Probs[8])) > 1e-6 || said.Top != muted.Top() || said.With != with || said.P == with {
			t.Errorf("%+v: without it %+v is promised, muted it is %v, class %d", at, said, muted.Probs[8], muted.Top())
		}
		ask(nil)
	}
}
