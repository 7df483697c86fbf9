package pickle

import "encoding/binary"

// Array is a numpy array or scalar.
type Array struct {
	DType   string // numpy's kind and bytes: "u1", "f4", "i8", ...; values are little endian
	Shape   []int
	Fortran bool // the first index runs fastest
	Data    []byte
}

// NumPy reads an array as numpy pickles it: ok is false for anything else, for big endian and for
// arrays of objects. Data has as many bytes as DType and Shape say.
func NumPy(v any) (a Array, ok bool) {
	o, _ := v.(*Object)
	if o == nil {
		return a, false
	}
	g, _ := o.Class.(Global)
	var dtype any
	var data []byte
	switch g.Name {
	case "_reconstruct": // the array's state is (version, shape, dtype, fortran, bytes)
		state, _ := o.State.(Tuple)
		if len(state) != 5 {
			return a, false
		}
		if a.Shape, ok = Ints(state[1]); !ok {
			return a, false
		}
		dtype = state[2]
		a.Fortran, _ = state[3].(bool)
		if n, ok := state[3].(int64); ok {
			a.Fortran = n != 0
		}
		if data, ok = state[4].([]byte); !ok {
			return a, false
		}
	case "_frombuffer": // protocol 5: (bytes, dtype, shape, order)
		if len(o.Args) != 4 {
			return a, false
		}
		if a.Shape, ok = Ints(o.Args[2]); !ok {
			return a, false
		}
		dtype = o.Args[1]
		order, _ := Text(o.Args[3])
		a.Fortran = order == "F"
		if data, ok = o.Args[0].([]byte); !ok {
			return a, false
		}
	case "scalar": // (dtype, bytes)
		if len(o.Args) != 2 {
			return a, false
		}
		dtype = o.Args[0]
		if data, ok = o.Args[1].([]byte); !ok {
			return a, false
		}
	default:
		return a, false
	}
	size := 0
	if a.DType, size = dtypeOf(dtype); size == 0 {
		return a, false
	}
	n := 1
	for _, d := range a.Shape {
		if d < 0 || d > 0 && n > len(data)/d {
			return a, false
		}
		n *= d
	}
	a.Data = data
	return a, n*size == len(data)
}

// dtypeOf is the name of a dtype and the bytes of a value.
func dtypeOf(v any) (name string, size int) {
	o, _ := v.(*Object)
	if o == nil || o.Class != (Global{"numpy", "dtype"}) || len(o.Args) == 0 {
		return "", 0
	}
	if state, ok := o.State.(Tuple); ok && len(state) > 1 {
		if order, _ := Text(state[1]); order == ">" {
			return "", 0
		}
	}
	name, _ = Text(o.Args[0])
	if len(name) != 2 || name[1] < '1' || name[1] > '8' {
		return "", 0
	}
	switch name[0] {
	case 'u', 'i', 'f', 'b':
		return name, int(name[1] - '0')
	}
	return "", 0
}

// ints are the values of an array of whole numbers.
func (a Array) ints() ([]int, bool) {
	size := int(a.DType[1] - '0')
	if a.DType[0] != 'u' && a.DType[0] != 'i' {
		return nil, false
	}
	out := make([]int, 0, len(a.Data)/size)
	for b := a.Data; len(b) >= size; b = b[size:] {
		var wide [8]byte
		if a.DType[0] == 'i' && b[size-1]&0x80 != 0 {
			wide = [8]byte{255, 255, 255, 255, 255, 255, 255, 255}
		}
		copy(wide[:], b[:size])
		out = append(out, int(int64(binary.LittleEndian.Uint64(wide[:]))))
	}
	return out, true
}
