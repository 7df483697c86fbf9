package export

import (
	"fmt"

	flatbuffers "github.com/google/flatbuffers/go"

	"sescope/nn"
	"sescope/weights"
)

// TFLite returns the network as a .tflite file: input "input" (1, H, W, 3), output "logits" (1,
// classes). Table fields and operators are numbered as in TensorFlow Lite's schema.fbs. As its
// converters leave it, a ReLU or ReLU6 that alone reads a convolution, a fully connected layer or a
// sum is part of it, and padding that is not "SAME" is an operation of its own, which XNNPACK joins
// with the convolution behind it.
func TFLite(f *weights.File) ([]byte, error) {
	g, err := build(f)
	if err != nil {
		return nil, err
	}
	w := tflite{Builder: flatbuffers.NewBuilder(1 << 20), at: map[*node]int{}, uses: g.uses(), flattened: map[*node]nn.Shape{}, codes: map[int]int{}}
	w.buffer(nil) // an empty one comes first
	w.at[nil] = w.tensor("input", float32Type, nil, 1, g.input.H, g.input.W, 3)
	for _, n := range g.nodes {
		if err := w.node(n); err != nil {
			return nil, fmt.Errorf("%s: layer %q: %v", f.Name, n.name, err)
		}
	}
	return w.finish(w.at[nil], w.at[g.result]), nil
}

// Operators, and the numbers of their options in the union BuiltinOptions.
const (
	tfAdd            = 0
	tfConcat         = 2
	tfConv           = 3
	tfDepthwise      = 4
	tfFullyConnected = 9
	tfLogistic       = 14
	tfMaxPool        = 17
	tfMul            = 18
	tfRelu           = 19
	tfRelu6          = 21
	tfReshape        = 22
	tfPad            = 34
	tfMean           = 40
	tfReduceMax      = 82
	tfHardSwish      = 117
)

var tfOptions = map[int]byte{tfAdd: 11, tfConcat: 10, tfReduceMax: 27, tfConv: 1, tfDepthwise: 2, tfFullyConnected: 8, tfMaxPool: 5, tfMul: 21, tfReshape: 17, tfPad: 22, tfMean: 27}

const (
	float32Type = 0
	int32Type   = 2

	same, valid = 0, 1
)

// activationSlot is where an operator's options have the activation that is part of it.
var activationSlot = map[int]int{tfAdd: 0, tfConv: 3, tfDepthwise: 4, tfFullyConnected: 0, tfMul: 0}

type tflite struct {
	*flatbuffers.Builder
	at        map[*node]int // tensors
	uses      map[*node]int
	flattened map[*node]nn.Shape // the map in front of a flatten

	tensors, buffers []flatbuffers.UOffsetT
	operators        []*tfOperator
	codes            map[int]int // places in codeList
	codeList         []int
}

// tfOperator is one operation; fields are the slots of its options, all 32-bit but for those of one
// byte.
type tfOperator struct {
	code            int
	inputs, outputs []int
	words           map[int]int32
	bytes           map[int]byte
}

