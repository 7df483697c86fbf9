package main

import (
	"fmt"
	"slices"
	"strings"
)

// mapsSource is maps_wasm.s: the passes over whole maps. What is one value a channel stays in
// registers while a group of channels passes over all pixels.
func mapsSource() []byte {
	a := newAsm()
	a.walk("scaleMap", "a", 2, func(i int) {
		a.walked("R6", i)
		a.postfix(fmt.Sprintf("V%d *", 8+i))
	})
	a.scalePixels()
	a.walk("addMap", "f", 3, func(i int) {
		a.walked("R6", i)
		a.walked("R7", i)
		a.postfix("+ V7 pmax")
	})
	a.walk("affineMap", "ab", 2, func(i int) {
		a.line("Get V%d", 12+i)
		a.walked("R6", i)
		a.line("Get V%d", 8+i)
		a.multiplyAdd()
		a.postfix("V7 pmax")
	})
	a.sum()
	a.pool("maxPoolMap", "pmax")
	a.pool("sumPoolMap", "+")
	for _, f := range activationPasses {
		a.activation(f.name, f.expression)
	}
	return a.source()
}

// exponential is expNegative of package kernels up to its last product, V4 * V2.
const exponential = "=V0 V0 least pmax most pmin =V1 round V1 log2e *+ =V2 round V2 - V1 log2e *+ =V1 " +
	"c4 c5 V1 *+ =V4 c3 V4 V1 *+ =V4 c2 V4 V1 *+ =V4 c1 V4 V1 *+ =V4 1 V4 V1 *+ =V4 V2 power =V2 "

// activationPasses are the activations' passes: expressions behind the value.
var activationPasses = []struct{ name, expression string }{
	{"reluMap", "0 pmax"},
	{"relu6Map", "0 pmax 6 pmin"},
	{"hardSigmoidMap", "3 + 0 pmax 6 pmin 1/6 *"},
	{"hardSwishMap", "=V0 V0 V0 3 + 0 pmax 6 pmin * 1/6 *"},
	{"logisticMap", exponential + "1 1 V4 V2 *+ /"},
	{"siluMap", exponential + "V0 1 V4 V2 *+ /"},
}

// pass writes a function that passes over its maps row by row, and in a row by groups of 4 vectors
// of channels and then by single ones. body writes one group of n vectors in one row, with the
// struct in R0, pointers to the row's first pixels in R1 to R3 (of destination, source and other
// map), the steps between pixels in R9 to R11, what is one value a channel in V8.. (a) and V12..
// (b) or a table (t) at R12, and the least value in V7 (with b, or f alone). R4 to R8 and R15 are
// free.
func (a *asm) pass(name, constants string, body func(n int)) {
	a.function(name, "(w *walk)", 0, 8)
	a.line("I64Load w+0(FP)")
	a.line("Set R0")
	for i := range 3 {
		a.field(walkPixel+8*i, fmt.Sprintf("R%d", 9+i))
	}
	if constants == "ab" || constants == "f" {
		a.address("R0")
		a.line("F32Load $%d", walkFloor)
		a.line("F32x4Splat")
		a.line("Set V7")
	}
	constants = strings.Trim(constants, "f")
	a.line("Loop")
	for i := range 3 {
		a.field(walkMaps+8*i, fmt.Sprintf("R%d", 1+i))
	}
	for i := range constants {
		a.field(walkConstants+8*i, fmt.Sprintf("R%d", 12+i))
	}
	for part, n := range []int{4, 1} {
		a.field(walkGroups+8*part, "R14")
		a.line("Get R14")
		a.line("I64Const $0")
		a.line("I64Ne")
		a.line("If")
		a.line("Loop")
		for i := range constants {
			if constants == "t" { // a table
				break
			}
			reg := fmt.Sprintf("R%d", 12+i)
			for j := range n {
				a.walked(reg, j)
				a.line("Set V%d", 8+4*i+j)
			}
			a.advance(reg, 16*n)
		}
		body(n)
		for i := range 3 {
			a.advance(fmt.Sprintf("R%d", 1+i), 16*n)
		}
		a.again("R14", 1)
		a.line("End")
	}
	for i := range 3 {
		a.field(walkMaps+8*i, "R1")
		a.field(walkRow+8*i, "R2")
		a.add("R1", "R1", "R2")
		a.put(walkMaps+8*i, "R1")
	}
	a.field(walkRows, "R1")
	a.advance("R1", -1)
	a.put(walkRows, "R1")
	a.again("R1", 0)
	a.line("RET")
}

// table are the names of kernels.activationTable's constants.
var table = []string{"0", "6", "3", "1/6", "least", "most", "log2e", "round", "127", "c5", "c4", "c3", "c2", "c1", "1"}

