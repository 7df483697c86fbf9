package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"sescope/weights/json"
)

// File is one safetensors file in memory.
type File struct {
	Name     string            // for messages: a path or a built-in name
	Metadata map[string]string // the header's __metadata__
	Tensors  []Tensor          // in the order of their bytes
}

// Tensor is one named array. Data aliases the bytes given to Read.
type Tensor struct {
	Name  string
	DType string // "F32", "F16", "BF16", "I8", "I64", ... as in the header
	Shape []int
	Data  []byte // little endian
}

// dtypeSize holds the bytes of one element of every dtype that may stand in a file; only the float ones and I8 are ever computed with.
var dtypeSize = map[string]int{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}

const (
	maxHeader = 16 << 20 // a header of real networks is some kilobytes; this bounds what is parsed
	maxDims   = 8
)

type headerEntry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"`
}

// read refuses a field that stands twice, of which readers take different ones.
func (e *headerEntry) read(text []byte) error {
	fields, err := json.Members(text)
	if err != nil {
		return err
	}
	for i, f := range fields {
		if slices.ContainsFunc(fields[:i], func(g json.Member) bool { return g.Name == f.Name }) {
			return fmt.Errorf("%q stands twice", f.Name)
		}
		if i > 8 {
			return fmt.Errorf("more than %d fields, expected dtype, shape and data_offsets", i)
		}
	}
	return json.Unmarshal(text, e)
}

// Open reads a file of either format: safetensors, or a state_dict of torch.save.
func Open(name string, b []byte) (*File, error) {
	if IsTorch(b) {
		return ReadTorch(name, b)
	}
	return Read(name, b)
}

// Read parses a safetensors file. The name is used in errors only. Everything is checked before anything is allocated in the size
// that the header claims; the tensors alias b.
func Read(name string, b []byte) (*File, error) {
	fail := func(format string, args ...any) (*File, error) {
		return nil, fmt.Errorf("%s: "+format, append([]any{name}, args...)...)
	}
	if len(b) < 8 {
		return fail("%d bytes, expected a safetensors file (at least 8)", len(b))
	}
	size := binary.LittleEndian.Uint64(b)
	if size > maxHeader || size > uint64(len(b)-8) {
		return fail("not a safetensors file: the header claims %d bytes, the file has %d after the length (limit %d)", size, len(b)-8, maxHeader)
	}
	header, data := b[8:8+size], b[8+size:]

	if len(header) > 0 && header[0] != '{' {
		return fail("the header begins with %q, expected a JSON object", header[0])
	}
	entries, err := json.Members(header)
	if err != nil {
		return fail("header: %v", err)
	}
	seen := map[string]bool{}
	f := &File{Name: name, Metadata: map[string]string{}}
	type span struct {
		begin, end int
		tensor     Tensor
	}
	var spans []span
	for _, m := range entries {
		if seen[m.Name] { // a map would hide it
			return fail("header: %q stands twice", m.Name)
		}
		seen[m.Name] = true
		if m.Name == "__metadata__" {
			if err := json.Unmarshal(m.Value, &f.Metadata); err != nil {
				return fail("__metadata__: expected an object of strings: %v", err)
			}
			if f.Metadata == nil { // null
				f.Metadata = map[string]string{}
			}
			continue
		}
		var e headerEntry
		if err := e.read(m.Value); err != nil {
			return fail("tensor %q: %v", m.Name, err)
		}
		elem, ok := dtypeSize[e.DType]
		if !ok {
			return fail("tensor %q: dtype %q, expected one of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL", m.Name, e.DType)
		}
		n, err := count(e.Shape, len(data)/elem)
		if err != nil {
			return fail("tensor %q: %v", m.Name, err)
		}
		if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[0] > e.Offsets[1] || e.Offsets[1] > len(data) {
			return fail("tensor %q: data_offsets %v, expected two ascending numbers within the file's %d data bytes", m.Name, e.Offsets, len(data))
		}
		if got := e.Offsets[1] - e.Offsets[0]; got != n*elem {
			return fail("tensor %q: %d bytes, expected %d for %s %v", m.Name, got, n*elem, e.DType, e.Shape)
		}
		spans = append(spans, span{e.Offsets[0], e.Offsets[1], Tensor{m.Name, e.DType, e.Shape, data[e.Offsets[0]:e.Offsets[1]:e.Offsets[1]]}})
	}
	sort.SliceStable(spans, func(i, j int) bool {
		a, b := spans[i], spans[j]
		return a.begin < b.begin || a.begin == b.begin && a.end < b.end // an empty one stands first
	})
	end := 0
	for _, s := range spans {
		if s.begin != end {
			return fail("tensor %q: begins at byte %d, expected %d (no overlap and no gap)", s.tensor.Name, s.begin, end)
		}
		end = s.end
		f.Tensors = append(f.Tensors, s.tensor)
	}
	if end != len(data) {
		return fail("%d data bytes after the last tensor", len(data)-end)
	}
	return f, nil
}

