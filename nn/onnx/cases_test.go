package onnx

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
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
	"time"

	"sescope/nn"
	"sescope/weights"
)

// open reads a file of testdata as the command line does: only from there.
func open(name string, offset, length int64) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join("testdata", filepath.Base(name)))
	if err != nil || offset+length > int64(len(b)) {
		return nil, fmt.Errorf("no bytes %d to %d of %q (%v)", offset, offset+length, name, err)
	}
	return b[offset : offset+length], nil
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// trace runs a picture of testdata through a converted file.
func trace(t *testing.T, f *weights.File, name string) *nn.Trace {
	t.Helper()
	again, err := weights.Read(f.Name, f.Write())
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Load(again)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(testdata(t, name)))
	if err != nil {
		t.Fatal(err)
	}
	rgba := image.NewNRGBA(img.Bounds())
	draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
	return s.Run(rgba)
}

// The forms that exporters write give PyTorch's outputs (expected.json, rounded to five digits): a
// batch norm behind a flatten, one sigmoid, constants behind Identity and Transpose, ceil_mode, a
// pool that is squeezed, pads that are computed, and data in another file.
func TestForms(t *testing.T) {
	var expected map[string]map[string][]float64
	if err := json.Unmarshal(testdata(t, "expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	for name, pictures := range expected {
		if name == "strip-gate" {
			continue // see below
		}
		f, apart, err := Read(name, testdata(t, name+".onnx"), Options{Open: open})
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if apart > 1e-5 {
			t.Errorf("%s: %v from the file's own logits", name, apart)
		}
		for picture, want := range pictures {
			trace := trace(t, f, picture)
			got := trace.Logits
			if name == "one-output" {
				got = trace.Probs
			}
			for i, v := range want {
				if len(got) != len(want) || !(math.Abs(float64(got[i])-v) < 2e-5) {
					t.Fatalf("%s, %s: %v, PyTorch has %v", name, picture, got, want)
				}
			}
		}
	}
}

// A file that leaves the height and width of its pictures open is read with a size that is named,
// and is asked about otherwise; with its own size it is the network that it was, and one that its
// head was not made for is refused.
func TestOpenSize(t *testing.T) {
	const side = "\x0a\x02\x08\x20" // a dimension of 32
	const sized, open = "\x0a\x02\x08\x03" + side + side, "\x0a\x02\x08\x03\x0a\x02\x08\x00\x0a\x02\x08\x00"
	fixed, err := os.ReadFile("../testdata/golden/tiny-14.onnx")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(fixed, []byte(sized)) != 1 {
		t.Fatal("tiny-14.onnx has other pictures than of 32 x 32")
	}
	b := bytes.Replace(fixed, []byte(sized), []byte(open), 1)
	want, _, err := Read("fixed", fixed, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := Read("open", b, Options{Size: 32})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(trace(t, f, "a.png").Logits, trace(t, want, "a.png").Logits) {
		t.Error("with its own size it gives other logits")
	}
	if _, _, err := Read("open", b, Options{}); !errors.Is(err, ErrSize) || !strings.Contains(err.Error(), "--size") {
		t.Errorf("without a size: %v", err)
	}
	if _, _, err := Read("open", b, Options{Size: 48}); err == nil || !strings.Contains(err.Error(), "(Gemm)") {
		t.Errorf("with a size that its head was not made for: %v", err)
	}
}

// One sigmoid is the answer to one of two classes where both are named, and p alone otherwise.
func TestOneOutput(t *testing.T) {
	b := testdata(t, "one-output.onnx")
	one, _, err := Read("one", b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := Read("two", b, Options{Classes: []nn.Class{{En: "no"}, {En: "yes"}}})
	if err != nil {
		t.Fatal(err)
	}
	a, r := trace(t, one, "a.png"), trace(t, two, "a.png").Result("a.png", 5)
	if p := a.Probs[0]; math.Abs(float64(p)-0.48364) > 1e-5 || a.Result("a.png", 5).Output != "sigmoid" {
		t.Errorf("p %v under %q, expected 0.48364 under sigmoid", p, a.Result("a.png", 5).Output)
	}
	if top := r.Top[0]; top.Class != "no" || math.Abs(float64(top.P)-(1-0.48364)) > 1e-5 || len(r.Top) != 2 {
		t.Errorf("%+v, expected no with 0.51636", r.Top)
	}
}

// What is not what it looks like is refused by name.
func TestRefusedForms(t *testing.T) {
	for name, want := range map[string]string{
		"strip-gate":    "height and width together",
		"onnx_name_esc": `(Evil\x1b[2J`,
	} {
		if _, _, err := Read(name, testdata(t, name+".onnx"), Options{}); err == nil || !strings.Contains(err.Error(), want) || strings.ContainsRune(err.Error(), 0x1b) {
			t.Errorf("%s: error %q, expected one with %q and no control characters", name, err, want)
		}
	}
	if _, _, err := Read("external", testdata(t, "external.onnx"), Options{}); err == nil || !strings.Contains(err.Error(), "external.onnx.data") {
		t.Errorf("without its data: %v", err)
	}
}

// message writes fields of a protobuf message: a number and bytes in turn.
func message(parts ...any) (b []byte) {
	for i := 0; i < len(parts); i += 2 {
		b = binary.AppendUvarint(b, uint64(parts[i].(int))<<3|sized)
		switch v := parts[i+1].(type) {
		case string:
			b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
		case []byte:
			b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
		}
	}
	return b
}

// A long row of nodes of one name is read in time that grows with its length.
func TestManyNodes(t *testing.T) {
	size := func(n int) []byte {
		return binary.AppendUvarint([]byte{1<<3 | varint}, uint64(n))
	}
	var dims []byte
	for _, n := range []int{1, 3, 32, 32} {
		dims = append(dims, message(1, size(n))...)
	}
	var graph []byte
	const count = 8000
	for i := range count {
		graph = append(graph, message(1, message(1, fmt.Sprintf("v%d", i), 2, fmt.Sprintf("v%d", i+1), 3, "same", 4, "Relu"))...)
	}
	graph = append(graph, message(11, message(1, "v0", 2, message(1, message(2, dims))), 12, message(1, fmt.Sprintf("v%d", count)))...)
	start := time.Now()
	if _, _, err := Read("long", message(7, graph), Options{}); err == nil {
		t.Error("a row of ReLUs was taken for a classifier")
	}
	if took := time.Since(start); took > 20*time.Second { // quadratic it was more than a minute
		t.Errorf("it took %v", took)
	}
}

// What other exporters write (weights/train/onnxforms.py) becomes the layers that it computes, with
// the logits of the file's own nodes.
func TestExporters(t *testing.T) {
	for name, want := range map[string]string{
		"nhwc":      "conv relu se maxpool flatten linear",
		"nhwc-mean": "batchnorm batchnorm conv batchnorm relu6 mean linear",
		"qdq":       "conv relu mean relu linear",
		"fp16":      "conv relu mean linear",
		"opset18":   "conv silu slice slice concat mean linear",
		"shuffle":   "conv prelu shuffle slice max linear",
	} {
		f, apart, err := Read(name, testdata(t, name+".onnx"), Options{})
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		spec, _, err := nn.ParseSpec(f)
		if err != nil {
			t.Fatal(err)
		}
		var ops []string
		for _, l := range spec.Layers {
			ops = append(ops, l.Op)
		}
		if got := strings.Join(ops, " "); got != want || apart > 1e-5 {
			t.Errorf("%s: %s, %v from the file's logits, expected %s", name, got, apart, want)
		}
		if output := spec.Output; (output == "sigmoid") != (name == "nhwc-mean") {
			t.Errorf("%s: output %q", name, output)
		}
	}
}
