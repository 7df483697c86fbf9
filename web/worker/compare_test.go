package worker

import (
	"os"
	"reflect"
	"slices"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights/models"
)

// Twins name each other, and differ in having SE.
func TestTwinsOfBuiltIn(t *testing.T) {
	pairs := 0
	for _, name := range models.Names() {
		m := builtIn(t, name)
		if m.Spec.Twin == "" {
			continue
		}
		other := builtIn(t, m.Spec.Twin)
		if other.Spec.Twin != name || other.HasAttention() == m.HasAttention() || !reflect.DeepEqual(other.Spec.Classes, m.Spec.Classes) {
			t.Errorf("%s names %s its twin, which names %q", name, m.Spec.Twin, other.Spec.Twin)
		}
		pairs++
	}
	if pairs < 2 {
		t.Errorf("%d networks have a twin", pairs)
	}
}

func builtIn(t *testing.T, name string) *nn.Model {
	t.Helper()
	f, err := models.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The three answers are what the networks say alone, whichever of the two is the first; the third
// has every gate at 1.
func TestCompare(t *testing.T) {
	var columns [2][]protocol.Column
	for i, names := range [][2]string{{"simple", "simple-se"}, {"simple-se", "simple"}} {
		n, trace, _ := loaded(t, names[0])
		look := &protocol.Look{Compare: &protocol.CompareLook{Twin: names[1]}}
		if p := n.look(look, trace, &protocol.Result{Class: 3}); p.Compare == nil || len(p.Compare.Columns) != 0 {
			t.Fatalf("without the twin there are %d columns", len(p.Compare.Columns))
		}
		b, err := os.ReadFile("../../weights/models/" + names[1] + ".safetensors")
		if err != nil {
			t.Fatal(err)
		}
		var reply protocol.Reply
		if err := n.job(protocol.Request{Op: protocol.Second, Model: names[1]}, b, &reply); err != nil || reply.Model.Name != names[1] {
			t.Fatalf("%+v, %v", reply.Model, err)
		}
		p := n.look(look, trace, &protocol.Result{Class: 3})
		if p.Compare.Tiles != comparedTiles || p.Atlas.N != 3*comparedTiles || p.Compare.Class != 3 {
			t.Errorf("%d pictures a column, %d together, class %d", p.Compare.Tiles, p.Atlas.N, p.Compare.Class)
		}
		if got := p.Pack(nil); p.Unpack(got) != nil {
			t.Error("the panel does not survive the wire")
		}
		columns[i] = p.Compare.Columns
		for j, name := range []string{"simple", "simple-se", "simple-se"} {
			s, err := builtIn(t, name).NewSession()
			if err != nil {
				t.Fatal(err)
			}
			if j == 2 {
				for block, g := range s.Trace().Gates {
					s.SetGates(block, slices.Repeat([]float32{1}, len(g.Scale)))
				}
			}
			alone := s.Run(n.picture)
			heat, err := alone.Heatmap(nn.Evidence, 3, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c := columns[i][j]; c.Model != name || !reflect.DeepEqual(c.Probs, slices.Clone(alone.Probs)) || !reflect.DeepEqual(c.Heat.Data, heat.Data) {
				t.Errorf("first %s: column %d of %s differs from the network alone", names[0], j, c.Model)
			}
		}
		if err := n.job(protocol.Request{Op: protocol.Try, Side: side, Look: look}, n.picture.Pix, &reply); err != nil || len(reply.Tried) != 3 {
			t.Fatalf("%d answers, %v", len(reply.Tried), err)
		}
		for j, c := range columns[i] {
			if top := nn.Largest(c.Probs); reply.Tried[j].Class != top || reply.Tried[j].P != c.Probs[top] {
				t.Errorf("tried: %+v, compared: class %d with %v", reply.Tried[j], top, c.Probs[top])
			}
		}
		if err := n.job(protocol.Request{Op: protocol.Try, Side: side + 1}, n.picture.Pix, &reply); err == nil {
			t.Error("a picture of another size was tried")
		}
	}
	if !reflect.DeepEqual(columns[0], columns[1]) {
		t.Error("the answers depend on which of the two is the first")
	}
}
