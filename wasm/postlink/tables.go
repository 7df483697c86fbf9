package postlink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// tables are those of functions: names, and what holds from which program counter on.
type tables struct {
	memory  []byte // all of it
	base    int    // its address
	start   int    // of the tables in it
	bytes   []byte // from their start on
	names   int    // where what begins
	units   int
	pcs     int
	records int
	list    []record // of the functions, in their order
}

// record is what the tables hold of a function.
type record struct {
	fixed     [funcRecord]byte
	pcs, data []uint32 // offsets of further tables, and of data
	number    int      // of the function
	stack     []run    // bytes from the stack pointer to the caller's frame
	further   [][]run  // by pcs
}

// run is a value up to a program counter.
type run struct{ end, value int }

// The header of the tables: this magic number, two zeros, the smallest instruction (1 byte) and a
// pointer's size; then eight words.
var tablesMagic = []byte{0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8}

// Where a function's record holds what, in bytes: internal/abi has no Go type of it, runtime's is
// _func.
const (
	funcNumber  = 0  // uint32
	funcName    = 4  // int32, offset of its name
	funcDefer   = 12 // uint32, place of the call of deferreturn
	funcPCSP    = 16 // uint32, offset of a table from program counter to stack size
	funcPCFile  = 20 // to file
	funcPCLine  = 24 // to line
	funcTables  = 28 // uint32, how many further such offsets stand behind the record
	funcUnit    = 32 // uint32, where its compilation unit's files begin
	funcLine    = 36 // int32, its first line
	funcData    = 43 // uint8, how many offsets of data stand behind those
	funcRecord  = 44
	tablesStart = 8 + 8*8
)

// The further tables and the data that are used here, and those that nobody asks for: where a
// goroutine may be stopped by a signal, and how a trace prints arguments.
const (
	pcUnsafe, pcInlined, pcArguments = 0, 2, 3
	dataArguments, dataLiveArguments = 5, 6
	noData                           = 1<<32 - 1
)

// readTables finds the tables in memory, which begins at address base.
func readTables(memory []byte, base int) (*tables, error) {
	start := bytes.Index(memory, tablesMagic)
	if start < 0 {
		return nil, fmt.Errorf("none is in the data section; expected the magic number % x", tablesMagic)
	}
	t := &tables{memory: memory, base: base, start: start, bytes: memory[start:]}
	if len(t.bytes) < tablesStart {
		return nil, fmt.Errorf("they end inside their header")
	}
	word := func(i int) int { return int(binary.LittleEndian.Uint64(t.bytes[8+8*i:])) }
	functions, files := word(0), word(5)
	t.names, t.units, t.pcs, t.records = word(3), word(4), word(6), word(7)
	if functions < 1 || t.names != tablesStart || !slices.IsSorted([]int{t.names, t.units, files, t.pcs, t.records, len(t.bytes)}) || functions > (len(t.bytes)-t.records)/8 {
		return nil, fmt.Errorf("%d functions, tables at %d, %d, %d, %d, %d of %d bytes: expected at least one function and the tables in this order", functions, t.names, t.units, files, t.pcs, t.records, len(t.bytes))
	}
	for i := range functions {
		offset := t.records + t.word32(t.records+8*i+4)
		if offset+funcRecord > len(t.bytes) {
			return nil, fmt.Errorf("the record of function %d at %d is not inside their %d bytes", i, offset, len(t.bytes))
		}
		r, err := t.read(offset)
		if err != nil {
			return nil, fmt.Errorf("function %d%v", i, err)
		}
		t.list = append(t.list, r)
	}
	return t, nil
}

func (t *tables) word32(at int) int { return int(binary.LittleEndian.Uint32(t.bytes[at:])) }

// read reads the record at that offset.
func (t *tables) read(offset int) (r record, err error) {
	rest := t.bytes[offset:]
	copy(r.fixed[:], rest)
	r.number = t.word32(offset + funcNumber)
	further, data := t.word32(offset+funcTables), int(r.fixed[funcData])
	if further > (len(rest)-funcRecord)/4-data {
		return r, fmt.Errorf(" announces %d tables and %d of data, more than fit", further, data)
	}
	if name := t.word32(offset + funcName); name >= t.units-t.names {
		return r, fmt.Errorf(": its name stands at %d of %d bytes", name, t.units-t.names)
	}
	offsets := make([]uint32, further+data)
	for k := range offsets {
		offsets[k] = uint32(t.word32(offset + funcRecord + 4*k))
	}
	r.pcs, r.data = offsets[:further], offsets[further:]
	if r.stack, err = t.runs(t.word32(offset + funcPCSP)); err != nil {
		return r, fmt.Errorf(": %v", err)
	}
	for _, at := range r.pcs {
		runs, err := t.runs(int(at))
		if err != nil {
			return r, fmt.Errorf(": %v", err)
		}
		r.further = append(r.further, runs)
	}
	return r, nil
}

