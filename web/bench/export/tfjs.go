package export

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"sescope/nn"
	"sescope/weights"
)

// ErrGroups is the error about a convolution in groups that is not depthwise.
var ErrGroups = errors.New("TensorFlow.js's wasm has no convolution in groups")

// TFJS returns the network as a TensorFlow.js graph model: its model.json, and the weights.bin that
// it names. Input "input" (1, H, W, 3), output "logits" (1, classes). A ReLU that alone reads a
// convolution or a fully connected layer is part of it, as TensorFlow's converter leaves it
// (_FusedConv2D, FusedDepthwiseConv2dNative, _FusedMatMul), and so is a ReLU6. A convolution in
// groups is an error: TensorFlow.js's wasm has none.
func TFJS(f *weights.File) (model, data []byte, err error) {
	g, err := build(f)
	if err != nil {
		return nil, nil, err
	}
	in := g.input
	w := tfjs{names: map[*node]string{nil: "input"}, uses: g.uses(), flattened: map[*node]nn.Shape{}}
	w.emit("input", "Placeholder", nil, map[string]any{"dtype": floatType, "shape": shapeAttr(1, in.H, in.W, 3)})
	for _, n := range g.nodes {
		if err := w.node(n, g.result); err != nil {
			return nil, nil, fmt.Errorf("%s: layer %q: %w", f.Name, n.name, err)
		}
	}
	signature := func(name string, dims ...int) map[string]any {
		return map[string]any{name: map[string]any{"name": name + ":0", "dtype": "DT_FLOAT", "tensorShape": dimsOf(dims...)}}
	}
	model, err = json.Marshal(map[string]any{
		"format": "graph-model", "generatedBy": "sescope", "convertedBy": "sescope web/bench",
		"signature":       map[string]any{"inputs": signature("input", 1, in.H, in.W, 3), "outputs": signature("logits", 1, g.classes)},
		"modelTopology":   map[string]any{"node": w.nodes, "library": map[string]any{}, "versions": map[string]any{"producer": 1}},
		"weightsManifest": []any{map[string]any{"paths": []string{"weights.bin"}, "weights": w.weights}},
	})
	return model, w.data, err
}

type tfjs struct {
	nodes     []any
	weights   []any
	data      []byte
	names     map[*node]string
	uses      map[*node]int
	flattened map[*node]nn.Shape // the map in front of a flatten
}

var floatType = map[string]any{"type": "DT_FLOAT"}

