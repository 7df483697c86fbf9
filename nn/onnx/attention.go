package onnx

import (
	"math"
	"slices"
	"strings"

	"github.com/chewxy/math32"

	"sescope/nn"
)

// gateFunctions make the gates of an SE block, hiddenFunctions stand between its layers.
var gateFunctions = []curve{
	{"sigmoid", func(x float32) float32 { return 1 / (1 + math32.Exp(-x)) }},
	{"hardsigmoid", func(x float32) float32 { return min(max(x+3, 0), 6) / 6 }},
}

var hiddenFunctions = known[1:6] // relu, relu6, hardswish, hardsigmoid, silu

// connected is a fully connected layer with what only scales and shifts behind it.
type connected struct {
	n       *node
	from    string    // the value that it reads
	w, bias []float32 // (out, in) and out
	in, out int
}

// connectedOf reads the fully connected layer that makes a vector.
func (c *converter) connectedOf(v string) (l connected, ok bool) {
	v = c.real(v)
	n := c.made[v]
	if n == nil {
		return l, false
	}
	changing := c.changing(n)
	if len(changing) != 1 {
		return l, false
	}
	switch n.op {
	case "Gemm", "MatMul":
		w, bias, in, out, err := c.linear(n)
		if bias == nil {
			bias = make([]float32, out)
		}
		return connected{n, changing[0], w, bias, in, out}, err == nil
	case "Conv":
		k, b := c.constant(n, 1), c.constant(n, 2)
		if k == nil || k.whole() || len(k.shape) != 4 || k.shape[2] != 1 || k.shape[3] != 1 || n.int("group", 1) != 1 {
			return l, false
		}
		bias := make([]float32, k.shape[0])
		if b != nil && b.len() == len(bias) {
			bias = b.floats()
		} else if len(n.in) > 2 && n.in[2] != "" {
			return l, false
		}
		return connected{n, changing[0], k.f, bias, k.shape[1], k.shape[0]}, true
	}
	from := changing[0]
	if moves[n.op] && c.reshapes(n, v) {
		return c.connectedOf(from)
	}
	axis, flat := c.vector(from)
	if l, ok = c.connectedOf(from); !ok || !flat || l.out != c.size(from) || c.size(v) != l.out {
		return l, false
	}
	w, b, ok := c.line(v, from, held{axes: axesOf(len(c.shape[from]), axis, 'C')})
	if !ok {
		return l, false
	}
	turned := make([]float32, len(l.w))
	for k := range turned {
		turned[k] = l.w[k] * w[k/l.in]
	}
	bias := make([]float32, l.out)
	for o := range bias {
		bias[o] = l.bias[o]*w[o] + b[o]
	}
	l.w, l.bias = turned, bias
	return l, true
}

// block is an attention that was found: write stores its tensors and fills in its line of the spec.
type block struct {
	channels int // that its gates scale, 0 for places
	write    func(n *node, l *nn.LayerSpec)
}

// excitation converts attention: x times gates that are a function of logits, which one of the
// kinds below makes of x. Batch norm inside goes into the weights; a gate that is not a sigmoid
// alone but a + b times one gives b times the layer plus a x.
func (c *converter) excitation(n *node, v string) (h held, ok bool, err error) {
	changing := c.changing(n)
	if n.op != "Mul" || len(changing) != 2 {
		return h, false, nil
	}
	for i := range 2 {
		x, g := changing[i], changing[1-i]
		gate, logits, of := c.function(g, gateFunctions, true)
		if gate == "" || c.size(x) != c.size(v) {
			continue
		}
		for _, kind := range []func(x, logits string) *block{c.squeezeExcite, c.sharedExcite, c.channelConvolution, c.spatial} {
			b := kind(x, logits)
			if b == nil || b.channels == 0 && (of.Slope != 1 || of.Eps != 0) {
				continue
			}
			if h, err = c.value(x); err != nil {
				return h, true, err
			}
			l := nn.LayerSpec{}
			if gate != "sigmoid" {
				l.Gate = gate
			}
			b.write(n, &l)
			from := h
			h.layer = c.add(h, l)
			return c.scaledAndAdded(n, from, h, b.channels, of.Slope, of.Eps), true, nil
		}
	}
	return h, false, nil
}

