package nn

import (
	"errors"
	"testing"

	"sescope/weights"
)

// What costs too much for one picture is refused by its number, whether convolutions or windows
// cost it.
func TestCheckWork(t *testing.T) {
	conv := LayerSpec{Op: "conv", Name: "c", In: 3, Out: 4, Kernel: 63, Stride: 1, Pad: 31}
	pool := LayerSpec{Op: "maxpool", Name: "p", Kernel: 1023, Stride: 1, Pad: 511}
	small := LayerSpec{Op: "maxpool", Name: "p", Kernel: 3, Stride: 2}
	for name, c := range map[string]struct {
		layer LayerSpec
		out   int
		work  int // 0: fine
	}{
		"convolution": {conv, 4, 1024*1024*9 + 1024*1024*63*63*3*4 + 4*2},
		"windows":     {pool, 3, 1024*1024*9 + 1024*1024*1023*1023*3 + 3*2},
		"small":       {small, 3, 0},
	} {
		spec := Spec{Name: name, Title: map[string]string{"en": name}, Input: Shape{1024, 1024, 3}, Mean: []float32{0, 0, 0},
			Std: []float32{1, 1, 1}, Classes: []Class{{En: "a"}, {En: "b"}},
			Layers: []LayerSpec{{Op: "conv", Name: "first", In: 3, Out: 3, Kernel: 1, Stride: 1}, c.layer, {Op: "mean", Name: "m"}, {Op: "linear", Name: "l", In: c.out, Out: 2}}}
		f := &weights.File{Name: "file", Tensors: []weights.Tensor{
			weights.NewF32("l.weight", make([]float32, 2*c.out), 2, c.out),
			weights.NewF32("first.weight", make([]float32, 9), 3, 3, 1, 1),
		}}
		if c.layer.Op == "conv" {
			f.Tensors = append(f.Tensors, weights.NewF32("c.weight", make([]float32, 4*3*63*63), 4, 3, 63, 63))
		}
		m, err := LoadSpec(f, spec)
		if err != nil {
			t.Fatal(err)
		}
		var e *WorkError
		if err := m.CheckWork(); (c.work > 0) != errors.As(err, &e) || e != nil && (e.Work != c.work || e.Name != "file") {
			t.Errorf("%s: %v, expected %d multiply-adds to be told", name, err, c.work)
		}
	}
}
