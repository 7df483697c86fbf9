package onnx

import (
	"fmt"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/weights"
)

type converter struct {
	evaluator
	options Options
	input   nn.Shape
	last    bool   // channels last: the picture is (N, H, W, C)
	picture *array // that the evaluator ran
	logits  string // the value that the last layer makes

	made   map[string]*node    // the node that makes a value
	users  map[string]int      // how many nodes read a value
	held   map[string]held     // the values that layers hold
	chains map[string][]string // see ancestors
	names  map[string]int      // of layers: how often each was asked for
	layers []nn.LayerSpec
	params []param // of the new file
	file   *weights.File
}

// param is a tensor of the new file.
type param struct {
	name   string
	values []float32
	shape  []int
}

// held is where a value stands: the layer that makes it, and what each of the value's axes is
// there: C, H or W, F for a map flattened in the order (C, H, W), G for (H, W, C), x for one of a
// single place.
type held struct {
	layer  string
	axes   string
	turned place // of G: the size of the map
}

func (c *converter) size(v string) int {
	n, _ := size(c.shape[v])
	return n
}

// real is the value behind what changes nothing: copies, changes of type, and rounding to int8.
func (c *converter) real(v string) string {
	for range 64 {
		n := c.made[v]
		if n == nil || !c.varies[v] {
			break
		}
		switch n.op {
		case "Identity", "Dropout", "Cast", "DequantizeLinear":
		case "QuantizeLinear":
			if startsAtZero(c.inputs(n)) {
				return v
			}
		default:
			return v
		}
		v = n.in[0]
	}
	return v
}

// inputs are the constants among a node's inputs; what varies is nil or its last value.
func (c *converter) inputs(n *node) []*array {
	in := make([]*array, len(n.in))
	for i, v := range n.in {
		in[i] = c.evaluator.value[v]
	}
	return in
}

// constant is the constant at an input, or nil.
func (c *converter) constant(n *node, input int) *array {
	if input >= len(n.in) || n.in[input] == "" || c.varies[n.in[input]] {
		return nil
	}
	return c.evaluator.value[n.in[input]]
}

// changing are the inputs of a node that depend on the picture.
func (c *converter) changing(n *node) (list []string) {
	for _, v := range n.in {
		if v != "" && c.varies[v] {
			list = append(list, c.real(v))
		}
	}
	return list
}

// replay evaluates value v again with x in the place of value root; loose leaves out what only
// moves values, so that x may have any shape.
func (c *converter) replay(v, root string, x *array, loose bool) (*array, error) {
	done := map[string]*array{root: x}
	var get func(v string) (*array, error)
	get = func(v string) (*array, error) {
		if a, ok := done[v]; ok {
			return a, nil
		}
		if !c.varies[v] {
			return c.evaluator.value[v], nil
		}
		n := c.made[v]
		if n == nil || len(done) > 256 {
			return nil, fmt.Errorf("value %q does not come from %q", v, root)
		}
		in := make([]*array, len(n.in))
		for i, name := range n.in {
			if name == "" {
				continue
			}
			var err error
			if in[i], err = get(name); err != nil {
				return nil, err
			}
		}
		if loose && moves[n.op] {
			done[v] = in[0]
			return in[0], nil
		}
		c.work, c.room = maxWork, maxRoom
		out, err := c.apply(n, in)
		if err != nil {
			return nil, err
		}
		for i, name := range n.out {
			if i < len(out) {
				done[name] = out[i]
			}
		}
		if done[v] == nil {
			return nil, fmt.Errorf("value %q is not made", v)
		}
		return done[v], nil
	}
	return get(v)
}

// add appends a layer that reads where a value is held.
func (c *converter) add(from held, l nn.LayerSpec) string {
	last := "input"
	if len(c.layers) > 0 {
		last = c.layers[len(c.layers)-1].Name
	}
	if from.layer != last {
		l.From = from.layer
	}
	c.layers = append(c.layers, l)
	return l.Name
}

// name is a free name for a layer: that of its weights, or the module's in the node's name
// ("/features/features.0/Conv"), or the node's kind.
func (c *converter) name(n *node, weight string) string {
	base, ok := strings.CutSuffix(c.origin(weight), ".weight")
	if parts := strings.Split(strings.Trim(n.name, "/"), "/"); !ok || base == "" {
		base = strings.ToLower(n.op)
		if len(parts) > 1 {
			base = parts[len(parts)-2]
		}
	}
	for {
		c.names[base]++
		if c.names[base] == 1 {
			return base
		}
		if name := fmt.Sprintf("%s_%d", base, c.names[base]); c.names[name] == 0 {
			c.names[name] = 1
			return name
		}
	}
}

// origin is the initializer that a constant was made of.
func (c *converter) origin(v string) string {
	for range 16 {
		n := c.made[v]
		if n == nil || len(n.in) == 0 {
			break
		}
		v = n.in[0]
	}
	return v
}

// store keeps a tensor of the new file.
func (c *converter) store(name string, v []float32, shape ...int) {
	c.params = append(c.params, param{name, v, shape})
}

