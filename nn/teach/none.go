package teach

import (
	"slices"

	"sescope/kernels"
	"sescope/nn"
	"sescope/weights"
)

const (
	remembered = 512  // examples, mirror images included, that a taught network compares a picture with
	kept       = 0.95 // share of the taught pictures that either rule lets pass
)

// known is when a picture looks like the taught ones: it lies no farther from one of them than they
// lie from each other, and the network's own rule, widened until it lets the taught pictures pass,
// does not refuse it either.
type known struct {
	examples []float32 // (rows, inputs), scaled
	rows     int
	reject   nn.Reject
}

// newKnown remembers examples evenly over the classes. base is the rule of the network that they
// were taught on, or nil.
func newKnown(examples []Example, classes int, h *Head, base *nn.Reject) known {
	var chosen []int
	share := remembered / 2 / classes
	for class := range classes {
		var of []int
		for i, e := range examples {
			if e.Label == class {
				of = append(of, i)
			}
		}
		n := min(share, len(of))
		for j := range n {
			chosen = append(chosen, of[j*len(of)/n])
		}
	}
	d := len(h.Mean)
	k := known{rows: 2 * len(chosen), reject: nn.Reject{Score: "taught"}}
	for _, i := range chosen {
		for _, x := range examples[i].Inputs {
			for c, v := range x {
				k.examples = append(k.examples, (v-h.Mean[c])/h.Std[c])
			}
		}
	}
	k.reject.Limit = limit(examples, chosen, k.examples, d)
	if base == nil || base.Score != "features" { // the other scores read logits that are gone
		return k
	}
	own := make([]float32, len(examples))
	for i, e := range examples {
		own[i] = e.Own
	}
	slices.Sort(own)
	threshold := base.Threshold
	if base.Odds != 0 {
		threshold = base.Own
	}
	k.reject.Own = min(threshold, own[int((1-kept)*float32(len(own)))])
	k.reject.Spread = max(own[len(own)/2]-k.reject.Own, 1e-3) // so that a common picture scores 1
	return k
}

// limit is the largest distance at which a picture counts as known: that within which 95 % of the
// examples have another burst of their class, but at least half of what commonly lies between two
// classes, since one burst knows nothing of how different the next will be.
func limit(examples []Example, chosen []int, rows []float32, d int) float32 {
	var within, between []float32
	far := squares(rows, 2*len(chosen), d)
	for a, i := range chosen {
		same, other := float32(-1), float32(-1)
		for b, j := range chosen {
			own := examples[i].Label == examples[j].Label
			if own && examples[i].Burst == examples[j].Burst {
				continue
			}
			nearest := &other
			if own {
				nearest = &same
			}
			for _, v := range far[a*2*len(chosen)+2*b:][:2] { // of the picture and its mirror image
				if *nearest < 0 || v < *nearest {
					*nearest = v
				}
			}
		}
		if same >= 0 {
			within = append(within, sqrt(same/float32(d)))
		}
		if other >= 0 {
			between = append(between, sqrt(other/float32(d)))
		}
	}
	most := float32(1e-3)
	if n := len(between); n > 0 {
		slices.Sort(between)
		most = max(most, between[n/2]/2)
	}
	if n := len(within); n > 0 {
		slices.Sort(within)
		most = max(most, within[min(int(kept*float32(n)), n-1)]*(1+1/bursts(examples, chosen)))
	}
	return most
}

// bursts is how many bursts a class has in the mean. A few recordings in one place are nearer to
// each other than the next, in another place and light, will be to them.
func bursts(examples []Example, chosen []int) float32 {
	classes, seen := map[int]bool{}, map[int]bool{}
	for _, i := range chosen {
		classes[examples[i].Label], seen[examples[i].Burst] = true, true
	}
	return float32(len(seen)) / float32(len(classes))
}

// squares are the squared distances of every other row, the pictures, from all rows of d values:
// (n/2, n). |a|² + |b|² - 2ab takes one product in the kernels.
func squares(rows []float32, n, d int) []float32 {
	stride := up(d, 4)
	even, norm := make([]float32, n/2*stride), make([]float32, n)
	for i := range n {
		for _, v := range rows[i*d:][:d] {
			norm[i] += v * v
		}
		if i%2 == 0 {
			copy(even[i/2*stride:], rows[i*d:][:d])
		}
	}
	w := kernels.Pack(rows, n, d, 1, 1, stride)
	wide := up(n, kernels.Panel)
	products := make([]float32, n/2*wide)
	product(products, wide, even, stride, n/2, n, w, make([]float32, wide))
	out := make([]float32, 0, n/2*n)
	for i := range n / 2 {
		for j, v := range products[i*wide:][:n] {
			out = append(out, max(0, norm[2*i]+norm[j]-2*v))
		}
	}
	return out
}

// tensors are those that nn's rule reads.
func (k *known) tensors(h *Head, base *weights.File) []weights.Tensor {
	d := len(h.Mean)
	out := weights.NewI8("reject.examples", k.examples, k.rows, d)
	out = append(out, weights.NewF32("reject.mean", h.Mean, d), weights.NewF32("reject.std", h.Std, d))
	if k.reject.Spread > 0 {
		out = append(out, *base.Lookup("reject.weight"))
	}
	return out
}
