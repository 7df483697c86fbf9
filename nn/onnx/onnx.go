// Package onnx turns an ONNX file into a weights file with a spec, as long as its nodes are the
// layers of nn.Spec.
//
// Exporters write SiLU, hard swish, a mean or SE in many ways. They are found by what they compute:
// the evaluator runs the file's own nodes, tells every shape and what is constant, and a group of
// nodes is taken for a layer if it gives that layer's values. At the end the new network is run
// beside the file's nodes and must give the same logits.
package onnx

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"sescope/nn"
	"sescope/weights"
	"sescope/weights/json"
)

// Options say what an ONNX file does not.
type Options struct {
	Classes   []nn.Class // nil: "class 0", "class 1", ...
	Mean, Std []float32  // of the input, of values 0..1; nil: ImageNet's
	Size      int        // of the input, where the file leaves it open
	// Open reads a part of a file that stands in the ONNX file's folder; nil where there is none.
	Open func(name string, offset, length int64) ([]byte, error)
}

// ErrSize is the error about a file that leaves the size of its pictures open, where Options has
// none.
var ErrSize = errors.New("the file leaves the size of its pictures open, expected --size")

// Tolerance is the largest difference from the file's own logits, as a part of the largest of them.
const Tolerance = 1e-3

// Read converts a file. The name is the network's and stands in errors. Apart is how far the
// network's logits are from what the file's nodes give, as a part of the largest; it is at most
// Tolerance.
func Read(name string, b []byte, o Options) (f *weights.File, apart float32, err error) {
	g, err := parseModel(b)
	if err != nil {
		if format := weights.Foreign("", b); format != "" {
			err = fmt.Errorf("%s; %s", format, weights.Formats)
		}
		return nil, 0, fmt.Errorf("%s: not an ONNX file: %v", name, err)
	}
	c := &converter{
		evaluator: evaluator{g: g}, made: map[string]*node{}, users: map[string]int{}, held: map[string]held{}, chains: map[string][]string{},
		names: map[string]int{"input": 1, "": 1}, file: &weights.File{Name: name}, options: o,
	}
	c.data = c.bytes
	spec, err := c.convert()
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	spec.Name, spec.Title = name, map[string]string{"en": name, "zh": name}
	for _, p := range c.params {
		c.file.Tensors = append(c.file.Tensors, weights.NewF32(p.name, p.values, p.shape...))
	}
	text, err := json.Marshal(*spec)
	if err != nil {
		return nil, 0, err
	}
	c.file.Metadata = map[string]string{"sescope": string(text)}
	m, err := nn.Load(c.file) // every check of a network that comes as safetensors
	if err != nil {
		return nil, 0, err
	}
	if apart, err = c.check(m); err != nil {
		return nil, 0, fmt.Errorf("%s: %v", name, err)
	}
	return c.file, apart, nil
}

// bytes are the data of a tensor: its own, or a part of another file of the same folder.
func (c *converter) bytes(t *tensor) ([]byte, error) {
	if t.external == nil {
		return t.raw, nil
	}
	where := t.external["location"]
	if c.options.Open == nil {
		return nil, fmt.Errorf("its data stand in the file %q, which is not at hand: expected it beside the .onnx file", where)
	}
	var span [2]int64
	for i, key := range []string{"offset", "length"} {
		if text := t.external[key]; text != "" {
			if _, err := fmt.Sscan(text, &span[i]); err != nil || span[i] < 0 {
				return nil, fmt.Errorf("its data have the %s %q in the file %q", key, text, where)
			}
		}
	}
	if t.external["length"] == "" {
		n, err := size(t.dims)
		if err != nil {
			return nil, err
		}
		span[1] = int64(n * map[int]int{double: 8, int64s: 8, half: 2, bfloat: 2, uint8s: 1, int8s: 1, boolean: 1, float: 4, int32s: 4}[t.dataType])
	}
	return c.options.Open(where, span[0], span[1])
}

// convert makes the layers of the spec.
func (c *converter) convert() (*nn.Spec, error) {
	if err := c.g.inline(0); err != nil {
		return nil, err
	}
	in, out, err := c.ends()
	if err != nil {
		return nil, err
	}
	picture, err := newFloats(in.dims)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(1, 2)) // in the range of normalised pictures
	for k := range picture.f {
		picture.f[k] = float32(random.NormFloat64())
	}
	if err := c.run(in.name, picture); err != nil {
		return nil, err
	}
	for _, n := range c.g.nodes {
		for _, v := range n.out {
			c.made[v] = n
		}
		for _, v := range n.in {
			c.users[v]++
		}
	}
	c.users[out]++
	letters := "xCHW"
	if c.last {
		letters = "xHWC"
	}
	c.held[in.name] = held{layer: "input", axes: letters}
	c.picture = picture
	last, output, err := c.head(out)
	if err != nil {
		return nil, err
	}
	if len(c.layers) == 0 || last.layer != c.layers[len(c.layers)-1].Name {
		return nil, fmt.Errorf("output %q is not what the last layer makes", out)
	}
	if _, ok := c.vector(c.logits); !ok {
		return nil, fmt.Errorf("output %q has the shape %v, expected one value for each class", out, c.shape[c.logits])
	}
	spec := &nn.Spec{Input: c.input, Mean: c.options.Mean, Std: c.options.Std, Classes: c.options.Classes, Layers: c.layers, Output: output}
	c.statistics(spec)
	c.classes(spec)
	return spec, nil
}

