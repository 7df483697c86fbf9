package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// stuck is the sentence that stands in the page where not even the first script runs.
const stuck = "document.getElementById('stuck').checkVisibility() && !document.getElementById('loading').checkVisibility() ? document.getElementById('stuck').innerText : ''"

// A script or a style that is missing, cut off or cut short on the way leaves a sentence in the
// page's language, never a blank page or one that loads for ever; and reloading helps when the file
// is there again.
func TestScriptMissing(t *testing.T) { inBoth(t, testScriptMissing) }

func testScriptMissing(t *testing.T, in device) {
	h := newHost(t, "127.0.0.1")
	half := func(b []byte) []byte { return b[:len(b)/2] }
	said := map[string]bool{}
	for _, c := range []struct {
		file, how string
		damage    func([]byte) []byte
		en, zh    string
	}{
		{"start.js", "missing", absent, "did not start", "没能启动"},
		{"start.js", "cut short", half, "did not start", "没能启动"},
		{"boot.js", "missing", absent, "could not be loaded", "没能加载"},
		{"boot.js", "cut off", cutOff, "could not be loaded", "没能加载"},
		{"boot.js", "cut short", half, "does not run", "无法运行"},
		{"wasm_exec.js", "missing", absent, "could not be loaded", "没能加载"},
		{"wasm_exec.js", "cut short", half, "does not run", "无法运行"},
		{"wasm_exec.js", "empty", func([]byte) []byte { return []byte{} }, "does not run", "无法运行"},
		{"vugu-helper.js", "missing", absent, "could not be loaded", "没能加载"},
		{"vugu-helper.js", "cut short", half, "does not run", "无法运行"},
		{"app.css", "missing", absent, "could not be loaded", "没能加载"},
		{"worker.js", "missing", absent, "does not run", "无法运行"},
		{"worker.js", "cut short", half, "does not run", "无法运行"},
	} {
		if in.isFirefox() && c.how != "missing" && c.file != "boot.js" {
			continue
		}
		t.Run(c.file+" "+c.how, func(t *testing.T) {
			name := asset(t, c.file)
			damaged := func(asked string, b []byte) []byte {
				if asked == name {
					return c.damage(b)
				}
				return b
			}
			p := newTab(t, in)
			p.home = h.url
			p.allow(append(missingNetwork, "404", "SyntaxError", "MIME", "SEscope: ", "is not defined", "disallowed")...)
			for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
				if lang == "zh" && (in.isFirefox() || said[want]) {
					continue // the words are the same
				}
				said[want] = true
				h.set(func() { h.damage = damaged })
				p.visit("about:blank")
				p.visit(h.url + "#lang=" + lang)
				text := "document.getElementById('notice').checkVisibility() ? document.getElementById('notice').innerText : ''"
				if c.file == "start.js" {
					text = stuck // in both languages: nobody asked for one
				}
				p.wait(lang+" words", "("+text+").includes("+quote(want)+")")
				if c.file == "start.js" {
					continue
				}
				if !eval[bool](p, "!document.getElementById('loading').checkVisibility()") {
					t.Error("the page says that it still loads")
				}
			}
			h.set(func() { h.damage = nil })
			if c.how != "missing" || in.isFirefox() && c.file != "boot.js" {
				return // the way out is the same
			}
			if c.file == "start.js" {
				p.visit("about:blank")
				p.visit(h.url)
			} else {
				p.click("notice-action")
			}
			p.wait("the page to be ready", "document.documentElement?.dataset.state === 'ready'")
		})
	}
}

