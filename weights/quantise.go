package weights

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"strings"
)

// quantiseFrom is the number of values from which a weight is stored as int8. Smaller tensors (the
// first convolution, most SE layers, batch norm, biases) would save a few kilobytes and cost
// accuracy where the network is most sensitive.
const quantiseFrom = 4096

// Quantise returns a copy of the file in which every large weight has signed whole numbers of 8,
// 6, 5 or 4 bits, -L..L with L = 127, 31, 15 or 7, and one scale per output channel: scale =
// max|w| / L over the channel, q = round half to even(w / scale). A weight is off by at most
// scale/2. All are stored as I8, so that a reader multiplies by the scales and need not know of
// bits. An int8 file is quantised from what its numbers stand for. Counters of training
// (num_batches_tracked) are dropped. Below 8 bits the small tensors are float16, where no value of
// theirs loses more than 2^-11 of itself: with 5 bits they would else be an eighth of the
// compressed file.
func Quantise(f *File, bits int) (*File, error) {
	levels, ok := map[int]float32{8: 127, 6: 31, 5: 15, 4: 7}[bits]
	if !ok {
		return nil, fmt.Errorf("%d bits, expected 8, 6, 5 or 4", bits)
	}
	out := &File{Name: f.Name, Metadata: maps.Clone(f.Metadata)}
	delete(out.Metadata, ReferenceKey) // rounded weights have other logits
	for _, t := range f.Tensors {
		if strings.HasSuffix(t.Name, ".num_batches_tracked") {
			continue
		}
		if base, scale := strings.CutSuffix(t.Name, ".scale"); scale {
			if q := f.Lookup(base); q != nil && quantised(q) {
				continue // written anew beside its weights
			}
		}
		if !quantised(&t) {
			if t.DType == "F64" { // no network computes with more than float32
				values, err := f.Float32(t.Name, t.Shape...)
				if err != nil {
					return nil, err
				}
				t = NewF32(t.Name, values, t.Shape...)
			}
			if bits < 8 && !strings.HasSuffix(t.Name, ".scale") {
				t = halved(t)
			}
			out.Tensors = append(out.Tensors, t)
			continue
		}
		values, err := f.Float32(t.Name, t.Shape...)
		if err != nil {
			return nil, err
		}
		q, scale := quantiseRows(values, t.Shape[0], levels)
		out.Tensors = append(out.Tensors, Tensor{t.Name, "I8", t.Shape, q}, NewF32(t.Name+".scale", scale, t.Shape[0]))
	}
	return out, nil
}

// quantised tells whether a tensor is a weight that Quantise makes smaller.
func quantised(t *Tensor) bool {
	switch t.DType {
	case "F32", "F64", "F16", "BF16", "I8":
		return len(t.Shape) >= 2 && 8*len(t.Data)/dtypeBits[t.DType] >= quantiseFrom && strings.HasSuffix(t.Name, ".weight")
	}
	return false
}

// halved is a float32 tensor as float16, or the tensor as it is where float16 has no such numbers.
func halved(t Tensor) Tensor {
	if t.DType != "F32" {
		return t
	}
	var b []byte
	for i := 0; i < len(t.Data); i += 4 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(t.Data[i:]))
		h := toHalf(v)
		if d := float64(half(h)) - float64(v); !(math.Abs(d) <= math.Abs(float64(v))/2048) {
			return t
		}
		b = binary.LittleEndian.AppendUint16(b, h)
	}
	return Tensor{t.Name, "F16", t.Shape, b}
}

// toHalf rounds to IEEE 754 binary16, half to even. Beyond its normal numbers the result is only
// near: halved compares.
func toHalf(v float32) uint16 {
	b := math.Float32bits(v)
	sign := uint16(b >> 16 & 0x8000)
	b &= 0x7fffffff
	if b < 113<<23 { // below 2^-14
		return sign
	}
	b += 0xfff + b>>13&1 - 112<<23
	return sign | uint16(min(b>>13, 0x7c00))
}

func quantiseRows(values []float32, rows int, levels float32) (q []byte, scale []float32) {
	n := len(values) / rows
	q, scale = make([]byte, len(values)), make([]float32, rows)
	for r := range rows {
		row := values[r*n : (r+1)*n]
		var largest float32
		for _, v := range row {
			largest = max(largest, v, -v)
		}
		if scale[r] = largest / levels; scale[r] == 0 {
			continue // every weight of the channel is 0
		}
		for i, v := range row {
			q[r*n+i] = byte(int8(math.RoundToEven(float64(v / scale[r]))))
		}
	}
	return q, scale
}

// NewI8 makes an int8 tensor, (rows, ...), and its scales, as Quantise stores a weight.
func NewI8(name string, values []float32, shape ...int) []Tensor {
	q, scale := quantiseRows(values, shape[0], 127)
	return []Tensor{{name, "I8", shape, q}, NewF32(name+".scale", scale, shape[0])}
}

// Packed is the number of bytes of the file's tensors if every I8 value took the given bits.
func (f *File) Packed(bits int) (bytes int) {
	for _, t := range f.Tensors {
		if t.DType == "I8" {
			bytes += (len(t.Data)*bits + 7) / 8
		} else {
			bytes += len(t.Data)
		}
	}
	return bytes
}

func dequantise(q []byte, scale []float32) []float32 {
	out := make([]float32, len(q))
	if len(scale) == 0 {
		return out
	}
	n := len(q) / len(scale)
	for i, s := range scale {
		scaled(out[i*n:][:n], q[i*n:][:n], s)
	}
	return out
}

// scaled writes s times the int8 values q to dst. In a function that is called for every channel,
// browsers exchange the slow code that they begin with.
//
//go:noinline
func scaled(dst []float32, q []byte, s float32) {
	for i, b := range q[:len(dst)] {
		dst[i] = float32(int8(b)) * s
	}
}
