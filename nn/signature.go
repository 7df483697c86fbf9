package nn

import (
	"cmp"
	"math"
	"slices"
)

// Signature is the usual gates of one SE block by class, (classes, channels), measured over the
// training pictures; ok is false where the file holds none.
func (m *Model) Signature(block int) (mean, std [][]float32, ok bool) {
	if block < 0 || block >= len(m.signatures) || m.signatures[block].mean == nil {
		return nil, nil, false
	}
	return m.signatures[block].mean, m.signatures[block].std, true
}

type signature struct{ mean, std [][]float32 }

// usualStd is added to a gate's standard deviation, in squares: a gate that hardly moved in
// training is no reason to call a small change unusual, and the deviations are stored with 8 bits.
const usualStd = 0.01

// Deviation tells how many standard deviations a gate lies from its mean.
func Deviation(gate, mean, std float32) float32 {
	return (gate - mean) / sqrt(std*std+usualStd*usualStd)
}

func expm1(v float32) float32 { return float32(math.Expm1(float64(v))) }

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) } // an instruction in wasm, where math32's is a slow routine

// ClassDistance is how far the gates lie from a class's usual ones: the root mean square of the
// channels' deviations, about 1 for a typical picture of it.
type ClassDistance struct {
	Class    int
	Distance float32
}

// Closest orders the classes by the distance of the applied gates of one SE block from their
// signatures, nearest first; nil without signatures.
func (t *Trace) Closest(block int) []ClassDistance {
	mean, std, ok := t.Model.Signature(block)
	if !ok {
		return nil
	}
	out := make([]ClassDistance, len(mean))
	for class := range out {
		var sum float32
		for c, g := range t.Gates[block].Scale {
			d := Deviation(g, mean[class][c], std[class][c])
			sum += d * d
		}
		out[class] = ClassDistance{class, sqrt(sum / float32(len(mean[class])))}
	}
	slices.SortStableFunc(out, func(a, b ClassDistance) int { return cmp.Compare(a.Distance, b.Distance) })
	return out
}
