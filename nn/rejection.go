package nn

import (
	"github.com/chewxy/math32"

	"sescope/kernels"
)

// Out-of-distribution rejection: a network's own rule for pictures that look like none of its
// classes.

func (m *Model) temperature() float32 {
	if t := m.Spec.Temperature; t > 0 {
		return t
	}
	return 1
}

// Rejection scores by the network's own rule how much a picture looks like its classes; sure is
// false where the score stays below the threshold, so that the honest answer is "not sure". A
// network without a rule scores 0 and is always sure.
func (t *Trace) Rejection() (score float32, sure bool) {
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
		score = t.Familiar()
		if r.Odds != 0 {
			p := min(max(t.Probs[t.Top()], surest), 1-surest)
			score += r.Odds * math32.Log(p/(1-p))
		}
	case "taught":
		score = 1 - t.Nearest()/r.Limit
		if r.Spread > 0 {
			score = min(score, (t.Familiar()-r.Own)/r.Spread)
		}
	}
	return score, score >= r.Threshold
}

// IsStrange tells of a score whether the picture is like nothing that the network knows, which is a
// stronger word than that it is not sure.
func (r *Reject) IsStrange(score float32) bool {
	if r.Strange != nil {
		return score < *r.Strange
	}
	return score < r.Threshold
}

// surest bounds a probability from 0 and 1, where its log odds have no end.
const surest = 1e-6

// Familiar is the sum over channels of tensor reject.weight, (C), times the mean of the map that
// the head reads: how much the picture looks like those that the network learned, whatever it
// shows. Without that tensor it is 0.
func (t *Trace) Familiar() (score float32) {
	if len(t.Model.reject) == 0 {
		return 0
	}
	y, means := t.features(), t.session.channel[0]
	kernels.Mean(means, y.pixels(), y.layout())
	for c, w := range t.Model.reject {
		score += w * means[c]
	}
	return score
}

// Nearest is the distance of what the head reads from the nearest example of a network with the
// score "taught": the root mean square of the inputs' differences, each in units of its standard
// deviation over the examples. Without examples it is 0.
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
