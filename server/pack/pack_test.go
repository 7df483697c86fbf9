package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sescope/server/policy"
)

// A project in small: what pack reads, without the network and the page. Its
// Vugu is a stand-in whose script shows where it came from.
var project = map[string]string{
	"go.mod":                       "module example.test/small\n\ngo 1.27\n\nrequire github.com/vugu/vugu v0.4.0\n\nreplace github.com/vugu/vugu => ./vugu\n",
	"vugu/LICENSE":                 "Copyright somebody",
	"vugu/go.mod":                  "module github.com/vugu/vugu\n\ngo 1.27\n",
	"wasm/main.go":                 "package main\n\nimport \"example.test/small/kernels\"\n\nfunc main() { println(kernels.Answer()) }\n",
	"wasm/importer/main.go":        "package main\n\nimport \"example.test/small/kernels\"\n\nfunc main() { println(-kernels.Answer()) }\n",
	"kernels/kernels.go":           "package kernels\n\nfunc fma(p *float32)\n\nfunc Answer() float32 {\n\tx := [4]float32{1, 2, 3, 4}\n\tfma(&x[0])\n\treturn x[1]\n}\n",
	"kernels/fma_wasm.s":           assembly,
	"web/static/index.html":        page,
	"web/static/sw.js":             "'use strict'; const DIST = {}; use(DIST);",
	"web/static/app.webmanifest":   `{"start_url": "../", "icons": [{"src": "icon-192.png"}, {"src": "samples/ship.svg"}]}`,
	"web/static/app.css":           "/* why */\n" + strings.Repeat("a { margin: 0 }\nb { margin: 1px }\n", 50),
	"web/static/samples/ship.svg":  "<svg xmlns='http://www.w3.org/2000/svg'/>",
	"web/static/samples/photo.jpg": "\xff\xd8 no real picture",
	"web/static/.editor-leftover":  "not for dist",
	"vugu/domrender/render.go": "package domrender\n\nconst script = \"window.x=\" + `\"from the module\"`\n\n" +
		"func New(w interface{ Call(string, ...any) }) { w.Call(\"eval\", script) }\n",
	"weights/models/everyday.safetensors":    model(`{"name":"everyday","title":{"en":"SE-CNN","zh":"SE 网络"},"family":["simple","everyday"]}`, 1000),
	"weights/models/simple.safetensors":      model(`{"name":"simple","title":{"en":"Simple","zh":"简单"},"family":["simple","everyday"],"layers":[]}`, 10),
	"weights/models/everyday.portraits.webp": "RIFF no real picture",
	"weights/models/README.md":               "no model",
}

