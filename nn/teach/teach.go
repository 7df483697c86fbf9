package teach

import (
	"fmt"
	"image"
	"math"

	"sescope/kernels"
	"sescope/nn"
)

// Limits of what is taught in one go.
const (
	MaxClasses  = 12
	MaxExamples = 2000
)

// strength is scikit-learn's C: the weight of the examples' cross entropy against the squared
// weights. Chosen among 0.003 to 10 on groceries and clothes that the networks did not know: see
// RATIONALE.md.
const strength = 0.1

// Example is one labelled picture as the network's head would get it.
type Example struct {
	Label  int
	Burst  int          // one recording of a camera, or one file: bursts of different classes have different numbers
	Inputs [2][]float32 // what the head reads of the picture, and of its mirror image
	Own    float32      // nn.Trace.Familiar of the picture
	Gates  [][]float32  // by SE block
}

// Extract runs a picture and its mirror image. The session's trace is the picture's afterwards;
// Label and Burst are the caller's.
func Extract(s *nn.Session, img *image.NRGBA) (e Example, err error) {
	in := s.Trace().Model.Spec.Input
	t := s.Run(mirror(img, in.W, in.H))
	e.Inputs[1] = t.HeadInput(nil)
	t = s.Run(img)
	if err := t.Check(); err != nil {
		return Example{}, err
	}
	e.Inputs[0] = t.HeadInput(nil)
	e.Own = t.Familiar()
	for _, g := range t.Gates {
		e.Gates = append(e.Gates, append([]float32(nil), g.Scale...))
	}
	return e, nil
}

// mirror is what a network of w x h pixels sees of a picture, from right to left.
func mirror(img *image.NRGBA, w, h int) *image.NRGBA {
	from := nn.Centre(img.Rect, w, h)
	out := image.NewNRGBA(image.Rect(0, 0, from.Dx(), from.Dy()))
	for y := range from.Dy() {
		src, dst := img.Pix[img.PixOffset(from.Min.X, from.Min.Y+y):], out.Pix[y*out.Stride:][:4*from.Dx()]
		for x := 0; x < len(dst); x += 4 {
			copy(dst[len(dst)-4-x:][:4], src[x:x+4])
		}
	}
	return out
}

// Fault is an error about a set of examples.
type Fault struct {
	Kind  Kind
	Class int // of NoExamples
	Got   int
}

// Kind is what is wrong with a set of examples.
type Kind string

const (
	FewClasses   Kind = "few-classes"
	ManyClasses  Kind = "many-classes"
	NoExamples   Kind = "no-examples"   // a class without any
	ManyExamples Kind = "many-examples" // more than MaxExamples
	AllEqual     Kind = "all-equal"     // the network sees no difference between any two
)

func (f *Fault) Error() string {
	switch f.Kind {
	case FewClasses:
		return fmt.Sprintf("%s, expected at least two to tell apart", []string{"no class", "only one class"}[f.Got])
	case ManyClasses:
		return fmt.Sprintf("%d classes, expected at most %d", f.Got, MaxClasses)
	case NoExamples:
		return fmt.Sprintf("class %d has no example, expected at least one of each", f.Class+1)
	case ManyExamples:
		return fmt.Sprintf("%d examples, expected at most %d", f.Got, MaxExamples)
	}
	return "all examples look the same to the network, expected pictures that differ"
}

// Check tells whether a head can be learned from the examples: it returns a *Fault or nil.
func Check(examples []Example, classes int) error {
	switch {
	case classes < 2:
		return &Fault{Kind: FewClasses, Got: classes}
	case classes > MaxClasses:
		return &Fault{Kind: ManyClasses, Got: classes}
	case len(examples) > MaxExamples:
		return &Fault{Kind: ManyExamples, Got: len(examples)}
	}
	for c, n := range Count(examples, classes) {
		if n == 0 {
			return &Fault{Kind: NoExamples, Class: c}
		}
	}
	for _, e := range examples {
		for i, v := range e.Inputs[0] {
			if d := v - examples[0].Inputs[0][i]; d > 1e-6 || d < -1e-6 {
				return nil
			}
		}
	}
	return &Fault{Kind: AllEqual}
}

// Count is the number of examples of each class.
func Count(examples []Example, classes int) []int {
	n := make([]int, classes)
	for _, e := range examples {
		n[e.Label]++
	}
	return n
}

