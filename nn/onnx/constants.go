package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"sescope/weights"
)

// weight is the constant at an input, with so many dimensions.
func (c *converter) weight(n *node, input, dims int) (*tensor, error) {
	if len(n.in) <= input || c.consts[n.in[input]] == nil {
		return nil, c.fail(n, "has weights that are no constant")
	}
	t := c.consts[n.in[input]]
	if len(t.dims) != dims || slices.ContainsFunc(t.dims, func(d int) bool { return d < 1 }) {
		return nil, c.fail(n, "has weights of the shape %v, expected %d dimensions", t.dims, dims)
	}
	return t, nil
}

func (c *converter) store(n *node, name, from string, turn func([]float32) []float32) error {
	t := c.consts[from]
	if t == nil {
		return c.fail(n, "reads %q, expected a constant", from)
	}
	return c.storeShaped(n, name, from, turn, t.dims...)
}

func (c *converter) storeShaped(n *node, name, from string, turn func([]float32) []float32, shape ...int) error {
	t := c.consts[from]
	if d := dtypes[t.dataType]; turn == nil && d.name != "" && !t.external && len(t.raw) > 0 && len(t.raw) == d.size*product(shape) {
		c.file.Tensors = append(c.file.Tensors, weights.Tensor{Name: name, DType: d.name, Shape: shape, Data: t.raw})
		return nil
	}
	v, err := t.values()
	if err != nil {
		return c.fail(n, "tensor %q: %v", from, err)
	}
	if turn != nil {
		v = turn(v)
	}
	c.file.Tensors = append(c.file.Tensors, weights.NewF32(name, v, shape...))
	return nil
}

// dtypes are the numbers of ONNX's data types that safetensors has, too.
var dtypes = map[int]struct {
	name string
	size int
}{1: {"F32", 4}, 10: {"F16", 2}, 16: {"BF16", 2}, 11: {"", 8}}

// product is the number of values of a shape, or -1 if that is nonsense.
func product(shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > (1<<30)/d {
			return -1
		}
		n *= d
	}
	return n
}

// values decodes a tensor of floats and checks that it has as many as its shape says.
func (t *tensor) values() ([]float32, error) {
	n, d := product(t.dims), dtypes[t.dataType]
	switch {
	case t.external:
		return nil, fmt.Errorf("its data stands in another file, expected it in this one")
	case d.size == 0:
		return nil, fmt.Errorf("data type %d, expected float, float16, bfloat16 or double", t.dataType)
	case n < 0 || len(t.raw) != n*d.size && len(t.floats) != n:
		return nil, fmt.Errorf("%d bytes or %d values, expected the shape %v", len(t.raw), len(t.floats), t.dims)
	case len(t.floats) == n:
		return t.floats, nil
	case t.dataType == 11:
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(t.raw[8*i:])))
		}
		return out, nil
	}
	f := weights.File{Tensors: []weights.Tensor{{Name: t.name, DType: d.name, Shape: []int{n}, Data: t.raw}}}
	return f.Float32(t.name, n)
}

// list is an attribute of whole numbers, or the constant at an input, as newer versions of ONNX have it.
func (c *converter) list(n *node, attr string, input int) []int {
	if a := n.attrs[attr]; a != nil {
		return a.ints
	}
	if len(n.in) <= input || c.consts[n.in[input]] == nil {
		return nil
	}
	t := c.consts[n.in[input]]
	if t.raw == nil {
		return t.ints
	}
	var out []int
	for b := t.raw; len(b) >= 8 && t.dataType == 7; b = b[8:] {
		out = append(out, int(int64(binary.LittleEndian.Uint64(b))))
	}
	return out
}

// scalar is a constant of one value.
func (c *converter) scalar(v string) (float32, bool) {
	t := c.consts[v]
	if t == nil {
		return 0, false
	}
	values, err := t.values()
	if err != nil || len(values) != 1 {
		return 0, false
	}
	return values[0], true
}

func (c *converter) clip(n *node) (low, high float32) {
	low, high = float32(math.Inf(-1)), float32(math.Inf(1))
	for i, to := range []*float32{&low, &high} {
		if a := n.attrs[[]string{"min", "max"}[i]]; a != nil {
			*to = a.f
		} else if len(n.in) > i+1 {
			if v, ok := c.scalar(n.in[i+1]); ok {
				*to = v
			}
		}
	}
	return low, high
}

func (c *converter) hardSigmoid(n *node) bool {
	alpha, beta := float32(0.2), float32(0.5)
	if a := n.attrs["alpha"]; a != nil {
		alpha = a.f
	}
	if a := n.attrs["beta"]; a != nil {
		beta = a.f
	}
	return max(alpha-1.0/6, 1.0/6-alpha) < 1e-6 && beta == 0.5
}
