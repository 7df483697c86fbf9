package nn

import (
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sescope/weights"
	"sescope/weights/models"
)

// The goldens are PyTorch's: weights/train/goldens.py makes them, and its head says what each name
// holds.

const goldenDir = "testdata/golden"

// goldenChannels are CHANNELS of goldens.py.
var goldenChannels = []int{0, 1, 7, 8, 21, 42, 63, 64}

func readWeights(t testing.TB, path string) *weights.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(path, b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readPNG(t testing.TB, path string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// networks returns every model of the project, the tutorial's own state_dict under the spec of
// simple-se, and residual networks with generated weights, with their goldens.
func networks(t testing.TB) map[string]struct {
	Model  *Model
	Golden *weights.File
} {
	t.Helper()
	out := map[string]struct {
		Model  *Model
		Golden *weights.File
	}{}
	paths, err := filepath.Glob("../weights/models/*.safetensors")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no models found: %v", err)
	}
	for _, p := range paths {
		f := readWeights(t, p)
		m, err := Load(f)
		if err != nil {
			t.Fatal(err)
		}
		entry := out[m.Spec.Name]
		entry.Model, entry.Golden = m, readWeights(t, filepath.Join(goldenDir, filepath.Base(p)))
		out[m.Spec.Name] = entry
	}
	spec := out["simple-se"].Model.Spec
	m, err := LoadSpec(readWeights(t, goldenDir+"/state_dict.safetensors"), spec)
	if err != nil {
		t.Fatal(err)
	}
	entry := out["state_dict"]
	entry.Model, entry.Golden = m, readWeights(t, goldenDir+"/state_dict-golden.safetensors")
	out["state_dict"] = entry
	for _, name := range []string{"live", "live-plain", "eca", "cbam", "attentive", "seresnet", "mobilenet_v3_small", "efficientnet_b0"} {
		entry.Model, entry.Golden = generated(t, name)
		out[name+", generated"] = entry
	}
	return out
}

// near fails unless got equals the golden to the given part of its largest value.
func near(t *testing.T, f *weights.File, name string, got []float32, tolerance float64) {
	t.Helper()
	tensor := f.Lookup(name)
	if tensor == nil {
		t.Fatalf("%s: golden %q is missing", f.Name, name)
	}
	want, err := f.Float32(name, tensor.Shape...)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, golden has %d", name, len(got), len(want))
	}
	var largest, worst float64
	for i := range want {
		largest = max(largest, math.Abs(float64(want[i])))
		d := math.Abs(float64(got[i] - want[i]))
		if !(d <= worst) { // a NaN is the worst
			worst = d
		}
	}
	if !(worst <= tolerance*largest) {
		t.Errorf("%s %s: off by %.3g, largest value %.3g, allowed %.1g of it", f.Name, name, worst, largest, tolerance)
	}
}

// thin keeps every fourth row and column of a 32x32 map, as goldens.py does.
func thin(h *Heatmap) []float32 {
	step := 1
	if h.W == 32 {
		step = 4
	}
	var out []float32
	for y := 0; y < h.H; y += step {
		for x := 0; x < h.W; x += step {
			out = append(out, h.Data[y*h.W+x])
		}
	}
	return out
}

func channels(t *Tensor) []float32 {
	h := NewHeatmap(t.W, t.H)
	var out []float32
	for _, c := range goldenChannels {
		t.Channel(c, h.Data)
		out = append(out, thin(h)...)
	}
	return out
}

