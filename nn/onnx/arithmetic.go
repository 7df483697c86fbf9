package onnx

import (
	"fmt"
	"math"

	"github.com/chewxy/math32"
)

// function is a function of one value, made for a node's attributes and further inputs.
var unary = map[string]func(n *node) (func(x float32) float32, error){}

func init() {
	plain := func(f func(x float32) float32) func(*node) (func(float32) float32, error) {
		return func(*node) (func(float32) float32, error) { return f, nil }
	}
	sigmoid := func(x float32) float32 { return 1 / (1 + math32.Exp(-x)) }
	softplus := func(x float32) float32 { return max(x, 0) + math32.Log1p(math32.Exp(-math32.Abs(x))) }
	for op, f := range map[string]func(float32) float32{
		"Relu": func(x float32) float32 { return max(x, 0) }, "Sigmoid": sigmoid, "Tanh": math32.Tanh, "Exp": math32.Exp, "Log": math32.Log,
		"Sqrt": math32.Sqrt, "Neg": func(x float32) float32 { return -x }, "Abs": math32.Abs, "Reciprocal": func(x float32) float32 { return 1 / x },
		"Erf": erf, "Floor": math32.Floor, "Ceil": math32.Ceil, "Round": func(x float32) float32 { return float32(math.RoundToEven(float64(x))) },
		"Softplus": softplus, "Softsign": func(x float32) float32 { return x / (1 + math32.Abs(x)) },
		"HardSwish": func(x float32) float32 { return x * min(max(x/6+0.5, 0), 1) }, "Mish": func(x float32) float32 { return x * math32.Tanh(softplus(x)) },
		"Not": func(x float32) float32 { return 1 - x }, "Identity": nil, "Dropout": nil,
		"Sign": func(x float32) float32 { return max(-1, min(1, x*math.MaxFloat32)) },
	} {
		if f == nil {
			f = func(x float32) float32 { return x }
		}
		unary[op] = plain(f)
	}
	unary["HardSigmoid"] = func(n *node) (func(float32) float32, error) {
		a, b := n.float("alpha", 0.2), n.float("beta", 0.5)
		return func(x float32) float32 { return min(max(a*x+b, 0), 1) }, nil
	}
	unary["LeakyRelu"] = func(n *node) (func(float32) float32, error) {
		a := n.float("alpha", 0.01)
		return func(x float32) float32 { return max(x, 0) + a*min(x, 0) }, nil
	}
	unary["ThresholdedRelu"] = func(n *node) (func(float32) float32, error) {
		a := n.float("alpha", 1)
		return func(x float32) float32 {
			if x > a {
				return x
			}
			return 0
		}, nil
	}
	unary["Elu"] = func(n *node) (func(float32) float32, error) {
		a := n.float("alpha", 1)
		return func(x float32) float32 { return max(x, 0) + a*math32.Expm1(min(x, 0)) }, nil
	}
	unary["Celu"] = func(n *node) (func(float32) float32, error) {
		a := n.float("alpha", 1)
		return func(x float32) float32 { return max(x, 0) + a*math32.Expm1(min(x, 0)/a) }, nil
	}
	unary["Selu"] = func(n *node) (func(float32) float32, error) {
		a, g := n.float("alpha", 1.67326319217681884765625), n.float("gamma", 1.05070102214813232421875)
		return func(x float32) float32 { return g * (max(x, 0) + a*math32.Expm1(min(x, 0))) }, nil
	}
	unary["Gelu"] = func(n *node) (func(float32) float32, error) {
		if n.text("approximate", "none") == "tanh" {
			return func(x float32) float32 {
				return 0.5 * x * (1 + math32.Tanh(0.7978845608*(x+0.044715*x*x*x)))
			}, nil
		}
		return func(x float32) float32 { return 0.5 * x * (1 + erf(x*math.Sqrt2/2)) }, nil
	}
}

// elementwise applies a function of one value; whole numbers stay whole under what keeps them so.
func elementwise(n *node, a *array, f func(n *node) (func(float32) float32, error)) ([]*array, error) {
	if a.whole() {
		switch n.op {
		case "Identity", "Dropout":
			return []*array{a}, nil
		case "Neg", "Abs", "Floor", "Ceil", "Not", "Sign":
		default:
			return nil, fmt.Errorf("reads whole numbers, expected floats")
		}
	}
	g, err := f(n)
	if err != nil {
		return nil, err
	}
	out := &array{shape: a.shape}
	for k := range a.len() {
		v := g(a.at(k))
		if a.whole() {
			out.i = append(out.i, int64(v))
		} else {
			out.f = append(out.f, v)
		}
	}
	if a.whole() && out.i == nil {
		out.i = []int64{}
	}
	return []*array{out}, nil
}

var arithmetic map[string]operator

