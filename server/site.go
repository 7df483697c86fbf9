package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"

	"sescope/server/policy"
)

// site is dist in memory: the file's path below dist ("models/simple.safetensors")
// to its representations. It never changes after loadSite.
type site map[string]*file

// file is one resource: the same content in every coding that dist holds.
type file struct {
	contentType string
	reps        []representation // the plain one first
}

type representation struct {
	coding string // "identity", "gzip" or "br"
	body   []byte
	etag   string // strong, quoted: a hash of body
}

// codings maps the ending of a precompressed sibling to its content coding.
var codings = map[string]string{".br": "br", ".gz": "gzip"}

// contentTypes holds every type that dist may contain. The system's own table
// is left alone: it differs from machine to machine.
var contentTypes = map[string]string{
	".html":        "text/html; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json; charset=utf-8",
	".webmanifest": "application/manifest+json; charset=utf-8",
	".txt":         "text/plain; charset=utf-8",
	".svg":         "image/svg+xml; charset=utf-8",
	".png":         "image/png",
	".jpg":         "image/jpeg",
	".ico":         "image/x-icon",
	".wasm":        "application/wasm", // compileStreaming accepts no other
	".safetensors": "application/octet-stream",
}

// loadSite reads the regular files below dir. A file with the name of another
// plus .br or .gz is that one's precompressed representation and no resource of
// its own.
func loadSite(dir string) (site, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no folder %s: run `make dist` first", dir)
	case err != nil:
		return nil, fmt.Errorf("cannot read the folder %s: %v", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file, expected the folder that `make dist` makes", dir)
	}
	tree := os.DirFS(dir)
	// Asked first, so that a wrong -dist is refused before it is read whole.
	if info, err := fs.Stat(tree, "index.html"); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the folder %s has no index.html: run `make dist` first", dir)
	}
	bodies := map[string][]byte{}
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		bodies[name], err = fs.ReadFile(tree, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the folder %s: %v", dir, err)
	}
	s := site{}
	for name, body := range bodies {
		if isSibling(bodies, name) {
			continue
		}
		f := &file{contentType: contentTypes[path.Ext(name)]}
		if f.contentType == "" {
			f.contentType = "application/octet-stream"
		}
		f.reps = append(f.reps, represent("identity", body))
		for ext, coding := range codings {
			if body, ok := bodies[name+ext]; ok {
				f.reps = append(f.reps, represent(coding, body))
			}
		}
		s[name] = f
	}
	return s, nil
}

func isSibling(bodies map[string][]byte, name string) bool {
	ext := path.Ext(name)
	_, original := bodies[strings.TrimSuffix(name, ext)]
	return codings[ext] != "" && original
}

func represent(coding string, body []byte) representation {
	sum := sha256.Sum256(body)
	return representation{coding, body, `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`}
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for _, line := range policy.Headers {
		h.Set(line.Name, line.Value)
	}
	h.Set("Cache-Control", policy.Revalidate)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		refuse(w, r, http.StatusMethodNotAllowed, "This server only hands out files: ask with GET or HEAD.")
		return
	}
	// The path is looked up as it came: what is no key of the map, "../" and
	// its disguises among them, is not there.
	name := strings.TrimPrefix(r.URL.Path, "/")
	if r.URL.Path == "/" {
		name = "index.html"
	}
	f, ok := s[name]
	if !ok {
		refuse(w, r, http.StatusNotFound, "There is no such file here; SEscope itself is at the address / of this server.")
		return
	}
	if len(f.reps) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	rep := negotiate(f.reps, r.Header.Values("Accept-Encoding"))
	if rep == nil {
		refuse(w, r, http.StatusNotAcceptable, "The request's Accept-Encoding rules out every form in which this server holds the file.")
		return
	}
	h.Set("ETag", rep.etag)
	if strings.HasPrefix(name, policy.Assets) {
		h.Set("Cache-Control", policy.Immutable)
	}
	if matches(r.Header.Values("If-None-Match"), rep.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if rep.coding != "identity" {
		h.Set("Content-Encoding", rep.coding)
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(rep.body)))
	if r.Method == http.MethodGet {
		w.Write(rep.body)
	}
}

// refuse answers with one sentence, which is never the visitor's own text.
func refuse(w http.ResponseWriter, r *http.Request, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(sentence)+1))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		io.WriteString(w, sentence+"\n")
	}
}
