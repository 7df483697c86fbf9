package main

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startServer runs the site in this process and returns its address.
func startServer(t testing.TB, s site, base string) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, newServer(under(base, s)), ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// saved is when the files of conditionSite were written, and the dates around it.
var saved = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var before, then, after = httpDate(-time.Hour), httpDate(0), httpDate(time.Hour)

func httpDate(d time.Duration) string { return saved.Add(d).Format(http.TimeFormat) }

// conditionSite is a site of one plain file, one that has a .gz beside it, and an empty one.
func conditionSite(t *testing.T) (dir string, s site) {
	t.Helper()
	dir = writeDist(t, map[string]string{
		"index.html": "page", "index.html.gz": "GZIP", "digits.bin": "0123456789", "empty.bin": "",
	})
	for _, name := range []string{"index.html", "index.html.gz", "digits.bin", "empty.bin"} {
		if err := os.Chtimes(filepath.Join(dir, name), saved, saved); err != nil {
			t.Fatal(err)
		}
	}
	s, err := readFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir, s
}

// Each condition and range by itself, as RFC 9110 has them; what is sent compressed is sent whole.
func TestConditionsAndRanges(t *testing.T) {
	_, s := conditionSite(t)
	srv := httptest.NewServer(s)
	defer srv.Close()
	tag, zipped := s["digits.bin"].reps[0].etag, s["index.html"].reps[1].etag
	for _, c := range []struct {
		path, header string
		status       int
		body, ranges string // ranges is Content-Range
	}{
		{"/digits.bin", "", 200, "0123456789", ""},
		{"/digits.bin", "Range: bytes=2-4", 206, "234", "bytes 2-4/10"},
		{"/digits.bin", "Range: bytes=7-", 206, "789", "bytes 7-9/10"},
		{"/digits.bin", "Range: bytes=-1", 206, "9", "bytes 9-9/10"},
		{"/digits.bin", "Range: bytes=0-99", 206, "0123456789", "bytes 0-9/10"},
		{"/digits.bin", "Range: bytes=10-", 416, "", "bytes */10"},
		{"/digits.bin", "Range: bytes=5-1", 416, "", ""},
		{"/digits.bin", "Range: pages=1-2", 200, "0123456789", ""},
		{"/empty.bin", "Range: bytes=0-0", 200, "", ""},
		{"/digits.bin", "Range: bytes=2-4|If-Range: " + tag, 206, "234", "bytes 2-4/10"},
		{"/digits.bin", `Range: bytes=2-4|If-Range: "other"`, 200, "0123456789", ""},
		{"/digits.bin", "Range: bytes=2-4|If-Range: W/" + tag, 200, "0123456789", ""},
		{"/digits.bin", "Range: bytes=2-4|If-Range: " + then, 206, "234", "bytes 2-4/10"},
		{"/digits.bin", "Range: bytes=2-4|If-Range: " + before, 200, "0123456789", ""},
		{"/digits.bin", "If-Match: " + tag, 200, "0123456789", ""},
		{"/digits.bin", "If-Match: *", 200, "0123456789", ""},
		{"/digits.bin", `If-Match: "other"`, 412, "", ""},
		{"/digits.bin", `If-Match: "other"|If-Match: ` + tag, 200, "0123456789", ""},
		{"/digits.bin", "If-Match: W/" + tag, 412, "", ""},
		{"/digits.bin", "If-Unmodified-Since: " + before, 412, "", ""},
		{"/digits.bin", "If-Unmodified-Since: " + then, 200, "0123456789", ""},
		{"/digits.bin", "If-Unmodified-Since: a date", 200, "0123456789", ""},
		{"/digits.bin", "If-Match: " + tag + "|If-Unmodified-Since: " + before, 200, "0123456789", ""},
		{"/digits.bin", "If-None-Match: " + tag, 304, "", ""},
		{"/digits.bin", `If-None-Match: "other"|If-None-Match: W/` + tag, 304, "", ""},
		{"/digits.bin", "If-Modified-Since: " + then, 304, "", ""},
		{"/digits.bin", "If-Modified-Since: " + before, 200, "0123456789", ""},
		{"/digits.bin", `If-None-Match: "other"|If-Modified-Since: ` + after, 200, "0123456789", ""},
		{"/digits.bin", `If-Match: "other"|Range: bytes=2-4`, 412, "", ""},
		{"/", "Accept-Encoding: gzip|Range: bytes=1-2", 200, "GZIP", ""},
		{"/", "Accept-Encoding: gzip|Range: bytes=99-", 200, "GZIP", ""},
		{"/", "Accept-Encoding: identity|Range: bytes=1-2", 206, "ag", "bytes 1-2/4"},
		{"/", "Accept-Encoding: gzip|If-Match: " + zipped, 200, "GZIP", ""},
		{"/", "Accept-Encoding: identity|If-Match: " + zipped, 412, "", ""},
	} {
		var header []string
		for line := range strings.SplitSeq(c.header, "|") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				header = append(header, name, value)
			}
		}
		res, body := ask(t, srv.URL, "GET", c.path, header...)
		if res.StatusCode >= 400 && strings.HasSuffix(body, ".\n") {
			body = "" // a sentence
		}
		encoded := res.Header.Get("Content-Encoding") != ""
		wantRanges := "bytes"
		if encoded || res.StatusCode >= 300 {
			wantRanges = ""
		}
		if res.StatusCode != c.status || body != c.body || res.Header.Get("Content-Range") != c.ranges ||
			res.Header.Get("Accept-Ranges") != wantRanges {
			t.Errorf("GET %s with %q: %s, %q, %v; expected %d, %q, Content-Range %q, Accept-Ranges %q",
				c.path, c.header, res.Status, body, res.Header, c.status, c.body, c.ranges, wantRanges)
		}
		if res.StatusCode != 304 && res.ContentLength < 0 {
			t.Errorf("GET %s with %q: no length", c.path, c.header)
		}
		if res.StatusCode >= 400 && (encoded || res.Header.Get("Cache-Control") != "no-cache") {
			t.Errorf("GET %s with %q: %s with %v", c.path, c.header, res.Status, res.Header)
		}
	}
}

