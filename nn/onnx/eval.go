package onnx

import (
	"fmt"
	"strconv"
	"strings"
)

// The evaluator runs a graph as its file says, node by node, in plain loops: on one input it tells
// every shape, finds what is constant, and gives the outputs that the converted network is held to.
type evaluator struct {
	g      *graph
	data   func(t *tensor) ([]byte, error) // the bytes of a tensor
	value  map[string]*array               // constants, and small values that depend on the picture
	varies map[string]bool                 // depends on the picture
	shape  map[string][]int
	work   int // multiply-adds that are left
	room   int // values that may still be made; those that nothing reads any more give theirs back
}

// maxKept is the size of the largest value that is kept when nothing reads it any more.
const maxKept = 1 << 12

// run evaluates everything on a picture. Sizes of shapes are constant, since the picture's is
// fixed.
func (e *evaluator) run(input string, picture *array) error {
	e.work, e.room = maxWork, maxRoom
	e.value, e.varies, e.shape = map[string]*array{}, map[string]bool{}, map[string][]int{}
	for name, t := range e.g.tensors {
		raw, err := e.data(t)
		if err != nil {
			return fmt.Errorf("tensor %q: %v", name, err)
		}
		a, err := t.decode(raw)
		if err != nil {
			return fmt.Errorf("tensor %q: %v", name, err)
		}
		e.value[name], e.shape[name] = a, a.shape
	}
	e.value[input], e.shape[input], e.varies[input] = picture, picture.shape, true
	uses := map[string]int{}
	for _, n := range e.g.nodes {
		for _, v := range n.in {
			uses[v]++
		}
	}
	for _, o := range e.g.outputs {
		uses[o.name]++
	}
	for _, n := range e.g.nodes {
		if err := e.node(n); err != nil {
			return fail(n, "%v", err)
		}
		for _, v := range n.in {
			if uses[v]--; uses[v] == 0 && e.varies[v] && e.value[v] != nil && e.value[v].len() > maxKept {
				e.room += e.value[v].len()
				delete(e.value, v)
			}
		}
	}
	return nil
}

func fail(n *node, format string, args ...any) error {
	return fmt.Errorf("node %q (%s): %s", n.name, shown(n.op), fmt.Sprintf(format, args...))
}

// shown is a word of a file as a terminal may show it.
func shown(s string) string { return strings.Trim(strconv.Quote(s), `"`) }

func (e *evaluator) node(n *node) error {
	in := make([]*array, len(n.in))
	varies := false
	for i, name := range n.in {
		if name == "" {
			continue
		}
		if in[i] = e.value[name]; in[i] == nil {
			return fmt.Errorf("reads %q, which no node in front of it makes", name)
		}
		varies = varies || e.varies[name]
	}
	if n.op == "Shape" || n.op == "Size" {
		varies = false
	}
	if len(n.out) == 0 {
		return nil
	}
	out, err := e.apply(n, in)
	if err != nil {
		return err
	}
	for i, name := range n.out {
		if name == "" || i >= len(out) || out[i] == nil {
			continue
		}
		if _, twice := e.value[name]; twice {
			return fmt.Errorf("makes %q, which is made already", name)
		}
		if e.room -= out[i].len(); e.room < 0 {
			return fmt.Errorf("more than %d million values up to here", maxRoom/1_000_000)
		}
		e.value[name], e.shape[name], e.varies[name] = out[i], out[i].shape, varies
	}
	return nil
}

// need tells whether the first least inputs of an operator are there.
func need(in []*array, least int) error {
	for i := range least {
		if i >= len(in) || in[i] == nil {
			return fmt.Errorf("has %d inputs, expected %d", len(in), least)
		}
	}
	return nil
}

// inputs are the least number of inputs of operators that have more than one.
var inputs = map[string]int{
	"Constant": 0, "Conv": 2, "Gemm": 2, "MatMul": 2, "BatchNormalization": 5, "Gather": 2, "Expand": 2, "Tile": 2, "PRelu": 2,
	"Add": 2, "Sub": 2, "Mul": 2, "Div": 2, "Pow": 2, "Mod": 2, "Equal": 2, "Greater": 2, "Less": 2, "GreaterOrEqual": 2,
	"LessOrEqual": 2, "And": 2, "Or": 2, "Where": 3, "QuantizeLinear": 2, "DequantizeLinear": 2, "Range": 3,
}

