package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Firefox's devices. Its fake camera shows colours that change.
const (
	firefox        device = "Firefox with its fake camera"
	firefoxFull    device = "Firefox without room for storage"
	firefoxResists device = "Firefox that resists fingerprinting"
	firefoxLarge   device = "Firefox with no text below 16 pixels"
)

// isFirefox tells in which of the two browsers the device is.
func (d device) isFirefox() bool {
	return d == firefox || d == firefoxFull || d == firefoxResists || d == firefoxLarge
}

// inBoth runs a test in Chromium and in Firefox.
func inBoth(t *testing.T, test func(t *testing.T, d device)) {
	t.Run("Chromium", func(t *testing.T) { test(t, filmCamera) })
	t.Run("Firefox", func(t *testing.T) { test(t, firefox) })
}

// prefs are the settings of a Firefox: it may use its fake camera without a question, and asks
// nothing of the network by itself.
func (d device) prefs() map[string]any {
	prefs := map[string]any{
		"media.navigator.streams.fake": true, "media.navigator.permission.disabled": true, "permissions.default.camera": 1,
		"intl.accept_languages": "en-US", "browser.shell.checkDefaultBrowser": false, "browser.startup.page": 0, "browser.startup.homepage": "about:blank",
		"toolkit.cosmeticAnimations.enabled": false, "ui.systemUsesDarkTheme": 0, "ui.prefersReducedMotion": 0,
		"datareporting.policy.dataSubmissionEnabled": false, "toolkit.telemetry.server": "", "app.normandy.enabled": false, "app.update.disabledForTesting": true,
		"browser.safebrowsing.malware.enabled": false, "browser.safebrowsing.phishing.enabled": false, "network.captive-portal-service.enabled": false,
		"network.connectivity-service.enabled": false, "extensions.update.enabled": false, "extensions.getAddons.cache.enabled": false, "services.settings.server": "",
	}
	if d == firefoxResists {
		prefs["privacy.resistFingerprinting"] = true
	}
	if d == firefoxLarge {
		for _, script := range []string{"x-western", "zh-CN", "zh-TW", "zh-HK", "x-unicode"} {
			prefs["font.minimum-size."+script] = 16
		}
	}
	if d == firefoxFull {
		prefs["dom.quotaManager.temporaryStorage.fixedLimit"] = 64 // kB, of all sites together
	}
	return prefs
}

// filmForFirefox puts the tests' film in the place of Firefox's fake camera, which has no shapes: a
// canvas is drawn, and its stream handed out.
func filmForFirefox() string {
	return fmt.Sprintf(`
		const canvas = document.createElement('canvas'), paint = canvas.getContext('2d');
		canvas.width = %d, canvas.height = %d;
		const left = (canvas.width - canvas.height) / 2, at = (f) => f * canvas.height;
		setInterval(() => {
			paint.fillStyle = 'rgb(40, 40, 40)';
			paint.fillRect(0, 0, canvas.width, canvas.height);
			paint.fillStyle = 'rgb(235, 235, 235)';
			paint.beginPath();
			paint.arc(left + at(%v), at(%v), %d, 0, 7);
			paint.fill();
			paint.fillStyle = Date.now() %% 1000 < 500 ? 'rgb(90, 90, 90)' : 'rgb(40, 40, 40)';
			paint.fillRect(left + at(%v) - 8, at(%v) - 8, 16, 16);
		}, 33);
		navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream())`,
		filmW, filmH, spotX, spotY, spotRadius, blinkX, blink)
}

var foxes struct {
	sync.Mutex
	running map[device]*bidi
	stop    []func()
}