// ends are the picture and the output, with every size of the picture known.
func (c *converter) ends() (in value, out string, err error) {
	var pictures []value
	for _, v := range c.g.inputs {
		if c.g.tensors[v.name] == nil { // old files list the weights as inputs
			pictures = append(pictures, v)
		}
	}
	if len(pictures) != 1 || len(c.g.outputs) == 0 {
		return in, "", fmt.Errorf("%d inputs and %d outputs, expected a picture and the values of the classes", len(pictures), len(c.g.outputs))
	}
	in = pictures[0]
	wrong := fmt.Errorf("input %q has the shape %v, expected (N, C, H, W) or (N, H, W, C) with 3 channels or 1", in.name, in.dims)
	if len(in.dims) != 4 {
		return in, "", wrong
	}
	picture := func(n int) bool { return n == 3 || n == 1 }
	in.dims = slices.Clone(in.dims)
	h, w := &in.dims[2], &in.dims[3]
	channels := in.dims[1]
	if c.last = !picture(in.dims[1]) && picture(in.dims[3]); c.last {
		h, w, channels = &in.dims[1], &in.dims[2], in.dims[3]
	}
	in.dims[0] = 1
	for _, side := range []*int{h, w} {
		if *side < 1 {
			*side = c.options.Size
		}
	}
	switch {
	case !picture(channels):
		return in, "", wrong
	case *h < 1 || *w < 1:
		return in, "", ErrSize
	}
	c.input = nn.Shape{H: *h, W: *w, C: channels}
	return in, c.logitsOf(c.g.outputs), nil
}

// logitsOf is the output that is taken for the classes' values: the best named or the first, as
// export.py takes it of what a module returns.
func (c *converter) logitsOf(outputs []value) string {
	for _, name := range []string{"logits", "output", "out", "pred"} {
		for _, v := range outputs {
			if v.name == name {
				return name
			}
		}
	}
	return outputs[0].name
}

// head converts everything up to the logits, and tells which function the file has behind them.
func (c *converter) head(out string) (held, string, error) {
	v := c.real(out)
	for range 8 { // changes of shape behind the function
		n := c.made[v]
		if n == nil || !moves[n.op] || c.size(n.in[0]) != c.size(v) {
			break
		}
		v = c.real(n.in[0])
	}
	if n := c.made[v]; n != nil && (n.op == "Softmax" || n.op == "LogSoftmax") {
		c.logits = c.real(n.in[0])
		h, err := c.value(c.logits)
		return h, "", err
	}
	output := ""
	if name, root, _ := c.function(v, known, false); name == "sigmoid" {
		v, output = root, "sigmoid"
	}
	c.logits = v
	h, err := c.value(v)
	return h, output, err
}

// statistics are ImageNet's by default, and those of a grey picture their mean.
func (c *converter) statistics(s *nn.Spec) {
	if s.Mean == nil {
		s.Mean = []float32{0.485, 0.456, 0.406}
	}
	if s.Std == nil {
		s.Std = []float32{0.229, 0.224, 0.225}
	}
	if s.Input.C == 1 && len(s.Mean) == 3 {
		s.Mean = []float32{(s.Mean[0] + s.Mean[1] + s.Mean[2]) / 3}
	}
	if s.Input.C == 1 && len(s.Std) == 3 {
		s.Std = []float32{(s.Std[0] + s.Std[1] + s.Std[2]) / 3}
	}
}

// classes names the outputs where nobody did. A sigmoid of one value with two names is an answer to
// one of two: as two logits, 0 and that value, under softmax it is the same.
func (c *converter) classes(s *nn.Spec) {
	if s.Classes == nil {
		for i := range c.size(c.logits) {
			s.Classes = append(s.Classes, nn.Class{En: fmt.Sprintf("class %d", i), Zh: fmt.Sprintf("类别 %d", i)})
		}
	}
	last := &s.Layers[len(s.Layers)-1]
	if s.Output != "sigmoid" || len(s.Classes) != 2 || c.size(c.logits) != 1 || last.Op != "linear" {
		return
	}
	s.Output, last.Out = "", 2
	w := c.param(last.Name + ".weight")
	w.values, w.shape = append(make([]float32, last.In), w.values...), []int{2, last.In}
	if last.Bias {
		b := c.param(last.Name + ".bias")
		b.values, b.shape = append([]float32{0}, b.values...), []int{2}
	}
}

// check runs the new network on the evaluator's picture and compares the logits.
func (c *converter) check(m *nn.Model) (apart float32, err error) {
	s, err := m.NewSession()
	if err != nil {
		return 0, err
	}
	in, k := c.input, 0
	values := make([]float32, in.H*in.W*in.C)
	for ch := range in.C {
		for p := range in.H * in.W {
			if values[p*in.C+ch] = c.picture.f[k]; c.last {
				values[p*in.C+ch] = c.picture.f[p*in.C+ch]
			}
			k++
		}
	}
	t := s.RunTensor(values)
	if err := t.Check(); err != nil {
		return 0, err
	}
	want := c.evaluator.value[c.logits]
	logits := t.Logits
	if c.size(c.logits) == 1 && len(logits) == 2 { // see classes
		logits = logits[1:]
	}
	if want == nil || want.len() != len(logits) {
		return 0, fmt.Errorf("it makes %d logits, the file's nodes %d", len(logits), c.size(c.logits))
	}
	largest := float32(1e-6)
	for i, v := range want.f {
		d := v - logits[i]
		largest, apart = max(largest, v, -v), max(apart, d, -d)
	}
	if apart /= largest; !(apart <= Tolerance) {
		return apart, fmt.Errorf("its logits differ from what the file's nodes give by %.2g of the largest, expected at most %v; please report the file", apart, Tolerance)
	}
	return apart, nil
}