// scaledAndAdded appends the layers of scale h + shift x.
func (c *converter) scaledAndAdded(n *node, x, h held, channels int, scale, shift float32) held {
	if scale != 1 {
		h = c.scaleAndShift(n, h, repeat(scale, channels), make([]float32, channels))
	}
	if shift != 0 {
		from := x
		if shift != 1 {
			from = c.scaleAndShift(n, x, repeat(shift, channels), make([]float32, channels))
		}
		h.layer = c.add(h, nn.LayerSpec{Op: "add", Name: c.name(n, ""), With: from.layer})
	}
	return h
}

// twoLayers are two fully connected ones with an activation between.
type twoLayers struct {
	first, second connected
	act           string
}

// twoLayersOf reads what makes a vector, and what they read.
func (c *converter) twoLayersOf(logits string) (t twoLayers, from string, ok bool) {
	if t.second, ok = c.connectedOf(logits); !ok {
		return t, "", false
	}
	var before string
	if t.act, before, _ = c.function(t.second.from, hiddenFunctions, true); t.act == "" || t.act == "hardsigmoid" {
		return t, "", false
	}
	if t.first, ok = c.connectedOf(before); !ok || t.first.in != t.second.out || t.first.out != t.second.in {
		return t, "", false
	}
	return t, t.first.from, true
}

// squeezeExcite finds SE.
func (c *converter) squeezeExcite(x, logits string) *block {
	t, from, ok := c.twoLayersOf(logits)
	if !ok {
		return nil
	}
	if root, op, _ := c.squeezed(from); op != "mean" || root != x {
		return nil
	}
	return c.twoLayerBlock(nn.SE, t)
}

// sharedExcite finds CBAM's channel part: the same two layers on the mean and on the largest
// values.
func (c *converter) sharedExcite(x, logits string) *block {
	n := c.made[c.flat(logits)]
	if n == nil || n.op != "Add" || len(c.changing(n)) != 2 {
		return nil
	}
	found := map[string]twoLayers{}
	for _, branch := range c.changing(n) {
		t, from, ok := c.twoLayersOf(branch)
		if !ok {
			return nil
		}
		root, op, _ := c.squeezed(from)
		if root != x {
			return nil
		}
		found[op] = t
	}
	mean, largest := found["mean"], found["max"]
	if mean.act == "" || mean.act != largest.act || !mean.first.equals(largest.first) || !mean.second.equals(largest.second) {
		return nil
	}
	return c.twoLayerBlock("cbam", mean)
}

func (l connected) equals(m connected) bool {
	return slices.Equal(l.w, m.w) && slices.Equal(l.bias, m.bias)
}

// twoLayerBlock writes a block of two fully connected layers.
func (c *converter) twoLayerBlock(op string, t twoLayers) *block {
	return &block{t.first.in, func(n *node, l *nn.LayerSpec) {
		l.Op, l.Out = op, t.first.out
		if t.act != "relu" {
			l.Act = t.act
		}
		l.Bias = anything(t.first.bias) || anything(t.second.bias)
		for _, fc := range []connected{t.first, t.second} {
			weight := fc.n.in[1]
			if fc.n.op == "MatMul" && c.constant(fc.n, 1) == nil {
				weight = fc.n.in[0]
			}
			name := c.name(fc.n, weight)
			l.FC = append(l.FC, name)
			c.store(name+".weight", fc.w, fc.out, fc.in)
			if l.Bias {
				c.store(name+".bias", fc.bias, fc.out)
			}
		}
		l.Name = c.name(n, prefix(l.FC[0], l.FC[1])+".weight")
	}}
}

