package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/andybalholm/brotli"

	"sescope/nn"
	"sescope/wasm/postlink"
	"sescope/web/bench/export"
	"sescope/weights"
)

// root is the repository, seen from web/bench.
const root = "../.."

// cacheFolder keeps compressed files from one run to the next.
const cacheFolder = "build"

// importedFolder has the networks of the second table, if networks.py made them.
const importedFolder = "build/imported"

// pictures is how many pictures the engines have to agree on.
const pictures = 4

// vendor are the files of node_modules that the page loads.
var vendor = []string{
	"onnxruntime-web/dist/ort.wasm.min.js", "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs", "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
	"@tensorflow/tfjs-core/dist/tf-core.min.js", "@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.min.js", "@tensorflow/tfjs-converter/dist/tf-converter.min.js",
	"@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js", "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
	"@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm", "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
}

// litertFiles are LiteRT.js's: one module, which names another package that only bundlers find, and
// the three builds of its program.
var litertFiles = []string{"core/dist/index.js", "wasm-utils/dist/index.js", "core/wasm/litert_wasm_compat_internal.js", "core/wasm/litert_wasm_compat_internal.wasm", "core/wasm/litert_wasm_internal.js",
	"core/wasm/litert_wasm_internal.wasm", "core/wasm/litert_wasm_threaded_internal.js", "core/wasm/litert_wasm_threaded_internal.wasm"}

// network is what the page knows about one network; its files lie in networks/NAME/.
type network struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Side     int      `json:"side"`
	Classes  int      `json:"classes"`
	MACs     int      `json:"macs"`
	Single   bool     `json:"single"`            // a layer rather than a network of the page
	Imported bool     `json:"imported"`          // a network that people import, with random weights: see networks.py
	Without  []string `json:"without,omitempty"` // engines that cannot run it
}

// site is everything that is served: path to content.
type site struct {
	files    map[string][]byte
	networks []network
	sent     atomic.Int64      // bytes of bodies
	packed   map[string][]byte // path to its brotli; nil serves all files as they are
}

// makeSite builds the engine, exports the networks and gathers the page.
func makeSite(ctx context.Context) (*site, error) {
	s := &site{files: map[string][]byte{}}
	if err := s.addFolder(os.DirFS("page"), ""); err != nil {
		return nil, err
	}
	for _, name := range vendor {
		b, err := os.ReadFile(filepath.Join("node_modules", filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("the other engines are not installed (npm ci in web/bench): %v", err)
		}
		s.files["vendor/"+path.Base(name)] = b
	}
	if err := s.addLiteRT(); err != nil {
		return nil, err
	}
	if err := s.addEngine(ctx); err != nil {
		return nil, err
	}
	models, err := filepath.Glob(root + "/weights/models/*.safetensors") // sorted
	if err != nil || len(models) == 0 {
		return nil, fmt.Errorf("no networks in weights/models (%v)", err)
	}
	if err := s.addFiles(models, network{}); err != nil {
		return nil, err
	}
	imported, err := filepath.Glob(filepath.Join(importedFolder, "*.safetensors"))
	if err != nil {
		return nil, err
	}
	if err := s.addFiles(imported, network{Imported: true}); err != nil {
		return nil, err
	}
	for _, l := range singles {
		f, err := l.file()
		if err != nil {
			return nil, err
		}
		if err := s.addNetwork(f, f.Write(), network{Single: true}); err != nil {
			return nil, err
		}
	}
	s.files["networks.json"], err = json.Marshal(s.networks)
	return s, err
}

func (s *site) addFiles(names []string, kind network) error {
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		f, err := weights.Read(name, b)
		if err != nil {
			return err
		}
		if err := s.addNetwork(f, b, kind); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) addLiteRT() error {
	for _, name := range litertFiles {
		b, err := os.ReadFile(filepath.Join("node_modules", "@litertjs", filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("the other engines are not installed (npm ci in web/bench): %v", err)
		}
		base := path.Base(name)
		if name == "wasm-utils/dist/index.js" {
			base = "wasm-utils.js"
		}
		if base == "index.js" {
			b = bytes.ReplaceAll(b, []byte(`"@litertjs/wasm-utils"`), []byte(`"./wasm-utils.js"`))
		}
		s.files["vendor/litert/"+base] = b
	}
	return nil
}

func (s *site) addFolder(fsys fs.FS, prefix string) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		s.files[prefix+name], err = fs.ReadFile(fsys, name)
		return err
	})
}

