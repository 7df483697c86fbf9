package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/weights"
)

// quick is a whole measurement with a few runs: it shows that everything works and claims no ratio.
var quick = options{rounds: 2, block: 2, warm: 5, brotli: 1}

func newSite(t *testing.T) *site {
	t.Helper()
	if _, err := findBrowser(); err != nil || !installed() {
		if os.Getenv("CI") == "true" {
			t.Fatalf("node_modules is there: %t, the browser: %v", installed(), err)
		}
		t.Skipf("needs npm ci in web/bench (done: %t) and a browser (%v)", installed(), err)
	}
	s, err := makeSite(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func installed() bool {
	_, err := os.Stat("node_modules")
	return err == nil
}

// Every engine runs every network and says the same; a table, the results and the starts come out.
func TestMeasure(t *testing.T) {
	s := newSite(t)
	f, err := everything()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.addNetwork(f, f.Write(), network{}); err != nil {
		t.Fatal(err)
	}
	s.networks = slices.DeleteFunc(s.networks, func(n network) bool { return n.Imported }) // minutes, where somebody made them
	if s.files["networks.json"], err = json.Marshal(s.networks); err != nil {
		t.Fatal(err)
	}
	o := quick
	o.starts, o.dist = 1, os.Getenv("SESCOPE_DIST")
	if o.dist == "" {
		t.Log("SESCOPE_DIST is not set: the starts are left out")
		o.starts = 0
	}
	o.out = filepath.Join(t.TempDir(), "results.json")
	var table bytes.Buffer
	if err := measure(context.Background(), s, o, &table); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
	b, err := os.ReadFile(o.out)
	if err != nil {
		t.Fatal(err)
	}
	var r results
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Networks) != len(s.networks) || !r.Isolated {
		t.Errorf("%d networks were measured, expected %d; isolated: %t", len(r.Networks), len(s.networks), r.Isolated)
	}
	for _, n := range r.Networks {
		if !strings.Contains(table.String(), n.Name) {
			t.Errorf("the table has no line for %s", n.Name)
		}
		for _, e := range engines {
			got := n.Engines[e]
			if got.Median <= 0 || got.P95 < got.Median || got.Runs < 2*3 {
				t.Errorf("%s by %s: %+v, expected times", n.Name, e, got)
			}
			// Another engine sums in another order; the very same logits would be SEscope's own.
			if peer := e != "plain" && e != "relaxed"; got.Agree > 1e-3 || peer && got.Agree == 0 {
				t.Errorf("%s by %s: the logits differ by %g, expected a little and at most 1e-3", n.Name, e, got.Agree)
			}
			if e != "ort-1" && (n.Ratios[e]["ort-1"] <= 0 || math.IsInf(n.Ratios[e]["ort-1"], 0)) {
				t.Errorf("%s by %s: ratios %v", n.Name, e, n.Ratios[e])
			}
		}
	}
	if o.starts > 0 {
		for _, p := range startPages {
			if p.name == "before" {
				continue
			}
			if st := r.Starts[p.name]; st == nil || st.Bytes < 100_000 || st.Cold.Median <= 0 || st.Warm.Median <= 0 {
				t.Errorf("the start of %s: %+v", p.title, st)
			}
		}
	}
}

// An engine that computes something else is not measured.
func TestDisagreement(t *testing.T) {
	s := newSite(t)
	for file, engine := range map[string]string{"model.onnx": "onnxruntime-web", "weights.bin": "tfjs", "model.tflite": "LiteRT"} {
		name := "networks/simple/" + file
		good := s.files[name]
		s.files[name] = bytes.Clone(good)
		at := bytes.LastIndex(good, float32sOf(t, s, "simple", "fc.bias"))
		if at < 0 {
			t.Fatalf("%s does not hold the last layer's bias", file)
		}
		s.files[name][at+3] ^= 0x80 // the first class's, with another sign
		o := quick
		o.networks = "simple"
		err := measure(context.Background(), s, o, new(bytes.Buffer))
		if err == nil || !strings.Contains(err.Error(), "simple") || !strings.Contains(err.Error(), engine) {
			t.Errorf("a changed %s: error %v, expected one with the network and %s", file, err, engine)
		}
		s.files[name] = good
	}
}

// float32sOf are the bytes of a float32 tensor of a network.
func float32sOf(t *testing.T, s *site, network, tensor string) []byte {
	t.Helper()
	f, err := weights.Read(network, s.files["networks/"+network+"/sescope.safetensors"])
	if err != nil {
		t.Fatal(err)
	}
	return f.Lookup(tensor).Data
}

// everything is a network with every operation of a spec, some in unusual places: a batch norm that
// folds into nothing, a ReLU that two layers read, a sum of two branches, strides without padding,
// and a flatten in front of two linear layers.
func everything() (*weights.File, error) {
	random := rand.New(rand.NewPCG(3, 4))
	f := &weights.File{Name: "everything"}
	tensor := func(name string, low, high float64, dims ...int) {
		n := 1
		for _, d := range dims {
			n *= d
		}
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(low + (high-low)*random.Float64())
		}
		f.Tensors = append(f.Tensors, weights.NewF32(name, values, dims...))
	}
	spec := nn.Spec{Name: "everything", Title: map[string]string{"en": "every operation"}, Input: nn.Shape{H: 24, W: 24, C: 3}, Mean: []float32{.4, .5, .6}, Std: []float32{.2, .25, .3}}
	add := func(l nn.LayerSpec) { spec.Layers = append(spec.Layers, l) }
	conv := func(l nn.LayerSpec) {
		l.Op = "conv"
		reach := 2 / math.Sqrt(float64(l.In*l.Kernel*l.Kernel))
		tensor(l.Name+".weight", -reach, reach, l.Out, l.In/max(l.Groups, 1), l.Kernel, l.Kernel)
		if l.Bias {
			tensor(l.Name+".bias", -.2, .2, l.Out)
		}
		add(l)
	}
	norm := func(name string, c int) {
		tensor(name+".weight", .5, 1.5, c)
		tensor(name+".bias", -.3, .3, c)
		tensor(name+".running_mean", -.3, .3, c)
		tensor(name+".running_var", .5, 2, c)
		add(nn.LayerSpec{Op: "batchnorm", Name: name, Eps: 1e-5})
	}
	linear := func(name string, in, out int, bias bool) {
		reach := 2 / math.Sqrt(float64(in))
		tensor(name+".weight", -reach, reach, out, in)
		if bias {
			tensor(name+".bias", -.2, .2, out)
		}
		add(nn.LayerSpec{Op: "linear", Name: name, In: in, Out: out, Bias: bias})
	}
	conv(nn.LayerSpec{Name: "stem", In: 3, Out: 12, Kernel: 5, Stride: 2, Pad: 2})
	norm("stem.bn", 12)
	add(nn.LayerSpec{Op: "relu", Name: "stem.relu"})
	norm("free.bn", 12) // behind a ReLU
	conv(nn.LayerSpec{Name: "a", In: 12, Out: 12, Kernel: 3, Stride: 1, Pad: 1, Bias: true})
	norm("a.bn", 12)
	add(nn.LayerSpec{Op: "relu", Name: "a.relu"})
	tensor("a.fc1.weight", -1, 1, 4, 12)
	tensor("a.fc2.weight", -1, 1, 12, 4)
	add(nn.LayerSpec{Op: "se", Name: "a.se", Out: 4, FC: []string{"a.fc1", "a.fc2"}})
	add(nn.LayerSpec{Op: "add", Name: "sum", With: "free.bn"})
	add(nn.LayerSpec{Op: "maxpool", Name: "pool", Kernel: 2})
	conv(nn.LayerSpec{Name: "b", In: 12, Out: 20, Kernel: 3, Stride: 1, Pad: 0, Bias: true})
	add(nn.LayerSpec{Op: "relu", Name: "b.relu"})
	conv(nn.LayerSpec{Name: "c", In: 20, Out: 20, Kernel: 1, Stride: 1})
	add(nn.LayerSpec{Op: "relu", Name: "c.relu"})
	conv(nn.LayerSpec{Name: "deep", In: 20, Out: 20, Kernel: 3, Stride: 1, Pad: 1, Groups: 20})
	norm("deep.bn", 20)
	add(nn.LayerSpec{Op: "relu", Name: "deep.relu"})
	add(nn.LayerSpec{Op: "add", Name: "sum2", With: "b.relu"})
	conv(nn.LayerSpec{Name: "d", In: 20, Out: 16, Kernel: 3, Stride: 1, Pad: 1, Bias: true})
	norm("d.bn", 16)
	add(nn.LayerSpec{Op: "relu", Name: "d.relu"})
	add(nn.LayerSpec{Op: "flatten", Name: "flatten"})
	linear("fc1", 16*4*4, 24, true)
	add(nn.LayerSpec{Op: "relu", Name: "fc1.relu"})
	add(nn.LayerSpec{Op: "dropout", Name: "dropout"})
	linear("fc2", 24, 7, false)
	for i := range 7 {
		spec.Classes = append(spec.Classes, nn.Class{En: fmt.Sprint(i), Zh: fmt.Sprint(i)})
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	f.Metadata = map[string]string{"sescope": string(text)}
	return weights.Read(f.Name, f.Write())
}
