package teach

import (
	"cmp"
	"math"
	"slices"
)

// Folds is the most parts that Validate makes.
const Folds = 5

// Validation is how often heads were right on examples that took no part in their learning.
type Validation struct {
	Folds     int     // parts that were held back in turn; 0 where a class has a single burst, so that nothing can be held back
	N         int     // examples
	Correct   int     //
	Confusion [][]int // examples by [label][predicted]
	Predicted []int   // by example, -1 where none was made

	logits [][]float32 // by example
}

// Accuracy is the share of right answers, 0 without any.
func (v *Validation) Accuracy() float64 { return float64(v.Correct) / float64(max(v.N, 1)) }

// Split deals whole bursts to parts, every class evenly over them, as scikit-learn's
// StratifiedGroupKFold does: the largest bursts first, each to the part that has the fewest
// examples of its class. It returns the part of each example and their number, which is 0 where a
// class has a single burst.
func Split(examples []Example, classes int) (part []int, parts int) {
	type burst struct{ label, number, n, first int }
	var bursts []burst
	at := map[[2]int]int{}
	for i, e := range examples {
		key := [2]int{e.Label, e.Burst}
		j, ok := at[key]
		if !ok {
			j = len(bursts)
			at[key] = j
			bursts = append(bursts, burst{label: e.Label, number: e.Burst, first: i})
		}
		bursts[j].n++
	}
	each := make([]int, classes)
	for _, b := range bursts {
		each[b.label]++
	}
	if parts = min(Folds, slices.Min(each)); parts < 2 {
		return make([]int, len(examples)), 0
	}
	slices.SortStableFunc(bursts, func(a, b burst) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.first, b.first)) })
	filled, all, held := make([][]int, parts), make([]int, parts), map[[2]int]int{}
	for p := range filled {
		filled[p] = make([]int, classes)
	}
	for _, b := range bursts {
		best := 0
		for p := range parts {
			if filled[p][b.label] < filled[best][b.label] || filled[p][b.label] == filled[best][b.label] && all[p] < all[best] {
				best = p
			}
		}
		filled[best][b.label] += b.n
		all[best] += b.n
		held[[2]int{b.label, b.number}] = best
	}
	part = make([]int, len(examples))
	for i, e := range examples {
		part[i] = held[[2]int{e.Label, e.Burst}]
	}
	return part, parts
}

// NewValidation has no part counted yet.
func NewValidation(examples []Example, classes, parts int) *Validation {
	v := &Validation{Folds: parts, Predicted: make([]int, len(examples)), logits: make([][]float32, len(examples))}
	for range classes {
		v.Confusion = append(v.Confusion, make([]int, classes))
	}
	for i := range v.Predicted {
		v.Predicted[i] = -1
	}
	return v
}

// Hold learns from all parts but one, beginning with from, and counts the answers for that one.
func (v *Validation) Hold(examples []Example, classes int, part []int, p int, from *Head) {
	var rest []Example
	for i, e := range examples {
		if part[i] != p {
			rest = append(rest, e)
		}
	}
	h := Learn(rest, classes, from)
	for i, e := range examples {
		if part[i] != p {
			continue
		}
		v.logits[i] = h.Logits(e.Inputs[0])
		top := 0
		for c, z := range v.logits[i] {
			if z > v.logits[i][top] {
				top = c
			}
		}
		v.Predicted[i] = top
		v.Confusion[e.Label][top]++
		v.N++
		if top == e.Label {
			v.Correct++
		}
	}
}

// Validate holds every part back in turn.
func Validate(examples []Example, classes int, from *Head) *Validation {
	part, parts := Split(examples, classes)
	v := NewValidation(examples, classes, parts)
	for p := range parts {
		v.Hold(examples, classes, part, p, from)
	}
	return v
}

// Bounds of a temperature: few examples say little, and nothing beyond them is believable.
const coldest, hottest = 0.1, 10

// Temperature is that of the smallest cross entropy on the examples that were held back (Guo et al.
// 2017), the label's share being (n + 1) / (n + K) and every other's 1 / (n + K) for n answers of K
// classes, as Platt (1999) proposes: without that, n right answers would ask for certainty. It is 1
// where nothing was held back.
func (v *Validation) Temperature(examples []Example) float32 {
	if v.N == 0 {
		return 1
	}
	classes := float64(len(v.Confusion))
	rest := 1 / (float64(v.N) + classes)
	loss := func(logT float64) (sum float64) {
		t := math.Exp(logT)
		for i, e := range examples {
			z := v.logits[i]
			if z == nil {
				continue
			}
			most := float64(slices.Max(z))
			all, each := 0.0, 0.0
			for _, x := range z {
				all += math.Exp((float64(x) - most) / t)
				each += (float64(x) - most) / t
			}
			label := (float64(z[e.Label]) - most) / t
			sum += math.Log(all) - rest*each - (1-classes*rest)*label
		}
		return sum
	}
	low, high := math.Log(coldest), math.Log(hottest)
	for high-low > 1e-4 { // one minimum in 1/T, so by thirds
		a, b := low+(high-low)/3, high-(high-low)/3
		if loss(a) < loss(b) {
			high = b
		} else {
			low = a
		}
	}
	return float32(math.Exp((low + high) / 2))
}

func sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) } // an instruction in wasm