// count multiplies a shape, refusing what exceeds limit without ever overflowing.
func count(shape []int, limit int) (int, error) {
	if len(shape) > maxDims {
		return 0, fmt.Errorf("%d dimensions, expected at most %d", len(shape), maxDims)
	}
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative dimension", shape)
		}
		if d > 0 && n > limit/d {
			return 0, fmt.Errorf("shape %v needs more than the file's bytes", shape)
		}
		n *= d
	}
	return n, nil
}

// Write returns the file's bytes. The header is padded with spaces so that the data begins at a multiple of 8, as the reference
// implementation does; metadata keys are sorted, so equal files have equal bytes.
func (f *File) Write() []byte {
	var h strings.Builder
	h.WriteByte('{')
	if len(f.Metadata) > 0 {
		meta, _ := json.Marshal(f.Metadata) // map[string]string always encodes, with sorted keys
		fmt.Fprintf(&h, `"__metadata__":%s`, meta)
	}
	offset := 0
	for _, t := range f.Tensors {
		if h.Len() > 1 {
			h.WriteByte(',')
		}
		key, _ := json.Marshal(t.Name)
		shape, _ := json.Marshal(append([]int{}, t.Shape...))
		fmt.Fprintf(&h, `%s:{"dtype":%q,"shape":%s,"data_offsets":[%d,%d]}`, key, t.DType, shape, offset, offset+len(t.Data))
		offset += len(t.Data)
	}
	h.WriteByte('}')
	for h.Len()%8 != 0 {
		h.WriteByte(' ')
	}
	out := binary.LittleEndian.AppendUint64(nil, uint64(h.Len()))
	out = append(out, h.String()...)
	for _, t := range f.Tensors {
		out = append(out, t.Data...)
	}
	return out
}

// wrappers are what torch.nn.DataParallel, torch.compile and common training loops put in front of
// every name.
var wrappers = []string{"module.", "_orig_mod.", "model.", "net.", "network."}

// Unwrapped returns the file under the names in which the tensor called name is found: without the
// prefixes that a wrapper put in front of all of them. It is the file itself where that does not help.
func (f *File) Unwrapped(name string) *File {
	out := f
	for out.Lookup(name) == nil {
		i := slices.IndexFunc(wrappers, func(prefix string) bool {
			return len(out.Tensors) > 0 && !slices.ContainsFunc(out.Tensors, func(t Tensor) bool {
				return !strings.HasPrefix(t.Name, prefix)
			})
		})
		if i < 0 {
			return f
		}
		bare := &File{Name: f.Name, Metadata: f.Metadata, Tensors: slices.Clone(out.Tensors)}
		for j := range bare.Tensors {
			bare.Tensors[j].Name = strings.TrimPrefix(bare.Tensors[j].Name, wrappers[i])
		}
		out = bare
	}
	return out
}

// Lookup returns the tensor of that name, or nil.
func (f *File) Lookup(name string) *Tensor {
	for i := range f.Tensors {
		if f.Tensors[i].Name == name {
			return &f.Tensors[i]
		}
	}
	return nil
}

// Float32 returns a tensor's values, row-major, checking its shape; I8 tensors are multiplied by their scales. Values that are not finite are
// refused, since one of them would silently turn every logit into NaN.
func (f *File) Float32(name string, shape ...int) ([]float32, error) {
	t := f.Lookup(name)
	if t == nil {
		return nil, fmt.Errorf("%s: tensor %q is missing, expected shape %v", f.Name, name, shape)
	}
	if !slices.Equal(t.Shape, shape) {
		return nil, fmt.Errorf("%s: tensor %q has shape %v, expected %v", f.Name, name, t.Shape, shape)
	}
	var out []float32
	if t.DType == "I8" {
		if len(shape) == 0 {
			return nil, fmt.Errorf("%s: tensor %q is a single I8 value, expected one dimension or more", f.Name, name)
		}
		scale, err := f.Float32(name+".scale", shape[0])
		if err != nil {
			return nil, err
		}
		out = dequantise(t.Data, scale)
	} else {
		var err error
		if out, err = decode(t); err != nil {
			return nil, fmt.Errorf("%s: tensor %q: %v", f.Name, name, err)
		}
	}
	for i, v := range out {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("%s: tensor %q: value %d is %v, expected finite numbers", f.Name, name, i, v)
		}
	}
	return out, nil
}

func decode(t *Tensor) ([]float32, error) {
	switch t.DType {
	case "F32":
		out := make([]float32, len(t.Data)/4)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
		return out, nil
	case "BF16":
		out := make([]float32, len(t.Data)/2)
		for i := range out {
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.Data[2*i:])) << 16)
		}
		return out, nil
	case "F64":
		out := make([]float32, len(t.Data)/8)
		for i := range out {
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:])))
		}
		return out, nil
	case "F16":
		out := make([]float32, len(t.Data)/2)
		for i := range out {
			out[i] = half(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
		return out, nil
	}
	return nil, fmt.Errorf("dtype %s, expected F64, F32, F16, BF16 or I8 with scales", t.DType)
}

// half converts IEEE 754 binary16 to float32, exactly.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0: // zero and subnormals: frac x 2^-24
		v := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// NewF32 makes a float32 tensor.
func NewF32(name string, values []float32, shape ...int) Tensor {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return Tensor{name, "F32", shape, data}
}
