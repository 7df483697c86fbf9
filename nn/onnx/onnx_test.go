package onnx

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/weights"
)

const golden = "../testdata/golden/"

// cifar are the mean and standard deviation of the goldens.
var cifar = Options{Mean: []float32{0.4914, 0.4822, 0.4465}, Std: []float32{0.2023, 0.1994, 0.2010}}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(golden + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Networks that torch wrote in two versions of ONNX give PyTorch's logits, with their attention
// found.
func TestAgainstPyTorch(t *testing.T) {
	for name, layers := range map[string]string{
		"tiny":      "se block.3, se se.fc",
		"attention": "eca layers.2, cbam layers.5.mlp, spatial layers.6, cbam layers.9, spatial layers.9_2",
	} {
		want, err := weights.Read(name+"-onnx", read(t, name+"-onnx.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{name + "-11", name + "-14"} {
			f, _, err := Read(file, read(t, file+".onnx"), cifar)
			if err != nil {
				t.Fatal(err)
			}
			again, err := weights.Read(file, f.Write())
			if err != nil {
				t.Fatal(err)
			}
			m, err := nn.Load(again)
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, l := range m.Spec.Layers {
				if nn.AttentionTitle(l.Op) != "" || l.Op == "spatial" {
					found = append(found, l.Op+" "+l.Name)
				}
			}
			if got := strings.Join(found, ", "); got != layers || !m.GatesHead() {
				t.Errorf("%s: found %s, expected %s", file, got, layers)
			}
			s, err := m.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			for i := range 4 {
				img, err := png.Decode(bytes.NewReader(read(t, fmt.Sprintf("%d.png", i))))
				if err != nil {
					t.Fatal(err)
				}
				rgba := image.NewNRGBA(img.Bounds())
				draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
				trace := s.Run(rgba)
				logits, err := want.Float32(fmt.Sprintf("%d.logits", i), 10)
				if err != nil {
					t.Fatal(err)
				}
				for k, v := range logits {
					if d := math.Abs(float64(v - trace.Logits[k])); !(d <= 1e-4*(1+math.Abs(float64(v)))) {
						t.Errorf("%s, picture %d, logit %d: %v, PyTorch has %v", file, i, k, trace.Logits[k], v)
					}
				}
			}
		}
	}
}

// What is no layer of a spec, or damaged, is refused with the node or tensor that it is about.
func TestRefuses(t *testing.T) {
	good := read(t, "tiny-14.onnx")
	replace := func(old, new string) []byte {
		if len(old) != len(new) || !bytes.Contains(good, []byte(old)) {
			t.Fatalf("cannot put %q for %q", new, old)
		}
		return bytes.Replace(good, []byte(old), []byte(new), 1)
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"no file":       {nil, "not an ONNX file"},
		"text":          {[]byte("hello, this is no network"), "not an ONNX file"},
		"unknown layer": {replace("\x22\x09HardSwish", "\x22\x09HardSwush"), "HardSwush"},
		"lost weights":  {replace("head.0.weight", "head.9.weight"), "head.9.weight"},
		"cut":           {good[:len(good)/2], "not an ONNX file"},
	} {
		if _, _, err := Read("some", c.b, cifar); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "some") {
			t.Errorf("%s: error %v, expected one with %q and the name", name, err, c.want)
		}
	}
	i := bytes.Index(good, []byte("head.3.bias\x4a\x28")) // name, then raw_data of 40 bytes
	if i < 0 {
		t.Fatal("the file holds no head.3.bias where it was expected")
	}
	nan := bytes.Clone(good)
	copy(nan[i+13:], []byte{0, 0, 0xc0, 0x7f})
	if _, _, err := Read("some", nan, cifar); err == nil || !strings.Contains(err.Error(), `"head.3.bias": value 0 is NaN`) {
		t.Errorf("a NaN: %v", err)
	}
	three := cifar
	three.Classes = []nn.Class{{En: "a"}, {En: "b"}, {En: "c"}}
	if _, _, err := Read("some", good, three); err == nil || !strings.Contains(err.Error(), "3 classes") {
		t.Errorf("three classes for ten outputs: %v", err)
	}
}

// FuzzRead: whatever the bytes, the answer is an error or a network that loads.
func FuzzRead(f *testing.F) {
	f.Add(read(f, "tiny-11.onnx"))
	f.Add(read(f, "tiny-14.onnx"))
	for _, name := range []string{"nhwc", "qdq", "opset18", "shuffle", "one-output", "linear-not-folded"} {
		f.Add(testdata(f, name+".onnx"))
	}
	for _, opset := range []int{9, 18, 21} {
		w := network(opset)
		w.model = gelu("exact", "tanh")
		f.Add(w.file(opset, 10))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, _, err := Read("fuzz", b, cifar)
		if err != nil {
			return
		}
		if _, err := nn.Load(file); err != nil {
			t.Fatal(err)
		}
	})
}
