package nn

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/chewxy/math32"

	"sescope/kernels"
)

func (m *Model) temperature() float32 {
	if t := m.Spec.Temperature; t > 0 {
		return t
	}
	return 1
}

// Known scores by the network's own rule how much a picture looks like its classes; sure is false where the score stays below the threshold, so that the
// honest answer is "not sure". A network without a rule scores 0 and is always sure.
func (t *Trace) Known() (score float32, sure bool) {
	r := t.Model.Spec.Reject
	if r == nil {
		return 0, true
	}
	switch r.Score {
	case "energy": // T log sum exp(logits / T) = largest logit - T log(its probability)
		top := t.Top()
		score = t.Logits[top] - t.Model.temperature()*math32.Log(t.Probs[top])
	case "maxlogit":
		score = t.Logits[t.Top()]
	case "msp":
		score = t.Probs[t.Top()]
	case "features":
		score = t.outside()
	case "taught":
		score = 1 - t.Nearest()/r.Limit
		if r.Spread > 0 {
			score = min(score, (t.outside()-r.Own)/r.Spread)
		}
	}
	return score, score >= r.Threshold
}

// outside is the score "features".
func (t *Trace) outside() (score float32) {
	y, means := t.features(), t.session.channel[0]
	kernels.Mean(means, y.pixels(), y.layout())
	for c, w := range t.Model.reject {
		score += w * means[c]
	}
	return score
}

// Nearest is the distance of what the head reads from the nearest example of a network with the score "taught": the root mean
// square of the inputs' differences, each in units of its standard deviation over the examples. Without examples it is 0.
func (t *Trace) Nearest() float32 {
	taught, s := t.Model.taught, t.session
	if len(taught.examples) == 0 {
		return 0
	}
	s.head = t.HeadInput(s.head)
	x := s.head
	for c, v := range x {
		x[c] = (v - taught.mean[c]) / taught.std[c]
	}
	least := math32.Inf(1)
	for _, e := range taught.examples {
		var sum float32
		for c, v := range e[:len(x)] {
			d := v - x[c]
			sum += d * d
		}
		if sum < least {
			least = sum
		}
	}
	return sqrt(least / float32(len(x)))
}

// taught is what the score "taught" reads of the file.
type taught struct {
	mean, std []float32   // by input of the head
	examples  [][]float32 // (examples, inputs), of mean 0 and standard deviation 1
}

// Check reports numbers that are not finite, which a network with huge weights makes: the error names the first layer with one and its place.
func (t *Trace) Check() error {
	if finite(t.Logits) < 0 {
		return nil
	}
	for i, l := range t.Model.layers {
		out := t.session.out[i]
		for p := range out.H * out.W {
			y, x := p/out.W, p%out.W
			if c := finite(out.Data[out.Offset(y, x):][:out.C]); c >= 0 {
				return fmt.Errorf("network %q: layer %q gives %v in channel %d at row %d, column %d, expected finite numbers", t.Model.Spec.Name, l.Name(), out.At(y, x, c), c, y, x)
			}
		}
	}
	return nil
}

// finite is the index of the first value that is not finite, or -1.
func finite(v []float32) int {
	return slices.IndexFunc(v, func(x float32) bool { return x-x != 0 })
}

// Signature is the usual gates of one SE block by class, (classes, channels), measured over the training pictures; ok is false where the file holds none.
func (m *Model) Signature(block int) (mean, std [][]float32, ok bool) {
	if block < 0 || block >= len(m.signatures) || m.signatures[block].mean == nil {
		return nil, nil, false
	}
	return m.signatures[block].mean, m.signatures[block].std, true
}

type signature struct{ mean, std [][]float32 }

// usualStd is added to a gate's standard deviation, in squares: a gate that hardly moved in training is no reason to call a small change unusual, and the
// deviations are stored with 8 bits.
const usualStd = 0.01

// Deviation tells how many standard deviations a gate lies from its mean.
func Deviation(gate, mean, std float32) float32 {
	return (gate - mean) / sqrt(std*std+usualStd*usualStd)
}

func expm1(v float32) float32 { return float32(math.Expm1(float64(v))) }

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) } // an instruction in wasm, where math32's is a slow routine

// ClassDistance is how far the gates lie from a class's usual ones: the root mean square of the channels' deviations, about 1 for a typical picture of it.
type ClassDistance struct {
	Class    int
	Distance float32
}

// Closest orders the classes by the distance of the applied gates of one SE block from their signatures, nearest first; nil without signatures.
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
