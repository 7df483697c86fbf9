package postlink

import (
	"fmt"
	"slices"
)

// node is an instruction whose branches name their targets rather than count blocks up to them, so
// that instructions and blocks may come and go around it. Label 0 is the function itself; every
// block, loop and if has its own.
type node struct {
	instruction
	label  int   // that a block, loop or if opens, an end closes, a br or br_if goes to
	labels []int // that a br_table goes to
}

const (
	opUnreachable, opBr, opBrIf, opBrTable   = opcode(0x00), opcode(0x0c), opcode(0x0d), opcode(0x0e)
	opReturn, opCall, opCallIndirect         = opcode(0x0f), opcode(0x10), opcode(0x11)
	opSelect                                 = opcode(0x1b)
	opLocalGet, opLocalSet, opLocalTee       = opcode(0x20), opcode(0x21), opcode(0x22)
	opGlobalGet, opGlobalSet                 = opcode(0x23), opcode(0x24)
	opI64Store                               = opcode(0x37)
	opI32Const, opI64Const                   = opcode(0x41), opcode(0x42)
	opI32Eqz, opI32GtU, opI64Eqz             = opcode(0x45), opcode(0x4b), opcode(0x50)
	opI32Add, opI32Sub, opI64Add             = opcode(0x6a), opcode(0x6b), opcode(0x7c)
	opI32Wrap, opI64ExtendU                  = opcode(0xa7), opcode(0xad)
	firstLoad, firstStore, lastStore, opVoid = opcode(0x28), opcode(0x36), opcode(0x3e), 0x40
)

// of makes an instruction; its numbers must not be negative. A block's type is opVoid.
func of(op opcode, numbers ...int) node {
	b := []byte{byte(op)}
	for _, v := range numbers {
		if op == opI32Const || op == opI64Const {
			b = appendInt(b, v)
		} else {
			b = appendUint(b, v, 1)
		}
	}
	return node{instruction: instruction{op: op, bytes: b}}
}

// any matches every instruction of that opcode.
func anyOf(op opcode) node { return node{instruction: instruction{op: op}} }

// number is an instruction's first number: a constant, an index, a depth.
func (n node) number() int {
	r := reader{n.bytes, 1, len(n.bytes)}
	if n.op != opI32Const && n.op != opI64Const {
		v, _ := r.uint(32)
		return int(v)
	}
	v := 0
	for shift := 0; ; shift += 7 {
		c, _ := r.byte() // it was decoded before
		v |= int(c&0x7f) << shift
		if c&0x80 == 0 {
			if c&0x40 != 0 && shift+7 < 64 {
				v -= 1 << (shift + 7)
			}
			return v
		}
	}
}

func (n node) is(op opcode, number int) bool { return n.op == op && n.number() == number }

// matches tells whether the instructions from that place on are the wanted ones.
func matches(list []node, at int, want ...node) bool {
	if at < 0 || at+len(want) > len(list) {
		return false
	}
	for i, w := range want {
		if got := list[at+i]; got.op != w.op || w.bytes != nil && string(got.bytes) != string(w.bytes) {
			return false
		}
	}
	return true
}

// nodes names the targets of a function's branches.
func (f *function) nodes() ([]node, error) {
	list, err := f.instructions()
	if err != nil {
		return nil, err
	}
	open := []int{0}
	target := func(at int, depth uint64) (int, error) {
		if depth >= uint64(len(open)) {
			return 0, fmt.Errorf("the branch at offset %#x leaves %d blocks of %d", at, depth, len(open))
		}
		return open[len(open)-1-int(depth)], nil
	}
	nodes := make([]node, len(list))
	labels := 0
	for i, in := range list {
		n := node{instruction: in}
		switch in.op {
		case opBlock, opLoop, opIf:
			labels++
			n.label, open = labels, append(open, labels)
		case opEnd:
			n.label, open = open[len(open)-1], open[:len(open)-1]
		case opBr, opBrIf:
			if n.label, err = target(in.at, uint64(n.number())); err != nil {
				return nil, err
			}
		case opBrTable:
			r := reader{in.bytes, 1, len(in.bytes)}
			count, _ := r.uint(32)
			for range count + 1 {
				depth, _ := r.uint(32)
				label, err := target(in.at, depth)
				if err != nil {
					return nil, err
				}
				n.labels = append(n.labels, label)
			}
		}
		nodes[i] = n
	}
	return nodes, nil
}

// assemble is the reverse of nodes. Every branch must stand inside the block that it goes to.
func assemble(nodes []node) []byte {
	open := []int{0}
	depth := func(label int) int { return len(open) - 1 - slices.Index(open, label) }
	var code []byte
	for _, n := range nodes {
		switch n.op {
		case opBlock, opLoop, opIf:
			open = append(open, n.label)
		case opEnd:
			open = open[:len(open)-1]
		case opBr, opBrIf:
			n = of(n.op, depth(n.label))
		case opBrTable:
			numbers := []int{len(n.labels) - 1}
			for _, label := range n.labels {
				numbers = append(numbers, depth(label))
			}
			n = of(opBrTable, numbers...)
		}
		code = append(code, n.bytes...)
	}
	return code
}

// effect tells how many values an instruction takes and leaves; ok is false for control, calls and
// what changes memory or globals.
func (n node) effect() (pops, pushes int, ok bool) {
	if pops, ok := n.pops(); ok {
		return pops, 1, true
	}
	switch op := n.op; {
	case op == opLocalTee, op == opI32Eqz, op == opI64Eqz, op >= 0x67 && op <= 0x69, op >= 0x79 && op <= 0x7b, op >= 0x8b && op <= 0x91, op >= 0x99 && op <= 0x9f, op >= 0xa7 && op <= 0xc4:
		return 1, 1, true
	case op >= 0x46 && op <= 0x66, op >= 0x6a && op <= 0x78, op >= 0x7c && op <= 0x8a, op >= 0x92 && op <= 0x98, op >= 0xa0 && op <= 0xa6: // comparisons, arithmetic
		return 2, 1, true
	case op == opSelect:
		return 3, 1, true
	case op>>16 == prefixMisc && op&0xffff <= 7: // saturating conversions
		return 1, 1, true
	}
	return 0, 0, false
}
