package main

import (
	"fmt"
	"math"
	"strings"
)

// winogradSource is winograd_wasm.s: the transforms of kernels.Winograd, four channels a vector,
// straight-line code per tile. What the first pass over a tile leaves for the second lies in the
// frame, since Go's assembler knows 16 vector registers.
func winogradSource() []byte {
	a := newAsm()
	a.winogradInput()
	a.winogradOutput()
	a.winogradWeights()
	return a.source()
}

// postfix writes an expression of vector registers: "V0 V1 - =V2" is V2 = V0 - V1, "V0 V1 V2 *+" is
// V0 + V1*V2 (a multiply-add) and "*-" the same with minus. Without "=" the value stays on the
// stack.
func (a *asm) postfix(expression string) {
	for _, word := range strings.Fields(expression) {
		switch {
		case word[0] == '=':
			a.line("Set %s", word[1:])
		case word[0] == 'V':
			a.line("Get %s", word)
		case word == "*+":
			a.multiplyAdd()
		case word == "*-":
			a.multiplySub()
		default:
			a.line(map[string]string{"+": "F32x4Add", "-": "F32x4Sub", "*": "F32x4Mul", "/": "F32x4Div", "pmin": "F32x4Pmin", "pmax": "F32x4Pmax"}[word])
		}
	}
}

// constant sets all lanes of a vector register.
func (a *asm) constant(value float32, reg string) {
	lanes := uint64(math.Float32bits(value))
	lanes |= lanes << 32
	a.line("V128Const $%d, $%d", lanes, lanes)
	a.line("Set %s", reg)
}

// store writes the value of an expression at an address that the first lines push.
func (a *asm) store(address func(), offset int, expression string) {
	address()
	a.postfix(expression)
	a.line("V128Store $0, $%d", offset)
}

// frame pushes the address of the function's frame.
func (a *asm) frame() { a.line("Get SP") }

// transform starts a function of one *transform (see winograd_simd.go), with R0 to R3 its argument,
// destination, source and row.
func (a *asm) transform(name string, frame int) {
	a.function(name, "(t *transform)", frame, 8)
	a.line("I64Load t+0(FP)")
	a.line("Set R0")
	a.field(transformDst, "R1")
	a.field(transformSrc, "R2")
	a.field(transformRow, "R3")
}

// The offsets of the struct transform in winograd_simd.go.
const (
	transformDst = 8 * iota
	transformSrc
	transformBias
	transformRow
	transformPixel
	transformPlane
	transformCount
	transformFloor
)

// column loads a column of the frame's rows of that many vectors into V0 to V5.
func (a *asm) column(x, width int) {
	for y := range 6 {
		a.frame()
		a.line("V128Load $%d", 16*(y*width+x))
		a.line("Set V%d", y)
	}
}

// inputLine computes inputLine of package kernels from V0 to V5 and gives the six values, as
// expressions, to store. V15 is 4.
func inputLine(postfix func(expression string), store func(i int, expression string)) {
	postfix("V4 V2 - =V6 V3 V1 - =V7")           // e, f
	postfix("V4 V15 V2 *- =V8 V3 V15 V1 *- =V9") // a, b
	postfix("V7 V7 + =V10")                      // f + f
	store(0, "V6 V15 V0 V2 - *+")
	store(1, "V8 V9 +")
	store(2, "V8 V9 -")
	store(3, "V6 V10 +")
	store(4, "V6 V10 -")
	store(5, "V5 V3 - V15 V7 *-")
}

// winogradInput writes the input transform of one tile. R4 to R8 are 1 to 5 pixels, R9 a plane, R10
// six planes, R11 the vectors left, R12 and R13 run.
func (a *asm) winogradInput() {
	a.transform("winogradInputTile", 36*16)
	a.field(transformPixel, "R4")
	for j := 2; j < 6; j++ {
		a.add(fmt.Sprintf("R%d", 3+j), fmt.Sprintf("R%d", 2+j), "R4")
	}
	a.field(transformPlane, "R9")
	a.line("Get R9")
	a.line("I64Const $6")
	a.line("I64Mul")
	a.line("Set R10")
	a.field(transformCount, "R11")
	a.constant(4, "V15")
	a.line("Loop")
	a.line("Get R2")
	a.line("Set R12")
	for y := range 6 {
		for x := range 6 {
			a.line("Get R12")
			if x > 0 {
				a.line("Get R%d", 3+x)
				a.line("I64Add")
			}
			a.line("I32WrapI64")
			a.line("V128Load $0")
			a.line("Set V%d", x)
		}
		inputLine(a.postfix, func(x int, value string) { a.store(a.frame, 16*(6*y+x), value) })
		if y < 5 {
			a.add("R12", "R12", "R3")
		}
	}
	a.line("Get R1")
	a.line("Set R13")
	for x := range 6 {
		a.column(x, 6)
		a.line("Get R13")
		a.line("Set R12")
		inputLine(a.postfix, func(y int, value string) {
			a.store(func() { a.address("R12") }, 0, value)
			if y < 5 {
				a.add("R12", "R12", "R10")
			}
		})
		if x < 5 {
			a.add("R13", "R13", "R9")
		}
	}
	a.advance("R1", 16)
	a.advance("R2", 16)
	a.again("R11", 1)
	a.line("RET")
}

