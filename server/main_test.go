package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"rsc.io/qr"
)

// bin is the server, compiled for the tests that run it as a program.
var bin string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "server")
	if err != nil {
		log.Fatal(err)
	}
	bin = filepath.Join(dir, "server.exe") // Windows wants the ending
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		log.Fatalf("go build: %v\n%s", err, out)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func TestOneLineErrors(t *testing.T) {
	dist := writeDist(t, distFiles)
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	plain := filepath.Join(dist, "index.html")
	missing := filepath.Join(dist, "none")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-dist", dist, "-addr", busy.Addr().String()}, 1, "is already in use"},
		{[]string{"-dist", missing}, 1, "run `make dist` first"},
		{[]string{"-dist", filepath.Join(dist, "models")}, 1, "has no index.html"},
		{[]string{"-dist", plain}, 1, "is a file"},
		{[]string{"-dist", dist, "-addr", "127.0.0.1:99999"}, 1, "cannot listen on 127.0.0.1:99999"},
		{[]string{"-base", "/a b/"}, 2, "is not a path"},
		{[]string{"-base", "/../"}, 2, "is not a path"},
		{[]string{"-base", "/a//b"}, 2, "is not a path"},
		{[]string{"-addr", "8080"}, 2, "is not HOST:PORT"},
		{[]string{"-port", "1"}, 2, "-port"},
		{[]string{"-addr"}, 2, "-addr"},
		{[]string{"-tls=perhaps"}, 2, "perhaps"},
		{[]string{"-bad\nflag"}, 2, "flag"},
		{[]string{"dist"}, 2, `unexpected argument "dist"`},
		{[]string{"-tls", "a", "b"}, 2, `unexpected argument "a"`},
	} {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(bin, c.args...)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != c.code {
			t.Errorf("server %q: %v, expected exit code %d", c.args, err, c.code)
		}
		got := stderr.String()
		if strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "server: ") || !strings.Contains(got, c.want) {
			t.Errorf("server %q: standard error is %q, expected one line with %q", c.args, got, c.want)
		}
		if stdout.Len() > 0 {
			t.Errorf("server %q: standard output is %q, expected nothing", c.args, stdout.String())
		}
	}
	help, err := exec.Command(bin, "-h").Output()
	if err != nil || string(help) != usage+"\n" {
		t.Errorf("server -h: %q, %v, expected the usage line and exit code 0", help, err)
	}
}

// start runs the server on a free port and returns the URL that it printed.
func start(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	return startProgram(t, bin, ".", append([]string{"-addr", "127.0.0.1:0", "-dist", writeDist(t, distFiles)}, args...)...)
}

// startProgram runs a server in folder.
func startProgram(t *testing.T, program, folder string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = folder
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server printed %q: %v", line, err)
	}
	go io.Copy(io.Discard, out)
	url := regexp.MustCompile(`https?://127\.0\.0\.1:\d+/\S*`).FindString(line)
	if url == "" {
		t.Fatalf("the server printed %q, expected its URL", line)
	}
	return cmd, url
}

func TestServesAndStops(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, url := start(t)
		res, body := ask(t, url, "GET", "boot.js")
		if res.StatusCode != 200 || body != distFiles["boot.js"] {
			t.Errorf("GET %sboot.js: status %d, body %q, expected 200 and %q", url, res.StatusCode, body, distFiles["boot.js"])
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Skipf("this system sends no %v: %v", signal, err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("after %v: %v, expected exit code 0", signal, err)
			}
		case <-time.After(time.Minute):
			t.Errorf("the server still runs a minute after %v", signal)
		}
	}
}

// A client that sends its header at a snail's pace is cut off.
func TestSlowHeaderIsCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a time-out of 5 s")
	}
	t.Parallel()
	_, url := start(t)
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n")
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("reading: %v, expected the server to close the connection", err)
	}
}

func TestTLS(t *testing.T) {
	_, url := start(t, "-tls")
	if !strings.HasPrefix(url, "https://") {
		t.Fatalf("the server printed %s, expected an https address", url)
	}
	host := strings.TrimSuffix(strings.TrimPrefix(url, "https://"), "/")
	conn, err := tls.Dial("tcp", host, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	cert := conn.ConnectionState().PeerCertificates[0]
	conn.Close()
	// From here on the certificate itself is trusted and everything is checked.
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	names := append(hostNames(), "127.0.0.1", "::1")
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			names = append(names, n.IP.String())
		}
	}
	if !slices.Contains(names, "localhost") {
		t.Errorf("names %v, expected localhost among them", names)
	}
	for _, name := range names {
		if err := cert.VerifyHostname(name); err != nil {
			t.Errorf("the certificate does not serve %s: %v", name, err)
		}
	}
	if cert.VerifyHostname("example.org") == nil {
		t.Error("the certificate serves example.org, expected this machine alone")
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()
	res, err := client.Get(url + "boot.js")
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Strict-Transport-Security"); got != "max-age=86400" {
		t.Errorf("Strict-Transport-Security under TLS is %q", got)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); string(body) != distFiles["boot.js"] {
		t.Errorf("GET %sboot.js: %q, expected %q", url, body, distFiles["boot.js"])
	}
}

