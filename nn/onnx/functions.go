package onnx

import (
	"math"
	"slices"

	"github.com/chewxy/math32"

	"sescope/nn"
)

// single are the operators on single values, of which exporters build activations.
var single = []string{"Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Clip", "QuantizeLinear"}

// parent is the nearest value that the node which makes v is a function of, place by place, or "".
// With loose, changes of a vector's shape count as such functions.
func (c *converter) parent(v string, loose bool) string {
	n := c.made[v]
	if n != nil && loose && moves[n.op] {
		if changing := c.changing(n); len(changing) == 1 && c.reshapes(n, v) {
			return changing[0]
		}
		return ""
	}
	if n == nil || unary[n.op] == nil && !slices.Contains(single, n.op) {
		return ""
	}
	changing := c.changing(n)
	if len(changing) == 0 || len(changing) > 2 {
		return ""
	}
	for i, in := range n.in {
		if in != "" && !c.varies[in] && n.op != "QuantizeLinear" {
			if _, ok := c.evaluator.value[in].scalar(); !ok {
				return ""
			}
			if i == 0 && n.op == "Clip" {
				return ""
			}
		}
	}
	// Values of one shape only: a sum with a value that is repeated is no function of one of them.
	for _, in := range changing {
		if c.size(in) != c.size(v) {
			return ""
		}
	}
	if len(changing) == 1 {
		return changing[0]
	}
	left, right := c.ancestors(changing[0], loose), c.ancestors(changing[1], loose)
	for _, a := range left {
		if slices.Contains(right, a) {
			return a
		}
	}
	return ""
}

// reshapes tells whether n makes one vector, v, of another of the same values, or of a vector that
// it repeats over a map: what reads v may as well read that.
func (c *converter) reshapes(n *node, v string) bool {
	from := c.real(n.in[0])
	_, ok := c.vector(from)
	if n.op == "Expand" || n.op == "Tile" {
		return ok
	}
	_, too := c.vector(v)
	return ok && too && c.size(from) == c.size(v)
}

// ancestors are v and the values that it is a function of, nearest first.
func (c *converter) ancestors(v string, loose bool) []string {
	key := v
	if loose {
		key = "loose " + v
	}
	list, ok := c.chains[key]
	if ok {
		return list
	}
	list = []string{v}
	if p := c.parent(v, loose); p != "" {
		list = append(list, c.ancestors(p, loose)...)
	}
	if len(list) > maxChain {
		list = list[:maxChain]
	}
	c.chains[key] = list
	return list
}

// maxChain is the longest row of nodes that is taken for one activation.
const maxChain = 12

// grid are the points at which functions are compared.
var grid = func() (x []float32) {
	for v := float32(-12); v <= 12; v += 0.1875 {
		x = append(x, v+0.03)
	}
	return x
}()

// curve is a function that a spec has a word for. What it is compared with comes from the nodes of
// a file, so both may round.
type curve struct {
	name string
	of   func(x float32) float32
}

// known are the functions of a spec.
var known = []curve{
	{"identity", func(x float32) float32 { return x }},
	{"relu", func(x float32) float32 { return max(x, 0) }},
	{"relu6", func(x float32) float32 { return min(max(x, 0), 6) }},
	{"hardswish", func(x float32) float32 {
		return x * min(max(x+3, 0), 6) / 6
	}},
	{"hardsigmoid", func(x float32) float32 { return min(max(x+3, 0), 6) / 6 }},
	{"silu", func(x float32) float32 { return x / (1 + math32.Exp(-x)) }},
	{"sigmoid", func(x float32) float32 { return 1 / (1 + math32.Exp(-x)) }},
	{"tanh", math32.Tanh},
	{"gelu", func(x float32) float32 { return x / 2 * (1 + erf(x/math.Sqrt2)) }},
}

// function tells which function of a spec value v is of another one, root: the furthest for which
// there is a word. Of leakyrelu and elu l has the slope; "batchnorm" is a x + b with a in l.Slope
// and b in l.Eps. The name is empty where there is none. Only the given functions count; see
// ancestors for loose.
func (c *converter) function(v string, among []curve, loose bool) (name, root string, l nn.LayerSpec) {
	if c.parent(v, loose) == "" {
		return "", "", l
	}
	chain := c.ancestors(v, loose)[1:]
	for i := len(chain) - 1; i >= 0; i-- {
		root := chain[i]
		y, err := c.replay(v, root, &array{shape: []int{len(grid)}, f: grid}, loose)
		if err != nil || len(y.f) != len(grid) {
			continue
		}
		if name, l := match(y.f, among); name != "" {
			if i > 0 && !loose && c.shared(v, root) {
				continue
			}
			return name, root, l
		}
	}
	return "", "", l
}

// shared tells whether a node outside reads a value between v and root: then that value is a
// layer's.
func (c *converter) shared(v, root string) bool {
	inside, list := map[string]int{}, []string{v}
	for k := 0; k < len(list) && k < 64; k++ {
		n := c.made[list[k]]
		if n == nil {
			continue
		}
		for _, in := range n.in {
			if in == "" || !c.varies[in] || c.real(in) == root {
				continue
			}
			if inside[in]++; inside[in] == 1 {
				list = append(list, in)
			}
		}
	}
	for value, n := range inside {
		if c.users[value] > n {
			return true
		}
	}
	return false
}

// match finds the function that has these values on the grid: one of these, and among those of
// single layers also leakyrelu, elu and a x + b. Of gates y = l.Eps + l.Slope f(x) is taken for f.
func match(y []float32, among []curve) (name string, l nn.LayerSpec) {
	near := func(f func(x float32) float32) bool {
		for i, x := range grid {
			if want := f(x); !(math32.Abs(y[i]-want) <= 1e-4*(1+math32.Abs(want))) {
				return false
			}
		}
		return true
	}
	first, last := grid[0], grid[len(grid)-1]
	low, high := y[0], y[len(y)-1]
	gates := &among[0] == &gateFunctions[0]
	for _, f := range among {
		if l.Slope, l.Eps = 1, 0; gates {
			l.Slope, l.Eps = nice(high-low), nice(low)
		}
		if near(func(x float32) float32 { return l.Eps + l.Slope*f.of(x) }) && l.Slope != 0 {
			if !gates {
				l = nn.LayerSpec{}
			}
			return f.name, l
		}
	}
	if &among[0] != &known[0] {
		return "", nn.LayerSpec{}
	}
	a := (high - low) / (last - first)
	b := low - a*first
	if near(func(x float32) float32 { return a*x + b }) {
		return "batchnorm", nn.LayerSpec{Slope: a, Eps: b}
	}
	slope := low / first
	if near(func(x float32) float32 { return max(x, 0) + slope*min(x, 0) }) {
		return "leakyrelu", nn.LayerSpec{Slope: slope}
	}
	alpha := low / math32.Expm1(first)
	if near(func(x float32) float32 { return max(x, 0) + alpha*math32.Expm1(min(x, 0)) }) {
		return "elu", nn.LayerSpec{Slope: nice(alpha)}
	}
	return "", nn.LayerSpec{}
}

// nice is a number without what the ends of the grid leave of a sigmoid.
func nice(v float32) float32 { return math32.Round(v*1000) / 1000 }
