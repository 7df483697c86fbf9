package main

import (
	"fmt"
	"slices"
	"strings"
)

// mapsAMD64Source is maps_amd64.s: the passes of maps_wasm.s, groups of 16 channels in two
// registers and then four channels in half of one.
func mapsAMD64Source() []byte {
	a := newX86()
	a.walk("scaleMap", "a", func(i int) string { return fmt.Sprintf("%s V%d *", a.at("CX", i), 8+i) })
	a.scalePixels()
	a.walk("addMap", "f", func(i int) string { return fmt.Sprintf("%s %s + V7 pmax", a.at("CX", i), a.at("R12", i)) })
	a.walk("affineMap", "ab", func(i int) string { return fmt.Sprintf("V%d %s V%d *+ V7 pmax", 10+i, a.at("CX", i), 8+i) })
	a.sum()
	a.pool("maxPoolMap", "pmax")
	a.pool("sumPoolMap", "+")
	for _, f := range activationPasses {
		a.walk(f.name, "t", func(i int) string {
			words := append([]string{a.at("CX", i)}, strings.Fields(f.expression)...)
			for j, word := range words {
				switch at := slices.Index(table, word); {
				case at >= 0:
					words[j] = a.constantAt(word)
				case word == "power":
					words[j] = a.constantAt("127") + " power"
				}
			}
			return strings.Join(words, " ")
		})
	}
	return a.source()
}

// constantAt is where an activation's constant lies.
func (a *x86) constantAt(name string) string {
	return fmt.Sprintf("%d(R11)", 32*slices.Index(table, name))
}

// at is the i-th vector of a pixel.
func (a *x86) at(reg string, i int) string { return fmt.Sprintf("%d(%s)", a.bytes()*i, reg) }

// pass writes a function that passes over its maps row by row, and in a row by groups of two
// vectors of eight channels and then by single ones of four. body writes one group of n vectors in
// one row, with the struct in AX, pointers to the row's first pixels in DI, SI and DX (of
// destination, source and other map), and what is one value a channel in V8.. (a) and V10.. (b) or
// a table (t) at R11, and the least value in V7 (with b, or f alone). BX, CX, R12 (the pixels) and
// R8 to R10 are free.
func (a *x86) pass(name, constants string, body func(n int)) {
	a.start(name, "w", "walk", 0)
	a.vector = "Y"
	if constants == "ab" || constants == "f" {
		a.broadcast(fmt.Sprintf("%d(AX)", walkFloor), 7)
	}
	constants = strings.Trim(constants, "f")
	a.line("rows:")
	for i, reg := range []string{"DI", "SI", "DX"} {
		a.field(walkMaps+8*i, reg)
	}
	for i := range constants {
		a.field(walkConstants+8*i, []string{"R11", "R13"}[i])
	}
	for part, n := range []int{2, 1} {
		a.vector = []string{"Y", "X"}[part]
		a.field(walkGroups+8*part, "R15")
		a.line("TESTQ R15, R15")
		a.line("JEQ end%s", a.vector)
		a.line("groups%s:", a.vector)
		for i := range constants {
			if constants == "t" { // a table
				break
			}
			reg := []string{"R11", "R13"}[i]
			for j := range n {
				a.load(a.at(reg, j), 8+2*i+j)
			}
			a.line("ADDQ $%d, %s", a.bytes()*n, reg)
		}
		body(n)
		for _, reg := range []string{"DI", "SI", "DX"} {
			a.line("ADDQ $%d, %s", a.bytes()*n, reg)
		}
		a.line("DECQ R15")
		a.line("JNE groups%s", a.vector)
		a.line("end%s:", a.vector)
	}
	for i := range 3 {
		a.advanceField(walkMaps+8*i, walkRow+8*i, "BX")
	}
	a.line("DECQ %d(AX)", walkRows)
	a.line("JNE rows")
	a.end()
}

// pixels loops over a row's pixels, with their pointers in BX, CX and R12.
func (a *x86) pixels(pixel func()) {
	a.line("MOVQ DI, BX")
	a.line("MOVQ SI, CX")
	a.line("MOVQ DX, R12")
	a.field(walkPixels, "R8")
	a.line("pixels%s:", a.vector)
	pixel()
	for i, reg := range []string{"BX", "CX", "R12"} {
		a.line("ADDQ %d(AX), %s", walkPixel+8*i, reg)
	}
	a.line("DECQ R8")
	a.line("JNE pixels%s", a.vector)
}

// walk writes a pass that computes each vector of the destination from those of the other maps
// (pointers in CX and R12) and the constants.
func (a *x86) walk(name, constants string, vector func(i int) string) {
	a.pass(name, constants, func(n int) {
		a.pixels(func() {
			for i := range n {
				a.put(vector(i), a.at("BX", i), 5, 6, 12, 13, 14, 15)
			}
		})
	})
}

// scalePixels multiplies each pixel by the value of the other map there, whatever the channels.
func (a *x86) scalePixels() {
	a.pass("scalePixelsMap", "", func(n int) {
		a.pixels(func() {
			a.broadcast("(R12)", 8)
			for i := range n {
				a.put(fmt.Sprintf("%s V8 *", a.at("CX", i)), a.at("BX", i), 5)
			}
		})
		a.line("SUBQ $%d, DX", a.bytes()*n) // it has no channels to go on to
	})
}

// sum writes the sum over all pixels: a row's in V0.., added to the destination.
func (a *x86) sum() {
	a.pass("sumMap", "", func(n int) {
		for i := range n {
			a.line("VXORPS %s, %s, %s", a.reg(i), a.reg(i), a.reg(i))
		}
		a.pixels(func() {
			for i := range n {
				a.postfix(fmt.Sprintf("V%d %s + =V%d", i, a.at("CX", i), i))
			}
		})
		for i := range n {
			a.put(fmt.Sprintf("V%d %s +", i, a.at("DI", i)), a.at("DI", i), 15)
		}
	})
}

// pool writes a pooling whose windows lie otherW bytes from pixel to pixel and otherRow from behind
// a row to the next row: see asm.pool. R12 runs over the window, R9 and R10 count its rows and
// pixels left.
func (a *x86) pool(name, op string) {
	a.pass(name, "", func(n int) {
		a.pixels(func() {
			a.line("MOVQ CX, R12")
			for i := range n {
				if op == "+" {
					a.line("VXORPS %s, %s, %s", a.reg(i), a.reg(i), a.reg(i))
				} else {
					a.load(a.at("R12", i), i)
				}
			}
			a.field(walkWindow, "R9")
			a.line("windows%s:", a.vector)
			a.field(walkWindow+8, "R10")
			a.line("window%s:", a.vector)
			for i := range n {
				a.postfix(fmt.Sprintf("V%d %s %s =V%d", i, a.at("R12", i), op, i), 14)
			}
			a.line("ADDQ %d(AX), R12", walkPixel+16)
			a.line("DECQ R10")
			a.line("JNE window%s", a.vector)
			a.line("ADDQ %d(AX), R12", walkRow+16)
			a.line("DECQ R9")
			a.line("JNE windows%s", a.vector)
			for i := range n {
				if op == "+" {
					a.broadcast(fmt.Sprintf("%d(AX)", walkFloor), 15)
					a.postfix(fmt.Sprintf("V%d V15 * =V%d", i, i))
				}
				a.store(i, a.at("BX", i))
			}
		})
	})
}
