package onnx

import (
	"slices"

	"sescope/nn"
)

// scaleAndShift multiplies and adds a number for each channel: into the weights of the layer in
// front, where that is a Linear, or a convolution that gets its bias; as a batch norm otherwise.
func (c *converter) scaleAndShift(n *node, h held, w, b []float32) held {
	if c.fold(n, h, w, b) {
		return h
	}
	name := c.name(n, c.weightName(n))
	count := len(w)
	c.store(name+".weight", w, count)
	c.store(name+".bias", b, count)
	c.store(name+".running_mean", make([]float32, count), count)
	c.store(name+".running_var", slices.Repeat([]float32{1}, count), count)
	h.layer = c.add(h, nn.LayerSpec{Op: "batchnorm", Name: name, Eps: 1e-12})
	return h
}

func (c *converter) weightName(n *node) string {
	if n.op == "BatchNormalization" {
		return n.in[1]
	}
	return ""
}

// fold changes the last layer, if that is h's and nothing else reads it.
func (c *converter) fold(n *node, h held, w, b []float32) bool {
	last := len(c.layers) - 1
	if last < 0 || c.layers[last].Name != h.layer || h.axes == "" {
		return false
	}
	l := &c.layers[last]
	if l.Op != "linear" && !(l.Op == "conv" && n.op != "BatchNormalization") || l.Out != len(w) || c.users[c.changing(n)[0]] > 1 {
		return false
	}
	weight := c.param(l.Name + ".weight")
	k := len(weight.values) / l.Out
	weight.values = slices.Clone(weight.values)
	for o, s := range w {
		for i := range weight.values[o*k:][:k] {
			weight.values[o*k+i] *= s
		}
	}
	if !l.Bias {
		l.Bias = true
		c.store(l.Name+".bias", make([]float32, l.Out), l.Out)
	}
	bias := c.param(l.Name + ".bias")
	bias.values = slices.Clone(bias.values)
	for o := range bias.values {
		bias.values[o] = bias.values[o]*w[o] + b[o]
	}
	return true
}
