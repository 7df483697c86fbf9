package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func raw(header string, data string) []byte {
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...), data...)
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ name, header, data, want string }{
		{"not JSON", `hello`, "", "JSON object"},
		{"array", `[]`, "", "JSON object"},
		{"unclosed", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`, "1234", "the JSON ends at byte"},
		{"trailing", `{} {}`, "", "expected nothing more"},
		{"dtype", `{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}`, "1", `dtype "F8"`},
		{"negative dimension", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "1234", "negative"},
		{"huge shape", `{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}`, "1234", "more than the file"},
		{"outside", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`, "1234", "data_offsets"},
		{"descending", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, "1234", "data_offsets"},
		{"wrong size", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, "12345678", "expected 8"},
		{"overlap", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}`, "123456", "no overlap"},
		{"gap", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12345678", "no gap"},
		{"rest", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "12345", "after the last"},
		{"twice", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234", "twice"},
		{"metadata", `{"__metadata__":{"x":3}}`, "", "__metadata__"},
		{"leading space", ` {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234", "begins with"},
		{"dtype twice", `{"a":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234", `"dtype" stands twice`},
		{"nine dimensions", `{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, "1234", "dimensions"},
	} {
		_, err := Read("some.safetensors", raw(c.header, c.data))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "some.safetensors") {
			t.Errorf("%s: error %v, expected the file's name and %q", c.name, err, c.want)
		}
	}
	for _, b := range [][]byte{nil, {1, 2, 3}, binary.LittleEndian.AppendUint64(nil, math.MaxUint64), binary.LittleEndian.AppendUint64(nil, 9)} {
		if _, err := Read("short", b); err == nil {
			t.Errorf("%v was read", b)
		}
	}
}

// An empty tensor may be named behind the one that it stands in front of, and metadata may be null.
func TestReadTakes(t *testing.T) {
	const header = `{"__metadata__":null,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`
	f, err := Read("some", raw(header, "1234"))
	if err != nil || len(f.Tensors) != 2 || f.Metadata == nil {
		t.Errorf("%+v (%v), expected two tensors and metadata that can be set", f, err)
	}
}

// Names that DataParallel and training loops lengthen are found, and only if that helps.
func TestUnwrapped(t *testing.T) {
	f := &File{Tensors: []Tensor{{Name: "module.model.a.weight"}, {Name: "module.model.b.weight"}}}
	if got := f.Unwrapped("a.weight"); got.Lookup("b.weight") == nil || f.Lookup("module.model.b.weight") == nil {
		t.Errorf("%+v, expected bare names in the new file and the old ones in the old", got)
	}
	for _, name := range []string{"model.a.weight", "module.model.a.weight"} {
		if got := f.Unwrapped(name); got.Lookup(name) == nil {
			t.Errorf("%s is lost: %+v", name, got)
		}
	}
	if got := f.Unwrapped("c.weight"); got != f {
		t.Errorf("%+v, expected the file as it was", got)
	}
}

func TestFloat32Decodes(t *testing.T) {
	f := &File{Name: "f", Tensors: []Tensor{
		NewF32("f32", []float32{1.5, -2}, 2),
		// binary16: 1, -2, largest 65504, smallest subnormal 2^-24, largest subnormal, -0
		{"f16", "F16", []int{6}, []byte{0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0xff, 0x03, 0x00, 0x80}},
		{"bf16", "BF16", []int{2}, []byte{0x80, 0x3f, 0x00, 0xc0}},
		{"q", "I8", []int{2, 2}, []byte{127, 0x81, 1, 0}},
		NewF32("q.scale", []float32{0.5, 2}, 2),
		NewF32("nan", []float32{float32(math.NaN())}, 1),
		{"i64", "I64", []int{1}, make([]byte, 8)},
	}}
	for name, want := range map[string][]float32{
		"f32": {1.5, -2}, "f16": {1, -2, 65504, 0x1p-24, 1023 * 0x1p-24, 0}, "bf16": {1, -2},
	} {
		if got, err := f.Float32(name, len(want)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; expected %v", name, got, err, want)
		}
	}
	if got, err := f.Float32("q", 2, 2); err != nil || !slices.Equal(got, []float32{63.5, -63.5, 2, 0}) {
		t.Errorf("int8: %v, %v", got, err)
	}
	for name, want := range map[string]string{"nan": "finite", "i64": "dtype I64", "none": "missing"} {
		if _, err := f.Float32(name, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, expected %q", name, err, want)
		}
	}
	if _, err := f.Float32("f32", 3); err == nil || !strings.Contains(err.Error(), "expected [3]") {
		t.Errorf("wrong shape: %v", err)
	}
}

