package postlink

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// read gives nodes the labels that they have in a function of just them.
func read(t *testing.T, list ...node) []node {
	t.Helper()
	var code []byte
	for _, n := range list {
		code = append(code, n.bytes...)
	}
	nodes, err := (&function{code: code}).nodes()
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

// Short names for the instructions of the tests.
var (
	tBlock, tLoop, tEnd, tNop = of(opBlock, opVoid), of(opLoop, opVoid), of(opEnd), of(opNop)
	tGet                      = func(local int) node { return of(opLocalGet, local) }
	tSet                      = func(local int) node { return of(opLocalSet, local) }
	i32, i64                  = func(v int) node { return of(opI32Const, v) }, func(v int) node { return of(opI64Const, v) }
	tTable                    = func(depths ...int) node { return of(opBrTable, append([]int{len(depths) - 1}, depths...)...) }
	tBr, tBrIf                = func(depth int) node { return of(opBr, depth) }, func(depth int) node { return of(opBrIf, depth) }
	tExtend, tWrap            = of(opI64ExtendU), of(opI32Wrap)
)

func TestPasses(t *testing.T) {
	address := func(offset int) []node { return []node{getSP, tExtend, i64(offset), of(opI64Add), tWrap} }
	load, store := of(0x29, 3, 0), of(opI64Store, 3, 0)
	// A function with a loop around three blocks; what follows each end is a place.
	places := []node{of(opGlobalGet, 0), tSet(1), tBlock, tLoop, tBlock, tBlock, tBlock, tGet(0), tTable(0, 1, 2), tEnd}
	jump := func(place, depth int) []node { return []node{i32(place), tSet(0), tBr(depth)} }
	less, notLess := of(0x53), of(0x59)
	for _, c := range []struct {
		name       string
		pass       func([]node) []node
		list, want []node
	}{
		{"a load", addresses, append(address(8), load), []node{getSP, of(0x29, 3, 8)}},
		{"a load with an offset", addresses, append(address(8), of(0x29, 3, 200)), []node{getSP, of(0x29, 3, 208)}},
		{"a store", addresses, append(address(16), tGet(2), store), []node{getSP, tGet(2), of(opI64Store, 3, 16)}},
		{"a store of a load", addresses, slices.Concat(address(16), address(8), []node{load, store}), []node{getSP, getSP, of(0x29, 3, 8), of(opI64Store, 3, 16)}},
		{"a store of a sum", addresses, append(address(16), tGet(2), tGet(3), of(opI64Add), store), []node{getSP, tGet(2), tGet(3), of(opI64Add), of(opI64Store, 3, 16)}},
		{"an address for a call", addresses, append(address(16), of(opCall, 1)), append(address(16), of(opCall, 1))},
		{"an address that is kept", addresses, append(address(16), tSet(2), tGet(2), load), append(address(16), tSet(2), tGet(2), load)},
		{"a far address", addresses, append(address(1<<21), load), append(address(1<<21), load)},
		{"a jump ahead", jumps, slices.Concat(places, jump(2, 2), []node{tEnd, tEnd, tEnd, tEnd}), slices.Concat(places, []node{tBr(1), tEnd, tEnd, tEnd, tEnd})},
		{"a jump to the next place", jumps, slices.Concat(places, jump(1, 2), []node{tEnd, tEnd, tEnd, tEnd}), slices.Concat(places, []node{tBr(0), tEnd, tEnd, tEnd, tEnd})},
		{"a jump back", jumps, slices.Concat(places, []node{tEnd}, jump(0, 1), []node{tEnd, tEnd, tEnd}), slices.Concat(places, []node{tEnd}, jump(0, 1), []node{tEnd, tEnd, tEnd})},
		{"a jump behind the table's end", jumps, slices.Concat(places, jump(9, 2), []node{tEnd, tEnd, tEnd, tEnd}), slices.Concat(places, []node{tBr(1), tEnd, tEnd, tEnd, tEnd})},
		{"a jump on a condition", jumps, slices.Concat(places, []node{tGet(2), void}, jump(2, 3), []node{tEnd, tEnd, tEnd, tEnd, tEnd}), slices.Concat(places, []node{tGet(2), tBrIf(1), tEnd, tEnd, tEnd, tEnd})},
		{"a jump back on a condition", jumps, slices.Concat(places, []node{tEnd, tGet(2), void}, jump(0, 2), []node{tEnd, tEnd, tEnd, tEnd}), slices.Concat(places, []node{tEnd, tGet(2), void}, jump(0, 2), []node{tEnd, tEnd, tEnd, tEnd})},
		{"a branch to the if's own end", jumps, []node{tGet(2), void, tBr(0), tEnd, tEnd}, []node{tGet(2), void, tBr(0), tEnd, tEnd}},
		{"a truth value and back", conditions, []node{less, tExtend, of(opI64Eqz), of(opI32Eqz), void, tEnd, tEnd}, []node{less, void, tEnd, tEnd}},
		{"no truth value", conditions, []node{of(opI64Eqz), tExtend, of(opI64Eqz), void, tEnd, tEnd}, []node{of(opI64Eqz), of(opI32Eqz), void, tEnd, tEnd}},
		{"not less", conditions, []node{less, tExtend, of(opI64Eqz), void, tEnd, tEnd}, []node{notLess, void, tEnd, tEnd}},
		{"not less, of floats", conditions, []node{of(0x63), of(opI32Eqz), void, tEnd, tEnd}, []node{of(0x63), of(opI32Eqz), void, tEnd, tEnd}},
		{"a truth value that is kept", conditions, []node{less, tExtend, of(opI64Eqz), of(opI32Eqz), tSet(2), tEnd}, []node{less, tExtend, of(opI64Eqz), of(opI32Eqz), tSet(2), tEnd}},
		{"an unwound call", unwinding, slices.Concat([]node{tBlock, tBlock, tGet(2), tBrIf(1), tGet(2), tBrIf(0), tEnd}, goEnd), slices.Concat([]node{tBlock, tBlock, tGet(2), void, i32(1), of(opReturn), tEnd, tGet(2), tBrIf(0), tEnd}, goEnd)},
		{"unused blocks", unused, slices.Concat([]node{tBlock, tLoop, tBlock, tBlock, tGet(2), tBrIf(1), tEnd, tGet(2), tBrIf(0), tEnd, tEnd}, goEnd), []node{tBlock, tGet(2), tBrIf(0), tGet(2), tBrIf(0), tEnd, of(opUnreachable), tEnd}},
		{"a return with a frame", returns, slices.Concat([]node{getSP, i32(40), of(opI32Add)}, storeSP, []node{getSP, i32(8), of(opI32Add)}, storeSP, []node{i32(0), of(opReturn), tEnd}), []node{getSP, i32(48), of(opI32Add), of(opGlobalSet, 0), i32(0), of(opReturn), tEnd}},
		{"a return without", returns, slices.Concat([]node{getSP, i32(8), of(opI32Add)}, storeSP, []node{i32(1), of(opReturn), tEnd}), []node{getSP, i32(8), of(opI32Add), of(opGlobalSet, 0), i32(1), of(opReturn), tEnd}},
		{"a frame that goes on", returns, slices.Concat([]node{getSP, i32(8), of(opI32Add)}, storeSP, []node{tGet(2), tEnd}), slices.Concat([]node{getSP, i32(8), of(opI32Add)}, storeSP, []node{tGet(2), tEnd})},
	} {
		wrap := func(list []node) []node { // complete functions end once more than their blocks
			depth := 1
			for _, n := range list {
				switch n.op {
				case opBlock, opLoop, opIf:
					depth++
				case opEnd:
					depth--
				}
			}
			for ; depth > 0; depth-- {
				list = append(slices.Clone(list), tEnd)
			}
			return list
		}
		got, want := assemble(c.pass(read(t, wrap(c.list)...))), assemble(read(t, wrap(c.want)...))
		if !bytes.Equal(got, want) {
			t.Errorf("%s: became\n% x, expected\n% x", c.name, got, want)
		}
	}
}

// Every comparison of integers and its opposite are never true together.
func TestOpposites(t *testing.T) {
	for _, pair := range [][2]opcode{{0x46, 0x47}, {0x48, 0x4e}, {0x49, 0x4f}, {0x4a, 0x4c}, {0x4b, 0x4d}, {0x51, 0x52}, {0x53, 0x59}, {0x54, 0x5a}, {0x55, 0x57}, {0x56, 0x58}} {
		if got, back := opposite(pair[0]), opposite(pair[1]); got != pair[1] || back != pair[0] {
			t.Errorf("%#x and %#x: %#x and %#x", int(pair[0]), int(pair[1]), int(got), int(back))
		}
	}
	for _, op := range []opcode{0x45, 0x50, 0x5b, 0x63, 0x6a} { // i32.eqz, i64.eqz, of floats, i32.add
		if got := opposite(op); got != 0 {
			t.Errorf("%#x has the opposite %#x, expected none", int(op), int(got))
		}
	}
}

// A function that keeps its stack pointer or its place in another way is left as it is.
func TestIrregularFunctions(t *testing.T) {
	p := &program{}
	start := []node{of(opGlobalGet, 0), tSet(1)}
	for _, c := range []struct {
		name string
		list []node
		want bool
	}{
		{"a leaf", slices.Concat(start, []node{tEnd}), true},
		{"an indirect call", slices.Concat(start, []node{tSet(0), i32(0), tGet(0), of(opCallIndirect, 0, 0), of(0x1a), tEnd}), true},
		{"no stack pointer", []node{tEnd}, false},
		{"another value in local 1", slices.Concat(start, []node{i32(8), tSet(1), tEnd}), false},
		{"a stack pointer that is not copied", slices.Concat(start, []node{i32(8), of(opGlobalSet, 0), tEnd}), false},
		{"a place that is read", slices.Concat(start, []node{tGet(0), tSet(2), tEnd}), false},
		{"a place that is set", slices.Concat(start, []node{i32(0), tSet(0), tEnd}), false},
		{"another table", slices.Concat(start, []node{tGet(2), tTable(0), tEnd}), false},
	} {
		if got := p.regular(read(t, c.list...)); got != c.want {
			t.Errorf("%s: %v, expected %v", c.name, got, c.want)
		}
	}
}

// Places that are counted anew have the stack of the former ones, and what holds before a return
// address holds before the new one.
func TestPlacesAreKept(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		var list []run
		for end := 0; end < 60; {
			end += 1 + rng.IntN(9)
			v := rng.IntN(5)*8 - 1
			if n := len(list); n > 0 && list[n-1].value == v {
				v += 4
			}
			list = append(list, run{end, v})
		}
		written := appendRuns([]byte{0}, list)
		again, err := (&tables{bytes: written, records: len(written)}).runs(1)
		if err != nil || !slices.Equal(again, list) {
			t.Fatalf("%v was read as %v, error %v", list, again, err)
		}
		places := []int{0}
		for place := 1; place < 60; place += 1 + rng.IntN(20) {
			places = append(places, place)
		}
		r := record{stack: list, further: [][]run{nil, list}}
		if err := r.renumber(places); err != nil {
			t.Fatal(err)
		}
		for k, place := range places {
			if got, want := value(r.stack, k), value(list, place); got != want {
				t.Fatalf("%v with the places %v: stack %d at %d, expected %d", list, places, got, k, want)
			}
			if got, want := value(r.further[1], k-1), value(list, place-1); k > 0 && got != want {
				t.Fatalf("%v with the places %v: %d before %d, expected %d", list, places, got, k, want)
			}
		}
		if r.further[0] != nil {
			t.Fatalf("no table became %v", r.further[0])
		}
	}
}