// fits tells whether a value's axes are those that an operator expects, one that has a single place
// standing for any.
func fits(axes, want string) bool {
	if len(axes) != len(want) {
		return false
	}
	for i := range axes {
		if axes[i] != want[i] && axes[i] != 'x' && !(want[i] == 'C' && axes[i] == 'F' || want[i] == 'x') {
			return false
		}
	}
	return true
}

// vector tells whether a value has one axis of more than one place at most, and which.
func (c *converter) vector(v string) (axis int, ok bool) {
	axis = -1
	for d, n := range c.shape[v] {
		if n > 1 {
			if axis >= 0 {
				return 0, false
			}
			axis = d
		}
	}
	if axis < 0 {
		axis = min(1, len(c.shape[v])-1)
	}
	return axis, true
}

// axesOf are the letters of a value with that letter at one axis.
func axesOf(dims, axis int, letter byte) string {
	b := []byte(strings.Repeat("x", dims))
	if axis >= 0 && axis < dims {
		b[axis] = letter
	}
	return string(b)
}

// value converts what makes a value and tells where it is held.
func (c *converter) value(v string) (held, error) {
	v = c.real(v)
	if h, ok := c.held[v]; ok {
		return h, nil
	}
	n := c.made[v]
	if n == nil {
		return held{}, fmt.Errorf("value %q is made by no node", v)
	}
	if !c.varies[v] {
		return held{}, fail(n, "makes a constant where a map was expected")
	}
	h, err := c.emit(n, v)
	if err != nil {
		return held{}, err
	}
	c.held[v] = h
	return h, nil
}

// emit converts the node n, of which value v is an output.
func (c *converter) emit(n *node, v string) (held, error) {
	if h, ok, err := c.mean(n, v); ok || err != nil { // a sum and a division is one, too
		return h, err
	}
	if name, root, l := c.function(v, known, false); name != "" {
		return c.activation(n, root, name, l)
	}
	for _, try := range []func(*node, string) (held, bool, error){c.excitation, c.affine, c.move} {
		if h, ok, err := try(n, v); ok || err != nil {
			return h, err
		}
	}
	switch n.op {
	case "Conv":
		return c.conv(n)
	case "Gemm", "MatMul":
		return c.dense(n)
	case "MaxPool", "AveragePool":
		return c.pool(n)
	case "Add", "Sum":
		return c.sum(n)
	case "Mul":
		return c.product(n)
	case "Concat":
		return c.concat(n)
	case "Pad":
		return c.pad(n)
	case "PRelu":
		return c.prelu(n)
	case "ReduceMean", "ReduceMax", "ReduceSum":
		return held{}, fail(n, "goes over some axes only, expected height and width together")
	case "Softmax", "LogSoftmax":
		return held{}, fail(n, "stands inside the network, expected it at the end only")
	}
	if c.normalises(n, 8) {
		return held{}, fail(n, "normalises by the picture's own mean and deviation, as LayerNorm and GroupNorm do, expected those of the training")
	}
	return held{}, fail(n, "is none of the layers that a spec has: %s", operators)
}

// normalises tells whether a node divides by a root of a mean, as exporters before opset 17 write
// normalisations.
func (c *converter) normalises(n *node, steps int) bool {
	if n == nil || steps == 0 {
		return false
	}
	if n.op == "Sqrt" {
		m := c.made[c.real(n.in[0])]
		for range 3 {
			if m == nil || m.op == "ReduceMean" || len(c.changing(m)) == 0 {
				break
			}
			m = c.made[c.changing(m)[0]]
		}
		return m != nil && m.op == "ReduceMean"
	}
	for _, v := range c.changing(n) {
		if slices.Contains([]string{"Div", "Mul", "Sub", "Add", "Sqrt", "Reciprocal", "Reshape"}, n.op) && c.normalises(c.made[v], steps-1) {
			return true
		}
	}
	return false
}

// activation appends a function of single values, or nothing for the identity.
func (c *converter) activation(n *node, root, name string, l nn.LayerSpec) (held, error) {
	h, err := c.value(root)
	if err != nil || name == "identity" {
		return h, err
	}
	if name == "batchnorm" { // a x + b for all
		channels := c.channels(root, h)
		return c.scaleAndShift(n, h, slices.Repeat([]float32{l.Slope}, channels), slices.Repeat([]float32{l.Eps}, channels)), nil
	}
	l.Op, l.Name = name, c.name(n, "")
	h.layer = c.add(h, l)
	return h, nil
}

// channels of a held value.
func (c *converter) channels(v string, h held) int {
	for i, letter := range h.axes {
		if strings.ContainsRune("CFG", letter) {
			return c.shape[c.real(v)][i]
		}
	}
	return 1
}

// param is a stored tensor; the latest ones are looked at first.
func (c *converter) param(name string) *param {
	for i := len(c.params) - 1; i >= 0; i-- {
		if c.params[i].name == name {
			return &c.params[i]
		}
	}
	return nil
}
