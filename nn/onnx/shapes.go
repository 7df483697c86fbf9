package onnx

import (
	"fmt"
	"slices"
)

// The operators that move values and compute sizes.
var shapes map[string]operator

func init() {
	shapes = map[string]operator{
		"Constant": constant, "Cast": cast, "Shape": shapeOf, "Size": sizeOf, "Gather": gather, "Concat": concat, "Slice": slice, "Split": split,
		"Squeeze": squeeze, "Unsqueeze": unsqueeze, "Reshape": reshape, "Flatten": flatten, "Transpose": transpose, "Expand": expand, "Tile": tile,
		"ConstantOfShape": constantOfShape, "Range": sequence, "Pad": pad, "QuantizeLinear": quantize, "DequantizeLinear": dequantize,
	}
}

func constant(e *evaluator, n *node, _ []*array) ([]*array, error) {
	switch a := n.attrs; {
	case a["value"] != nil && a["value"].t != nil:
		raw, err := e.data(a["value"].t)
		if err != nil {
			return nil, err
		}
		return one(a["value"].t.decode(raw))
	case a["value_float"] != nil:
		return []*array{{shape: []int{}, f: []float32{a["value_float"].f}}}, nil
	case a["value_int"] != nil:
		return []*array{ints([]int{}, int64(a["value_int"].i))}, nil
	case a["value_floats"] != nil:
		return []*array{{shape: []int{len(a["value_floats"].floats)}, f: a["value_floats"].floats}}, nil
	case a["value_ints"] != nil:
		out := ints([]int{len(a["value_ints"].ints)})
		for _, v := range a["value_ints"].ints {
			out.i = append(out.i, int64(v))
		}
		return []*array{out}, nil
	}
	return nil, fmt.Errorf("is no tensor of numbers")
}

// cast changes between floats of any width, and whole numbers.
func cast(_ *evaluator, n *node, in []*array) ([]*array, error) {
	switch n.int("to", float) {
	case float, half, double, bfloat:
		return []*array{{shape: in[0].shape, f: in[0].floats()}}, nil
	}
	if in[0].whole() {
		return []*array{in[0]}, nil
	}
	return []*array{in[0].toInts()}, nil
}

func shapeOf(_ *evaluator, n *node, in []*array) ([]*array, error) {
	dims := len(in[0].shape)
	start, end := n.int("start", 0), n.int("end", dims)
	if start < 0 {
		start += dims
	}
	if end < 0 {
		end += dims
	}
	start = min(max(start, 0), dims)
	end = min(max(end, start), dims)
	out := ints([]int{end - start})
	out.i = make([]int64, 0, end-start)
	for _, d := range in[0].shape[start:end] {
		out.i = append(out.i, int64(d))
	}
	return []*array{out}, nil
}

func sizeOf(_ *evaluator, _ *node, in []*array) ([]*array, error) {
	return []*array{ints([]int{}, int64(in[0].len()))}, nil
}

func gather(_ *evaluator, n *node, in []*array) ([]*array, error) {
	a, index := in[0], in[1]
	d, err := axis(n.int("axis", 0), len(a.shape))
	if err != nil {
		return nil, err
	}
	if !index.whole() {
		return nil, fmt.Errorf("gathers by floats")
	}
	shape := slices.Concat(a.shape[:d], index.shape, a.shape[d+1:])
	inner, m := strides(a.shape)[d], a.shape[d]
	for _, v := range index.i {
		if int(v) < -m || int(v) >= m {
			return nil, fmt.Errorf("gathers place %d of %d", v, m)
		}
	}
	count := len(index.i)
	return one(a.gather(shape, func(k int) int {
		v := (int(index.i[k/inner%count]) + m) % m
		return (k/inner/count*m+v)*inner + k%inner
	}))
}

