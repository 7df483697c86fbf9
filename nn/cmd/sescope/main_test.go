package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/weights/models"
)

const golden = "../../testdata/golden/"

func sescope(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, bar bytes.Buffer
	err := run(args, &out, &bar)
	if bar.Len() > 0 {
		t.Errorf("%v drew a progress bar into something that is no terminal", args)
	}
	return out.String(), err
}

func must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := sescope(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The totals are sum(p.numel() for p in net.parameters()) of weights/train/networks.py.
func TestInspectCountsLikePyTorch(t *testing.T) {
	for model, want := range map[string]string{"simple": "77,322", "simple-se": "79,882", "cnn3-se": "1,150,602"} {
		lines := strings.Split(strings.TrimSpace(must(t, "inspect", model)), "\n")
		if total := strings.Fields(lines[len(lines)-1]); total[0] != "total" || total[1] != want {
			t.Errorf("%s: %v, PyTorch counts %s", model, total, want)
		}
	}
	out := must(t, "models")
	for _, name := range models.Names() {
		if !strings.Contains(out, name) {
			t.Errorf("models does not list %s:\n%s", name, out)
		}
	}
}

func TestRunJSON(t *testing.T) {
	out := must(t, "run", "simple-se", "--json", golden+"0.png", golden+"1.png")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines for two pictures", len(lines))
	}
	var r nn.Result
	decoder := json.NewDecoder(strings.NewReader(lines[1]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.File != golden+"1.png" || r.Model != "simple-se" || len(r.Logits) != 10 || len(r.Top) != 5 || len(r.Gates) != 2 || len(r.Gates[0].Scale) != 64 || len(r.Gates[1].Scale) != 128 {
		t.Errorf("unexpected result %+v", r)
	}
	for i := 1; i < len(r.Top); i++ {
		if r.Top[i].P > r.Top[i-1].P {
			t.Errorf("top is not sorted: %v", r.Top)
		}
	}
	for _, key := range []string{`"file":`, `"model":`, `"top":[{"class":`, `"p":`, `"logits":`, `"gates":[{"layer":"layer1.3","scale":`} {
		if !strings.Contains(lines[1], key) {
			t.Errorf("no %s in %s", key, lines[1])
		}
	}
}

// A plain state_dict of the tutorial's class runs under --arch, and gives PyTorch's logits (nn's
// goldens check them in full).
func TestArch(t *testing.T) {
	out := must(t, "run", golden+"state_dict.safetensors", golden+"0.png", "--arch", "simple-se", "--json")
	if !strings.Contains(out, `"model":"simple-se"`) {
		t.Error(out)
	}
	dir := t.TempDir()
	f, err := models.Open("simple-se")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(golden + "state_dict.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "own.safetensors")
	for name, content := range map[string][]byte{own: b, filepath.Join(dir, "model.json"): []byte("\ufeff" + f.Metadata["sescope"])} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if beside := must(t, "run", own, golden+"0.png", "--json"); beside != out {
		t.Errorf("with model.json beside the file: %s, expected %s", beside, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "model.json"), []byte(`{"name":"x"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sescope(t, "inspect", own); err == nil || !strings.Contains(err.Error(), "model.json: input 0x0x0") {
		t.Errorf("a model.json without an input: %v", err)
	}
	if _, err := sescope(t, "run", golden+"state_dict.safetensors", golden+"0.png"); err == nil || !strings.Contains(err.Error(), "--arch") {
		t.Errorf("error %v, expected a hint at --arch", err)
	}
	if _, err := sescope(t, "run", golden+"state_dict.safetensors", golden+"0.png", "--arch", "simple"); err == nil || !strings.Contains(err.Error(), "belongs to no layer") {
		t.Errorf("error %v, expected SE tensors to be refused by simple", err)
	}
}

func TestExplainDrawsTheFigure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "figure.png")
	must(t, "explain", "cnn3-se", golden+"2.png", "-o", file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds().Dx() < 3*img.Bounds().Dy() {
		t.Errorf("figure %v, %v: expected four panels in a row", img.Bounds(), err)
	}
}

// eval on a .bin file and on a folder of the same pictures agrees with run on each.
func TestEvalAgreesWithRun(t *testing.T) {
	dir := t.TempDir()
	var bin []byte
	right := 0
	names := []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"}
	for i := range 4 {
		name := golden + string(rune('0'+i)) + ".png"
		img, err := readPicture(name)
		if err != nil {
			t.Fatal(err)
		}
		var r nn.Result
		if err := json.Unmarshal([]byte(must(t, "run", "cnn3-se", name, "--json")), &r); err != nil {
			t.Fatal(err)
		}
		label := 4 // wrong or right by chance; the first two are made right
		if i < 2 {
			for k, n := range names {
				if n == r.Top[0].Class {
					label = k
				}
			}
		}
		if names[label] == r.Top[0].Class {
			right++
		}
		bin = append(append(bin, byte(label)), planes(img)...)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, "set", names[label])
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "set.bin"), bin, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"set.bin", "set"} {
		var r report
		if err := json.Unmarshal([]byte(must(t, "eval", "cnn3-se", filepath.Join(dir, data), "--json")), &r); err != nil {
			t.Fatal(err)
		}
		if r.N != 4 || r.Correct != right || r.Accuracy != float64(right)/4 {
			t.Errorf("%s: %+v, expected %d of 4", data, r, right)
		}
		if len(r.Gates) != 3 || len(r.Gates[0].Mean) != 10 || len(r.Classes) != 10 || len(r.Confusion) != 10 || len(r.Bins) != 15 {
			t.Errorf("%s: an incomplete report %+v", data, r)
		}
		lines := strings.Split(strings.TrimSpace(must(t, "eval", "cnn3-se", filepath.Join(dir, data), "--csv")), "\n")
		if len(lines) != 5 || !strings.HasPrefix(lines[0], "picture,label,predicted,p,score,sure,logit airplane,") || strings.Count(lines[4], ",") != 15 {
			t.Errorf("%s: %q", data, lines)
		}
	}
}

func planes(img *image.NRGBA) []byte {
	out := make([]byte, 3*1024)
	for p := range 1024 {
		for c := range 3 {
			out[c*1024+p] = img.Pix[4*p+c]
		}
	}
	return out
}

func TestQuantize(t *testing.T) {
	out := filepath.Join(t.TempDir(), "q.safetensors")
	must(t, "quantize", golden+"state_dict.safetensors", out)
	if a, b := size(t, golden+"state_dict.safetensors"), size(t, out); b > a/3 {
		t.Errorf("%d bytes became %d, expected about a quarter", a, b)
	}
	must(t, "inspect", out, "--arch", "simple-se")
}

// convert makes a file that runs, in int8 if asked, with the classes of a list.
func TestConvert(t *testing.T) {
	dir := t.TempDir()
	names, out := filepath.Join(dir, "names.txt"), filepath.Join(dir, "tiny.safetensors")
	if err := os.WriteFile(names, []byte("one\t一\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, "convert", golden+"tiny-14.onnx", out, "--classes", names, "--bits", "8", "--mean", "0.5,0.5,0.5", "--std", "0.25,0.25,0.25")
	if got := must(t, "run", out, golden+"0.png"); !strings.Contains(got, "gates of block.3: 12") {
		t.Errorf("run says %q", got)
	}
	if got := must(t, "inspect", out); !strings.Contains(got, "std [0.25 0.25 0.25]") {
		t.Errorf("inspect says %q", got)
	}
}

func size(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// Every mistake is one line that names what is wrong and what was expected.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		args string
		want string
	}{
		{"frobnicate", "unknown command"},
		{"run cnn3-se", "1 operand, expected MODEL IMAGE"},
		{"run nothing a.png", "or a file that ends in .safetensors, .pt or .pth"},
		{"run cnn3-se missing.png", "missing.png"},
		{"run cnn3-se " + write("text.png", []byte("hello")), "text.png"},
		{"inspect " + write("short.safetensors", []byte("abc")), "short.safetensors"},
		{"inspect missing.safetensors", "missing.safetensors"},
		{"inspect cnn3-se --what", "what"},
		{"explain cnn3-se " + golden + "0.png", ".png"},
		{"eval cnn3-se " + write("odd.bin", make([]byte, 3074)), "multiple of 3073"},
		{"eval cnn3-se " + write("label.bin", append([]byte{10}, make([]byte, 3072)...)), "label 10"},
		{"eval cnn3-se " + filepath.Dir(write("sets/teapot/a.png", nil)) + "/..", "teapot"},
		{"quantize " + golden + "0.png x.safetensors", "0.png"},
		{"quantize " + golden + "state_dict.safetensors x.safetensors --bits 7", "expected 8, 6, 5 or 4"},
		{"quantize " + golden + "state_dict.safetensors x", "ends in .safetensors"},
		{"convert " + golden + "tiny-14.onnx x.onnx", "ends in .safetensors"},
		{"run cnn3-se --top 0 " + golden + "0.png", "--top 0"},
		{"run cnn3-se --mean 0,0,0 " + golden + "0.png", "need --arch"},
		{"run x.safetensors --arch simple --mean 123,117,104 a.png", "123, expected 0 to 1"},
		{"run x.safetensors --arch simple --std 58,57,57 a.png", "58, expected"},
		{"run x.safetensors --arch simple --std 0,0,0 a.png", "0, expected"},
		{"run x.safetensors --arch simple --mean NaN,0,0 a.png", "NaN, expected"},
		{"run /dev/null/x.safetensors a.png", "x.safetensors"},
		{"help nothing", "unknown command"},
		{"eval cnn3-se x --csv --json", "one of them"},
		{"convert " + golden + "0.png x.safetensors", "not an ONNX file"},
		{"convert " + golden + "tiny-14.onnx x.safetensors --mean 1,2", "expected 3 numbers"},
		{"convert " + golden + "tiny-14.onnx x.safetensors --mean 123,117,104", "divide what is of 0..255 by 255"},
	} {
		_, err := sescope(t, strings.Fields(c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q, expected one line with %q", c.args, err, c.want)
		}
	}
}