// Head is a last layer that was learned: logits = Weight x + Bias.
type Head struct {
	Classes     int
	Weight      []float32 // (classes, inputs)
	Bias        []float32 // (classes)
	Temperature float32   // probabilities are softmax(logits / Temperature)

	Mean, Std []float32 // of the examples, by input: what the regression saw is (x - Mean) / Std
	Asked     int       // how often the loss was computed
}

// Learn fits a softmax regression to the examples, every class counting the same however many
// examples it has. It minimises
//
//	|W|²/2 + C sum over examples of weight x cross entropy, C = 0.1
//
// on inputs of mean 0 and standard deviation 1, as scikit-learn's StandardScaler and
// LogisticRegression do, and folds the scaling into the weights. from is a head of the same classes
// to begin with, or nil. Examples that Check refuses must not be passed.
func Learn(examples []Example, classes int, from *Head) *Head {
	d := len(examples[0].Inputs[0])
	h := &Head{Classes: classes, Temperature: 1}
	weight, label := make([]float32, 2*len(examples)), make([]int, 2*len(examples))
	n := Count(examples, classes)
	present := 0
	for _, v := range n {
		if v > 0 {
			present++
		}
	}
	for i, e := range examples {
		w := 1 / float32(2*present*n[e.Label])
		weight[2*i], weight[2*i+1], label[2*i], label[2*i+1] = w, w, e.Label, e.Label
	}
	h.scale(examples, weight)
	row, shift, inverse := make([]float32, up(d, 4)), make([]float32, d), make([]float32, d)
	for c, v := range h.Std {
		inverse[c], shift[c] = 1/v, -h.Mean[c]/v
	}
	one := kernels.Map{H: 1, W: 1, C: d, RowStride: up(d, 4), Stride: up(d, 4)}
	r := newRegression(func(i int) []float32 {
		kernels.Affine(row, one, examples[i/2].Inputs[i%2], one, inverse, shift, false)
		return row[:d]
	}, label, weight, d, classes, 1/(strength*float64(len(examples))))
	theta := make([]float64, classes*(d+1))
	if from != nil && from.Classes == classes && len(from.Weight) == classes*d {
		h.resume(theta, from)
	}
	h.Asked = minimise(r.value, theta, tolerance)
	h.fold(theta)
	return h
}

// tolerance is the largest part of the gradient of the mean loss that may be left.
const tolerance = 1e-5

// scale finds mean and standard deviation of every input; an input that does not vary is left as it
// is.
func (h *Head) scale(examples []Example, weight []float32) {
	d := len(examples[0].Inputs[0])
	sum, squares := make([]float64, d), make([]float64, d)
	first := examples[0].Inputs[0][:d] // differences from it keep their digits
	for i, w := range weight {
		for c, v := range examples[i/2].Inputs[i%2][:d] {
			off := v - first[c]
			part := w * off
			sum[c] += float64(part)
			squares[c] += float64(part * off)
		}
	}
	h.Mean, h.Std = make([]float32, d), make([]float32, d)
	for c := range sum {
		h.Mean[c] = first[c] + float32(sum[c])
		h.Std[c] = float32(math.Sqrt(max(0, squares[c]-sum[c]*sum[c])))
		if h.Std[c] < 1e-6 {
			h.Std[c] = 1
		}
	}
}

// fold turns weights for scaled inputs, (classes, inputs + 1), into those for the inputs
// themselves.
func (h *Head) fold(theta []float64) {
	d := len(h.Mean)
	h.Weight, h.Bias = make([]float32, h.Classes*d), make([]float32, h.Classes)
	for k := range h.Classes {
		bias := theta[k*(d+1)+d]
		for c := range d {
			w := theta[k*(d+1)+c] / float64(h.Std[c])
			h.Weight[k*d+c] = float32(w)
			bias -= w * float64(h.Mean[c])
		}
		h.Bias[k] = float32(bias)
	}
}

// resume is fold backwards, of another head.
func (h *Head) resume(theta []float64, from *Head) {
	d := len(h.Mean)
	for k := range h.Classes {
		bias := float64(from.Bias[k])
		for c := range d {
			w := float64(from.Weight[k*d+c])
			theta[k*(d+1)+c] = w * float64(h.Std[c])
			bias += w * float64(h.Mean[c])
		}
		theta[k*(d+1)+d] = bias
	}
}

// Logits are those of one vector.
func (h *Head) Logits(x []float32) []float32 {
	out := make([]float32, h.Classes)
	for k := range out {
		out[k] = h.Bias[k]
		for c, w := range h.Weight[k*len(x):][:len(x)] {
			out[k] += w * x[c]
		}
	}
	return out
}
