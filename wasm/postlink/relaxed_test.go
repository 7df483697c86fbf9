package postlink

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tiny modules of the tests are written by hand: sections of (id, bytes), sizes by appendUint.
func part(id int, width int, content ...[]byte) []byte {
	body := bytes.Join(content, nil)
	return append(appendUint([]byte{byte(id)}, len(body), width), body...)
}

func text(s string) []byte { return append(appendUint(nil, len(s), 1), s...) }

func body(code ...byte) []byte {
	f := append([]byte{0}, code...) // no locals
	return append(appendUint(nil, len(f), 1), f...)
}

// tiny is a module that imports one function and defines "k.plain" (index 1) and "k.kernel" (index
// 2) of three vectors to one.
func tiny(kernel []byte) []byte {
	vectors := []byte{1, 0x60, 3, 0x7b, 0x7b, 0x7b, 1, 0x7b}
	return bytes.Join([][]byte{
		preamble,
		part(0, 5, text("go:buildid"), []byte("any")),
		part(1, 1, vectors),
		part(2, 1, []byte{1}, text("js"), text("f"), []byte{0, 0}),
		part(3, 1, []byte{2, 0, 0}),
		part(10, 5, appendUint(nil, 2, 2), body(0x20, 0, 0x20, 1, 0x20, 2, 0xfd, 0xe6, 1, 0xfd, 0xe4, 1, 0x0b), body(kernel...)),
		part(0, 2, text("name"), part(0, 1, text("a module")), part(1, 3, []byte{2}, []byte{1}, text("k.plain"), []byte{2}, text("k.kernel"))),
	}, nil)
}

