// Package pickle reads Python's pickles and executes nothing.
//
// A pickle is a program for a stack machine, and Python runs the functions that it names. Here a
// function stays a name: the call becomes an Object, which the caller may know (a tensor, an array)
// or refuse. Only what stands for plain data is understood: dictionaries of any kind and bytes.
package pickle

// The values of a pickle in Go:
//
//	None             nil
//	bool             bool
//	int              int64; Big where that is too small
//	float            float64
//	str              string
//	bytes, Python 2's str, bytearray    []byte, which alias the pickle where they can
//	list, set        *List
//	tuple            Tuple
//	dict             *Dict
//	class, function  Global
//	instance, call   *Object
//	persistent id    Persistent
//
// Values can be shared and a list can hold itself, as in Python: whoever walks them must bound it.

// List is a list or a set.
type List struct{ Items []any }

// Tuple is a tuple.
type Tuple []any

// Dict is a dictionary; the pairs stand in the order in which they were set.
type Dict struct{ Keys, Values []any }

// Global is the name of a class or a function.
type Global struct{ Module, Name string }

// Object is a call that was not made: Class(Args...), with the state that was set on it.
type Object struct {
	Class any   // a Global in what Python writes
	Args  Tuple // of the call
	State any   // what __setstate__ would get, or nil
	Items []any // what was appended or set, keys and values in turn
}

// Persistent is a reference to something that stands outside of the pickle: torch's storages.
type Persistent struct{ ID any }

// Big is a whole number of more than 64 bits: two's complement, little endian.
type Big []byte

// Get returns the latest value of a key that is a text, written as str or as bytes.
func (d *Dict) Get(key string) (any, bool) {
	for i := len(d.Keys) - 1; i >= 0; i-- {
		if k, ok := Text(d.Keys[i]); ok && k == key {
			return d.Values[i], true
		}
	}
	return nil, false
}

// Text is a str, or bytes taken as one: Python 2 did not tell them apart.
func Text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

// Ints are the whole numbers of a list or tuple, or of an array of whole numbers.
func Ints(v any) ([]int, bool) {
	var items []any
	switch v := v.(type) {
	case *List:
		items = v.Items
	case Tuple:
		items = v
	default:
		a, ok := NumPy(v)
		if !ok {
			return nil, false
		}
		return a.ints()
	}
	out := make([]int, len(items))
	for i, item := range items {
		switch n := item.(type) {
		case int64:
			out[i] = int(n)
		default:
			a, ok := NumPy(item) // a numpy scalar
			if !ok {
				return nil, false
			}
			one, ok := a.ints()
			if !ok || len(one) != 1 {
				return nil, false
			}
			out[i] = one[0]
		}
	}
	return out, true
}

// call makes plain data of the calls that stand for it, or an Object.
func call(class any, args Tuple) any {
	g, _ := class.(Global)
	switch g {
	case Global{"collections", "OrderedDict"}, Global{"collections", "defaultdict"}:
		d := &Dict{}
		if len(args) == 1 {
			if pairs, ok := args[0].(*List); ok {
				for _, p := range pairs.Items {
					switch p := p.(type) {
					case Tuple:
						if len(p) == 2 {
							d.set(p[0], p[1])
						}
					case *List:
						if len(p.Items) == 2 {
							d.set(p.Items[0], p.Items[1])
						}
					}
				}
			}
		}
		return d
	case Global{"_codecs", "encode"}: // how protocol 2 writes bytes
		if len(args) == 2 && args[1] == "latin1" {
			if s, ok := args[0].(string); ok {
				if b, ok := latin1(s); ok {
					return b
				}
			}
		}
	case Global{"__builtin__", "bytes"}, Global{"builtins", "bytes"}, Global{"builtins", "bytearray"},
		Global{"__builtin__", "bytearray"}:
		if len(args) == 0 {
			return []byte{}
		}
		if b, ok := args[0].([]byte); ok {
			return b
		}
	case Global{"builtins", "set"}, Global{"__builtin__", "set"}, Global{"builtins", "frozenset"},
		Global{"__builtin__", "frozenset"}:
		if len(args) == 1 {
			if l, ok := args[0].(*List); ok {
				return l
			}
		}
	}
	return &Object{Class: class, Args: args}
}

func (d *Dict) set(k, v any) { d.Keys, d.Values = append(d.Keys, k), append(d.Values, v) }

// latin1 are the bytes of a text of characters up to U+00FF.
func latin1(s string) ([]byte, bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}
