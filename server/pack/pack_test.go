package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A project in small: what pack reads, without the network and the page. Its
// Vugu is a stand-in whose script shows where it came from.
var project = map[string]string{
	"go.mod":                       "module example.test/small\n\ngo 1.27\n\nrequire github.com/vugu/vugu v0.4.0\n\nreplace github.com/vugu/vugu => ./vugu\n",
	"vugu/go.mod":                  "module github.com/vugu/vugu\n\ngo 1.27\n",
	"wasm/main.go":                 "package main\n\nimport \"example.test/small/kernels\"\n\nfunc main() { println(kernels.Answer()) }\n",
	"kernels/kernels.go":           "package kernels\n\nfunc fma(p *float32)\n\nfunc Answer() float32 {\n\tx := [4]float32{1, 2, 3, 4}\n\tfma(&x[0])\n\treturn x[1]\n}\n",
	"kernels/fma_wasm.s":           assembly,
	"web/static/index.html":        "<!doctype html><title>small</title>",
	"web/static/app.css":           strings.Repeat("body { margin: 0 }\n", 50),
	"web/static/samples/ship.svg":  "<svg xmlns='http://www.w3.org/2000/svg'/>",
	"web/static/samples/photo.jpg": "\xff\xd8 no real picture",
	"web/static/.editor-leftover":  "not for dist",
	"vugu/domrender/render.go": "package domrender\n\nconst script = \"window.x=\" + `\"from the module\"`\n\n" +
		"func New(w interface{ Call(string, ...any) }) { w.Call(\"eval\", script) }\n",
	"weights/models/cnn3-se.safetensors": model(`{"name":"cnn3-se","title":{"en":"SE-CNN","zh":"SE 网络"}}`, 1000),
	"weights/models/simple.safetensors":  model(`{"name":"simple","title":{"en":"Simple","zh":"简单"},"layers":[]}`, 10),
	"weights/models/README.md":           "no model",
}

// assembly squares four values and adds them to the squares.
const assembly = `#include "textflag.h"

TEXT ·fma(SB), NOSPLIT, $0-8
	I64Load p+0(FP)
	I32WrapI64
	V128Load $0
	Set V0
	I64Load p+0(FP)
	I32WrapI64
	Get V0
	Get V0
	Get V0
	F32x4Mul
	F32x4Add
	V128Store $0, $0
	RET

// multiply-adds: fma 1
`

// model makes a safetensors file with one tensor of n zero bytes.
func model(spec string, n int) string {
	header, err := json.Marshal(map[string]any{
		"__metadata__": map[string]string{"sescope": spec},
		"w":            map[string]any{"dtype": "I8", "shape": []int{n}, "data_offsets": []int{0, n}},
	})
	if err != nil {
		panic(err)
	}
	return string(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) + string(header) + strings.Repeat("\x00", n)
}

