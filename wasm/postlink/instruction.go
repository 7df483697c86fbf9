package postlink

import "fmt"

// opcode is the first byte of an instruction, or the prefix byte and the number that follows it:
// 0xfd0000 + n for SIMD.
type opcode int

const (
	prefixMisc opcode = 0xfc
	prefixSIMD opcode = 0xfd

	simd opcode = prefixSIMD << 16

	opNop, opBlock, opLoop, opIf, opElse, opEnd = opcode(0x01), opcode(0x02), opcode(0x03), opcode(0x04), opcode(0x05), opcode(0x0b)

	opAdd, opSub, opMul = simd + 0xe4, simd + 0xe5, simd + 0xe6 // f32x4
)

var (
	relaxedMadd  = []byte{0xfd, 0x85, 0x02} // f32x4.relaxed_madd, 0x105
	relaxedNmadd = []byte{0xfd, 0x86, 0x02}
)

type instruction struct {
	op    opcode
	bytes []byte // with opcode and immediates
	at    int    // offset in the file
}

// instructions decodes a function's code, which has to end with the end of its outermost block.
func (f *function) instructions() ([]instruction, error) {
	r := reader{f.code, 0, len(f.code)}
	fail := func(at int, err error) ([]instruction, error) {
		return nil, fmt.Errorf("instruction at offset %#x: %v", f.at+at, err)
	}
	var list []instruction
	for depth := 1; depth > 0; {
		start := r.at
		op, err := r.opcode()
		if err == nil {
			err = r.immediates(op)
		}
		if err != nil {
			return fail(start, err)
		}
		switch op {
		case opBlock, opLoop, opIf:
			depth++
		case opEnd:
			depth--
		}
		list = append(list, instruction{op, f.code[start:r.at], f.at + start})
	}
	if err := r.finished(); err != nil {
		return fail(r.at, fmt.Errorf("%d bytes stand behind the function's end", r.end-r.at))
	}
	return list, nil
}

func (r *reader) opcode() (opcode, error) {
	b, err := r.byte()
	op := opcode(b)
	if err != nil || op != prefixMisc && op != prefixSIMD {
		return op, err
	}
	n, err := r.uint(32)
	if n > 0xffff {
		return op, fmt.Errorf("unknown opcode %#x %d", b, n)
	}
	return op<<16 + opcode(n), err
}

// immediates skips what follows an opcode.
func (r *reader) immediates(op opcode) error {
	switch {
	case op == opBlock || op == opLoop || op == opIf: // a type: a byte, or an index as a number of 33 bits
		return r.leb(33)
	case op == 0x00 || op == opNop || op == opElse || op == opEnd || op == 0x0f || op == 0x1a || op == 0x1b: // unreachable, return, drop, select
		return nil
	case op == 0x0c || op == 0x0d || op == 0x10 || op == 0x12: // br, br_if, call, return_call
		return r.leb(32)
	case op == 0x0e: // br_table: targets and the default
		n, err := r.count()
		for range n {
			if err == nil {
				err = r.leb(32)
			}
		}
		if err == nil {
			err = r.leb(32)
		}
		return err
	case op == 0x11 || op == 0x13: // call_indirect, return_call_indirect
		return r.numbers(2)
	case op == 0x1c: // select with types
		n, err := r.count()
		if err == nil {
			err = r.skip(n)
		}
		return err
	case op >= 0x20 && op <= 0x26: // local, global and table accesses
		return r.leb(32)
	case op >= 0x28 && op <= 0x3e: // loads and stores
		return r.memory()
	case op == 0x3f || op == 0x40: // memory.size, memory.grow
		return r.leb(32)
	case op == 0x41: // i32.const
		return r.leb(32)
	case op == 0x42: // i64.const
		return r.leb(64)
	case op == 0x43: // f32.const
		return r.skip(4)
	case op == 0x44: // f64.const
		return r.skip(8)
	case op >= 0x45 && op <= 0xc4: // arithmetic
		return nil
	case op == 0xd0: // ref.null
		return r.leb(33)
	case op == 0xd1: // ref.is_null
		return nil
	case op == 0xd2: // ref.func
		return r.leb(32)
	}
	switch n := op & 0xffff; op >> 16 {
	case prefixMisc:
		switch {
		case n <= 7: // saturating conversions
			return nil
		case n == 9 || n == 11 || n == 13 || n >= 15 && n <= 17: // data.drop, memory.fill, elem.drop, table.grow, size, fill
			return r.numbers(1)
		case n <= 14: // memory.init, memory.copy, table.init, table.copy
			return r.numbers(2)
		}
	case prefixSIMD:
		switch {
		case n <= 11 || n == 92 || n == 93: // loads, v128.store
			return r.memory()
		case n == 12 || n == 13: // v128.const, i8x16.shuffle
			return r.skip(16)
		case n >= 21 && n <= 34: // lanes
			return r.skip(1)
		case n >= 84 && n <= 91: // loads and stores of a lane
			if err := r.memory(); err != nil {
				return err
			}
			return r.skip(1)
		case n <= 0x113: // arithmetic, from 0x100 on relaxed
			return nil
		}
	}
	if op > 0xff {
		return fmt.Errorf("unknown opcode %#x %d", int(op>>16), op&0xffff)
	}
	return fmt.Errorf("unknown opcode %#x", int(op))
}

func (r *reader) numbers(n int) (err error) {
	for range n {
		if err == nil {
			err = r.leb(32)
		}
	}
	return err
}

// memory skips alignment, memory and offset.
func (r *reader) memory() error {
	align, err := r.uint(32)
	if err == nil && align&0x40 != 0 { // another memory than the first
		err = r.leb(32)
	}
	if err == nil {
		err = r.leb(64)
	}
	return err
}

// pops tells how many values an instruction takes that only computes: it leaves one value and
// changes nothing, so it may be moved past others of its kind. ok is false for every other
// instruction.
func (i instruction) pops() (n int, ok bool) {
	switch op := i.op; {
	case op == 0x20, op == 0x23, op >= 0x41 && op <= 0x44, op == simd+12: // local.get, global.get, constants
		return 0, true
	case op >= 0x28 && op <= 0x35, op == 0xa7, op >= 0xac && op <= 0xad, op >= simd && op <= simd+10: // loads, i32.wrap_i64, i64.extend_i32
		return 1, true
	case op >= 0x6a && op <= 0x6c, op >= 0x7c && op <= 0x7e, op >= 0x71 && op <= 0x76, op >= 0x83 && op <= 0x88: // add, sub, mul, bits and shifts of i32 and i64
		return 2, true
	case op >= simd+15 && op <= simd+20, op == simd+92, op == simd+93, op == simd+0xe0, op == simd+0xe1: // splats, loads with zeros, f32x4.abs, neg
		return 1, true
	case op >= opAdd && op <= simd+0xeb: // f32x4: add, sub, mul, div, min, max, pmin, pmax
		return 2, true
	case op == simd+0x105, op == simd+0x106:
		return 3, true
	}
	return 0, false
}