func TestAgainstPyTorch(t *testing.T) {
	for name, n := range networks(t) {
		t.Run(name, func(t *testing.T) {
			s, err := n.Model.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for i := range 4 {
				trace := s.Run(readPNG(t, fmt.Sprintf("%s/%d.png", goldenDir, i)))
				key := func(name string) string { return fmt.Sprintf("%d.%s", i, name) }
				near(t, n.Golden, key("logits"), trace.Logits, 1e-4)
				for _, g := range trace.Gates {
					near(t, n.Golden, key("gates."+g.Layer), g.Scale, 1e-4)
				}
				for _, p := range trace.Spatial {
					near(t, n.Golden, key("places."+p.Layer), p.Scale, 1e-4)
				}
				for _, kept := range trace.Maps {
					if kept.Layer == n.Model.LastConv() {
						near(t, n.Golden, key("conv"), channels(kept.Tensor), 1e-4)
						found++
					}
				}
				mean := make([]float32, trace.conv().C)
				for _, r := range trace.Rank(ByMean, 0, len(mean)) {
					mean[r.Channel] = r.Mean
				}
				near(t, n.Golden, key("mean"), mean, 1e-4)
				top := trace.Top()
				if n.Golden.Lookup(key("share")) != nil {
					share := make([]float32, len(mean))
					for _, r := range trace.Rank(ByGateGrad, top, len(mean)) {
						share[r.Channel] = r.Score
					}
					near(t, n.Golden, key("share"), share, 1e-4)
				}
				if n.Golden.Lookup(key("cam")) != nil {
					near(t, n.Golden, key("cam"), thin(heat(t, trace, Evidence, top)), 1e-4)
				}
				near(t, n.Golden, key("gradcam"), thin(heat(t, trace, GradCAM, top)), 1e-4)
				near(t, n.Golden, key("gradient"), channels(trace.Gradient(top)), 1e-4)
			}
			if found != 4 {
				t.Errorf("the last convolution was kept in %d of 4 traces", found)
			}
		})
	}
}

// Class evidence is exact where the head is mean + linear: the mean of the map plus the bias is the
// logit.
func TestEvidenceAddsUpToTheLogit(t *testing.T) {
	tested := 0
	for name, n := range networks(t) {
		if n.Model.Kinds()[0] != Evidence {
			continue
		}
		tested++
		s, err := n.Model.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		trace := s.Run(readPNG(t, goldenDir+"/1.png"))
		fc := n.Model.layers[len(n.Model.layers)-1].(*convLayer)
		for class := range trace.Logits {
			h := heat(t, trace, Evidence, class)
			sum := float64(0)
			for _, v := range h.Data {
				sum += float64(v)
			}
			got := sum/float64(len(h.Data)) + float64(fc.bias[class])
			if math.Abs(got-float64(trace.Logits[class])) > 1e-4*(1+math.Abs(got)) {
				t.Errorf("%s class %d: mean of the map + bias = %v, logit %v", name, class, got, trace.Logits[class])
			}
		}
	}
	if tested == 0 {
		t.Error("no network with an exact class map")
	}
}

// Gate x gradient of a mean + linear head is the channel's whole share of the logit: all shares and
// the bias add up to it.
func TestGateGradientAddsUp(t *testing.T) {
	n := networks(t)["simple-se"]
	s, err := n.Model.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	trace := s.Run(readPNG(t, goldenDir+"/0.png"))
	class := trace.Top()
	sum := float64(n.Model.layers[len(n.Model.layers)-1].(*convLayer).bias[class])
	for _, r := range trace.Rank(ByGateGrad, class, 128) {
		sum += float64(r.Score)
	}
	if got := float64(trace.Logits[class]); math.Abs(sum-got) > 1e-4*math.Abs(got) {
		t.Errorf("bias + shares = %v, logit = %v", sum, got)
	}
}