// lay writes the project with changes; the content "-" leaves a file out.
func lay(t *testing.T, changes map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files := maps.Clone(project)
	maps.Copy(files, changes)
	for name, content := range files {
		if content == "-" {
			continue
		}
		target := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// content reads all files below dir.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		got[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPack(t *testing.T) {
	root := lay(t, nil)
	out := filepath.Join(root, "made", "dist")
	var table bytes.Buffer
	if err := pack(context.Background(), root, out, &table); err != nil {
		t.Fatal(err)
	}
	got := content(t, out)

	var want []string
	for _, name := range []string{
		"index.html", "app.css", "samples/ship.svg", "sescope.wasm", "sescope-relaxed.wasm", "wasm_exec.js", "vugu-helper.js",
		"models.json", "sizes.json", "models/cnn3-se.safetensors", "models/simple.safetensors",
	} {
		want = append(want, name, name+".br", name+".gz")
	}
	want = append(want, "samples/photo.jpg")
	slices.Sort(want)
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("dist holds %v,\nexpected %v", names, want)
	}
	for dist, source := range map[string]string{
		"index.html": "web/static/index.html", "app.css": "web/static/app.css",
		"samples/ship.svg": "web/static/samples/ship.svg", "samples/photo.jpg": "web/static/samples/photo.jpg",
		"models/cnn3-se.safetensors": "weights/models/cnn3-se.safetensors",
		"models/simple.safetensors":  "weights/models/simple.safetensors",
	} {
		if got[dist] != project[source] {
			t.Errorf("%s in dist differs from %s", dist, source)
		}
	}
	for _, name := range []string{"sescope.wasm", "sescope-relaxed.wasm"} {
		if !strings.HasPrefix(got[name], "\x00asm") {
			t.Errorf("%s begins with %q, expected a WebAssembly module", name, got[name][:4])
		}
		if strings.Contains(got[name], "small_kernels.fma") {
			t.Errorf("%s holds function names", name)
		}
	}
	if got["sescope.wasm"] == got["sescope-relaxed.wasm"] || strings.Count(got["sescope-relaxed.wasm"], "\xfd\x85\x02") <= strings.Count(got["sescope.wasm"], "\xfd\x85\x02") {
		t.Error("the relaxed build has no fused multiply-add that the plain one has not")
	}
	if !strings.Contains(got["wasm_exec.js"], "globalThis.Go = class") {
		t.Error("wasm_exec.js does not define the class Go")
	}
	if got["vugu-helper.js"] != `window.x="from the module"` {
		t.Errorf("vugu-helper.js is %q, expected the script of the module", got["vugu-helper.js"])
	}

	var sizes map[string]int
	if err := json.Unmarshal([]byte(got["sizes.json"]), &sizes); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sescope.wasm", "sescope-relaxed.wasm", "models/cnn3-se.safetensors", "models/simple.safetensors"} {
		if sizes[name] != len(got[name]) {
			t.Errorf("sizes.json says %d for %s, expected %d", sizes[name], name, len(got[name]))
		}
	}
	if len(sizes) != 4 {
		t.Errorf("sizes.json has %d entries, expected 4", len(sizes))
	}
	var models []modelEntry
	if err := json.Unmarshal([]byte(got["models.json"]), &models); err != nil {
		t.Fatal(err)
	}
	if len(models) != 2 || models[0].Name != "cnn3-se" || !models[0].Default || models[1].Name != "simple" || models[1].Default ||
		models[0].Title["zh"] != "SE 网络" || models[1].Title["en"] != "Simple" ||
		models[0].Bytes != len(got["models/cnn3-se.safetensors"]) {
		t.Errorf("models.json is %s, expected cnn3-se (default) and simple with title and size", got["models.json"])
	}

	for name, compressed := range got {
		var raw []byte
		var err error
		switch filepath.Ext(name) {
		case ".br":
			raw, err = unbrotli([]byte(compressed))
		case ".gz":
			raw, err = gunzip([]byte(compressed))
		default:
			continue
		}
		if err != nil || string(raw) != got[strings.TrimSuffix(name, filepath.Ext(name))] {
			t.Errorf("%s does not unpack to its file: %v", name, err)
		}
	}
	if len(got["app.css.br"]) >= len(got["app.css"])/2 {
		t.Errorf("app.css.br has %d of %d bytes, expected less than half", len(got["app.css.br"]), len(got["app.css"]))
	}
	for _, word := range []string{"sescope.wasm", "samples/photo.jpg", "together"} {
		if !strings.Contains(table.String(), word) {
			t.Errorf("the table has no line for %s:\n%s", word, table.String())
		}
	}
	left, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(left) != 1 {
		t.Errorf("beside dist lie %v (%v), expected nothing", left, err)
	}
}

