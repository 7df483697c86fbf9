// Package export writes SEscope's networks for the engines that web/bench compares it with: ONNX,
// TensorFlow.js graph models and .tflite files.
//
// All get what their own converters would make of the PyTorch network in evaluation mode: batch
// norm folded into the convolution in front of it, weights in float32. What an engine fuses beyond
// that is its own business.
package export

import (
	"cmp"
	"fmt"
	"math"

	"sescope/nn"
	"sescope/weights"
)

// graph is a network of primitive nodes in the order of their computation.
type graph struct {
	name    string
	input   nn.Shape
	classes int
	nodes   []*node
	result  *node
}

// node is one operation on one picture. Maps are H x W x C in shape; the layout is the writer's
// choice.
type node struct {
	op     string // conv, affine, relu, relu6, hardswish, hardsigmoid, silu, sigmoid, mul, mulplaces, add, maxpool, mean, channelmean, channelmax, concat, flatten, linear
	name   string
	in     []*node // a nil input is the picture
	shape  nn.Shape
	source nn.Shape // of in[0]

	kernel, stride, pad int       // conv, maxpool
	groups              int       // conv
	w, b                []float32 // conv (out, in/groups, k, k), linear (out, in), affine (c) and (c); b may be nil
}

// build folds batch norms and takes SE blocks apart.
func build(f *weights.File) (*graph, error) {
	spec, ok, err := nn.ParseSpec(f)
	if err == nil && !ok {
		err = fmt.Errorf("%s: no network spec in the header", f.Name)
	}
	if err != nil {
		return nil, err
	}
	infos, err := spec.Describe()
	if err != nil {
		return nil, fmt.Errorf("%s: %v", f.Name, err)
	}
	b := &builder{file: f, graph: &graph{name: spec.Name, input: spec.Input, classes: len(spec.Classes)}, values: map[string]*node{"input": nil}, named: map[string]bool{}}
	for _, l := range infos {
		b.named[l.From], b.named[l.With] = true, true
	}
	for i := 0; i < len(infos); {
		n, err := b.layer(infos[i:])
		if err != nil {
			return nil, fmt.Errorf("%s: layer %q: %v", f.Name, infos[i].Name, err)
		}
		i += n
	}
	b.graph.result = b.last
	return b.graph, nil
}

type builder struct {
	file   *weights.File
	graph  *graph
	values map[string]*node // by the spec layer's name
	named  map[string]bool  // layers that some other than the next one reads
	last   *node
}

func (b *builder) add(n *node) *node {
	b.graph.nodes = append(b.graph.nodes, n)
	return n
}

func (b *builder) shape(n *node) nn.Shape {
	if n == nil {
		return b.graph.input
	}
	return n.shape
}

// layer adds the nodes of the first layer, and returns how many spec layers they stand for.
func (b *builder) layer(infos []nn.LayerInfo) (taken int, err error) {
	l, in := infos[0], b.last
	if l.From != "" {
		in = b.values[l.From]
	}
	n := &node{op: l.Op, name: l.Name, in: []*node{in}, shape: l.Shape, source: b.shape(in), kernel: l.Kernel, stride: l.Stride, pad: l.Pad}
	taken = 1
	switch l.Op {
	case "conv", "linear":
		dims := []int{l.LayerSpec.Out, l.In}
		if l.Op == "conv" {
			n.groups = max(l.Groups, 1)
			dims = []int{l.LayerSpec.Out, l.In / n.groups, l.Kernel, l.Kernel}
		}
		if n.w, err = b.file.Float32(l.Name+".weight", dims...); err != nil {
			return 0, err
		}
		if l.Bias {
			if n.b, err = b.file.Float32(l.Name+".bias", l.LayerSpec.Out); err != nil {
				return 0, err
			}
		}
		if len(infos) > 1 && infos[1].Op == "batchnorm" && infos[1].From == "" && !b.named[l.Name] {
			if err := b.fold(n, infos[1]); err != nil {
				return 0, err
			}
			b.values[infos[1].Name] = n
			taken = 2
		}
	case "batchnorm":
		n.op = "affine"
		if n.w, n.b, err = b.batchNorm(l); err != nil {
			return 0, err
		}
	case nn.SE, "eca", "cbam", "spatial":
		attend := map[string]func(nn.LayerInfo, *node) (*node, error){nn.SE: b.se, "eca": b.eca, "cbam": b.cbam, "spatial": b.spatial}[l.Op]
		if n, err = attend(l, n); err != nil {
			return 0, err
		}
		b.values[l.Name], b.last = n, n
		return taken, nil
	case "maxpool":
		// Not every engine pads with minus infinity: behind a ReLU zeros are the same.
		if l.Pad != 0 && (in == nil || in.op != "relu" && in.op != "relu6") {
			return 0, fmt.Errorf("pad %d, expected none but behind a ReLU", l.Pad)
		}
		n.stride = cmp.Or(l.Stride, l.Kernel)
	case "add":
		n.in = append(n.in, b.values[l.With])
	case "relu", "relu6", "hardswish", "hardsigmoid", "silu", "sigmoid", "mean", "flatten":
	case "dropout":
		n = in
	default:
		return 0, fmt.Errorf("the operation %s has no counterpart here", l.Op)
	}
	if l.Op != "dropout" {
		b.add(n)
	}
	b.values[l.Name], b.last = n, n
	return taken, nil
}

