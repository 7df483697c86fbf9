package main

import "fmt"

// depthwiseAMD64Source is depthwise_amd64.s.
func depthwiseAMD64Source() []byte {
	a := newX86()
	for _, kernel := range []int{3, 5} {
		for step := 1; step <= 2; step++ {
			for _, n := range []int{4, 1} {
				a.depthwise(kernel, step, n)
			}
		}
	}
	return a.source()
}

// depthwise writes the microkernel of tiles of n neighbouring pixels, for eight channels at a time
// and then for four: see asm.depthwise.
//
// Registers: DI destination, SI source, BX weights, CX bias of these channels, R8 a row and in it a
// pixel, R9 bytes between pixels, R11 between destination pixels, R12 a tile's destination, R13 its
// source, R15 tiles left, DX free. V0.. weights, V9.. sums, V13 a pixel.
func (a *x86) depthwise(kernel, step, n int) {
	const weightsPanel = 32 // bytes of one place's weights
	a.vector = "Y"
	a.start(fmt.Sprintf("depthwise%dStep%dTiles%d", kernel, step, n), "t", "depthwiseRow", 0)
	for field, reg := range []string{"DI", "SI", "BX", "CX", "", "R9", "R11"} {
		if reg != "" {
			a.field(8*field, reg)
		}
	}
	for part, vector := range []string{"Y", "X"} {
		count, end := depthwiseVectors+8*part, "done"+vector
		a.vector = vector
		a.line("CMPQ %d(AX), $0", count)
		a.line("JEQ %s", end)
		a.line("vectors%s:", vector)
		weights := func(first, count int) {
			for i := range count {
				a.load(fmt.Sprintf("%d(BX)", weightsPanel*(first+i)), i)
			}
		}
		if kernel == 3 {
			weights(0, 9)
		}
		a.line("MOVQ DI, R12")
		a.line("MOVQ SI, R13")
		a.field(depthwiseTiles, "R15")
		a.line("tiles%s:", vector)
		a.load("(CX)", 9)
		for j := 1; j < n; j++ {
			a.line("VMOVAPS %s, %s", a.reg(9), a.reg(9+j))
		}
		a.line("MOVQ R13, DX")
		for ky := range kernel {
			first := 3 * ky
			if kernel == 5 {
				weights(5*ky, 5)
				first = 0
			}
			a.line("MOVQ DX, R8")
			columns := (n-1)*step + kernel
			for column := range columns {
				a.load("(R8)", 13)
				for j := range n {
					if kx := column - j*step; kx >= 0 && kx < kernel {
						a.postfix(fmt.Sprintf("V%d V13 V%d *+ =V%d", 9+j, first+kx, 9+j), 14, 15)
					}
				}
				if column < columns-1 {
					a.line("ADDQ R9, R8")
				}
			}
			if ky < kernel-1 {
				a.line("ADDQ 32(AX), DX") // a row
			}
		}
		a.limits(depthwiseFloor, 13)
		for j := range n {
			a.put(fmt.Sprintf("V%d V13 pmax V14 pmin", 9+j), "(R12)", 15)
			a.line("ADDQ R11, R12")
		}
		a.line("ADDQ 56(AX), R13") // a tile
		a.line("DECQ R15")
		a.line("JNE tiles%s", vector)
		for _, reg := range []string{"DI", "SI", "CX"} {
			a.line("ADDQ $%d, %s", a.bytes(), reg)
		}
		a.line("ADDQ $%d, BX", weightsPanel*kernel*kernel)
		a.line("DECQ %d(AX)", count)
		a.line("JNE vectors%s", vector)
		a.line("%s:", end)
	}
	a.end()
}
