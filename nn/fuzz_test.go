package nn

import (
	"fmt"
	"image"
	"runtime"
	"strings"
	"testing"

	"sescope/weights"
)

// everyLayer is a small network with every layer of a spec.
const everyLayer = `{"name":"every","input":{"H":8,"W":8,"C":3},"mean":[0.5,0.5,0.5],"std":[1,1,1],"classes":[{"en":"a","zh":"a"},{"en":"b","zh":"b"}],
"temperature":2,"reject":{"score":"energy","threshold":0},"layers":[
{"op":"conv","name":"c1","in":3,"out":6,"kernel":3,"stride":1,"pad":1,"bias":true},{"op":"batchnorm","name":"n1","eps":0.001},{"op":"relu6","name":"a1"},
{"op":"conv","name":"c2","in":6,"out":6,"kernel":3,"stride":1,"pad":1,"groups":6},{"op":"hardswish","name":"a2"},
{"op":"se","name":"s2","out":2,"fc":["s2.a","s2.b"],"bias":true,"act":"silu","gate":"hardsigmoid"},{"op":"add","name":"d2","with":"a1"},
{"op":"maxpool","name":"p2","kernel":3,"stride":2,"pad":1},{"op":"eca","name":"e2","kernel":3,"conv":"e2.c"},
{"op":"cbam","name":"k2","out":2,"fc":["k2.a","k2.b"],"bias":true,"act":"relu6"},
{"op":"spatial","name":"t2","kernel":5,"conv":"t2.c","norm":"t2.n","eps":0.001,"maxfirst":true,"gate":"hardsigmoid"},{"op":"conv","name":"c3","in":6,"out":8,"kernel":1,"stride":1,"groups":2},
{"op":"avgpool","name":"p3","kernel":2,"from":"d2"},{"op":"conv","name":"c4","in":6,"out":8,"kernel":1,"stride":1},{"op":"se","name":"s4","out":2,"fc":["s4.a","s4.b"]},
{"op":"add","name":"d4","with":"c3"},{"op":"relu","name":"a4"},{"op":"silu","name":"a5"},{"op":"sigmoid","name":"a6"},{"op":"hardsigmoid","name":"a7"},
{"op":"avgpool","name":"p5","kernel":2},{"op":"flatten","name":"f"},{"op":"linear","name":"l1","in":32,"out":4,"bias":true},{"op":"hardswish","name":"a8"},
{"op":"dropout","name":"o"},{"op":"linear","name":"l2","in":4,"out":2,"bias":true}]}`

func everyTensor() []weights.Tensor {
	var out []weights.Tensor
	add := func(name string, shape ...int) {
		n := 1
		for _, d := range shape {
			n *= d
		}
		out = append(out, weights.NewF32(name, uniform(name, n), shape...))
	}
	add("c1.weight", 6, 3, 3, 3)
	add("c1.bias", 6)
	for _, part := range []string{"weight", "bias", "running_mean", "running_var"} {
		add("n1."+part, 6)
	}
	add("c2.weight", 6, 1, 3, 3)
	add("s2.a.weight", 2, 6, 1, 1)
	add("s2.a.bias", 2)
	add("s2.b.weight", 6, 2)
	add("s2.b.bias", 6)
	add("e2.c.weight", 1, 1, 3)
	add("k2.a.weight", 2, 6)
	add("k2.a.bias", 2)
	add("k2.b.weight", 6, 2)
	add("k2.b.bias", 6)
	add("t2.c.weight", 1, 2, 5, 5)
	for _, part := range []string{"weight", "bias", "running_mean", "running_var"} {
		add("t2.n."+part, 1)
	}
	add("c3.weight", 8, 3, 1, 1)
	add("c4.weight", 8, 6, 1, 1)
	add("s4.a.weight", 2, 8)
	add("s4.b.weight", 8, 2)
	add("l1.weight", 4, 32)
	add("l1.bias", 4)
	add("l2.weight", 2, 4)
	add("l2.bias", 2)
	return out
}

