package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
)

// written is an ONNX file under way: numbers of fields are onnx.proto's.
type written struct {
	graph, model []byte
	nodes        int
}

func number(field, v int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|varint), uint64(v))
}

// attr is an attribute: an int, ints, a float, or text.
func attr(name string, v any) []byte {
	b := message(1, name)
	switch v := v.(type) {
	case int:
		b = append(append(b, number(3, v)...), number(20, 2)...)
	case []int:
		for _, i := range v {
			b = append(b, number(8, i)...)
		}
		b = append(b, number(20, 7)...)
	case float32:
		b = binary.LittleEndian.AppendUint32(append(b, 2<<3|narrow), math.Float32bits(v))
		b = append(b, number(20, 1)...)
	case string:
		b = append(append(b, message(4, v)...), number(20, 3)...)
	}
	return b
}

// call is a node; what newer files say of it beside is there, too.
func call(name, op, domain, in, out string, attrs ...[]byte) []byte {
	var b []byte
	for _, v := range strings.Split(in, " ") {
		b = append(b, message(1, strings.TrimPrefix(v, "-"))...) // "-" is an input that is left out
	}
	for _, v := range strings.Split(out, " ") {
		b = append(b, message(2, v)...)
	}
	b = append(b, message(3, name, 4, op, 6, "said by the exporter", 7, domain, 9, message(1, "pkg.torch.onnx.name_scopes", 2, "['', 'layer']"))...)
	for _, a := range attrs {
		b = append(b, message(5, a)...)
	}
	return b
}

func (w *written) node(op, in, out string, attrs ...[]byte) {
	w.nodes++
	w.graph = append(w.graph, message(1, call(fmt.Sprintf("node_%s_%d", op, w.nodes), op, "", in, out, attrs...))...)
}

// tensor is an initializer of floats, int64 or raw bytes of a type.
func (w *written) tensor(name string, dims []int, v any) {
	var b, raw []byte
	for _, d := range dims {
		b = append(b, number(1, d)...)
	}
	switch v := v.(type) {
	case []float32:
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		b = append(b, number(2, float)...)
	case []int:
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
		}
		b = append(b, number(2, int64s)...)
	case typed:
		raw, b = v.raw, append(b, number(2, v.dtype)...)
	}
	w.graph = append(w.graph, message(5, append(b, message(8, name, 9, raw)...))...)
}

type typed struct {
	dtype int
	raw   []byte
}

// file is the whole of it, as opset and IR say.
func (w *written) file(opset, ir int) []byte {
	shape := func(dims ...int) (b []byte) {
		for _, d := range dims {
			b = append(b, message(1, number(1, d))...)
		}
		return message(1, append(number(1, float), message(2, b)...))
	}
	g := append(slices.Clone(w.graph), message(2, "main_graph", 11, message(1, "x", 2, shape(1, 3, 16, 20)), 12, message(1, "y", 2, shape(1, 5)), 13, message(1, "seen", 2, shape(1, 8, 16, 20)))...)
	b := append(number(1, ir), message(2, "pytorch", 3, "2.9.1", 7, g, 8, append(message(1, ""), number(2, opset)...), 8, append(message(1, "own"), number(2, 1)...), 14, message(1, "key", 2, "value"))...)
	return append(b, w.model...)
}