// node writes one node of the graph as operators. Maps are (1, H, W, C), vectors (1, C).
func (w *tflite) node(n *node) error {
	var in []int
	for _, i := range n.in {
		in = append(in, w.at[i])
	}
	s := n.shape
	dims := []int{1, s.H, s.W, s.C}
	if n.vector() {
		dims = []int{1, s.C}
	}
	if from := n.in[0]; (n.op == "relu" || n.op == "relu6") && from != nil && (from.op == "conv" || from.op == "linear" || from.op == "add") && w.uses[from] == 1 {
		last := w.operators[len(w.operators)-1]
		if last.outputs[0] != w.at[from] {
			return fmt.Errorf("its input is not the latest operation")
		}
		last.bytes[activationSlot[last.code]] = map[string]byte{"relu": 1, "relu6": 3}[n.op]
		w.at[n] = w.at[from]
		return nil
	}
	out := w.tensor(n.name, float32Type, nil, dims...)
	w.at[n] = out
	bias := func() int {
		b := n.b
		if b == nil {
			b = make([]float32, s.C)
		}
		return w.floats(n.name+".bias", b, s.C)
	}
	switch n.op {
	case "conv":
		padding := byte(valid)
		switch {
		case n.pad > 0 && n.stride == 1 && 2*n.pad+1 == n.kernel:
			padding = same
		case n.pad > 0: // "SAME" pads a stride of 2 on one side only
			in[0] = w.padded(n, in[0])
		}
		words := map[int]int32{1: int32(n.stride), 2: int32(n.stride)}
		if n.depthwise() {
			words[3] = 1
			in = append(in, w.floats(n.name+".weight", permute(n.w, s.C, 1, n.kernel), 1, n.kernel, n.kernel, s.C), bias())
			w.emit(tfDepthwise, in, out, words, map[int]byte{0: padding})
			return nil
		}
		each := n.source.C / n.groups
		in = append(in, w.floats(n.name+".weight", innerLast(n.w, each, n.kernel), s.C, n.kernel, n.kernel, each), bias())
		w.emit(tfConv, in, out, words, map[int]byte{0: padding})
	case "linear":
		weight := n.w
		if shape, ok := w.flattened[n.in[0]]; ok {
			weight = channelsLast(weight, s.C, shape)
		}
		w.emit(tfFullyConnected, append(in, w.floats(n.name+".weight", weight, s.C, n.source.C), bias()), out, nil, nil)
	case "affine":
		scaled := w.tensor(n.name+".scaled", float32Type, nil, dims...)
		w.emit(tfMul, append(in, w.floats(n.name+".scale", n.w, s.C)), scaled, nil, nil)
		w.emit(tfAdd, []int{scaled, w.floats(n.name+".shift", n.b, s.C)}, out, nil, nil)
	case "relu", "relu6", "hardswish", "sigmoid":
		w.emit(map[string]int{"relu": tfRelu, "relu6": tfRelu6, "hardswish": tfHardSwish, "sigmoid": tfLogistic}[n.op], in, out, nil, nil)
	case "hardsigmoid":
		clipped := w.tensor(n.name+".clipped", float32Type, nil, dims...)
		w.emit(tfAdd, append(in, w.floats(n.name+".3", []float32{3}, 1)), clipped, nil, map[int]byte{0: 3})
		w.emit(tfMul, []int{clipped, w.floats(n.name+".sixth", []float32{1. / 6}, 1)}, out, nil, nil)
	case "silu":
		gate := w.tensor(n.name+".sigmoid", float32Type, nil, dims...)
		w.emit(tfLogistic, in, gate, nil, nil)
		w.emit(tfMul, append(in, gate), out, nil, nil)
	case "mul": // a gate for each channel
		gates := w.tensor(n.name+".gates", float32Type, nil, 1, 1, 1, s.C)
		w.reshape(n.name+".shape", in[1], gates, 1, 1, 1, s.C)
		w.emit(tfMul, []int{in[0], gates}, out, nil, nil)
	case "mulplaces":
		w.emit(tfMul, in, out, nil, nil)
	case "channelmean", "channelmax":
		code := map[string]int{"channelmean": tfMean, "channelmax": tfReduceMax}[n.op]
		w.emit(code, append(in, w.int32s(n.name+".axes", []int{1}, 3)), out, nil, map[int]byte{0: 1})
	case "concat":
		w.emit(tfConcat, in, out, map[int]int32{0: 3}, nil)
	case "add":
		w.emit(tfAdd, in, out, nil, nil)
	case "maxpool":
		if n.pad > 0 {
			in[0] = w.padded(n, in[0])
		}
		w.emit(tfMaxPool, in, out, map[int]int32{1: int32(n.stride), 2: int32(n.stride), 3: int32(n.kernel), 4: int32(n.kernel)}, map[int]byte{0: valid})
	case "mean":
		kept := w.tensor(n.name+".map", float32Type, nil, 1, 1, 1, s.C)
		w.emit(tfMean, append(in, w.int32s(n.name+".axes", []int{2}, 1, 2)), kept, nil, map[int]byte{0: 1})
		w.reshape(n.name+".shape", kept, out, 1, s.C)
	case "flatten":
		w.flattened[n] = n.source
		w.reshape(n.name+".shape", in[0], out, 1, s.C)
	default:
		return fmt.Errorf("no TensorFlow Lite operation for %s", n.op)
	}
	return nil
}

func (w *tflite) padded(n *node, in int) int {
	p, s := n.pad, n.source
	out := w.tensor(n.name+".padded", float32Type, nil, 1, s.H+2*p, s.W+2*p, s.C)
	w.emit(tfPad, []int{in, w.int32s(n.name+".pads", []int{4, 2}, 0, 0, p, p, p, p, 0, 0)}, out, nil, nil)
	return out
}

func (w *tflite) reshape(name string, in, out int, dims ...int) {
	w.emit(tfReshape, []int{in, w.int32s(name, []int{len(dims)}, dims...)}, out, nil, nil)
}

func (w *tflite) emit(code int, inputs []int, output int, words map[int]int32, bytes map[int]byte) {
	if _, ok := w.codes[code]; !ok {
		w.codes[code] = len(w.codeList)
		w.codeList = append(w.codeList, code)
	}
	if bytes == nil {
		bytes = map[int]byte{}
	}
	w.operators = append(w.operators, &tfOperator{code, inputs, []int{output}, words, bytes})
}