// Without JavaScript a sentence stands where the picture would be.
func TestNoJavaScript(t *testing.T) {
	p := newTab(t, filmCamera)
	do(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.navigate()
	text := eval[string](p, stuck)
	if !strings.Contains(text, "JavaScript is switched off") || !han.MatchString(text) {
		t.Errorf("the page says %q", text)
	}
	if folder := os.Getenv("SESCOPE_SHOTS"); folder != "" {
		png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile(filepath.Join(folder, "no-javascript.png"), png, 0o644)
	}
}

// Browsers that lack something that the page cannot do without say which, in the page's language;
// and what it can do without, it does without.
func TestBrowserLacks(t *testing.T) { inBoth(t, testBrowserLacks) }

func testBrowserLacks(t *testing.T, in device) {
	for _, c := range []struct{ what, script, en, zh string }{
		{"WebAssembly", "delete window.WebAssembly", "cannot run WebAssembly", "不能运行 WebAssembly"},
		{"workers", "delete window.Worker", "compute in the background", "在后台计算"},
		{"workers here", "window.Worker = class { constructor() { throw new DOMException('no', 'SecurityError') } }", "compute in the background", "在后台计算"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			t.Run(c.what+" "+lang, func(t *testing.T) {
				p := newTab(t, in)
				p.allow("SEscope: ", "no", "WebAssembly")
				p.before(c.script)
				p.visit(p.home + "#lang=" + lang)
				p.wait("the sentence about "+c.what, "document.documentElement.dataset.state === 'error' && document.getElementById('notice').innerText.includes("+quote(want)+")")
				p.wait("an offer to reload", "!document.getElementById('notice-action').hidden && document.getElementById('loading').hidden")
			})
		}
	}
	p := newTab(t, in)
	p.before(`
		const Plain = window.Worker;
		window.Worker = class extends Plain { constructor(url, options) { if (options && options.type === 'module') throw new TypeError('no modules'); super(url, options) } };
		for (const name of ['serviceWorker', 'locks', 'storage']) Object.defineProperty(Navigator.prototype, name, { value: undefined });
		delete HTMLVideoElement.prototype.requestVideoFrameCallback;
		Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new DOMException('forbidden', 'SecurityError') };`)
	p.load()
	n := p.count()
	p.click("sample-lemon") // without storage it is the default network that comes
	p.after(n, "lemon.webp", "")
	if p.fox == nil {
		permit(t, p.ctx, "granted")
	}
	p.camera()

	p = newTab(t, in)
	p.before("Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined })")
	p.load()
	p.click("camera")
	p.sentence("camera-lacking")
}

// A page that was opened as a file says so and what to do instead, in both languages: no other
// browser would help.
func TestOpenedAsFile(t *testing.T) { inBoth(t, testOpenedAsFile) }

func testOpenedAsFile(t *testing.T, in device) {
	for lang, want := range map[string]string{"en": "cannot run from a file", "zh": "不能直接从文件运行"} {
		p := newTab(t, in)
		p.home = "file://" + filepath.ToSlash(filepath.Join(dist, "index.html"))
		p.allow("SEscope: ", "manifest", "CORS", "unique origin", "ERR_FAILED")
		p.visit(p.home + "#lang=" + lang)
		p.wait("the sentence", "document.documentElement.dataset.state === 'error' && document.getElementById('notice').innerText.includes("+quote(want)+")")
		if text := p.text("notice"); !strings.Contains(text, "go run ./server") || strings.Contains(text, "Chrome") {
			t.Errorf("the page says %q", text)
		}
	}
}

// An address without HTTPS gets no camera from the browser; a sentence says so, and pictures work.
func TestInsecureAddress(t *testing.T) {
	own := ownAddress()
	if own == "" {
		t.Skip("this machine has no address but the loopback")
	}
	inBoth(t, func(t *testing.T, in device) {
		h := newHost(t, own)
		p := newTab(t, in)
		p.home = h.url
		p.load()
		p.click("camera")
		p.sentence("camera-insecure")
		n := p.count()
		p.click("sample-cat")
		p.after(n, "cat.svg", "")
	})
}

// absent and cutOff are what a host sends for a file: nothing that is there, and half of it before
// the connection breaks.
func absent([]byte) []byte { return notThere }
func cutOff([]byte) []byte { return nil }

var notThere = []byte(http.StatusText(http.StatusNotFound))
