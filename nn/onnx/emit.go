package onnx

import (
	"slices"

	"sescope/nn"
)

// affine converts a batch norm, or an addition or multiplication of a number for each channel: both
// are tried on numbers.
func (c *converter) affine(n *node, v string) (h held, ok bool, err error) {
	if !slices.Contains([]string{"BatchNormalization", "Add", "Sub", "Mul", "Div"}, n.op) {
		return h, false, nil
	}
	changing := c.changing(n)
	if len(changing) != 1 || n.op != "BatchNormalization" && c.size(changing[0]) != c.size(v) {
		return h, false, nil
	}
	if h, err = c.value(changing[0]); err != nil {
		return h, true, err
	}
	w, b, ok := c.line(v, changing[0], h)
	if !ok {
		return h, true, fail(n, "changes the places of a map by different numbers, expected one for each channel")
	}
	if h.turned.c > 0 && len(w) == h.turned.c*h.turned.h*h.turned.w {
		w, b = h.turned.channelsFirst(w), h.turned.channelsFirst(b)
	}
	return c.scaleAndShift(n, h, w, b), true, nil
}

// line finds w and b, a number for each channel, where v = w x + b of value root, which is held so.
func (c *converter) line(v, root string, h held) (w, b []float32, ok bool) {
	var y [3]*array
	for i := range y {
		x, err := newFloats(c.shape[root])
		if err != nil {
			return nil, nil, false
		}
		for k := range x.f {
			x.f[k] = float32(i)
		}
		if y[i], err = c.replay(v, root, x, false); err != nil || y[i].len() != x.len() {
			return nil, nil, false
		}
	}
	n := c.channels(root, h)
	w, b = make([]float32, n), make([]float32, n)
	seen := make([]bool, n)
	for k, p := range c.places(c.shape[root], h) {
		at, slope := y[0].f[k], y[1].f[k]-y[0].f[k]
		if !seen[p.c] {
			w[p.c], b[p.c], seen[p.c] = slope, at, true
		}
		size := max(at, -at, slope, -slope, 1e-30)
		if d := y[2].f[k] - y[1].f[k] - slope; w[p.c] != slope || b[p.c] != at || max(d, -d) > 1e-4*size {
			return nil, nil, false
		}
	}
	return w, b, true
}

// channelsFirst puts values in the order (H, W, C) into (C, H, W).
func (p place) channelsFirst(v []float32) []float32 {
	out := make([]float32, len(v))
	for ch := range p.c {
		for i := range p.h * p.w {
			out[ch*p.h*p.w+i] = v[i*p.c+ch]
		}
	}
	return out
}

// linear are the weights, (out, in), and the bias (nil without one) of a Gemm or MatMul.
func (c *converter) linear(n *node) (w, bias []float32, in, out int, err error) {
	b := c.constant(n, 1)
	if b == nil || len(b.shape) != 2 || b.whole() || b.len() == 0 || n.int("transA", 0) != 0 {
		return nil, nil, 0, 0, fail(n, "multiplies with what is no constant matrix")
	}
	in, out, w = b.shape[0], b.shape[1], b.f
	if n.op == "Gemm" && n.int("transB", 0) != 0 {
		in, out = out, in
	} else if b, err = b.permuted([]int{1, 0}); err != nil {
		return nil, nil, 0, 0, err
	} else {
		w = b.f
	}
	alpha, beta := n.float("alpha", 1), n.float("beta", 1)
	if alpha != 1 {
		w = slices.Clone(w)
		for k := range w {
			w[k] *= alpha
		}
	}
	if len(n.in) > 2 && n.in[2] != "" && n.op == "Gemm" {
		t := c.constant(n, 2)
		if t == nil || t.len() != out && t.len() != 1 {
			return nil, nil, 0, 0, fail(n, "has a bias that is no constant of %d values", out)
		}
		bias = make([]float32, out)
		for o := range bias {
			bias[o] = beta * t.at(o%t.len())
		}
	}
	return w, bias, in, out, nil
}

