package weights

import (
	"bytes"
	"encoding/binary"
	"maps"
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
		{"dtype twice", `{"a":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234", "dtype stands 2 times"},
		{"shape twice", `{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}`, "1234", "shape stands 2 times"},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, "1234", "shape stands 0 times"},
		{"null shape", `{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}`, "1234", "shape stands 0 times"},
		{"null tensor", `{"a":null}`, "", "JSON object"},
		{"null in metadata", `{"__metadata__":{"x":null}}`, "", "no text"},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, "", "twice"},
		{"no UTF-8", "{\"\xff\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "1234", "UTF-8"},
		{"a byte and a half", `{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}`, "12", "expected 2"},
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

// What the format's reference reader takes: white space around the header (its own test has a
// leading tab), null metadata, tensors of no bytes behind and between others, any number of
// dimensions, members that it does not know, and every dtype.
func TestReadTakes(t *testing.T) {
	for _, c := range []struct{ name, header, data string }{
		{"space around", "\t\n{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}\r ", "1234"},
		{"null metadata", `{"__metadata__":null,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"},
		{"empty listed last", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, "1234"},
		{"empty at the end", `{"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"},
		{"nine dimensions", `{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, "1234"},
		{"more members", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":{},"more":3}}`, "1234"},
		{"half bytes", `{"a":{"dtype":"F4","shape":[8],"data_offsets":[0,4]}}`, "1234"},
		{"unsigned", `{"a":{"dtype":"U32","shape":[1],"data_offsets":[0,4]}}`, "1234"},
		{"nothing", `{}`, ""},
		{"empty alone", `{"a":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}`, ""},
	} {
		f, err := Read("some.safetensors", raw(c.header, c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if f.Metadata == nil {
			t.Errorf("%s: no metadata, where a writer would put some", c.name)
		}
		if a := f.Lookup("a"); a == nil && c.data != "" || a != nil && string(a.Data) != c.data {
			t.Errorf("%s: tensor a is %v", c.name, a)
		}
	}
}

func TestFloat32Decodes(t *testing.T) {
	f := &File{Name: "f", Tensors: []Tensor{
		NewF32("f32", []float32{1.5, -2}, 2),
		// binary16: 1, -2, largest 65504, smallest subnormal 2^-24, largest subnormal, -0
		{"f16", "F16", []int{6}, []byte{0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0xff, 0x03, 0x00, 0x80}},
		{"bf16", "BF16", []int{2}, []byte{0x80, 0x3f, 0x00, 0xc0}},
		{"f64", "F64", []int{2}, binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, math.Float64bits(1+0x1p-30)), math.Float64bits(-0.1))},
		{"huge", "F64", []int{1}, binary.LittleEndian.AppendUint64(nil, math.Float64bits(1e300))},
		{"q", "I8", []int{2, 2}, []byte{127, 0x81, 1, 0}},
		NewF32("q.scale", []float32{0.5, 2}, 2),
		NewF32("nan", []float32{float32(math.NaN())}, 1),
		{"i64", "I64", []int{1}, make([]byte, 8)},
	}}
	for name, want := range map[string][]float32{
		"f32": {1.5, -2}, "f16": {1, -2, 65504, 0x1p-24, 1023 * 0x1p-24, 0}, "bf16": {1, -2}, "f64": {1, -0.1},
	} {
		if got, err := f.Float32(name, len(want)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; expected %v", name, got, err, want)
		}
	}
	if got, err := f.Float32("q", 2, 2); err != nil || !slices.Equal(got, []float32{63.5, -63.5, 2, 0}) {
		t.Errorf("int8: %v, %v", got, err)
	}
	for name, want := range map[string]string{"nan": "finite", "huge": "finite", "i64": "dtype I64", "none": "missing"} {
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

// A float64 file quantises to the same int8 as its float32 twin, and keeps no float64.
func TestQuantiseFloat64(t *testing.T) {
	single, double := &File{Name: "f"}, &File{Name: "f"}
	for name, shape := range map[string][]int{"a.weight": {4, 1500}, "a.bias": {4}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		values, b := make([]float32, n), []byte{}
		for i := range values {
			values[i] = float32(math.Sin(float64(i)))
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(values[i])))
		}
		single.Tensors = append(single.Tensors, NewF32(name, values, shape...))
		double.Tensors = append(double.Tensors, Tensor{name, "F64", shape, b})
	}
	for _, bits := range []int{8, 5} {
		want, err := Quantise(single, bits)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Quantise(double, bits)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want.Tensors {
			if g := got.Lookup(w.Name); g == nil || g.DType != w.DType || !bytes.Equal(g.Data, w.Data) {
				t.Errorf("%d bits: %s differs from float32's", bits, w.Name)
			}
		}
	}
}

// Files of every shape that the fuzzer's bytes spell are written and read back as they were.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("\x02\x01\x03name\x02\x00\x01kv and more bytes for the data"))
	f.Add([]byte(""))
	f.Add([]byte("\x04\x07\x00\x06\x01\x02\x03\x04"))
	dtypes := []string{"F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL", "C64",
		"F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F6_E2M3", "F6_E3M2", "F4"}
	f.Fuzz(func(t *testing.T, b []byte) {
		next := func() int {
			if len(b) == 0 {
				return 0
			}
			v := b[0]
			b = b[1:]
			return int(v)
		}
		text := func() string {
			s := b[:min(next()%9, len(b))]
			b = b[len(s):]
			return strings.ToValidUTF8(string(s), "?")
		}
		want := &File{Name: "f", Metadata: map[string]string{}}
		for range next() % 4 {
			want.Metadata[text()] = text()
		}
		for i := range next() % 8 {
			x := Tensor{Name: text(), DType: dtypes[next()%len(dtypes)], Shape: []int{}}
			if x.Name == "__metadata__" || want.Lookup(x.Name) != nil {
				x.Name += string(rune('a' + i))
			}
			if want.Lookup(x.Name) != nil {
				continue
			}
			n := 8 // so that any number of bits makes whole bytes
			for range next() % 5 {
				x.Shape = append(x.Shape, next()%4)
				n *= x.Shape[len(x.Shape)-1]
			}
			x.Shape = append(x.Shape, 8)
			x.Data = make([]byte, n*dtypeBits[x.DType]/8)
			for k := range x.Data {
				x.Data[k] = byte(next() + k)
			}
			want.Tensors = append(want.Tensors, x)
		}
		got, err := Read("f", want.Write())
		if err != nil {
			t.Fatalf("%+v: %v", want, err)
		}
		// The reader sorts by place; tensors of no bytes come before others of the same place.
		if len(got.Tensors) != len(want.Tensors) || !maps.Equal(got.Metadata, want.Metadata) {
			t.Fatalf("%d tensors, %v; expected %d, %v", len(got.Tensors), got.Metadata, len(want.Tensors), want.Metadata)
		}
		for _, w := range want.Tensors {
			g := got.Lookup(w.Name)
			if g == nil || g.DType != w.DType || !slices.Equal(g.Shape, w.Shape) || !bytes.Equal(g.Data, w.Data) {
				t.Fatalf("%+v came back as %+v", w, g)
			}
		}
		if again, err := Read("f", got.Write()); err != nil || !bytes.Equal(again.Write(), got.Write()) {
			t.Fatalf("the second time it differs: %v", err)
		}
	})
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
