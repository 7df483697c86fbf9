package main

import (
	"fmt"
	"math"
)

// winogradAMD64Source is winograd_amd64.s: the transforms of kernels.Winograd. The expressions are
// those of the WebAssembly ones.
func winogradAMD64Source() []byte {
	a := newX86()
	a.winogradInput("winogradInputTile", "Y")
	a.winogradInput("winogradInputTile4", "X")
	a.winogradOutput()
	a.winogradWeights()
	return a.source()
}

// constant is a value that all lanes of a register get, by way of a general register.
func (a *x86) constant(bits uint32, reg int) {
	a.line("MOVL $%#x, DX", bits)
	a.line("VMOVD DX, X%d", reg)
	a.line("VBROADCASTSS X%d, Y%d", reg, reg)
}

const bits4, bits8 = 0x40800000, 0x41000000 // of the float32 4 and 8

// winogradInput writes the input transform of one tile, a vector of channels after the other. R8 is
// the row, R9 a pixel, R10 a plane, R11 six planes, R12 three pixels, R13 vectors left; BX, CX and
// DX run. What the rows' pass leaves for the columns' lies in the frame.
func (a *x86) winogradInput(name, vector string) {
	a.vector = "Y"
	a.start(name, "t", "transform", 36*32)
	a.constant(bits4, 15)
	a.vector = vector
	a.field(transformDst, "DI")
	a.field(transformSrc, "SI")
	a.field(transformRow, "R8")
	a.field(transformPixel, "R9")
	a.field(transformPlane, "R10")
	a.line("LEAQ (R10)(R10*2), R11")
	a.line("ADDQ R11, R11")
	a.line("LEAQ (R9)(R9*2), R12")
	a.field(transformCount, "R13")
	a.line("vectors:")
	a.line("MOVQ SI, BX")
	for y := range 6 {
		a.line("LEAQ (BX)(R12*1), CX")
		for x := range 6 {
			a.load([]string{"(BX)", "(CX)"}[x/3]+[]string{"", "(R9*1)", "(R9*2)"}[x%3], x)
		}
		inputLine(func(e string) { a.postfix(e, 11, 12, 13, 14) }, func(x int, value string) {
			a.put(value, fmt.Sprintf("%d(SP)", 32*(6*y+x)), 11, 12, 13, 14)
		})
		if y < 5 {
			a.line("ADDQ R8, BX")
		}
	}
	a.line("MOVQ DI, BX")
	for x := range 6 {
		for y := range 6 {
			a.load(fmt.Sprintf("%d(SP)", 32*(6*y+x)), y)
		}
		a.line("MOVQ BX, CX")
		inputLine(func(e string) { a.postfix(e, 11, 12, 13, 14) }, func(y int, value string) {
			a.put(value, "(CX)", 11, 12, 13, 14)
			if y < 5 {
				a.line("ADDQ R11, CX")
			}
		})
		if x < 5 {
			a.line("ADDQ R10, BX")
		}
	}
	a.line("ADDQ $%d, SI", a.bytes())
	a.line("ADDQ $%d, DI", a.bytes())
	a.line("DECQ R13")
	a.line("JNE vectors")
	a.end()
}

// winogradOutput writes the output transform of tiles beside each other, a panel each. R8 is the
// row, R9 a pixel, R13 tiles left; BX and CX run. V12 and V13 are the least and the largest value.
func (a *x86) winogradOutput() {
	a.vector = "Y"
	a.start("winogradOutputTiles", "t", "transform", 6*4*32)
	a.constant(bits4, 15)
	a.constant(bits8, 14)
	a.field(transformDst, "DI")
	a.field(transformSrc, "SI")
	a.field(transformRow, "R8")
	a.field(transformPixel, "R9")
	a.field(transformCount, "R13")
	a.limits(transformFloor, 12)
	a.field(transformBias, "BX")
	a.line("tiles:")
	for y := range 6 {
		for x := range 6 {
			a.load(fmt.Sprintf("%d(SI)", 32*(6*y+x)), x)
			if y == 1 && x == 1 { // winogradBias
				a.postfix("V1 (BX) + =V1")
			}
		}
		outputLine(func(e string) { a.postfix(e) }, func(x int, value string) {
			a.put(value, fmt.Sprintf("%d(SP)", 32*(4*y+x)), 10, 11)
		})
	}
	for x := range 4 {
		for y := range 6 {
			a.load(fmt.Sprintf("%d(SP)", 32*(4*y+x)), y)
		}
		a.line("MOVQ DI, CX")
		outputLine(func(e string) { a.postfix(e) }, func(y int, value string) {
			a.put(value+" V12 pmax V13 pmin", "(CX)", 10, 11)
			if y < 3 {
				a.line("ADDQ R8, CX")
			}
		})
		a.line("ADDQ R9, DI")
	}
	a.line("ADDQ $%d, SI", 36*32)
	a.line("DECQ R13")
	a.line("JNE tiles")
	a.end()
}

// winogradWeights writes the transform of kernels, four output channels a vector, as in
// WebAssembly. R10 is a plane, R13 the vectors left; BX runs.
func (a *x86) winogradWeights() {
	a.vector = "Y"
	a.start("winogradWeightVectors", "t", "transform", 18*16)
	for i, v := range weightConstants {
		a.constant(math.Float32bits(v), 11+i)
	}
	a.vector = "X"
	a.field(transformDst, "DI")
	a.field(transformSrc, "SI")
	a.field(transformPlane, "R10")
	a.field(transformCount, "R13")
	a.line("vectors:")
	for x := range 3 {
		for y := range 3 {
			a.load(fmt.Sprintf("%d(SI)", 16*(3*y+x)), y)
		}
		weightLine(func(e string) { a.postfix(e, 7, 8, 9, 10) }, func(y int, value string) {
			a.put(value, fmt.Sprintf("%d(SP)", 16*(3*y+x)), 7, 8, 9, 10)
		})
	}
	a.line("MOVQ DI, BX")
	for y := range 6 {
		for x := range 3 {
			a.load(fmt.Sprintf("%d(SP)", 16*(3*y+x)), x)
		}
		weightLine(func(e string) { a.postfix(e, 7, 8, 9, 10) }, func(x int, value string) {
			a.put(value, "(BX)", 7, 8, 9, 10)
			if y < 5 || x < 5 {
				a.line("ADDQ R10, BX")
			}
		})
	}
	a.line("ADDQ $%d, SI", 9*16)
	a.line("ADDQ $%d, DI", 16)
	a.line("DECQ R13")
	a.line("JNE vectors")
	a.end()
}
