package postlink

import (
	"bytes"
	"fmt"
	"slices"
)

// What follows knows how Go compiles for WebAssembly (cmd/internal/obj/wasm). A Go function takes
// the place where it begins, 0 or a resume point, as local 0, and returns 1 if the stack of
// WebAssembly unwinds so that another goroutine can run. Its stack pointer is global 0, copied in
// local 1. A program counter is the function's number << 16 with a place in the function. A
// function begins with a block for each resume point, around a br_table that goes to the one asked
// for; code that jumps sets local 0 and goes there through the table, in a loop around all.

// program is what is known of all functions.
type program struct {
	imported, first               int          // the first function has this index, and this number as a program counter
	types                         []int        // of the functions
	goType                        int          // (i32) i32
	called                        map[int]bool // index of a function that is called with a return address
	sigpanic, deferreturn, goexit int          // index
}

// maxPlace is the largest place in a function; greater numbers are program counters.
const maxPlace = 1<<16 - 1

var (
	loadSP  = []node{of(opGlobalGet, 0), of(opLocalSet, 1)}
	storeSP = []node{of(opLocalTee, 1), of(opGlobalSet, 0)}
	getSP   = of(opLocalGet, 1)
	void    = of(opIf, opVoid)
	endIf   = of(opEnd)
	// SP -= 8, the return address goes there, and the function begins at its beginning.
	goCall = slices.Concat([]node{getSP, of(opI32Const, 8), of(opI32Sub)}, storeSP,
		[]node{getSP, anyOf(opI64Const), of(opI64Store, 3, 0), of(opI32Const, 0), anyOf(opCall)}, loadSP)
	// The end of a function with calls: unwound ones go here.
	goEnd = []node{of(opUnreachable), of(opEnd), of(opI32Const, 1), of(opEnd)}
)

const callAddress, callIndex = 6, 9 // in goCall

// compact shortens the code of all Go functions without changing what they do, and returns the
// places of each by its number: at index k the former place; nil where they are as they were.
//
//   - A caller hands its return address to the function that it calls, which stores it: the
//     prologue is a few bytes in each function, the stores were a dozen in each call.
//   - Return addresses are a local, the function's number << 16, and a place.
//   - A jump ahead goes to its block, not through the table.
//   - Blocks that nothing goes to are left out, and places are counted anew, without gaps. All nil
//     checks of a function give the same place: a panic asks for its frame's size only.
//   - Offsets from the stack pointer go into loads and stores; conditions lose their detours; a
//     return moves the stack pointer once.
func (m *module) compact(names map[int]string, t *tables) (map[int][]int, error) {
	p, err := m.program(names)
	if err != nil || p == nil {
		return nil, err
	}
	code := make([][]node, len(m.functions))
	for i := range m.functions {
		if code[i], err = m.functions[i].nodes(); err != nil {
			return nil, fmt.Errorf("code section, function %d: %v", i, err)
		}
		for at, n := range code[i] {
			if n.op == opCall && matches(code[i], at-3, goCall[callAddress:callIndex]...) && p.isGo(n.number()) {
				p.called[n.number()] = true
			}
		}
	}
	places := map[int][]int{}
	for i := range m.functions {
		f, list := &m.functions[i], code[i]
		index := i + p.imported
		if p.isGo(index) && p.regular(list) {
			list = slices.DeleteFunc(list, func(n node) bool { return n.op == opNop })
			list = conditions(jumps(addresses(list)))
			list = unwinding(list)
			if number := p.first + i; !t.inlines(number) {
				list, places[number] = p.blocks(list, number, t)
			}
			list = returns(p.calls(f, list, i))
		}
		if p.called[index] {
			list = append(slices.Clone(prologue), list...)
		}
		f.code = assemble(list)
	}
	return places, nil
}

// prologue of a function that may be called with a return address instead of a place.
var prologue = slices.Concat([]node{of(opLocalGet, 0), of(opI32Const, maxPlace), of(opI32GtU), void,
	of(opGlobalGet, 0), of(opI32Const, 8), of(opI32Sub), of(opGlobalSet, 0),
	of(opGlobalGet, 0), of(opLocalGet, 0), of(opI64ExtendU), of(opI64Store, 3, 0),
	of(opI32Const, 0), of(opLocalSet, 0), endIf})