const page = `<!doctype html><html data-version="" lang="en"><meta http-equiv="Content-Security-Policy" content="">
<link rel="stylesheet" href="app.css"><link rel="manifest" href="app.webmanifest"><script src="wasm_exec.js"></script><img src="samples/ship.svg" alt="app">
<script type="application/json" id="dist">{}</script>`

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
	if err := pack(context.Background(), root, out, "", &table); err != nil {
		t.Fatal(err)
	}
	got := content(t, out)
	d := read(t, got)
	var want []string
	for _, name := range []string{
		"app.css", "app.webmanifest", "samples/ship.svg", "sescope.wasm", "sescope-relaxed.wasm", "importer.wasm", "wasm_exec.js", "notices.txt", "vugu-helper.js",
		"models/everyday.safetensors", "models/simple.safetensors",
	} {
		path := d.Files[name].Path
		if !regexp.MustCompile(`^assets/` + strings.Replace(name, ".", `\.[0-9a-f]{10}\.`, 1) + `$`).MatchString(path) {
			t.Errorf("%s lies at %q, expected it in assets/ with a hash", name, path)
		}
		want = append(want, path, path+".br", path+".gz")
	}
	for _, name := range []string{"icon-192.png", "icon-512.png", "icon-maskable-512.png", "icon-touch-180.png", "samples/photo.jpg", "models/everyday.portraits.webp"} {
		want = append(want, d.Files[name].Path)
	}
	for _, name := range []string{"index.html", "sw.js"} {
		want = append(want, name, name+".br", name+".gz")
	}
	want = append(want, "_headers", ".nojekyll")
	slices.Sort(want)
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("dist holds %v,\nexpected %v", names, want)
	}
	at := func(name string) string { return got[d.Files[name].Path] }
	for dist, source := range map[string]string{
		"samples/ship.svg": "web/static/samples/ship.svg", "samples/photo.jpg": "web/static/samples/photo.jpg",
		"models/everyday.safetensors": "weights/models/everyday.safetensors",
		"models/simple.safetensors":   "weights/models/simple.safetensors",
	} {
		if at(dist) != project[source] {
			t.Errorf("%s in dist differs from %s", dist, source)
		}
	}
	if css := at("app.css"); !strings.HasPrefix(css, "a{margin:0}b{margin:1px}a{") {
		t.Errorf("app.css in dist begins with %q, expected it without comments and spaces", css[:min(len(css), 40)])
	}
	for name, b := range got {
		if hash := regexp.MustCompile(`^assets/.*\.([0-9a-f]{10})\.\w+$`).FindStringSubmatch(name); hash != nil {
			if sum := sha256.Sum256([]byte(b)); hex.EncodeToString(sum[:5]) != hash[1] {
				t.Errorf("%s does not have that hash", name)
			}
		}
	}
	for _, name := range []string{"sescope.wasm", "sescope-relaxed.wasm", "importer.wasm"} {
		if !strings.HasPrefix(at(name), "\x00asm") {
			t.Errorf("%s begins with %q, expected a WebAssembly module", name, at(name)[:4])
		}
		if strings.Contains(at(name), "small_kernels.fma") {
			t.Errorf("%s holds function names", name)
		}
	}
	if at("sescope.wasm") == at("sescope-relaxed.wasm") || strings.Count(at("sescope-relaxed.wasm"), "\xfd\x85\x02") <= strings.Count(at("sescope.wasm"), "\xfd\x85\x02") {
		t.Error("the relaxed build has no fused multiply-add that the plain one has not")
	}
	if !strings.Contains(at("wasm_exec.js"), "globalThis.Go=class") {
		t.Error("wasm_exec.js does not define the class Go")
	}
	if at("vugu-helper.js") != `window.x="from the module"` {
		t.Errorf("vugu-helper.js is %q, expected the script of the module", at("vugu-helper.js"))
	}

	// The page and the manifest name the files where they lie, and nothing else changed.
	for _, name := range []string{"app.css", "app.webmanifest", "wasm_exec.js", "samples/ship.svg"} {
		if !strings.Contains(got["index.html"], `="`+d.Files[name].Path+`"`) || strings.Contains(got["index.html"], `="`+name+`"`) {
			t.Errorf("index.html does not name %s where it lies:\n%s", name, got["index.html"])
		}
	}
	if !strings.Contains(got["index.html"], `alt="app"`) || !strings.Contains(got["index.html"], `content="`+policy.Meta()+`"`) {
		t.Errorf("index.html: %s", got["index.html"])
	}
	if name := strings.TrimPrefix(d.Files["icon-192.png"].Path, "assets/"); !strings.Contains(at("app.webmanifest"), `"`+name+`"`) {
		t.Errorf("the manifest does not name %s: %s", name, at("app.webmanifest"))
	}
	for name, a := range d.Files {
		if isProgram(name) || isWeights(name) {
			sum := sha256.Sum256([]byte(at(name)))
			if a.Bytes != len(at(name)) || a.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) {
				t.Errorf("%s is said to be %d bytes with the hash %s", name, a.Bytes, a.SHA256)
			}
		} else if a.Bytes != 0 || a.SHA256 != "" {
			t.Errorf("%s: more is said than its place: %+v", name, a)
		}
	}
	var offline struct {
		Version, Page string
		Files         map[string]string
	}
	text := strings.TrimSuffix(strings.TrimPrefix(got["sw.js"], "'use strict'; const DIST = "), "; use(DIST);")
	if err := json.Unmarshal([]byte(text), &offline); err != nil {
		t.Fatalf("sw.js: %v\n%s", err, got["sw.js"])
	}
	sum := sha256.Sum256([]byte(got["index.html"]))
	if offline.Page != hex.EncodeToString(sum[:5]) || !strings.Contains(got["index.html"], `data-version="`+offline.Version+`"`) || len(offline.Version) != 10 {
		t.Errorf("sw.js says version %q, page %q", offline.Version, offline.Page)
	}
	for name, a := range d.Files {
		if offline.Files[name] != a.Path || len(offline.Files) != len(d.Files) {
			t.Errorf("sw.js says that %s is %s, the page says %s", name, offline.Files[name], a.Path)
		}
	}
	models := d.Models
	if len(models) != 2 || models[0].Name != "everyday" || !models[0].Default || models[1].Name != "simple" || models[1].Default ||
		models[0].Title["zh"] != "SE 网络" || models[1].Title["en"] != "Simple" ||
		models[0].Bytes != len(at("models/everyday.safetensors")) {
		t.Errorf("the models are %+v, expected everyday (default) and simple with title and size", models)
	}
	for _, m := range models {
		if !slices.Equal(m.Family, []string{"simple", "everyday"}) {
			t.Errorf("%s is of the family %q, expected simple, everyday", m.Name, m.Family)
		}
	}
	if got := at("models/everyday.portraits.webp"); got != project["weights/models/everyday.portraits.webp"] {
		t.Errorf("the portraits of everyday are %q", got)
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
	css := d.Files["app.css"].Path
	if len(got[css+".br"]) >= len(got[css])/2 {
		t.Errorf("app.css.br has %d of %d bytes, expected less than half", len(got[css+".br"]), len(got[css]))
	}
	for _, word := range []string{d.Files["sescope.wasm"].Path, d.Files["samples/photo.jpg"].Path, "together", "first visit"} {
		if !strings.Contains(table.String(), word) {
			t.Errorf("the table has no line for %s:\n%s", word, table.String())
		}
	}
	left, err := os.ReadDir(filepath.Dir(out))
	if err != nil || len(left) != 1 {
		t.Errorf("beside dist lie %v (%v), expected nothing", left, err)
	}
}

