package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// openFiles counts the descriptors of a process, resident its memory in bytes (Linux).
func openFiles(t *testing.T, pid int) int {
	t.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func resident(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	kb, err := strconv.Atoi(regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindStringSubmatch(string(b))[1])
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// slowly sends a request on a connection of its own. A client that itself takes longer than the
// server waits for a header, on a busy machine, is cut off rightly: then it tries again.
func slowly(t *testing.T, address, request string) net.Conn {
	t.Helper()
	for {
		began := time.Now()
		c, err := net.DialTimeout("tcp", address, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.WriteString(c, request); err == nil {
			return c
		}
		c.Close()
		if took := time.Since(began); took < headerTimeout {
			t.Fatalf("cut off %v after it connected, expected %v at least: %v", took, headerTimeout, err)
		}
	}
}

// answered asks for a file on a new connection until one was quick enough to be heard.
func answered(t *testing.T, address, path string) (took time.Duration, status int, body string) {
	t.Helper()
	for {
		began := time.Now()
		c := slowly(t, address, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		sent := time.Since(began)
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			var b []byte
			b, err = io.ReadAll(res.Body)
			status, body = res.StatusCode, string(b)
		}
		c.Close()
		if err == nil {
			return time.Since(began), status, body
		}
		if sent < headerTimeout {
			t.Fatalf("a request that was sent in %v got no answer: %v", sent, err)
		}
	}
}

// 1,000 held connections and 200 readers that do not read: others are served meanwhile, and when
// all have gone, so have their descriptors and their memory, as often as it happens. A Go program
// gives memory back late, so that its size levels off after some rounds only; the last four are
// compared with the four before them.
func TestHeldConnections(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	const held, slow = 1000, 200
	files := map[string]string{"big.wasm": strings.Repeat("w", 4<<20)}
	for name, content := range distFiles {
		files[name] = content
	}
	cmd, url := startProgram(t, bin, ".", "-addr", "127.0.0.1:0", "-dist", writeDist(t, files))
	address := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	pid := cmd.Process.Pid
	ask(t, url, "GET", "")
	descriptors := openFiles(t, pid)
	const rounds = 16
	var memory []int
	for round := range rounds {
		var conns []net.Conn
		hold := func(request string) net.Conn {
			c := slowly(t, address, request)
			conns = append(conns, c)
			return c
		}
		for i := range held {
			switch i % 3 {
			case 0: // says nothing
				hold("")
			case 1: // stops within its header
				hold("GET / HTTP/1.1\r\nHost:")
			case 2: // asked once and stays
				hold("GET /boot.js HTTP/1.1\r\nHost: x\r\n\r\n")
			}
		}
		for range slow {
			hold("GET /big.wasm HTTP/1.1\r\nHost: x\r\n\r\n").(*net.TCPConn).SetReadBuffer(4096)
		}
		var longest time.Duration
		for range 50 {
			took, status, body := answered(t, address, "/boot.js")
			if status != 200 || body != distFiles["boot.js"] {
				t.Fatalf("status %d, body %q while others hold on", status, body)
			}
			longest = max(longest, took)
		}
		if n := openFiles(t, pid); round == 0 && n < slow {
			t.Errorf("the server holds %d descriptors: nothing was held", n)
		}
		t.Logf("round %d: %d connections held, 50 requests answered, the slowest in %v, %d MB resident",
			round, len(conns), longest, resident(t, pid)>>20)
		if longest > time.Minute { // who waits for those that are held waits for good
			t.Errorf("a request took %v", longest)
		}
		for _, c := range conns {
			c.Close()
		}
		for wait := time.Now(); openFiles(t, pid) > descriptors+2; time.Sleep(20 * time.Millisecond) {
			if time.Since(wait) > time.Minute {
				t.Fatalf("%d descriptors, %d before", openFiles(t, pid), descriptors)
			}
		}
		memory = append(memory, resident(t, pid))
	}
	// 16 MB in four rounds are 3.5 kB of each connection: a goroutine that stays behind has more.
	grown := slices.Max(memory[rounds-4:]) - slices.Max(memory[rounds-8:rounds-4])
	if t.Logf("memory grew by %d kB in the last four rounds", grown>>10); grown > 16<<20 {
		t.Errorf("memory grew by %d bytes in the last four rounds: %v", grown, memory)
	}
}

// A reader that takes nothing is let go after the time for an answer, not held for ever.
// SESCOPE_SOAK=1: it waits for two minutes.
func TestReaderThatTakesNothing(t *testing.T) {
	if os.Getenv("SESCOPE_SOAK") == "" {
		t.Skip("waits for two minutes: SESCOPE_SOAK=1")
	}
	t.Parallel()
	_, url := startProgram(t, bin, ".", "-addr", "127.0.0.1:0", "-dist", writeDist(t, map[string]string{"index.html": "x", "big.wasm": strings.Repeat("w", 64<<20)}))
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET /big.wasm HTTP/1.1\r\nHost: x\r\n\r\n")
	time.Sleep(125 * time.Second)
	if n, err := io.Copy(io.Discard, conn); n >= 64<<20 {
		t.Errorf("after two minutes %d bytes came (%v), expected the connection to be cut", n, err)
	}
}

// requests are what a scanner or a broken client sends.
var requests = []string{
	"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
	"GET /../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n", "GET /assets/../../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%2e%2e/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /..%2fsecret.txt HTTP/1.1\r\nHost: x\r\n\r\n", "GET /..%5csecret.txt HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%252e%252e/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /..;/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n", "GET \\..\\secret.txt HTTP/1.1\r\nHost: x\r\n\r\n", "GET //../../secret.txt HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /index.html%00.js HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%c0%ae%c0%ae/secret.txt HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET file:///etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", "GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly this", "PUT /index.html HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
	"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /secret.txt HTTP/1.1\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
	"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", "DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", "get / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
	"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n",
	"GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br;q=9, gzip;q=-1, *;q=0.0001,,;;\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-18446744073709551615,5-1\r\n\r\n",
	"GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"" + strings.Repeat("a,", 1000) + "\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("c", 40<<10) + "\r\n\r\n",
	"GET /" + strings.Repeat("a", 40<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
	"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "\x00\x00\x00\x00", "\r\n\r\n\r\n", "", "GET", "GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n",
}

// Whatever comes, the answer is a refusal or a file of dist, and the server lives on.
func FuzzRequest(f *testing.F) {
	for _, r := range requests {
		f.Add([]byte(r))
	}
	folder := filepath.Join(f.TempDir(), "dist")
	for name, content := range map[string]string{"dist/index.html": "the page", "dist/assets/app.0123456789.css": "p{}", "secret.txt": "secret"} {
		target := filepath.Join(filepath.Dir(folder), name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	s, err := readFolder(folder)
	if err != nil {
		f.Fatal(err)
	}
	address := startServer(f, s, "/")
	f.Fuzz(func(t *testing.T, request []byte) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(time.Minute))
		conn.Write(request) // it may be cut off while it writes
		conn.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(conn)
		if bytes.Contains(answer, []byte("secret\n")) || bytes.HasSuffix(answer, []byte("secret")) {
			t.Fatalf("%q reached a file beside dist:\n%q", request, answer)
		}
		r := bufio.NewReader(bytes.NewReader(answer))
		for {
			if _, err := r.Peek(1); err != nil {
				return
			}
			method := http.MethodGet
			if bytes.HasPrefix(request, []byte("HEAD")) {
				method = http.MethodHead
			}
			res, err := http.ReadResponse(r, &http.Request{Method: method})
			if err != nil {
				return // later answers of a pipeline may be cut off
			}
			if res.StatusCode >= 500 && res.StatusCode != 501 && res.StatusCode != 505 {
				t.Fatalf("%q is answered with %s", request, res.Status)
			}
			if res.StatusCode == 200 && !bytes.Contains(request, []byte("GET")) && !bytes.Contains(request, []byte("HEAD")) {
				t.Fatalf("%q is answered with %s, but neither GET nor HEAD was asked", request, res.Status)
			}
			if res.StatusCode == 200 && res.Header.Get("Content-Security-Policy") == "" {
				t.Fatalf("%q is answered without a policy", request)
			}
			if _, err := io.Copy(io.Discard, res.Body); err != nil {
				return
			}
		}
	})
}