func TestCompactRefuses(t *testing.T) {
	names := func() []byte {
		list := []byte{3}
		for i, name := range []string{"runtime.sigpanic", "runtime.deferreturn", "runtime.goexit"} {
			list = append(append(list, byte(i)), text(name)...)
		}
		return part(0, 1, text("name"), part(1, 1, list))
	}()
	types := part(1, 1, []byte{1, 0x60, 1, 0x7f, 1, 0x7f})
	functions := part(3, 1, []byte{3, 0, 0, 0})
	code := part(10, 1, []byte{3}, body(0x0b), body(0x0b), body(0x0b))
	elements := func(b ...byte) []byte { return part(9, 1, b) }
	for _, c := range []struct {
		name  string
		parts [][]byte
		want  string
	}{
		{"types of other functions", [][]byte{types, part(3, 1, []byte{1, 0}), code}, "3 functions, but types of 1"},
		{"no table", [][]byte{types, functions, code}, ""},
		{"a table", [][]byte{types, functions, elements(1, 0, 0x41, 5, 0x0b, 3, 0, 1, 2), code}, ""},
		{"two tables", [][]byte{types, functions, elements(2, 0, 0x41, 5, 0x0b, 0), code}, "2 segments"},
		{"a passive table", [][]byte{types, functions, elements(1, 1, 0, 0), code}, "of mode 1"},
		{"a table in another order", [][]byte{types, functions, elements(1, 0, 0x41, 5, 0x0b, 3, 0, 2, 1), code}, "function 2 stands at 1"},
		{"a place that is computed", [][]byte{types, functions, elements(1, 0, 0x41, 5, 0x41, 3, 0, 2, 1), code}, "not a single constant"},
		{"a branch that leaves too much", [][]byte{types, functions, elements(1, 0, 0x41, 5, 0x0b, 3, 0, 1, 2), part(10, 1, []byte{3}, body(0x0c, 1, 0x0b), body(0x0b), body(0x0b))}, "leaves 1 blocks of 1"},
	} {
		m, err := decode(slices.Concat(preamble, bytes.Join(c.parts, nil), names))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		found, err := m.names()
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.compact(found, &tables{})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: error %v, expected one with %q", c.name, err, c.want)
		}
	}
}

