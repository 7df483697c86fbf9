package nn

import (
	"encoding/json"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"sescope/weights"
)

// withSpec is the generated live network with an edited spec and further tensors.
func withSpec(t testing.TB, edit func(*Spec), tensors ...weights.Tensor) (*Model, error) {
	t.Helper()
	f := withGenerated(t, readWeights(t, goldenDir+"/generated-live.safetensors"))
	spec, _, err := ParseSpec(f)
	if err != nil {
		t.Fatal(err)
	}
	edit(&spec)
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata = map[string]string{metadataKey: string(text)}
	f.Tensors = append(f.Tensors, tensors...)
	return Load(f)
}

func TestKnown(t *testing.T) {
	img := readPNG(t, goldenDir+"/1.png")
	const temperature = 2.5
	for _, c := range []struct {
		score string
		want  func(logits []float32) float64
	}{
		{"energy", func(v []float32) float64 {
			sum := 0.0
			for _, x := range v {
				sum += math.Exp(float64(x) / temperature)
			}
			return temperature * math.Log(sum)
		}},
		{"maxlogit", func(v []float32) float64 { return float64(slices.Max(v)) }},
		{"msp", func(v []float32) float64 {
			sum := 0.0
			for _, x := range v {
				sum += math.Exp(float64(x-slices.Max(v)) / temperature)
			}
			return 1 / sum
		}},
	} {
		for _, above := range []bool{true, false} {
			m, err := withSpec(t, func(s *Spec) { s.Temperature, s.Reject = temperature, &Reject{Score: c.score} })
			if err != nil {
				t.Fatal(err)
			}
			want := c.want(openSession(t, m).Run(img).Logits)
			m.Spec.Reject.Threshold = float32(want) - 0.01
			if !above {
				m.Spec.Reject.Threshold = float32(want) + 0.01
			}
			if score, sure := openSession(t, m).Run(img).Rejection(); !close32(score, float32(want)) || sure != above {
				t.Errorf("%s: score %v, expected %v; sure %v, expected %v", c.score, score, want, sure, above)
			}
		}
	}
	byFeatures := func(s *Spec) { s.Reject = &Reject{Score: "features", Threshold: -1} }
	w := make([]float32, 96) // as many as live has channels in front of its head
	for c := range w {
		w[c] = float32(c%7) - 3
	}
	byMeans, err := withSpec(t, byFeatures, weights.NewF32("reject.weight", w, 96))
	if err != nil {
		t.Fatal(err)
	}
	trace := openSession(t, byMeans).Run(img)
	want := 0.0
	y := trace.session.out[byMeans.features]
	for row := range y.H {
		for x := range y.W {
			for c := range w {
				want += float64(w[c]) * float64(y.Data[y.Offset(row, x)+c]) / float64(y.H*y.W)
			}
		}
	}
	if score, sure := trace.Rejection(); !close32(score, float32(want)) || sure != (want >= -1) {
		t.Errorf("features: score %v, expected %v; sure %v", score, want, sure)
	}
	r := byMeans.Spec.Reject
	r.Odds = 0.7
	p := float64(trace.Probs[trace.Top()])
	if score, _ := trace.Rejection(); !close32(score, float32(want+0.7*math.Log(p/(1-p)))) || !close32(trace.Familiar(), float32(want)) {
		t.Errorf("features and odds of %v: score %v, familiar %v, %v", p, score, trace.Familiar(), want)
	}
	for _, p := range []float32{0, 1} {
		trace.Probs[trace.Top()] = p
		if score, _ := trace.Rejection(); math.IsInf(float64(score), 0) || math.IsNaN(float64(score)) {
			t.Errorf("a probability of %v: score %v", p, score)
		}
	}
	r.Odds = 0
	if r.IsStrange(r.Threshold) || !r.IsStrange(r.Threshold-1) {
		t.Error("without a bound of its own, strange is what is below the threshold")
	}
	bound := r.Threshold - 2
	if r.Strange = &bound; r.IsStrange(r.Threshold-1) || !r.IsStrange(r.Threshold-3) {
		t.Error("strange is what is below its bound")
	}
	above := func(s *Spec) { byFeatures(s); v := float32(0); s.Reject.Strange = &v }
	if _, err := withSpec(t, above, weights.NewF32("reject.weight", w, 96)); err == nil || !strings.Contains(err.Error(), "expected at most the threshold, -1") {
		t.Errorf("strange above the threshold: %v", err)
	}
	if _, err := withSpec(t, byFeatures); err == nil || !strings.Contains(err.Error(), "reject.weight") {
		t.Errorf("no weights for the features: %v", err)
	}
	if _, err := withSpec(t, byFeatures, weights.NewF32("reject.weight", w[:9], 9)); err == nil || !strings.Contains(err.Error(), "[96]") {
		t.Errorf("too few weights for the features: %v", err)
	}
	m, err := withSpec(t, func(s *Spec) {})
	if err != nil {
		t.Fatal(err)
	}
	if score, sure := openSession(t, m).Run(img).Rejection(); score != 0 || !sure {
		t.Errorf("without a rule: %v, %v", score, sure)
	}
	for _, r := range []Reject{{Score: "msp", Odds: 1}, {Score: "features", Odds: -1}} {
		if _, err := withSpec(t, func(s *Spec) { s.Reject = &r }, weights.NewF32("reject.weight", w, 96)); err == nil || !strings.Contains(err.Error(), "odds") {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if _, err := withSpec(t, func(s *Spec) { s.Reject = &Reject{Score: "magic"} }); err == nil || !strings.Contains(err.Error(), "magic") {
		t.Errorf("an unknown score: %v", err)
	}
	if _, err := withSpec(t, func(s *Spec) { s.Temperature = -1 }); err == nil || !strings.Contains(err.Error(), "temperature") {
		t.Errorf("a negative temperature: %v", err)
	}
}

// The class whose usual gates are the present ones is the closest, and a gate one deviation off in
// every channel is at distance 1.
func TestSignatures(t *testing.T) {
	img := readPNG(t, goldenDir+"/1.png")
	plain, err := withSpec(t, func(*Spec) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := plain.Signature(0); ok || openSession(t, plain).Run(img).Closest(0) != nil {
		t.Error("a file without signatures has some")
	}
	gates := openSession(t, plain).Run(img).Gates[3].Scale
	mean, std := make([]float32, 0, 10*96), make([]float32, 0, 10*96)
	for class := range 10 {
		for c := range 96 {
			offset := float32(math.Sqrt(0.05*0.05 + usualStd*usualStd))
			if class == 4 {
				offset = 0
			}
			mean, std = append(mean, gates[c]+offset), append(std, 0.05)
		}
	}
	meanTensor, stdTensor := weights.NewF32("signature.block4.se.mean", mean, 10, 96), weights.NewF32("signature.block4.se.std", std, 10, 96)
	m, err := withSpec(t, func(*Spec) {}, meanTensor, stdTensor)
	if err != nil {
		t.Fatal(err)
	}
	closest := openSession(t, m).Run(img).Closest(3)
	if len(closest) != 10 || closest[0].Class != 4 || closest[0].Distance != 0 || !close32(closest[9].Distance, 1) {
		t.Errorf("distances %v", closest)
	}
	got, _, ok := m.Signature(3)
	if _, _, first := m.Signature(0); !ok || first || !slices.Equal(got[3], mean[3*96:4*96]) {
		t.Error("the signature is not what the file holds")
	}
	if _, err := withSpec(t, func(*Spec) {}, meanTensor); err == nil || !strings.Contains(err.Error(), `"signature.block4.se.std" is missing`) {
		t.Errorf("half a signature: %v", err)
	}
	if _, err := withSpec(t, func(*Spec) {}, weights.NewF32("signature.block9.se.mean", mean, 10, 96)); err == nil || !strings.Contains(err.Error(), "belongs to no layer") {
		t.Errorf("a signature of no block: %v", err)
	}
}

// Weights may be finite and what they make not: Check says where, and JSON never sees such a
// number.
func TestCheckNamesTheFirstLayer(t *testing.T) {
	f := withGenerated(t, readWeights(t, goldenDir+"/generated-live.safetensors"))
	img := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	m, err := Load(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := openSession(t, m).Run(img).Check(); err != nil {
		t.Errorf("a sound network: %v", err)
	}
	for i, x := range f.Tensors {
		if x.Name == "bn3.weight" {
			huge := make([]float32, 96)
			for j := range huge {
				huge[j] = 3e38
			}
			f.Tensors[i] = weights.NewF32(x.Name, huge, 96)
		}
	}
	if m, err = Load(f); err != nil {
		t.Fatal(err)
	}
	if err := openSession(t, m).Run(img).Check(); err == nil || !strings.Contains(err.Error(), "relu3") {
		t.Errorf("a network that overflows at relu3: %v", err)
	}
}
