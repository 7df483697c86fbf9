// Package onnx turns an ONNX file into a weights file with a spec, as long as its nodes are the layers of nn.Spec.
//
// Exporters fold batch norm into the convolution in front of it and write SiLU, hard-swish and SE as several nodes; those are found by what they compute.
package onnx

import (
	"fmt"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/weights"
	"sescope/weights/json"
)

// Options say what an ONNX file does not.
type Options struct {
	Classes   []nn.Class // nil: "class 0", "class 1", ...
	Mean, Std []float32  // of the input, of values 0..1
}

// Read converts a file. The name is the network's and stands in errors.
func Read(name string, b []byte, o Options) (*weights.File, error) {
	g, err := parseModel(b)
	if err != nil {
		return nil, fmt.Errorf("%s: not an ONNX file: %v", name, err)
	}
	c := &converter{graph: g, made: map[string]*node{}, at: map[string]string{}, vector: map[string]bool{}, padded: map[string]int{}, names: map[string]bool{"input": true, "": true}, inside: map[*node]bool{},
		file: &weights.File{Name: name}}
	if err := c.convert(); err != nil {
		return nil, fmt.Errorf("%s: %v", name, err)
	}
	spec := nn.Spec{Name: name, Title: map[string]string{"en": name, "zh": name}, Input: c.input, Mean: o.Mean, Std: o.Std, Classes: o.Classes, Layers: c.layers}
	if o.Classes == nil {
		for i := range c.outputs {
			spec.Classes = append(spec.Classes, nn.Class{En: fmt.Sprintf("class %d", i), Zh: fmt.Sprintf("类别 %d", i)})
		}
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	c.file.Metadata = map[string]string{"sescope": string(text)}
	if _, err := nn.Load(c.file); err != nil { // every check of a network that comes as safetensors
		return nil, err
	}
	return c.file, nil
}

type converter struct {
	*graph
	input   nn.Shape
	outputs int               // values of the last layer
	made    map[string]*node  // the node that makes a value
	at      map[string]string // the layer that holds a value
	vector  map[string]bool   // values without height and width
	padded  map[string]int    // values that a Pad of zeros made, and how many on each side: the layer that reads them pads
	names   map[string]bool   // of layers
	inside  map[*node]bool    // nodes that are part of a layer that ends further on
	layers  []nn.LayerSpec
	file    *weights.File
}

func (c *converter) fail(n *node, format string, args ...any) error {
	return fmt.Errorf("node %q (%s): %s", n.name, n.op, fmt.Sprintf(format, args...))
}

func (c *converter) convert() error {
	var pictures []value
	for _, v := range c.graph.inputs {
		if c.consts[v.name] == nil { // old files list the weights as inputs
			pictures = append(pictures, v)
		}
	}
	if len(pictures) != 1 || len(c.graph.outputs) != 1 {
		return fmt.Errorf("%d inputs and %d outputs, expected one of each", len(pictures), len(c.graph.outputs))
	}
	in := pictures[0]
	if len(in.dims) != 4 || in.dims[1] != 3 || in.dims[2] < 1 || in.dims[3] < 1 {
		return fmt.Errorf("input %q has the shape %v, expected (N, 3, H, W) with H and W fixed", in.name, in.dims)
	}
	c.input = nn.Shape{H: in.dims[2], W: in.dims[3], C: 3}
	c.at[in.name] = "input"
	for _, n := range c.nodes {
		for _, out := range n.out {
			c.made[out] = n
		}
	}
	blocks, shapes := map[*node]func() error{}, map[string]bool{}
	for _, n := range c.nodes { // sizes that are computed for a Reshape: no layer depends on them
		if n.op == "Shape" || len(n.in) > 0 && !slices.ContainsFunc(n.in, func(v string) bool { return !shapes[v] && c.consts[v] == nil && v != "" }) {
			for _, out := range n.out {
				shapes[out] = true
			}
			c.inside[n] = true
			continue
		}
		if emit := c.pattern(n); emit != nil {
			blocks[n] = emit
		}
	}
	for _, n := range c.nodes {
		switch {
		case c.inside[n]:
		case blocks[n] != nil:
			if err := blocks[n](); err != nil {
				return err
			}
		default:
			if err := c.node(n); err != nil {
				return err
			}
		}
	}
	if out := c.graph.outputs[0].name; len(c.layers) == 0 || c.at[out] != c.layers[len(c.layers)-1].Name {
		return fmt.Errorf("output %q is not what the last layer makes", out)
	}
	return nil
}

// add appends a layer that reads the value in and makes the first output of n.
func (c *converter) add(n *node, in string, l nn.LayerSpec) error {
	from, ok := c.at[in]
	if !ok {
		return c.fail(n, "reads %q, which no layer makes", in)
	}
	if c.padded[in] > 0 && l.Op != "conv" && l.Op != "avgpool" {
		return c.fail(n, "reads a padded map, expected that of a Conv or an AveragePool only")
	}
	last := "input"
	if len(c.layers) > 0 {
		last = c.layers[len(c.layers)-1].Name
	}
	if from != last {
		l.From = from
	}
	c.layers = append(c.layers, l)
	c.at[n.out[0]] = l.Name
	c.vector[n.out[0]] = c.vector[in] || l.Op == "mean" || l.Op == "flatten" || l.Op == "linear"
	return nil
}

// name is a free name for a layer: that of its weights, or the module's in the node's name ("/features/features.0/Conv"), or the node's kind.
func (c *converter) name(n *node, weight string) string {
	base, ok := strings.CutSuffix(weight, ".weight")
	if parts := strings.Split(strings.Trim(n.name, "/"), "/"); !ok {
		base = strings.ToLower(n.op)
		if len(parts) > 1 {
			base = parts[len(parts)-2]
		}
	}
	name := base
	for i := 2; c.names[name]; i++ {
		name = fmt.Sprintf("%s_%d", base, i)
	}
	c.names[name] = true
	return name
}

var plain = map[string]string{"Relu": "relu", "Sigmoid": "sigmoid", "HardSwish": "hardswish", "GlobalAveragePool": "mean"}

func (c *converter) node(n *node) error {
	if len(n.in) == 0 || len(n.out) == 0 {
		return c.fail(n, "has no input or no output")
	}
	in := n.in[0]
	alias := func() error { c.at[n.out[0]], c.vector[n.out[0]] = c.at[in], c.vector[in]; return nil }
	switch n.op {
	case "Conv":
		return c.conv(n)
	case "Gemm", "MatMul":
		return c.dense(n, n.out[0], nil)
	case "BatchNormalization":
		l := nn.LayerSpec{Op: "batchnorm", Eps: 1e-5}
		if a := n.attrs["epsilon"]; a != nil {
			l.Eps = a.f
		}
		if len(n.in) < 5 {
			return c.fail(n, "has %d inputs, expected 5", len(n.in))
		}
		l.Name = c.name(n, n.in[1])
		for i, part := range []string{".weight", ".bias", ".running_mean", ".running_var"} {
			if err := c.store(n, l.Name+part, n.in[1+i], nil); err != nil {
				return err
			}
		}
		return c.add(n, in, l)
	case "Relu", "Sigmoid", "HardSwish", "GlobalAveragePool":
		return c.add(n, in, nn.LayerSpec{Op: plain[n.op], Name: c.name(n, "")})
	case "HardSigmoid":
		if !c.hardSigmoid(n) {
			return c.fail(n, "has another slope than PyTorch's 1/6")
		}
		return c.add(n, in, nn.LayerSpec{Op: "hardsigmoid", Name: c.name(n, "")})
	case "Clip":
		if low, high := c.clip(n); low != 0 || high != 6 {
			return c.fail(n, "clips to %v..%v, expected 0..6", low, high)
		}
		return c.add(n, in, nn.LayerSpec{Op: "relu6", Name: c.name(n, "")})
	case "ReduceMean":
		if axes := c.list(n, "axes", 1); !slices.Equal(axes, []int{2, 3}) && !slices.Equal(axes, []int{-1, -2}) && !slices.Equal(axes, []int{-2, -1}) {
			return c.fail(n, "takes the mean over %v, expected height and width", axes)
		}
		return c.add(n, in, nn.LayerSpec{Op: "mean", Name: c.name(n, "")})
	case "MaxPool", "AveragePool":
		return c.pool(n)
	case "Add":
		if len(n.in) != 2 {
			return c.fail(n, "has %d inputs, expected 2", len(n.in))
		}
		other := n.in[1]
		if len(c.layers) > 0 && c.at[other] == c.layers[len(c.layers)-1].Name {
			in, other = other, in
		}
		if c.at[other] == "" {
			return c.fail(n, "adds %q, which no layer makes", other)
		}
		return c.add(n, in, nn.LayerSpec{Op: "add", Name: c.name(n, ""), With: c.at[other]})
	case "Identity", "Dropout":
		return alias()
	case "Pad":
		pads := c.list(n, "pads", 1)
		if len(pads) != 8 || !slices.Equal(pads, []int{0, 0, pads[2], pads[2], 0, 0, pads[2], pads[2]}) || pads[2] < 0 || n.attrs["mode"] != nil && n.attrs["mode"].s != "constant" {
			return c.fail(n, "pads %v, expected zeros, the same number on all sides of height and width", pads)
		}
		if len(n.in) > 2 && n.in[2] != "" {
			if v, ok := c.scalar(n.in[2]); !ok || v != 0 {
				return c.fail(n, "pads with another number than 0")
			}
		}
		c.padded[n.out[0]] = c.padded[in] + pads[2]
		return alias()
	case "Softmax", "LogSoftmax": // what is read are the logits
		if n.out[0] != c.graph.outputs[0].name {
			return c.fail(n, "stands inside the network, expected it at the end only")
		}
		return alias()
	case "Flatten", "Reshape", "Squeeze", "Unsqueeze":
		if c.vector[in] {
			return alias()
		}
		if axis := n.attrs["axis"]; n.op == "Squeeze" || n.op == "Unsqueeze" || axis != nil && axis.i != 1 {
			return c.fail(n, "changes the shape of a map, expected a flattening to (N, C * H * W)")
		}
		if n.op == "Reshape" {
			if shape := c.list(n, "shape", 1); len(shape) > 0 && len(shape) != 2 {
				return c.fail(n, "makes the shape %v of a map, expected (N, C * H * W)", shape)
			}
		}
		return c.add(n, in, nn.LayerSpec{Op: "flatten", Name: c.name(n, "")})
	}
	return c.fail(n, "is none of the layers that a spec has: Conv, BatchNormalization, Relu, Clip to 0..6, HardSwish, HardSigmoid, SiLU, Sigmoid, SE, MaxPool, AveragePool, GlobalAveragePool, ReduceMean, Flatten, Gemm, MatMul, Dropout, Add")
}

func (c *converter) conv(n *node) error {
	w, err := c.weight(n, 1, 4)
	if err != nil {
		return err
	}
	same := func(name string, otherwise int) (int, bool) {
		a := n.attrs[name]
		if a == nil || len(a.ints) == 0 {
			return otherwise, true
		}
		return a.ints[0], !slices.ContainsFunc(a.ints, func(v int) bool { return v != a.ints[0] })
	}
	stride, ok1 := same("strides", 1)
	pad, ok2 := same("pads", 0)
	dilation, ok3 := same("dilations", 1)
	if !ok1 || !ok2 || !ok3 || dilation != 1 || w.dims[2] != w.dims[3] || n.attrs["auto_pad"] != nil && n.attrs["auto_pad"].s != "NOTSET" {
		return c.fail(n, "expected a square kernel, the same stride and padding on all sides, no dilation and no auto_pad")
	}
	pad += c.padded[n.in[0]]
	groups := 1
	if a := n.attrs["group"]; a != nil {
		groups = a.i
	}
	l := nn.LayerSpec{Op: "conv", Name: c.name(n, n.in[1]), In: w.dims[1] * groups, Out: w.dims[0], Kernel: w.dims[2], Stride: stride, Pad: pad, Bias: len(n.in) > 2}
	if groups != 1 {
		l.Groups = groups
	}
	c.outputs = l.Out
	if err := c.store(n, l.Name+".weight", n.in[1], nil); err != nil {
		return err
	}
	if l.Bias {
		if err := c.store(n, l.Name+".bias", n.in[2], nil); err != nil {
			return err
		}
	}
	return c.add(n, n.in[0], l)
}

func (c *converter) pool(n *node) error {
	kernel := n.attrs["kernel_shape"]
	if kernel == nil || len(kernel.ints) != 2 || kernel.ints[0] != kernel.ints[1] {
		return c.fail(n, "expected a square window")
	}
	l := nn.LayerSpec{Op: "maxpool", Name: c.name(n, ""), Kernel: kernel.ints[0], Stride: 1}
	for name, to := range map[string]*int{"strides": &l.Stride, "pads": &l.Pad} {
		if a := n.attrs[name]; a != nil && len(a.ints) > 0 {
			if *to = a.ints[0]; slices.ContainsFunc(a.ints, func(v int) bool { return v != a.ints[0] }) {
				return c.fail(n, "has %s %v, expected the same on all sides", name, a.ints)
			}
		}
	}
	if a := n.attrs["ceil_mode"]; a != nil && a.i != 0 || n.attrs["auto_pad"] != nil && n.attrs["auto_pad"].s != "NOTSET" {
		return c.fail(n, "has ceil_mode or auto_pad, expected neither")
	}
	if a := n.attrs["dilations"]; a != nil && slices.ContainsFunc(a.ints, func(v int) bool { return v != 1 }) {
		return c.fail(n, "has dilations %v, expected none", a.ints)
	}
	if n.op == "AveragePool" {
		l.Op = "avgpool"
		if a := n.attrs["count_include_pad"]; l.Pad > 0 && (a == nil || a.i == 0) {
			return c.fail(n, "does not count its padding, expected count_include_pad")
		}
		l.Pad += c.padded[n.in[0]]
	}
	return c.add(n, n.in[0], l)
}

// dense appends a Linear that makes the value out: a Gemm, or a MatMul with the bias of the Add behind it.
func (c *converter) dense(n *node, out string, add *node) error {
	w, err := c.weight(n, 1, 2)
	if err != nil {
		return err
	}
	for name, want := range map[string]float32{"alpha": 1, "beta": 1} {
		if a := n.attrs[name]; a != nil && a.f != want {
			return c.fail(n, "has %s %v, expected 1", name, a.f)
		}
	}
	if a := n.attrs["transA"]; a != nil && a.i != 0 {
		return c.fail(n, "transposes its input")
	}
	transposed := n.attrs["transB"] != nil && n.attrs["transB"].i == 1 // (out, in), as PyTorch has it
	rows, columns := w.dims[0], w.dims[1]
	l := nn.LayerSpec{Op: "linear", Name: c.name(n, n.in[1]), In: columns, Out: rows}
	turn := func(v []float32) []float32 { return v }
	if !transposed {
		l.In, l.Out = rows, columns
		turn = func(v []float32) []float32 {
			r := make([]float32, len(v))
			for i := range rows {
				for o := range columns {
					r[o*rows+i] = v[i*columns+o]
				}
			}
			return r
		}
	}
	if err := c.storeShaped(n, l.Name+".weight", n.in[1], turn, l.Out, l.In); err != nil {
		return err
	}
	bias := ""
	if len(n.in) > 2 {
		bias = n.in[2]
	}
	if add != nil {
		bias = add.in[0]
		if c.consts[bias] == nil {
			bias = add.in[1]
		}
	}
	if l.Bias = bias != ""; l.Bias {
		if err := c.store(n, l.Name+".bias", bias, nil); err != nil {
			return err
		}
	}
	c.outputs = l.Out
	target := n
	if add != nil {
		target = add
	}
	return c.add(target, n.in[0], l)
}
