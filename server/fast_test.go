package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// startServer runs the site in this process, behind the doorman or by net/http alone, and returns its address.
func startServer(t testing.TB, s site, base string, fast bool) (address string, d *doorman) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := newServer(under(base, s))
	address = ln.Addr().String()
	if fast {
		d = newDoorman(ln, s, base)
		ln = d
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		leave := func(context.Context) {}
		if fast {
			leave = d.leave
		}
		ended <- serve(ctx, srv, ln, leave)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return address, d
}

// exchange sends bytes and returns all that comes until the server closes.
func exchange(t testing.TB, address, sent string) []byte {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(conn, sent)
	conn.(*net.TCPConn).CloseWrite()
	got, _ := io.ReadAll(conn)
	return got
}

// told are the answers in a stream of bytes, one line each: status, headers but the date, and body.
func told(stream []byte, head bool) (list []string) {
	r := bufio.NewReader(bytes.NewReader(stream))
	for {
		if _, err := r.Peek(1); err != nil {
			return list
		}
		method := http.MethodGet
		if head {
			method = http.MethodHead
		}
		res, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			return append(list, err.Error())
		}
		body, _ := io.ReadAll(res.Body)
		date := res.Header.Get("Date")
		if _, err := http.ParseTime(date); err != nil && res.StatusCode < 400 {
			list = append(list, "no date: "+date)
		}
		res.Header.Del("Date")
		list = append(list, fmt.Sprint(res.Status, res.Header, res.ContentLength, string(body)))
	}
}

// Whatever is sent, the doorman and net/http behind him answer as net/http alone does: the whole corpus of the fuzz test, and what browsers send.
func TestFastAnswersAsNetHTTP(t *testing.T) {
	s := testSite(t)
	sent := slices.Clone(requests)
	const browser = "Host: 127.0.0.1:8080\r\nConnection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\nReferer: http://127.0.0.1:8080/\r\nSec-Fetch-Mode: cors\r\n"
	for _, method := range []string{"GET", "HEAD"} {
		for name, f := range s {
			name := strings.ReplaceAll(name, " ", "%20")
			for _, coding := range []string{"", "Accept-Encoding: gzip, deflate, br, zstd\r\n", "Accept-Encoding: gzip\r\n", "Accept-Encoding: identity;q=0\r\n", "Accept-Encoding:\r\n", "accept-encoding: br;q=0.1, gzip;q=1\r\n"} {
				sent = append(sent, method+" /"+name+" HTTP/1.1\r\n"+browser+coding+"\r\n")
			}
			for _, rep := range f.reps {
				sent = append(sent, method+" /"+name+" HTTP/1.1\r\n"+browser+"Accept-Encoding: "+rep.coding+"\r\nIf-None-Match: W/\"other\", "+rep.etag+"\r\n\r\n")
			}
		}
		sent = append(sent, method+" / HTTP/1.1\r\n"+browser+"\r\n", method+" /lab/ HTTP/1.1\r\n"+browser+"\r\n", method+" /?embed=1 HTTP/1.1\r\n"+browser+"\r\n", method+" /none HTTP/1.1\r\n"+browser+"\r\n",
			method+" / HTTP/1.1\r\n"+browser+"\r\n"+method+" /boot.js HTTP/1.1\r\n"+browser+"\r\n"+method+" /none HTTP/1.1\r\n"+browser+"\r\n"+method+" / HTTP/1.1\r\n"+browser+"\r\n",
			method+" / HTTP/1.1\r\n"+browser+"Connection: close\r\n\r\n"+method+" / HTTP/1.1\r\n"+browser+"\r\n")
	}
	for _, base := range []string{"/", "/lab/"} {
		fast, _ := startServer(t, s, base, true)
		plain, _ := startServer(t, s, base, false)
		for _, q := range sent {
			head := strings.HasPrefix(q, "HEAD")
			got, want := told(exchange(t, fast, q), head), told(exchange(t, plain, q), head)
			if !slices.Equal(got, want) {
				t.Errorf("below %s, %.200q is answered with\n%.300q\nnet/http says\n%.300q", base, q, got, want)
			}
		}
	}
}

// The doorman himself answers what browsers send: nothing is handed over, and the connection stays.
func TestFastAnswersItself(t *testing.T) {
	s := testSite(t)
	address, d := startServer(t, s, "/", true)
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	r := bufio.NewReader(conn)
	for i := range 20 {
		io.WriteString(conn, "GET /boot.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\n\r\n")
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		if res.StatusCode != 200 {
			t.Fatal(res.Status)
		}
		d.mu.Lock()
		guests := len(d.guests)
		d.mu.Unlock()
		if guests != 1 {
			t.Fatalf("after request %d the doorman has %d connections, expected one", i, guests)
		}
	}
	// Another kind of request goes to net/http with all that came, and the rest of the connection with it.
	io.WriteString(conn, "GET /none HTTP/1.1\r\nHost: x\r\n\r\nGET /boot.js HTTP/1.1\r\nHost: x\r\n\r\n")
	for _, want := range []int{404, 200} {
		res, err := http.ReadResponse(r, nil)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%v %v, expected %d", res, err, want)
		}
		io.Copy(io.Discard, res.Body)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.guests) != 0 {
		t.Errorf("%d connections are still the doorman's", len(d.guests))
	}
}