// addEngine links ./engine and makes both builds of it, as server/pack makes the page's.
func (s *site) addEngine(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "sescope-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	target := filepath.Join(folder, "engine.wasm")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-w", "-o", target, "./engine")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./engine: %v\n%s", err, out)
	}
	linked, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if linked, err = postlink.Shrink(linked, "sescope/", "main."); err != nil {
		return err
	}
	counts, err := postlink.FolderCounts(filepath.Join(root, "kernels"), "sescope/kernels")
	if err != nil {
		return err
	}
	if s.files["engine-plain.wasm"], s.files["engine-relaxed.wasm"], err = postlink.Build(linked, counts); err != nil {
		return err
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %v", err)
	}
	s.files["vendor/wasm_exec.js"], err = os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	return err
}

// addNetwork exports one network and makes the pictures that it is run on.
func (s *site) addNetwork(f *weights.File, file []byte, n network) error {
	spec, _, err := nn.ParseSpec(f)
	if err != nil {
		return err
	}
	infos, err := spec.Describe()
	if err != nil {
		return err
	}
	n.Name, n.Title, n.Side, n.Classes = spec.Name, spec.Title["en"], spec.Input.W, len(spec.Classes)
	for _, l := range infos {
		n.MACs += l.MACs
	}
	folder := "networks/" + n.Name + "/"
	s.files[folder+"sescope.safetensors"] = file
	if s.files[folder+"model.onnx"], err = export.ONNX(f); err != nil {
		return err
	}
	if s.files[folder+"model.tflite"], err = export.TFLite(f); err != nil {
		return err
	}
	s.files[folder+"model.json"], s.files[folder+"weights.bin"], err = export.TFJS(f)
	switch {
	case errors.Is(err, export.ErrGroups):
		n.Without = append(n.Without, "tfjs")
	case err != nil:
		return err
	}
	s.files[folder+"tensors.bin"] = inputs(&spec)
	s.networks = append(s.networks, n)
	return nil
}

// inputs makes pictures of the network's own size as float32 tensors (H, W, 3), normalised as nn
// normalises pixels: (v/255 - mean) / std.
func inputs(spec *nn.Spec) []byte {
	var tensors []byte
	side := spec.Input.W
	for p := range pictures {
		for y := range side {
			for x := range side {
				for c := range 3 {
					// Waves with a little noise: flat pictures would leave most of a network at its
					// biases.
					v := .5 + .3*math.Sin(float64(x*(p+1))/float64(side)*6+float64(c)) + .2*math.Cos(float64(y*(p+2)*(c+1))/float64(side)*5)
					v = min(max(math.Round(255*v)+float64((x*7+y*13+p*5+c*3)%9)-4, 0), 255)
					t := (float32(v)/255 - spec.Mean[c]) / spec.Std[c]
					tensors = binary.LittleEndian.AppendUint32(tensors, math.Float32bits(t))
				}
			}
		}
	}
	return tensors
}

// ServeHTTP answers with what SharedArrayBuffer, and with it threads and fine clocks, needs: a page
// that nothing else can reach into.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	b, ok := s.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.Set("Cache-Control", "max-age=3600")
	h.Set("Content-Type", contentType(name))
	if packed, ok := s.packed[name]; ok && strings.Contains(r.Header.Get("Accept-Encoding"), "br") {
		h.Set("Content-Encoding", "br")
		b = packed
	}
	h.Set("Content-Length", fmt.Sprint(len(b)))
	n, _ := w.Write(b)
	s.sent.Add(int64(n))
}

func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".mjs":
		return "text/javascript"
	case ".wasm":
		return "application/wasm"
	case ".bin", ".onnx", ".safetensors", ".tflite":
		return "application/octet-stream"
	default:
		return mime.TypeByExtension(ext)
	}
}

// compress makes every file's brotli. The best level takes half a minute for the largest, so the
// result is kept for the next time.
func (s *site) compress(level int) error {
	packed := map[string][]byte{}
	for name, b := range s.files {
		if strings.HasPrefix(name, "networks/") && !strings.HasPrefix(name, "networks/simple-se/") || strings.HasPrefix(name, "vendor/litert/") {
			continue // no page starts with them
		}
		p, err := compressed(b, level)
		if err != nil {
			return err
		}
		if len(p) < len(b) {
			packed[name] = p
		}
	}
	s.packed = packed
	return nil
}

func compressed(b []byte, level int) ([]byte, error) {
	file := filepath.Join(cacheFolder, fmt.Sprintf("%x.%d.br", sha256.Sum256(b), level))
	if packed, err := os.ReadFile(file); err == nil {
		if raw, err := io.ReadAll(brotli.NewReader(bytes.NewReader(packed))); err == nil && bytes.Equal(raw, b) {
			return packed, nil
		}
	}
	var packed bytes.Buffer
	w := brotli.NewWriterOptions(&packed, brotli.WriterOptions{Quality: level, LGWin: 24})
	w.Write(b)
	w.Close()
	if err := os.MkdirAll(cacheFolder, 0o755); err != nil {
		return nil, err
	}
	return packed.Bytes(), os.WriteFile(file, packed.Bytes(), 0o644)
}
