package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"sescope/nn"
	"sescope/weights"
)

// A single layer is measured inside the smallest network that can hold it, the same for every
// engine: a 1x1 convolution that makes its channels from the picture's three, the layer itself one
// or several times with ReLU, a 1x1 convolution to 16 channels, and their mean.
type single struct {
	name                        string
	title                       string
	side                        int // of the picture
	in, out, kernel, step, pads int
	times                       int
	depthwise                   bool
}

// heads is the number of logits of such a network.
const heads = 16

var singles = []single{
	{"layer-first", "3x3, 3 to 64 channels, 32x32", 32, 3, 64, 3, 1, 1, 1, false},
	{"layer-3x3-32", "3x3, 64 to 128 channels, 32x32", 32, 64, 128, 3, 1, 1, 1, false},
	{"layer-3x3-16", "3x3, 64 channels, 16x16, 4 times", 16, 64, 64, 3, 1, 1, 4, false},
	{"layer-3x3-8", "3x3, 128 channels, 8x8, 4 times", 8, 128, 128, 3, 1, 1, 4, false},
	{"layer-3x3-step-2", "3x3, 32 to 64 channels, 64x64 to 32x32", 64, 32, 64, 3, 2, 1, 1, false},
	{"layer-1x1", "1x1, 128 channels, 16x16, 4 times", 16, 128, 128, 1, 1, 0, 4, false},
	{"layer-depthwise", "3x3 depthwise, 128 channels, 16x16, 4 times", 16, 128, 128, 3, 1, 1, 4, true},
}

// file makes the network with random weights, the same at every call.
func (s single) file() (*weights.File, error) {
	random := rand.New(rand.NewPCG(1, uint64(s.in*s.out)))
	f := &weights.File{Name: s.name}
	spec := nn.Spec{Name: s.name, Title: map[string]string{"en": s.title}, Input: nn.Shape{H: s.side, W: s.side, C: 3},
		Mean: []float32{.5, .5, .5}, Std: []float32{.25, .25, .25}}
	conv := func(name string, in, out, groups, kernel, step, pad int) {
		w, b := make([]float32, out*in/groups*kernel*kernel), make([]float32, out)
		deviation := math.Sqrt(2 / float64(in/groups*kernel*kernel))
		for i := range w {
			w[i] = float32(random.NormFloat64() * deviation)
		}
		for i := range b {
			b[i] = float32(random.NormFloat64() * .1)
		}
		f.Tensors = append(f.Tensors, weights.NewF32(name+".weight", w, out, in/groups, kernel, kernel), weights.NewF32(name+".bias", b, out))
		spec.Layers = append(spec.Layers, nn.LayerSpec{Op: "conv", Name: name, In: in, Out: out, Kernel: kernel, Stride: step, Pad: pad, Groups: groups, Bias: true})
	}
	relu := func(name string) { spec.Layers = append(spec.Layers, nn.LayerSpec{Op: "relu", Name: name}) }
	if s.in != 3 {
		conv("stem", 3, s.in, 1, 1, 1, 0)
		relu("stem.relu")
	}
	groups := 1
	if s.depthwise {
		groups = s.in
	}
	for i := range s.times {
		name := fmt.Sprintf("layer%d", i+1)
		conv(name, s.in, s.out, groups, s.kernel, s.step, s.pads)
		relu(name + ".relu")
	}
	conv("head", s.out, heads, 1, 1, 1, 0)
	spec.Layers = append(spec.Layers, nn.LayerSpec{Op: "mean", Name: "mean"})
	for i := range heads {
		spec.Classes = append(spec.Classes, nn.Class{En: fmt.Sprint(i), Zh: fmt.Sprint(i)})
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	f.Metadata = map[string]string{"sescope": string(text)}
	return weights.Read(s.name, f.Write()) // as a file would be read
}
