package weights

import (
	"math"
	"strings"
)

// quantiseFrom is the number of values from which a weight is stored as int8. Smaller tensors (the first convolution, most SE layers,
// batch norm, biases) would save a few kilobytes and cost accuracy where the network is most sensitive.
const quantiseFrom = 4096

// Quantise returns a copy of the file in which every large F32 weight is int8 with one scale per output channel:
// scale = max|w| / 127 over the channel, q = round half to even(w / scale). A weight is off by at most scale/2.
// Counters of training (num_batches_tracked) are dropped.
func Quantise(f *File) (*File, error) {
	out := &File{Name: f.Name, Metadata: f.Metadata}
	for _, t := range f.Tensors {
		if strings.HasSuffix(t.Name, ".num_batches_tracked") {
			continue
		}
		if t.DType != "F32" || len(t.Shape) < 2 || len(t.Data) < 4*quantiseFrom || !strings.HasSuffix(t.Name, ".weight") {
			out.Tensors = append(out.Tensors, t)
			continue
		}
		values, err := f.Float32(t.Name, t.Shape...)
		if err != nil {
			return nil, err
		}
		q, scale := quantiseRows(values, t.Shape[0])
		out.Tensors = append(out.Tensors, Tensor{t.Name, "I8", t.Shape, q}, NewF32(t.Name+".scale", scale, t.Shape[0]))
	}
	return out, nil
}

func quantiseRows(values []float32, rows int) (q []byte, scale []float32) {
	n := len(values) / rows
	q, scale = make([]byte, len(values)), make([]float32, rows)
	for r := range rows {
		row := values[r*n : (r+1)*n]
		var largest float32
		for _, v := range row {
			largest = max(largest, v, -v)
		}
		if largest == 0 {
			continue // scale 0: every weight of the channel is 0
		}
		scale[r] = largest / 127
		for i, v := range row {
			q[r*n+i] = byte(int8(math.RoundToEven(float64(v / scale[r]))))
		}
	}
	return q, scale
}

func dequantise(q []byte, scale []float32) []float32 {
	out := make([]float32, len(q))
	if len(scale) == 0 {
		return out
	}
	n := len(q) / len(scale)
	for i, b := range q {
		out[i] = float32(int8(b)) * scale[i/n]
	}
	return out
}
