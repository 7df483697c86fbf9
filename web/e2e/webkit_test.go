package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// webkit is Safari's engine, as far as a machine without Apple's system has it: WebKitGTK in its
// MiniBrowser, driven by WebDriver. It gives an own session to each tab, with a camera of the
// engine's own.
const webkit device = "WebKit"

// A kit is a tab's session.
type kit struct {
	base   string // of its WebDriver, with the session
	host   *host  // serves the page, with what runs before its own scripts: the protocol has no such thing
	script string
}

// calmTiers keep the engine from compiling thousands of the program's functions a second time while
// the page is painted for the first time. After each one WebKitGTK 2.50 stops the main thread by a
// signal, and its handler leaves errno behind; where that falls between Skia's "errno = 0" and its
// look at it, a shader's "28" is "too large an integer" and the page's process ends with SIGILL. It
// was one page in 25: some 5,000 signals a page, and 34 with these.
var calmTiers = []string{"JSC_thresholdForBBQOptimizeAfterWarmUp=20000000", "JSC_useOMGJIT=0"}

var kits struct {
	sync.Mutex
	driver string // its address
	stop   func()
}

// findMiniBrowser is the program, or "".
func findMiniBrowser() string {
	if own := os.Getenv("SESCOPE_WEBKIT"); own != "" {
		return own
	}
	for _, pattern := range []string{"/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkitgtk-6.0/MiniBrowser", "/usr/lib/*/webkit2gtk-4.0/MiniBrowser", "/usr/libexec/webkit2gtk-4.1/MiniBrowser"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// startWebKit starts the driver the first time, on a screen of its own.
func startWebKit(t *testing.T) (driver, browser string) {
	t.Helper()
	kits.Lock()
	defer kits.Unlock()
	browser = findMiniBrowser()
	program, err := exec.LookPath("WebKitWebDriver")
	screen, err2 := exec.LookPath("Xvfb")
	if browser == "" || err != nil || err2 != nil {
		const say = "WebKitGTK's driver or Xvfb is not installed (Debian: apt-get install webkit2gtk-driver xvfb)"
		if os.Getenv("CI") == "true" {
			t.Fatal(say)
		}
		t.Skip(say)
	}
	if kits.driver != "" {
		return kits.driver, browser
	}
	home, err := os.MkdirTemp("", "sescope-webkit-")
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// Without -noreset it begins anew as the last window of a test closes, and a browser that comes
	// in that moment is cut off; its driver then waits for it without end.
	display := exec.Command(screen, "-displayfd", "3", "-screen", "0", "1440x1000x24", "-nolisten", "tcp", "-noreset")
	display.ExtraFiles, display.SysProcAttr = []*os.File{w}, apart()
	if err := display.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	number := make([]byte, 8)
	n, err := r.Read(number)
	if err != nil {
		t.Fatalf("Xvfb told no display: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	cmd := exec.Command(program, fmt.Sprintf("--port=%d", port), "--host=127.0.0.1")
	cmd.Env = append(append(os.Environ(), calmTiers...), "DISPLAY=:"+strings.TrimSpace(string(number[:n])), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home,
		"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1", // it refuses to run as root; the pages are ours
		"LIBGL_ALWAYS_SOFTWARE=1", "GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "LANG=en_US.UTF-8", "LANGUAGE=en_US")
	cmd.SysProcAttr = apart()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kits.stop = func() {
		for _, c := range []*exec.Cmd{cmd, display} {
			syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
			c.Wait()
		}
		os.RemoveAll(home)
	}
	kits.driver = fmt.Sprintf("http://127.0.0.1:%d", port)
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			c.Close()
			return kits.driver, browser
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not listen", program)
		}
	}
}

// newKit opens a window of its own for the tab.
func newKit(t *testing.T, p *tab) (leave func()) {
	t.Helper()
	driver, browser := startWebKit(t)
	p.kit = &kit{base: driver}
	var made struct{ SessionId string }
	err := p.kit.call("POST", "/session", object{"capabilities": object{"alwaysMatch": object{"acceptInsecureCerts": true, "webkitgtk:browserOptions": object{
		"binary": browser, "args": []string{"--automation", "--enable-mock-capture-devices=true", "--enable-media-stream=true", "--geometry=1440x950"}}}}}, &made)
	if err != nil {
		t.Fatal(err)
	}
	p.kit.base = driver + "/session/" + made.SessionId
	p.kit.host = newHost(t, "127.0.0.1")
	p.home = p.kit.host.url
	p.before(watch + ";" + watchKit)
	if err := p.kit.call("POST", "/timeouts", object{"script": 2 * patience.Milliseconds(), "pageLoad": patience.Milliseconds()}, nil); err != nil {
		t.Fatal(err)
	}
	return func() { p.kit.call("DELETE", "", nil, nil) }
}

// watchKit collects what the other browsers tell by themselves.
const watchKit = `
	e2e.problems = [];
	addEventListener('error', (event) => e2e.problems.push('exception: ' + event.message));
	addEventListener('unhandledrejection', (event) => e2e.problems.push('exception: ' + event.reason));
	const shout = console.error;
	console.error = (...words) => { e2e.problems.push('console.error: ' + words.join(' ')); shout.apply(console, words) };
`

// call sends a command of WebDriver.
func (k *kit) call(method, path string, body object, into any) error {
	var r io.Reader
	if method == "POST" {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, k.base+path, r)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := (&http.Client{Timeout: 3 * patience}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("%s %s: %s: %v", method, path, res.Status, err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, answer.Value)
	}
	if into != nil {
		return json.Unmarshal(answer.Value, into)
	}
	return nil
}

func (k *kit) before(script string) error {
	k.script += "{" + script + "}\n"
	k.host.first(k.script)
	return nil
}

func (k *kit) navigate(url string) error { return k.call("POST", "/url", object{"url": url}, nil) }

// evaluate returns the JSON of an expression's value; a promise is awaited.
func (k *kit) evaluate(expression string) (string, error) {
	var text struct{ Value, Error string }
	err := k.call("POST", "/execute/async", object{"args": []any{}, "script": `const done = arguments[arguments.length - 1];
		(async () => { const value = await (` + expression + `); return value === undefined ? 'null' : JSON.stringify(value) })()
			.then((value) => done({ Value: value }), (err) => done({ Error: String(err) }))`}, &text)
	if err == nil && text.Error != "" {
		err = errors.New(text.Error)
	}
	return text.Value, err
}

// setFiles puts files in a file field. The driver reaches no hidden field, so the page is given
// their bytes.
func (k *kit) setFiles(id string, paths []string) error {
	var files []object
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files = append(files, object{"name": filepath.Base(path), "bytes": b}) // in base64
	}
	text, err := json.Marshal(files)
	if err != nil {
		return err
	}
	_, err = k.evaluate(`(() => {
		const data = new DataTransfer(), field = document.getElementById(` + quote(id) + `);
		for (const { name, bytes } of ` + string(text) + `) data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
		field.files = data.files;
		field.dispatchEvent(new Event('change', { bubbles: true }));
	})()`)
	return err
}

// shoot keeps a picture of the window.
func (k *kit) shoot(t *testing.T, path string) {
	t.Helper()
	var png []byte
	if err := k.call("GET", "/screenshot", nil, &png); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// shots is where pictures for people's eyes are kept, or "".
func shots() string {
	folder := os.Getenv("SESCOPE_SHOTS")
	if folder != "" {
		os.MkdirAll(folder, 0o755)
	}
	return folder
}