func concat(_ *evaluator, n *node, in []*array) ([]*array, error) {
	d, err := axis(n.int("axis", 0), len(in[0].shape))
	if err != nil {
		return nil, err
	}
	shape := slices.Clone(in[0].shape)
	shape[d] = 0
	for _, a := range in {
		if a == nil || len(a.shape) != len(shape) || a.whole() != in[0].whole() {
			return nil, fmt.Errorf("joins arrays of different kinds")
		}
		for i := range shape {
			if i != d && a.shape[i] != shape[i] {
				return nil, fmt.Errorf("joins the shapes %v and %v", in[0].shape, a.shape)
			}
		}
		shape[d] += a.shape[d]
	}
	total, err := size(shape)
	if err != nil {
		return nil, err
	}
	out := &array{shape: shape}
	if in[0].whole() {
		out.i = make([]int64, 0, total)
	}
	outer, _ := size(shape[:d])
	for o := range outer {
		for _, a := range in {
			step := a.len() / max(outer, 1)
			if a.whole() {
				out.i = append(out.i, a.i[o*step:(o+1)*step]...)
			} else {
				out.f = append(out.f, a.f[o*step:(o+1)*step]...)
			}
		}
	}
	return []*array{out}, nil
}

// part is the values from start on, n of them, along an axis, every step-th.
func (a *array) part(d, start, n, step int) (*array, error) {
	shape, steps := slices.Clone(a.shape), strides(a.shape)
	first := start * steps[d]
	shape[d] = n
	steps[d] *= step
	return a.gather(shape, walker(shape, steps, first))
}

func slice(_ *evaluator, n *node, in []*array) ([]*array, error) {
	starts, ends := n.numbers("starts", in, 1), n.numbers("ends", in, 2)
	which, by := n.numbers("axes", in, 3), n.numbers("steps", in, 4)
	a := in[0]
	if len(ends) != len(starts) || which != nil && len(which) != len(starts) || by != nil && len(by) != len(starts) {
		return nil, fmt.Errorf("%d starts, %d ends", len(starts), len(ends))
	}
	for i, start := range starts {
		d, step := i, 1
		if which != nil {
			d = which[i]
		}
		if by != nil {
			step = by[i]
		}
		d, err := axis(d, len(a.shape))
		if err != nil {
			return nil, err
		}
		m, end := a.shape[d], ends[i]
		if step == 0 || max(step, -step) > maxValues {
			return nil, fmt.Errorf("steps by %d", step)
		}
		if start < 0 {
			start += m
		}
		if end < 0 {
			end += m
		}
		count := 0
		if step > 0 {
			start, end = min(max(start, 0), m), min(max(end, 0), m)
			count = max(end-start+step-1, 0) / step
		} else { // from the back: the first place that is left out may be the one in front of the axis
			start, end = min(max(start, -1), m-1), min(max(end, -1), m-1)
			count = max(start-end-step-1, 0) / -step
		}
		if count == 0 {
			start = 0
		}
		if a, err = a.part(d, start, count, step); err != nil {
			return nil, err
		}
	}
	return []*array{a}, nil
}

func split(_ *evaluator, n *node, in []*array) ([]*array, error) {
	a := in[0]
	d, err := axis(n.int("axis", 0), len(a.shape))
	if err != nil {
		return nil, err
	}
	sizes := n.numbers("split", in, 1)
	if sizes == nil { // equal parts, the last one smaller
		count := len(n.out)
		each := (a.shape[d] + count - 1) / count
		for left := a.shape[d]; len(sizes) < count; left -= each {
			sizes = append(sizes, max(min(each, left), 0))
		}
	}
	var out []*array
	start := 0
	for _, m := range sizes {
		if m < 0 || start+m > a.shape[d] {
			return nil, fmt.Errorf("splits %d into %v", a.shape[d], sizes)
		}
		p, err := a.part(d, start, m, 1)
		if err != nil {
			return nil, err
		}
		out, start = append(out, p), start+m
	}
	return out, nil
}

func squeeze(_ *evaluator, n *node, in []*array) ([]*array, error) {
	list := n.numbers("axes", in, 1)
	drop, err := axes(list, len(in[0].shape))
	if err != nil {
		return nil, err
	}
	shape := []int{}
	for d, m := range in[0].shape {
		if !(m == 1 && (list == nil || drop[d])) {
			shape = append(shape, m)
		}
	}
	return one(in[0].reshaped(shape))
}