// flat is the value behind changes of a vector's shape.
func (c *converter) flat(v string) string {
	for range maxChain {
		v = c.real(v)
		n := c.made[v]
		if n == nil || !moves[n.op] || !c.reshapes(n, v) {
			break
		}
		v = c.changing(n)[0]
	}
	return v
}

// oneKernel is the one kernel of a convolution of that shape, and its bias, if it is odd, looks
// half of it over the edge and steps by one.
func (c *converter) oneKernel(n *node, shape ...int) (w []float32, bias float32, ok bool) {
	if n == nil || n.op != "Conv" {
		return nil, 0, false
	}
	k := c.constant(n, 1)
	if k == nil || k.whole() || len(k.shape) != len(shape) || k.shape[0] != 1 || k.shape[1] != shape[1] || n.int("group", 1) != 1 {
		return nil, 0, false
	}
	in, err := windowOf(n, c.shape[c.real(n.in[0])], k.shape[2:])
	if err != nil || in.step != [2]int{1, 1} || in.dilation != [2]int{1, 1} || in.before != in.after {
		return nil, 0, false
	}
	for d, size := range in.kernel {
		if size%2 == 0 || in.before[d] != size/2 || len(shape) == 4 && size != in.kernel[0] {
			return nil, 0, false
		}
	}
	if len(n.in) > 2 && n.in[2] != "" {
		b := c.constant(n, 2)
		if b == nil || b.len() != 1 {
			return nil, 0, false
		}
		bias = b.at(0)
	}
	return k.f, bias, true
}

// channelConvolution finds ECA: one kernel that runs over the means of the channels.
func (c *converter) channelConvolution(x, logits string) *block {
	n := c.made[c.flat(logits)]
	w, bias, ok := c.oneKernel(n, 1, 1, 0)
	if !ok || bias != 0 {
		return nil
	}
	if root, op, _ := c.squeezed(c.changing(n)[0]); op != "mean" || root != x {
		return nil
	}
	return &block{c.size(logits), func(at *node, l *nn.LayerSpec) {
		l.Op, l.Kernel, l.Conv = "eca", len(w), c.name(n, n.in[1])
		l.Name = c.name(at, "")
		c.store(l.Conv+".weight", w, 1, 1, len(w))
	}}
}

// spatial finds CBAM's spatial part: one kernel over the mean and the largest value of each place.
func (c *converter) spatial(x, logits string) *block {
	n := c.made[c.real(logits)]
	w, bias, ok := c.oneKernel(n, 1, 2, 0, 0)
	if !ok {
		return nil
	}
	both := c.made[c.real(n.in[0])]
	if both == nil || both.op != "Concat" || len(c.changing(both)) != 2 {
		return nil
	}
	first, second := c.across(c.changing(both)[0], x), c.across(c.changing(both)[1], x)
	if first == "" || second == "" || first == second {
		return nil
	}
	side := int(math.Sqrt(float64(len(w) / 2)))
	return &block{0, func(at *node, l *nn.LayerSpec) {
		l.Op, l.Kernel, l.Conv, l.MaxFirst, l.Bias = "spatial", side, c.name(n, n.in[1]), first == "max", bias != 0
		l.Name = c.name(at, "")
		c.store(l.Conv+".weight", w, 1, 2, side, side)
		if l.Bias {
			c.store(l.Conv+".bias", []float32{bias}, 1)
		}
	}}
}

// across tells whether v holds the mean ("mean") or the largest ("max") of each place's channels of
// a map (N, C, H, W).
func (c *converter) across(v, x string) string {
	if len(c.shape[x]) != 4 || c.size(v)*c.shape[x][1] != c.size(x) {
		return ""
	}
	return c.reduction(v, x, []bool{false, true, false, false})
}

func repeat(v float32, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func anything(list []float32) bool {
	for _, v := range list {
		if v != 0 {
			return true
		}
	}
	return false
}

// prefix is what the dotted names a and b begin with alike, or a.
func prefix(a, b string) string {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	if n == 0 {
		return a + ".se"
	}
	return strings.Join(x[:n], ".")
}