// A second pack of equal sources makes the same bytes; one of changed sources
// carries no stale file over.
func TestPackAgain(t *testing.T) {
	root := lay(t, nil)
	out := filepath.Join(root, "dist")
	again := func() map[string]string {
		t.Helper()
		if err := pack(context.Background(), root, out, new(bytes.Buffer)); err != nil {
			t.Fatal(err)
		}
		return content(t, out)
	}
	first := again()
	if second := again(); !maps.Equal(first, second) {
		t.Error("two packs of the same sources differ")
	}
	if err := os.WriteFile(filepath.Join(root, "web", "static", "app.css"), []byte("p { color: red }"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(root, "web", "static", "samples", "ship.svg")); err != nil {
		t.Fatal(err)
	}
	third := again()
	if css, err := unbrotli([]byte(third["app.css.br"])); err != nil || string(css) != "p { color: red }" {
		t.Errorf("app.css.br unpacks to %q (%v), expected the changed file", css, err)
	}
	for name := range third {
		if strings.Contains(name, "ship.svg") {
			t.Errorf("dist still holds %s, whose source is gone", name)
		}
	}
}

func TestReuse(t *testing.T) {
	raw := []byte("the content")
	name := filepath.Join(t.TempDir(), "f.br")
	for _, c := range []struct {
		what, stored string
		want         bool
	}{
		{"the same content", string(brotli11(raw)), true},
		{"other content", string(brotli11([]byte("other content"))), false},
		{"a torn file", string(brotli11(raw)[:5]), false},
		{"no brotli", "the content", false},
		{"an empty file", "", false},
	} {
		if err := os.WriteFile(name, []byte(c.stored), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := reuse(name, raw, unbrotli); (got != nil) != c.want || c.want && string(got) != c.stored {
			t.Errorf("%s: reused %q, expected reuse: %v", c.what, got, c.want)
		}
	}
	if reuse(name+".none", raw, unbrotli) != nil {
		t.Error("a missing file was reused")
	}
}

// Whatever goes wrong, the sentence names it, the old dist stays and nothing is
// left lying about.
func TestPackFails(t *testing.T) {
	const weightsFile = "weights/models/cnn3-se.safetensors"
	for _, c := range []struct {
		name    string
		changes map[string]string
		want    string
	}{
		{"wasm does not compile", map[string]string{"wasm/main.go": "package main\n\nfunc main() { undefined() }\n"}, "undefined: undefined"},
		{"no kernels", map[string]string{"kernels/fma_wasm.s": "-", "kernels/kernels.go": "package kernels\n\nfunc Answer() float32 { return 1 }\n"}, "no *_wasm.s"},
		{"an uncounted kernel", map[string]string{"kernels/fma_wasm.s": strings.Replace(assembly, "fma 1", "fma", 1)}, `fma_wasm.s: multiply-adds: "fma"`},
		{"a miscounted kernel", map[string]string{"kernels/fma_wasm.s": strings.Replace(assembly, "fma 1", "fma 2", 1)}, "fma): 1 multiply-adds were found, its generator announced 2"},
		{"no page", map[string]string{"web/static/index.html": "-"}, "index.html"},
		{"no default model", map[string]string{weightsFile: "-"}, "has no cnn3-se.safetensors"},
		{"another name inside", map[string]string{weightsFile: model(`{"name":"other","title":{"en":"a","zh":"b"}}`, 1)}, `calls the network "other"`},
		{"no Chinese title", map[string]string{weightsFile: model(`{"name":"cnn3-se","title":{"en":"a"}}`, 1)}, `no title in "zh"`},
		{"a broken spec", map[string]string{weightsFile: model(`{"name":`, 1)}, `"sescope" entry`},
		{"a foreign safetensors file", map[string]string{weightsFile: "\x02\x00\x00\x00\x00\x00\x00\x00{}"}, `no "sescope" entry`},
		{"a torn header", map[string]string{weightsFile: "\xff\x00\x00\x00\x00\x00\x00\x00{}"}, "only 2 follow"},
		{"a huge header length", map[string]string{weightsFile: "\xff\xff\xff\xff\xff\xff\xff\xff{}"}, "only 2 follow"},
		{"an empty weights file", map[string]string{weightsFile: ""}, "0 bytes are no safetensors file"},
		{"a header that is no JSON", map[string]string{weightsFile: "\x02\x00\x00\x00\x00\x00\x00\x00}{"}, "safetensors header"},
		{"a name taken twice", map[string]string{"web/static/wasm_exec.js": "1"}, "two files would be wasm_exec.js"},
		{"a Vugu without eval", map[string]string{"vugu/domrender/render.go": "package domrender\n"}, `0 calls of Call("eval"`},
		{"no Vugu", map[string]string{"vugu/domrender/render.go": "-"}, "domrender"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := lay(t, c.changes)
			out := filepath.Join(root, "dist")
			old := tree{"index.html": []byte("old"), "sizes.json": []byte("{}"), "sescope.wasm": []byte("old")}
			var files []packed
			for name, b := range old {
				files = append(files, packed{name: name, raw: b})
			}
			if err := write(out, files); err != nil {
				t.Fatal(err)
			}
			before := content(t, root)
			err := pack(context.Background(), root, out, new(bytes.Buffer))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, expected one with %q", err, c.want)
			}
			if !maps.Equal(before, content(t, root)) {
				t.Error("a failed pack changed files")
			}
			entries, _ := filepath.Glob(filepath.Join(root, ".dist-*"))
			if len(entries) > 0 {
				t.Errorf("a failed pack left %v", entries)
			}
		})
	}
}

// A folder that is no dist is not deleted by a mistyped -out.
func TestPackSparesOtherFolders(t *testing.T) {
	root := lay(t, nil)
	before := content(t, root)
	for _, out := range []string{root, filepath.Join(root, "web"), filepath.Join(root, "web", "static"), filepath.Join(root, "go.mod")} {
		if err := pack(context.Background(), root, out, new(bytes.Buffer)); err == nil {
			t.Errorf("-out %s: no error, expected a refusal", out)
		}
	}
	if !maps.Equal(before, content(t, root)) {
		t.Error("a refused pack changed files")
	}
}

func TestPackStops(t *testing.T) {
	root := lay(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := pack(ctx, root, filepath.Join(root, "dist"), new(bytes.Buffer)); err == nil {
		t.Error("an interrupted pack reported success")
	}
	if _, err := os.Stat(filepath.Join(root, "dist")); err == nil {
		t.Error("an interrupted pack left a dist")
	}
	// A long job does not hold the interruption up.
	ctx, cancel = context.WithCancel(context.Background())
	if err := runAll(ctx, []func(){func() { cancel(); select {} }}); err == nil {
		t.Error("interrupted jobs reported success")
	}
}