func init() {
	truth := func(b bool) float32 {
		if b {
			return 1
		}
		return 0
	}
	arithmetic = map[string]operator{"Sum": nil, "Max": nil, "Min": nil, "Clip": clip, "Where": where, "PRelu": prelu}
	for op, f := range map[string]func(a, b float32) float32{
		"Add": func(a, b float32) float32 { return a + b }, "Sub": func(a, b float32) float32 { return a - b },
		"Mul": func(a, b float32) float32 { return a * b }, "Div": func(a, b float32) float32 { return a / b },
		"Pow": math32.Pow, "Mod": math32.Mod,
	} {
		arithmetic[op] = func(_ *evaluator, n *node, in []*array) ([]*array, error) {
			return one(binary2(in[0], in[1], f, whole[n.op]))
		}
	}
	for op, f := range map[string]func(a, b float32) float32{
		"Equal": func(a, b float32) float32 { return truth(a == b) }, "Greater": func(a, b float32) float32 { return truth(a > b) },
		"Less": func(a, b float32) float32 { return truth(a < b) }, "And": func(a, b float32) float32 { return a * b }, "Or": func(a, b float32) float32 { return max(a, b) },
		"GreaterOrEqual": func(a, b float32) float32 { return truth(a >= b) }, "LessOrEqual": func(a, b float32) float32 { return truth(a <= b) },
	} {
		arithmetic[op] = func(_ *evaluator, n *node, in []*array) ([]*array, error) {
			out, err := binary2(in[0], in[1], f, nil)
			if err != nil {
				return nil, err
			}
			return []*array{out.toInts()}, nil
		}
	}
	for op, f := range map[string]func(a, b float32) float32{
		"Sum": func(a, b float32) float32 { return a + b }, "Max": func(a, b float32) float32 { return max(a, b) }, "Min": func(a, b float32) float32 { return min(a, b) },
	} {
		arithmetic[op] = func(_ *evaluator, n *node, in []*array) (out []*array, err error) {
			sum := in[0]
			for _, b := range in[1:] {
				if b == nil {
					continue
				}
				if sum, err = binary2(sum, b, f, whole[n.op]); err != nil {
					return nil, err
				}
			}
			return []*array{sum}, nil
		}
	}
}

func (a *array) toInts() *array {
	out := &array{shape: a.shape, i: make([]int64, a.len())}
	for k := range out.i {
		out.i[k] = int64(a.at(k))
	}
	return out
}

// whole are the operators on whole numbers: sizes that a file computes.
var whole = map[string]func(a, b int64) int64{
	"Add": func(a, b int64) int64 { return a + b }, "Sub": func(a, b int64) int64 { return a - b }, "Mul": func(a, b int64) int64 { return a * b },
	"Sum": func(a, b int64) int64 { return a + b }, "Max": func(a, b int64) int64 { return max(a, b) }, "Min": func(a, b int64) int64 { return min(a, b) },
	"Div": func(a, b int64) int64 {
		if b == 0 {
			return 0
		}
		return a / b
	},
	"Mod": func(a, b int64) int64 {
		if b == 0 {
			return 0
		}
		return (a%b + b) % b
	},
}

func binary2(a, b *array, f func(a, b float32) float32, g func(a, b int64) int64) (*array, error) {
	shape := together(a.shape, b.shape)
	n, err := size(shape)
	if err != nil {
		return nil, err
	}
	sa, err := broadcast(a.shape, shape)
	if err != nil {
		return nil, err
	}
	sb, err := broadcast(b.shape, shape)
	if err != nil {
		return nil, err
	}
	wa, wb := walker(shape, sa, 0), walker(shape, sb, 0)
	out := &array{shape: shape}
	if a.whole() && b.whole() && g != nil {
		out.i = make([]int64, n)
		for k := range out.i {
			out.i[k] = g(a.i[wa(k)], b.i[wb(k)])
		}
		return out, nil
	}
	out.f = make([]float32, n)
	for k := range out.f {
		out.f[k] = f(a.at(wa(k)), b.at(wb(k)))
	}
	return out, nil
}

// bounds of a Clip: attributes up to opset 6, inputs from 11 on.
func bounds(n *node, in []*array) (low, high float32) {
	low, high = math32.Inf(-1), math32.Inf(1)
	for i, to := range []*float32{&low, &high} {
		if a := n.attrs[[]string{"min", "max"}[i]]; a != nil {
			*to = a.f
		} else if len(in) > i+1 {
			if v, ok := in[i+1].scalar(); ok {
				*to = v
			}
		}
	}
	return low, high
}

func clip(_ *evaluator, n *node, in []*array) ([]*array, error) {
	low, high := bounds(n, in)
	out, err := newFloats(in[0].shape)
	if err != nil {
		return nil, err
	}
	for k := range out.f {
		out.f[k] = min(max(in[0].at(k), low), high)
	}
	if in[0].whole() {
		out = out.toInts()
	}
	return []*array{out}, nil
}

func where(_ *evaluator, _ *node, in []*array) ([]*array, error) {
	shape := together(together(in[0].shape, in[1].shape), in[2].shape)
	var walk [3]func(int) int
	for i := range walk {
		s, err := broadcast(in[i].shape, shape)
		if err != nil {
			return nil, err
		}
		walk[i] = walker(shape, s, 0)
	}
	out, err := newFloats(shape)
	if err != nil {
		return nil, err
	}
	for k := range out.f {
		c, a, b := walk[0](k), walk[1](k), walk[2](k)
		if out.f[k] = in[2].at(b); in[0].at(c) != 0 {
			out.f[k] = in[1].at(a)
		}
	}
	if in[1].whole() && in[2].whole() {
		out = out.toInts()
	}
	return []*array{out}, nil
}

func prelu(_ *evaluator, _ *node, in []*array) ([]*array, error) {
	return one(binary2(in[0], in[1], func(x, a float32) float32 { return max(x, 0) + a*min(x, 0) }, nil))
}