// findFirefox is the program, or "".
func findFirefox() string {
	names := []string{"firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"}
	if own := os.Getenv("SESCOPE_FIREFOX"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// startFirefox returns the running Firefox of that kind, and starts it the first time.
func startFirefox(t *testing.T, d device) *bidi {
	t.Helper()
	foxes.Lock()
	defer foxes.Unlock()
	if b, ok := foxes.running[d]; ok {
		return b
	}
	program := findFirefox()
	if program == "" {
		const say = "Firefox is not installed (Debian: apt-get install firefox-esr), and SESCOPE_FIREFOX names none"
		if os.Getenv("CI") == "true" {
			t.Fatal(say)
		}
		t.Skip(say)
	}
	profile, err := os.MkdirTemp("", "sescope-firefox-")
	if err != nil {
		t.Fatal(err)
	}
	var js strings.Builder
	for name, value := range d.prefs() {
		text, _ := json.Marshal(value)
		fmt.Fprintf(&js, "user_pref(%q, %s);\n", name, text)
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(js.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "--width", "1440", "--height", "900")
	// Its own folders in the profile.
	cmd.Env = append(os.Environ(), "HOME="+profile, "MOZ_HEADLESS_WIDTH=1440", "MOZ_HEADLESS_HEIGHT=900", "MOZ_CRASHREPORTER_DISABLE=1")
	cmd.SysProcAttr = apart()
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", program, err)
	}
	stop := func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		os.RemoveAll(profile)
	}
	foxes.stop = append(foxes.stop, stop)
	address := make(chan string, 1)
	var said strings.Builder
	go func() {
		r := bufio.NewScanner(out)
		for r.Scan() {
			said.WriteString(r.Text() + "\n")
			if m := regexp.MustCompile(`BiDi listening on ws://(\S+)`).FindStringSubmatch(r.Text()); m != nil {
				address <- m[1]
				break
			}
		}
		io.Copy(io.Discard, out)
	}()
	select {
	case a := <-address:
		b, err := newBidi(a)
		if err != nil {
			t.Fatal(err)
		}
		if foxes.running == nil {
			foxes.running = map[device]*bidi{}
		}
		foxes.running[d] = b
		return b
	case <-time.After(60 * time.Second):
		t.Fatalf("%s told no address within a minute:\n%s", program, said.String())
	}
	return nil
}

// A fox is a tab's place in Firefox.
type fox struct {
	*bidi
	context string // the tab
	user    string // its container, which has cookies, storage and caches of its own
}

// newFox makes an empty tab in a container of its own, or beside another one in that one's.
func newFox(t *testing.T, b *bidi, p *tab, user string) (leave func()) {
	t.Helper()
	leave = func() {}
	must := func(method string, params object, into any) {
		t.Helper()
		raw, err := b.call(method, params)
		if err == nil && into != nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if user == "" {
		var made struct{ UserContext string }
		must("browser.createUserContext", object{}, &made)
		user = made.UserContext
		leave = func() { b.call("browser.removeUserContext", object{"userContext": user}) } // closes its tabs
	}
	var made struct{ Context string }
	must("browsingContext.create", object{"type": "tab", "userContext": user}, &made)
	p.fox = &fox{b, made.Context, user}
	b.mu.Lock()
	b.tabs[made.Context] = p
	b.mu.Unlock()
	t.Cleanup(func() {
		b.mu.Lock()
		delete(b.tabs, made.Context)
		b.mu.Unlock()
	})
	p.before(watch)
	return leave
}

func (f *fox) before(script string) error {
	_, err := f.call("script.addPreloadScript", object{"functionDeclaration": "() => {" + script + "}", "contexts": []string{f.context}})
	return err
}

func (f *fox) evaluate(expression string) (string, error) {
	return f.bidi.evaluate(f.context, expression)
}

func (f *fox) navigate(url string) error {
	f.leave(f.context)
	_, err := f.call("browsingContext.navigate", object{"context": f.context, "url": url, "wait": "complete"})
	return err
}

// setFiles puts files in the file field of that id.
func (f *fox) setFiles(id string, paths []string) error {
	raw, err := f.call("browsingContext.locateNodes", object{"context": f.context, "locator": object{"type": "css", "value": "#" + id}})
	if err != nil {
		return err
	}
	var found struct{ Nodes []struct{ SharedId string } }
	if err := json.Unmarshal(raw, &found); err != nil || len(found.Nodes) != 1 {
		return fmt.Errorf("#%s: %d elements, expected one (%v)", id, len(found.Nodes), err)
	}
	_, err = f.call("input.setFiles", object{"context": f.context, "element": object{"sharedId": found.Nodes[0].SharedId}, "files": paths})
	return err
}