// node writes one node of the graph as the nodes of TensorFlow. Maps are (1, H, W, C), vectors (1,
// C).
func (w *tfjs) node(n, result *node) error {
	var in []string
	for _, i := range n.in {
		in = append(in, w.names[i])
	}
	name := n.name
	if n == result {
		name = "logits"
	}
	w.names[n] = name
	attrs := map[string]any{"T": floatType}
	bias := func() {
		ops := []string{"BiasAdd"}
		if n.b == nil {
			n.b = make([]float32, n.shape.C)
		}
		in = append(in, w.constant(name+"/bias", n.b, n.shape.C))
		attrs["num_args"] = map[string]any{"i": "1"}
		attrs["fused_ops"] = strings(ops...)
		attrs["epsilon"] = map[string]any{"f": 0.0}
	}
	switch n.op {
	case "conv":
		op := "_FusedConv2D"
		weight, dims := permute(n.w, n.shape.C, n.source.C/n.groups, n.kernel), []int{n.kernel, n.kernel, n.source.C, n.shape.C}
		switch {
		case n.depthwise():
			op, dims[3] = "FusedDepthwiseConv2dNative", 1
		case n.groups > 1:
			return fmt.Errorf("%d groups of %d channels: %w", n.groups, n.source.C, ErrGroups)
		}
		in = append(in, w.constant(name+"/weight", weight, dims...))
		bias()
		attrs["strides"], attrs["dilations"] = integers(1, n.stride, n.stride, 1), integers(1, 1, 1, 1)
		attrs["data_format"] = str("NHWC")
		switch {
		case n.pad == 0:
			attrs["padding"] = str("VALID")
		case n.stride == 1 && 2*n.pad+1 == n.kernel:
			attrs["padding"] = str("SAME")
		default: // TensorFlow's SAME pads a stride of 2 on one side only
			attrs["padding"] = str("EXPLICIT")
			attrs["explicit_paddings"] = integers(0, 0, n.pad, n.pad, n.pad, n.pad, 0, 0)
		}
		w.emit(name, op, in, attrs)
	case "linear":
		weight := n.w
		if s, ok := w.flattened[n.in[0]]; ok {
			weight = channelsLast(weight, n.shape.C, s)
		}
		in = append(in, w.constant(name+"/weight", permute(weight, n.shape.C, n.source.C, 1), n.source.C, n.shape.C))
		bias()
		attrs["transpose_a"], attrs["transpose_b"] = map[string]any{"b": false}, map[string]any{"b": false}
		w.emit(name, "_FusedMatMul", in, attrs)
	case "affine":
		in = append(in, w.constant(name+"/scale", n.w, n.shape.C))
		w.emit(name+"/scaled", "Mul", in, attrs)
		w.emit(name, "AddV2", []string{name + "/scaled", w.constant(name+"/shift", n.b, n.shape.C)}, attrs)
	case "relu", "relu6":
		op := map[string]string{"relu": "Relu", "relu6": "Relu6"}[n.op]
		if from := n.in[0]; from != nil && (from.op == "conv" || from.op == "linear") && w.uses[from] == 1 {
			w.activate(w.names[from], op)
			w.names[n] = w.names[from]
			if n == result {
				return fmt.Errorf("a ReLU cannot be the network's end")
			}
			return nil
		}
		w.emit(name, op, in, attrs)
	case "hardswish", "hardsigmoid": // as TensorFlow's own layers compute them
		w.emit(name+"/shifted", "AddV2", []string{in[0], w.constant(name+"/3", []float32{3}, 1)}, attrs)
		w.emit(name+"/clipped", "Relu6", []string{name + "/shifted"}, attrs)
		factor := []string{name + "/clipped", w.constant(name+"/sixth", []float32{1. / 6}, 1)}
		if n.op == "hardsigmoid" {
			w.emit(name, "Mul", factor, attrs)
			return nil
		}
		w.emit(name+"/gate", "Mul", factor, attrs)
		w.emit(name, "Mul", []string{in[0], name + "/gate"}, attrs)
	case "silu":
		w.emit(name+"/sigmoid", "Sigmoid", in, attrs)
		w.emit(name, "Mul", []string{in[0], name + "/sigmoid"}, attrs)
	case "sigmoid":
		w.emit(name, "Sigmoid", in, attrs)
	case "mul":
		w.shape(name+"/shape", 1, 1, 1, n.shape.C)
		w.emit(name+"/gates", "Reshape", []string{in[1], name + "/shape"}, attrs)
		w.emit(name, "Mul", []string{in[0], name + "/gates"}, attrs)
	case "mulplaces":
		w.emit(name, "Mul", in, attrs)
	case "channelmean", "channelmax":
		w.shape(name+"/axes", 3)
		attrs["keep_dims"] = map[string]any{"b": true}
		w.emit(name, map[string]string{"channelmean": "Mean", "channelmax": "Max"}[n.op], append(in, name+"/axes"), attrs)
	case "concat":
		w.scalar(name+"/axis", 3)
		attrs["N"] = map[string]any{"i": "2"}
		w.emit(name, "ConcatV2", append(in, name+"/axis"), attrs)
	case "add":
		w.emit(name, "AddV2", in, attrs)
	case "maxpool":
		if n.pad > 0 {
			w.matrix(name+"/pads", 4, 2, 0, 0, n.pad, n.pad, n.pad, n.pad, 0, 0)
			w.emit(name+"/padded", "Pad", []string{in[0], name + "/pads"}, attrs)
			in = []string{name + "/padded"}
			attrs = map[string]any{"T": floatType}
		}
		attrs["ksize"], attrs["strides"] = integers(1, n.kernel, n.kernel, 1), integers(1, n.stride, n.stride, 1)
		attrs["padding"], attrs["data_format"] = str("VALID"), str("NHWC")
		w.emit(name, "MaxPool", in, attrs)
	case "mean":
		w.shape(name+"/axes", 1, 2)
		attrs["keep_dims"] = map[string]any{"b": false}
		w.emit(name, "Mean", []string{in[0], name + "/axes"}, attrs)
	case "flatten":
		w.flattened[n] = n.source
		w.shape(name+"/shape", 1, n.shape.C)
		w.emit(name, "Reshape", []string{in[0], name + "/shape"}, attrs)
	default:
		return fmt.Errorf("no TensorFlow operation for %s", n.op)
	}
	return nil
}