// A certificate is made on every machine: what it cannot hold as a name is left out.
func TestNamesOfAnyMachine(t *testing.T) {
	got := certifiable("localhost", "localhost", "张三的电脑", "müller", "my pc", "-pc", "pc.", "", "lab_7.example.org",
		strings.Repeat("a.", 130)+"a", "a\x1b[31m")
	if want := []string{"localhost", "lab_7.example.org"}; !slices.Equal(got, want) {
		t.Errorf("names %q, expected %q", got, want)
	}
	if _, err := selfSigned(time.Now(), got, nil); err != nil {
		t.Error(err)
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("only root names a machine")
	}
	// A namespace of its own has a name of its own.
	name := "张三的电脑"
	cmd := exec.Command("unshare", "--uts", "sh", "-c", `printf %s "$1" >/proc/sys/kernel/hostname && shift && exec "$@"`, "sh",
		name, bin, "-tls", "-addr", "127.0.0.1:0", "-dist", writeDist(t, distFiles))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	cmd.Process.Kill()
	cmd.Wait()
	if !strings.HasPrefix(line, "SEscope at https://127.0.0.1:") {
		if !strings.Contains(wrong.String(), "server: ") {
			t.Skipf("no namespace of its own: %s", &wrong)
		}
		t.Errorf("on a machine called %s the server says %q, %q", name, line, &wrong)
	}
}

// Below a path everything is where the page's relative addresses look for it, and nothing is
// anywhere else.
func TestBase(t *testing.T) {
	for _, base := range []string{"/class/a", "class/a/"} {
		_, url := start(t, "-base", base)
		if !strings.HasSuffix(url, "/class/a/") {
			t.Fatalf("-base %s: the server printed %s", base, url)
		}
		root := strings.TrimSuffix(url, "/class/a/")
		for path, want := range map[string]int{
			"/class/a/": 200, "/class/a/boot.js": 200, "/class/a/assets/app.0123456789.css": 200, "/": 404, "/boot.js": 404, "/class/": 404,
			"/class/abc": 404, "/class/a/class/a/": 404, "/class/a//boot.js": 404,
		} {
			if res, _ := ask(t, root, "GET", path); res.StatusCode != want {
				t.Errorf("-base %s: GET %s is answered %d, expected %d", base, path, res.StatusCode, want)
			}
		}
		if res, _ := ask(t, root, "POST", "/class/a"); res.StatusCode != 405 {
			t.Errorf("POST /class/a: %d", res.StatusCode)
		}
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Get(root + "/class/a")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 308 || res.Header.Get("Location") != "/class/a/" || res.Header.Get("Content-Security-Policy") != "" && res.Header.Get("Location") == "" {
			t.Errorf("GET /class/a: %d to %q, expected 308 to the path with its slash", res.StatusCode, res.Header.Get("Location"))
		}
	}
}

// The program that make server makes holds dist and serves it from an empty folder.
func TestEmbedded(t *testing.T) {
	folder := t.TempDir()
	dist := writeDist(t, map[string]string{"index.html": "the page inside", "assets/app.0123456789.css": "p{}", "_headers": "x", ".nojekyll": ""})
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	overlay := map[string]map[string]string{"Replace": {}}
	for _, name := range []string{"index.html", "assets/app.0123456789.css", "_headers", ".nojekyll"} {
		overlay["Replace"][filepath.Join(here, "dist", name)] = filepath.Join(dist, name)
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, text, 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "sescope-server.exe")
	if out, err := exec.Command("go", "build", "-tags", "embed", "-overlay", list, "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	_, url := startProgram(t, program, folder, "-addr", "127.0.0.1:0")
	if res, body := ask(t, url, "GET", ""); res.StatusCode != 200 || body != "the page inside" {
		t.Errorf("the embedded page: %d, %q", res.StatusCode, body)
	}
}

// The code on the terminal has the modules of the library's, within a white frame of four.
func TestCode(t *testing.T) {
	const address = "https://192.0.2.17:8443/"
	if got := forPhones([]string{"https://localhost:1/", "https://127.0.0.1:1/", address}); got != address {
		t.Errorf("the code would lead to %s, expected %s", got, address)
	}
	want, err := qr.Encode(address, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(code(address), "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(strings.TrimPrefix(line, whiteOnBlack), plain)
		row := []rune(line)
		if len(row) != want.Size+8 {
			t.Fatalf("line %d has %d characters, expected %d", i, len(row), want.Size+8)
		}
		for x, r := range row {
			for k, dark := range [2]bool{r == '▄' || r == ' ', r == '▀' || r == ' '} {
				y := 2*i + k
				if y < want.Size+8 && dark != want.Black(x-4, y-4) {
					t.Fatalf("module %d, %d is dark: %t", x-4, y-4, dark)
				}
			}
		}
	}
	if len(lines) != (want.Size+9)/2 {
		t.Errorf("%d lines for %d modules", len(lines), want.Size+8)
	}
}

func TestURLs(t *testing.T) {
	got := urls("https", &net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 81}, "/")
	if !slices.Equal(got, []string{"https://192.0.2.1:81/"}) {
		t.Errorf("one address: %v", got)
	}
	got = urls("http", &net.TCPAddr{IP: net.IPv6loopback, Port: 80}, "/a/")
	if !slices.Equal(got, []string{"http://[::1]:80/a/"}) {
		t.Errorf("an IPv6 address: %v", got)
	}
	for _, all := range []net.IP{net.IPv4zero, net.IPv6unspecified} {
		got = urls("http", &net.TCPAddr{IP: all, Port: 82}, "/lab/")
		if got[0] != "http://localhost:82/lab/" || slices.Contains(got[1:], "http://127.0.0.1:82/lab/") {
			t.Errorf("all addresses: %v, expected localhost and then those of the networks", got)
		}
		for _, u := range got {
			if !strings.HasSuffix(u, ":82/lab/") {
				t.Errorf("%s is not below -base", u)
			}
			if strings.Contains(u, "0.0.0.0") || strings.Contains(u, "[::]") {
				t.Errorf("all addresses: %s is no address for a browser", u)
			}
		}
	}
}
