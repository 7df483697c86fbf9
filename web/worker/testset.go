package worker

import (
	"fmt"
	"image"

	"sescope/web/protocol"
)

// test runs one labelled picture through the network as it is, without a person's gates, and
// through the second one or the one of fewer bits if the page had it loaded.
func (n *network) test(picture *image.NRGBA, label int, into *protocol.Tested) error {
	if n.session == nil {
		return fmt.Errorf("a test set came before a network")
	}
	t := n.session.Run(picture)
	if err := t.Check(); err != nil {
		return err
	}
	if label < 0 || label >= len(t.Logits) {
		return fmt.Errorf("label %d, expected 0 to %d", label, len(t.Logits)-1)
	}
	o := t.Outcome(label)
	other := n.rounded.session
	if len(n.family.others) > 0 {
		other = n.family.others[0].session
	}
	if other == nil {
		into.Add(o, nil)
		return nil
	}
	t = other.Run(picture)
	if err := t.Check(); err != nil {
		return err
	}
	if label >= len(t.Logits) {
		return fmt.Errorf("label %d, expected 0 to %d", label, len(t.Logits)-1)
	}
	second := t.Outcome(label)
	into.Add(o, &second)
	return nil
}

// newTested is empty; it knows the network's SE blocks.
func (n *network) newTested() *protocol.Tested {
	t := &protocol.Tested{Two: len(n.family.others) > 0 || n.rounded.session != nil, Widths: []int{}}
	for _, g := range n.blocks {
		t.Widths = append(t.Widths, g.Map.C)
	}
	return t
}
