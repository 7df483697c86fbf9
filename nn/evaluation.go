package nn

import (
	"math"
	"slices"
)

// calibrationBins is the usual number of bins of confidence.
const calibrationBins = 15

// Evaluation counts how a network does on labelled pictures. The page and the command line both report what it counted, and the counts of several
// workers merge into one.
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

// GateSums are the sums behind the mean and standard deviation of one SE block's gates by label, [label][channel].
type GateSums struct {
	Layer   string      `json:"layer"`
	Sum     [][]float64 `json:"sum"`
	Squares [][]float64 `json:"squares"`
}

// NewEvaluation has no picture yet.
func NewEvaluation(m *Model) *Evaluation {
	classes := len(m.Spec.Classes)
	e := &Evaluation{Bins: make([]Calibration, calibrationBins), Gates: []GateSums{}}
	for range classes {
		e.Confusion = append(e.Confusion, make([]int, classes))
	}
	for _, l := range m.se {
		g := GateSums{Layer: l.Name()}
		for range classes {
			g.Sum, g.Squares = append(g.Sum, make([]float64, l.out.C)), append(g.Squares, make([]float64, l.out.C))
		}
		e.Gates = append(e.Gates, g)
	}
	return e
}

// Count adds one picture: its label and what the network made of it.
func (e *Evaluation) Count(label int, t *Trace) {
	top := t.Top()
	p := float64(t.Probs[top])
	bin := &e.Bins[min(int(p*calibrationBins), calibrationBins-1)]
	e.N++
	bin.N++
	bin.Confidence += p
	if top == label {
		e.Correct++
		bin.Correct++
	}
	larger := 0
	for class, v := range t.Logits {
		if v > t.Logits[label] || v == t.Logits[label] && class < label { // among equals the first is the larger, as for Top
			larger++
		}
	}
	if larger < 5 {
		e.Top5++
	}
	if _, sure := t.Known(); !sure {
		e.Unsure++
	}
	e.Confusion[label][top]++
	for i, g := range t.Gates {
		sum, squares := e.Gates[i].Sum[label], e.Gates[i].Squares[label]
		for c, v := range g.Scale {
			sum[c] += float64(v)
			squares[c] += float64(v) * float64(v)
		}
	}
}

// Merge adds what another evaluation of the same network counted.
func (e *Evaluation) Merge(o *Evaluation) {
	e.N, e.Correct, e.Top5, e.Unsure = e.N+o.N, e.Correct+o.Correct, e.Top5+o.Top5, e.Unsure+o.Unsure
	for i, row := range o.Confusion {
		for j, n := range row {
			e.Confusion[i][j] += n
		}
	}
	for i, b := range o.Bins {
		e.Bins[i].N += b.N
		e.Bins[i].Correct += b.Correct
		e.Bins[i].Confidence += b.Confidence
	}
	for i, g := range o.Gates {
		for class := range g.Sum {
			for c := range g.Sum[class] {
				e.Gates[i].Sum[class][c] += g.Sum[class][c]
				e.Gates[i].Squares[class][c] += g.Squares[class][c]
			}
		}
	}
}

// Accuracy is the share of right answers, 0 without pictures.
func (e *Evaluation) Accuracy() float64 { return ratio(e.Correct, e.N) }

// ECE is the expected calibration error: |confidence - accuracy| of the bins, weighted by their pictures.
func (e *Evaluation) ECE() (sum float64) {
	for _, b := range e.Bins {
		sum += math.Abs(b.Confidence - float64(b.Correct))
	}
	return sum / float64(max(e.N, 1))
}

// Recall is the share of a class's pictures that were named so, and Precision the share of the pictures named so that were of the class; 0 where there are none.
func (e *Evaluation) Recall(class int) float64 {
	n := 0
	for _, v := range e.Confusion[class] {
		n += v
	}
	return ratio(e.Confusion[class][class], n)
}

// Precision: see Recall.
func (e *Evaluation) Precision(class int) float64 {
	n := 0
	for _, row := range e.Confusion {
		n += row[class]
	}
	return ratio(e.Confusion[class][class], n)
}

// Usual is the mean and standard deviation of a block's gates over the pictures of a label, by channel; zeros without pictures.
func (e *Evaluation) Usual(block, label int) (mean, std []float64) {
	n := 0
	for _, v := range e.Confusion[label] {
		n += v
	}
	g := e.Gates[block]
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
