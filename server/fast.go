package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A doorman stands between a listener and net/http. He answers the requests that browsers really send, a GET or HEAD of a file of the site in one
// piece, from ready bytes; with the first that he does not know by heart he hands the connection over, and every byte that came. So net/http stays
// the judge of all that is rare, wrong or hostile, and a request for a small file costs half.
type doorman struct {
	net.Listener // the real one
	answers      map[string]*answers
	handed       chan net.Conn

	mu      sync.Mutex
	guests  map[net.Conn]bool // his own connections; true while he waits for a request
	closing bool
	done    chan struct{}
}

// answers are a file's, one for each representation, in the order of file.reps.
type answers struct {
	file   *file
	whole  [][]byte // heads without the date and the empty line
	unless [][]byte // of 304
}

// newDoorman makes the answers by asking the site itself.
func newDoorman(ln net.Listener, s site, base string) *doorman {
	d := &doorman{Listener: ln, answers: map[string]*answers{}, handed: make(chan net.Conn), guests: map[net.Conn]bool{}, done: make(chan struct{})}
	for name, f := range s {
		if !only([]byte(name), isPath) {
			continue // its address has escapes
		}
		a := &answers{file: f}
		for _, rep := range f.reps {
			a.whole = append(a.whole, s.head(name, rep, false))
			a.unless = append(a.unless, s.head(name, rep, true))
		}
		d.answers[base+name] = a
		if name == "index.html" {
			d.answers[base] = a
		}
	}
	go d.welcome()
	return d
}

// head is the site's own head for a representation.
func (s site) head(name string, rep representation, known bool) []byte {
	r, err := http.NewRequest(http.MethodHead, "/", nil)
	if err != nil {
		panic(err)
	}
	r.URL.Path = "/" + name
	if rep.coding != "identity" {
		r.Header.Set("Accept-Encoding", rep.coding)
	}
	if known {
		r.Header.Set("If-None-Match", rep.etag)
	}
	w := &listener{header: http.Header{}, status: http.StatusOK}
	s.ServeHTTP(w, r)
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 ")
	b.WriteString(map[int]string{http.StatusOK: "200 OK", http.StatusNotModified: "304 Not Modified"}[w.status])
	b.WriteString("\r\n")
	w.header.Write(&b)
	return b.Bytes()
}

// A listener hears what a handler says about its answer.
type listener struct {
	header http.Header
	status int
}

func (l *listener) Header() http.Header         { return l.header }
func (l *listener) WriteHeader(status int)      { l.status = status }
func (l *listener) Write(b []byte) (int, error) { return len(b), nil }

// welcome accepts connections until the listener is closed.
func (d *doorman) welcome() {
	for pause := time.Duration(0); ; {
		c, err := d.Listener.Accept()
		if err != nil {
			select {
			case <-d.done:
				return
			case <-time.After(min(max(5*time.Millisecond, 2*pause), time.Second)): // no descriptor is free, for instance
				pause = min(max(5*time.Millisecond, 2*pause), time.Second)
				continue
			}
		}
		pause = 0
		if d.keep(c, true) {
			go d.serve(c)
		} else {
			c.Close()
		}
	}
}

// Accept gives net/http the next connection that is its own.
func (d *doorman) Accept() (net.Conn, error) {
	select {
	case c := <-d.handed:
		return c, nil
	case <-d.done:
		return nil, net.ErrClosed
	}
}

// Close ends welcome and Accept, and the connections that wait for a request.
func (d *doorman) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return nil
	}
	d.closing = true
	close(d.done)
	for c, waits := range d.guests {
		if waits {
			c.Close()
		}
	}
	return d.Listener.Close()
}

// leave waits until the answers that are under way have been given, or ends them with ctx.
func (d *doorman) leave(ctx context.Context) {
	for {
		d.mu.Lock()
		n := len(d.guests)
		if ctx.Err() != nil {
			for c := range d.guests {
				c.Close()
			}
			n = 0
		}
		d.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// keep notes whether a connection waits for a request; false means that the server is closing.
func (d *doorman) keep(c net.Conn, waits bool) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing && waits {
		return false
	}
	d.guests[c] = waits
	return true
}

func (d *doorman) forget(c net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.guests, c)
}

// Sizes: a browser's request has about 700 bytes; a body up to small is written with its head in one piece.
const (
	largestRequest = 4 << 10
	small          = 16 << 10
)

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, small+1<<10); return &b }}

// serve answers one connection until it ends or is handed over.
func (d *doorman) serve(c net.Conn) {
	b := make([]byte, largestRequest)
	n := 0
	var deadline time.Time // the one that is set
	for first := true; ; first = false {
		if n == 0 {
			// Deadlines cost as much as parsing, so one that is nearly right stays.
			now := time.Now()
			if want := now.Add(idleTimeout); first {
				c.SetReadDeadline(now.Add(headerTimeout))
			} else if want.Sub(deadline) > idleTimeout/20 {
				deadline = want
				c.SetReadDeadline(want)
			}
			var err error
			if n, err = c.Read(b); err != nil || n == 0 {
				d.forget(c)
				c.Close()
				return
			}
		}
		end := bytes.Index(b[:n], []byte("\r\n\r\n")) + 4
		q, ok := request{}, false
		if end >= 4 {
			q, ok = parseRequest(b[:end])
		}
		a := d.answers[string(q.target)]
		which := -1
		if ok && a != nil {
			if rep := negotiate(a.file.reps, q.accept()); rep != nil {
				which = slices.IndexFunc(a.file.reps, func(r representation) bool { return r.coding == rep.coding })
			}
		}
		if which < 0 {
			d.handOver(c, b[:n])
			return
		}
		d.keep(c, false)
		err := answer(c, a, which, q)
		if err != nil || !d.keep(c, true) {
			d.forget(c)
			c.Close()
			return
		}
		n = copy(b, b[end:n])
	}
}

