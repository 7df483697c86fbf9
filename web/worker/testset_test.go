package worker

import (
	"image"
	"reflect"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// What the worker says about labelled pictures survives the wire and counts as the network's own
// outcomes do; with a second network there are two of each.
func TestTestSet(t *testing.T) {
	n, _, _ := loaded(t, "simple-se")
	pictures := make([]*image.NRGBA, 3)
	for i := range pictures {
		pictures[i] = image.NewNRGBA(image.Rect(0, 0, side, side))
		picture(pictures[i].Pix)
		pictures[i].Pix[4*(20+i)*side] = byte(200 + i)
	}
	for _, two := range []bool{false, true} {
		if two {
			if _, err := n.makeBits(4); err != nil {
				t.Fatal(err)
			}
		}
		got := n.newTested()
		if got.Two != two {
			t.Fatalf("an empty piece has two networks: %v", got.Two)
		}
		m := n.session.Trace().Model
		want, have := m.NewEvaluation(), m.NewEvaluation()
		s, err := m.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pictures {
			if err := n.test(p, i, got); err != nil {
				t.Fatal(err)
			}
			want.Count(s.Run(p).Outcome(i))
		}
		back := &protocol.Tested{N: got.N, Widths: got.Widths, Two: got.Two}
		if err := back.Unpack(got.Pack(nil)); err != nil {
			t.Fatal(err)
		}
		for i := range back.N {
			o, second := back.At(i)
			have.Count(o)
			if two && second.Label != i || !two && !reflect.DeepEqual(second, nn.Outcome{}) {
				t.Errorf("picture %d, second network: %+v", i, second)
			}
		}
		if !reflect.DeepEqual(have, want) {
			t.Errorf("counted from the wire %+v\nexpected %+v", have, want)
		}
	}
	if err := n.test(pictures[0], 10, n.newTested()); err == nil {
		t.Error("a label that no class has was taken")
	}
	if err := (&network{}).test(pictures[0], 0, &protocol.Tested{}); err == nil {
		t.Error("a picture without a network was taken")
	}
}
