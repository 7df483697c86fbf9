package main

import (
	"bytes"
	"cmp"
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
	"time"

	"sescope/server/policy"
)

// site is dist in memory: the file's path below dist ("models/simple.safetensors")
// to its representations. It never changes after loadSite.
type site map[string]*file

// file is one resource: the same content in every coding that dist holds.
type file struct {
	contentType string
	modified    time.Time        // of the plain file; zero where the program holds the site
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
	bodies, modified := map[string][]byte{}, map[string]time.Time{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		modified[name] = info.ModTime()
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
		f := &file{
			contentType: cmp.Or(contentTypes[path.Ext(name)], "application/octet-stream"),
			modified:    modified[name],
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
	for _, promise := range policy.Headers {
		h.Set(promise.Name, promise.Value)
	}
	h.Set("Cache-Control", policy.Revalidate)
	if r.TLS != nil {
		// A day only: the certificate of -tls ends with the process, and the name may serve
		// something else tomorrow.
		h.Set("Strict-Transport-Security", "max-age=86400")
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
		h.Set("Vary", "Accept-Encoding")
	}
	rep := negotiate(f.reps, r.Header.Values("Accept-Encoding"))
	if rep == nil {
		refuse(w, r, http.StatusNotAcceptable,
			"The request's Accept-Encoding rules out every form in which this server holds the file.")
		return
	}
	if strings.HasPrefix(name, policy.Assets) {
		h.Set("Cache-Control", policy.Immutable)
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Etag", rep.etag)
	conditions := r.Header.Clone()
	for _, list := range []string{"If-Match", "If-None-Match"} { // ServeContent reads one line
		if lines := conditions[list]; len(lines) > 1 {
			conditions.Set(list, strings.Join(lines, ", "))
		}
	}
	// Nobody has a use for the middle of a compressed file, and a unit that is not known has to be
	// ignored (RFC 9110, 14.2); ServeContent would refuse it.
	if rep.coding != "identity" || !strings.HasPrefix(conditions.Get("Range"), "bytes=") {
		conditions.Del("Range")
	}
	if rep.coding != "identity" {
		h.Set("Content-Encoding", rep.coding)
	}
	conditional := *r
	conditional.Header = conditions
	to := &reply{ResponseWriter: w, r: r, rep: rep}
	http.ServeContent(to, &conditional, "", f.modified, bytes.NewReader(rep.body))
}

// A reply is what http.ServeContent says of a representation (it judges conditions and ranges),
// with sentences of ours where it refuses and with the length, which it leaves out of encoded
// answers.
type reply struct {
	http.ResponseWriter
	r       *http.Request
	rep     *representation
	refused bool
}

func (a *reply) WriteHeader(status int) {
	h := a.Header()
	if a.rep.coding != "identity" {
		h.Del("Accept-Ranges")
	}
	switch status {
	case http.StatusOK:
		h.Set("Content-Length", strconv.Itoa(len(a.rep.body)))
	case http.StatusPreconditionFailed:
		a.refuse(status, "The file is not the one that the request's If-Match or If-Unmodified-Since speaks of.")
		return
	case http.StatusRequestedRangeNotSatisfiable:
		a.refuse(status, fmt.Sprintf("The request's Range lies outside the file's %d bytes.", len(a.rep.body)))
		return
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *reply) refuse(status int, sentence string) {
	a.refused = true
	a.Header().Del("Content-Encoding") // the file's, not the sentence's
	a.Header().Set("Cache-Control", policy.Revalidate)
	refuse(a.ResponseWriter, a.r, status, sentence)
}

func (a *reply) Write(b []byte) (int, error) {
	if a.refused { // ServeContent's own words
		return len(b), nil
	}
	return a.ResponseWriter.Write(b)
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
