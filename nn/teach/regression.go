package teach

import (
	"math"

	"sescope/kernels"
)

// regression is a softmax regression under way: rows of values with a label and a weight each. Its
// two products run in the kernels of the network's convolutions, as 1x1 convolutions.
type regression struct {
	rows, columns, classes int
	label                  []int
	weight                 []float32 // of each row; they add up to 1
	decay                  float64   // of the squared weights of the classes, not of their biases

	x        []float32 // (rows, columns rounded up to 4): the source of the logits
	packed   []float32 // the same, as the weights of the gradient's product
	logits   []float32 // (rows, classes rounded up to 8)
	excess   []float32 // (classes, rows rounded up to 4): weight x (probability - label)
	gradient []float32 // (classes, columns rounded up to 8)
	w, bias  []float32 // as the kernels want them
}

func up(n, to int) int { return (n + to - 1) / to * to }

// newRegression takes the values of row i from row(i), as many as there are columns.
func newRegression(row func(i int) []float32, label []int, weight []float32, columns, classes int, decay float64) *regression {
	n := len(label)
	r := &regression{rows: n, columns: columns, classes: classes, label: label, weight: weight, decay: decay}
	r.x = make([]float32, n*up(columns, 4))
	r.packed = make([]float32, up(columns, kernels.Panel)*up(n, 4))
	for i := range n {
		v := row(i)
		copy(r.x[i*up(columns, 4):], v)
		for c := 0; c < columns; c += kernels.Panel { // see kernels.Pack: a column is an output channel
			copy(r.packed[(c/kernels.Panel*up(n, 4)+i)*kernels.Panel:], v[c:min(c+kernels.Panel, columns)])
		}
	}
	r.logits = make([]float32, n*up(classes, kernels.Panel))
	r.excess = make([]float32, classes*up(n, 4))
	r.gradient = make([]float32, classes*up(columns, kernels.Panel))
	r.w = make([]float32, up(classes, kernels.Panel)*up(columns, 4))
	r.bias = make([]float32, max(up(classes, kernels.Panel), up(columns, kernels.Panel)))
	return r
}

// value is the mean cross entropy by the rows' weights, plus decay/2 of the squared weights, at
// theta, (classes, columns + 1) with the bias last; its gradient goes to g.
func (r *regression) value(theta, g []float64) (sum float64) {
	width := r.columns + 1
	k := up(r.columns, 4)
	clear(r.bias)
	for c := range r.classes {
		panel := r.w[c/kernels.Panel*k*kernels.Panel+c%kernels.Panel:]
		for i, v := range theta[c*width:][:r.columns] {
			panel[i*kernels.Panel] = float32(v)
			sum += r.decay / 2 * v * v
			g[c*width+i] = r.decay * v
		}
		r.bias[c] = float32(theta[c*width+r.columns])
	}
	stride := up(r.classes, kernels.Panel)
	product(r.logits, stride, r.x, k, r.rows, r.classes, r.w, r.bias)
	sum += r.softmax()

	clear(r.bias)
	product(r.gradient, up(r.columns, kernels.Panel), r.excess, up(r.rows, 4), r.classes, r.columns, r.packed, r.bias)
	for c := range r.classes {
		for i, v := range r.gradient[c*up(r.columns, kernels.Panel):][:r.columns] {
			g[c*width+i] += float64(v)
		}
		bias := 0.0
		for _, v := range r.excess[c*up(r.rows, 4):][:r.rows] {
			bias += float64(v)
		}
		g[c*width+r.columns] = bias
	}
	return sum
}

// softmax makes excess of the logits and returns the weighted cross entropy. exp(v) is s / (1 - s)
// with s = 1 / (1 + exp(-v)), which the kernels compute for many values at once; for v <= 0 nothing
// cancels.
func (r *regression) softmax() (sum float64) {
	stride, n := up(r.classes, kernels.Panel), up(r.rows, 4)
	for i, label := range r.label {
		z := r.logits[i*stride:][:r.classes]
		most := z[0]
		for _, v := range z {
			if v > most {
				most = v
			}
		}
		sum -= float64(r.weight[i]) * float64(z[label]-most)
		for c := range z {
			z[c] -= most
		}
	}
	all := kernels.Map{H: 1, W: r.rows, C: stride, RowStride: r.rows * stride, Stride: stride}
	kernels.Logistic.Map(r.logits, all, r.logits, all)
	for i, label := range r.label {
		z := r.logits[i*stride:][:r.classes]
		var total float32
		for c, v := range z {
			z[c] = v / (1 - v)
			total += z[c]
		}
		sum += float64(r.weight[i]) * math.Log(float64(total))
		scale := r.weight[i] / total
		for c, v := range z {
			r.excess[c*n+i] = v * scale
		}
		r.excess[label*n+i] -= r.weight[i]
	}
	return sum
}

// product is: dst[i][o] = bias[o] + sum over j of src[i][j] w[o][j] for rows of stride values, w as
// kernels.Pack lays it out.
func product(dst []float32, dstStride int, src []float32, stride, rows, out int, w, bias []float32) {
	c := kernels.Conv{SrcW: rows, SrcStride: stride, DstW: rows, DstStride: dstStride, OutH: 1, OutW: rows, COut: out, KH: 1, KW: 1, Step: 1}
	c.Run(dst, src, w, bias[:up(out, kernels.Panel)])
}