// network writes one network as an opset has it: convolution, SE, a Pad of zeros, a split that is
// joined the other way round, a mean, and a Linear.
func network(opset int) *written {
	r, w := rand.New(rand.NewPCG(3, 4)), &written{}
	random := func(name string, dims ...int) {
		n := 1
		for _, d := range dims {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64()) / 3
		}
		w.tensor(name, dims, v)
	}
	random("w", 8, 3, 3, 3)
	random("b", 8)
	random("w1", 2, 8, 1, 1)
	random("w2", 8, 2, 1, 1)
	random("w3", 8, 8, 3, 3)
	random("fc", 5, 8)
	random("bias", 5)
	w.node("Conv", "x w b", "c", attr("auto_pad", "NOTSET"), attr("dilations", []int{1, 1}), attr("group", 1), attr("pads", []int{1, 1, 1, 1}), attr("strides", []int{1, 1}))
	if opset >= 14 {
		w.node("HardSwish", "c", "r")
	} else {
		w.node("HardSigmoid", "c", "h", attr("alpha", float32(1)/6), attr("beta", float32(.5)))
		w.node("Mul", "c h", "r")
	}
	mean := func(in, out string, keep int, axes ...int) {
		if opset < 18 {
			w.node("ReduceMean", in, out, attr("axes", axes), attr("keepdims", keep))
			return
		}
		w.tensor(out+"_axes", []int{len(axes)}, axes)
		w.node("ReduceMean", in+" "+out+"_axes", out, attr("keepdims", keep), attr("noop_with_empty_axes", 0))
	}
	mean("r", "m", 1, -1, -2)
	w.node("Conv", "m w1", "e1")
	w.node("Relu", "e1", "e2")
	w.node("Conv", "e2 w2", "e3")
	w.node("Sigmoid", "e3", "e4")
	w.node("Mul", "r e4", "s")
	switch {
	case opset < 11:
		w.node("Pad", "s", "p", attr("pads", []int{0, 0, 1, 0, 0, 0, 0, 1}), attr("mode", "constant"), attr("value", float32(0)))
	case opset < 18:
		w.tensor("pads", []int{8}, []int{0, 0, 1, 0, 0, 0, 0, 1})
		w.node("Pad", "s pads", "p", attr("mode", "constant"))
	default: // of two axes only
		w.tensor("pads", []int{4}, []int{1, 0, 0, 1})
		w.tensor("pad_axes", []int{2}, []int{2, 3})
		w.node("Pad", "s pads - pad_axes", "p", attr("mode", "constant"))
	}
	w.node("Conv", "p w3", "q")
	w.node("Relu", "q", "q1")
	switch {
	case opset < 13:
		w.node("Split", "q1", "a1 a2", attr("axis", 1), attr("split", []int{3, 5}))
	case opset < 18 || opset%2 == 1:
		w.tensor("sizes", []int{2}, []int{3, 5})
		w.node("Split", "q1 sizes", "a1 a2", attr("axis", -3))
	default: // the last of equal parts is smaller
		w.node("Split", "q1", "three two rest", attr("axis", 1), attr("num_outputs", 3))
		w.node("Concat", "two rest", "later", attr("axis", 1))
		w.node("Identity", "three", "a1")
		w.node("Identity", "later", "a2")
	}
	w.node("Concat", "a2 a1", "j", attr("axis", 1))
	if opset >= 19 {
		w.node("Cast", "j", "j16", attr("to", half), attr("saturate", 1))
		w.node("Cast", "j16", "j32", attr("to", float), attr("saturate", 1))
	} else {
		w.node("Identity", "j", "j32")
	}
	mean("j32", "f", 0, 3, 2)
	w.node("Gemm", "f fc bias", "y", attr("alpha", float32(1)), attr("beta", float32(1)), attr("transA", 0), attr("transB", 1))
	return w
}

// logitsOf converts a file and runs a picture.
func logitsOf(t *testing.T, name string, b []byte) ([]float32, []string) {
	t.Helper()
	f, apart, err := Read(name, b, Options{})
	if err != nil {
		t.Error(err)
		return nil, nil
	}
	if apart > 1e-5 {
		t.Errorf("%s: %v from the file's own logits", name, apart)
	}
	spec, _, err := nn.ParseSpec(f)
	if err != nil {
		t.Fatal(err)
	}
	var ops []string
	for _, l := range spec.Layers {
		ops = append(ops, l.Op)
	}
	return slices.Clone(trace(t, f, "a.png").Logits), ops
}

func near(a, b []float32) bool {
	for i := range a {
		if d := a[i] - b[i]; !(max(d, -d) < 1e-5) {
			return false
		}
	}
	return len(a) > 0 && len(a) == len(b)
}

// One network in the words of every opset from 9 to 21 gives the same layers and the same logits,
// with what newer files say beside: metadata, overloads, IR versions up to 10.
func TestOpsets(t *testing.T) {
	want, layers := logitsOf(t, "opset 9", network(9).file(9, 4))
	if text := strings.Join(layers, " "); !strings.Contains(text, "se") || !strings.Contains(text, "concat") {
		t.Fatalf("layers %s", text)
	}
	for opset := 10; opset <= 21; opset++ {
		got, ops := logitsOf(t, fmt.Sprintf("opset %d", opset), network(opset).file(opset, min(max(4, opset-10), 10)))
		if !near(got, want) || !slices.Contains(ops, nn.SE) {
			t.Errorf("opset %d: layers %s, logits %v, those of opset 9 are %v", opset, ops, got, want)
		}
	}
}

// gelu is a function of the file's own: GELU with an attribute that has a default, by its overload.
func gelu(overload, approximate string) []byte {
	inner := message(1, "a", 2, "o", 3, "inner", 4, "Gelu", 5, append(message(1, "approximate", 21, "how"), number(20, 3)...))
	return message(25, message(1, "activate", 4, "a", 5, "o", 7, inner, 9, append(message(1, ""), number(2, 20)...), 10, "own", 11, attr("how", approximate), 13, overload))
}

