package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"sescope/weights/json"
)

// File is one safetensors file in memory.
type File struct {
	Name     string            // for messages: a path or a built-in name
	Metadata map[string]string // the header's __metadata__
	Tensors  []Tensor          // in the order of their bytes
}

// ReferenceKey is the metadata key of the logits by which a file of float weights can be checked:
// see nn.Session.CheckReference.
const ReferenceKey = "sescope.reference"

// Tensor is one named array. Data aliases the bytes given to Read.
type Tensor struct {
	Name  string
	DType string // "F32", "F16", "BF16", "I8", "I64", ... as in the header
	Shape []int
	Data  []byte // little endian
}

// dtypeBits holds the bits of one element of every dtype that may stand in a file; only the float
// ones and I8 are ever computed with.
var dtypeBits = map[string]int{
	"F64": 64, "F32": 32, "F16": 16, "BF16": 16,
	"I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32, "U16": 16, "U8": 8, "BOOL": 8, "C64": 64,
	"F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
}

// maxHeader is the reference implementation's limit; the file's own length bounds what is parsed.
const maxHeader = 100_000_000

type headerEntry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"`
}

// Read parses a safetensors file by the rules of the format's reference reader, which also takes
// white space before the header's brace, null metadata and tensors of no bytes anywhere. Stricter
// than it, a name may not stand twice, as the format says. The name given is used in errors only.
// Everything is checked before anything is allocated in the size that the header claims; the
// tensors alias b.
func Read(name string, b []byte) (*File, error) {
	fail := func(format string, args ...any) (*File, error) {
		return nil, fmt.Errorf("%s: "+format, append([]any{name}, args...)...)
	}
	var size uint64
	if len(b) >= 8 {
		size = binary.LittleEndian.Uint64(b)
	}
	whole := len(b) >= 8 && size <= maxHeader && size <= uint64(len(b)-8)
	if format := Foreign(name, b); format != "" && !whole {
		return nil, errForeign(name, format)
	}
	if len(b) < 8 {
		return fail("%d bytes, expected a safetensors file (at least 8)", len(b))
	}
	if !whole {
		return fail("not a safetensors file: the header claims %d bytes, the file has %d after the length (limit %d)", size, len(b)-8, maxHeader)
	}
	header, data := b[8:8+size], b[8+size:]
	if !utf8.Valid(header) {
		return fail("the header is no UTF-8 text")
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
			if err := readMetadata(m.Value, f.Metadata); err != nil {
				return fail("__metadata__: %v", err)
			}
			continue
		}
		e, err := readEntry(m.Value)
		if err != nil {
			return fail("tensor %q: %v", m.Name, err)
		}
		bits, ok := dtypeBits[e.DType]
		if !ok {
			return fail("tensor %q: dtype %q is none of the format's, expected F32 for instance", m.Name, e.DType)
		}
		n, err := Elements(e.Shape, 8*len(data)/bits)
		if err != nil {
			return fail("tensor %q: %v", m.Name, err)
		}
		if len(e.Offsets) != 2 || e.Offsets[0] < 0 || e.Offsets[0] > e.Offsets[1] || e.Offsets[1] > len(data) {
			return fail("tensor %q: data_offsets %v, expected two ascending numbers within the file's %d data bytes", m.Name, e.Offsets, len(data))
		}
		if got := e.Offsets[1] - e.Offsets[0]; 8*got != n*bits {
			return fail("tensor %q: %d bytes, expected %d for %s %v", m.Name, got, (n*bits+7)/8, e.DType, e.Shape)
		}
		spans = append(spans, span{e.Offsets[0], e.Offsets[1], Tensor{m.Name, e.DType, e.Shape, data[e.Offsets[0]:e.Offsets[1]:e.Offsets[1]]}})
	}
	sort.SliceStable(spans, func(i, j int) bool { // a tensor of no bytes stands before the one that begins there
		return spans[i].begin < spans[j].begin || spans[i].begin == spans[j].begin && spans[i].end < spans[j].end
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

// readMetadata reads an object of strings, or null, into a map that is there.
func readMetadata(text json.RawMessage, into map[string]string) error {
	if string(text) == "null" {
		return nil
	}
	members, err := json.Members(text)
	for _, m := range members {
		var value string
		if err == nil && m.Value[0] != '"' {
			err = fmt.Errorf("%q is no text", m.Name)
		}
		if err == nil {
			err = json.Unmarshal(m.Value, &value)
		}
		into[m.Name] = value
	}
	if err != nil {
		return fmt.Errorf("expected an object of strings: %v", err)
	}
	return nil
}

// readEntry reads what the header says of a tensor. Each of the three members has to stand there
// once; others are passed over.
func readEntry(text json.RawMessage) (e headerEntry, err error) {
	members, err := json.Members(text)
	if err != nil {
		return e, err
	}
	times := map[string]int{}
	for _, m := range members {
		if times[m.Name]++; string(m.Value) == "null" {
			times[m.Name] = 0
		}
	}
	for _, name := range []string{"dtype", "shape", "data_offsets"} {
		if times[name] != 1 {
			return e, fmt.Errorf("%s stands %d times, expected once", name, times[name])
		}
	}
	return e, json.Unmarshal(text, &e)
}

// Bits is how many bits an element of a dtype takes; 0 if the format has none of that name.
func Bits(dtype string) int { return dtypeBits[dtype] }

// Elements multiplies a shape, refusing what exceeds limit without ever overflowing.
func Elements(shape []int, limit int) (int, error) {
	if slices.Contains(shape, 0) {
		limit = math.MaxInt // it holds nothing, whatever its other dimensions are
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

// Write returns the file's bytes. The header is padded with spaces so that the data begins at a
// multiple of 8, as the reference implementation does; metadata keys are sorted, so equal files
// have equal bytes.
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
// prefixes that a wrapper put in front of all of them. It is the file itself where that does not
// help.
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

// Float32 returns a tensor's values, row-major, checking its shape; I8 tensors are multiplied by
// their scales. Values that are not finite are refused, since one of them would silently turn
// every logit into NaN.
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
		if out, err = t.Values(); err != nil {
			return nil, fmt.Errorf("%s: tensor %q: %v", f.Name, name, err)
		}
	}
	for i, v := range out {
		if v-v != 0 { // infinite, or no number
			return nil, fmt.Errorf("%s: tensor %q: value %d is %v, expected finite numbers", f.Name, name, i, v)
		}
	}
	return out, nil
}

// Values decodes a tensor of floats, whatever they are: see Float32.
func (t *Tensor) Values() ([]float32, error) {
	switch t.DType {
	case "F32":
		out := make([]float32, len(t.Data)/4)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
		return out, nil
	case "F64": // rounded to nearest; what is too large becomes infinite, which Float32 refuses
		out := make([]float32, len(t.Data)/8)
		for i := range out {
			out[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(t.Data[8*i:])))
		}
		return out, nil
	case "BF16":
		out := make([]float32, len(t.Data)/2)
		for i := range out {
			out[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.Data[2*i:])) << 16)
		}
		return out, nil
	case "F16":
		out := make([]float32, len(t.Data)/2)
		for i := range out {
			out[i] = half(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
		return out, nil
	}
	return nil, fmt.Errorf("dtype %s, expected F32, F64, F16, BF16 or I8 with scales", t.DType)
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
