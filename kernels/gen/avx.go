package main

import (
	"fmt"
	"slices"
	"strings"
)

// x86 writes functions for processors with AVX2. Every instruction that touches a vector is VEX
// encoded, every product is rounded before it is added, and every function ends with VZEROUPPER:
// Go's own SSE code would be slow behind the upper halves of registers that are in use.
type x86 struct {
	*asm
	vector string   // "Y" for eight values in a register, "X" for four
	free   []string // vector registers for the values between
}

func newX86() *x86 {
	a := &x86{asm: newAsm(), vector: "Y"}
	a.WriteString("#include \"funcdata.h\"\n")
	return a
}

// start starts a function of one pointer, which lies in AX. A function with a frame can grow the
// stack, so it tells that its frame holds no pointers.
func (a *x86) start(name, argument, kind string, frame int) {
	flags := "NOSPLIT"
	if frame > 0 {
		flags = "0"
	}
	fmt.Fprintf(a, "\n// func %s(%s *%s)\nTEXT ·%s(SB), %s, $%d-8\n", name, argument, kind, name, flags, frame)
	if frame > 0 {
		a.line("NO_LOCAL_POINTERS")
	}
	a.functions, a.multiplyAdds = append(a.functions, name), append(a.multiplyAdds, 0)
	a.line("MOVQ %s+0(FP), AX", argument)
}

func (a *x86) end() {
	a.line("VZEROUPPER")
	a.line("RET")
}

// field loads a field of the struct at AX.
func (a *x86) field(offset int, reg string) { a.line("MOVQ %d(AX), %s", offset, reg) }

// advanceField adds a field to a field of the struct at AX, by way of a register.
func (a *x86) advanceField(offset, by int, reg string) {
	a.field(by, reg)
	a.line("ADDQ %s, %d(AX)", reg, offset)
}

// bytes is the size of a vector.
func (a *x86) bytes() int { return map[string]int{"Y": 32, "X": 16}[a.vector] }

func (a *x86) reg(i int) string { return fmt.Sprintf("%s%d", a.vector, i) }

// broadcast sets all lanes of a vector register to one value in memory.
func (a *x86) broadcast(memory string, reg int) { a.line("VBROADCASTSS %s, %s", memory, a.reg(reg)) }

// limits loads the least value, and the largest, which lies behind it, into two vector registers.
func (a *x86) limits(floor, reg int) {
	a.broadcast(fmt.Sprintf("%d(AX)", floor), reg)
	a.broadcast(fmt.Sprintf("%d(AX)", floor+4), reg+1)
}

func (a *x86) load(memory string, reg int)  { a.line("VMOVUPS %s, %s", memory, a.reg(reg)) }
func (a *x86) store(reg int, memory string) { a.line("VMOVUPS %s, %s", a.reg(reg), memory) }

// postfix writes an expression as asm.postfix does. An operand may also be in memory: 32(BX).
// Without "=" at its end, the register that holds the value is returned and belongs to the caller
// until keep gives it back.
func (a *x86) postfix(expression string, temporaries ...int) (value string) {
	a.free = nil
	for _, t := range temporaries {
		a.free = append(a.free, a.reg(t))
	}
	pool := slices.Clone(a.free)
	var stack []string
	take := func() string {
		if len(a.free) == 0 {
			panic("no register left for " + expression)
		}
		r := a.free[0]
		a.free = a.free[1:]
		return r
	}
	pop := func() string {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		return v
	}
	drop := func(v string) {
		if slices.Contains(pool, v) {
			a.free = append([]string{v}, a.free...)
		}
	}
	inRegister := func(v string) string {
		if !strings.HasSuffix(v, ")") {
			return v
		}
		r := take()
		a.line("VMOVUPS %s, %s", v, r)
		return r
	}
	words := strings.Fields(expression)
	for i := 0; i < len(words); i++ {
		target := "" // of the operation, if it is stored at once
		if i+1 < len(words) && words[i+1][0] == '=' {
			target = a.vector + words[i+1][2:]
		}
		result := func(used ...string) string {
			for _, u := range used {
				drop(u)
			}
			if target != "" {
				i++
				return target
			}
			return take()
		}
		switch word := words[i]; {
		case word[0] == '=': // a copy
			v := pop()
			a.line("VMOVUPS %s, %s", v, a.vector+word[2:])
			drop(v)
			continue
		case word[0] == 'V':
			stack = append(stack, a.vector+word[1:])
			continue
		case strings.HasSuffix(word, ")"):
			stack = append(stack, word)
			continue
		case word == "power": // 2 to the whole number in the last bits: the operand on top is the exponent's bias
			bias, v := pop(), pop()
			d := result(v)
			a.line("VPADDD %s, %s, %s", bias, v, d)
			a.line("VPSLLD $23, %s, %s", d, d)
			stack = append(stack, d)
		case word == "*+" || word == "*-":
			y, x := pop(), pop()
			z := inRegister(pop())
			if !strings.HasSuffix(y, ")") {
				x, y = y, x
			}
			x = inRegister(x)
			drop(x)
			drop(y)
			p := take()
			a.line("VMULPS %s, %s, %s", y, x, p)
			d := result(p, z)
			a.line("%s %s, %s, %s", map[string]string{"*+": "VADDPS", "*-": "VSUBPS"}[word], p, z, d)
			stack = append(stack, d)
		default:
			y, x := pop(), pop()
			if word == "pmin" || word == "pmax" { // the second value where the comparison holds, the first otherwise: x86 wants it the other way round
				x, y = y, x
			}
			x = inRegister(x)
			d := result(x, y)
			a.line("%s %s, %s, %s", map[string]string{"+": "VADDPS", "-": "VSUBPS", "*": "VMULPS", "/": "VDIVPS", "pmin": "VMINPS", "pmax": "VMAXPS"}[word], y, x, d)
			stack = append(stack, d)
		}
		if target != "" {
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) == 1 {
		return stack[0]
	}
	return ""
}

// put stores the value of an expression.
func (a *x86) put(expression, memory string, temporaries ...int) {
	a.line("VMOVUPS %s, %s", a.postfix(expression, temporaries...), memory)
}
