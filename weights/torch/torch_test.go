package torch

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sescope/weights"
)

func torchFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What torch.save wrote of one state_dict in four types, in the old format, with strides and an
// offset, and inside of a checkpoint gives the same values: see train/torchfiles.py.
func TestTorchFiles(t *testing.T) {
	for _, name := range []string{"f32.pt", "f16.pt", "bf16.pt", "f64.pt", "legacy.pt", "strides.pt", "checkpoint.pt"} {
		b := torchFile(t, name)
		if !weights.IsTorch(b) {
			t.Errorf("%s: IsTorch is false", name)
		}
		f, err := Open(name, b)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if len(f.Tensors) != 2 {
			t.Errorf("%s: %d tensors, expected 2", name, len(f.Tensors))
		}
		for tensor, want := range map[string]struct {
			values []float32
			shape  []int
		}{
			"a.weight": {[]float32{0.25, 0.5, 0.75, 1, 1.25, 1.5}, []int{2, 3}},
			"a.bias":   {[]float32{-1, 1.5}, []int{2}},
		} {
			got, err := f.Float32(tensor, want.shape...)
			if err != nil || !slices.Equal(got, want.values) {
				t.Errorf("%s: %s is %v (%v), expected %v", name, tensor, got, err, want.values)
			}
		}
	}
}

// What holds no state_dict is refused with the way to make one.
func TestTorchFilesWithoutStateDict(t *testing.T) {
	for name, want := range map[string]string{
		"module.pt": "torch.save(net.state_dict()",
		"script.pt": "torch.jit.load",
	} {
		if _, err := Open(name, torchFile(t, name)); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: error %v, expected one with %q and the file's name", name, err, want)
		}
	}
	whole := torchFile(t, "f32.pt")
	for _, n := range []int{5, 100, len(whole) / 2, len(whole) - 30} {
		if _, err := Read("cut", whole[:n]); err == nil {
			t.Errorf("a file cut to %d bytes was read", n)
		}
	}
}

// A file of another format is named, and what opens.
func TestForeignFormats(t *testing.T) {
	for name, b := range map[string]string{"net.onnx": "\x08\x07", "some": "\x1c\x00\x00\x00TFL3", "net.h5": "", "other": "\x89HDF\r\n", "net.keras": "x", "model.safetensors.index.json": `{"weight_map": {}}`} {
		if _, err := Open(name, []byte(b)); err == nil || !strings.Contains(err.Error(), "sescope convert") {
			t.Errorf("%s: %v, expected the formats that open", name, err)
		}
	}
}

// FuzzTorch: whatever the bytes, the answer is an error or tensors with as many bytes as their
// shape.
func FuzzTorch(f *testing.F) {
	for _, name := range []string{"f16.pt", "legacy.pt", "strides.pt", "checkpoint.pt", "module.pt"} {
		f.Add(torchFile(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read("fuzz", b)
		if err != nil {
			return
		}
		for _, x := range file.Tensors {
			n := weights.Bits(x.DType) / 8
			for _, d := range x.Shape {
				n *= d
			}
			if n != len(x.Data) {
				t.Fatalf("%s %s %v has %d bytes", x.Name, x.DType, x.Shape, len(x.Data))
			}
		}
		if _, err := weights.Read("again", file.Write()); err != nil {
			t.Fatal(err)
		}
	})
}
