package worker

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights/models"
)

// The networks of a family name the same family, know the same classes, and only the first has no
// attention.
func TestFamiliesOfBuiltIn(t *testing.T) {
	families := 0
	for _, name := range models.Names() {
		m := builtIn(t, name)
		if m.Spec.Family == nil {
			continue
		}
		if attention := len(m.Blocks()) > 0; attention == (m.Spec.Family[0] == name) {
			t.Errorf("%s: attention %v in the family %v, whose first has none", name, attention, m.Spec.Family)
		}
		for _, other := range m.Spec.Family {
			o := builtIn(t, other)
			if !slices.Equal(o.Spec.Family, m.Spec.Family) || !reflect.DeepEqual(o.Spec.Classes, m.Spec.Classes) {
				t.Errorf("%s is of the family %v, %s of %v, or their classes differ", name, m.Spec.Family, other, o.Spec.Family)
			}
		}
		families++
	}
	if families < 4 {
		t.Errorf("%d networks have a family", families)
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

// fileOf is a network's file: a built-in one, or one of other.
func fileOf(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../weights/models/" + name + ".safetensors")
	if os.IsNotExist(err) {
		return other(t, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The answers are what the networks say alone, whichever of the family is the first; the last
// column has every gate at 1. Those that are not loaded have none, and leave the others standing.
func TestCompare(t *testing.T) {
	for _, family := range [][]string{{"simple", "simple-se"}, {"simple", "simple-se", "eca", "cbam"}} {
		var columns [][]protocol.Column
		for first, name := range family {
			t.Run(fmt.Sprintf("%d, %s first", len(family), name), func(t *testing.T) {
				columns = append(columns, testCompare(t, family, first))
			})
		}
		for i, list := range columns {
			if !reflect.DeepEqual(list[:len(family)], columns[0][:len(family)]) {
				t.Errorf("the answers with %s first are not those with %s first", family[i], family[0])
			}
		}
	}
}

func testCompare(t *testing.T, family []string, first int) []protocol.Column {
	n, trace, _ := loaded(t, family[first])
	look := &protocol.Look{Compare: &protocol.CompareLook{Family: family}}
	var reply protocol.Reply
	for i, name := range family {
		p := n.look(look, trace, &protocol.Result{Class: 3})
		got := []string{}
		for _, c := range p.Compare.Columns {
			if !c.Open {
				got = append(got, c.Model)
			}
		}
		want := slices.DeleteFunc(slices.Clone(family), func(name string) bool { return name != family[first] && slices.Index(family, name) >= i })
		if !slices.Equal(got, want) {
			t.Fatalf("columns of %v while %d networks were loaded, expected %v", got, i, want)
		}
		if i == first {
			continue
		}
		if err := n.job(protocol.Request{Op: protocol.Second, Model: name}, fileOf(t, name), &reply); err != nil || reply.Model.Name != name {
			t.Fatalf("%+v, %v", reply.Model, err)
		}
	}
	p := n.look(look, trace, &protocol.Result{Class: 3})
	if tiles := p.Compare.Tiles; len(family) == 2 && (tiles != comparedTiles || p.Atlas.N != 3*comparedTiles) || len(family) > 2 && (tiles != 0 || p.Atlas != nil) || p.Compare.Class != 3 {
		t.Errorf("%d pictures a column, class %d", tiles, p.Compare.Class)
	}
	packed := p.Pack(nil)
	if p.Unpack(packed) != nil {
		t.Error("the panel does not survive the wire")
	}
	columns := p.Compare.Columns
	if len(columns) != len(family)+1 {
		t.Fatalf("%d columns of %v", len(columns), family)
	}
	gated := family[max(first, 1)] // the first network has no gates
	for j, c := range columns {
		name := append(slices.Clone(family), gated)[j]
		s := direct(t, fileOf(t, name))
		if c.Open {
			for block, g := range s.Trace().Gates {
				s.SetGates(block, slices.Repeat([]float32{1}, len(g.Scale)))
			}
		}
		alone := s.Run(n.picture)
		heat, err := alone.Heatmap(alone.Model.Kinds()[0], 3, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.Model != name || c.Open != (j == len(family)) || !slices.Equal(c.Probs, alone.Probs) || !slices.Equal(c.Heat.Data, heat.Data) {
			t.Errorf("column %d of %s differs from the network alone", j, c.Model)
		}
		var gates, places []float32
		if last := len(alone.Gates) - 1; last >= 0 {
			gates = alone.Gates[last].Scale
		}
		if last := len(alone.Spatial) - 1; last >= 0 {
			places = alone.Spatial[last].Scale
		}
		if !slices.Equal(c.Scale, gates) || !slices.Equal(c.Places.Data, places) || (c.Gates == 0) != (name == family[0]) || (len(places) > 0) != (name == "cbam") {
			t.Errorf("column %d of %s: %d gates, %d places, expected %d and %d", j, name, len(c.Scale), len(c.Places.Data), len(gates), len(places))
		}
	}
	if err := n.job(protocol.Request{Op: protocol.Try, Side: side, Look: look}, n.picture.Pix, &reply); err != nil || len(reply.Tried) != len(columns) {
		t.Fatalf("%d answers, %v", len(reply.Tried), err)
	}
	for j, c := range columns {
		if top := nn.Largest(c.Probs); reply.Tried[j] != (protocol.Tried{Class: top, P: c.Probs[top], Open: c.Open}) {
			t.Errorf("tried: %+v, compared: class %d with %v", reply.Tried[j], top, c.Probs[top])
		}
	}
	if err := n.job(protocol.Request{Op: protocol.Try, Side: side + 1}, n.picture.Pix, &reply); err == nil {
		t.Error("a picture of another size was tried")
	}
	return columns
}

// The other networks go with the first one; of those that are there, only the family's answer.
func TestFamilyGoes(t *testing.T) {
	n, trace, _ := loaded(t, "simple-se")
	second := func(name string) {
		var reply protocol.Reply
		if err := n.job(protocol.Request{Op: protocol.Second, Model: name}, fileOf(t, name), &reply); err != nil {
			t.Fatal(err)
		}
	}
	second("eca")
	second("simple")
	second("simple") // loaded again
	if len(n.family.others) != 2 {
		t.Errorf("%d others, expected 2", len(n.family.others))
	}
	if p := n.compare(protocol.CompareLook{Family: []string{"simple", "simple-se"}}, trace, 0); len(p.Compare.Columns) != 3 || n.family.open == nil {
		t.Errorf("%d columns of a family of two", len(p.Compare.Columns))
	}
	if _, err := n.load("cnn3-se", "", fileOf(t, "cnn3-se")); err != nil {
		t.Fatal(err)
	}
	if len(n.family.others) != 0 || n.family.open != nil || n.family.heat != nil {
		t.Error("another network was loaded, and the former family stays")
	}
}
