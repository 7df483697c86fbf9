package onnx

import (
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

// excitation converts SE: x times gates that two fully connected layers make of the mean of x. Batch
// norm inside goes into their weights; a gate that is not a sigmoid alone but a + b times one gives
// b SE(x) + a x.
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
		second, ok := c.connectedOf(logits)
		if !ok {
			continue
		}
		act, before, _ := c.function(second.from, hiddenFunctions, true)
		if act == "" || act == "hardsigmoid" {
			continue
		}
		first, ok := c.connectedOf(before)
		if !ok {
			continue
		}
		if root, op, _ := c.squeezed(first.from); op != "mean" || root != x || first.in != second.out || first.out != second.in {
			continue
		}
		if h, err = c.value(x); err != nil {
			return h, true, err
		}
		return c.squeezeExcite(n, h, first, second, nn.LayerSpec{Op: nn.SE, Act: act, Gate: gate}, of.Slope, of.Eps), true, nil
	}
	return h, false, nil
}

// squeezeExcite appends the layers of scale SE(x) + shift x.
func (c *converter) squeezeExcite(n *node, x held, first, second connected, l nn.LayerSpec, scale, shift float32) held {
	if l.Act == "relu" {
		l.Act = ""
	}
	if l.Gate == "sigmoid" {
		l.Gate = ""
	}
	l.Out, l.Bias = first.out, anything(first.bias) || anything(second.bias)
	for _, fc := range []connected{first, second} {
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
	h := x
	h.layer = c.add(x, l)
	channels := first.in
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
