package onnx

import (
	"math/rand/v2"
	"slices"

	"github.com/chewxy/math32"

	"sescope/nn"
)

// moves are the operators that only move values, or leave some out.
var moves = map[string]bool{"Reshape": true, "Transpose": true, "Squeeze": true, "Unsqueeze": true, "Flatten": true, "Slice": true, "Split": true,
	"Gather": true, "Expand": true, "Tile": true, "Identity": true}

// place is where a value of a map stands.
type place struct{ c, h, w int }

// places lists where each value of a held map stands, in the order of the file's array.
func (c *converter) places(shape []int, h held) []place {
	n, _ := size(shape)
	steps, out := strides(shape), make([]place, n)
	for k := range out {
		for d, letter := range h.axes {
			i := k / steps[d] % shape[d]
			switch letter {
			case 'C', 'F', 'G':
				out[k].c = i
			case 'H':
				out[k].h = i
			case 'W':
				out[k].w = i
			}
		}
	}
	return out
}

// move converts a row of nodes that only move values, by what they do to the places of a map:
// nothing but a new order of axes, a flattening, a choice of channels, or a shuffle of them.
func (c *converter) move(n *node, v string) (h held, ok bool, err error) {
	if !moves[n.op] {
		return h, false, nil
	}
	var candidates []string
	for at := n; at != nil && moves[at.op] && len(candidates) < maxChain; at = c.made[candidates[len(candidates)-1]] {
		if changing := c.changing(at); len(changing) != 1 || changing[0] != c.real(at.in[0]) {
			return h, false, nil
		}
		root := c.real(at.in[0])
		candidates = append(candidates, root)
		if (at.op == "Slice" || at.op == "Split" || at.op == "Gather") && len(c.shape[root]) == 4 {
			break // some of a shuffled map: two layers
		}
	}
	root := candidates[len(candidates)-1]
	if h, err = c.value(root); err != nil {
		return h, true, err
	}
	if c.size(root) > 1<<24 {
		return h, true, fail(n, "moves a map of more than %d values", 1<<24)
	}
	index, err := newFloats(c.shape[root]) // whole numbers that float32 has
	if err != nil {
		return h, true, err
	}
	for k := range index.f {
		index.f[k] = float32(k)
	}
	moved, err := c.replay(v, root, index, false)
	if err != nil {
		return h, true, fail(n, "%v", err)
	}
	if moved.len() == 0 {
		return h, true, fail(n, "leaves nothing of a map")
	}
	from := c.places(c.shape[root], h)
	to := make([]place, moved.len())
	for k := range to {
		to[k] = from[int(moved.at(k))]
	}
	whole := place{1, 1, 1}
	for _, p := range from {
		whole = place{max(whole.c, p.c+1), max(whole.h, p.h+1), max(whole.w, p.w+1)}
	}
	h, ok = c.moved(n, h, moved.shape, to, whole)
	if !ok {
		return h, true, fail(n, "makes the shape %v of %v, expected a flattening, another order of the axes, some channels or a shuffle of them", moved.shape, c.shape[root])
	}
	return h, true, nil
}

// moved finds what was done to a map, given the place that each value of the new array came from.
func (c *converter) moved(n *node, h held, shape []int, to []place, whole place) (held, bool) {
	letter := byte('C')
	if i := slices.IndexFunc([]byte(h.axes), func(b byte) bool { return b == 'F' || b == 'G' }); i >= 0 {
		letter = h.axes[i]
	}
	steps, axes := strides(shape), []byte(axesOf(len(shape), -1, 0))
	for d, m := range shape {
		if m < 2 {
			continue
		}
		a, b := to[0], to[steps[d]]
		switch {
		case a.c != b.c && a.h == b.h && a.w == b.w:
			axes[d] = letter
		case a.c == b.c && a.h != b.h && a.w == b.w:
			axes[d] = 'H'
		case a.c == b.c && a.h == b.h && a.w != b.w:
			axes[d] = 'W'
		}
		if m == whole.c*whole.h*whole.w && whole.h*whole.w > 1 && len(to) == m {
			return c.flattened(n, h, to, whole, d, len(shape))
		}
	}
	out := held{h.layer, string(axes), h.turned}
	// Every value must stand where its axes say, up to a choice of channels.
	channels := []int{}
	now := c.places(shape, out)
	for k, p := range now {
		if p.h != to[k].h || p.w != to[k].w || p.c > len(channels) {
			return out, false
		}
		if p.c == len(channels) {
			channels = append(channels, to[k].c)
		} else if channels[p.c] != to[k].c {
			return out, false
		}
	}
	h1, w1 := 1, 1
	for _, p := range now {
		h1, w1 = max(h1, p.h+1), max(w1, p.w+1)
	}
	if h1 != whole.h || w1 != whole.w || len(now) != len(channels)*h1*w1 {
		return out, false
	}
	if len(channels) == 1 && out.axes == axesOf(len(shape), -1, 0) && len(shape) > 1 {
		out.axes = axesOf(len(shape), 1, letter)
	}
	layer, ok := c.channelsLayer(n, out, channels, whole.c)
	out.layer = layer
	return out, ok
}

