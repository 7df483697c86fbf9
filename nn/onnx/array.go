package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"sescope/weights"
)

// array is a tensor in memory: floats of any width as float32, whole numbers and truth values as
// int64. One of f and i is used; values are row-major.
type array struct {
	shape []int
	f     []float32
	i     []int64

	signed bool // whole numbers that can be negative
}

const (
	maxValues = 1 << 27 // of one array
	maxDims   = 8
)

// size is the number of values of a shape, or an error if that is nonsense.
func size(shape []int) (int, error) {
	n := 1
	if len(shape) > maxDims {
		return 0, fmt.Errorf("%d dimensions, expected at most %d", len(shape), maxDims)
	}
	for _, d := range shape {
		if d < 0 || d > 0 && n > maxValues/d {
			return 0, fmt.Errorf("a shape of %v, expected at most %d values", shape, maxValues)
		}
		n *= d
	}
	return n, nil
}

func newFloats(shape []int) (*array, error) {
	n, err := size(shape)
	if err != nil {
		return nil, err
	}
	return &array{shape: shape, f: make([]float32, n)}, nil
}

func ints(shape []int, v ...int64) *array { return &array{shape: shape, i: v} }

func (a *array) len() int { return max(len(a.f), len(a.i)) }

func (a *array) whole() bool { return a.i != nil }

// at is a value as a float.
func (a *array) at(k int) float32 {
	if a.whole() {
		return float32(a.i[k])
	}
	return a.f[k]
}

// list are the values of an array of whole numbers.
func (a *array) list() []int {
	out := make([]int, len(a.i))
	for k, v := range a.i {
		out[k] = int(v)
	}
	return out
}

// scalar is the value of an array that has one.
func (a *array) scalar() (float32, bool) {
	if a == nil || a.len() != 1 {
		return 0, false
	}
	return a.at(0), true
}

// floats are the values as float32.
func (a *array) floats() []float32 {
	if !a.whole() {
		return a.f
	}
	out := make([]float32, len(a.i))
	for k, v := range a.i {
		out[k] = float32(v)
	}
	return out
}

// reshaped is the same values under another shape.
func (a *array) reshaped(shape []int) (*array, error) {
	n, err := size(shape)
	if err == nil && n != a.len() {
		err = fmt.Errorf("%d values for the shape %v", a.len(), shape)
	}
	return &array{shape: shape, f: a.f, i: a.i, signed: a.signed}, err
}

// gather makes an array of a shape from the values of a at the places that index tells.
func (a *array) gather(shape []int, index func(k int) int) (*array, error) {
	n, err := size(shape)
	if err != nil {
		return nil, err
	}
	out := &array{shape: shape}
	if a.whole() {
		out.i = make([]int64, n)
		for k := range out.i {
			out.i[k] = a.i[index(k)]
		}
		return out, nil
	}
	out.f = make([]float32, n)
	for k := range out.f {
		out.f[k] = a.f[index(k)]
	}
	return out, nil
}

// strides of a row-major shape.
func strides(shape []int) []int {
	s, step := make([]int, len(shape)), 1
	for d := len(shape) - 1; d >= 0; d-- {
		s[d] = step
		step *= shape[d]
	}
	return s
}

// walker turns places of a row-major shape, asked for in their order, into places of another array
// with these strides.
func walker(shape, steps []int, first int) func(int) int {
	index := make([]int, len(shape))
	at := first
	return func(k int) int {
		if k == 0 {
			clear(index)
			at = first
			return at
		}
		for d := len(shape) - 1; d >= 0; d-- {
			at += steps[d]
			if index[d]++; index[d] < shape[d] {
				break
			}
			at -= steps[d] * shape[d]
			index[d] = 0
		}
		return at
	}
}

// permuted is the transpose.
func (a *array) permuted(perm []int) (*array, error) {
	if len(perm) != len(a.shape) {
		return nil, fmt.Errorf("perm %v for the shape %v", perm, a.shape)
	}
	s, shape, steps, seen := strides(a.shape), make([]int, len(perm)), make([]int, len(perm)), map[int]bool{}
	for d, p := range perm {
		if p < 0 || p >= len(perm) || seen[p] {
			return nil, fmt.Errorf("perm %v, expected each axis once", perm)
		}
		seen[p] = true
		shape[d], steps[d] = a.shape[p], s[p]
	}
	return a.gather(shape, walker(shape, steps, 0))
}

