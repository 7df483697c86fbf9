package nn

import (
	"slices"
	"strings"
	"testing"
)

// The products behind a value of any map add up to it, at corners and inside, with gates of the
// network's own and others.
func TestArithmetic(t *testing.T) {
	for name, n := range networks(t) {
		s := openSession(t, n.Model)
		trace := s.Run(readPNG(t, goldenDir+"/1.png"))
		if n.Model.GatesHead() {
			s.SetGates(0, make([]float32, len(trace.Gates[0].Scale)))
			trace = s.Rerun()
		}
		ops := map[string]bool{}
		for _, m := range trace.Maps {
			largest := float32(0)
			for _, v := range m.Data {
				largest = max(largest, v, -v)
			}
			for _, p := range [][3]int{{0, 0, 0}, {m.H - 1, m.W - 1, m.C - 1}, {m.H / 2, m.W / 3, m.C / 2}} {
				a, err := trace.Arithmetic(m.Layer, p[0], p[1], p[2])
				if err != nil {
					t.Fatalf("%s %s: %v", name, m.Layer, err)
				}
				ops[a.Op] = true
				sum := a.Bias
				for _, x := range a.Products {
					sum += x.Input * x.Weight
				}
				sum = activations[a.Activation].Of(sum)
				if d := sum - a.Value; a.Value != m.At(p[0], p[1], p[2]) || !(max(d, -d) <= 1e-4*largest) {
					t.Errorf("%s %s %v: the products give %v, the map holds %v (%v)", name, m.Layer, p, sum, a.Value, m.At(p[0], p[1], p[2]))
				}
				if i := slices.Index(n.Model.Planned(), m.Layer); a.Op == "conv" && p[0] == m.H/2 && m.H > 4 {
					if l := n.Model.layers[i].(*convLayer); l.kernel == 3 && len(a.Products) != 9*l.in/l.groups {
						t.Errorf("%s %s: %d products, expected 9 for each of %d channels", name, m.Layer, len(a.Products), l.in/l.groups)
					}
				}
			}
		}
		want := "conv"
		if strings.HasPrefix(name, "live") {
			want = "conv batchnorm maxpool add"
		}
		for op := range strings.FieldsSeq(want) {
			if !ops[op] {
				t.Errorf("%s: no arithmetic of %s", name, op)
			}
		}
		if _, err := trace.Arithmetic("nowhere", 0, 0, 0); err == nil || !strings.Contains(err.Error(), "nowhere") {
			t.Errorf("a map that does not exist: %v", err)
		}
		if _, err := trace.Arithmetic(trace.Maps[0].Layer, 0, -1, 0); err == nil || !strings.Contains(err.Error(), "column -1") {
			t.Errorf("a place that does not exist: %v", err)
		}
	}
}