// channelsLayer appends what picks or shuffles channels, or nothing where all stand in their order.
func (c *converter) channelsLayer(n *node, h held, channels []int, all int) (string, bool) {
	ascending := func(from int) bool {
		return !slices.ContainsFunc(channels, func(v int) bool { from++; return v != from-1 })
	}
	switch {
	case len(channels) == all && ascending(0):
		return h.layer, true
	case ascending(channels[0]):
		return c.add(h, nn.LayerSpec{Op: "slice", Name: c.name(n, ""), Start: channels[0], Out: len(channels)}), true
	case len(channels) != all || channels[0] != 0 || channels[1] < 1 || all%channels[1] != 0:
		return "", false
	}
	each, groups := channels[1], all/channels[1]
	for k, v := range channels {
		if v != k%groups*each+k/groups {
			return "", false
		}
	}
	return c.add(h, nn.LayerSpec{Op: "shuffle", Name: c.name(n, ""), Groups: groups}), true
}

// flattened appends a flatten for a map that was made one axis, in either order of its values.
func (c *converter) flattened(n *node, h held, to []place, whole place, d, dims int) (held, bool) {
	first, last := true, true
	for k, p := range to {
		first = first && k == (p.c*whole.h+p.h)*whole.w+p.w
		last = last && k == (p.h*whole.w+p.w)*whole.c+p.c
	}
	out := held{axes: axesOf(dims, d, 'F')}
	switch {
	case first:
	case last:
		out.axes, out.turned = axesOf(dims, d, 'G'), whole
	default:
		return h, false
	}
	out.layer = c.add(h, nn.LayerSpec{Op: "flatten", Name: c.name(n, "")})
	return out, true
}

// squeezes are the operators of which a mean or a maximum over a map is made.
var squeezes = map[string]bool{"ReduceMean": true, "ReduceSum": true, "GlobalAveragePool": true, "AveragePool": true, "Mul": true, "Div": true,
	"ReduceMax": true, "GlobalMaxPool": true, "MaxPool": true}

// mean converts a mean or a maximum of every channel, however it is written: it is tried on
// numbers.
func (c *converter) mean(n *node, v string) (h held, ok bool, err error) {
	root, op, over := c.squeezed(v)
	if op == "" {
		return h, false, nil
	}
	if h, err = c.value(root); err != nil {
		return h, true, err
	}
	for d, gone := range over {
		if letter := h.axes[d]; gone && letter == 'C' || !gone && (letter == 'H' || letter == 'W') {
			return h, true, fail(n, "goes over the axes %v of a map, expected height and width", over)
		}
	}
	axis, _ := c.vector(v)
	h.axes = axesOf(len(c.shape[v]), axis, 'C')
	h.layer = c.add(held{layer: h.layer}, nn.LayerSpec{Op: op, Name: c.name(n, "")})
	return h, true, nil
}

// squeezed tells whether v holds the means ("mean") or the largest values ("max") of the channels
// of a map, root, over these of its axes.
func (c *converter) squeezed(v string) (root, op string, over []bool) {
	v = c.real(v)
	if _, ok := c.vector(v); !ok {
		return "", "", nil
	}
	root = v
	for range maxChain {
		at := c.made[root]
		if at == nil || !squeezes[at.op] && !moves[at.op] {
			break
		}
		changing := c.changing(at)
		if len(changing) != 1 {
			break
		}
		root = changing[0]
		if _, flat := c.vector(root); !flat && len(c.shape[root]) == 4 {
			if op, over := c.isSqueeze(v, root); op != "" {
				return c.unpadded(root), op, over
			}
		}
	}
	return "", "", nil
}

// unpadded is v, or what a Pad made it of by adding nothing, as torch writes one in front of a
// pool.
func (c *converter) unpadded(v string) string {
	n := c.made[v]
	if n == nil || n.op != "Pad" {
		return v
	}
	before, after, _ := c.zeros(n)
	if len(before) != 4 || slices.Max(before) > 0 || slices.Max(after) > 0 {
		return v
	}
	return c.real(n.in[0])
}

// isSqueeze tells whether v is a mean or a maximum of root over height and width.
func (c *converter) isSqueeze(v, root string) (string, []bool) {
	for _, over := range [][]bool{{false, false, true, true}, {false, true, true, false}} {
		if op := c.reduction(v, root, over); op != "" {
			return op, over
		}
	}
	return "", nil
}

// reduction compares v, made of random numbers in the place of root, with root's means and maxima
// over the given axes.
func (c *converter) reduction(v, root string, over []bool) string {
	x, err := newFloats(c.shape[root])
	if err != nil {
		return ""
	}
	random := rand.New(rand.NewPCG(3, 4))
	for k := range x.f {
		x.f[k] = random.Float32()*2 - 0.7
	}
	y, err := c.replay(v, root, x, false)
	if err != nil || y.whole() {
		return ""
	}
	for op, reduce := range map[string]string{"mean": "ReduceMean", "max": "ReduceMax"} {
		want, err := x.reduce(over, false, reduce)
		if err != nil || want.len() != y.len() {
			continue
		}
		same := true
		for k, w := range want.f {
			same = same && math32.Abs(w-y.f[k]) <= 1e-4
		}
		if same {
			return op
		}
	}
	return ""
}
