package main

import "fmt"

// tilesAMD64 are the microkernels: pixels x panels of eight channels. Sixteen registers hold twelve
// sums, two vectors of weights, a pixel's value and a product.
var tilesAMD64 = [][2]int{{6, 2}, {4, 2}, {2, 2}, {1, 2}, {12, 1}, {6, 1}, {4, 1}, {2, 1}, {1, 1}}

// convAMD64Source is conv_amd64.s.
func convAMD64Source() []byte {
	a := newX86()
	for _, t := range tilesAMD64 {
		a.conv(t[0], t[1], false)
	}
	for _, t := range tilesAMD64 {
		if t[1] == 1 {
			a.conv(t[0], 1, true)
		}
	}
	a.panels()
	return a.source()
}

// pixelPointers are the registers that point to every third pixel of a tile: the two behind it are
// one and two steps (R12) further.
var pixelPointers = []string{"R8", "R9", "R10", "R11"}

func pixelAddress(j, offset int) string {
	return fmt.Sprintf("%d(%s)", offset, pixelPointers[j/3]) + []string{"", "(R12*1)", "(R12*2)"}[j%3]
}

// conv writes the microkernel of tiles of n neighbouring pixels x one or two panels: see asm.conv,
// whose order of sums it keeps.
//
// Registers: AX the struct tiles, DI destination, SI the row, BX weights, CX bytes from the first
// panel's weights to the second's, DX steps left, R8.. pixels, R12 bytes between pixels, R13 rows
// left, R14 columns left (grouped), R15 tiles left. Y0.. the sums (a pixel's panels beside each
// other), Y12 and Y13 weights.
func (a *x86) conv(n, panels int, grouped bool) {
	name := fmt.Sprintf("convTiles%dx%d", n, panels)
	if grouped {
		name = fmt.Sprintf("groupedTiles%d", n)
	}
	a.start(name, "t", "tiles", 0)
	a.field(tileStep, "R12")
	a.field(tilePanelWeights, "CX")
	a.line("times:")
	a.field(tileDst, "DI")
	a.field(tileSrc, "SI")
	a.field(tileCount, "R15")
	a.line("tiles:")
	a.field(tileBias, "DX")
	for p := range panels { // every pixel's sums start from the bias
		a.load(fmt.Sprintf("%d(DX)", 32*p), p)
		for j := 1; j < n; j++ {
			a.line("VMOVAPS Y%d, Y%d", p, panels*j+p)
		}
	}
	a.field(tileWeights, "BX")
	a.field(tileRows, "R13")
	a.line("rows:")
	if grouped {
		a.field(tileColumns, "R14")
		a.line("columns:")
	}
	a.line("MOVQ SI, R8")
	for j := 3; j < n; j += 3 {
		a.line("LEAQ (%s)(R12*2), %s", pixelPointers[j/3-1], pixelPointers[j/3])
		a.line("ADDQ R12, %s", pixelPointers[j/3])
	}
	a.field(tileRun, "DX")
	a.line("steps:")
	for step := range 4 {
		a.load(fmt.Sprintf("%d(BX)", 32*step), 12)
		if panels == 2 {
			a.load(fmt.Sprintf("%d(BX)(CX*1)", 32*step), 13)
		}
		for j := range n {
			a.broadcast(pixelAddress(j, 4*step), 14)
			if panels == 1 {
				a.line("VMULPS Y14, Y12, Y15")
				a.line("VADDPS Y15, Y%d, Y%d", j, j)
				continue
			}
			a.line("VMULPS Y14, Y12, Y15")
			a.line("VMULPS Y14, Y13, Y14")
			a.line("VADDPS Y15, Y%d, Y%d", 2*j, 2*j)
			a.line("VADDPS Y14, Y%d, Y%d", 2*j+1, 2*j+1)
		}
	}
	for j := 0; j < n; j += 3 {
		a.line("ADDQ $16, %s", pixelPointers[j/3])
	}
	a.line("ADDQ $128, BX")
	a.line("SUBQ $4, DX")
	a.line("JNE steps")
	if grouped {
		a.line("ADDQ %d(AX), SI", tileColumn)
		a.line("DECQ R14")
		a.line("JNE columns")
	}
	a.line("ADDQ %d(AX), SI", tileRow)
	a.line("DECQ R13")
	a.line("JNE rows")

	a.limits(tileFloor, 12)
	a.field(tileOut, "DX")
	a.field(tilePanelDst, "R13")
	for j := range n {
		for p := range panels {
			a.put(fmt.Sprintf("V%d V12 pmax V13 pmin", panels*j+p), []string{"(DI)", "(DI)(R13*1)"}[p], 14)
		}
		a.line("ADDQ DX, DI")
	}
	a.line("ADDQ %d(AX), SI", tileNext)
	a.line("DECQ R15")
	a.line("JNE tiles")
	for i, field := range []int{tileDst, tileSrc, tileWeights} {
		a.advanceField(field, tileTimesDst+8*i, "DX")
	}
	a.line("DECQ %d(AX)", tileTimes)
	a.line("JNE times")
	a.end()
}

// panels writes the microkernel of one pixel x 32 output channels: see asm.panels. R8 to R11 are
// the weights of the four panels, R12 bytes from one panel's to the next, R13 groups left.
func (a *x86) panels() {
	a.start("convPanels", "t", "tiles", 0)
	a.field(tileDst, "DI")
	a.field(tileBias, "CX")
	a.field(tileWeights, "R11")
	a.field(tileTimesWeights, "R12")
	a.field(tileCount, "R13")
	a.limits(tileFloor, 11)
	a.line("groups:")
	a.line("MOVQ R11, R8")
	for p := 1; p < 4; p++ {
		a.line("LEAQ (%s)(R12*1), %s", pixelPointers[p-1], pixelPointers[p])
	}
	for p := range 4 {
		a.load(fmt.Sprintf("%d(CX)", 32*p), p)
	}
	a.field(tileSrc, "SI")
	a.field(tileRun, "DX")
	a.line("steps:")
	for step := range 4 {
		a.broadcast(fmt.Sprintf("%d(SI)", 4*step), 14)
		for p := range 4 {
			a.postfix(fmt.Sprintf("V%d V14 %d(%s) *+ =V%d", p, 32*step, pixelPointers[p], p), 13, 15)
		}
	}
	a.line("ADDQ $16, SI")
	for _, p := range pixelPointers {
		a.line("ADDQ $128, %s", p)
	}
	a.line("SUBQ $4, DX")
	a.line("JNE steps")
	for p := range 4 {
		a.put(fmt.Sprintf("V%d V11 pmax V12 pmin", p), fmt.Sprintf("%d(DI)", 32*p), 13)
	}
	a.line("ADDQ $128, DI")
	a.line("ADDQ $128, CX")
	a.line("DECQ R13")
	a.line("JNE groups") // the last panel's pointer stands where the next group begins
	a.end()
}