func TestNothingIsAllocatedPerFrame(t *testing.T) {
	for name, n := range networks(t) {
		s, err := n.Model.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		img := readPNG(t, goldenDir+"/1.png")
		heat := NewHeatmap(s.trace.features().W, s.trace.features().H)
		if got := testing.AllocsPerRun(3, func() { s.Run(img).Heatmap(GradCAM, 3, heat) }); got != 0 {
			t.Errorf("%s: %v allocations a frame", name, got)
		}
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	good := readWeights(t, "../weights/models/simple-se.safetensors")
	spec := good.Metadata[metadataKey]
	edit := func(old, new string) *weights.File {
		if !strings.Contains(spec, old) {
			t.Fatalf("the spec holds no %q", old)
		}
		return &weights.File{Name: "bad", Metadata: map[string]string{metadataKey: strings.Replace(spec, old, new, 1)}, Tensors: good.Tensors}
	}
	without := &weights.File{Name: "bad", Metadata: good.Metadata}
	for _, x := range good.Tensors {
		if x.Name != "fc.bias" {
			without.Tensors = append(without.Tensors, x)
		}
	}
	extra := &weights.File{Name: "bad", Metadata: good.Metadata, Tensors: append(append([]weights.Tensor{}, good.Tensors...), weights.NewF32("conv9.bias", []float32{1}, 1))}
	with := func(name string, tensor func(shape []int) weights.Tensor) *weights.File {
		f := &weights.File{Name: "bad", Metadata: good.Metadata}
		for _, x := range good.Tensors {
			if x.Name == name {
				x = tensor(x.Shape)
			}
			f.Tensors = append(f.Tensors, x)
		}
		return f
	}
	spoiled := func(v float64) func(shape []int) weights.Tensor {
		return func(shape []int) weights.Tensor {
			values := make([]float32, shape[0])
			values[5] = float32(v)
			return weights.NewF32("layer1.1.running_mean", values, shape...)
		}
	}
	for _, c := range []struct {
		file *weights.File
		want string
	}{
		{with("layer1.1.running_mean", spoiled(math.NaN())), `"layer1.1.running_mean": value 5 is NaN`},
		{with("layer1.1.running_mean", spoiled(math.Inf(-1))), `"layer1.1.running_mean": value 5 is -Inf`},
		{with("layer1.1.running_var", func(shape []int) weights.Tensor {
			return weights.NewF32("layer1.1.running_var", []float32{-1, 63: 0}, shape...)
		}), `"layer1.1.running_var": value 0 is -1`},
		{with("fc.weight", func([]int) weights.Tensor { return weights.NewF32("fc.weight", make([]float32, 1280), 128, 10) }), `"fc.weight" has shape [128 10], expected [10 128]`},
		{with("fc.bias", func([]int) weights.Tensor {
			return weights.Tensor{Name: "fc.bias", DType: "I64", Shape: []int{10}, Data: make([]byte, 80)}
		}), "dtype I64"},
		{with("layer2.0.weight.scale", func([]int) weights.Tensor { return weights.NewF32("other.scale", make([]float32, 128), 128) }), `"layer2.0.weight.scale" is missing`},
		{edit(`"in":3`, `"in":4`), "layer1.0"},
		{edit(`"in":3`, `"in":-3`), "layer1.0"},
		{edit(`"kernel":3`, `"kernel":99`), "layer1.0"},
		{edit(`"kernel":3,"stride":1,"pad":1`, `"kernel":8589934592,"stride":1,"pad":8589934591`), "layer1.0"}, // its sizes overflow
		{edit(`"op":"relu"`, `"op":"gelux"`), "gelux"},
		{edit(`"H":32`, `"H":100000`), "input"},
		{edit(`"out":64`, `"out":9000000000000`), "layer1.0"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"add","name":"layer1.2"`), "layer1.2"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"add","name":"layer1.2","with":"layer2.0"`), `"layer2.0", expected the name of an earlier layer`}, // a cycle
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"add","name":"layer1.2","with":"layer1.2"`), `"layer1.2", expected the name of an earlier layer`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"add","name":"layer1.2","with":"input"`), `32x32x64 with "input" of 32x32x3`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"relu","name":"layer1.2","with":"input"`), "with on add and mul only"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"relu","name":"input"`), `"input"`},
		{edit(`"op":"conv","name":"layer2.0"`, `"op":"conv","name":"layer2.0","from":"nowhere"`), `from "nowhere"`},
		{edit(`"kernel":3,"stride":1,"pad":1`, `"kernel":3,"stride":1,"pad":1,"groups":2`), "2 groups"},
		{edit(`"kernel":3,"stride":1,"pad":1`, `"kernel":3,"stride":1,"pad":1,"groups":-1`), "-1 groups"},
		{edit(`"kernel":3,"stride":1,"pad":1`, `"kernel":3,"stride":1,"pad":1,"groups":3,"out":66`), "layer2.0"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"maxpool","name":"layer1.2","kernel":3,"pad":3`), "pads below its size"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"avgpool","name":"layer1.2","kernel":3,"stride":-1`), "stride -1"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"avgpool","name":"layer1.2"`), "window 0"},
		{edit(`"op":"se"`, `"op":"se","gate":"tanh"`), "tanh"},
		{edit(`"op":"se"`, `"op":"se","act":"gelu"`), "gelu"},
		{edit(`"op":"se"`, `"op":"se","bias":true`), `fc.0.bias" is missing`},
		{edit(`"op":"se"`, `"op":"cbam","act":"sigmoid"`), `act "sigmoid", expected relu`},
		{edit(`"op":"se"`, `"op":"cbam","bias":true`), `fc.0.bias" is missing`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"eca","name":"layer1.2","kernel":4,"conv":"a"`), "kernel 4, expected"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"eca","name":"layer1.2","kernel":129,"conv":"a"`), "kernel 129, expected"},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"eca","name":"layer1.2","kernel":3,"conv":"a","gate":"relu"`), `gate "relu"`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"eca","name":"layer1.2","kernel":3,"conv":"a"`), `"a.weight" is missing`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"spatial","name":"layer1.2","kernel":7`), `conv "", kernel 7`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"spatial","name":"layer1.2","kernel":-7,"conv":"a"`), `kernel -7`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"spatial","name":"layer1.2","kernel":7,"conv":"a","norm":"b"`), `eps 0 of its batch norm`},
		{edit(`"op":"relu","name":"layer1.2"`, `"op":"spatial","name":"layer1.2","kernel":7,"conv":"a"`), `"a.weight" is missing`},
		{edit(`"op":"mean"`, `"op":"se","out":4,"fc":["a","b"]`), "fc"},
		{edit(`"en":"airplane"`, `"en":3`), "spec"},
		{edit(`0.2023`, `0`), "std"},
		{edit(`"family":["simple","simple-se"]`, `"family":["simple","live"]`), `"simple-se" among them`},
		{edit(`"family":["simple","simple-se"]`, `"family":["simple","simple-se","simple"]`), `["simple" "simple-se" "simple"], expected the names`},
		{edit(`"family":["simple","simple-se"]`, `"family":["simple-se",""]`), `["simple-se" ""], expected`},
		{edit(`"family":["simple","simple-se"]`, `"family":["simple-se","b","c","d","e","f","g","h","i"]`), `up to 8 networks`},
		{without, `"fc.bias" is missing`},
		{extra, "conv9.bias"},
		{&weights.File{Name: "bad"}, "no network spec"},
	} {
		_, err := Load(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "bad") {
			t.Errorf("error %v, expected one that names %q and the file", err, c.want)
		}
	}
}

// Files that name a twin, as they did before there were families, are of a family of two, the
// network without attention first.
func TestTwinIsAFamily(t *testing.T) {
	for name, other := range map[string]string{"simple": "simple-se", "simple-se": "simple"} {
		f, err := models.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(f.Metadata["sescope"], `"family":["simple","simple-se"]`, `"twin":"`+other+`"`, 1)
		spec, err := ReadSpec("old", []byte(text))
		if err != nil || text == f.Metadata["sescope"] || !slices.Equal(spec.Family, []string{"simple", "simple-se"}) || spec.Twin != "" {
			t.Errorf("%s: twin %q, family %q, %v", name, spec.Twin, spec.Family, err)
		}
	}
}

func heat(t *testing.T, trace *Trace, kind Kind, class int) *Heatmap {
	t.Helper()
	h, err := trace.Heatmap(kind, class, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A kind that is none, or that the network does not have, is an error with the kinds that there
// are.
func TestUnknownHeatmap(t *testing.T) {
	for name, n := range networks(t) {
		trace := openSession(t, n.Model).Run(readPNG(t, goldenDir+"/0.png"))
		for _, kind := range append(Kinds(), "", "saliency") {
			h, err := trace.Heatmap(kind, 0, nil)
			if offered := slices.Contains(n.Model.Kinds(), kind); offered != (err == nil) || offered != (h != nil) {
				t.Errorf("%s: heat map %q: %v", name, kind, err)
			}
			if err != nil && !strings.Contains(err.Error(), "gradcam") {
				t.Errorf("%s: the error does not say which there are: %v", name, err)
			}
		}
	}
}
