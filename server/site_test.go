package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// distFiles is a small dist. The precompressed forms are no real brotli or
// gzip: the server must pass on what it finds.
var distFiles = map[string]string{
	"index.html":                "<!doctype html><title>SEscope</title>" + strings.Repeat(" ", 100),
	"index.html.br":             "BR of index",
	"index.html.gz":             "GZIP of index.html",
	"app.css":                   "body{}",
	"boot.js":                   "'use strict'",
	"sescope.wasm":              "\x00asm" + strings.Repeat("w", 200),
	"sescope.wasm.br":           "BR of wasm",
	"sescope.wasm.gz":           "GZIP of sescope.wasm",
	"models.json":               "[]",
	"models/net.safetensors":    "weights",
	"samples/ship.svg":          "<svg/>",
	"samples/odd name ü.svg":    "<svg></svg>",
	"unknown.kind":              "?",
	"alone.gz":                  "a file that is no sibling of another",
	"samples/.hidden/deep.js":   "1",
	"assets/app.0123456789.css": "p{}",
}

func writeDist(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dist")
	for name, content := range files {
		target := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func testSite(t *testing.T) site {
	t.Helper()
	dir := writeDist(t, distFiles)
	// What lies beside dist must stay out of reach, see TestOutsideDist.
	if err := os.WriteFile(filepath.Join(dir, "..", "secret.txt"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := readFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends one request through a real connection without automatic
// decompression; header holds pairs of name and value.
func ask(t *testing.T, base, method, path string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func serveTest(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(testSite(t))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestTypesAndBodies(t *testing.T) {
	base := serveTest(t)
	for path, want := range map[string][2]string{
		"/":                                {"index.html", "text/html; charset=utf-8"},
		"/index.html":                      {"index.html", "text/html; charset=utf-8"},
		"/app.css":                         {"app.css", "text/css; charset=utf-8"},
		"/boot.js":                         {"boot.js", "text/javascript; charset=utf-8"},
		"/sescope.wasm":                    {"sescope.wasm", "application/wasm"},
		"/models.json":                     {"models.json", "application/json; charset=utf-8"},
		"/models/net.safetensors":          {"models/net.safetensors", "application/octet-stream"},
		"/samples/ship.svg":                {"samples/ship.svg", "image/svg+xml; charset=utf-8"},
		"/samples/odd%20name%20%C3%BC.svg": {"samples/odd name ü.svg", "image/svg+xml; charset=utf-8"},
		"/unknown.kind":                    {"unknown.kind", "application/octet-stream"},
		"/alone.gz":                        {"alone.gz", "application/octet-stream"},
		"/boot.js?v=1":                     {"boot.js", "text/javascript; charset=utf-8"},
	} {
		res, body := ask(t, base, "GET", path)
		if res.StatusCode != 200 || body != distFiles[want[0]] {
			t.Errorf("GET %s: status %d, body %q, expected 200 and the content of %s", path, res.StatusCode, body, want[0])
		}
		if got := res.Header.Get("Content-Type"); got != want[1] {
			t.Errorf("GET %s: Content-Type %q, expected %q", path, got, want[1])
		}
		if got := res.Header.Get("Content-Encoding"); got != "" {
			t.Errorf("GET %s without Accept-Encoding: Content-Encoding %q, expected none", path, got)
		}
	}
}

// The policy is written out once more, source by source: a slip in site.go that
// opens another host must not pass.
func TestSecurityHeaders(t *testing.T) {
	base := serveTest(t)
	want := map[string]string{
		"X-Content-Type-Options": "nosniff",
		"Referrer-Policy":        "no-referrer",
		"Permissions-Policy":     "camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), hid=(), midi=(), payment=()",
	}
	policy := map[string]string{
		"default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'", "style-src": "'self'",
		"img-src": "'self' blob: data:", "connect-src": "'self'", "worker-src": "'self'",
		"media-src": "'self' blob:", "manifest-src": "'self'", "base-uri": "'none'",
		"form-action": "'none'", "frame-ancestors": "*",
	}
	for _, req := range [][2]string{{"GET", "/"}, {"HEAD", "/sescope.wasm"}, {"GET", "/missing"}, {"POST", "/"}} {
		res, _ := ask(t, base, req[0], req[1])
		for name, value := range want {
			if got := res.Header.Get(name); got != value {
				t.Errorf("%s %s: %s is %q, expected %q", req[0], req[1], name, got, value)
			}
		}
		directives := strings.Split(res.Header.Get("Content-Security-Policy"), ";")
		if len(directives) != len(policy) {
			t.Errorf("%s %s: the policy has %d directives, expected %d", req[0], req[1], len(directives), len(policy))
		}
		for _, d := range directives {
			name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
			if policy[name] != value {
				t.Errorf("%s %s: the policy says %q, expected %s %s", req[0], req[1], d, name, policy[name])
			}
		}
	}
}

// What has a hash in its name is kept for ever; everything else, refusals too, is asked for again.
func TestCaching(t *testing.T) {
	base := serveTest(t)
	for path, want := range map[string]string{
		"/": "no-cache", "/boot.js": "no-cache", "/assets/app.0123456789.css": "public, max-age=31536000, immutable",
		"/assets/": "no-cache", "/assets/gone.0123456789.css": "no-cache",
	} {
		res, _ := ask(t, base, "GET", path)
		if got := res.Header.Get("Cache-Control"); got != want {
			t.Errorf("GET %s: Cache-Control %q, expected %q", path, got, want)
		}
		if tag := res.Header.Get("ETag"); tag != "" {
			again, _ := ask(t, base, "GET", path, "If-None-Match", tag)
			if got := again.Header.Get("Cache-Control"); again.StatusCode != 304 || got != want {
				t.Errorf("GET %s again: status %d, Cache-Control %q, expected 304 and %q", path, again.StatusCode, got, want)
			}
		}
	}
}

func TestEncodings(t *testing.T) {
	base := serveTest(t)
	res, body := ask(t, base, "GET", "/", "Accept-Encoding", "gzip, deflate, br")
	if body != distFiles["index.html.br"] || res.Header.Get("Content-Encoding") != "br" {
		t.Errorf("body %q with Content-Encoding %q, expected the .br file and br", body, res.Header.Get("Content-Encoding"))
	}
	if got := res.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("Content-Type of the br form is %q, expected that of the page", got)
	}
	if res.ContentLength != int64(len(body)) {
		t.Errorf("Content-Length %d, expected %d", res.ContentLength, len(body))
	}
	res, body = ask(t, base, "GET", "/sescope.wasm", "Accept-Encoding", "gzip")
	if body != distFiles["sescope.wasm.gz"] || res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("body %q with Content-Encoding %q, expected the .gz file and gzip", body, res.Header.Get("Content-Encoding"))
	}
	for path, want := range map[string]string{"/": "Accept-Encoding", "/app.css": ""} {
		res, _ := ask(t, base, "GET", path)
		if got := res.Header.Get("Vary"); got != want {
			t.Errorf("GET %s: Vary %q, expected %q", path, got, want)
		}
	}
	// Two header lines are one list.
	_, body = ask(t, base, "GET", "/", "Accept-Encoding", "br;q=0", "Accept-Encoding", "gzip")
	if body != distFiles["index.html.gz"] {
		t.Errorf("two Accept-Encoding lines: body %q, expected the .gz file", body)
	}
	res, body = ask(t, base, "GET", "/app.css", "Accept-Encoding", "br, identity;q=0")
	if res.StatusCode != http.StatusNotAcceptable || !strings.HasSuffix(body, ".\n") {
		t.Errorf("a file without br: status %d and %q, expected 406 and a sentence", res.StatusCode, body)
	}
}

// A real gzip body reaches a client of the standard library unpacked.
func TestGzipEndToEnd(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	io.WriteString(w, "body { color: red }")
	w.Close()
	s, err := readFolder(writeDist(t, map[string]string{"index.html": "x", "app.css": "body { color: red }", "app.css.gz": z.String()}))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	res, err := http.Get(srv.URL + "/app.css")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || !res.Uncompressed || string(body) != "body { color: red }" {
		t.Errorf("got %q (unpacked: %v), error %v, expected the style sheet from its .gz", body, res.Uncompressed, err)
	}
}

func TestRevalidation(t *testing.T) {
	base := serveTest(t)
	tags := map[string]string{}
	for _, coding := range []string{"identity", "gzip", "br"} {
		res, _ := ask(t, base, "GET", "/", "Accept-Encoding", coding)
		tag := res.Header.Get("ETag")
		if len(tag) < 10 || tag[0] != '"' || tag[len(tag)-1] != '"' {
			t.Fatalf("ETag of %s is %q, expected a quoted strong tag", coding, tag)
		}
		for other, same := range tags {
			if same == tag {
				t.Errorf("%s and %s share the ETag %s, expected one for each representation", coding, other, tag)
			}
		}
		tags[coding] = tag
	}
	for _, c := range []struct {
		coding, ifNoneMatch string
		status              int
	}{
		{"br", tags["br"], 304},
		{"identity", tags["identity"], 304},
		{"br", tags["gzip"], 200},
		{"br", "W/" + tags["br"], 304},
		{"br", `"other", ` + tags["br"], 304},
		{"br", "*", 304},
		{"br", `"other"`, 200},
		{"br", strings.Trim(tags["br"], `"`), 200},
		{"br", "", 200},
		{"br", `"`, 200},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			res, body := ask(t, base, method, "/", "Accept-Encoding", c.coding, "If-None-Match", c.ifNoneMatch)
			if res.StatusCode != c.status {
				t.Errorf("%s as %s with If-None-Match %s: status %d, expected %d", method, c.coding, c.ifNoneMatch, res.StatusCode, c.status)
			}
			if res.Header.Get("ETag") != tags[c.coding] || res.Header.Get("Vary") != "Accept-Encoding" {
				t.Errorf("status %d with ETag %s and Vary %q, expected %s and Accept-Encoding", res.StatusCode, res.Header.Get("ETag"), res.Header.Get("Vary"), tags[c.coding])
			}
			if res.StatusCode == 304 && body != "" {
				t.Errorf("304 with a body of %d bytes, expected none", len(body))
			}
		}
	}
	// The tag hangs on the content: the same content keeps it in another
	// process, other content changes it.
	if a, b := represent("br", []byte("a")), represent("br", []byte("b")); a.etag == b.etag || a.etag != represent("br", []byte("a")).etag {
		t.Errorf("ETags %s and %s, expected one that hangs on the content alone", a.etag, b.etag)
	}
}

func TestHead(t *testing.T) {
	base := serveTest(t)
	for _, path := range []string{"/", "/sescope.wasm", "/app.css", "/missing"} {
		get, body := ask(t, base, "GET", path, "Accept-Encoding", "br")
		head, none := ask(t, base, "HEAD", path, "Accept-Encoding", "br")
		if none != "" {
			t.Errorf("HEAD %s: body %q, expected none", path, none)
		}
		if head.StatusCode != get.StatusCode || head.ContentLength != int64(len(body)) {
			t.Errorf("HEAD %s: status %d, length %d, expected those of GET: %d, %d", path, head.StatusCode, head.ContentLength, get.StatusCode, len(body))
		}
		for _, name := range []string{"Content-Type", "Content-Encoding", "ETag", "Vary"} {
			if head.Header.Get(name) != get.Header.Get(name) {
				t.Errorf("HEAD %s: %s is %q, expected GET's %q", path, name, head.Header.Get(name), get.Header.Get(name))
			}
		}
	}
}

func TestOtherMethods(t *testing.T) {
	base := serveTest(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"} {
		for _, path := range []string{"/", "/missing"} {
			res, body := ask(t, base, method, path)
			if res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" || !strings.HasSuffix(body, ".\n") {
				t.Errorf("%s %s: status %d, Allow %q, body %q, expected 405, \"GET, HEAD\" and a sentence", method, path, res.StatusCode, res.Header.Get("Allow"), body)
			}
		}
	}
}

// Nothing outside dist, no folder, no sibling and no second spelling of a path
// is served. The handler is called directly: a client would clean the paths.
func TestOutsideDist(t *testing.T) {
	s := testSite(t)
	for _, path := range []string{
		"/missing", "/../secret.txt", "/models/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt",
		"//secret.txt", "//index.html", "/./index.html", "/models/../index.html", "/index.html/", "/INDEX.HTML",
		"/models", "/models/", "/samples/", "/.", "/..", `/..\secret.txt`, "/index.html%00", "/index.html.br",
		"/sescope.wasm.gz", "/etc/passwd", "/secret.txt", "/index", "/page",
	} {
		req := httptest.NewRequest("GET", "/", nil)
		u, err := req.URL.Parse("http://host" + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		// Parse resolved the dots; a raw client sends them as they are.
		if u.Path = path; strings.Contains(path, "%") {
			u.Path = strings.NewReplacer("%2f", "/", "%2e", ".", "%00", "\x00").Replace(path)
		}
		req.URL = u
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, req)
		if rec.Code != 404 || strings.Contains(rec.Body.String(), "secret") {
			t.Errorf("GET %q: status %d, body %q, expected 404", path, rec.Code, rec.Body)
		}
		if got := rec.Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("GET %q: the refusal's Content-Type is %q, expected plain text", path, got)
		}
		if body := rec.Body.String(); !strings.HasSuffix(body, ".\n") || strings.Count(body, "\n") != 1 {
			t.Errorf("GET %q: body %q, expected one sentence", path, body)
		}
	}
}

// A link in dist that points outside is not followed.
func TestLinksAreNotFollowed(t *testing.T) {
	dir := writeDist(t, map[string]string{"index.html": "x"})
	outside := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(outside, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "link.txt")); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
	s, err := readFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(s) != 1 || s["index.html"] == nil {
		t.Errorf("the site has %d files, expected index.html alone", len(s))
	}
}

func TestLoadSiteRefuses(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(folder, "index.html"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): "run `make dist` first",
		dir:                        "no index.html",
		folder:                     "no index.html", // a folder of that name is no page
		plain:                      "is a file",
	} {
		if _, err := readFolder(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("readFolder(%s): %v, expected an error with %q", path, err, want)
		}
	}
}
