package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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
	typeLine []string         // of the header Content-Type
	reps     []representation // the plain one first
}

type representation struct {
	coding string // "identity", "gzip" or "br"
	body   []byte
	etag   string // strong, quoted: a hash of body

	etagLine, codingLine, lengthLine []string // of the headers
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

// readFolder reads the site in a folder of this machine.
func readFolder(dir string) (site, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no folder %s: run `make dist` first", dir)
	case err != nil:
		return nil, fmt.Errorf("cannot read the folder %s: %v", dir, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file, expected the folder that `make dist` makes", dir)
	}
	return loadSite(os.DirFS(dir), "the folder "+dir)
}

// loadSite reads the regular files of tree, which errors call what. A file with
// the name of another plus .br or .gz is that one's precompressed
// representation and no resource of its own.
func loadSite(tree fs.FS, what string) (site, error) {
	// Asked first, so that a wrong -dist is refused before it is read whole.
	if info, err := fs.Stat(tree, "index.html"); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s has no index.html: run `make dist` first", what)
	}
	bodies := map[string][]byte{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		bodies[name], err = fs.ReadFile(tree, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %v", what, err)
	}
	s := site{}
	for name, body := range bodies {
		if isSibling(bodies, name) {
			continue
		}
		f := &file{typeLine: []string{cmp.Or(contentTypes[path.Ext(name)], "application/octet-stream")}}
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
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
	return representation{coding, body, etag, []string{etag}, []string{coding}, []string{strconv.Itoa(len(body))}}
}

// The values of header lines that many answers share. They are put into an answer's header as they are (their names are spelt as net/http
// spells them) instead of being made anew for each.
var (
	promises   = map[string][]string{}
	immutable  = []string{policy.Immutable}
	revalidate = []string{policy.Revalidate}
	// A day only: the certificate of -tls ends with the process, and the name may serve something else tomorrow.
	strict  = []string{"max-age=86400"}
	onCoded = []string{"Accept-Encoding"}
)

func init() {
	for _, line := range policy.Headers {
		promises[http.CanonicalHeaderKey(line.Name)] = []string{line.Value}
	}
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	maps.Copy(h, promises)
	h["Cache-Control"] = revalidate
	if r.TLS != nil {
		h["Strict-Transport-Security"] = strict
	}
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
		refuse(w, r, http.StatusNotFound, "There is no such file here; SEscope's page is at the address that the server printed.")
		return
	}
	if len(f.reps) > 1 {
		h["Vary"] = onCoded
	}
	rep := negotiate(f.reps, r.Header.Values("Accept-Encoding"))
	if rep == nil {
		refuse(w, r, http.StatusNotAcceptable, "The request's Accept-Encoding rules out every form in which this server holds the file.")
		return
	}
	h["Etag"] = rep.etagLine
	if strings.HasPrefix(name, policy.Assets) {
		h["Cache-Control"] = immutable
	}
	if matches(r.Header.Values("If-None-Match"), rep.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if rep.coding != "identity" {
		h["Content-Encoding"] = rep.codingLine
	}
	h["Content-Type"] = f.typeLine
	h["Content-Length"] = rep.lengthLine
	if r.Method == http.MethodGet {
		w.Write(rep.body)
	}
}

// under serves h below the path base, which begins and ends with a slash.
func under(base string, h http.Handler) http.Handler {
	if base == "/" {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner := *r
		u := *r.URL
		inner.URL = &u
		rest, ok := strings.CutPrefix(r.URL.Path, base)
		switch {
		case ok:
			u.Path = "/" + rest
		case r.URL.Path+"/" == base && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			w.Header().Set("Location", base) // relative addresses need the slash
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		default:
			u.Path = "" // nothing has this name
		}
		h.ServeHTTP(w, &inner)
	})
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