// Functions of one name are told apart by their overloads (IR 10), and an attribute that a call
// leaves out has the function's default.
func TestOverloads(t *testing.T) {
	plain := string(network(20).graph)
	replace := func(node []byte, functions ...[]byte) []byte {
		old := message(1, call("node_HardSwish_2", "HardSwish", "", "c", "r"))
		if !strings.Contains(plain, string(old)) {
			t.Fatal("the node is written in another way")
		}
		w := &written{graph: []byte(strings.Replace(plain, string(old), string(message(1, node)), 1))}
		for _, f := range functions {
			w.model = append(w.model, f...)
		}
		return w.file(20, 10)
	}
	want, _ := logitsOf(t, "gelu", replace(call("", "Gelu", "", "c", "r", attr("approximate", "none"))))
	functions := [][]byte{gelu("", "wrong"), gelu("exact", "none"), gelu("fast", "tanh")}
	got, ops := logitsOf(t, "overload", replace(append(call("", "activate", "own", "c", "r"), message(8, "exact")...), functions...))
	if !near(got, want) || !slices.Contains(ops, "gelu") {
		t.Errorf("%s, %v, expected gelu and %v", ops, got, want)
	}
	got, _ = logitsOf(t, "attribute", replace(append(call("", "activate", "own", "c", "r", attr("how", "none")), message(8, "exact")...), gelu("exact", "tanh")))
	if !near(got, want) {
		t.Errorf("with the attribute: %v, expected %v", got, want)
	}
}

// Weights in blocks of int8 with a scale each (opset 21) are their values; what is not read is
// named.
func TestBlocks(t *testing.T) {
	q := make([]byte, 40)
	values, scales := make([]float32, 40), make([]float32, 10)
	for i := range scales {
		scales[i] = float32(i%5+1) / 200
	}
	for i := range q {
		v := i*37%120 - 60
		q[i], values[i] = byte(int8(v)), float32(v)*scales[i/4]
	}
	build := func(edit func(w *written)) []byte {
		w := &written{}
		w.tensor("w", []int{8, 3, 1, 1}, slices.Repeat([]float32{.5, -.25, .125}, 8))
		w.tensor("axes", []int{2}, []int{2, 3})
		w.node("Conv", "x w", "c")
		w.node("ReduceMean", "c axes", "m", attr("keepdims", 0))
		edit(w)
		w.node("Gemm", "m fc", "y", attr("transB", 1))
		return w.file(21, 10)
	}
	want, _ := logitsOf(t, "floats", build(func(w *written) { w.tensor("fc", []int{5, 8}, values) }))
	got, _ := logitsOf(t, "blocks", build(func(w *written) {
		w.tensor("q", []int{5, 8}, typed{int8s, q})
		w.tensor("s", []int{5, 2}, scales)
		w.node("DequantizeLinear", "q s", "fc", attr("axis", 1), attr("block_size", 4))
	}))
	if !near(got, want) {
		t.Errorf("%v, expected %v", got, want)
	}
	for says, edit := range map[string]func(w *written){
		"numbers of int4": func(w *written) {
			w.tensor("q", []int{5, 8}, typed{22, q[:20]})
			w.tensor("s", []int{5, 2}, scales)
			w.node("DequantizeLinear", "q s", "fc", attr("axis", 1), attr("block_size", 4))
		},
		"blocks of 3": func(w *written) {
			w.tensor("q", []int{5, 8}, typed{int8s, q})
			w.tensor("s", []int{5, 2}, scales)
			w.node("DequantizeLinear", "q s", "fc", attr("axis", 1), attr("block_size", 3))
		},
		"numbers of float8": func(w *written) { w.tensor("fc", []int{5, 8}, typed{17, q}) },
		"LayerNormalization": func(w *written) {
			w.tensor("g", []int{8}, scales[:8])
			w.node("LayerNormalization", "m g", "n")
			w.node("Identity", "n", "m2")
			w.tensor("fc", []int{5, 8}, values)
		},
		"eval mode": func(w *written) {
			w.tensor("one", []int{8}, slices.Repeat([]float32{1}, 8))
			w.node("BatchNormalization", "c one one one one", "bn unused1 unused2", attr("training_mode", 1))
			w.tensor("fc", []int{5, 8}, values)
		},
	} {
		if _, _, err := Read("some", build(edit), Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, expected a sentence with %q", err, says)
		}
	}
}
