package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The server against Debian's nginx with gzip_static, on the same files, in turns, from the same client: a median of the ratios of requests
// a second. On a machine that does nothing else it is to be at least 0.7: SESCOPE_THROUGHPUT=1 go test -v -run Throughput ./server.
// Without the variable the turns are short and only wrong answers fail: a machine under load proves no more.
func TestThroughputBesideNginx(t *testing.T) {
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if nginx = "/usr/sbin/nginx"; !exists(nginx) { // not on the PATH of people who are not root
			if os.Getenv("CI") == "true" {
				t.Fatal("nginx is not installed: .ci/install does that")
			}
			t.Skip("nginx is not installed (Debian: apt-get install nginx-light)")
		}
	}
	turns, length, least := 3, 200*time.Millisecond, 0.0
	if os.Getenv("SESCOPE_THROUGHPUT") != "" {
		turns, length, least = 15, time.Second, 0.7
	}
	// Sizes of the real dist, and compressed forms of the sizes that it has.
	files := map[string]string{
		"index.html": strings.Repeat("p", 17<<10), "index.html.gz": strings.Repeat("z", 6<<10),
		"assets/sample.0123456789.svg": strings.Repeat("s", 2500), "assets/sample.0123456789.svg.gz": strings.Repeat("z", 1000),
		"assets/sescope.0123456789.wasm": strings.Repeat("w", 5<<20), "assets/sescope.0123456789.wasm.gz": strings.Repeat("z", 1400<<10),
	}
	dist := writeDist(t, files)
	_, ours := startProgram(t, bin, ".", "-addr", "127.0.0.1:0", "-dist", dist)
	theirs := startNginx(t, nginx, dist)
	for _, path := range []string{"index.html", "assets/sample.0123456789.svg", "assets/sescope.0123456789.wasm"} {
		var ratios []float64
		var last string
		for range turns {
			a, b := requestsASecond(t, ours, path, len(files[path+".gz"]), length), requestsASecond(t, theirs, path, len(files[path+".gz"]), length)
			ratios = append(ratios, a/b)
			last = fmt.Sprintf("%.0f and %.0f a second", a, b)
		}
		slices.Sort(ratios)
		median := ratios[len(ratios)/2]
		t.Logf("%s, %d bytes: %.2f of nginx (%.2f to %.2f; the last turn %s)", path, len(files[path+".gz"]), median, ratios[0], ratios[len(ratios)-1], last)
		if median < least {
			t.Errorf("%s: %.2f of nginx's requests a second, expected at least %.2f", path, median, least)
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func startNginx(t *testing.T, program, dist string) (url string) {
	t.Helper()
	if err := os.Chmod(filepath.Dir(filepath.Dir(dist)), 0o755); err != nil { // its workers are another user's
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "nginx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	os.Chmod(folder, 0o755)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	site := filepath.Join(folder, "site")
	if out, err := exec.Command("cp", "-R", dist, site).CombinedOutput(); err != nil {
		t.Fatalf("cp: %v %s", err, out)
	}
	config := filepath.Join(folder, "nginx.conf")
	text := fmt.Sprintf(`daemon off; pid %[1]s/pid; error_log %[1]s/error.log; worker_processes auto;
events { worker_connections 256; }
http {
	types { text/html html; image/svg+xml svg; application/wasm wasm; }
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; gzip_static on; open_file_cache max=100;
	client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server { listen %[2]s; root %[3]s; }
}
`, folder, address, site)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", config, "-e", filepath.Join(folder, "error.log"))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() })
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return "http://" + address + "/"
		}
		if time.Since(began) > time.Minute {
			t.Fatal("nginx does not listen within a minute")
		}
	}
}

// requestsASecond asks over eight connections that stay, by a client that does no more than it must.
func requestsASecond(t *testing.T, url, path string, size int, length time.Duration) float64 {
	t.Helper()
	address := strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/")
	request := []byte("GET /" + path + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
	var total atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range 8 {
		wg.Go(func() {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			r := bufio.NewReaderSize(conn, 64<<10)
			for time.Since(began) < length {
				conn.Write(request)
				res, err := http.ReadResponse(r, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if n, _ := io.Copy(io.Discard, res.Body); res.StatusCode != 200 || n != int64(size) || res.Header.Get("Content-Encoding") != "gzip" {
					t.Errorf("%s%s: status %d, %d bytes, coding %q; expected 200, %d, gzip", url, path, res.StatusCode, n, res.Header.Get("Content-Encoding"), size)
					return
				}
				total.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(total.Load()) / time.Since(began).Seconds()
}