// Instructions of the goldens.
var (
	z, x, y  = []byte{0x20, 0}, []byte{0x20, 1}, []byte{0x20, 2}
	mul, add = []byte{0xfd, 0xe6, 1}, []byte{0xfd, 0xe4, 1}
	sub      = []byte{0xfd, 0xe5, 1}
	nop      = []byte{0x01}
	end      = []byte{0x0b}
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

var goldens = []struct {
	name        string
	code, fused []byte
	count       int
}{
	{"a sum", join(z, x, y, mul, add, end), join(x, y, z, relaxedMadd, end), 1},
	{"a difference", join(z, x, y, mul, sub, end), join(x, y, z, relaxedNmadd, end), 1},
	{"operands that are computed", join(z, x, sub, y, x, sub, x, mul, add, end), join(y, x, sub, x, z, x, sub, relaxedMadd, end), 1},
	{"Go's nops", join(z, x, y, mul, nop, add, nop, end), join(x, y, z, relaxedMadd, end), 1},
	{"a sum on a sum", join(z, x, y, mul, add, x, x, mul, add, end), join(x, x, x, y, z, relaxedMadd, relaxedMadd, end), 2},
	{"a sum as a factor", join(z, z, x, y, mul, add, y, mul, add, end), join(x, y, z, relaxedMadd, y, z, relaxedMadd, end), 2},
	{"a product that is not added", join(x, y, mul, end), join(x, y, mul, end), 0},
	{"a product below its addend", join(x, y, mul, z, add, end), join(x, y, mul, z, add, end), 0},
	{"a sum inside a block", join([]byte{0x02, 0x7b}, z, x, y, mul, add, end, end), join([]byte{0x02, 0x7b}, x, y, z, relaxedMadd, end, end), 1},
	// i32.const 0, v128.load align 16 offset 300; v128.const with bytes that look like
	// instructions; f32.const, f32x4.splat
	{"loads and constants", join([]byte{0x41, 0, 0xfd, 0, 4, 0xac, 2}, []byte{0xfd, 12}, bytes.Repeat([]byte{0xfd, 0xe6}, 8), []byte{0x43, 0xfd, 0xe4, 1, 0x0b, 0xfd, 0x13}, mul, add, end),
		join([]byte{0xfd, 12}, bytes.Repeat([]byte{0xfd, 0xe6}, 8), []byte{0x43, 0xfd, 0xe4, 1, 0x0b, 0xfd, 0x13}, []byte{0x41, 0, 0xfd, 0, 4, 0xac, 2}, relaxedMadd, end), 1},
}

func TestGoldens(t *testing.T) {
	for _, g := range goldens {
		module := tiny(g.code)
		counts := map[string]int{"k.kernel": g.count, "k.not_linked": 7}
		plain, fused, err := Build(module, counts)
		if err != nil {
			t.Errorf("%s: %v", g.name, err)
			continue
		}
		if want := withoutNames(tiny(g.code)); !bytes.Equal(plain, want) {
			t.Errorf("%s: the plain module is\n% x, expected\n% x", g.name, plain, want)
		}
		if want := withoutNames(tiny(g.fused)); !bytes.Equal(fused, want) {
			t.Errorf("%s: the relaxed module is\n% x, expected\n% x", g.name, fused, want)
		}
		if !bytes.Equal(module, tiny(g.code)) {
			t.Errorf("%s: the given module was written to", g.name)
		}
	}
}

// withoutNames cuts the last section of a tiny module off.
func withoutNames(module []byte) []byte {
	return module[:bytes.LastIndex(module, []byte("\x04name"))-3]
}

func TestBuildRefuses(t *testing.T) {
	good := join(z, x, y, mul, add, end)
	module := tiny(good)
	counts := map[string]int{"k.kernel": 1}
	for _, c := range []struct {
		name   string
		module []byte
		counts map[string]int
		want   string
	}{
		{"empty", nil, counts, "no WebAssembly module"},
		{"another version", append([]byte("\x00asm\x02\x00\x00\x00"), module[8:]...), counts, "no WebAssembly module"},
		{"cut in a section", module[:len(module)-1], counts, "section at offset"},
		{"a size of six bytes", append(bytes.Clone(module), 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0), counts, "more than 32 bits"},
		{"no names", withoutNames(module), counts, "linked without names"},
		{"fewer than announced", module, map[string]int{"k.kernel": 2}, "function 2 (k.kernel): 1 multiply-adds were found, its generator announced 2"},
		{"more than announced", tiny(join(z, x, y, mul, add, x, y, mul, add, end)), counts, "2 multiply-adds were found, its generator announced 1"},
		{"an operand that sets a local", tiny(join(z, x, []byte{0x22, 1}, y, mul, add, end)), counts, "function 2 (k.kernel): the operands of the multiply-add at offset"},
		{"no addend", tiny(join(x, y, mul, add, end)), counts, "cannot be put in order"},
		{"an unknown opcode", tiny(join(z, []byte{0xff}, end)), counts, "function 2 (k.kernel): instruction at offset 0x50: unknown opcode 0xff"},
		{"an unknown SIMD opcode", tiny(join([]byte{0xfd, 0xff, 0x7f}, end)), counts, "unknown opcode 0xfd 16383"},
		{"code behind the end", tiny(join(good, z)), counts, "behind the function's end"},
		{"no end", tiny(good[:len(good)-1]), counts, "ends at offset"},
		{"a cut constant", tiny([]byte{0xfd, 12, 1, 2}), counts, "2 bytes are left"},
		{"two code sections", append(bytes.Clone(module), part(10, 1, []byte{0})...), counts, "a second code section"},
		{"a name without a function", append(bytes.Clone(module), part(0, 1, text("name"), part(1, 1, []byte{1, 99}, text("k.kernel")))...), counts, "defines functions 1 to 2 only"},
	} {
		_, _, err := Build(c.module, c.counts)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, expected one with %q", c.name, err, c.want)
		}
	}
}

func TestCounts(t *testing.T) {
	got, err := Counts("a.b/c", []byte("TEXT ·f(SB)\n\n// multiply-adds: f 3, g2 12\n"))
	if err != nil || !maps.Equal(got, map[string]int{"a.b_c.f": 3, "a.b_c.g2": 12}) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "TEXT\n", "\n// multiply-adds: f\n", "\n// multiply-adds: f 0\n", "\n// multiply-adds: f x, g 1\n"} {
		if got, err := Counts("c", []byte(bad)); err == nil {
			t.Errorf("%q gives %v, expected an error", bad, got)
		}
	}
}