func TestHalf(t *testing.T) {
	for v, want := range map[float32]uint16{0: 0, 1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65520: 0x7c00, 6.1035156e-05: 0x0400, 1 + 1./2048: 0x3c00, 1 + 3./2048: 0x3c02, 1.9999: 0x4000} {
		if got := toHalf(v); got != want {
			t.Errorf("%v: %#x, expected %#x", v, got, want)
		}
	}
	for h := range 0x7c00 { // every number that is not too small is itself
		if v := half(uint16(h)); v >= 6.2e-5 && toHalf(v) != uint16(h) {
			t.Errorf("%#x became %#x", h, toHalf(v))
		}
	}
	for _, c := range []struct {
		dtype  string
		values []float32
	}{{"F16", []float32{1, -0.3, 0, 60000}}, {"F32", []float32{1, 1e-6}}, {"F32", []float32{1, 70000}}, {"F32", []float32{float32(math.NaN())}}} {
		if got := halved(NewF32("x", c.values, len(c.values))); got.DType != c.dtype {
			t.Errorf("%v became %s, expected %s", c.values, got.DType, c.dtype)
		}
	}
}

func TestQuantise(t *testing.T) {
	const rows, n = 4, 1500
	values := make([]float32, rows*n)
	for i := range values {
		values[i] = float32(math.Sin(float64(i)*1.7)) * float32(i/n) // row 0 is all zeros
	}
	f := &File{Name: "f", Metadata: map[string]string{"sescope": "{}"}, Tensors: []Tensor{
		NewF32("a.weight", values, rows, n), NewF32("a.bias", make([]float32, rows), rows), {"bn.num_batches_tracked", "I64", nil, make([]byte, 8)},
	}}
	if _, err := Quantise(f, 7); err == nil || !strings.Contains(err.Error(), "8, 6, 5 or 4") {
		t.Errorf("7 bits: %v", err)
	}
	largest := map[int]int8{}
	for _, bits := range []int{8, 6, 5, 4} {
		first, err := Quantise(f, 8) // fewer bits are made of the int8 file, as the page does
		if err != nil {
			t.Fatal(err)
		}
		q, err := Quantise(first, bits)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range q.Lookup("a.weight").Data {
			largest[bits] = max(largest[bits], int8(b), -int8(b))
		}
		if len(q.Tensors) != 3 || q.Packed(bits) != rows*n*bits/8+4*rows+map[bool]int{true: 4, false: 2}[bits == 8]*rows {
			t.Errorf("%d bits: %d tensors, %d bytes packed", bits, len(q.Tensors), q.Packed(bits))
		}
	}
	if largest[8] != 127 || largest[6] != 31 || largest[5] != 15 || largest[4] != 7 {
		t.Errorf("largest numbers by bits: %v, expected 127, 31, 15 and 7", largest)
	}
	q, err := Quantise(f, 8)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read("q", q.Write())
	if err != nil {
		t.Fatal(err)
	}
	if again.Lookup("a.weight").DType != "I8" || again.Lookup("a.bias").DType != "F32" || again.Lookup("bn.num_batches_tracked") != nil || again.Metadata["sescope"] != "{}" {
		t.Errorf("unexpected file: %+v", again.Metadata)
	}
	scale, err := again.Float32("a.weight.scale", rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := again.Float32("a.weight", rows, n)
	if err != nil {
		t.Fatal(err)
	}
	for i := range values {
		if d := math.Abs(float64(got[i] - values[i])); d > float64(scale[i/n])*0.5001 {
			t.Fatalf("weight %d: %v became %v, more than half a step of %v", i, values[i], got[i], scale[i/n])
		}
	}
	q8, _ := quantiseRows([]float32{127, 0.5, 1.5, -0.5, -1.5}, 1, 127) // scale 1: halves go to even
	if !bytes.Equal(q8, []byte{127, 0, 2, 0, 0xfe}) {
		t.Errorf("rounding: %v, expected 127 0 2 0 -2", q8)
	}
}

// Every committed file reads, writes back byte for byte, and holds what a reader needs.
func TestModelsRoundTrip(t *testing.T) {
	paths, _ := filepath.Glob("models/*.safetensors")
	if len(paths) == 0 {
		t.Fatal("no models")
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(p, b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.Write(), b) {
			t.Errorf("%s: written back it differs", p)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(raw(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"))
	f.Add(raw(`{"__metadata__":{"k":"v"},"q":{"dtype":"I8","shape":[2,1],"data_offsets":[0,2]},"q.scale":{"dtype":"F32","shape":[2],"data_offsets":[2,10]}}`, "1234567890"))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, "1234"))
	f.Add(raw(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, ""))
	f.Add(raw(`{"a":null}`, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Read("fuzz", b)
		if err != nil {
			return
		}
		total := 0
		for _, x := range file.Tensors {
			total += len(x.Data)
			file.Float32(x.Name, x.Shape...)
		}
		if total > len(b) {
			t.Fatalf("%d tensor bytes in a file of %d", total, len(b))
		}
		again, err := Read("again", file.Write())
		if err != nil || len(again.Tensors) != len(file.Tensors) {
			t.Fatalf("written back: %v", err)
		}
	})
}
