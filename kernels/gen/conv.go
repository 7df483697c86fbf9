package main

import "fmt"

// sizes are the numbers of pixels for which there is a microkernel. V8 has 15 vector registers.
// Four pixels use 8 for sums, 2 for weights and 2 for a pixel and its product. Six use 12, 2 and 1,
// and the product spills: they are for builds that fuse it with its addition.
var sizes = []int{6, 4, 2, 1}

// convSource is conv_wasm.s.
func convSource() []byte {
	a := newAsm()
	for _, n := range sizes {
		a.conv(n, false)
	}
	for _, n := range sizes {
		a.conv(n, true)
	}
	a.panels()
	return a.source()
}

// panels writes the microkernel of one pixel x 32 output channels, which a fully connected layer
// is: eight sums hide the additions' latency, where convTiles1 has two. R2 the source's values, R5
// to R8 the weights of the four panels, R9 bytes from one panel's to the next, R15 groups of four
// panels left. V0.. the sums, V14 a value of the source.
func (a *asm) panels() {
	a.function("convPanels", "(t *tiles)", 0, 8)
	a.line("I64Load t+0(FP)")
	a.line("Set R0")
	a.field(tileDst, "R1")
	a.field(tileBias, "R3")
	a.field(tileWeights, "R8")
	a.field(tileTimesWeights, "R9")
	a.field(tileCount, "R15")
	a.line("Loop") // groups
	a.line("Get R8")
	a.line("Set R5")
	for p := 1; p < 4; p++ {
		a.add(fmt.Sprintf("R%d", 5+p), fmt.Sprintf("R%d", 4+p), "R9")
	}
	for i := range 8 {
		a.address("R3")
		a.line("V128Load $%d", 16*i)
		a.line("Set V%d", i)
	}
	a.field(tileSrc, "R2")
	a.field(tileRun, "R4")
	a.line("Loop") // steps
	for step := range 4 {
		a.splat("R2", step)
		a.line("Set V14")
		for i := range 8 {
			a.line("Get V%d", i)
			a.line("Get V14")
			a.address(fmt.Sprintf("R%d", 5+i/2))
			a.line("V128Load $%d", 32*step+16*(i%2))
			a.multiplyAdd()
			a.line("Set V%d", i)
		}
	}
	a.advance("R2", 16)
	for p := range 4 {
		a.advance(fmt.Sprintf("R%d", 5+p), 128)
	}
	a.again("R4", 4)
	a.limits(tileFloor, 13)
	for i := range 8 {
		a.address("R1")
		a.postfix(fmt.Sprintf("V%d V13 pmax V14 pmin", i))
		a.line("V128Store $0, $%d", 16*i)
	}
	a.advance("R1", 128)
	a.advance("R3", 128)
	a.again("R15", 1) // the last panel's pointer stands where the next group begins
	a.line("RET")
}

// limits loads the least value, and the largest, which lies behind it, into two vector registers.
func (a *asm) limits(floor, reg int) {
	for i := range 2 {
		a.address("R0")
		a.line("F32Load $%d", floor+4*i)
		a.line("F32x4Splat")
		a.line("Set V%d", reg+i)
	}
}

// conv writes the microkernel of tiles of N neighbouring pixels x 8 output channels: N x 2 vectors
// of sums stay in registers, each weight vector that is loaded serves N pixels, and four steps of
// the sum are unrolled, so that a pointer moves once for four.
//
// In a grouped convolution the run of each column of the kernel is shorter than a pixel, so there
// is one more loop.
//
// Registers: R0 the tile (see the struct in conv_simd.go), R1 destination, R2 weights, R3 rows
// left, R4 steps left, R5.. the pixels, R11 the row, R12 its stride (grouped: columns left), R13
// bytes between pixels, R14 length of a run, R15 tiles left. V0.. the sums (two a pixel), V12 and
// V13 weights, V14 a pixel's value.
func (a *asm) conv(n int, grouped bool) {
	name := "convTiles%d"
	if grouped {
		name = "groupedTiles%d"
	}
	a.function(fmt.Sprintf(name, n), "(t *tiles)", 0, 8)
	a.line("I64Load t+0(FP)")
	a.line("Set R0")
	if !grouped {
		a.field(tileRow, "R12")
	}
	a.field(tileStep, "R13")
	a.field(tileRun, "R14")
	a.line("Loop") // times
	a.field(tileDst, "R1")
	a.field(tileSrc, "R11")
	a.field(tileCount, "R15")
	a.line("Loop") // tiles
	a.field(tileBias, "R3")
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
	a.field(tileWeights, "R2")
	a.field(tileRows, "R3")
	a.line("Loop") // rows
	if grouped {
		a.field(tileColumns, "R12")
		a.line("Loop") // columns
	}
	a.line("Get R11")
	a.line("Set R5")
	for j := 1; j < n; j++ {
		a.add(fmt.Sprintf("R%d", 5+j), fmt.Sprintf("R%d", 4+j), "R13")
	}
	a.line("Get R14")
	a.line("Set R4")
	a.line("Loop") // steps
	for step := range 4 {
		for half := range 2 {
			a.address("R2")
			a.line("V128Load $%d", 32*step+16*half)
			a.line("Set V%d", 12+half)
		}
		for j := range n {
			a.splat(fmt.Sprintf("R%d", 5+j), step)
			a.line("Set V14")
			for half := range 2 {
				a.postfix(fmt.Sprintf("V%d V14 V%d *+ =V%d", 2*j+half, 12+half, 2*j+half))
			}
		}
	}
	for j := range n {
		a.advance(fmt.Sprintf("R%d", 5+j), 16)
	}
	a.advance("R2", 128)
	a.again("R4", 4)
	if grouped {
		a.field(tileColumn, "R4")
		a.add("R11", "R11", "R4")
		a.again("R12", 1)
		a.field(tileRow, "R4")
		a.add("R11", "R11", "R4")
	} else {
		a.add("R11", "R11", "R12")
	}
	a.again("R3", 1)

	a.limits(tileFloor, 12)
	a.field(tileOut, "R4")
	for j := range n {
		for half := range 2 {
			a.address("R1")
			a.postfix(fmt.Sprintf("V%d V12 pmax V13 pmin", 2*j+half))
			a.line("V128Store $0, $%d", 16*half)
		}
		a.add("R1", "R1", "R4")
	}
	a.field(tileNext, "R4")
	a.add("R11", "R11", "R4")
	a.again("R15", 1)
	for i, field := range []int{tileDst, tileSrc, tileWeights} {
		a.field(field, "R1")
		a.field(tileTimesDst+8*i, "R2")
		a.add("R1", "R1", "R2")
		a.put(field, "R1")
	}
	a.field(tileTimes, "R3")
	a.advance("R3", -1)
	a.put(tileTimes, "R3")
	a.again("R3", 0)
	a.line("RET")
}

// The offsets of the struct tiles in conv_simd.go.
const (
	tileDst = 8 * iota
	tileSrc
	tileWeights
	tileBias
	tileRow
	tileStep
	tileOut
	tileRun
	tileNext
	tileRows
	tileCount
	tileTimes
	tileTimesDst
	tileTimesSrc
	tileTimesWeights
	tilePanelDst
	tilePanelWeights
	tileColumns
	tileColumn
	tileFloor
)
