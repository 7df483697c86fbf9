package postlink

import (
	"encoding/binary"
	"fmt"
	"slices"
)

const (
	startSection = 8

	foldLocals = 4 // of foldRecords' code
)

// The instructions of the start function that nothing else writes.
const (
	opLoad32, opLoad8, opStore32 = opcode(0x28), opcode(0x2d), opcode(0x36)
	opI32Mul, opI32Ne            = opcode(0x6c), opcode(0x47)
)

// foldRecords takes out of the tables what follows from the rest: the index, which leads from a
// function's number to its record, and that number in the record; names are told by how far they
// are from the one before. What it returns puts that back. The records begin at offset begin of the
// index, one behind the other.
func (t *tables) foldRecords(begin int) (unfold []node, err error) {
	index, at, first, before := t.bytes[t.records:], begin, t.list[0].number, uint32(0)
	for i, r := range t.list {
		entry, record := index[8*i:8*i+8], index[at:at+funcRecord]
		size := funcRecord + 4*(int(binary.LittleEndian.Uint32(record[funcTables:]))+int(record[funcData]))
		if number := first + i; r.number != number || int(binary.LittleEndian.Uint32(entry)) != number || int(binary.LittleEndian.Uint32(entry[4:])) != at {
			return nil, fmt.Errorf("function %d has the number %d and its record at %d; expected %d and %d", i, r.number, binary.LittleEndian.Uint32(entry[4:]), number, at)
		}
		clear(entry)
		clear(record[funcNumber : funcNumber+4])
		name := binary.LittleEndian.Uint32(record[funcName:])
		binary.LittleEndian.PutUint32(record[funcName:], name-before)
		before, at = name, at+size
	}
	const entry, number, record, name = 0, 1, 2, 3 // locals
	records := t.base + t.start + t.records
	get := func(local int) node { return of(opLocalGet, local) }
	add := func(local, by int) []node {
		return []node{get(local), of(opI32Const, by), of(opI32Add), of(opLocalSet, local)}
	}
	load := func(op opcode, align, offset int) []node { return []node{get(record), of(op, align, offset)} }
	const label = 1
	return slices.Concat(
		[]node{of(opI32Const, records), of(opLocalSet, entry), of(opI32Const, first), of(opLocalSet, number), of(opI32Const, records+begin), of(opLocalSet, record)},
		[]node{{instruction: of(opLoop, opVoid).instruction, label: label}},
		[]node{get(entry), get(number), of(opStore32, 2, 0)},
		[]node{get(entry), get(record), of(opI32Const, records), of(opI32Sub), of(opStore32, 2, 4)},
		[]node{get(record), get(number), of(opStore32, 2, funcNumber)},
		[]node{get(record)}, load(opLoad32, 2, funcName), []node{get(name), of(opI32Add), of(opLocalTee, name), of(opStore32, 2, funcName)},
		[]node{get(record)}, load(opLoad32, 2, funcTables), load(opLoad8, 0, funcData),
		[]node{of(opI32Add), of(opI32Const, 4), of(opI32Mul), of(opI32Add), of(opI32Const, funcRecord), of(opI32Add), of(opLocalSet, record)},
		add(entry, 8), add(number, 1),
		[]node{get(number), of(opI32Const, first+len(t.list)), of(opI32Ne), {instruction: of(opBrIf, 0).instruction, label: label}},
		[]node{{instruction: of(opEnd).instruction, label: label}, of(opEnd)},
	), nil
}

// begin makes a function of the code, with as many locals of 32 bits, that runs when the module is
// instantiated, behind the data and before anything else.
func (m *module) begin(locals int, code []node) error {
	m.sections = slices.Clone(m.sections)
	kind, place := 0, -1
	for i := range m.sections {
		s := &m.sections[i]
		var entry []byte
		switch {
		case s.id == typeSection:
			entry = []byte{0x60, 0, 0} // nothing in, nothing out
		case s.id == functionSection:
			entry = appendUint(nil, kind, 1)
		case s.id == startSection:
			return fmt.Errorf("the module has a start function already")
		case place < 0 && (s.id == elementSection || s.id == codeSection):
			place = i
		}
		if entry == nil {
			continue
		}
		r := reader{s.body, 0, len(s.body)}
		count, err := r.count()
		if err != nil {
			return fmt.Errorf("section %d: %v", s.id, err)
		}
		if s.id == typeSection {
			kind = count
		}
		s.body = slices.Concat(appendUint(nil, count+1, 1), r.rest(), entry)
	}
	if place < 0 {
		return fmt.Errorf("the module has no code")
	}
	m.sections = slices.Insert(m.sections, place, section{id: startSection, width: 1, body: appendUint(nil, m.imported+len(m.functions), 1)})
	m.functions = append(m.functions, function{width: 1, locals: append(appendUint([]byte{1}, locals, 1), 0x7f), code: assemble(code)})
	return nil
}