// se is map * gate(fc2(act(fc1(mean of map)))).
func (b *builder) se(l nn.LayerInfo, n *node) (*node, error) {
	logits, err := b.twoLayers(l, b.mean(l, n), "")
	if err != nil {
		return nil, err
	}
	return b.gated(l, n, logits), nil
}

// eca is map * gate(a convolution of the mean of map along the channels). It is written as the
// linear layer with a band of weights: for so few numbers the quickest that every engine has.
func (b *builder) eca(l nn.LayerInfo, n *node) (*node, error) {
	w, err := b.file.Float32(l.Conv+".weight", 1, 1, l.Kernel)
	if err != nil {
		return nil, err
	}
	c := l.Shape.C
	band := make([]float32, c*c)
	for o := range c {
		for i, v := range w {
			if from := o - l.Kernel/2 + i; from >= 0 && from < c {
				band[o*c+from] = v
			}
		}
	}
	logits := b.add(&node{op: "linear", name: l.Conv, in: []*node{b.mean(l, n)}, shape: nn.Shape{H: 1, W: 1, C: c}, source: nn.Shape{H: 1, W: 1, C: c}, w: band})
	return b.gated(l, n, logits), nil
}

// cbam is map * gate(fc2(act(fc1(mean of map))) + fc2(act(fc1(maximum of map)))).
func (b *builder) cbam(l nn.LayerInfo, n *node) (*node, error) {
	if l.Shape.H != l.Shape.W {
		return nil, fmt.Errorf("a map of %d x %d, expected a square", l.Shape.W, l.Shape.H)
	}
	vector := nn.Shape{H: 1, W: 1, C: l.Shape.C}
	largest := b.add(&node{op: "maxpool", name: l.Name + ".largest", in: n.in, shape: vector, source: n.source, kernel: l.Shape.H, stride: l.Shape.H})
	largest = b.add(&node{op: "flatten", name: l.Name + ".max", in: []*node{largest}, shape: vector, source: vector})
	mean, err := b.twoLayers(l, b.mean(l, n), ".mean")
	if err != nil {
		return nil, err
	}
	if largest, err = b.twoLayers(l, largest, ".max"); err != nil {
		return nil, err
	}
	return b.gated(l, n, b.add(&node{op: "add", name: l.Name + ".sum", in: []*node{mean, largest}, shape: vector, source: vector})), nil
}

// spatial is map * gate(a convolution of the mean and the maximum over the channels), place by
// place.
func (b *builder) spatial(l nn.LayerInfo, n *node) (*node, error) {
	place := nn.Shape{H: l.Shape.H, W: l.Shape.W, C: 1}
	pair := nn.Shape{H: l.Shape.H, W: l.Shape.W, C: 2}
	pooled := func(op string) *node {
		return b.add(&node{op: op, name: l.Name + "." + op, in: n.in, shape: place, source: n.source})
	}
	both := []*node{pooled("channelmean"), pooled("channelmax")}
	if l.MaxFirst {
		both[0], both[1] = both[1], both[0]
	}
	conv := &node{op: "conv", name: l.Name + ".logits", in: []*node{b.add(&node{op: "concat", name: l.Name + ".pair", in: both, shape: pair, source: place})},
		shape: place, source: pair, kernel: l.Kernel, stride: 1, pad: l.Kernel / 2, groups: 1}
	var err error
	if conv.w, err = b.file.Float32(l.Conv+".weight", 1, 2, l.Kernel, l.Kernel); err != nil {
		return nil, err
	}
	if l.Bias {
		if conv.b, err = b.file.Float32(l.Conv+".bias", 1); err != nil {
			return nil, err
		}
	}
	if l.Norm != "" {
		if err := b.fold(conv, nn.LayerInfo{LayerSpec: nn.LayerSpec{Name: l.Norm, Eps: l.Eps}, Shape: place}); err != nil {
			return nil, err
		}
	}
	gate := cmp.Or(l.Gate, "sigmoid")
	gates := b.add(&node{op: gate, name: l.Name + "." + gate, in: []*node{b.add(conv)}, shape: place, source: place})
	return b.add(&node{op: "mulplaces", name: l.Name, in: []*node{n.in[0], gates}, shape: l.Shape, source: n.source}), nil
}

