package postlink

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// FolderCounts reads the counts of all kernels in the folder dir, the package pkg.
func FolderCounts(dir, pkg string) (map[string]int, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*_wasm.s"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no *_wasm.s, the kernels whose multiply-adds are fused", dir)
	}
	all := map[string]int{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		counts, err := Counts(pkg, source)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", file, err)
		}
		maps.Copy(all, counts)
	}
	return all, nil
}

// Counts reads the last line of an assembly file that kernels/gen wrote: how many multiply-adds
// each function has. pkg is the import path of the file's package; the keys are the functions'
// names as Go's linker writes them, "sescope_kernels.convTile6".
func Counts(pkg string, source []byte) (map[string]int, error) {
	const start = "\n// multiply-adds: "
	_, line, ok := bytes.Cut(source, []byte(start))
	if !ok {
		return nil, fmt.Errorf("no line begins with %q", start[1:])
	}
	counts := map[string]int{}
	for _, entry := range strings.Split(strings.TrimSpace(string(line)), ", ") {
		name, number, _ := strings.Cut(entry, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || name == "" {
			return nil, fmt.Errorf("multiply-adds: %q, expected a function's name and a number above 0", entry)
		}
		counts[linkName(pkg, name)] = n
	}
	return counts, nil
}

// linkName is how Go's linker writes a function's name into the module: letters, digits, _ and
// dots.
func linkName(pkg, function string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, pkg+"."+function)
}

// Build takes a module that was linked with its function names, and how many multiply-adds each
// kernel has. It returns the module without the names, and the same with the kernels' multiply-adds
// fused. Kernels that the linker left out, because nothing calls them, are passed over; but there
// has to be one, and each must hold exactly as many multiply-adds as announced.
func Build(linked []byte, counts map[string]int) (plain, fused []byte, err error) {
	m, err := decode(linked)
	if err != nil {
		return nil, nil, err
	}
	names, err := m.names()
	if err != nil {
		return nil, nil, err
	}
	m.drop("name")
	plain = m.encode()
	found := false
	for _, index := range slices.Sorted(maps.Keys(names)) {
		name := names[index]
		want, ok := counts[name]
		if !ok {
			continue
		}
		found = true
		i := index - m.imported
		if i < 0 || i >= len(m.functions) {
			return nil, nil, fmt.Errorf("function %d (%s): the module defines functions %d to %d only", index, name, m.imported, m.imported+len(m.functions)-1)
		}
		n, err := m.functions[i].fuse()
		if err == nil && n != want {
			err = fmt.Errorf("%d multiply-adds were found, its generator announced %d", n, want)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("code section, function %d (%s): %v", index, name, err)
		}
	}
	if !found {
		return nil, nil, fmt.Errorf("none of the functions %s is in the module; was it linked without names (-s)?", strings.Join(slices.Sorted(maps.Keys(counts)), ", "))
	}
	return plain, m.encode(), nil
}

// fuse rewrites the function's multiply-adds and returns how many there were.
func (f *function) fuse() (n int, err error) {
	list, err := f.instructions()
	if err != nil {
		return 0, err
	}
	out := make([]instruction, 0, len(list))
	for _, in := range list {
		if in.op == opNop { // Go's assembler leaves one behind every SIMD instruction of a high number
			continue
		}
		last := len(out) - 1
		if in.op != opAdd && in.op != opSub || last < 0 || out[last].op != opMul {
			out = append(out, in)
			continue
		}
		// What the product stands on: z, x and y, each from its first instruction on.
		y, ok := operand(out[:last])
		x, z := 0, 0
		if ok {
			x, ok = operand(out[:y])
		}
		if ok {
			z, ok = operand(out[:x])
		}
		if !ok {
			return 0, fmt.Errorf("the operands of the multiply-add at offset %#x are not just computed before it, so they cannot be put in order", in.at)
		}
		addend := slices.Clone(out[z:x])
		out = append(append(out[:z], out[x:last]...), addend...)
		fused := instruction{op: simd + 0x105, bytes: relaxedMadd, at: in.at}
		if in.op == opSub {
			fused.op, fused.bytes = simd+0x106, relaxedNmadd
		}
		out = append(out, fused)
		n++
	}
	code := make([]byte, 0, len(f.code))
	for _, in := range out {
		code = append(code, in.bytes...)
	}
	f.code = code
	return n, nil
}

// operand returns where the instructions begin that push the last value of the list.
func operand(list []instruction) (first int, ok bool) {
	missing := 1
	for first = len(list); missing > 0; {
		if first--; first < 0 {
			return 0, false
		}
		pops, ok := list[first].pops()
		if !ok {
			return 0, false
		}
		missing += pops - 1
	}
	return first, true
}