// outputLine computes outputLine of package kernels from V0 to V5 and gives the four values, as
// expressions, to store. V15 is 4, V14 is 8.
func outputLine(postfix func(expression string), store func(i int, expression string)) {
	postfix("V1 V2 + =V6 V1 V2 - =V7") // s, d
	postfix("V3 V4 + =V8 V3 V4 - =V9") // u, v
	store(0, "V0 V6 + V8 +")
	store(1, "V7 V9 V9 + +")
	store(2, "V6 V15 V8 *+")
	store(3, "V7 V14 V9 *+ V5 +")
}

// winogradOutput writes the output transform of tiles beside each other, a panel each. R4 is a
// pixel, R5 the tiles left, R6 four pixels less a panel, R7 the halves of the panel left, R8 the
// bias, R12 and R13 run. V12 and V13 are the least and the largest value.
func (a *asm) winogradOutput() {
	a.transform("winogradOutputTiles", 6*4*16)
	a.field(transformPixel, "R4")
	a.field(transformCount, "R5")
	a.line("Get R4")
	a.line("I64Const $4")
	a.line("I64Mul")
	a.line("I64Const $32")
	a.line("I64Sub")
	a.line("Set R6")
	a.limits(transformFloor, 12)
	a.constant(8, "V14")
	a.constant(4, "V15")
	a.line("Loop")
	a.field(transformBias, "R8")
	a.line("I64Const $2")
	a.line("Set R7")
	a.line("Loop")
	for y := range 6 {
		for x := range 6 {
			a.address("R2")
			a.line("V128Load $%d", 32*(6*y+x))
			if y == 1 && x == 1 { // winogradBias
				a.load("R8")
				a.line("F32x4Add")
			}
			a.line("Set V%d", x)
		}
		outputLine(a.postfix, func(x int, value string) { a.store(a.frame, 16*(4*y+x), value) })
	}
	a.line("Get R1")
	a.line("Set R13")
	for x := range 4 {
		a.column(x, 4)
		a.line("Get R13")
		a.line("Set R12")
		outputLine(a.postfix, func(y int, value string) {
			a.store(func() { a.address("R12") }, 0, value+" V12 pmax V13 pmin")
			if y < 3 {
				a.add("R12", "R12", "R3")
			}
		})
		if x < 3 {
			a.add("R13", "R13", "R4")
		}
	}
	a.advance("R1", 16)
	a.advance("R2", 16)
	a.advance("R8", 16)
	a.again("R7", 1)
	a.add("R1", "R1", "R6")
	a.advance("R2", 36*32-32)
	a.again("R5", 1)
	a.line("RET")
}

// weightLine computes weightLine of package kernels from V0 to V2 and gives the six values, as
// expressions, to store. V11 to V14 are weightConstants.
func weightLine(postfix func(expression string), store func(i int, expression string)) {
	postfix("V0 V2 + V12 * =V3 V1 V12 * =V4")      // s, o
	postfix("V0 V13 * V2 V12 *- =V5 V1 V14 * =V6") // f, h
	store(0, "V0 V11 *")
	store(1, "V3 V4 +")
	store(2, "V3 V4 -")
	store(3, "V5 V6 +")
	store(4, "V5 V6 -")
	store(5, "V2")
}

var weightConstants = [...]float32{1. / 4, -1. / 6, 1. / 24, 1. / 12}

// winogradWeights writes the transform of kernels, four output channels a vector. R9 is a plane,
// R11 the vectors left, R12 runs.
func (a *asm) winogradWeights() {
	a.transform("winogradWeightVectors", 18*16)
	a.field(transformPlane, "R9")
	a.field(transformCount, "R11")
	for i, v := range weightConstants {
		a.constant(v, fmt.Sprintf("V%d", 11+i))
	}
	a.line("Loop")
	for x := range 3 {
		for y := range 3 {
			a.address("R2")
			a.line("V128Load $%d", 16*(3*y+x))
			a.line("Set V%d", y)
		}
		weightLine(a.postfix, func(y int, value string) { a.store(a.frame, 16*(3*y+x), value) })
	}
	a.line("Get R1")
	a.line("Set R12")
	for y := range 6 {
		for x := range 3 {
			a.frame()
			a.line("V128Load $%d", 16*(3*y+x))
			a.line("Set V%d", x)
		}
		weightLine(a.postfix, func(x int, value string) {
			a.store(func() { a.address("R12") }, 0, value)
			if y < 5 || x < 5 {
				a.add("R12", "R12", "R9")
			}
		})
	}
	a.advance("R1", 16)
	a.advance("R2", 9*16)
	a.again("R11", 1)
	a.line("RET")
}