// exercise runs a network and everything that explains it.
func exercise(t *testing.T, m *Model) {
	infos, err := m.Spec.Describe()
	if err != nil {
		t.Fatal(err)
	}
	work := 0
	for _, l := range infos {
		if work += l.MACs + l.Shape.H*l.Shape.W*l.Shape.C; work > 1<<22 {
			return // allowed, and too slow to fuzz
		}
	}
	s := openSession(t, m)
	trace := s.Run(image.NewNRGBA(image.Rect(0, 0, 20, 20)))
	for _, k := range m.Kinds() {
		if _, err := trace.Heatmap(k, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range m.Rankings() {
		trace.Rank(r, 0, 3)
	}
	trace.Why(0)
	trace.Rejection()
	trace.Check()
	for i, g := range trace.Gates {
		s.Mute(i, len(g.Scale)-1, 0)
		trace.GateSum(i, 0)
		trace.Gated(i, 0, nil)
		trace.Scaled(i, 0, nil)
	}
	for _, kept := range trace.Maps {
		if _, err := trace.Arithmetic(kept.Layer, kept.H-1, 0, kept.C-1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryLayer(t *testing.T) {
	m, err := Load(&weights.File{Name: "every", Metadata: map[string]string{metadataKey: everyLayer}, Tensors: everyTensor()})
	if err != nil {
		t.Fatal(err)
	}
	exercise(t, m)
	if s := openSession(t, m); len(s.trace.Gates) != 4 || len(s.trace.Spatial) != 1 || m.LastConv() != "c4" || !m.GatesHead() {
		t.Errorf("%d gates, last convolution %s, GatesHead %v", len(s.trace.Gates), m.LastConv(), m.GatesHead())
	}
}

// A network that would need too much memory is refused by what its spec says, before a tensor is
// looked at: the file holds none.
func TestTooLargeForMemory(t *testing.T) {
	conv := func(name string, in, out, kernel, stride, pad int) string {
		return fmt.Sprintf(`{"op":"conv","name":%q,"in":%d,"out":%d,"kernel":%d,"stride":%d,"pad":%d}`, name, in, out, kernel, stride, pad)
	}
	end := func(in int) string {
		return fmt.Sprintf(`{"op":"mean","name":"mean"},{"op":"linear","name":"fc","in":%d,"out":1}`, in)
	}
	var borders []string // one pixel each, and a border of a thousand around it
	for i := range 40 {
		in := 1
		if i == 0 {
			in = 3
		}
		borders = append(borders, conv(fmt.Sprint("c", i), in, 1, 1024, 1024, 1023))
	}
	var wide []string
	for i := range 9 {
		in, stride := 2000, 2
		if i == 0 {
			in, stride = 3, 64
		}
		wide = append(wide, conv(fmt.Sprint("c", i), in, 2000, 3, stride, 1))
	}
	for name, c := range map[string]struct{ layers, want string }{
		"maps":        {conv("c", 3, 65536, 1, 1, 0) + "," + end(65536), "is larger than"},
		"borders":     {strings.Join(append(borders, end(1)), ","), "the feature maps up to here need"},
		"one layer":   {conv("c", 3, 65536, 512, 512, 0) + "," + end(65536), "weights, more than"},
		"all weights": {strings.Join(append(wide, end(2000)), ","), "the weights up to here need"},
		"channels":    {conv("c", 3, 65537, 1, 1, 0) + "," + end(65537), "at most 65536"},
		"linear":      {`{"op":"flatten","name":"f"},{"op":"linear","name":"fc","in":786432,"out":100}`, "more than"},
		"overflow":    {conv("c", 3, 9223372036854775807, 1, 1, 0) + "," + end(1), "c"},
	} {
		spec := `{"name":"large","input":{"H":512,"W":512,"C":3},"mean":[0,0,0],"std":[1,1,1],"classes":[{"en":"a","zh":"a"}],"layers":[` + c.layers + `]}`
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Load(&weights.File{Name: "large", Metadata: map[string]string{metadataKey: spec}})
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, expected %q", name, err, c.want)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes were allocated before it was refused", name, used)
		}
	}
}

// FuzzLoad changes the spec of a network with every layer: whatever it says, Load refuses it or
// everything runs.
func FuzzLoad(f *testing.F) {
	f.Add(everyLayer)
	f.Fuzz(func(t *testing.T, spec string) {
		m, err := Load(&weights.File{Name: "fuzz", Metadata: map[string]string{metadataKey: spec}, Tensors: everyTensor()})
		if err == nil {
			exercise(t, m)
		}
	})
}

// FuzzFile changes the bytes of a whole file.
func FuzzFile(f *testing.F) {
	f.Add((&weights.File{Metadata: map[string]string{metadataKey: everyLayer}, Tensors: everyTensor()}).Write())
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := weights.Read("fuzz", b)
		if err != nil {
			return
		}
		m, err := Load(file)
		if err == nil {
			exercise(t, m)
		}
	})
}
