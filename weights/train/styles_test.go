package train

import (
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/nn/onnx"
	"sescope/weights"
	"sescope/weights/models"
	"sescope/weights/torch"
)

// refusedONNX are networks of styles.py that PyTorch's ONNX exporter writes and nn/onnx refuses,
// and a part of the sentence. What depends on the data is not among them: ONNX holds the way of one
// picture.
var refusedONNX = map[string]string{
	"group_norm": "InstanceNormalization", "layer_norm": "own mean", "instance_norm": "InstanceNormalization", "transposed": "ConvTranspose", "upsampled": "Resize",
	"einsum": "insum", "softmax_inside": "stands inside the network", "maps_out": "one value for each class",
}

// Networks in the styles that people write them give PyTorch's logits, by export.py and by ONNX, up
// to 1e-4 of the largest; what a spec has no word for is named by both. A state_dict is found in
// whatever people keep it in, by Python and by Go, and nothing in the file runs.
func TestStyles(t *testing.T) {
	needsPyTorch(t)
	dir := t.TempDir()
	if out, err := script("styles_all.py", dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	refused := map[string]string{}
	if out, err := script("-c", "import json, styles; print(json.dumps(styles.REFUSED))"); err != nil || json.Unmarshal([]byte(out), &refused) != nil {
		t.Fatalf("%v %s", err, out)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*.rgb"))
	if len(names) < 35 {
		t.Fatalf("%d networks", len(names))
	}
	for _, path := range names {
		path = strings.TrimSuffix(path, ".rgb")
		name := filepath.Base(path)
		says, _ := os.ReadFile(path + ".txt")
		if sentence, ok := refused[name]; ok {
			if len(says) == 0 || !strings.Contains(string(says), sentence) {
				t.Errorf("%s: export.py says %q, expected a sentence with %q", name, says, sentence)
			}
		} else if m := exported(t, name, path+".safetensors"); m == nil {
			t.Errorf("%s: %s", name, says)
		} else if apart := fromPyTorch(t, m, path); apart > 1e-4 {
			t.Errorf("%s by export.py: %.1g of the largest logit from PyTorch's", name, apart)
		}
		b, err := os.ReadFile(path + ".onnx")
		if err != nil {
			t.Fatal(err)
		}
		f, _, err := onnx.Read(name, b, onnx.Options{})
		switch sentence, ok := refusedONNX[name]; {
		case ok:
			if err == nil || !strings.Contains(err.Error(), sentence) {
				t.Errorf("%s by ONNX: %v, expected a sentence with %q", name, err, sentence)
			}
		case err != nil:
			t.Errorf("by ONNX: %v", err)
		case refused[name] == "":
			m, err := nn.Load(f)
			if err != nil {
				t.Fatal(err)
			}
			if apart := fromPyTorch(t, m, path); apart > 1e-4 {
				t.Errorf("%s by ONNX: %.1g of the largest logit from PyTorch's", name, apart)
			}
		}
	}
	checkpoints(t, filepath.Join(dir, "checkpoints"))
	if _, err := os.Stat(filepath.Join(dir, "executed")); err == nil {
		t.Error("a checkpoint's own code was run")
	}
}

// fromPyTorch is how far a network's logits of PATH.rgb are from PATH.json, as a part of the
// largest.
func fromPyTorch(t *testing.T, m *nn.Model, path string) float64 {
	t.Helper()
	pixels, err := os.ReadFile(path + ".rgb")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var want []float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	in := m.Spec.Input
	img := image.NewNRGBA(image.Rect(0, 0, in.W, in.H))
	for i := range in.W * in.H {
		copy(img.Pix[4*i:], pixels[3*i:][:3])
		img.Pix[4*i+3] = 255
	}
	trace := s.Run(img)
	got, logSum := trace.Logits, 0.0
	switch filepath.Base(path) { // the function that stands behind the logits
	case "softmax_out", "sigmoids_out":
		got = trace.Probs
	case "grey", "log_softmax_out":
		for _, v := range got {
			logSum += math.Exp(float64(v))
		}
		logSum = math.Log(logSum)
	}
	largest, apart := 1e-6, 0.0
	for i, v := range got {
		apart, largest = max(apart, math.Abs(float64(v)-logSum-want[i])), max(largest, math.Abs(want[i]))
	}
	if len(got) != len(want) || math.IsNaN(apart) {
		return math.Inf(1)
	}
	return apart / largest
}

// checkpoints opens what Python saved of one state_dict.
func checkpoints(t *testing.T, dir string) {
	built, err := models.Open("simple-se")
	if err != nil {
		t.Fatal(err)
	}
	spec, _, err := nn.ParseSpec(built)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := filepath.Glob(filepath.Join(dir, "*.pt"))
	if len(list) != 18 {
		t.Fatalf("%d checkpoints", len(list))
	}
	var plain []float32
	for _, path := range append([]string{filepath.Join(dir, "plain.pt")}, list...) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := torch.Open(filepath.Base(path), b)
		if err != nil {
			t.Error(err)
			continue
		}
		m, err := nn.LoadSpec(&weights.File{Name: f.Name, Metadata: map[string]string{}, Tensors: f.Tensors}, spec.Unmeasured())
		if err != nil {
			t.Error(err)
			continue
		}
		s, err := m.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		img := image.NewNRGBA(image.Rect(0, 0, 32, 32))
		for i := range img.Pix {
			img.Pix[i] = uint8(i*i/7) | 255*uint8(i%4/3)
		}
		logits := s.Run(img).Logits
		if plain == nil {
			plain = append(plain, logits...)
		}
		tolerance := float32(1e-6)
		if strings.HasPrefix(f.Name, "half") {
			tolerance = 5e-3
		}
		for i, v := range logits {
			if d := v - plain[i]; !(max(d, -d) <= tolerance) {
				t.Errorf("%s: logits %v, those of plain.pt are %v", f.Name, logits, plain)
				break
			}
		}
	}
}
