package main

import "fmt"

// depthwiseSource is depthwise_wasm.s: a row of a depthwise convolution, for kernels of 3x3 and
// 5x5, steps of 1 and 2, in tiles of 4 pixels and of one.
func depthwiseSource() []byte {
	a := newAsm()
	for _, kernel := range []int{3, 5} {
		for step := 1; step <= 2; step++ {
			for _, n := range []int{4, 1} {
				a.depthwise(kernel, step, n)
			}
		}
	}
	return a.source()
}

// depthwise writes the microkernel of tiles of n neighbouring pixels x 4 channels. Each column of
// the source that is loaded serves all pixels that reach it; the nine weights of a 3x3 kernel stay
// in registers while a row's tiles pass, five of a 5x5 kernel while a row of the kernel passes.
//
// Registers: R0 the struct depthwiseRow, R1 destination, R2 weights, R3 source, R4 bias of these 4
// channels, R5 vectors left, R6 a tile's destination, R7 its source, R8 tiles left, R9 a row, R10 a
// pixel of it, R11 bytes between pixels, R12 between rows, R13 between destination pixels, R14 from
// a tile to the next. V0.. weights, V9.. sums, V13 a pixel.
func (a *asm) depthwise(kernel, step, n int) {
	a.function(fmt.Sprintf("depthwise%dStep%dTiles%d", kernel, step, n), "(t *depthwiseRow)", 0, 8)
	a.line("I64Load t+0(FP)")
	a.line("Set R0")
	for field, reg := range []string{"R1", "R3", "R2", "R4", "R12", "R11", "R13", "R14"} {
		a.field(8*field, reg)
	}
	a.field(depthwiseVectors, "R5")
	a.line("Loop") // vectors
	weights := func(first, count int) {
		for i := range count {
			a.address("R2")
			a.line("V128Load $%d", 16*(first+i))
			a.line("Set V%d", i)
		}
	}
	if kernel == 3 {
		weights(0, 9)
	}
	a.line("Get R1")
	a.line("Set R6")
	a.line("Get R3")
	a.line("Set R7")
	a.field(depthwiseTiles, "R8")
	a.line("Loop") // tiles
	a.load("R4")
	for j := range n - 1 {
		a.line("Tee V%d", 9+j)
	}
	a.line("Set V%d", 9+n-1)
	a.line("Get R7")
	a.line("Set R9")
	for ky := range kernel {
		first := 3 * ky
		if kernel == 5 {
			weights(5*ky, 5)
			first = 0
		}
		a.line("Get R9")
		a.line("Set R10")
		columns := (n-1)*step + kernel
		for column := range columns {
			a.load("R10")
			a.line("Set V13")
			for j := range n {
				if kx := column - j*step; kx >= 0 && kx < kernel {
					a.postfix(fmt.Sprintf("V%d V13 V%d *+ =V%d", 9+j, first+kx, 9+j))
				}
			}
			if column < columns-1 {
				a.add("R10", "R10", "R11")
			}
		}
		if ky < kernel-1 {
			a.add("R9", "R9", "R12")
		}
	}
	a.limits(depthwiseFloor, 13)
	for j := range n {
		a.address("R6")
		a.postfix(fmt.Sprintf("V%d V13 pmax V14 pmin", 9+j))
		a.line("V128Store $0, $0")
		a.add("R6", "R6", "R13")
	}
	a.add("R7", "R7", "R14")
	a.again("R8", 1)
	for _, reg := range []string{"R1", "R3", "R4"} {
		a.advance(reg, 16)
	}
	a.advance("R2", 16*kernel*kernel)
	a.again("R5", 1)
	a.line("RET")
}

// The offsets of the struct depthwiseRow in depthwise_simd.go, behind its first eight fields.
const (
	depthwiseTiles   = 64
	depthwiseVectors = 72 // of as many channels as the weights' panels have, and of four
	depthwiseFloor   = 88
)