// program reads types and numbers of the functions; nil if it is none of Go's.
func (m *module) program(names map[int]string) (*program, error) {
	p := &program{imported: m.imported, goType: -1, called: map[int]bool{}, sigpanic: -1, deferreturn: -1, goexit: -1}
	for index, name := range names {
		switch name {
		case "runtime.sigpanic":
			p.sigpanic = index
		case "runtime.deferreturn":
			p.deferreturn = index
		case "runtime.goexit":
			p.goexit = index
		}
	}
	elements := false
	for _, s := range m.sections {
		r := reader{s.body, 0, len(s.body)}
		var err error
		switch s.id {
		case typeSection:
			err = p.readTypes(r)
		case functionSection:
			p.types, err = r.list()
		case elementSection:
			elements = true
			err = p.readElements(r)
		}
		if err != nil {
			return nil, fmt.Errorf("section %d: %v", s.id, err)
		}
	}
	if len(p.types) != len(m.functions) {
		return nil, fmt.Errorf("%d functions, but types of %d", len(m.functions), len(p.types))
	}
	if !elements || p.sigpanic < 0 || p.deferreturn < 0 || p.goexit < 0 {
		return nil, nil
	}
	return p, nil
}

// readTypes finds (i32) i32.
func (p *program) readTypes(r reader) error {
	count, err := r.count()
	for i := 0; i < count && err == nil; i++ {
		start := r.at
		err = r.skip(1)
		for range 2 { // parameters, results
			n := 0
			if err == nil {
				n, err = r.count()
			}
			if err == nil {
				err = r.skip(n)
			}
		}
		if err == nil && bytes.Equal(r.b[start:r.at], []byte{0x60, 1, 0x7f, 1, 0x7f}) {
			p.goType = i
		}
	}
	return err
}

// readElements reads the one segment of the function table that Go's linker writes: all functions
// in their order. Its place in the table is the first one's number.
func (p *program) readElements(r reader) error {
	count, err := r.count()
	if err != nil {
		return err
	}
	mode, _ := r.byte()
	op, _ := r.byte()
	if count != 1 || mode != 0 || op != i32Const {
		return fmt.Errorf("%d segments, the first of mode %d and instruction %#x; expected one at a constant place of the first table", count, mode, op)
	}
	if p.first, err = r.int32(); err != nil {
		return err
	}
	if end, err := r.byte(); err != nil || end != endOfCode {
		return fmt.Errorf("the place of the functions is not a single constant")
	}
	list, err := r.list()
	if err != nil {
		return err
	}
	for i, index := range list {
		if index != p.imported+i {
			return fmt.Errorf("function %d stands at %d of the table; expected all in their order", index, i)
		}
	}
	return nil
}

// list reads numbers up to the end.
func (r *reader) list() ([]int, error) {
	count, err := r.count()
	list := make([]int, count)
	for i := range list {
		if err == nil {
			var v uint64
			v, err = r.uint(32)
			list[i] = int(v)
		}
	}
	if err == nil {
		err = r.finished()
	}
	return list, err
}

// isGo tells whether the function at that index is defined here and takes a place.
func (p *program) isGo(index int) bool {
	return index >= p.imported && p.types[index-p.imported] == p.goType
}

// regular tells whether a function is as described above: local 1 is always the stack pointer;
// local 0 is read by the one br_table only, and set by jumps that go there, or is what an indirect
// call swaps two values with.
func (p *program) regular(list []node) bool {
	if !matches(list, 0, loadSP...) {
		return false
	}
	table, loop := header(list)
	for i, n := range list {
		switch {
		case n.is(opLocalSet, 1) && !matches(list, i-1, loadSP...),
			n.is(opLocalTee, 1) && !matches(list, i, storeSP...),
			n.is(opGlobalSet, 0) && !matches(list, i-1, storeSP...),
			n.op == opBrTable && i != table,
			n.is(opLocalTee, 0):
			return false
		case n.is(opLocalGet, 0) && i != table-1 && !matches(list, i-2, of(opLocalSet, 0), of(opI32Const, 0)):
			return false
		case n.is(opLocalSet, 0) && !matches(list, i+1, of(opI32Const, 0), of(opLocalGet, 0)):
			if !matches(list, i-1, anyOf(opI32Const), n, anyOf(opBr)) || loop == 0 || list[i+1].label != loop {
				return false
			}
		}
	}
	return true
}

// header finds the br_table of the resume points, and the label of the loop around it; -1 and 0 if
// there is none.
func header(list []node) (table, loop int) {
	for i, n := range list[min(2, len(list)):] {
		switch {
		case n.op == opLoop && loop == 0:
			loop = n.label
		case n.op == opBrTable && matches(list, i+1, of(opLocalGet, 0)):
			return i + 2, loop
		case n.op != opBlock && !n.is(opLocalGet, 0):
			return -1, 0
		}
	}
	return -1, 0
}

