package onnx

import (
	"fmt"

	"github.com/chewxy/math32"
)

var reductions map[string]operator

func init() {
	reductions = map[string]operator{}
	for _, op := range []string{"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare"} {
		reductions[op] = func(_ *evaluator, n *node, in []*array) ([]*array, error) {
			over, err := reduced(n, in)
			if err != nil {
				return nil, err
			}
			return one(in[0].reduce(over, n.int("keepdims", 1) != 0, n.op))
		}
	}
}

// reduced are the axes over which a node goes: all without a list, or none if it says so.
func reduced(n *node, in []*array) ([]bool, error) {
	dims := len(in[0].shape)
	list := n.numbers("axes", in, 1)
	over, err := axes(list, dims)
	if len(list) == 0 && n.int("noop_with_empty_axes", 0) == 0 {
		for d := range over {
			over[d] = true
		}
	}
	return over, err
}

func (a *array) reduce(over []bool, keep bool, op string) (*array, error) {
	whole, kept, shape := make([]int, len(over)), []int{}, []int{} // whole has a 1 for each axis that goes
	for d, gone := range over {
		whole[d] = a.shape[d]
		if gone {
			whole[d] = 1
		} else {
			shape = append(shape, a.shape[d])
		}
	}
	if kept = whole; keep {
		shape = kept
	}
	n, err := size(whole)
	if err != nil {
		return nil, err
	}
	if n == 0 || a.len() == 0 {
		return nil, fmt.Errorf("reduces an empty array")
	}
	start := float32(0)
	switch op {
	case "ReduceMax":
		start = math32.Inf(-1)
	case "ReduceMin":
		start = math32.Inf(1)
	case "ReduceProd":
		start = 1
	}
	steps := strides(whole)
	for d, gone := range over {
		if gone {
			steps[d] = 0
		}
	}
	sums := make([]float64, n) // a mean over a large map in float32 would be off
	for k := range sums {
		sums[k] = float64(start)
	}
	at := walker(a.shape, steps, 0)
	for k := range a.len() {
		s, v := &sums[at(k)], float64(a.at(k))
		switch op {
		case "ReduceMax":
			*s = max(*s, v)
		case "ReduceMin":
			*s = min(*s, v)
		case "ReduceProd":
			*s *= v
		case "ReduceL1":
			*s += max(v, -v)
		case "ReduceL2", "ReduceSumSquare":
			*s += v * v
		default:
			*s += v
		}
	}
	out := &array{shape: shape, f: make([]float32, n)}
	for k, s := range sums {
		switch op {
		case "ReduceMean":
			s /= float64(a.len() / n)
		}
		if out.f[k] = float32(s); op == "ReduceL2" {
			out.f[k] = math32.Sqrt(out.f[k])
		}
	}
	if a.whole() {
		out = out.toInts()
	}
	return out, nil
}

func softmax(_ *evaluator, n *node, in []*array) ([]*array, error) {
	x := in[0]
	d, err := axis(n.int("axis", -1), len(x.shape))
	if err != nil {
		return nil, err
	}
	out, err := newFloats(x.shape)
	if err != nil {
		return nil, err
	}
	m, step := x.shape[d], strides(x.shape)[d]
	for k := range out.f {
		if k/step%m != 0 {
			continue
		}
		largest, sum := math32.Inf(-1), float32(0)
		for i := range m {
			largest = max(largest, x.at(k+i*step))
		}
		for i := range m {
			sum += math32.Exp(x.at(k+i*step) - largest)
		}
		for i := range m {
			v := x.at(k+i*step) - largest - math32.Log(sum)
			if out.f[k+i*step] = v; n.op == "Softmax" {
				out.f[k+i*step] = math32.Exp(v)
			}
		}
	}
	return []*array{out}, nil
}

// pad with zeros or another number; other modes would need layers of their own.
func pad(_ *evaluator, n *node, in []*array) ([]*array, error) {
	x := in[0]
	before, after, value, err := padding(n, in)
	if err != nil {
		return nil, err
	}
	shape := make([]int, len(x.shape))
	for d, m := range x.shape {
		if shape[d] = m + before[d] + after[d]; shape[d] < 0 || max(before[d], after[d]) > 1<<16 {
			return nil, fmt.Errorf("pads %v and %v on %v", before, after, x.shape)
		}
	}
	out, err := newFloats(shape)
	if err != nil {
		return nil, err
	}
	to, from := strides(shape), strides(x.shape)
	for k := range out.f {
		at, inside := 0, true
		for d := range shape {
			i := k/to[d]%shape[d] - before[d]
			inside = inside && i >= 0 && i < x.shape[d]
			at += i * from[d]
		}
		if out.f[k] = value; inside {
			out.f[k] = x.at(at)
		}
	}
	return []*array{out}, nil
}