// dense converts a Linear: a Gemm or a MatMul of a vector, or of every place of a map whose
// channels stand last.
func (c *converter) dense(n *node) (held, error) {
	w, bias, in, out, err := c.linear(n)
	if err != nil {
		return held{}, err
	}
	v := c.real(n.in[0])
	h, err := c.value(v)
	if err != nil {
		return h, err
	}
	l := nn.LayerSpec{Op: "linear", Name: c.name(n, n.in[1]), In: in, Out: out, Bias: bias != nil}
	shape := []int{out, in}
	switch last := len(h.axes) - 1; {
	case h.axes == axesOf(len(h.axes), last, 'G') && in == h.turned.c*h.turned.h*h.turned.w:
		turned := make([]float32, 0, len(w))
		for o := range out {
			turned = append(turned, h.turned.channelsFirst(w[o*in:][:in])...)
		}
		w = turned
	case h.axes == axesOf(len(h.axes), last, 'C') || h.axes == axesOf(len(h.axes), last, 'F') || in == 1 && h.axes == axesOf(len(h.axes), -1, 0):
	case fits(h.axes, "xHWC"):
		l.Op, l.Kernel, l.Stride, shape = "conv", 1, 1, []int{out, in, 1, 1}
	default:
		return h, fail(n, "multiplies a map whose axes are %s, expected a vector", h.axes)
	}
	c.store(l.Name+".weight", w, shape...)
	if bias != nil {
		c.store(l.Name+".bias", bias, out)
	}
	axes := h.axes
	if l.Op == "linear" {
		axes = axesOf(len(h.axes), len(h.axes)-1, 'C')
	}
	return held{layer: c.add(h, l), axes: axes}, nil
}

// conv converts a convolution. A kernel that is no square, or dilated, is written out with zeros.
func (c *converter) conv(n *node) (held, error) {
	k := c.constant(n, 1)
	if k == nil || len(k.shape) != 4 || k.whole() || k.len() == 0 {
		return held{}, fail(n, "has weights that are no constant of four axes")
	}
	in := c.real(n.in[0])
	w, err := windowOf(n, c.shape[in], k.shape[2:])
	if err != nil {
		return held{}, fail(n, "%v", err)
	}
	if p := c.made[in]; p != nil && p.op == "Pad" {
		if before, after, ok := c.zeros(p); ok { // into the convolution's own
			for d := range 2 {
				w.before[d] += before[2+d]
				w.after[d] += after[2+d]
			}
			in = c.real(p.in[0])
		}
	}
	h, err := c.value(in)
	if err != nil {
		return h, err
	}
	if !fits(h.axes, "xCHW") {
		return h, fail(n, "reads a map whose axes are %s, expected xCHW", h.axes)
	}
	if w.step[0] != w.step[1] {
		return h, fail(n, "has the strides %v, expected the same both ways", w.step)
	}
	groups := n.int("group", 1)
	l := nn.LayerSpec{Op: "conv", Name: c.name(n, n.in[1]), In: k.shape[1] * groups, Out: k.shape[0], Stride: w.step[0]}
	if groups != 1 {
		l.Groups = groups
	}
	values := w.square(k, &l)
	w.pad(&l)
	c.store(l.Name+".weight", values, k.shape[0], k.shape[1], l.Kernel, l.Kernel)
	if len(n.in) > 2 && n.in[2] != "" {
		bias := c.constant(n, 2)
		if bias == nil || bias.len() != l.Out && bias.len() != 1 {
			return h, fail(n, "has a bias that is no constant of %d values", l.Out)
		}
		b := make([]float32, l.Out)
		for o := range b {
			b[o] = bias.at(o % bias.len())
		}
		l.Bias = true
		c.store(l.Name+".bias", b, l.Out)
	}
	return held{layer: c.add(h, l), axes: "xCHW"}, nil
}

// square writes a kernel out as a square one without dilation, with zeros, and adds to the pads
// what it looks at beyond.
func (w *window) square(k *array, l *nn.LayerSpec) []float32 {
	var reach [2]int
	for d := range 2 {
		reach[d] = (w.kernel[d]-1)*w.dilation[d] + 1
	}
	l.Kernel = max(reach[0], reach[1])
	if w.kernel[0] == w.kernel[1] && w.dilation == [2]int{1, 1} {
		return k.f
	}
	var first [2]int // where the kernel begins in the square
	for d := range 2 {
		more := l.Kernel - reach[d]
		first[d] = more / 2
		w.before[d] += first[d]
		w.after[d] += more - first[d]
	}
	area, old := l.Kernel*l.Kernel, w.kernel[0]*w.kernel[1]
	out := make([]float32, k.shape[0]*k.shape[1]*area)
	for i := range k.shape[0] * k.shape[1] {
		for y := range w.kernel[0] {
			for x := range w.kernel[1] {
				out[i*area+(first[0]+y*w.dilation[0])*l.Kernel+first[1]+x*w.dilation[1]] = k.f[i*old+y*w.kernel[1]+x]
			}
		}
	}
	return out
}

