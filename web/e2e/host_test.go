package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A host serves dist from memory below a path, as a static host does that sends no header of ours,
// and fails as the test wants.
type host struct {
	url string // of the page, with the path

	mu     sync.Mutex
	files  map[string][]byte
	down   bool
	damage func(name string, b []byte) []byte // what is sent for a file; nil is cut off in the middle, notThere is missing
	asked  []string
	policy string                   // a Content-Security-Policy of the host's own
	held   map[string]chan struct{} // answers to these files wait until the channel is closed
}

// below is the path of a host's page.
const below = "/some/where/"

// newHost serves dist on an address of this machine.
func newHost(t *testing.T, address string) *host {
	t.Helper()
	h := &host{files: map[string][]byte{}}
	tree := os.DirFS(dist)
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
			return err
		}
		h.files[name], err = fs.ReadFile(tree, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(h)
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	h.url = server.URL + below
	return h
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	name := strings.TrimPrefix(r.URL.Path, below)
	if name == "" {
		name = "index.html"
	}
	h.asked = append(h.asked, name)
	b, ok := h.files[name]
	down := h.down
	if ok && h.damage != nil {
		b = h.damage(name, b)
		ok = len(b) == 0 || &b[0] != &notThere[0]
	}
	whole, held, policy := len(h.files[name]), h.held[name], h.policy
	h.mu.Unlock()
	if held != nil {
		<-held
	}
	switch {
	case down:
		panic(http.ErrAbortHandler)
	case !ok:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", map[string]string{".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
		".wasm": "application/wasm", ".webmanifest": "application/manifest+json"}[path.Ext(name)])
	w.Header().Set("Cache-Control", "no-store")
	if policy != "" {
		w.Header().Set("Content-Security-Policy", policy)
	}
	if b == nil {
		w.Write(h.files[name][:whole/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.Write(b)
}

// set changes how the host answers.
func (h *host) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
}

// first lets a script run before the page's own. Without the host it does not come, and the page
// does without it.
func (h *host) first(script string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	const name, tag = "e2e.js", `<script src="e2e.js"></script>`
	old := h.files["index.html"]
	page := old
	if !bytes.Contains(page, []byte(tag)) {
		page = bytes.Replace(page, []byte("<head>"), []byte("<head>"+tag), 1)
		if len(page) == len(old) { // a page without that tag begins with its title's
			page = bytes.Replace(page, []byte("<meta charset"), []byte(tag+"<meta charset"), 1)
		}
	}
	h.files[name], h.files["index.html"] = []byte(script), page
	h.files["sw.js"] = bytes.ReplaceAll(h.files["sw.js"], []byte(hash10(old)), []byte(hash10(page)))
}

// hold lets the answers to a file wait until release is called; asked waits for the first question.
func (h *host) hold(t *testing.T, name string) (asked, release func()) {
	t.Helper()
	c := make(chan struct{})
	h.set(func() {
		if h.held == nil {
			h.held = map[string]chan struct{}{}
		}
		h.held[name] = c
	})
	count := func() (n int) {
		h.set(func() {
			for _, a := range h.asked {
				if a == name {
					n++
				}
			}
		})
		return n
	}
	before := count()
	asked = func() {
		t.Helper()
		for end := time.Now().Add(patience); count() == before; time.Sleep(15 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("waited %v for %s to be asked for", patience, name)
			}
		}
	}
	release = sync.OnceFunc(func() {
		close(c)
		h.set(func() { delete(h.held, name) })
	})
	t.Cleanup(release)
	return asked, release
}

// version is the one that the host serves.
func (h *host) version() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return regexp.MustCompile(`data-version="(\w+)"`).FindStringSubmatch(string(h.files["index.html"]))[1]
}

// hash10 is how pack shortens SHA-256.
func hash10(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:5])
}

// upgrade replaces what the host serves by another version: other samples and another boot.js,
// under other names. The former ones are gone.
func (h *host) upgrade() {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := map[string][]byte{}
	page, worker := string(h.files["index.html"]), string(h.files["sw.js"])
	old := hash10(h.files["index.html"])
	for name, b := range h.files {
		if strings.HasPrefix(name, "assets/samples/") || strings.HasPrefix(name, "assets/boot.") {
			b = append(slices.Clone(b), "\n"...)
			parts := strings.Split(name, ".")
			parts[len(parts)-2] = hash10(b)
			fresh := strings.Join(parts, ".")
			page, worker = strings.ReplaceAll(page, name, fresh), strings.ReplaceAll(worker, name, fresh)
			name = fresh
		}
		next[name] = b
	}
	version := regexp.MustCompile(`data-version="(\w+)"`).FindStringSubmatch(page)[1]
	renamed := hash10([]byte(page))
	page = strings.ReplaceAll(page, version, renamed)
	worker = strings.ReplaceAll(strings.ReplaceAll(worker, version, renamed), old, hash10([]byte(page)))
	next["index.html"], next["sw.js"] = []byte(page), []byte(worker)
	h.files = next
}

// flip damages one bit in the middle.
func flip(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 1
	return b
}

// ownAddress is this machine's address on a network, or "".
func ownAddress() string {
	list, _ := net.InterfaceAddrs()
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	return ""
}
