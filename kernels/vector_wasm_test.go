package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Every length below a few vectors meets whole vectors and tails; the values hold both zeros, infinities and NaN.
func TestVectorsEqualPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.SmallestNonzeroFloat32}
	random := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
			if rng.IntN(4) == 0 {
				v[i] = special[rng.IntN(len(special))]
			}
		}
		return v
	}
	for n := range 40 {
		a, b, c := random(n), random(n), random(n)
		start := random(n + 2) // one value before and one behind must stay
		for name, f := range map[string][2]func(dst []float32){
			"add":          {func(d []float32) { add(d, a) }, func(d []float32) { addGo(d, a) }},
			"mul":          {func(d []float32) { mul(d, a, b) }, func(d []float32) { mulGo(d, a, b) }},
			"maximum":      {func(d []float32) { maximum(d, a) }, func(d []float32) { maxGo(d, a) }},
			"affine":       {func(d []float32) { affine(d, a, b, c, float32(math.Inf(-1))) }, func(d []float32) { affineGo(d, a, b, c, float32(math.Inf(-1))) }},
			"affine, ReLU": {func(d []float32) { affine(d, a, b, c, 0) }, func(d []float32) { affineGo(d, a, b, c, 0) }},
		} {
			got, want := append([]float32{}, start...), append([]float32{}, start...)
			f[0](got[1 : n+1])
			f[1](want[1 : n+1])
			for i := range want {
				same := math.Float32bits(got[i]) == math.Float32bits(want[i]) || got[i] != got[i] && want[i] != want[i] // any NaN is NaN
				if !same {
					t.Fatalf("%s of %d: value %d is %v, portable %v", name, n, i-1, got[i], want[i])
				}
			}
		}
	}
}
