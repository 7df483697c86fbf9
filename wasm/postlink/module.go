package postlink

import (
	"bytes"
	"fmt"
)

// The sections that are looked into.
const (
	customSection   = 0
	typeSection     = 1
	importSection   = 2
	functionSection = 3
	elementSection  = 9
	codeSection     = 10
	dataSection     = 11
)

var preamble = []byte("\x00asm\x01\x00\x00\x00")

// module is a WebAssembly module in parts. Widths are the bytes that a size took in the file:
// linkers leave room to fill sizes in later, and an encoded module has them again.
type module struct {
	sections  []section
	imported  int        // functions; the first defined one has this index
	functions []function // of the code section
}

type section struct {
	id, width int
	name      string // of a custom section
	body      []byte // of every other section than the code, behind the id and the size
	count     int    // width of the code section's number of functions
}

type function struct {
	width  int
	at     int // where its instructions began in the file
	locals []byte
	code   []byte // the instructions, with the final end
}

// decode takes a module apart. Its slices alias b.
func decode(b []byte) (*module, error) {
	if !bytes.HasPrefix(b, preamble) {
		return nil, fmt.Errorf("no WebAssembly module of version 1: it begins with % x", b[:min(len(b), len(preamble))])
	}
	m := &module{}
	code := false
	for r := (reader{b, len(preamble), len(b)}); r.at < r.end; {
		start := r.at
		fail := func(err error) (*module, error) {
			return nil, fmt.Errorf("section at offset %#x: %v", start, err)
		}
		id, err := r.byte()
		if err != nil {
			return fail(err)
		}
		s := section{id: int(id)}
		inner, width, err := r.sized()
		if err != nil {
			return fail(err)
		}
		s.width, s.body = width, inner.rest()
		switch s.id {
		case customSection:
			s.name, err = inner.name()
		case importSection:
			m.imported, err = importedFunctions(inner)
		case codeSection:
			if code {
				err = fmt.Errorf("a second code section")
				break
			}
			code = true
			m.functions, s.count, err = functions(inner)
		}
		if err != nil {
			return fail(err)
		}
		m.sections = append(m.sections, s)
	}
	return m, nil
}

// encode puts the module together.
func (m *module) encode() []byte {
	b := bytes.Clone(preamble)
	for _, s := range m.sections {
		body := s.body
		if s.id == codeSection {
			body = appendUint(nil, len(m.functions), s.count)
			for _, f := range m.functions {
				body = appendUint(body, len(f.locals)+len(f.code), f.width)
				body = append(append(body, f.locals...), f.code...)
			}
		}
		b = append(b, byte(s.id))
		b = append(appendUint(b, len(body), s.width), body...)
	}
	return b
}

// drop removes the custom sections of that name.
func (m *module) drop(name string) {
	kept := m.sections[:0:0]
	for _, s := range m.sections {
		if s.id != customSection || s.name != name {
			kept = append(kept, s)
		}
	}
	m.sections = kept
}

// importedFunctions counts the functions of the import section.
func importedFunctions(r reader) (n int, err error) {
	count, err := r.count()
	if err != nil {
		return 0, err
	}
	for i := range count {
		kind, err := r.importKind()
		if err != nil {
			return 0, fmt.Errorf("import %d: %v", i, err)
		}
		if kind == 0 {
			n++
		}
	}
	return n, r.finished()
}

// importKind reads one import and returns what it imports: 0 is a function.
func (r *reader) importKind() (kind byte, err error) {
	for range 2 { // module and name
		if _, err := r.name(); err != nil {
			return 0, err
		}
	}
	if kind, err = r.byte(); err != nil {
		return 0, err
	}
	var steps []func() error
	limits := func() error {
		flags, err := r.byte()
		if err == nil {
			err = r.leb(64)
		}
		if err == nil && flags&1 != 0 {
			err = r.leb(64)
		}
		return err
	}
	valueType := func() error { return r.skip(1) }
	switch kind {
	case 0: // function: its type's index
		steps = []func() error{func() error { return r.leb(32) }}
	case 1: // table: element type, limits
		steps = []func() error{valueType, limits}
	case 2: // memory
		steps = []func() error{limits}
	case 3: // global: type, mutability
		steps = []func() error{valueType, valueType}
	case 4: // tag: attribute, type
		steps = []func() error{valueType, func() error { return r.leb(32) }}
	default:
		return 0, fmt.Errorf("unknown kind %d at offset %#x", kind, r.at-1)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return 0, err
		}
	}
	return kind, nil
}