// runs reads the table at that offset: pairs of numbers, how much the value (at first -1) and the
// program counter grow. The first number is zero only at the start and at the end.
func (t *tables) runs(offset int) (list []run, err error) {
	if offset == 0 { // no table
		return nil, nil
	}
	table := t.bytes[t.pcs:t.records]
	if offset >= len(table) {
		return nil, fmt.Errorf("a table at %d of %d bytes", offset, len(table))
	}
	r := reader{table, offset, len(table)}
	for at := (run{0, -1}); ; {
		by, err := r.uint(32)
		if err == nil && by == 0 && len(list) > 0 {
			return list, nil
		}
		var on uint64
		if err == nil {
			on, err = r.uint(32)
		}
		if err != nil {
			return nil, fmt.Errorf("the table at %d: %v", offset, err)
		}
		at.value += int(by>>1) ^ -int(by&1)
		at.end += int(on)
		list = append(list, at)
	}
}

// appendRuns is the reverse of runs.
func appendRuns(b []byte, list []run) []byte {
	before := run{0, -1}
	for _, r := range list {
		by := r.value - before.value
		b = appendUint(b, int(uint32(by<<1^by>>63)), 1)
		b = appendUint(b, r.end-before.end, 1)
		before = r
	}
	return append(b, 0)
}

// value is what holds at a place; -1 is none.
func value(list []run, place int) int {
	for _, r := range list {
		if place < r.end {
			return r.value
		}
	}
	return -1
}

// find returns the record of a function; nil if it has none.
func (t *tables) find(number int) *record {
	i, ok := slices.BinarySearchFunc(t.list, number, func(r record, n int) int { return r.number - n })
	if !ok {
		return nil
	}
	return &t.list[i]
}

// stack is the size of a function's frame at a place; -1 if that is unknown.
func (t *tables) stack(number, place int) int {
	if r := t.find(number); r != nil {
		return value(r.stack, place)
	}
	return -1
}

// inlines tells whether parts of the function are other functions, or nothing is known of it.
func (t *tables) inlines(number int) bool {
	r := t.find(number)
	return r == nil || len(r.pcs) > pcInlined && r.pcs[pcInlined] != 0
}

// renumber counts a function's program counters anew: places holds the former ones. The runtime
// asks for the stack at a return address, and for all else a byte before it.
func (r *record) renumber(places []int) error {
	anew := func(list []run, at func(k int) (place int, ok bool)) (now []run) {
		for k := range places {
			if place, ok := at(k); ok {
				v := value(list, place)
				if last := len(now) - 1; last >= 0 && now[last].value == v {
					now[last].end = k + 1
				} else {
					now = append(now, run{k + 1, v})
				}
			}
		}
		if len(now) > 0 {
			now[len(now)-1].end = maxPlace // the same for all functions: equal tables are kept once
		}
		return now
	}
	r.stack = anew(r.stack, func(k int) (int, bool) { return places[k], true })
	for i, list := range r.further {
		if list == nil {
			continue
		}
		r.further[i] = anew(list, func(k int) (int, bool) {
			if k+1 == len(places) {
				return places[k], len(places) == 1
			}
			return places[k+1] - 1, true
		})
	}
	if place := binary.LittleEndian.Uint32(r.fixed[funcDefer:]); place != 0 {
		k := slices.Index(places, int(place))
		if k < 0 {
			return fmt.Errorf("the call of deferreturn at %d is not among the places %d", place, places)
		}
		binary.LittleEndian.PutUint32(r.fixed[funcDefer:], uint32(k))
	}
	return nil
}

