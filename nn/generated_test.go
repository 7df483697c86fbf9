package nn

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"sescope/weights"
)

// withGenerated returns the weights of a golden network: those that weights/train/generated.py
// made, made again, and the golden's batch norm statistics.
func withGenerated(t testing.TB, golden *weights.File) *weights.File {
	t.Helper()
	var made []struct {
		Name           string
		Shape          []int
		Offset, Spread float32
	}
	if err := json.Unmarshal([]byte(golden.Metadata["generated"]), &made); err != nil {
		t.Fatal(err)
	}
	f := &weights.File{Name: golden.Name, Metadata: golden.Metadata}
	for _, m := range made {
		n := 1
		for _, d := range m.Shape {
			n *= d
		}
		values := uniform(m.Name, n)
		for i, u := range values {
			values[i] = m.Offset + float32((u-0.5)*m.Spread)
		}
		f.Tensors = append(f.Tensors, weights.NewF32(m.Name, values, m.Shape...))
	}
	for _, x := range golden.Tensors {
		if strings.HasSuffix(x.Name, ".running_mean") || strings.HasSuffix(x.Name, ".running_var") {
			f.Tensors = append(f.Tensors, x)
		}
	}
	return f
}

// What inspect adds up is what PyTorch's parameters() hold: the golden lists them.
func TestParametersLikePyTorch(t *testing.T) {
	for _, name := range []string{"live", "eca", "cbam", "attentive", "seresnet", "mobilenet_v3_small", "efficientnet_b0"} {
		m, golden := generated(t, name)
		want, got := 0, 0
		for _, x := range withGenerated(t, golden).Tensors {
			if !strings.Contains(x.Name, ".running_") {
				want += len(x.Data) / 4
			}
		}
		infos, err := m.Spec.Describe()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range infos {
			got += l.Params
		}
		if got != want {
			t.Errorf("%s: %d parameters, PyTorch counts %d", name, got, want)
		}
	}
}

// uniform is uniform of generated.py.
func uniform(name string, n int) []float32 {
	seed := uint32(2166136261)
	for _, b := range []byte(name) {
		seed = (seed ^ uint32(b)) * 16777619
	}
	out := make([]float32, n)
	for i := range out {
		x := seed + uint32(i)*0x9E3779B9
		x = (x ^ x>>16) * 0x85EBCA6B
		x = (x ^ x>>13) * 0xC2B2AE35
		x ^= x >> 16
		out[i] = float32(x>>8) / (1 << 24)
	}
	return out
}

// generated loads a network with generated weights, and its golden.
func generated(t testing.TB, name string) (*Model, *weights.File) {
	t.Helper()
	golden := readWeights(t, filepath.Join(goldenDir, "generated-"+name+".safetensors"))
	m, err := Load(withGenerated(t, golden))
	if err != nil {
		t.Fatal(err)
	}
	return m, golden
}