// functions splits the code section. width is that of the count.
func functions(r reader) (list []function, width int, err error) {
	start := r.at
	count, err := r.count()
	if err != nil {
		return nil, 0, err
	}
	width = r.at - start
	for i := range count {
		body, w, err := r.sized()
		if err != nil {
			return nil, 0, fmt.Errorf("function %d of the section: %v", i, err)
		}
		f := function{width: w}
		start := body.at
		if err := body.locals(); err != nil {
			return nil, 0, fmt.Errorf("function %d of the section, its locals: %v", i, err)
		}
		f.locals, f.at, f.code = body.b[start:body.at], body.at, body.rest()
		list = append(list, f)
	}
	return list, width, r.finished()
}

func (r *reader) locals() error {
	groups, err := r.count()
	if err != nil {
		return err
	}
	for range groups {
		if err := r.leb(32); err != nil {
			return err
		}
		if err := r.skip(1); err != nil { // the type, one byte for all but typed references, which Go has not
			return err
		}
	}
	return nil
}

// names reads the function names of the name section, by index; empty if there is none.
func (m *module) names() (map[int]string, error) {
	names := map[int]string{}
	for _, s := range m.sections {
		if s.id != customSection || s.name != "name" {
			continue
		}
		r := reader{s.body, 0, len(s.body)}
		if _, err := r.name(); err != nil {
			return nil, err
		}
		for r.at < r.end {
			kind, err := r.byte()
			if err != nil {
				return nil, fmt.Errorf("name section: %v", err)
			}
			sub, _, err := r.sized()
			if err != nil {
				return nil, fmt.Errorf("name section: %v", err)
			}
			if kind != 1 { // 1 is the functions' names
				continue
			}
			count, err := sub.count()
			for i := 0; i < count && err == nil; i++ {
				var index uint64
				if index, err = sub.uint(32); err == nil {
					names[int(index)], err = sub.name()
				}
			}
			if err == nil {
				err = sub.finished()
			}
			if err != nil {
				return nil, fmt.Errorf("name section: %v", err)
			}
		}
	}
	return names, nil
}

// reader reads b from at up to end. Offsets in errors are those in b.
type reader struct {
	b       []byte
	at, end int
}

func (r *reader) rest() []byte { return r.b[r.at:r.end:r.end] }

func (r *reader) finished() error {
	if r.at != r.end {
		return fmt.Errorf("%d bytes are left over at offset %#x", r.end-r.at, r.at)
	}
	return nil
}

func (r *reader) byte() (byte, error) {
	if r.at >= r.end {
		return 0, fmt.Errorf("it ends at offset %#x, expected more", r.at)
	}
	r.at++
	return r.b[r.at-1], nil
}

func (r *reader) skip(n int) error {
	if n > r.end-r.at {
		return fmt.Errorf("%d bytes are left at offset %#x, expected %d", r.end-r.at, r.at, n)
	}
	r.at += n
	return nil
}

// uint reads an unsigned LEB128 number of at most that many bits.
func (r *reader) uint(bits int) (v uint64, err error) {
	start := r.at
	for shift := 0; ; shift += 7 {
		c, err := r.byte()
		if err != nil {
			return 0, err
		}
		if shift >= bits || bits-shift < 7 && c&0x7f>>(bits-shift) != 0 {
			return 0, fmt.Errorf("the number at offset %#x has more than %d bits", start, bits)
		}
		v |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			return v, nil
		}
	}
}

// leb skips a LEB128 number, signed or not, of at most that many bits.
func (r *reader) leb(bits int) error {
	start := r.at
	for range (bits + 6) / 7 {
		c, err := r.byte()
		if err != nil {
			return err
		}
		if c&0x80 == 0 {
			return nil
		}
	}
	return fmt.Errorf("the number at offset %#x has more than %d bits", start, bits)
}

// count reads the length of a vector, whose elements take a byte at least.
func (r *reader) count() (int, error) {
	start := r.at
	n, err := r.uint(32)
	if err == nil && n > uint64(r.end-r.at) {
		err = fmt.Errorf("a list of %d at offset %#x, but %d bytes are left", n, start, r.end-r.at)
	}
	return int(n), err
}

// sized reads a size and returns what it spans, and the size's own width.
func (r *reader) sized() (inner reader, width int, err error) {
	start := r.at
	n, err := r.count()
	if err != nil {
		return reader{}, 0, err
	}
	inner = reader{r.b, r.at, r.at + n}
	width, r.at = r.at-start, r.at+n
	return inner, width, nil
}

func (r *reader) name() (string, error) {
	n, err := r.count()
	if err != nil {
		return "", err
	}
	r.at += n
	return string(r.b[r.at-n : r.at]), nil
}

// appendUint appends an unsigned LEB128 number of at least that many bytes.
func appendUint(b []byte, v, width int) []byte {
	for ; v >= 0x80 || width > 1; width-- {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