// answer writes one representation, or that the browser has it.
func answer(c net.Conn, a *answers, which int, q request) error {
	rep := &a.file.reps[which]
	head, body := a.whole[which], rep.body
	if q.known != nil && matches([]string{string(q.known)}, rep.etag) {
		head, body = a.unless[which], nil
	}
	if q.headOnly {
		body = nil
	}
	p := buffers.Get().(*[]byte)
	defer buffers.Put(p)
	out := append((*p)[:0], head...)
	out = append(out, today()...)
	c.SetWriteDeadline(time.Now().Add(writeTimeout))
	if len(body) <= small {
		out = append(out, body...)
		*p = out
		_, err := c.Write(out)
		return err
	}
	*p = out
	pieces := net.Buffers{out, body}
	_, err := pieces.WriteTo(c)
	return err
}

// dated is the end of a head, and the second for which it is right.
type dated struct {
	second int64
	text   []byte
}

var lastDate atomic.Pointer[dated]

// today is the header Date with the empty line after it.
func today() []byte {
	now := time.Now()
	if d := lastDate.Load(); d != nil && d.second == now.Unix() {
		return d.text
	}
	d := &dated{now.Unix(), []byte("Date: " + now.UTC().Format(http.TimeFormat) + "\r\n\r\n")}
	lastDate.Store(d)
	return d.text
}

// handOver gives the connection to net/http, which reads what came once more.
func (d *doorman) handOver(c net.Conn, came []byte) {
	d.forget(c)
	c.SetDeadline(time.Time{})
	select {
	case d.handed <- &replay{c, came}:
	case <-d.done:
		c.Close()
	}
}

// A replay is a connection some of whose bytes were read already.
type replay struct {
	net.Conn
	came []byte
}

func (r *replay) Read(b []byte) (int, error) {
	if len(r.came) > 0 {
		n := copy(b, r.came)
		r.came = r.came[n:]
		return n, nil
	}
	return r.Conn.Read(b)
}

// A request is what the doorman understands of one.
type request struct {
	target   []byte
	headOnly bool
	coding   []byte // the header Accept-Encoding, nil if there is none
	known    []byte // the header If-None-Match
}

// accept is the header as negotiate takes it.
func (q request) accept() []string {
	if q.coding == nil {
		return nil
	}
	return []string{string(q.coding)}
}

// parseRequest reads a whole head of a plain request. Whatever is not exactly of the common form, or asks for more than a file, is not ok: net/http knows.
func parseRequest(head []byte) (q request, ok bool) {
	line, rest, _ := bytes.Cut(head, []byte("\r\n"))
	line, ok = bytes.CutPrefix(line, []byte("GET "))
	if !ok {
		if line, ok = bytes.CutPrefix(line, []byte("HEAD ")); !ok {
			return q, false
		}
		q.headOnly = true
	}
	if q.target, ok = bytes.CutSuffix(line, []byte(" HTTP/1.1")); !ok {
		return q, false
	}
	hosts := 0
	for {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			return q, hosts == 1 && len(rest) == 0
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found || len(name) == 0 || !only(name, isName) || !only(value, isValue) {
			return q, false
		}
		value = bytes.Trim(value, " \t")
		switch {
		case is(name, "Host"):
			hosts++
			if len(value) == 0 || !only(value, isHost) {
				return q, false
			}
		case is(name, "Accept-Encoding"):
			if q.coding != nil {
				return q, false
			}
			q.coding = value
		case is(name, "If-None-Match"):
			if q.known != nil {
				return q, false
			}
			q.known = value
		case is(name, "Connection"):
			if !is(value, "keep-alive") {
				return q, false
			}
		case is(name, "Content-Length"), is(name, "Transfer-Encoding"), is(name, "Expect"), is(name, "Upgrade"), is(name, "Trailer"), is(name, "TE"):
			return q, false
		}
	}
}

func is(b []byte, name string) bool { return len(b) == len(name) && strings.EqualFold(string(b), name) }

// only tells whether all bytes are of that kind.
func only(b []byte, kind func(c byte) bool) bool {
	for _, c := range b {
		if !kind(c) {
			return false
		}
	}
	return true
}

func isName(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' }
func isValue(c byte) bool {
	return ' ' <= c && c < 0x7f || c == '\t'
}
func isPath(c byte) bool { return isName(c) || c == '.' || c == '/' || c == '_' }
func isHost(c byte) bool {
	return isName(c) || c == '.' || c == ':' || c == '[' || c == ']'
}
