package postlink

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// withData is a module of one data section.
func withData(body ...byte) []byte { return append(bytes.Clone(preamble), part(11, 1, body)...) }

// Memory that was stored reads as it was, whatever its runs of zeros.
func TestMemoryIsKept(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		want := make([]byte, rng.IntN(2000))
		for i := 0; i < len(want); i += 1 + rng.IntN(1+rng.IntN(3*gap)) {
			want[i] = byte(rng.IntN(256))
		}
		m, err := decode(withData(0))
		if err != nil {
			t.Fatal(err)
		}
		base := rng.IntN(1 << 20)
		m.store(want, base)
		again, err := decode(m.encode())
		if err != nil {
			t.Fatal(err)
		}
		list, err := again.segments()
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		for i, s := range list {
			copy(got[s.at-base:], s.bytes)
			if i > 0 && s.at-list[i-1].at-len(list[i-1].bytes) < gap {
				t.Errorf("segments %d and %d have less than %d zeros between them", i-1, i, gap)
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("% x became % x", want, got)
		}
	}
}

func TestShrinkRefuses(t *testing.T) {
	header := func(words ...uint64) []byte {
		b := bytes.Clone(tablesMagic)
		for _, w := range words {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
		data := append([]byte{1, 0, 0x41, 0, 0x0b}, appendUint(nil, len(b), 1)...)
		return append(bytes.Clone(preamble), part(11, 2, data, b)...)
	}
	for _, c := range []struct {
		name   string
		module []byte
		want   string
	}{
		{"no module", nil, "no WebAssembly module"},
		{"no data", preamble, "none is in the data section"},
		{"a passive segment", withData(1, 1, 1, 7), "expected mode 0"},
		{"an address that is a global", withData(1, 0, 0x23, 0, 0x0b, 0), "expected mode 0 and an i32.const"},
		{"an address below zero", withData(1, 0, 0x41, 0x7f, 0x0b, 0), "address -1"},
		{"an address that is computed", withData(1, 0, 0x41, 0, 0x41, 0), "not a single constant"},
		{"a segment that is cut", withData(1, 0, 0x41, 0, 0x0b, 9, 1), "a list of 9"},
		{"bytes behind the segments", withData(0, 0), "left over"},
		{"two segments that are far apart", withData(2, 0, 0x41, 0, 0x0b, 1, 1, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x04, 0x0b, 1, 1), "expected at most"},
		{"tables that end in their header", header(1), "end inside their header"},
		{"tables out of order", header(1, 1, 0, 72, 72, 80, 72, 72, 0), "expected at least one function and the tables in this order"},
		{"more functions than bytes", header(9, 1, 0, 72, 72, 72, 72, 73, 0), "expected at least one function"},
		{"a record outside", header(1, 1, 0, 72, 72, 72, 72, 80, 0, 99<<32), "record of function 0 at 179"},
		{"a name outside", header(1, 1, 0, 72, 72, 72, 72, 80, 0, 8<<32, 9<<32, 0, 0, 0, 0, 0), "its name stands at 9 of 0 bytes"},
	} {
		_, err := Shrink(c.module)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, expected one with %q", c.name, err, c.want)
		}
	}
}

// A program that was shrunk grows stacks, collects garbage, recovers and names its callers as
// before; what it no longer knows are lines, files, and the names of other packages' functions.
func TestShrunkProgramRuns(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Node to run the program with")
		}
		t.Skip("skipped: no Node to run the program with")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, inlining := range []string{"", "-l"} { // with and without inlined functions
		linked := filepath.Join(folder, "linked.wasm")
		b := link(t, "./testdata/program", "-gcflags=all="+inlining, "-ldflags=-w")
		if err := os.WriteFile(linked, b, 0o644); err != nil {
			t.Fatal(err)
		}
		small, err := Shrink(b, "main.")
		if err != nil {
			t.Fatal(err)
		}
		shrunk := filepath.Join(folder, "shrunk.wasm")
		if err := os.WriteFile(shrunk, small, 0o644); err != nil {
			t.Fatal(err)
		}
		if now, before := codeSize(t, small), codeSize(t, b); now > before*80/100 {
			t.Errorf("inlining %q: %d bytes of code became %d, expected at most 80 %%", inlining, before, now)
		}
		run := func(file string) (stdout, trace string) {
			cmd := exec.Command(node, filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js"), file)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			var out, stderr strings.Builder
			cmd.Stdout, cmd.Stderr = &out, &stderr
			if err := cmd.Run(); err == nil {
				t.Errorf("%s ends well, expected the panic at its end", file)
			}
			return out.String(), stderr.String()
		}
		want, wantTrace := run(linked)
		got, trace := run(shrunk)
		if !strings.Contains(want, "main.main true true") || !strings.Contains(want, "recovered: runtime error") {
			t.Fatalf("the linked program printed\n%s", want)
		}
		if got != strings.ReplaceAll(want, " true true", " false false") {
			t.Errorf("inlining %q: the shrunk program printed\n%s\nexpected\n%s", inlining, got, want)
		}
		const reason = "panic: assignment to entry in nil map"
		if !strings.Contains(wantTrace, "main.go:") || !strings.Contains(trace, reason) || !strings.Contains(trace, "main.main()\n\t?:0") || strings.Contains(trace, "runtime.main") || strings.Contains(trace, ".go:") {
			t.Errorf("inlining %q: the shrunk program's last words are\n%s\nthe linked one's\n%s", inlining, trace, wantTrace)
		}
	}
}

// codeSize is how many bytes the functions of a module take.
func codeSize(t *testing.T, module []byte) (n int) {
	t.Helper()
	m, err := decode(module)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.functions {
		n += len(f.locals) + len(f.code)
	}
	return n
}