// blocks counts the places anew, without those that nobody comes back to, and leaves out what no
// branch goes to. It returns the former place of each.
func (p *program) blocks(list []node, number int, t *tables) ([]node, []int) {
	table, loop := header(list)
	needed := map[int]bool{0: true}
	nils := map[int]bool{}
	if number-p.first+p.imported == p.goexit { // a goroutine begins as if it had been called there
		needed[1] = true
	}
	for at, n := range list {
		place := n.place(number)
		returned := place >= 0 && matches(list, at-callAddress, goCall[:callAddress+2]...)
		switch {
		case returned && matches(list, at+3, of(opCall, p.sigpanic)):
			nils[place] = true
		case returned:
			needed[place] = true
			if matches(list, at+3, of(opCall, p.deferreturn)) { // a panic that was recovered from goes on before the call
				needed[place-1] = true
			}
		case place > 0:
			return list, nil // no return address
		case n.op == opI32Const && matches(list, at+1, of(opLocalSet, 0), anyOf(opBr)) && list[at+2].label == loop && loop != 0:
			needed[n.number()] = true
		}
	}
	former := sorted(needed)
	if len(nils) > 0 { // they get place 1, if that has their stack
		all := sorted(nils)
		if len(former) == 1 {
			former = append(former, all[0])
		}
		for _, place := range all {
			if t.stack(number, place) != t.stack(number, former[1]) {
				for _, place := range all {
					needed[place] = true
				}
				nils, former = nil, sorted(needed)
				break
			}
		}
	}
	now := map[int]int{}
	for k, place := range former {
		now[place] = k
	}
	list = slices.Clone(list)
	for at, n := range list {
		switch place := n.place(number); {
		case place > 0:
			to := now[place]
			if nils != nil && matches(list, at+3, of(opCall, p.sigpanic)) {
				to = 1
			}
			list[at] = of(opI64Const, number<<16|to)
		case n.op == opI32Const && matches(list, at+1, of(opLocalSet, 0), anyOf(opBr)) && list[at+2].label == loop && loop != 0:
			list[at] = of(opI32Const, now[n.number()])
		}
	}
	if table >= 0 {
		old := list[table].labels
		labels := make([]int, len(former))
		for k, place := range former {
			labels[k] = old[min(place, len(old)-1)]
		}
		list[table].labels = labels
	}
	return unused(list), former
}

// place is that of a program counter of the function with that number; -1 if n is no such constant.
func (n node) place(number int) int {
	if n.op != opI64Const || n.number()>>16 != number {
		return -1
	}
	return n.number() & maxPlace
}

func sorted(set map[int]bool) (list []int) {
	for v := range set {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}

// calls hands return addresses over. The function's number << 16 becomes local 2, and what was
// local 2 moves up.
func (p *program) calls(f *function, list []node, i int) []node {
	if len(f.locals) < 3 || f.locals[1] != 1 || f.locals[2] != 0x7f { // the first group: one i32, local 1
		return list
	}
	number := (p.first + i) << 16
	if number >= 1<<31 {
		return list
	}
	const own = 2
	var out []node
	any := false
	for at := 0; at < len(list); at++ {
		n := list[at]
		if matches(list, at, goCall...) && p.called[list[at+callIndex].number()] && list[at+callAddress].number()>>16 == p.first+i {
			any = true
			place, call := list[at+callAddress].number()&maxPlace, list[at+callIndex]
			if place != 0 {
				out = append(out, of(opI32Const, place), of(opLocalGet, own), of(opI32Add), call)
			} else {
				out = append(out, of(opLocalGet, own), call)
			}
			at += callIndex
			if unwound := []node{void, of(opI32Const, 1), of(opReturn), endIf}; call.is(opCall, p.sigpanic) && matches(list, at+1, slices.Concat(loadSP, unwound)...) {
				out = append(out, of(opReturn)) // it does nothing but unwind
				at += len(loadSP) + len(unwound)
			}
			continue
		}
		if n.op >= opLocalGet && n.op <= opLocalTee && n.number() >= own {
			n = of(n.op, n.number()+1)
		}
		out = append(out, n)
	}
	if !any {
		return list
	}
	f.locals = slices.Clone(f.locals)
	f.locals[1]++
	return slices.Concat(out[:2], []node{of(opI32Const, number), of(opLocalSet, own)}, out[2:])
}