func unsqueeze(_ *evaluator, n *node, in []*array) ([]*array, error) {
	list := n.numbers("axes", in, 1)
	put, err := axes(list, len(in[0].shape)+len(list))
	if err != nil {
		return nil, err
	}
	shape, rest := []int{}, in[0].shape
	for _, p := range put {
		if p {
			shape = append(shape, 1)
		} else if len(rest) > 0 {
			shape, rest = append(shape, rest[0]), rest[1:]
		}
	}
	return one(in[0].reshaped(shape))
}

func reshape(_ *evaluator, n *node, in []*array) ([]*array, error) {
	shape := slices.Clone(n.numbers("shape", in, 1))
	open, known := -1, 1
	for i, d := range shape {
		if d == 0 && n.int("allowzero", 0) == 0 && i < len(in[0].shape) {
			shape[i] = in[0].shape[i]
		}
		if d == -1 {
			open = i
		} else if shape[i] > 0 && known < maxValues {
			known *= shape[i]
		}
	}
	if open >= 0 {
		shape[open] = in[0].len() / known
	}
	return one(in[0].reshaped(shape))
}

func flatten(_ *evaluator, n *node, in []*array) ([]*array, error) {
	d := n.int("axis", 1)
	if d < 0 {
		d += len(in[0].shape)
	}
	if d < 0 || d > len(in[0].shape) {
		return nil, fmt.Errorf("axis %d of %d", d, len(in[0].shape))
	}
	a, _ := size(in[0].shape[:d])
	b, _ := size(in[0].shape[d:])
	return one(in[0].reshaped([]int{a, b}))
}

func transpose(_ *evaluator, n *node, in []*array) ([]*array, error) {
	return one(in[0].permuted(permutation(n, len(in[0].shape))))
}

// permutation is that of a Transpose; without one it turns all axes round.
func permutation(n *node, dims int) []int {
	if a := n.attrs["perm"]; a != nil {
		return a.ints
	}
	perm := make([]int, dims)
	for d := range perm {
		perm[d] = dims - 1 - d
	}
	return perm
}

func expand(_ *evaluator, n *node, in []*array) ([]*array, error) {
	shape := together(in[0].shape, n.numbers("shape", in, 1))
	steps, err := broadcast(in[0].shape, shape)
	if err != nil {
		return nil, err
	}
	return one(in[0].gather(shape, walker(shape, steps, 0)))
}

func tile(_ *evaluator, n *node, in []*array) ([]*array, error) {
	a, times := in[0], n.numbers("repeats", in, 1)
	if len(times) != len(a.shape) {
		return nil, fmt.Errorf("repeats %v a shape of %v", times, a.shape)
	}
	shape, from := make([]int, len(times)), strides(a.shape)
	for d, t := range times {
		if t < 0 || t > maxValues {
			return nil, fmt.Errorf("repeats %v", times)
		}
		shape[d] = a.shape[d] * t
	}
	to := strides(shape)
	return one(a.gather(shape, func(k int) (at int) {
		for d := range shape {
			at += k / to[d] % shape[d] % a.shape[d] * from[d]
		}
		return at
	}))
}

func constantOfShape(e *evaluator, n *node, in []*array) ([]*array, error) {
	a := &array{shape: []int{1}, f: []float32{0}}
	if v := n.attrs["value"]; v != nil && v.t != nil {
		raw, err := e.data(v.t)
		if err != nil {
			return nil, err
		}
		if a, err = v.t.decode(raw); err != nil {
			return nil, err
		}
	}
	if a.len() != 1 {
		return nil, fmt.Errorf("fills with %d values, expected one", a.len())
	}
	return one(a.gather(in[0].list(), func(int) int { return 0 }))
}

func sequence(_ *evaluator, _ *node, in []*array) ([]*array, error) {
	for _, a := range in {
		if !a.whole() || len(a.i) != 1 {
			return nil, fmt.Errorf("expected three whole numbers")
		}
	}
	start, end, step := in[0].i[0], in[1].i[0], in[2].i[0]
	out := ints([]int{0})
	out.i = []int64{}
	for v := start; step > 0 && v < end && len(out.i) < 1<<16; v += step {
		out.i = append(out.i, v)
	}
	out.shape[0] = len(out.i)
	return []*array{out}, nil
}
