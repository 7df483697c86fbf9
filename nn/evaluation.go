package nn

import (
	"math"
	"slices"
)

// calibrationBins is the usual number of bins of confidence.
const calibrationBins = 15

// Evaluation counts how a network does on labelled pictures. The page and the command line both
// report what it counted.
type Evaluation struct {
	N         int           `json:"n"`
	Correct   int           `json:"correct"`
	Top5      int           `json:"top5"`      // the label is among the five largest logits
	Unsure    int           `json:"unsure"`    // below the threshold of the network's rejection rule
	Confusion [][]int       `json:"confusion"` // pictures by [label][predicted]
	Bins      []Calibration `json:"bins"`      // equal bins of the largest probability, from 0 to 1
	Gates     []GateSums    `json:"gates"`     // by SE block
}

// Calibration is one bin of the calibration curve.
type Calibration struct {
	N          int     `json:"n"`
	Correct    int     `json:"correct"`
	Confidence float64 `json:"confidence"` // sum of the largest probabilities
}

// GateSums are the sums behind the mean and standard deviation of one SE block's gates by label,
// [label][channel].
type GateSums struct {
	Layer   string      `json:"layer"`
	Sum     [][]float64 `json:"sum"` // nil for a label without pictures
	Squares [][]float64 `json:"squares"`
}

// Outcome is what a network made of one labelled picture.
type Outcome struct {
	Label int
	Top   int         // the class of the largest logit
	P     float32     // its probability
	Rank  int         // how many classes have a larger logit than the label, among equals the first counting as the larger
	Score float32     // of the network's rejection rule: see Trace.Rejection
	Sure  bool        // the score reaches the threshold
	Gates [][]float32 // by SE block; they are the session's until its next run
}

// Outcome sums up what the network made of a picture of that label.
func (t *Trace) Outcome(label int) Outcome {
	o := Outcome{Label: label, Top: t.Top()}
	o.P = t.Probs[o.Top]
	for class, v := range t.Logits {
		if v > t.Logits[label] || v == t.Logits[label] && class < label {
			o.Rank++
		}
	}
	o.Score, o.Sure = t.Rejection()
	for _, g := range t.Gates {
		o.Gates = append(o.Gates, g.Scale)
	}
	return o
}

// NewEvaluation of a network of that many classes and these SE blocks has no picture yet.
func NewEvaluation(classes int, blocks []string) *Evaluation {
	e := &Evaluation{Bins: make([]Calibration, calibrationBins), Gates: []GateSums{}}
	for range classes {
		e.Confusion = append(e.Confusion, make([]int, classes))
	}
	for _, layer := range blocks {
		e.Gates = append(e.Gates, GateSums{layer, make([][]float64, classes), make([][]float64, classes)})
	}
	return e
}

// NewEvaluation is one of the model's classes and SE blocks.
func (m *Model) NewEvaluation() *Evaluation {
	var blocks []string
	for _, l := range m.blocks {
		blocks = append(blocks, l.Name())
	}
	return NewEvaluation(len(m.Spec.Classes), blocks)
}

// Count adds one picture. The sums are the same to the last bit whenever pictures are counted in
// the same order.
func (e *Evaluation) Count(o Outcome) {
	bin := &e.Bins[min(int(float64(o.P)*calibrationBins), calibrationBins-1)]
	e.N++
	bin.N++
	bin.Confidence += float64(o.P)
	if o.Top == o.Label {
		e.Correct++
		bin.Correct++
	}
	if o.Rank < 5 {
		e.Top5++
	}
	if !o.Sure {
		e.Unsure++
	}
	e.Confusion[o.Label][o.Top]++
	for i, scale := range o.Gates {
		g := &e.Gates[i]
		if g.Sum[o.Label] == nil { // only classes that occur: a network of a thousand has many gates
			g.Sum[o.Label], g.Squares[o.Label] = make([]float64, len(scale)), make([]float64, len(scale))
		}
		sum, squares := g.Sum[o.Label], g.Squares[o.Label]
		for c, v := range scale {
			sum[c] += float64(v)
			squares[c] += float64(v) * float64(v)
		}
	}
}

// Accuracy is the share of right answers, 0 without pictures.
func (e *Evaluation) Accuracy() float64 { return ratio(e.Correct, e.N) }

// ECE is the expected calibration error: |confidence - accuracy| of the bins, weighted by their
// pictures.
func (e *Evaluation) ECE() (sum float64) {
	for _, b := range e.Bins {
		sum += math.Abs(b.Confidence - float64(b.Correct))
	}
	return sum / float64(max(e.N, 1))
}

// Recall is the share of a class's pictures that were named so, and Precision the share of the
// pictures named so that were of the class; 0 where there are none.
func (e *Evaluation) Recall(class int) float64 {
	return ratio(e.Confusion[class][class], e.Pictures(class))
}

// Precision: see Recall.
func (e *Evaluation) Precision(class int) float64 {
	n := 0
	for _, row := range e.Confusion {
		n += row[class]
	}
	return ratio(e.Confusion[class][class], n)
}

// Usual is the mean and standard deviation of a block's gates over the pictures of a label, by
// channel; nil without pictures.
func (e *Evaluation) Usual(block, label int) (mean, std []float64) {
	g, n := e.Gates[block], e.Pictures(label)
	mean, std = slices.Clone(g.Sum[label]), slices.Clone(g.Squares[label])
	for c := range mean {
		mean[c] /= float64(max(n, 1))
		std[c] = math.Sqrt(max(0, std[c]/float64(max(n, 1))-mean[c]*mean[c]))
	}
	return mean, std
}

func ratio(part, all int) float64 {
	if all == 0 {
		return 0
	}
	return float64(part) / float64(all)
}

// Pictures is how many pictures of a class there were.
func (e *Evaluation) Pictures(class int) (n int) {
	for _, v := range e.Confusion[class] {
		n += v
	}
	return n
}

// Versus counts how two networks do on the same pictures.
type Versus struct {
	Both    int `json:"both"`  // both right
	First   int `json:"first"` // only the first
	Second  int `json:"second"`
	Neither int `json:"neither"`
	Same    int `json:"same"` // both give the same class, right or wrong
}

// Count adds one picture.
func (v *Versus) Count(label, first, second int) {
	switch {
	case first == label && second == label:
		v.Both++
	case first == label:
		v.First++
	case second == label:
		v.Second++
	default:
		v.Neither++
	}
	if first == second {
		v.Same++
	}
}
