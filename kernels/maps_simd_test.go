//go:build wasm || amd64

package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestMapsEqualPortable compares bit for bit. The channels meet groups of sixteen, groups of four
// and tails of one to three; the values hold both zeros, infinities and NaN; borders and guard
// words around the destination must stay.
func TestMapsEqualPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), math.SmallestNonzeroFloat32}
	sprinkle := func(v []float32) []float32 {
		for i := range v {
			if rng.IntN(6) == 0 {
				v[i] = special[rng.IntN(len(special))]
			}
		}
		return v
	}
	random := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return sprinkle(v)
	}
	for c := 1; c <= 40; c++ {
		h, w := 1+rng.IntN(6), 1+rng.IntN(6)
		src, other := newPadded(rng, h, w, c, rng.IntN(2)), newPadded(rng, h, w, c, rng.IntN(2))
		sprinkle(src.data())
		sprinkle(other.data())
		a, b := random(c), random(c)
		gates := newPadded(rng, h, w, 1, rng.IntN(2))
		sprinkle(gates.data())
		s, o := src.layout(), other.layout()
		for name, f := range map[string]mapCase{
			"sum": {1, 1, c, func(dst []float32, d Map) { addSumPortable(dst, src.pixels(), s, addSumVectors(dst, src.pixels(), s)) },
				func(dst []float32, d Map) { addSumPortable(dst, src.pixels(), s, 0) }},
			"scale": {h, w, c, func(dst []float32, d Map) { Scale(dst, d, src.pixels(), s, a) },
				func(dst []float32, d Map) { scalePortable(dst, d, src.pixels(), s, a, 0) }},
			"scale pixels": {h, w, c, func(dst []float32, d Map) { ScalePixels(dst, d, src.pixels(), s, gates.pixels(), gates.layout()) },
				func(dst []float32, d Map) {
					scalePixelsPortable(dst, d, src.pixels(), s, gates.pixels(), gates.layout(), 0)
				}},
			"add": {h, w, c, func(dst []float32, d Map) { Add(dst, d, src.pixels(), s, other.pixels(), o, false) },
				func(dst []float32, d Map) {
					addPortable(dst, d, src.pixels(), s, other.pixels(), o, float32(math.Inf(-1)), 0)
				}},
			"add, ReLU": {h, w, c, func(dst []float32, d Map) { Add(dst, d, src.pixels(), s, other.pixels(), o, true) },
				func(dst []float32, d Map) { addPortable(dst, d, src.pixels(), s, other.pixels(), o, 0, 0) }},
			"affine": {h, w, c, func(dst []float32, d Map) { Affine(dst, d, src.pixels(), s, a, b, false) },
				func(dst []float32, d Map) { affinePortable(dst, d, src.pixels(), s, a, b, float32(math.Inf(-1)), 0) }},
			"affine, ReLU": {h, w, c, func(dst []float32, d Map) { Affine(dst, d, src.pixels(), s, a, b, true) },
				func(dst []float32, d Map) { affinePortable(dst, d, src.pixels(), s, a, b, 0, 0) }},
			"ReLU":               activationCase(ReLU, h, w, src),
			"ReLU6":              activationCase(ReLU6, h, w, src),
			"hard sigmoid":       activationCase(HardSigmoid, h, w, src),
			"hard swish":         activationCase(HardSwish, h, w, src),
			"logistic":           activationCase(Logistic, h, w, src),
			"SiLU":               activationCase(SiLU, h, w, src),
			"max pool 2":         poolCase(Window{2, 2, Same(0), false}, false, src),
			"max pool 3":         poolCase(Window{3, 3, Same(0), false}, false, src),
			"padded max pool 3":  poolCase(Window{3, 2, Same(1), false}, false, src),
			"padded max pool 5":  poolCase(Window{5, 1, Same(2), false}, false, src),
			"mean pool 2":        poolCase(Window{2, 2, Same(0), false}, true, src),
			"padded mean pool 3": poolCase(Window{3, 2, Same(1), false}, true, src),
		} {
			if f.h < 1 || f.w < 1 {
				continue
			}
			got, want := newPadded(nil, f.h, f.w, f.c, 1), newPadded(nil, f.h, f.w, f.c, 1)
			if name == "sum" { // it writes a vector
				f.fast(got.pixels()[:c], got.layout())
				f.portable(want.pixels()[:c], want.layout())
			} else {
				f.fast(got.pixels(), got.layout())
				f.portable(want.pixels(), want.layout())
			}
			for i := range want.all {
				if math.Float32bits(got.all[i]) != math.Float32bits(want.all[i]) && !(got.all[i] != got.all[i] && want.all[i] != want.all[i]) { // any NaN is NaN
					t.Fatalf("%s of %dx%dx%d: value %d is %v, portable %v", name, h, w, c, i-guards, got.all[i], want.all[i])
				}
			}
		}
	}
}

type mapCase struct {
	h, w, c        int
	fast, portable func(dst []float32, d Map)
}

func activationCase(a Activation, h, w int, src *padded) mapCase {
	return mapCase{h, w, src.c, func(dst []float32, d Map) { a.Map(dst, d, src.pixels(), src.layout()) },
		func(dst []float32, d Map) { a.portableMap(dst, d, src.pixels(), src.layout(), 0) }}
}

func poolCase(window Window, average bool, src *padded) mapCase {
	if src.h+2*window.Pads.Top < window.Size || src.w+2*window.Pads.Top < window.Size {
		return mapCase{}
	}
	scale, run := float32(0), window.Max
	if average {
		scale, run = 1/float32(window.Size*window.Size), window.Average
	}
	h, w := window.Out(src.h, src.w)
	return mapCase{h, w, src.c, func(dst []float32, d Map) { run(dst, d, src.pixels(), src.layout()) },
		func(dst []float32, d Map) { poolPortable(window, dst, d, src.pixels(), src.layout(), scale) }}
}