// broadcast are the strides with which an array is read under a larger shape.
func broadcast(a, to []int) ([]int, error) {
	if len(a) > len(to) {
		return nil, fmt.Errorf("shapes %v and %v do not fit", a, to)
	}
	s, out := strides(a), make([]int, len(to))
	shift := len(to) - len(a)
	for d, n := range a {
		switch {
		case n == to[shift+d]:
			out[shift+d] = s[d]
		case n != 1:
			return nil, fmt.Errorf("shapes %v and %v do not fit", a, to)
		}
	}
	return out, nil
}

// together is the shape of two arrays of which each is repeated where the other is larger.
func together(a, b []int) []int {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for d, n := range b {
		if o := &out[len(a)-len(b)+d]; *o == 1 {
			*o = n
		}
	}
	return out
}

// Numbers of ONNX's data types.
const (
	float   = 1
	uint8s  = 2
	int8s   = 3
	int32s  = 6
	int64s  = 7
	boolean = 9
	half    = 10
	double  = 11
	bfloat  = 16
)

// otherTypes are those that are not read, by their numbers.
var otherTypes = map[int]string{4: "uint16", 5: "int16", 8: "text", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128",
	17: "float8", 18: "float8", 19: "float8", 20: "float8", 21: "uint4", 22: "int4", 23: "float4"}

// decode reads a tensor of the file; raw is its data, which may come from another file.
func (t *tensor) decode(raw []byte) (*array, error) {
	n, err := size(t.dims)
	if err != nil {
		return nil, err
	}
	a := &array{shape: t.dims}
	fail := func() (*array, error) {
		return nil, fmt.Errorf("%d bytes or %d values, expected the shape %v", len(raw), max(len(t.floats), len(t.ints), len(t.doubles)), t.dims)
	}
	switch dtype := t.dataType; dtype {
	case float, half, bfloat, double:
		name, bytes := map[int]string{float: "F32", half: "F16", bfloat: "BF16", double: "F64"}[dtype], map[int]int{float: 4, half: 2, bfloat: 2, double: 8}[dtype]
		switch {
		case len(t.floats) == n && n > 0 && raw == nil:
			a.f = t.floats
			return a, nil
		case len(t.doubles) == n && n > 0 && raw == nil:
			for _, v := range t.doubles {
				a.f = append(a.f, float32(v))
			}
			return a, nil
		case len(t.ints) == n && bytes == 2 && raw == nil: // the bits of float16 in int32_data
			for _, v := range t.ints {
				raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
			}
		}
		if len(raw) != n*bytes {
			return fail()
		}
		a.f, err = (&weights.Tensor{DType: name, Data: raw}).Values()
		return a, err
	case uint8s, int8s, int32s, int64s, boolean:
		a.i, a.signed = make([]int64, 0, n), dtype != uint8s && dtype != boolean
		bytes := map[int]int{uint8s: 1, int8s: 1, int32s: 4, int64s: 8, boolean: 1}[dtype]
		if raw == nil {
			for _, v := range t.ints {
				a.i = append(a.i, int64(v))
			}
		}
		for b := raw; len(b) >= bytes; b = b[bytes:] {
			switch dtype {
			case int8s:
				a.i = append(a.i, int64(int8(b[0])))
			case int32s:
				a.i = append(a.i, int64(int32(binary.LittleEndian.Uint32(b))))
			case int64s:
				a.i = append(a.i, int64(binary.LittleEndian.Uint64(b)))
			default:
				a.i = append(a.i, int64(b[0]))
			}
		}
		if len(a.i) != n {
			return fail()
		}
		return a, nil
	}
	name := otherTypes[t.dataType]
	if name == "" {
		name = fmt.Sprintf("data type %d", t.dataType)
	}
	return nil, fmt.Errorf("numbers of %s, expected float, float16, bfloat16, double, int8, uint8, int32, int64 or bool", name)
}

// erf to the accuracy of float32.
func erf(x float32) float32 { return float32(math.Erf(float64(x))) }
