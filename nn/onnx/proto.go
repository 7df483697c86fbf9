package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The parts of onnx.proto that are read (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3),
// each by its field numbers.

type graph struct {
	nodes     []*node
	tensors   map[string]*tensor // initializers
	inputs    []value
	outputs   []value
	functions map[string]*function // of the model, by domain and name
}

type node struct {
	op, name, domain string
	overload         string // which of several functions of one name
	in, out          []string
	attrs            map[string]*attribute
}

type attribute struct {
	f      float32
	i      int
	s      string
	floats []float32
	ints   []int
	t      *tensor
	g      *graph
	ref    string // in a function: the attribute of the calling node that this one takes over
}

type tensor struct {
	name     string
	dims     []int
	dataType int
	raw      []byte
	floats   []float32
	doubles  []float64
	ints     []int             // int32_data and int64_data: also of smaller types and of float16
	external map[string]string // "location", "offset" and "length", if the data stand in another file
}

// function is a part of a graph that the file names and nodes call.
type function struct {
	in, out  []string
	nodes    []*node
	defaults map[string]*attribute // of attributes that a calling node leaves out
}

type value struct {
	name string
	dims []int // 0 where the file leaves a size open
}

// Kinds of fields as protocol buffers are written.
const (
	varint = 0
	wide   = 1 // 8 bytes
	sized  = 2 // a length and as many bytes
	narrow = 5 // 4 bytes
)

var errWire = errors.New("its fields are no protocol buffer's")

// fields calls f for every field of a message: number, and its content as bytes or as a number.
func fields(b []byte, f func(number int, bytes []byte, number64 uint64) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 == 0 || key>>3 > math.MaxInt32 {
			return errWire
		}
		b = b[n:]
		var content []byte
		var v uint64
		switch kind := key & 7; {
		case kind == sized:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return errWire
			}
			content, b = b[n:][:length:length], b[n+int(length):]
		case kind == varint:
			if v, n = binary.Uvarint(b); n <= 0 {
				return errWire
			}
			b = b[n:]
		case kind == narrow && len(b) >= 4:
			v, b = uint64(binary.LittleEndian.Uint32(b)), b[4:]
		case kind == wide && len(b) >= 8:
			v, b = binary.LittleEndian.Uint64(b), b[8:]
		default: // groups, which ONNX never had
			return errWire
		}
		if err := f(int(key>>3), content, v); err != nil {
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
		v, n := binary.Uvarint(content)
		if n <= 0 {
			return nil, errWire
		}
		list, content = append(list, int(int64(v))), content[n:]
	}
	return list, nil
}

func parseModel(b []byte) (*graph, error) {
	var g *graph
	functions := map[string]*function{}
	err := fields(b, func(number int, content []byte, _ uint64) (err error) {
		switch number {
		case 7:
			g, err = parseGraph(content)
		case 25:
			err = parseFunction(content, functions)
		}
		return err
	})
	if err == nil && g == nil {
		err = fmt.Errorf("no graph in it")
	}
	if g != nil {
		g.functions = functions
	}
	return g, err
}

func parseFunction(b []byte, functions map[string]*function) error {
	f, name, domain, overload := &function{defaults: map[string]*attribute{}}, "", "", ""
	err := fields(b, func(number int, content []byte, _ uint64) error {
		switch number {
		case 1:
			name = string(content)
		case 4:
			f.in = append(f.in, string(content))
		case 5:
			f.out = append(f.out, string(content))
		case 7:
			n, err := parseNode(content)
			f.nodes = append(f.nodes, n)
			return err
		case 10:
			domain = string(content)
		case 11:
			return parseAttribute(content, f.defaults)
		case 13:
			overload = string(content)
		}
		return nil
	})
	functions[domain+"\x00"+name+"\x00"+overload] = f
	return err
}

func parseGraph(b []byte) (*graph, error) {
	g := &graph{tensors: map[string]*tensor{}}
	err := fields(b, func(number int, content []byte, _ uint64) error {
		switch number {
		case 1:
			n, err := parseNode(content)
			g.nodes = append(g.nodes, n)
			return err
		case 5:
			t, err := parseTensor(content)
			if err != nil {
				return err
			}
			g.tensors[t.name] = t
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
	err := fields(b, func(number int, content []byte, _ uint64) error {
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
		case 7:
			n.domain = string(content)
		case 8:
			n.overload = string(content)
		}
		return nil
	})
	return n, err
}

func parseAttribute(b []byte, attrs map[string]*attribute) error {
	name, a := "", &attribute{}
	err := fields(b, func(number int, content []byte, v uint64) (err error) {
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
		case 6:
			a.g, err = parseGraph(content)
		case 7:
			a.floats = floats(a.floats, content, v)
		case 8:
			a.ints, err = numbers(a.ints, content, v)
		case 21:
			a.ref = string(content)
		}
		return err
	})
	attrs[name] = a
	return err
}

func parseTensor(b []byte) (*tensor, error) {
	t := &tensor{}
	err := fields(b, func(number int, content []byte, v uint64) (err error) {
		switch number {
		case 1:
			t.dims, err = numbers(t.dims, content, v)
		case 2:
			t.dataType = int(v)
		case 4:
			t.floats = floats(t.floats, content, v)
		case 5, 7, 11:
			t.ints, err = numbers(t.ints, content, v)
		case 8:
			t.name = string(content)
		case 9:
			t.raw = content
		case 10:
			for ; len(content) >= 8; content = content[8:] {
				t.doubles = append(t.doubles, math.Float64frombits(binary.LittleEndian.Uint64(content)))
			}
		case 13:
			if t.external == nil {
				t.external = map[string]string{}
			}
			key, text := "", ""
			err = fields(content, func(number int, content []byte, _ uint64) error {
				if number == 1 {
					key = string(content)
				} else if number == 2 {
					text = string(content)
				}
				return nil
			})
			t.external[key] = text
		}
		return err
	})
	return t, err
}

// floats appends a repeated float field, which may be packed.
func floats(list []float32, content []byte, v uint64) []float32 {
	if content == nil {
		return append(list, math.Float32frombits(uint32(v)))
	}
	for ; len(content) >= 4; content = content[4:] {
		list = append(list, math.Float32frombits(binary.LittleEndian.Uint32(content)))
	}
	return list
}

// parseValue reads a name and, through TypeProto, Tensor, TensorShapeProto and Dimension, the
// sizes.
func parseValue(b []byte) (value, error) {
	var v value
	inside := func(want int, then func(content []byte, n uint64) error) func(int, []byte, uint64) error {
		return func(number int, content []byte, n uint64) error {
			if number == want {
				return then(content, n)
			}
			return nil
		}
	}
	err := fields(b, func(number int, content []byte, _ uint64) error {
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