// padding reads a Pad: how many places before and behind each axis, and their value.
func padding(n *node, in []*array) (before, after []int, value float32, err error) {
	dims := len(in[0].shape)
	pads, which := n.numbers("pads", in, 1), n.numbers("axes", in, 3)
	if pads == nil {
		pads = list(n, "paddings")
	}
	if mode := n.text("mode", "constant"); mode != "constant" {
		return nil, nil, 0, fmt.Errorf("pads by %s, expected zeros", mode)
	}
	if which == nil {
		for d := range dims {
			which = append(which, d)
		}
	}
	if len(pads) != 2*len(which) {
		return nil, nil, 0, fmt.Errorf("pads %v on the shape %v", pads, in[0].shape)
	}
	before, after = make([]int, dims), make([]int, dims)
	for i, d := range which {
		if d, err = axis(d, dims); err != nil {
			return nil, nil, 0, err
		}
		before[d], after[d] = pads[i], pads[len(which)+i]
	}
	value = n.float("value", 0)
	if len(in) > 2 {
		if v, ok := in[2].scalar(); ok {
			value = v
		}
	}
	return before, after, value, nil
}

// quantize is left out but for what its range cuts off: rounding to int8 is the runtime's affair,
// but where the range begins at 0 it stands for a ReLU that the quantiser took away.
func quantize(_ *evaluator, n *node, in []*array) ([]*array, error) {
	x := in[0]
	if !startsAtZero(in) {
		return []*array{x}, nil
	}
	out := &array{shape: x.shape, f: make([]float32, x.len())}
	for k := range out.f {
		out.f[k] = max(x.at(k), 0)
	}
	return []*array{out}, nil
}

// startsAtZero tells whether the smallest value of a QuantizeLinear's range is 0: its zero point is
// 0 for uint8; int8 has -128, and there it is known by its values only.
func startsAtZero(in []*array) bool {
	if len(in) < 3 || in[2] == nil {
		return true // uint8 with zero point 0
	}
	v, ok := in[2].scalar()
	return ok && (v == -128 || v == 0 && !in[2].signed)
}

// dequantize gives constants their values; a map's were never rounded.
func dequantize(_ *evaluator, n *node, in []*array) ([]*array, error) {
	x, scale := in[0], in[1]
	if !x.whole() {
		return []*array{x}, nil
	}
	d := 0
	if block := n.int("block_size", 0); block != 0 { // since opset 21: a scale for each run of values along the axis
		return dequantizeBlocks(n, in, block)
	}
	if scale.len() > 1 {
		var err error
		if d, err = axis(n.int("axis", 1), len(x.shape)); err != nil {
			return nil, err
		}
		if scale.len() != x.shape[d] || scale.whole() {
			return nil, fmt.Errorf("%d scales for the shape %v", scale.len(), x.shape)
		}
	}
	out := &array{shape: x.shape, f: make([]float32, x.len())}
	step, m := 1, 1
	if scale.len() > 1 {
		step, m = strides(x.shape)[d], x.shape[d]
	}
	for k := range out.f {
		c, zero := k/step%m, float32(0)
		if len(in) > 2 && in[2] != nil && in[2].len() > 0 {
			zero = in[2].at(c % in[2].len())
		}
		out.f[k] = (x.at(k) - zero) * scale.at(c)
	}
	return []*array{out}, nil
}

func dequantizeBlocks(n *node, in []*array, block int) ([]*array, error) {
	x, scale := in[0], in[1]
	d, err := axis(n.int("axis", 1), len(x.shape))
	if err != nil {
		return nil, err
	}
	wrong := fmt.Errorf("scales of the shape %v for %v in blocks of %d", scale.shape, x.shape, block)
	if block < 1 || scale.whole() || len(scale.shape) != len(x.shape) {
		return nil, wrong
	}
	for i, m := range x.shape {
		if i == d {
			m = (m + block - 1) / block
		}
		if scale.shape[i] != m {
			return nil, wrong
		}
	}
	var zero *array
	if len(in) > 2 && in[2] != nil {
		if zero = in[2]; zero.len() != scale.len() {
			return nil, wrong
		}
	}
	out := &array{shape: x.shape, f: make([]float32, x.len())}
	from, to := strides(x.shape), strides(scale.shape)
	for k := range out.f {
		at := 0
		for i, m := range x.shape {
			c := k / from[i] % m
			if i == d {
				c /= block
			}
			at += c * to[i]
		}
		v := x.at(k)
		if zero != nil {
			v -= zero.at(at)
		}
		out.f[k] = v * scale.at(at)
	}
	return []*array{out}, nil
}
