package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Across gives each pixel's mean and largest value for every number of channels, inside borders,
// and for values that are all negative: lanes beside the channels are zero and must not win.
func TestAcross(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for c := 1; c <= 40; c++ {
		h, w := 1+rng.IntN(5), 1+rng.IntN(5)
		src, dst := newPadded(rng, h, w, c, rng.IntN(2)), newPadded(nil, h, w, 2, 3)
		for i, v := range src.data() {
			src.data()[i] = -float32(math.Abs(float64(v)))
		}
		Across(dst.pixels(), dst.layout(), src.pixels(), src.layout(), make([]float32, 8*w))
		for y := range h {
			for x := range w {
				sum, largest := 0., math.Inf(-1)
				for k := range c {
					v := float64(src.data()[src.at(y, x)+k])
					sum, largest = sum+v, max(largest, v)
				}
				got := dst.data()[dst.at(y, x):]
				if math.Abs(float64(got[0])-sum/float64(c)) > 1e-6*(1+math.Abs(sum)) || float64(got[1]) != largest {
					t.Fatalf("%d channels: mean %v and largest %v, expected %v and %v", c, got[0], got[1], sum/float64(c), largest)
				}
			}
		}
		for i := range guards {
			if dst.all[i] != guard || dst.all[len(dst.all)-1-i] != guard {
				t.Fatalf("%d channels: written beyond the map", c)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("too little scratch was accepted")
		}
	}()
	m := newPadded(rng, 2, 2, 5, 0)
	d := newPadded(nil, 2, 2, 2, 0)
	Across(d.pixels(), d.layout(), m.pixels(), m.layout(), make([]float32, 15))
}
