package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// boot.js stands between a Go program and the browser in two places: Vugu's one call of eval does
// nothing, while window.eval stays the browser's own; and what throws when it is read or set is
// missing or not set, instead of the program's end.
func TestGoImports(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed")
	}
	boot, err := os.ReadFile("static/boot.js")
	if err != nil {
		t.Fatal(err)
	}
	_, functions, ok1 := strings.Cut(string(boot), "function withoutEval(")
	functions, _, ok2 := strings.Cut(functions, "function setChanged(")
	if !ok1 || !ok2 {
		t.Fatal("boot.js has no functions withoutEval and setChanged")
	}
	program := filepath.Join(t.TempDir(), "imports.wasm")
	build := exec.Command("go", "build", "-o", program, "./testdata/imports")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script := `
		require(process.argv[1] + '/lib/wasm/wasm_exec.js');
		function withoutEval(` + functions + `
		const native = eval;
		globalThis.window = globalThis;
		Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden', 'SecurityError') } });
		Object.defineProperty(window, 'readonly', { set() { throw new TypeError('no') }, get() { return undefined } });
		window.after = 'goes on';
		window.evil = () => 'called';
		window.throws = () => { throw new RangeError('thrown') };
		const go = withoutThrowing(withoutEval(new Go()));
		WebAssembly.instantiate(require('fs').readFileSync(process.argv[2]), go.importObject)
			.then(({ instance }) => go.run(instance)).then(() => console.log('eval is native:', window.eval === native));`
	out, err := exec.Command(node, "-e", script, runtime.GOROOT(), program).CombinedOutput()
	want := `first eval: undefined
second eval: 2
another method of four letters: called
a property that throws: undefined goes on
set: undefined
a method that throws: JavaScript error: thrown
the end
eval is native: true
`
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nexpected\n%s", err, out, want)
	}
}

// A version that comes while the former one's service worker tidies up keeps what it has filled so
// far, whenever it comes; afterwards the former one's cache goes.
func TestCleaning(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed")
	}
	out, err := exec.Command(node, "testdata/cleaning.js", "static/sw.js").CombinedOutput()
	want := ""
	for _, when := range []string{"half filled", "in charge", "before"} {
		want += when + ": the new version is whole\n" + when + ": kept are two\n"
	}
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nexpected\n%s", err, out, want)
	}
}
