package postlink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// maxMemory is how much of a program's memory may be initialised: this project's takes 3 MB.
const maxMemory = 256 << 20

// Shrink takes the tables of files and line numbers out of a linked Go program, and the names of
// functions that do not begin with one of the prefixes, and writes its initialised memory as few
// long segments instead of many short ones. A program runs as before; a panic still names its own
// functions, with "?:0" for file and line. Inlined functions and their places stay, since recover()
// asks for them.
//
// The tables are those of Go 1.20 to 1.27. Anything else is an error and not a guess.
func Shrink(linked []byte, prefixes ...string) ([]byte, error) {
	m, err := decode(linked)
	if err != nil {
		return nil, err
	}
	list, err := m.segments()
	if err != nil {
		return nil, err
	}
	memory, base, err := image(list, maxMemory)
	if err != nil {
		return nil, err
	}
	if err := dropTables(memory, prefixes); err != nil {
		return nil, fmt.Errorf("the tables of functions: %v", err)
	}
	m.store(memory, base)
	return m.encode(), nil
}

// The header of the tables: this magic number, two zeros, the smallest instruction (1 byte) and a
// pointer's size; then eight words.
var tablesMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// Where a function's record holds what, in bytes: internal/abi has no Go type of it, runtime's is
// _func.
const (
	funcName    = 4  // int32, offset of its name
	funcPCSP    = 16 // uint32, offset of a table from program counter to stack size
	funcPCFile  = 20 // to file
	funcPCLine  = 24 // to line
	funcTables  = 28 // uint32, how many further such offsets stand behind the record
	funcUnit    = 32 // uint32, where its compilation unit's files begin
	funcLine    = 36 // int32, its first line
	funcRecord  = 44
	tablesStart = 8 + 8*8
)

// dropTables empties the tables of files and lines in memory, and moves the other tables from
// program counters together, and the names that stay.
func dropTables(memory []byte, prefixes []string) error {
	start := bytes.Index(memory, tablesMagic)
	if start < 0 {
		return fmt.Errorf("none is in the data section; expected the magic number % x", tablesMagic)
	}
	tables := memory[start:]
	if len(tables) < tablesStart {
		return fmt.Errorf("they end inside their header")
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint64(tables[8+8*i:])) }
	functions, names, units, files, pcs, records := word(0), word(3), word(4), word(5), word(6), word(7)
	if functions < 1 || names != tablesStart || !slices.IsSorted([]int{names, units, files, pcs, records, len(tables)}) || functions > (len(tables)-records)/8 {
		return fmt.Errorf("%d functions, tables at %d, %d, %d, %d, %d of %d bytes: expected at least one function and the tables in this order", functions, names, units, files, pcs, records, len(tables))
	}
	old := bytes.Clone(tables[pcs:records])
	kept := []byte{old[0]} // offset 0 means no table
	nameless := dropNames(tables[names:units], prefixes)
	moved := map[uint32]uint32{0: 0}
	for i := range functions {
		offset := records + int(binary.LittleEndian.Uint32(tables[records+8*i+4:]))
		if offset+funcRecord > len(tables) {
			return fmt.Errorf("the record of function %d at %d is not inside their %d bytes", i, offset, len(tables))
		}
		record := tables[offset:]
		further := int(binary.LittleEndian.Uint32(record[funcTables:]))
		if further > (len(record)-funcRecord)/4 {
			return fmt.Errorf("function %d announces %d tables, more than fit", i, further)
		}
		if name := int(binary.LittleEndian.Uint32(record[funcName:])); name >= units-names {
			return fmt.Errorf("function %d: its name stands at %d of %d bytes", i, name, units-names)
		} else if nameless[name] {
			clear(record[funcName : funcName+4]) // 0 is the empty name
		}
		for _, at := range []int{funcPCFile, funcPCLine, funcUnit, funcLine} {
			clear(record[at : at+4])
		}
		move := []int{funcPCSP}
		for k := range further {
			move = append(move, funcRecord+4*k)
		}
		for _, at := range move {
			from := binary.LittleEndian.Uint32(record[at:])
			to, known := moved[from]
			if !known {
				n, err := tableLength(old, int(from))
				if err != nil {
					return fmt.Errorf("function %d: %v", i, err)
				}
				to = uint32(len(kept))
				kept, moved[from] = append(kept, old[from:int(from)+n]...), to
			}
			binary.LittleEndian.PutUint32(record[at:], to)
		}
	}
	clear(tables[units:records])
	copy(tables[pcs:], kept)
	return nil
}

// dropNames empties the names that do not begin with one of the prefixes and returns where they
// stood. They stay in their places, since the records of inlined functions point to them, too.
func dropNames(table []byte, prefixes []string) map[int]bool {
	dropped := map[int]bool{}
	for at := 0; at < len(table); {
		name, _, _ := bytes.Cut(table[at:], []byte{0})
		if !slices.ContainsFunc(prefixes, func(p string) bool { return bytes.HasPrefix(name, []byte(p)) }) {
			clear(name)
			dropped[at] = true
		}
		at += len(name) + 1
	}
	return dropped
}

// tableLength returns how long the table at that offset is: pairs of numbers (how much the value
// and the program counter grow), of which the first number is zero only at the start and at the
// end.
func tableLength(tables []byte, offset int) (int, error) {
	if offset >= len(tables) {
		return 0, fmt.Errorf("a table at %d of %d bytes", offset, len(tables))
	}
	r := reader{tables, offset, len(tables)}
	for first := true; ; first = false {
		value, err := r.uint(32)
		if err == nil && value == 0 && !first {
			return r.at - offset, nil
		}
		if err == nil {
			_, err = r.uint(32)
		}
		if err != nil {
			return 0, fmt.Errorf("the table at %d: %v", offset, err)
		}
	}
}
