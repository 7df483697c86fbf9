package nn

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"sescope/kernels"
	"sescope/weights"
)

// Backward of a layer is the derivative of its Forward: compared with differences, in the direction
// of a random change.
func TestBackwardOfKinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	fill := func(shape Shape, pad int) *Tensor {
		x := NewTensor(shape, pad)
		for y := range shape.H {
			for i := range shape.W {
				for c := range shape.C {
					x.Data[x.Offset(y, i)+c] = float32(rng.NormFloat64())
				}
			}
		}
		return x
	}
	dot := func(a, b *Tensor) (sum float64) {
		for y := range a.H {
			for x := range a.W {
				for c := range a.C {
					sum += float64(a.At(y, x, c)) * float64(b.At(y, x, c))
				}
			}
		}
		return sum
	}
	in := Shape{4, 5, 6}
	gates := fill(Shape{1, 1, 6}, 0)
	places := fill(Shape{4, 5, 1}, 0)
	s := &Session{out: []*Tensor{gates, places}}
	layers := map[string]headLayer{
		"leakyrelu":    &slopeLayer{base{"l", in}, []float32{0.2}},
		"prelu":        &slopeLayer{base{"l", in}, []float32{0.2, -0.3, 0, 1, 2, 0.5}},
		"elu":          &eluLayer{base{"l", in}, 0.7},
		"max":          &maxLayer{base{"l", Shape{1, 1, 6}}},
		"mul":          &mulLayer{base{"l", in}, 0},
		"mul by place": &mulLayer{base{"l", in}, 1},
		"gelu":         &activationLayer{base{"l", in}, kernels.GELU},
		"tanh":         &activationLayer{base{"l", in}, kernels.Tanh},
		"inside":       &poolLayer{base{"l", Shape{2, 3, 6}}, kernels.Window{Size: 3, Step: 2, Pads: kernels.Pads{Top: 0, Left: 1, Bottom: 1, Right: 1}, Inside: true}, true},
	}
	// In one order, since all draw from one source of numbers: where a value happens to stand
	// within h of a corner, a difference is no derivative.
	for _, name := range slices.Sorted(maps.Keys(layers)) {
		l := layers[name]
		src, out, grad := fill(in, 1), NewTensor(l.Out(), 0), fill(l.Out(), 0)
		l.Forward(out, src, s)
		got := NewTensor(in, 0)
		l.Backward(got, grad, src, out, s)
		change, moved := fill(in, 1), NewTensor(in, 1)
		const h = 1e-3
		var difference [2]float64
		for k, sign := range []float32{1, -1} {
			for i := range moved.Data {
				moved.Data[i] = src.Data[i] + sign*h*change.Data[i]
			}
			l.Forward(out, moved, s)
			difference[k] = dot(grad, out)
		}
		want := (difference[0] - difference[1]) / (2 * h)
		if have := dot(got, change); math.Abs(have-want) > 2e-2*(1+math.Abs(want)) {
			t.Errorf("%s: %v, by differences %v", name, have, want)
		}
	}
}

// A value behind each of these layers is the sum of its products.
func TestArithmeticOfKinds(t *testing.T) {
	const layers = `{"op":"conv","name":"a","in":1,"out":4,"kernel":3,"stride":1,"pads":[1,0,1,2]},{"op":"leakyrelu","name":"l","slope":0.25},
		{"op":"conv","name":"b","from":"a","in":4,"out":2,"kernel":1,"stride":1},{"op":"elu","name":"e","slope":1},{"op":"concat","name":"c","parts":["l","e","a"]},
		{"op":"shuffle","name":"s","groups":5},{"op":"slice","name":"k","start":1,"out":6},{"op":"prelu","name":"p"},{"op":"mean","name":"q"},{"op":"sigmoid","name":"g"},
		{"op":"mul","name":"m","from":"p","with":"g"},{"op":"pad","name":"z","pads":[0,1,2,0]},{"op":"avgpool","name":"v","kernel":3,"stride":2,"pad":1,"inside":true},
		{"op":"gelu","name":"u"},{"op":"max","name":"x"},{"op":"linear","name":"f","in":6,"out":2}`
	spec := `{"name":"n","input":{"H":6,"W":9,"C":1},"mean":[0.5],"std":[0.25],"classes":[{"en":"a"},{"en":"b"}],"layers":[` + layers + `]}`
	f := &weights.File{Name: "n", Metadata: map[string]string{metadataKey: spec}}
	rng := rand.New(rand.NewPCG(2, 2))
	for name, shape := range map[string][]int{"a.weight": {4, 1, 3, 3}, "b.weight": {2, 4, 1, 1}, "p.weight": {6}, "f.weight": {2, 6}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		f.Tensors = append(f.Tensors, weights.NewF32(name, v, shape...))
	}
	m, err := Load(f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, 6*9)
	for i := range values {
		values[i] = float32(rng.NormFloat64())
	}
	trace := s.RunTensor(values)
	for _, out := range trace.Maps {
		for range 40 {
			y, x, c := rng.IntN(out.H), rng.IntN(out.W), rng.IntN(out.C)
			a, err := trace.Arithmetic(out.Layer, y, x, c)
			if err != nil {
				t.Fatal(err)
			}
			want := a.Sum
			if act := activations[a.Activation]; act != 0 {
				want = act.Of(a.Sum)
			} else if a.Activation == "elu" && want < 0 {
				want = expm1(want)
			}
			if d := math.Abs(float64(want - a.Value)); d > 1e-5*(1+math.Abs(float64(want))) {
				t.Errorf("%s (%d, %d, %d): %v, the products give %v", out.Layer, y, x, c, a.Value, want)
			}
		}
	}
	// Grad-CAM goes through these layers. The head begins with avgpool; what it reads stands for
	// the last convolution where several lead there.
	if heat, err := trace.Heatmap(GradCAM, 0, nil); err != nil || heat.W != 10 || heat.H != 8 {
		t.Errorf("a heat map of %+v (%v)", heat, err)
	}
	if got := fmt.Sprint(m.LastConv(), len(trace.Rank(ByMean, 0, 3))); got != "z3" {
		t.Errorf("the strongest channels are of %q", got)
	}
}
