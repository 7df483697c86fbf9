package main

import (
	"fmt"
	"strings"
)

// vectorSource writes the loops over one pixel's channels, four at a time.
func vectorSource() []byte {
	a := newAsm()
	a.vector("addVec", []string{"dst", "src"}, "", func() {
		a.load("R1")
		a.load("R2")
		a.line("F32x4Add")
	})
	a.vector("mulVec", []string{"dst", "src", "gate"}, "", func() {
		a.load("R2")
		a.load("R3")
		a.line("F32x4Mul")
	})
	a.vector("maxVec", []string{"dst", "src"}, "", func() {
		a.load("R1")
		a.load("R2")
		a.line("F32x4Pmax")
	})
	a.vector("affineVec", []string{"dst", "src", "scale", "shift"}, "floor", func() {
		a.load("R4")
		a.load("R2")
		a.load("R3")
		a.multiplyAdd()
		a.line("Get V0")
		a.line("F32x4Pmax")
	})
	return a.source()
}

// vector writes one function: its pointers in R1.., the first of which is stored to, the count in R0, and a constant in all lanes of V0.
func (a *asm) vector(name string, pointers []string, constant string, body func()) {
	size, signature := 8*len(pointers)+8, strings.Join(pointers, ", ")+" *float32, n int64"
	if constant != "" {
		signature += ", " + constant + " float32"
	}
	args := size
	if constant != "" {
		args += 4
	}
	a.function(name, "("+signature+")", 0, args)
	for i, p := range pointers {
		a.line("I64Load %s+%d(FP)", p, 8*i)
		a.line("Set R%d", i+1)
	}
	a.line("I64Load n+%d(FP)", size-8)
	a.line("Set R0")
	if constant != "" {
		a.line("F32Load %s+%d(FP)", constant, size)
		a.line("F32x4Splat")
		a.line("Set V0")
	}
	a.line("Loop")
	a.address("R1")
	body()
	a.line("V128Store $0, $0")
	for i := range pointers {
		a.advance(fmt.Sprintf("R%d", i+1), 16)
	}
	a.again("R0", 4)
	a.line("RET")
}

// load pushes the four values at the address in a register.
func (a *asm) load(reg string) {
	a.address(reg)
	a.line("V128Load $0")
}
