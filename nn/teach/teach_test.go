package teach

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"sescope/kernels"
)

func floats(t *testing.T, text string) []float32 {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float32, len(b)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}

// Learn is scikit-learn's StandardScaler and LogisticRegression: probabilities to 1e-4.
func TestLikeScikitLearn(t *testing.T) {
	b, err := os.ReadFile("testdata/regression.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name             string
		Inputs           int
		Labels           []int
		X, Probabilities string
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		x, want := floats(t, c.X), floats(t, c.Probabilities)
		var examples []Example
		classes := 0
		for i, label := range c.Labels {
			e := Example{Label: label, Burst: i}
			for half := range 2 {
				e.Inputs[half] = x[(2*i+half)*c.Inputs:][:c.Inputs]
			}
			examples = append(examples, e)
			classes = max(classes, label+1)
		}
		h := Learn(examples, classes, nil)
		again := Learn(examples, classes, h)
		if again.Asked > 5 {
			t.Errorf("%s: a head that was learned already took %d steps more", c.Name, again.Asked)
		}
		var off float64
		for i := range 2 * len(examples) {
			p := h.Logits(examples[i/2].Inputs[i%2])
			kernels.Softmax(p, p)
			for k, v := range p {
				off = max(off, math.Abs(float64(v-want[i*classes+k])))
			}
		}
		t.Logf("%s: %d steps, off by %.1e", c.Name, h.Asked, off)
		if !(off <= 1e-4) {
			t.Errorf("%s: probabilities off by %v, expected at most 1e-4", c.Name, off)
		}
	}
}

// random makes examples around a centre for each class, bursts of the given size.
func random(classes, each, inputs, burst int, spread float64) []Example {
	rng := rand.New(rand.NewPCG(1, 2))
	var out []Example
	for k := range classes {
		centre := make([]float64, inputs)
		for c := range centre {
			centre[c] = spread * rng.NormFloat64()
		}
		for i := range each {
			e := Example{Label: k, Burst: k*10000 + i/burst}
			for half := range e.Inputs {
				for c := range inputs {
					e.Inputs[half] = append(e.Inputs[half], float32(centre[c]+rng.NormFloat64()))
				}
			}
			out = append(out, e)
		}
	}
	return out
}

func BenchmarkLearn(b *testing.B) {
	examples := random(12, 166, 256, 10, 0.3)
	start := Learn(examples[:len(examples)-1], 12, nil)
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(float64(Learn(examples, 12, nil).Asked), "steps")
		}
	})
	b.Run("after one more example", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(float64(Learn(examples, 12, start).Asked), "steps")
		}
	})
}