func (w *tfjs) emit(name, op string, inputs []string, attrs map[string]any) {
	if inputs == nil {
		inputs = []string{}
	}
	w.nodes = append(w.nodes, map[string]any{"name": name, "op": op, "input": inputs, "attr": attrs})
}

// activate adds a ReLU or ReLU6 to a fused layer that was emitted.
func (w *tfjs) activate(name, op string) {
	for _, n := range w.nodes {
		if n := n.(map[string]any); n["name"] == name {
			n["attr"].(map[string]any)["fused_ops"] = strings("BiasAdd", op)
		}
	}
}

// constant emits float32 weights.
func (w *tfjs) constant(name string, values []float32, dims ...int) string {
	for _, v := range values {
		w.data = binary.LittleEndian.AppendUint32(w.data, math.Float32bits(v))
	}
	w.weight(name, "float32", "DT_FLOAT", dims)
	return name
}

// shape emits a constant vector of int32.
func (w *tfjs) shape(name string, values ...int) { w.int32s(name, []int{len(values)}, values) }

// scalar emits a constant int32.
func (w *tfjs) scalar(name string, value int) { w.int32s(name, []int{}, []int{value}) }

// matrix emits a constant matrix of int32.
func (w *tfjs) matrix(name string, rows, columns int, values ...int) {
	w.int32s(name, []int{rows, columns}, values)
}

func (w *tfjs) int32s(name string, dims, values []int) {
	for _, v := range values {
		w.data = binary.LittleEndian.AppendUint32(w.data, uint32(v))
	}
	w.weight(name, "int32", "DT_INT32", dims)
}

func (w *tfjs) weight(name, dtype, attr string, dims []int) {
	w.weights = append(w.weights, map[string]any{"name": name, "shape": dims, "dtype": dtype})
	w.emit(name, "Const", nil, map[string]any{"dtype": map[string]any{"type": attr}})
}

// permute turns (out, in, k, k) into (k, k, in, out).
func permute(w []float32, out, in, k int) []float32 {
	r := make([]float32, len(w))
	for o := range out {
		for i := range in {
			for t := range k * k {
				r[(t*in+i)*out+o] = w[(o*in+i)*k*k+t]
			}
		}
	}
	return r
}

// The attributes of a GraphDef in JSON: 64-bit integers and bytes are strings.
func str(s string) any { return map[string]any{"s": base64.StdEncoding.EncodeToString([]byte(s))} }

func strings(values ...string) any {
	var list []string
	for _, v := range values {
		list = append(list, base64.StdEncoding.EncodeToString([]byte(v)))
	}
	return map[string]any{"list": map[string]any{"s": list}}
}

func integers(values ...int) any {
	var list []string
	for _, v := range values {
		list = append(list, strconv.Itoa(v))
	}
	return map[string]any{"list": map[string]any{"i": list}}
}

func dimsOf(dims ...int) any {
	var list []any
	for _, d := range dims {
		list = append(list, map[string]any{"size": strconv.Itoa(d)})
	}
	return map[string]any{"dim": list}
}

func shapeAttr(dims ...int) any { return map[string]any{"shape": dimsOf(dims...)} }