// mean is the squeeze of a block that reads what n reads.
func (b *builder) mean(l nn.LayerInfo, n *node) *node {
	return b.add(&node{op: "mean", name: l.Name + ".squeeze", in: n.in, shape: nn.Shape{H: 1, W: 1, C: l.Shape.C}, source: n.source})
}

// gated multiplies what n reads by the gates of these logits.
func (b *builder) gated(l nn.LayerInfo, n, logits *node) *node {
	gate := cmp.Or(l.Gate, "sigmoid")
	gates := b.add(&node{op: gate, name: l.Name + "." + gate, in: []*node{logits}, shape: logits.shape, source: logits.shape})
	return b.add(&node{op: "mul", name: l.Name, in: []*node{n.in[0], gates}, shape: l.Shape, source: n.source})
}

// twoLayers is fc2(act(fc1(last))); suffix tells a second use of the layers from the first.
func (b *builder) twoLayers(l nn.LayerInfo, last *node, suffix string) (*node, error) {
	for i, width := range []int{l.LayerSpec.Out, l.Shape.C} {
		name, shape := l.FC[i], nn.Shape{H: 1, W: 1, C: width}
		dims := []int{width, last.shape.C}
		if t := b.file.Lookup(name + ".weight"); t != nil && len(t.Shape) == 4 {
			dims = append(dims, 1, 1)
		}
		fc := &node{op: "linear", name: name + suffix, in: []*node{last}, shape: shape, source: last.shape}
		var err error
		if fc.w, err = b.file.Float32(name+".weight", dims...); err != nil {
			return nil, err
		}
		if l.Bias {
			if fc.b, err = b.file.Float32(name+".bias", width); err != nil {
				return nil, err
			}
		}
		last = b.add(fc)
		if i == 0 {
			act := cmp.Or(l.Act, "relu")
			last = b.add(&node{op: act, name: fc.name + "." + act, in: []*node{last}, shape: shape, source: shape})
		}
	}
	return last, nil
}

// vector tells whether a node gives one number a channel rather than a map.
func (n *node) vector() bool {
	switch n.op {
	case "linear", "mean", "flatten":
		return true
	case "relu", "relu6", "hardswish", "hardsigmoid", "silu", "sigmoid", "add":
		return n.in[0] != nil && n.in[0].vector()
	}
	return false
}

// depthwise tells whether a convolution has a kernel for each channel.
func (n *node) depthwise() bool {
	return n.groups > 1 && n.groups == n.source.C && n.groups == n.shape.C
}

// fold makes a batch norm part of the convolution or linear layer in front of it.
func (b *builder) fold(n *node, norm nn.LayerInfo) error {
	scale, shift, err := b.batchNorm(norm)
	if err != nil {
		return err
	}
	if n.b == nil {
		n.b = make([]float32, len(scale))
	}
	k := len(n.w) / len(scale)
	for o, s := range scale {
		for i := range n.w[o*k : (o+1)*k] {
			n.w[o*k+i] *= s
		}
		n.b[o] = n.b[o]*s + shift[o]
	}
	return nil
}

// batchNorm reads a batch norm as scale and shift.
func (b *builder) batchNorm(l nn.LayerInfo) (scale, shift []float32, err error) {
	var v [4][]float32
	for i, part := range []string{"weight", "bias", "running_mean", "running_var"} {
		if v[i], err = b.file.Float32(l.Name+"."+part, l.Shape.C); err != nil {
			return nil, nil, err
		}
	}
	scale, shift = v[0], v[1]
	for i := range scale {
		scale[i] = float32(float64(scale[i]) / math.Sqrt(float64(v[3][i])+float64(l.Eps)))
		shift[i] -= v[2][i] * scale[i]
	}
	return scale, shift, nil
}

// uses counts the nodes that read each node.
func (g *graph) uses() map[*node]int {
	uses := map[*node]int{g.result: 1}
	for _, n := range g.nodes {
		for _, in := range n.in {
			uses[in]++
		}
	}
	return uses
}