// link builds a program for the browser, with these flags.
func link(t testing.TB, program string, flags ...string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "linked.wasm")
	cmd := exec.Command("go", append(append([]string{"build", "-trimpath", "-buildvcs=false"}, flags...), "-o", out, program)...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The whole program: every section and every instruction decode, and encode to the same bytes;
// without its names it is what the linker makes with -s; the relaxed build differs in the kernels
// only, and an engine accepts it.
func TestProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("links the program twice")
	}
	linked := link(t, "sescope/wasm", "-ldflags=-w")
	m, err := decode(linked)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(m.encode(), linked) {
		t.Error("decoded and encoded the module is not the same")
	}
	n := 0
	for i, f := range m.functions {
		list, err := f.instructions()
		if err != nil {
			t.Fatalf("function %d: %v", m.imported+i, err)
		}
		var again []byte
		for _, in := range list {
			again = append(again, in.bytes...)
		}
		if !bytes.Equal(again, f.code) {
			t.Fatalf("function %d: its instructions are not its code", m.imported+i)
		}
		n += len(list)
	}
	if n < 100_000 {
		t.Errorf("only %d instructions in %d functions: that is not the program", n, len(m.functions))
	}

	counts, err := FolderCounts("../../kernels", "sescope/kernels")
	if err != nil {
		t.Fatal(err)
	}
	plain, fused, err := Build(linked, counts)
	if err != nil {
		t.Fatal(err)
	}
	a, err := decode(plain)
	if err != nil {
		t.Fatal(err)
	}
	stripped, err := decode(link(t, "sescope/wasm", "-ldflags=-s -w"))
	if err != nil {
		t.Fatal(err)
	}
	a.drop("go:buildid") // it tells the linker's flags
	stripped.drop("go:buildid")
	if !bytes.Equal(a.encode(), stripped.encode()) {
		t.Error("the module without names is not what the linker makes with -s")
	}
	b, err := decode(fused)
	if err != nil {
		t.Fatal(err)
	}
	b.drop("go:buildid")
	names, err := m.names()
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i := range a.functions {
		name := names[a.imported+i]
		if same := bytes.Equal(a.functions[i].code, b.functions[i].code); same != (counts[name] == 0) {
			t.Errorf("%s is changed: %t, it has %d multiply-adds", name, !same, counts[name])
		} else if !same {
			changed++
			if n := bytes.Count(b.functions[i].code, relaxedMadd) + bytes.Count(b.functions[i].code, relaxedNmadd); n < counts[name] {
				t.Errorf("%s has %d fused instructions, expected %d", name, n, counts[name])
			}
		}
	}
	t.Logf("%d functions, %d instructions, %d functions fused, %d bytes less", len(a.functions), n, changed, len(plain)-len(fused))
	for i := range a.sections {
		if a.sections[i].id != codeSection && !bytes.Equal(a.sections[i].body, b.sections[i].body) {
			t.Errorf("section %d (id %d) is changed", i, a.sections[i].id)
		}
	}
	for name, module := range map[string][]byte{"plain": plain, "relaxed": fused} {
		validate(t, name, module)
	}
}

// validate asks Node's engine, where there is one; the browser tests run both builds in any case.
// Relaxed SIMD stands behind a flag in Node 20.
func validate(t *testing.T, name string, module []byte) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("no Node to validate with")
		return
	}
	file := filepath.Join(t.TempDir(), name+".wasm")
	if err := os.WriteFile(file, module, 0o644); err != nil {
		t.Fatal(err)
	}
	const script = `new WebAssembly.Module(require('fs').readFileSync(process.argv[1]))`
	var out []byte
	for _, flags := range [][]string{nil, {"--experimental-wasm-relaxed-simd"}} {
		if out, err = exec.Command(node, append(flags, "-e", script, file)...).CombinedOutput(); err == nil {
			return
		}
	}
	t.Errorf("%s: Node refuses the module: %v\n%.500s", name, err, out)
}

func decodes(module []byte) error {
	m, err := decode(module)
	if err != nil {
		return err
	}
	if len(m.functions) == 0 {
		return fmt.Errorf("no functions")
	}
	return nil
}

// Whatever the bytes, there is an answer; and what decodes encodes to itself.
func FuzzBuild(f *testing.F) {
	for _, g := range goldens {
		f.Add(tiny(g.code))
	}
	f.Add(preamble)
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, fused, err := Build(b, map[string]int{"k.kernel": 1})
		if m, e := decode(b); e == nil && !bytes.Equal(m.encode(), b) {
			t.Errorf("encoded again it is % x", m.encode())
		}
		if err != nil {
			return
		}
		for what, made := range map[string][]byte{"plain": plain, "fused": fused} {
			if err := decodes(made); err != nil {
				t.Errorf("the %s module: %v", what, err)
			}
		}
	})
}
