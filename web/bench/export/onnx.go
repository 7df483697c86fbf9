package export

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"sescope/nn"
	"sescope/weights"
)

// ONNX returns the network as an ONNX model: input "input" (1, 3, H, W), output "logits" (1,
// classes). Field numbers are onnx.proto's.
func ONNX(f *weights.File) ([]byte, error) {
	g, err := build(f)
	if err != nil {
		return nil, err
	}
	w := onnx{names: map[*node]string{nil: "input"}}
	for _, n := range g.nodes {
		w.names[n] = n.name
		if n == g.result {
			w.names[n] = "logits"
		}
		if err := w.node(n); err != nil {
			return nil, fmt.Errorf("%s: layer %q: %v", f.Name, n.name, err)
		}
	}
	graph := w.graph                                                       // node 1
	graph = text(graph, 2, g.name)                                         // name
	graph = append(graph, w.initializers...)                               // initializer 5
	graph = message(graph, 11, value("input", 1, 3, g.input.H, g.input.W)) // input
	graph = message(graph, 12, value("logits", 1, g.classes))              // output

	var model []byte
	model = number(model, 1, 8) // ir_version
	model = text(model, 2, "sescope")
	model = message(model, 7, graph)
	return message(model, 8, number(nil, 2, 17)), nil // opset_import
}

type onnx struct {
	graph, initializers []byte
	names               map[*node]string
}

// node writes one node of the graph as the nodes of ONNX.
func (w *onnx) node(n *node) error {
	var in []string
	for _, i := range n.in {
		in = append(in, w.names[i])
	}
	name := w.names[n]
	switch n.op {
	case "conv":
		w.tensor(n.name+".weight", n.w, n.shape.C, n.source.C/n.groups, n.kernel, n.kernel)
		in = append(in, n.name+".weight")
		if n.b != nil {
			w.tensor(n.name+".bias", n.b, n.shape.C)
			in = append(in, n.name+".bias")
		}
		p := n.pad
		w.emit("Conv", name, in, ints("kernel_shape", n.kernel, n.kernel), ints("strides", n.stride, n.stride), ints("pads", p, p, p, p), integer("group", n.groups))
	case "linear":
		w.tensor(n.name+".weight", n.w, n.shape.C, n.source.C)
		in = append(in, n.name+".weight")
		if n.b != nil {
			w.tensor(n.name+".bias", n.b, n.shape.C)
			in = append(in, n.name+".bias")
		}
		w.emit("Gemm", name, in, integer("transB", 1))
	case "affine":
		w.tensor(n.name+".scale", n.w, 1, n.shape.C, 1, 1)
		w.tensor(n.name+".shift", n.b, 1, n.shape.C, 1, 1)
		w.emit("Mul", name+".scaled", append(in, n.name+".scale"))
		w.emit("Add", name, []string{name + ".scaled", n.name + ".shift"})
	case "relu":
		w.emit("Relu", name, in)
	case "relu6":
		w.tensor(name+".0", []float32{0})
		w.tensor(name+".6", []float32{6})
		w.emit("Clip", name, append(in, name+".0", name+".6"))
	case "hardswish":
		w.emit("HardSwish", name, in)
	case "hardsigmoid":
		w.emit("HardSigmoid", name, in, float("alpha", 1./6), float("beta", .5))
	case "silu":
		w.emit("Sigmoid", name+".sigmoid", in)
		w.emit("Mul", name, append(in, name+".sigmoid"))
	case "sigmoid":
		w.emit("Sigmoid", name, in)
	case "mul": // a gate for each channel
		w.integers(name+".shape", 1, n.shape.C, 1, 1)
		w.emit("Reshape", name+".gates", []string{in[1], name + ".shape"})
		w.emit("Mul", name, []string{in[0], name + ".gates"})
	case "mulplaces":
		w.emit("Mul", name, in)
	case "channelmean":
		w.emit("ReduceMean", name, in, ints("axes", 1))
	case "channelmax":
		w.emit("ReduceMax", name, in, ints("axes", 1))
	case "concat":
		w.emit("Concat", name, in, integer("axis", 1))
	case "add":
		w.emit("Add", name, in)
	case "maxpool":
		p := n.pad
		w.emit("MaxPool", name, in, ints("kernel_shape", n.kernel, n.kernel), ints("strides", n.stride, n.stride), ints("pads", p, p, p, p))
	case "mean":
		w.emit("GlobalAveragePool", name+".map", in)
		w.emit("Flatten", name, []string{name + ".map"}, integer("axis", 1))
	case "flatten":
		w.emit("Flatten", name, in, integer("axis", 1))
	default:
		return fmt.Errorf("no ONNX for %s", n.op)
	}
	return nil
}

// emit appends a NodeProto.
func (w *onnx) emit(op, output string, inputs []string, attributes ...[]byte) {
	var n []byte
	for _, in := range inputs {
		n = text(n, 1, in)
	}
	n = text(n, 2, output)
	n = text(n, 3, output)
	n = text(n, 4, op)
	for _, a := range attributes {
		n = message(n, 5, a)
	}
	w.graph = message(w.graph, 1, n)
}

// tensor appends a TensorProto of float32 (data type 1).
func (w *onnx) tensor(name string, values []float32, dims ...int) {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	w.initializer(name, 1, raw, dims)
}

// integers appends a TensorProto of int64 (data type 7).
func (w *onnx) integers(name string, values ...int) {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	w.initializer(name, 7, raw, []int{len(values)})
}

func (w *onnx) initializer(name string, dataType int, raw []byte, dims []int) {
	var t []byte
	for _, d := range dims {
		t = number(t, 1, d)
	}
	t = number(t, 2, dataType)
	t = text(t, 8, name)
	t = message(t, 9, raw)
	w.initializers = message(w.initializers, 5, t)
}

// ints and integer are AttributeProtos; their types are 7 and 2.
func ints(name string, values ...int) []byte {
	a := text(nil, 1, name)
	for _, v := range values {
		a = number(a, 8, v)
	}
	return number(a, 20, 7)
}

func integer(name string, v int) []byte { return number(number(text(nil, 1, name), 3, v), 20, 2) }

// float is one whose type is 1.
func float(name string, v float32) []byte {
	return number(protowire.AppendFixed32(protowire.AppendTag(text(nil, 1, name), 2, protowire.Fixed32Type), math.Float32bits(v)), 20, 1)
}

// value is a ValueInfoProto of a float32 tensor.
func value(name string, dims ...int) []byte {
	var shape []byte
	for _, d := range dims {
		shape = message(shape, 1, number(nil, 1, d))
	}
	tensor := message(number(nil, 1, 1), 2, shape)
	return message(text(nil, 1, name), 2, message(nil, 1, tensor))
}

func number(b []byte, field protowire.Number, v int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

func text(b []byte, field protowire.Number, s string) []byte { return message(b, field, []byte(s)) }

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

// channelsLast reorders the columns of (out, C*H*W) weights behind a flatten from channel-major to
// H, W, C.
func channelsLast(w []float32, out int, s nn.Shape) []float32 {
	n := s.H * s.W * s.C
	r := make([]float32, len(w))
	for o := range out {
		for c := range s.C {
			for i := range s.H * s.W {
				r[o*n+i*s.C+c] = w[o*n+c*s.H*s.W+i]
			}
		}
	}
	return r
}
