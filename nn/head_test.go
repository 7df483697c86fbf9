package nn

import (
	"math"
	"slices"
	"strings"
	"testing"

	"sescope/weights"
)

// The logits of every network are its last layer's weights, as its file has them in PyTorch's
// order, times HeadInput.
func TestHeadInput(t *testing.T) {
	img := readPNG(t, goldenDir+"/1.png")
	for name, n := range networks(t) {
		trace := openSession(t, n.Model).Run(img)
		x := trace.HeadInput(nil)
		last := n.Model.Spec.Layers[len(n.Model.Spec.Layers)-1]
		w, err := n.Model.file.Float32(last.Name+".weight", len(trace.Logits), len(x))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		bias, err := n.Model.file.Float32(last.Name+".bias", len(trace.Logits))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for k, want := range trace.Logits {
			if got := bias[k] + dot(w[k*len(x):][:len(x)], x); !close32(got, want) {
				t.Errorf("%s: logit %d from HeadInput is %v, the network says %v", name, k, got, want)
			}
		}
	}
}

// A network whose last Linear reads a flattened map gives its values in PyTorch's order, and takes
// weights in it.
func TestHeadBehindFlatten(t *testing.T) {
	spec := Spec{Name: "flat", Input: Shape{4, 4, 3}, Mean: []float32{0, 0, 0}, Std: []float32{1, 1, 1}, Classes: []Class{{En: "a"}, {En: "b"}},
		Layers: []LayerSpec{{Op: "conv", Name: "conv", In: 3, Out: 5, Kernel: 1, Stride: 1}, {Op: "flatten", Name: "flat"}, {Op: "linear", Name: "fc", In: 80, Out: 2}}}
	f := &weights.File{Tensors: []weights.Tensor{weights.NewF32("conv.weight", random32(15), 5, 3, 1, 1), weights.NewF32("fc.weight", random32(160), 2, 80)}}
	m, err := LoadSpec(f, spec)
	if err != nil {
		t.Fatal(err)
	}
	trace := openSession(t, m).Run(readPNG(t, goldenDir+"/1.png"))
	w := random32(160)
	if got, want := trace.Logits[1], dot(w[80:], trace.HeadInput(nil)); !close32(got, want) {
		t.Errorf("logit %v, from HeadInput %v", got, want)
	}
	head := Head{Name: "other", Classes: []Class{{En: "x"}, {En: "y"}, {En: "z"}}, Weight: random32(240), Bias: []float32{1, 2, 3}}
	other, err := m.WithHead(head)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := openSession(t, other).Run(readPNG(t, goldenDir+"/1.png")).Logits[2], 3+dot(head.Weight[160:], trace.HeadInput(nil)); !close32(got, want) {
		t.Errorf("logit of the new head %v, expected %v", got, want)
	}
}

func random32(n int) []float32 {
	out := make([]float32, n)
	for i, u := range uniform("head", n) {
		out[i] = float32(u) - 0.5
	}
	return out
}

// A network with another head answers as its file does, knows what lies near its examples, and
// keeps nothing of its former classes.
func TestWithHead(t *testing.T) {
	img := readPNG(t, goldenDir+"/1.png")
	for _, name := range []string{"live", "cnn3-se", "simple"} {
		m := networks(t)[name].Model
		trace := openSession(t, m).Run(img)
		x := trace.HeadInput(nil)
		n, k := len(x), 3
		head := Head{Name: "mine", Title: map[string]string{"en": "Mine"}, Classes: []Class{{"a", "甲"}, {"b", "乙"}, {"c", "丙"}}, Weight: random32(k * n), Bias: []float32{0.5, -1, 2}, Temperature: 2}
		std, shifted := make([]float32, n), slices.Clone(x)
		for i := range std {
			std[i] = 0.5
			shifted[i] = (shifted[i] + 0.1) / std[i]
		}
		head.Reject = &Reject{Score: "taught", Limit: 0.4}
		head.Tensors = []weights.Tensor{weights.NewF32("reject.examples", append(random32(n), shifted...), 2, n), weights.NewF32("reject.mean", make([]float32, n), n), weights.NewF32("reject.std", std, n)}
		if len(m.Blocks()) > 0 {
			c := len(trace.Gates[0].Scale)
			head.Tensors = append(head.Tensors, weights.NewI8("signature."+m.Blocks()[0]+".mean", random32(k*c), k, c)...)
			head.Tensors = append(head.Tensors, weights.NewI8("signature."+m.Blocks()[0]+".std", random32(k*c), k, c)...)
		}
		quick, err := m.WithHead(head)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f, err := weights.Read("mine", quick.File().Write())
		if err != nil {
			t.Fatal(err)
		}
		slow, err := Load(f)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a, b := openSession(t, quick).Run(img), openSession(t, slow).Run(img)
		if !slices.Equal(a.Logits, b.Logits) || !slices.Equal(a.Probs, b.Probs) || len(a.Logits) != k {
			t.Errorf("%s: logits %v, of the file %v", name, a.Logits, b.Logits)
		}
		for class := range k {
			if want := head.Bias[class] + dot(head.Weight[class*n:][:n], x); !close32(a.Logits[class], want) {
				t.Errorf("%s: logit %d is %v, expected %v", name, class, a.Logits[class], want)
			}
		}
		scoreA, sure := a.Rejection()
		scoreB, _ := b.Rejection()
		if scoreA != scoreB || !sure || math.Abs(float64(a.Nearest())-0.2) > 1e-3 || math.Abs(float64(scoreA)-0.5) > 1e-2 {
			t.Errorf("%s: distance %v, score %v and %v, expected 0.2 and 0.5", name, a.Nearest(), scoreA, scoreB)
		}
		if _, _, ok := quick.Signature(0); ok != (len(m.Blocks()) > 0) {
			t.Errorf("%s: signatures %v", name, ok)
		}
		if _, _, ok := quick.Signature(1); ok || quick.Spec.Card != nil || quick.Spec.Family != nil || m.Spec.Name != name || len(m.Spec.Classes) != 10 {
			t.Errorf("%s: something of the former head is left, or the network itself changed", name)
		}
		if m.Exact() != quick.Exact() {
			t.Errorf("%s: exact %v, before %v", name, quick.Exact(), m.Exact())
		}
		head.Reject = &Reject{Score: "taught", Limit: 0}
		if _, err := m.WithHead(head); err == nil || !strings.Contains(err.Error(), "limit") {
			t.Errorf("%s: a limit of 0: %v", name, err)
		}
		head.Bias = head.Bias[:2]
		if _, err := m.WithHead(head); err == nil || !strings.Contains(err.Error(), "2 biases for 3 classes") {
			t.Errorf("%s: two biases: %v", name, err)
		}
	}
}