// pad writes the pads into a layer.
func (w window) pad(l *nn.LayerSpec) {
	if w.before == w.after && w.before[0] == w.before[1] {
		l.Pad = w.before[0]
		return
	}
	l.Pads = []int{w.before[0], w.before[1], w.after[0], w.after[1]}
}

// zeros reads a Pad of zeros around height and width.
func (c *converter) zeros(n *node) (before, after []int, ok bool) {
	in := c.inputs(n)
	if in[0] == nil {
		in[0] = &array{}
	}
	in[0] = &array{shape: c.shape[n.in[0]]}
	before, after, value, err := padding(n, in)
	if err != nil || value != 0 || len(before) != 4 || slices.Min(before) < 0 || slices.Min(after) < 0 {
		return nil, nil, false
	}
	return before, after, before[0]+before[1]+after[0]+after[1] == 0
}

func (c *converter) pad(n *node) (held, error) {
	h, err := c.value(n.in[0])
	if err != nil {
		return h, err
	}
	before, after, ok := c.zeros(n)
	if !ok || !fits(h.axes, "xCHW") {
		return h, fail(n, "pads something else than height and width of (N, C, H, W), or not with zeros")
	}
	if before[2]+before[3]+after[2]+after[3] == 0 {
		return h, nil
	}
	h.layer = c.add(h, nn.LayerSpec{Op: "pad", Name: c.name(n, ""), Pads: []int{before[2], before[3], after[2], after[3]}})
	return h, nil
}

func (c *converter) pool(n *node) (held, error) {
	in := c.real(n.in[0])
	w, err := windowOf(n, c.shape[in], kernelOf(n))
	if err != nil {
		return held{}, fail(n, "%v", err)
	}
	counts := n.int("count_include_pad", 0) != 0
	padded := w.before != [2]int{} || w.after != [2]int{}
	if p := c.made[in]; p != nil && p.op == "Pad" && n.op == "AveragePool" && !padded {
		if before, after, ok := c.zeros(p); ok && max(before[2], before[3], after[2], after[3]) < w.kernel[0] { // the average counts them
			w.in[0], w.in[1] = w.in[0]-before[2]-after[2], w.in[1]-before[3]-after[3]
			w.before, w.after = [2]int{before[2], before[3]}, [2]int{after[2], after[3]}
			in, counts, padded = c.real(p.in[0]), true, w.before != [2]int{} || w.after != [2]int{}
		}
	}
	h, err := c.value(in)
	if err != nil {
		return h, err
	}
	if !fits(h.axes, "xCHW") {
		return h, fail(n, "reads a map whose axes are %s, expected xCHW", h.axes)
	}
	if w.kernel[0] != w.kernel[1] || w.step[0] != w.step[1] || w.dilation != [2]int{1, 1} {
		return h, fail(n, "has a window of %v, strides %v and dilations %v, expected the same both ways and no dilation", w.kernel, w.step, w.dilation)
	}
	l := nn.LayerSpec{Op: "maxpool", Kernel: w.kernel[0], Stride: w.step[0], Name: c.name(n, "")}
	grown := false
	for d := range 2 { // rounding its size up is more padding behind
		if beyond := (w.out[d]-1)*w.step[d] + w.kernel[d] - w.in[d] - w.before[d]; beyond > w.after[d] {
			w.after[d], grown = beyond, true
		}
	}
	if n.op == "AveragePool" {
		l.Op = "avgpool"
		if counts && padded && grown {
			return h, fail(n, "has ceil_mode and counts its padding, expected one of both")
		}
		l.Inside = grown || padded && !counts
	}
	w.pad(&l)
	h.layer = c.add(h, l)
	return h, nil
}

func (c *converter) prelu(n *node) (held, error) {
	h, err := c.value(n.in[0])
	if err != nil {
		return h, err
	}
	slopes := c.constant(n, 1)
	if slopes == nil || slopes.len() != 1 && slopes.len() != c.channels(n.in[0], h) || h.turned.c > 0 {
		return h, fail(n, "has slopes that are no constant, one or one for each channel")
	}
	l := nn.LayerSpec{Op: "prelu", Name: c.name(n, n.in[1])}
	c.store(l.Name+".weight", slopes.f, slopes.len())
	h.layer = c.add(h, l)
	return h, nil
}