// floats adds a constant.
func (w *tflite) floats(name string, values []float32, dims ...int) int {
	return w.tensor(name, float32Type, func() {
		for i := len(values) - 1; i >= 0; i-- {
			w.PlaceFloat32(values[i])
		}
	}, dims...)
}

func (w *tflite) int32s(name string, dims []int, values ...int) int {
	return w.tensor(name, int32Type, func() {
		for i := len(values) - 1; i >= 0; i-- {
			w.PlaceInt32(int32(values[i]))
		}
	}, dims...)
}

// tensor adds a tensor; place, if not nil, places its 32-bit values from the last to the first.
func (w *tflite) tensor(name string, kind byte, place func(), dims ...int) int {
	buffer := 0
	if place != nil {
		size := 4
		for _, d := range dims {
			size *= d
		}
		buffer = len(w.buffers)
		w.StartVector(1, size, 16)
		place()
		data := w.EndVector(size)
		w.buffer(&data)
	}
	label, shape := w.CreateString(name), w.vector(dims)
	w.StartObject(4)
	w.PrependUOffsetTSlot(0, shape, 0)
	w.PrependByteSlot(1, kind, 0)
	w.PrependUint32Slot(2, uint32(buffer), 0)
	w.PrependUOffsetTSlot(3, label, 0)
	w.tensors = append(w.tensors, w.EndObject())
	return len(w.tensors) - 1
}

func (w *tflite) buffer(data *flatbuffers.UOffsetT) {
	w.StartObject(1)
	if data != nil {
		w.PrependUOffsetTSlot(0, *data, 0)
	}
	w.buffers = append(w.buffers, w.EndObject())
}

// vector writes a vector of int32.
func (w *tflite) vector(values []int) flatbuffers.UOffsetT {
	w.StartVector(4, len(values), 4)
	for i := len(values) - 1; i >= 0; i-- {
		w.PlaceInt32(int32(values[i]))
	}
	return w.EndVector(len(values))
}

// list writes a vector of tables.
func (w *tflite) list(tables []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	w.StartVector(4, len(tables), 4)
	for i := len(tables) - 1; i >= 0; i-- {
		w.PrependUOffsetT(tables[i])
	}
	return w.EndVector(len(tables))
}

// finish writes operators, the graph and the model.
func (w *tflite) finish(input, output int) []byte {
	var codes, operators []flatbuffers.UOffsetT
	for _, code := range w.codeList {
		w.StartObject(4) // OperatorCode
		w.PrependByteSlot(0, byte(code), 0)
		w.PrependInt32Slot(2, 1, 0)
		w.PrependInt32Slot(3, int32(code), 0)
		codes = append(codes, w.EndObject())
	}
	for _, o := range w.operators {
		inputs, outputs := w.vector(o.inputs), w.vector(o.outputs)
		w.StartObject(8) // the options
		for slot, v := range o.words {
			w.PrependInt32Slot(slot, v, 0)
		}
		for slot, v := range o.bytes {
			w.PrependByteSlot(slot, v, 0)
		}
		options := w.EndObject()
		w.StartObject(5) // Operator
		w.PrependUint32Slot(0, uint32(w.codes[o.code]), 0)
		w.PrependUOffsetTSlot(1, inputs, 0)
		w.PrependUOffsetTSlot(2, outputs, 0)
		if kind := tfOptions[o.code]; kind > 0 {
			w.PrependByteSlot(3, kind, 0)
			w.PrependUOffsetTSlot(4, options, 0)
		}
		operators = append(operators, w.EndObject())
	}
	tensors, ops := w.list(w.tensors), w.list(operators)
	inputs, outputs := w.vector([]int{input}), w.vector([]int{output})
	w.StartObject(4) // SubGraph
	w.PrependUOffsetTSlot(0, tensors, 0)
	w.PrependUOffsetTSlot(1, inputs, 0)
	w.PrependUOffsetTSlot(2, outputs, 0)
	w.PrependUOffsetTSlot(3, ops, 0)
	graphs := w.list([]flatbuffers.UOffsetT{w.EndObject()})
	codeList, buffers := w.list(codes), w.list(w.buffers)
	w.StartObject(5) // Model
	w.PrependUint32Slot(0, 3, 0)
	w.PrependUOffsetTSlot(1, codeList, 0)
	w.PrependUOffsetTSlot(2, graphs, 0)
	w.PrependUOffsetTSlot(4, buffers, 0)
	w.FinishWithFileIdentifier(w.EndObject(), []byte("TFL3"))
	return w.FinishedBytes()
}

// innerLast turns (out, in, k, k) into (out, k, k, in).
func innerLast(w []float32, in, k int) []float32 {
	r := make([]float32, len(w))
	for at, v := range w {
		o, i, t := at/(in*k*k), at/(k*k)%in, at%(k*k)
		r[(o*k*k+t)*in+i] = v
	}
	return r
}