// activation writes a pass that applies an expression to each vector: postfix with the table's
// names, and "power" for 2 to the whole number in a value's last bits.
func (a *asm) activation(name, expression string) {
	a.walk(name, "t", 2, func(i int) {
		a.walked("R6", i)
		for _, word := range strings.Fields(expression) {
			switch at := slices.Index(table, word); {
			case at >= 0:
				a.walked("R12", at)
			case word == "power":
				a.walked("R12", slices.Index(table, "127"))
				a.line("I32x4Add")
				a.line("I32Const $23")
				a.line("I32x4Shl")
			default:
				a.postfix(word)
			}
		}
	})
}

// walked loads the i-th vector of a pixel.
func (a *asm) walked(reg string, i int) {
	a.address(reg)
	a.line("V128Load $%d", 16*i)
}

// pixels loops over a row's pixels, with their pointers in R5.. .
func (a *asm) pixels(maps int, pixel func()) {
	for i := range maps {
		a.line("Get R%d", 1+i)
		a.line("Set R%d", 5+i)
	}
	a.field(walkPixels, "R8")
	a.line("Loop")
	pixel()
	for i := range maps {
		a.add(fmt.Sprintf("R%d", 5+i), fmt.Sprintf("R%d", 5+i), fmt.Sprintf("R%d", 9+i))
	}
	a.again("R8", 1)
}

// walk writes a pass that computes each vector of the destination from those of the other maps
// (pointers in R6 and R7) and the constants.
func (a *asm) walk(name, constants string, maps int, vector func(i int)) {
	a.pass(name, constants, func(n int) {
		a.pixels(maps, func() {
			for i := range n {
				a.address("R5")
				vector(i)
				a.line("V128Store $0, $%d", 16*i)
			}
		})
	})
}

// scalePixels multiplies each pixel by the value of the other map there, whatever the channels.
func (a *asm) scalePixels() {
	a.pass("scalePixelsMap", "", func(n int) {
		a.pixels(3, func() {
			a.splat("R7", 0)
			a.line("Set V8")
			for i := range n {
				a.address("R5")
				a.walked("R6", i)
				a.postfix("V8 *")
				a.line("V128Store $0, $%d", 16*i)
			}
		})
		a.advance("R3", -16*n) // it has no channels to go on to
	})
}

// sum writes the sum over all pixels: a row's in V0.., added to the destination.
func (a *asm) sum() {
	a.pass("sumMap", "", func(n int) {
		a.line("V128Const $0, $0")
		for i := range n - 1 {
			a.line("Tee V%d", i)
		}
		a.line("Set V%d", n-1)
		a.pixels(2, func() {
			for i := range n {
				a.line("Get V%d", i)
				a.walked("R6", i)
				a.postfix(fmt.Sprintf("+ =V%d", i))
			}
		})
		for i := range n {
			a.address("R1")
			a.walked("R1", i)
			a.postfix(fmt.Sprintf("V%d +", i))
			a.line("V128Store $0, $%d", 16*i)
		}
	})
}

// pool writes a pooling of each window, by its largest value or by its sum times walkFloor. The
// pointer R7 runs over the window: R11 from pixel to pixel, R4 from behind a row to the next row.
// R3 and R15 count the window's rows and pixels left.
func (a *asm) pool(name, op string) {
	a.pass(name, "", func(n int) {
		a.field(walkRow+16, "R4")
		a.pixels(2, func() {
			a.line("Get R6")
			a.line("Set R7")
			for i := range n {
				if op == "+" {
					a.line("V128Const $0, $0")
				} else {
					a.walked("R7", i)
				}
				a.line("Set V%d", i)
			}
			a.field(walkWindow, "R3")
			a.line("Loop")
			a.field(walkWindow+8, "R15")
			a.line("Loop")
			for i := range n {
				a.line("Get V%d", i)
				a.walked("R7", i)
				a.postfix(fmt.Sprintf("%s =V%d", op, i))
			}
			a.add("R7", "R7", "R11")
			a.again("R15", 1)
			a.add("R7", "R7", "R4")
			a.again("R3", 1)
			for i := range n {
				a.address("R5")
				a.line("Get V%d", i)
				if op == "+" {
					a.address("R0")
					a.line("F32Load $%d", walkFloor)
					a.line("F32x4Splat")
					a.postfix("*")
				}
				a.line("V128Store $0, $%d", 16*i)
			}
		})
	})
}

// The offsets of the struct walk in maps_simd.go.
const (
	walkMaps      = 0  // destination, source, other
	walkConstants = 24 // a and b
	walkPixel     = 40 // three
	walkRow       = 64 // three
	walkRows      = 88
	walkPixels    = 96
	walkGroups    = 104 // of 16 channels, and of four
	walkWindow    = 120 // rows and pixels
	walkFloor     = 136
)