// Beside net/http's file server, which gets the same tag: every combination of method, conditions
// and ranges is answered alike, to the byte. Where we mean to differ is told below.
func TestBesideFileServer(t *testing.T) {
	dir, s := conditionSite(t)
	ours := httptest.NewServer(s)
	defer ours.Close()
	files := http.FileServer(http.Dir(dir))
	theirs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s[strings.TrimPrefix(r.URL.Path, "/")]; f != nil {
			w.Header().Set("Etag", f.reps[0].etag)
			w.Header().Set("Content-Type", f.contentType) // theirs is the system's table
		}
		files.ServeHTTP(w, r)
	}))
	defer theirs.Close()
	tag := s["digits.bin"].reps[0].etag
	optional := func(name string, values ...string) [][2]string {
		list := [][2]string{{}}
		for _, v := range values {
			list = append(list, [2]string{name, v})
		}
		return list
	}
	asked := 0
	for _, r := range optional("Range", "bytes=2-4", "bytes=-3", "bytes=8-20", "bytes=10-", "bytes=0-0,2-3", "bytes=0-9,0-9", "bytes=x", "bytes=3-2", "bytes=") {
		for _, ir := range optional("If-Range", tag, `"other"`, then, before) {
			for _, m := range append(optional("If-Match", tag, `"other", W/`+tag, "*", "junk"), [2]string{"If-Unmodified-Since", before}, [2]string{"If-Unmodified-Since", after}) {
				for _, n := range append(optional("If-None-Match", "W/"+tag, `"other"`, "*"), [2]string{"If-Modified-Since", then}, [2]string{"If-Modified-Since", before}) {
					var header []string
					for _, h := range [][2]string{r, ir, m, n} {
						if h[0] != "" {
							header = append(header, h[0], h[1])
						}
					}
					for _, method := range []string{"GET", "HEAD"} {
						asked++
						got := told(ask(t, ours.URL, method, "/digits.bin", header...))
						if want := told(ask(t, theirs.URL, method, "/digits.bin", header...)); got != want {
							t.Fatalf("%s with %q is answered\n%s\nnet/http's file server says\n%s", method, header, got, want)
						}
					}
				}
			}
		}
	}
	t.Logf("%d requests answered alike", asked)
	// Where we differ: no folder is listed, no second name is redirected, and only GET and HEAD
	// are answered.
	for _, c := range []struct {
		method, path string
		ours, theirs int
	}{
		{"GET", "/digits.bin", 200, 200}, {"GET", "/missing", 404, 404}, {"GET", "/", 200, 200}, {"GET", "/digits.bin/", 404, 301},
		{"GET", "/index.html", 200, 301}, {"POST", "/digits.bin", 405, 200}, {"GET", "/index.html.gz", 404, 200},
	} {
		request := func(base string) int {
			r, err := http.NewRequest(c.method, base+c.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			return res.StatusCode
		}
		if a, b := request(ours.URL), request(theirs.URL); a != c.ours || b != c.theirs {
			t.Errorf("%s %s: %d and %d, expected %d of ours and %d of the file server", c.method, c.path, a, b, c.ours, c.theirs)
		}
	}
}

// told is an answer as text: its status, body and what it says of the file. The boundary of several
// ranges is random, and a refusal is worded differently.
func told(res *http.Response, body string) string {
	kind := res.Header.Get("Content-Type")
	if _, p, err := mime.ParseMediaType(kind); err == nil && p["boundary"] != "" {
		kind, body = strings.ReplaceAll(kind, p["boundary"], "B"), strings.ReplaceAll(body, p["boundary"], "B")
	}
	length := fmt.Sprint(res.ContentLength)
	list := []string{"Content-Range", "Accept-Ranges", "Etag", "Last-Modified"}
	if res.StatusCode >= 400 {
		kind, body, length, list = "", "", "", list[:1]
	}
	text := fmt.Sprintf("%s %s %s %q", res.Status, length, kind, body)
	for _, name := range list {
		text += fmt.Sprintf("\n%s: %s", name, res.Header.Get(name))
	}
	return text
}

// Downloads that are under way when the server is told to stop are given their moment; then all
// ends.
func TestStopsWithDownloads(t *testing.T) {
	dir := writeDist(t, map[string]string{"index.html": "x", "big.bin": strings.Repeat("b", 32<<20)})
	s, err := readFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, newServer(s), ln) }()
	get := func() (net.Conn, error) {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err == nil {
			_, err = io.WriteString(c, "GET /big.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		}
		return c, err
	}
	reading, err := get()
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	still, err := get() // reads nothing, so that its answer is never finished
	if err != nil {
		t.Fatal(err)
	}
	defer still.Close()
	for _, c := range []net.Conn{reading, still} { // both are being answered
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	stop()
	if n, err := io.Copy(io.Discard, reading); err != nil || n < 32<<20 {
		t.Errorf("the download that was read ended after %d bytes: %v", n, err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
		t.Logf("ended after %v", time.Since(began))
	case <-time.After(time.Minute):
		t.Error("the server waits for a reader that does not read")
	}
}
