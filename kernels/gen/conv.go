package main

import "fmt"

// Sizes are the numbers of pixels for which there is a microkernel. Six use 12 registers for sums, 2 for weights and 1 for a pixel, of the 16.
var sizes = []int{6, 4, 2, 1}

// convSource is conv_wasm.s.
func convSource() []byte {
	a := newAsm()
	for _, n := range sizes {
		a.conv(n)
	}
	return a.source()
}

// conv writes the microkernel of N neighbouring pixels x 8 output channels: N x 2 vectors of sums stay in registers, each weight vector
// that is loaded serves N pixels, and four steps of the sum are unrolled, so that a pointer moves once for four.
//
// Registers: R0 the tile (see the struct in conv_wasm.go), R1 destination, R2 weights, R3 rows left, R4 steps left, R5.. the pixels, R11 the row, R12 its stride,
// R13 bytes between pixels, R14 length of a run. V0.. the sums (two a pixel), V12 and V13 weights, V14 a pixel's value.
func (a *asm) conv(n int) {
	a.function(fmt.Sprintf("convTile%d", n), "(t *tile)", 0, 8)
	a.line("I64Load t+0(FP)")
	a.line("Set R0")
	a.field(0, "R1")
	a.field(8, "R11")
	a.field(16, "R2")
	a.field(24, "R3")
	for half := range 2 { // every pixel's sums start from the bias
		a.address("R3")
		a.line("V128Load $%d", 16*half)
		for j := range n {
			op := "Tee"
			if j == n-1 {
				op = "Set"
			}
			a.line("%s V%d", op, 2*j+half)
		}
	}
	a.field(32, "R12")
	a.field(40, "R13")
	a.field(56, "R14")
	a.field(64, "R3")
	a.line("Loop")
	a.line("Get R11")
	a.line("Set R5")
	for j := 1; j < n; j++ {
		a.add(fmt.Sprintf("R%d", 5+j), fmt.Sprintf("R%d", 4+j), "R13")
	}
	a.line("Get R14")
	a.line("Set R4")
	a.line("Loop")
	for step := range 4 {
		for half := range 2 {
			a.address("R2")
			a.line("V128Load $%d", 32*step+16*half)
			a.line("Set V%d", 12+half)
		}
		for j := range n {
			a.address(fmt.Sprintf("R%d", 5+j))
			a.line("F32Load $%d", 4*step)
			a.line("F32x4Splat")
			a.line("Set V14")
			for half := range 2 {
				a.line("Get V%d", 2*j+half)
				a.line("Get V14")
				a.line("Get V%d", 12+half)
				a.multiplyAdd()
				a.line("Set V%d", 2*j+half)
			}
		}
	}
	for j := range n {
		a.advance(fmt.Sprintf("R%d", 5+j), 16)
	}
	a.advance("R2", 128)
	a.again("R4", 4)
	a.add("R11", "R11", "R12")
	a.again("R3", 1)

	a.field(72, "R4")
	a.line("Get R4")
	a.line("I64Const $0")
	a.line("I64Ne")
	a.line("If")
	a.line("V128Const $0, $0")
	a.line("Set V12")
	for i := range 2 * n {
		a.line("Get V12")
		a.line("Get V%d", i)
		a.line("F32x4Max")
		a.line("Set V%d", i)
	}
	a.line("End")
	a.field(48, "R13")
	for j := range n {
		for half := range 2 {
			a.address("R1")
			a.line("Get V%d", 2*j+half)
			a.line("V128Store $0, $%d", 16*half)
		}
		if j < n-1 {
			a.add("R1", "R1", "R13")
		}
	}
	a.line("RET")
}
