package onnx

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The parts of onnx.proto that are read (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), each by its field numbers.

type graph struct {
	nodes   []*node
	consts  map[string]*tensor // initializers and the outputs of Constant nodes
	inputs  []value
	outputs []value
}

type node struct {
	op, name string
	in, out  []string
	attrs    map[string]*attribute
}

type attribute struct {
	f    float32
	i    int
	s    string
	ints []int
	t    *tensor
}

type tensor struct {
	name     string
	dims     []int
	dataType int
	raw      []byte
	floats   []float32
	ints     []int
	external bool
}

type value struct {
	name string
	dims []int // 0 where the file leaves a size open
}

// fields calls f for every field of a message: number, and its content as bytes or as a number.
func fields(b []byte, f func(number protowire.Number, bytes []byte, number64 uint64) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var content []byte
		var v uint64
		switch kind {
		case protowire.BytesType:
			content, n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var w uint32
			w, n = protowire.ConsumeFixed32(b)
			v = uint64(w)
		case protowire.Fixed64Type:
			v, n = protowire.ConsumeFixed64(b)
		default:
			n = protowire.ConsumeFieldValue(number, kind, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := f(number, content, v); err != nil {
			return err
		}
	}
	return nil
}

// numbers appends a repeated integer field, which may be packed.
func numbers(list []int, content []byte, v uint64) ([]int, error) {
	if content == nil {
		return append(list, int(int64(v))), nil
	}
	for len(content) > 0 {
		v, n := protowire.ConsumeVarint(content)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		list, content = append(list, int(int64(v))), content[n:]
	}
	return list, nil
}

func parseModel(b []byte) (*graph, error) {
	var g *graph
	err := fields(b, func(number protowire.Number, content []byte, _ uint64) (err error) {
		if number == 7 {
			g, err = parseGraph(content)
		}
		return err
	})
	if err == nil && g == nil {
		err = fmt.Errorf("no graph in it")
	}
	return g, err
}

func parseGraph(b []byte) (*graph, error) {
	g := &graph{consts: map[string]*tensor{}}
	err := fields(b, func(number protowire.Number, content []byte, _ uint64) error {
		switch number {
		case 1:
			n, err := parseNode(content)
			if err != nil {
				return err
			}
			if t := n.attrs["value"]; n.op == "Constant" && t != nil && t.t != nil && len(n.out) == 1 {
				g.consts[n.out[0]] = t.t
				return nil
			}
			g.nodes = append(g.nodes, n)
		case 5:
			t, err := parseTensor(content)
			if err != nil {
				return err
			}
			g.consts[t.name] = t
		case 11, 12:
			v, err := parseValue(content)
			if err != nil {
				return err
			}
			if number == 11 {
				g.inputs = append(g.inputs, v)
			} else {
				g.outputs = append(g.outputs, v)
			}
		}
		return nil
	})
	return g, err
}

func parseNode(b []byte) (*node, error) {
	n := &node{attrs: map[string]*attribute{}}
	err := fields(b, func(number protowire.Number, content []byte, _ uint64) error {
		switch number {
		case 1:
			n.in = append(n.in, string(content))
		case 2:
			n.out = append(n.out, string(content))
		case 3:
			n.name = string(content)
		case 4:
			n.op = string(content)
		case 5:
			return parseAttribute(content, n.attrs)
		}
		return nil
	})
	return n, err
}

func parseAttribute(b []byte, attrs map[string]*attribute) error {
	name, a := "", &attribute{}
	err := fields(b, func(number protowire.Number, content []byte, v uint64) (err error) {
		switch number {
		case 1:
			name = string(content)
		case 2:
			a.f = math.Float32frombits(uint32(v))
		case 3:
			a.i = int(int64(v))
		case 4:
			a.s = string(content)
		case 5:
			a.t, err = parseTensor(content)
		case 8:
			a.ints, err = numbers(a.ints, content, v)
		}
		return err
	})
	attrs[name] = a
	return err
}

func parseTensor(b []byte) (*tensor, error) {
	t := &tensor{}
	err := fields(b, func(number protowire.Number, content []byte, v uint64) (err error) {
		switch number {
		case 1:
			t.dims, err = numbers(t.dims, content, v)
		case 2:
			t.dataType = int(v)
		case 4:
			if content == nil {
				t.floats = append(t.floats, math.Float32frombits(uint32(v)))
			}
			for ; len(content) >= 4; content = content[4:] {
				w, _ := protowire.ConsumeFixed32(content)
				t.floats = append(t.floats, math.Float32frombits(w))
			}
		case 7:
			t.ints, err = numbers(t.ints, content, v)
		case 8:
			t.name = string(content)
		case 9:
			t.raw = content
		case 14:
			t.external = v == 1
		}
		return err
	})
	return t, err
}

// parseValue reads a name and, through TypeProto, Tensor, TensorShapeProto and Dimension, the sizes.
func parseValue(b []byte) (value, error) {
	var v value
	inside := func(want protowire.Number, then func(content []byte, n uint64) error) func(protowire.Number, []byte, uint64) error {
		return func(number protowire.Number, content []byte, n uint64) error {
			if number == want {
				return then(content, n)
			}
			return nil
		}
	}
	err := fields(b, func(number protowire.Number, content []byte, _ uint64) error {
		switch number {
		case 1:
			v.name = string(content)
		case 2:
			return fields(content, inside(1, func(tensor []byte, _ uint64) error {
				return fields(tensor, inside(2, func(shape []byte, _ uint64) error {
					return fields(shape, inside(1, func(dimension []byte, _ uint64) error {
						size := 0
						err := fields(dimension, inside(1, func(_ []byte, n uint64) error { size = int(int64(n)); return nil }))
						v.dims = append(v.dims, size)
						return err
					}))
				}))
			}))
		}
		return nil
	})
	return v, err
}