// described is what pack wrote into the page.
type described struct {
	Files  map[string]asset
	Models []modelEntry
}

// read parses it.
func read(t *testing.T, dist map[string]string) (d described) {
	t.Helper()
	_, text, ok := strings.Cut(dist["index.html"], `<script type="application/json" id="dist">`)
	text, _, closed := strings.Cut(text, "</script>")
	if !ok || !closed {
		t.Fatalf("index.html does not describe dist: %s", dist["index.html"])
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Another folder on the machine changes no byte. SESCOPE_REPRODUCE=1 does the same with SEscope
// itself.
func TestPackIsReproducible(t *testing.T) {
	roots := []string{lay(t, nil), lay(t, nil)}
	if os.Getenv("SESCOPE_REPRODUCE") != "" {
		clone := filepath.Join(t.TempDir(), "clone")
		if out, err := exec.Command("git", "clone", "-q", "../..", clone).CombinedOutput(); err != nil {
			t.Fatalf("git clone: %v\n%s", err, out)
		}
		roots = []string{filepath.Join("..", ".."), clone}
	}
	var dists []tree
	for _, root := range roots {
		dist, err := collect(context.Background(), root, t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		dists = append(dists, dist)
	}
	if !maps.EqualFunc(dists[0], dists[1], bytes.Equal) {
		t.Error("two packs of the same sources in two folders differ")
	}
	style := dists[0][pageFile]
	if !bytes.Equal(brotli11(style), brotli11(style)) || !bytes.Equal(gzip9(style), gzip9(style)) {
		t.Error("a file that is compressed twice differs")
	}
}

// The real notices name every module that the programs hold, and Go, each with its terms; go.mod
// has no other but those of tests and tools.
func TestNotices(t *testing.T) {
	b, err := notices(context.Background(), filepath.Join("..", ".."), "./wasm", "./server", "./nn/cmd/sescope")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)`).FindAllStringSubmatch(string(mod), -1) {
		switch m[1] {
		case "github.com/vugu/vjson": // ours in its place
		case "github.com/andybalholm/brotli", "github.com/tdewolff/minify/v2", "github.com/tdewolff/parse/v2", "github.com/vugu/html": // pack's and the generators'
		default:
			if !strings.Contains(text, "\n"+m[1]+" "+m[2]+"\n---") {
				t.Errorf("the notices lack %s %s", m[1], m[2])
			}
		}
	}
	if n := strings.Count(text, "\n---"); strings.Count(text, "opyright") < n || n < 5 || !strings.Contains(text, "The Go Authors") {
		t.Errorf("%d parts, of which some lack their terms:\n%s", n, text)
	}
}

// Where the page's address is known, a preview of a link finds the picture by it.
func TestAddress(t *testing.T) {
	for text, want := range map[string]string{"https://a.org": "https://a.org/", "http://a.org:81/b/": "http://a.org:81/b/", "https://a.org/b c": "https://a.org/b%20c/",
		"a.org": "", "/lab/": "", "ftp://a.org/": "", "https://": "", "https://a.org/?q": "", "https://a.org/#b": "", "https://a b.org/": ""} {
		if got, err := address(text); got != want || (err == nil) == (want == "") {
			t.Errorf("%s is taken for %q, %v; expected %q", text, got, err, want)
		}
	}
	page, err := os.ReadFile("../../web/static/index.html")
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]bool{}
	for at, want := range map[string]string{
		"":                  `<meta property="og:image" content="assets/card.`,
		"https://a.org/b&/": "<meta property=\"og:url\" content=\"https://a.org/b&amp;/\">\n<meta property=\"og:image\" content=\"https://a.org/b&amp;/assets/card.",
	} {
		dist, err := arrange(tree{pageFile: page, workerFile: []byte("const DIST = {};"), "card.png": []byte("no real picture")}, nil, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(dist[pageFile]); !strings.Contains(got, want) {
			t.Errorf("at %q the page lacks %s", at, want)
		}
		versions[string(dist[workerFile])] = true
	}
	if len(versions) != 2 {
		t.Error("a page with another address is no other version: service workers would keep the old one")
	}
}

// A second pack of equal sources makes the same bytes; one of changed sources
// carries no stale file over.
func TestPackAgain(t *testing.T) {
	root := lay(t, nil)
	out := filepath.Join(root, "dist")
	again := func() map[string]string {
		t.Helper()
		if err := pack(context.Background(), root, out, "", new(bytes.Buffer)); err != nil {
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
	if css, err := unbrotli([]byte(third[read(t, third).Files["app.css"].Path+".br"])); err != nil || string(css) != "p{color:red}" {
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
	const weightsFile = "weights/models/everyday.safetensors"
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
		{"no service worker", map[string]string{"web/static/sw.js": "-"}, "has no sw.js"},
		{"nothing to fill in the service worker", map[string]string{"web/static/sw.js": "const DIST = 1;"}, "sw.js: const DIST = ; is not there once"},
		{"a page without policy", map[string]string{"web/static/index.html": strings.Replace(page, "Content-Security-Policy", "other", 1)}, "Content-Security-Policy"},
		{"no default model", map[string]string{weightsFile: "-"}, "has no everyday.safetensors"},
		{"another name inside", map[string]string{weightsFile: model(`{"name":"other","title":{"en":"a","zh":"b"}}`, 1)}, `calls the network "other"`},
		{"no Chinese title", map[string]string{weightsFile: model(`{"name":"everyday","title":{"en":"a"}}`, 1)}, `no title in "zh"`},
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
			old := tree{"index.html": []byte("old"), "sw.js": []byte("old"), "_headers": []byte("old")}
			var files []packed
			for name, b := range old {
				files = append(files, packed{name: name, raw: b})
			}
			if err := write(out, files); err != nil {
				t.Fatal(err)
			}
			before := content(t, root)
			err := pack(context.Background(), root, out, "", new(bytes.Buffer))
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
		if err := pack(context.Background(), root, out, "", new(bytes.Buffer)); err == nil {
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
	if err := pack(ctx, root, filepath.Join(root, "dist"), "", new(bytes.Buffer)); err == nil {
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