// write puts the tables back, without those that nobody asks for and the names that do not begin
// with one of the prefixes; places holds the former program counters of functions that have new
// ones. The program has to begin with the code that it returns.
func (t *tables) write(prefixes []string, places map[int][]int) (unfold []node, err error) {
	kept := []byte{t.bytes[t.pcs]} // offset 0 means no table
	known := map[string]uint32{}
	store := func(list []run) uint32 {
		if list == nil {
			return 0
		}
		b := appendRuns(nil, list)
		at, ok := known[string(b)]
		if !ok {
			at = uint32(len(kept))
			kept, known[string(b)] = append(kept, b...), at
		}
		return at
	}
	names := dropNames(t.bytes[t.names:t.units], prefixes)
	index := t.bytes[t.records:]
	var records []byte
	begin := t.word32(t.records + 4) // of the first record, and the least of them
	for i := range t.list {
		begin = min(begin, t.word32(t.records+8*i+4))
	}
	room := 0
	keptData, dropped := map[uint32]bool{noData: true}, map[uint32]bool{}
	for i := range t.list {
		r := &t.list[i]
		room += funcRecord + 4*(len(r.pcs)+len(r.data))
		if former := places[r.number]; former != nil {
			if err := r.renumber(former); err != nil {
				return nil, fmt.Errorf("function %d: %v", i, err)
			}
		}
		for _, k := range []int{pcUnsafe, pcArguments} {
			if k < len(r.further) {
				r.further[k] = nil
			}
		}
		for _, k := range []int{dataArguments, dataLiveArguments} {
			if k < len(r.data) {
				if k == dataArguments {
					dropped[r.data[k]] = true
				}
				r.data[k] = noData
			}
		}
		for len(r.further) > 0 && r.further[len(r.further)-1] == nil {
			r.further = r.further[:len(r.further)-1]
		}
		for len(r.data) > 0 && r.data[len(r.data)-1] == noData {
			r.data = r.data[:len(r.data)-1]
		}
		fixed := r.fixed[:]
		for _, at := range []int{funcPCFile, funcPCLine, funcUnit, funcLine} {
			clear(fixed[at : at+4])
		}
		if at, ok := names[binary.LittleEndian.Uint32(fixed[funcName:])]; ok {
			binary.LittleEndian.PutUint32(fixed[funcName:], at)
		}
		binary.LittleEndian.PutUint32(fixed[funcPCSP:], store(r.stack))
		binary.LittleEndian.PutUint32(fixed[funcTables:], uint32(len(r.further)))
		fixed[funcData] = byte(len(r.data))
		binary.LittleEndian.PutUint32(index[8*i+4:], uint32(begin+len(records)))
		records = append(records, fixed...)
		for _, list := range r.further {
			records = binary.LittleEndian.AppendUint32(records, store(list))
		}
		for _, at := range r.data {
			keptData[at] = true
			records = binary.LittleEndian.AppendUint32(records, at)
		}
	}
	if len(kept) > t.records-t.pcs {
		return nil, fmt.Errorf("the tables of program counters would be %d bytes, more than the %d that there are", len(kept), t.records-t.pcs)
	}
	clear(t.bytes[t.units:t.records])
	copy(t.bytes[t.pcs:], kept)
	if begin+room > len(index) {
		return nil, fmt.Errorf("the records of %d bytes at %d do not fit in %d", room, begin, len(index))
	}
	clear(index[begin : begin+room])
	copy(index[begin:], records)
	if err := t.thin(keptData, dropped); err != nil {
		return nil, err
	}
	return t.foldRecords(begin)
}

// dropNames empties the names that do not begin with one of the prefixes, and those of functions
// within another one, X.func1, which take its name. It returns what stands for a name that is gone;
// 0 is the empty name. The others stay in their places, since the records of inlined functions
// point to them, too.
func dropNames(table []byte, prefixes []string) map[uint32]uint32 {
	instead, places := map[uint32]uint32{}, map[string]uint32{}
	var all []int
	for at := 0; at < len(table); {
		name, _, _ := bytes.Cut(table[at:], []byte{0})
		if slices.ContainsFunc(prefixes, func(p string) bool { return bytes.HasPrefix(name, []byte(p)) }) {
			places[string(name)] = uint32(at)
			all = append(all, at)
		} else {
			clear(name)
			instead[uint32(at)] = 0
		}
		at += len(name) + 1
	}
	for _, at := range all {
		name, _, _ := bytes.Cut(table[at:], []byte{0})
		if outer, _, inside := bytes.Cut(name, []byte(".func")); inside {
			if place, ok := places[string(outer)]; ok {
				instead[uint32(at)] = place
				clear(name)
			}
		}
	}
	return instead
}
