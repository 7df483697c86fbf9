package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The module that go.mod names: its script is the one that defines what the
// renderer calls, and eval's caller is found without knowing the file.
func TestHelperOfTheRealModule(t *testing.T) {
	script, err := vuguHelper(context.Background(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"window.vuguRender=", "window.vuguGetRenderArray="} {
		if !strings.Contains(script, name) {
			t.Errorf("the script of %d bytes does not define %s", len(script), name)
		}
	}
	if !strings.HasPrefix(script, "(function(){") {
		t.Errorf("the script begins with %.20q, expected a function", script)
	}
}

func TestEvalScript(t *testing.T) {
	for _, c := range []struct{ name, source, want, wantErr string }{
		{"literal", `func f() { w.Call("eval", "a()") }`, "a()", ""},
		{"constant", "const js = `a(\"\\n\")`\nfunc f() { w.Call(\"eval\", js) }", `a("\n")`, ""},
		{"sum of constants", `const (
	a = "x" + (b)
	b = "\"y\"\u00e9"
)
func f() { js.Global().Call("eval", a+"z") }`, `x"y"éz`, ""},
		{"in a comment only", "// w.Call(\"eval\", js)\nfunc f() {}", "", "0 calls"},
		{"other methods", `func f() { w.Call("render", "a"); w.Get("eval"); w.Call("eval") }`, "", "0 calls"},
		{"two calls", `func f() { w.Call("eval", "a"); w.Call("eval", "b") }`, "", "2 calls"},
		{"a variable", `var js = "a"; func f() { w.Call("eval", js) }`, "", "not a constant string"},
		{"a call's result", `func f() { w.Call("eval", make()) }`, "", "not a constant string"},
		{"a number", `func f() { w.Call("eval", 1) }`, "", "not a constant string"},
		{"an empty script", `func f() { w.Call("eval", " ") }`, "", "not a constant string"},
		{"no Go", `func {`, "", "cannot read the Vugu module"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("package a\n\n"+c.source+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := evalScript(dir, []string{"a.go"})
		if c.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("%s: %q, error %v, expected an error with %q", c.name, got, err, c.wantErr)
			}
		} else if err != nil || got != c.want {
			t.Errorf("%s: %q, error %v, expected %q", c.name, got, err, c.want)
		}
	}
	if _, err := evalScript(t.TempDir(), []string{"gone.go"}); err == nil {
		t.Error("a missing file gave no error")
	}
}