func (e *evaluator) apply(n *node, in []*array) ([]*array, error) {
	least, ok := inputs[n.op]
	if !ok {
		least = 1
	}
	if err := need(in, least); err != nil {
		return nil, err
	}
	for _, table := range []map[string]operator{arithmetic, reductions, shapes, layers} {
		if f := table[n.op]; f != nil {
			return f(e, n, in)
		}
	}
	if f := unary[n.op]; f != nil {
		return elementwise(n, in[0], f)
	}
	where := ""
	if n.domain != "" && n.domain != "ai.onnx" {
		where = " of " + shown(n.domain)
	}
	return nil, fmt.Errorf("is no operator%s that is read here: %s", where, operators)
}

// operators are what a spec has a layer for, in ONNX's words.
const operators = "Conv, Gemm, MatMul, BatchNormalization, activations, SE and other gates, pools, means, Concat, Add, Mul, Flatten, Reshape"

type operator func(e *evaluator, n *node, in []*array) ([]*array, error)

func one(a *array, err error) ([]*array, error) {
	if err != nil {
		return nil, err
	}
	return []*array{a}, nil
}

// spend counts multiply-adds and refuses what would take minutes.
func (e *evaluator) spend(n int) error {
	if e.work -= n; n < 0 || e.work < 0 {
		return fmt.Errorf("more than %d million multiply-adds up to here", maxWork/1_000_000)
	}
	return nil
}

// maxRoom is 1 GB of values at a time.
const maxRoom = 1 << 28

// maxWork is some minutes of plain loops: ten times ResNet-50.
const maxWork = 40_000_000_000

func (n *node) int(name string, otherwise int) int {
	if a := n.attrs[name]; a != nil {
		return a.i
	}
	return otherwise
}

func (n *node) float(name string, otherwise float32) float32 {
	if a := n.attrs[name]; a != nil {
		return a.f
	}
	return otherwise
}

func (n *node) text(name, otherwise string) string {
	if a := n.attrs[name]; a != nil && a.s != "" {
		return a.s
	}
	return otherwise
}

// numbers is an attribute of whole numbers or, as newer versions of ONNX have it, an input; nil if
// there is neither.
func (n *node) numbers(attr string, in []*array, input int) []int {
	if a := n.attrs[attr]; a != nil {
		return a.ints
	}
	if input < len(in) && in[input] != nil && in[input].whole() {
		return in[input].list()
	}
	return nil
}

// axis makes a place among dims of one that may count from the end.
func axis(a, dims int) (int, error) {
	if a < -dims || a >= dims {
		return 0, fmt.Errorf("axis %d of %d", a, dims)
	}
	return (a + dims) % dims, nil
}

func axes(list []int, dims int) ([]bool, error) {
	out := make([]bool, dims)
	for _, a := range list {
		a, err := axis(a, dims)
		if err != nil {
			return nil, err
		}
		out[a] = true
	}
	return out, nil
}

// function is what a node calls, or nil for an operator.
func (g *graph) function(n *node) *function {
	return g.functions[n.domain+"\x00"+n.op+"\x00"+n.overload]
}

// inline puts the nodes of called functions, and the taken side of an If on a constant, in the
// place of the nodes that call them.
func (g *graph) inline(depth int) error {
	var out []*node
	for k, n := range g.nodes {
		f := g.function(n)
		if f == nil {
			out = append(out, n)
			continue
		}
		if depth > 8 || len(out) > 1<<17 {
			return fail(n, "calls functions that call each other, expected at most 8 deep")
		}
		prefix := fmt.Sprintf("%s/%d.%d/", n.op, depth, k)
		names := map[string]string{"": ""}
		for i, v := range f.in {
			if names[v] = ""; i < len(n.in) {
				names[v] = n.in[i]
			}
		}
		for i, v := range f.out {
			if i < len(n.out) {
				names[v] = n.out[i]
			}
		}
		rename := func(list []string) (out []string) {
			for _, v := range list {
				to, ok := names[v]
				if !ok {
					to = prefix + v
				}
				out = append(out, to)
			}
			return out
		}
		for _, inner := range f.nodes {
			c := &node{op: inner.op, domain: inner.domain, overload: inner.overload, name: strings.Trim(n.name+"/"+inner.name, "/"), in: rename(inner.in), out: rename(inner.out), attrs: map[string]*attribute{}}
			for name, a := range inner.attrs {
				if ref := a.ref; ref != "" {
					if a = n.attrs[ref]; a == nil {
						a = f.defaults[ref]
					}
				}
				if a != nil {
					c.attrs[name] = a
				}
			}
			out = append(out, c)
		}
	}
	if g.nodes = out; len(g.functions) == 0 {
		return nil
	}
	for _, n := range out {
		if g.function(n) != nil {
			return g.inline(depth + 1)
		}
	}
	return nil
}
