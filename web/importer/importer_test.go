package importer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/weights"
)

// files are those that came with one, in memory.
type files map[string]string

func (f files) Names() (names []string) {
	for _, name := range []string{"external.onnx.data", "names.txt", "other.data"} {
		if _, ok := f[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

func (f files) Read(i int, offset, length int64) ([]byte, error) {
	s := f[f.Names()[i]]
	return []byte(s[min(int(offset), len(s)):min(int(offset+length), len(s))]), nil
}

func (f files) Text(i int) (string, error) { return f[f.Names()[i]], nil }

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What is made of a file of another kind is a safetensors file: of ONNX with its spec, and with the
// classes of a text beside it. What is missing is named.
func TestConvert(t *testing.T) {
	onnx, data := read(t, "nn/onnx/testdata/external.onnx"), read(t, "nn/onnx/testdata/external.onnx.data")
	names := "one\n二\n3\n4\n5\n6\n7\n8\n9\n10\n"
	b, err := Convert("external.onnx", []byte(onnx), 0, files{"external.onnx.data": data, "names.txt": names})
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read("it", b)
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Spec; s.Name != "external" || len(s.Classes) != 10 || s.Classes[1].En != "二" {
		t.Errorf("%s, classes %v", s.Name, s.Classes)
	}
	if b, err = Convert("f32.pt", []byte(read(t, "weights/torch/testdata/f32.pt")), 0, files{}); err != nil {
		t.Fatal(err)
	}
	if f, err = weights.Read("it", b); err != nil || len(f.Tensors) != 2 {
		t.Errorf("f32.pt: %v, %v", f, err)
	}
	for says, c := range map[string]struct {
		name, b string
		with    files
	}{
		"external.onnx.data": {"external.onnx", onnx, files{"other.data": data}},
		"which is shorter":   {"external.onnx", onnx, files{"external.onnx.data": data[:100]}},
		"2 classes":          {"external.onnx", onnx, files{"external.onnx.data": data, "names.txt": "a\nb"}},
		"cut: not an ONNX":   {"cut.onnx", onnx[:len(onnx)/2], nil},
		"save(net.state":     {"module.pt", read(t, "weights/torch/testdata/module.pt"), nil},
	} {
		if _, err := Convert(c.name, []byte(c.b), 0, c.with); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, expected a sentence with %q", c.name, err, says)
		}
	}
}