// What points to the tables has to be what runtime keeps of a module: bytes are cleared by it.
func TestThinRefuses(t *testing.T) {
	const base, at, start, buckets, end = 1000, 16, 16 + 8*moduleWords, 16 + 8*moduleWords + 100, 16 + 8*moduleWords + 300
	module := func(change func(words []uint64, memory []byte)) *tables {
		memory := make([]byte, end)
		words := make([]uint64, moduleWords)
		words[0], words[moduleNames], words[moduleFunctions], words[moduleCount] = base+start, base+start+tablesStart, base+start+80, 10
		words[moduleBuckets], words[moduleFirst], words[moduleLast] = base+buckets, 0x10000, 0x10000+2*bucketSpan
		words[moduleData], words[moduleEnd] = base+start+90, base+buckets
		memory[buckets], memory[buckets+bucketSize] = 7, 8
		binary.LittleEndian.PutUint64(memory, base+start) // by chance
		change(words, memory)
		for i, w := range words {
			binary.LittleEndian.PutUint64(memory[at+8*i:], w)
		}
		return &tables{memory: memory, base: base, start: start, bytes: memory[start:], names: tablesStart, records: 80, list: make([]record, 9)}
	}
	for _, c := range []struct {
		name   string
		change func(words []uint64, memory []byte)
		want   string
	}{
		{"a module", func([]uint64, []byte) {}, ""},
		{"none", func(w []uint64, memory []byte) { w[0]++; clear(memory[:8]) }, "nothing points to them"},
		{"other names", func(w []uint64, _ []byte) { w[moduleNames]++ }, "no description of 9 functions"},
		{"more functions", func(w []uint64, _ []byte) { w[moduleCount]++ }, "no description of 9 functions"},
		{"data before the tables", func(w []uint64, _ []byte) { w[moduleData] = base }, "no description"},
		{"data behind the memory", func(w []uint64, _ []byte) { w[moduleEnd] = base + end + 1 }, "no description"},
		{"buckets behind the memory", func(w []uint64, _ []byte) { w[moduleLast] = 0x10000 + 99*bucketSpan }, "no description"},
		{"a bucket of no function", func(_ []uint64, memory []byte) { memory[buckets] = 9 }, "bucket 0 leads to function 9 of 9"},
	} {
		m := module(c.change)
		copy(m.memory[start+92:], []byte{1, 2, endOfArguments, 0, 5, endOfArguments})
		err := m.thin(map[uint32]bool{6: true}, map[uint32]bool{2: true, 6: true})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, expected one with %q", c.name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := []byte{m.memory[buckets], m.memory[buckets+bucketSize]}; !bytes.Equal(got, []byte{0, 8}) {
			t.Errorf("the buckets lead to %d, expected 0 and 8", got)
		}
		if got := m.memory[start+92 : start+98]; !bytes.Equal(got, []byte{0, 0, 0, 0, 5, endOfArguments}) {
			t.Errorf("dropped and kept data became % x", got)
		}
	}
}
