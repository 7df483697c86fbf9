package postlink

import (
	"fmt"
	"slices"
)

// The instructions of a segment's address.
const i32Const, endOfCode = 0x41, 0x0b

// A segment of the data section: bytes that stand in memory before the program starts.
type segment struct {
	at    int // address
	bytes []byte
}

// gap is how many zeros are written out rather than left out by beginning another segment.
// Compressed, a run of zeros is a few bits, and another segment's address and length are two or
// three bytes that no compressor can tell in advance.
const gap = 32

// segments reads the data section; it returns none where there is no such section.
func (m *module) segments() ([]segment, error) {
	var list []segment
	for _, s := range m.sections {
		if s.id != dataSection {
			continue
		}
		r := reader{s.body, 0, len(s.body)}
		count, err := r.count()
		if err != nil {
			return nil, fmt.Errorf("data section: %v", err)
		}
		for i := range count {
			seg, err := r.segment()
			if err != nil {
				return nil, fmt.Errorf("data section, segment %d: %v", i, err)
			}
			list = append(list, seg)
		}
		if err := r.finished(); err != nil {
			return nil, fmt.Errorf("data section: %v", err)
		}
	}
	return list, nil
}

// segment reads a segment at a constant address of the first memory, the only kind that Go's linker
// writes.
func (r *reader) segment() (segment, error) {
	start := r.at
	mode, err := r.byte()
	if err != nil {
		return segment{}, err
	}
	op, err := r.byte()
	if err != nil {
		return segment{}, err
	}
	if mode != 0 || op != i32Const {
		return segment{}, fmt.Errorf("mode %d and instruction %#x at offset %#x, expected mode 0 and an i32.const", mode, op, start)
	}
	at, err := r.int32()
	if err != nil {
		return segment{}, err
	}
	if at < 0 {
		return segment{}, fmt.Errorf("address %d at offset %#x, expected one below 2 GiB", at, start)
	}
	if end, err := r.byte(); err != nil || end != endOfCode {
		return segment{}, fmt.Errorf("the address at offset %#x is not a single constant", start)
	}
	data, _, err := r.sized()
	return segment{at, data.rest()}, err
}

// int32 reads a signed LEB128 number.
func (r *reader) int32() (v int, err error) {
	start := r.at
	for shift := 0; shift < 35; shift += 7 {
		c, err := r.byte()
		if err != nil {
			return 0, err
		}
		v |= int(c&0x7f) << shift
		if c&0x80 == 0 {
			if c&0x40 != 0 {
				v -= 1 << (shift + 7)
			}
			return int(int32(v)), nil
		}
	}
	return 0, fmt.Errorf("the number at offset %#x has more than 32 bits", start)
}

// image lays the segments out as one piece of memory, which begins at address base. It may be at
// most limit bytes long.
func image(list []segment, limit int) (memory []byte, base int, err error) {
	if len(list) == 0 {
		return nil, 0, nil
	}
	base, end := list[0].at, 0
	for _, s := range list {
		base, end = min(base, s.at), max(end, s.at+len(s.bytes))
	}
	if end-base > limit {
		return nil, 0, fmt.Errorf("data section: it spans %d bytes, expected at most %d", end-base, limit)
	}
	memory = make([]byte, end-base)
	for _, s := range list {
		copy(memory[s.at-base:], s.bytes)
	}
	return memory, base, nil
}

// store puts memory into the data section, without its long runs of zeros.
func (m *module) store(memory []byte, base int) {
	var body []byte
	count := 0
	for at := 0; at < len(memory); {
		if memory[at] == 0 {
			at++
			continue
		}
		end, zeros := at, 0 // end is behind the last byte that is not zero
		for i := at; i < len(memory) && zeros < gap; i++ {
			if zeros++; memory[i] != 0 {
				end, zeros = i+1, 0
			}
		}
		body = append(body, 0, i32Const)
		body = append(appendInt(body, base+at), endOfCode)
		body = append(appendUint(body, end-at, 1), memory[at:end]...)
		count++
		at = end
	}
	body = append(appendUint(nil, count, 1), body...)
	m.sections = slices.Clone(m.sections)
	for i := range m.sections {
		if m.sections[i].id == dataSection {
			m.sections[i].body = body
		}
	}
}

// appendInt appends a signed LEB128 number that is not negative.
func appendInt(b []byte, v int) []byte {
	for ; v >= 0x40; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return append(b, byte(v))
}
