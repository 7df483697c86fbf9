package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/target"
)

// A wire is a proxy between a browser and everything: whatever the page, its workers or its service
// worker ask for goes through it.
type wire struct {
	address string

	mu     sync.Mutex
	down   bool
	asked  []string // "METHOD address", with the length of a body that there should not be
	setsOn []string // answers that set cookies
}

func newWire(t *testing.T) *wire {
	w := &wire{}
	s := httptest.NewServer(w)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	w.address = strings.TrimPrefix(s.URL, "http://")
	return w
}

func (w *wire) ServeHTTP(answer http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	asked := r.Method + " " + r.RequestURI
	if len(body) > 0 {
		asked += " with a body"
	}
	w.mu.Lock()
	w.asked = append(w.asked, asked)
	down := w.down
	w.mu.Unlock()
	if down || r.Method == http.MethodConnect {
		panic(http.ErrAbortHandler)
	}
	r.RequestURI = ""
	got, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer got.Body.Close()
	for name, values := range got.Header {
		answer.Header()[name] = values
	}
	if got.Header.Get("Set-Cookie") != "" {
		w.mu.Lock()
		w.setsOn = append(w.setsOn, asked)
		w.mu.Unlock()
	}
	answer.WriteHeader(got.StatusCode)
	io.Copy(answer, got.Body)
}

// A whole session, every request seen on the wire: the page asks its own server for the files of
// the page and for nothing else, sends nothing, and keeps nothing but those files and the three
// settings.
func TestPrivacy(t *testing.T) {
	w := newWire(t)
	p := newTab(t, filmCamera, func(c *target.CreateBrowserContextParams) {
		c.ProxyServer, c.ProxyBypassList = w.address, "<-loopback>"
	})
	permit(t, p.ctx, browser.PermissionSettingGranted)
	p.serviceWorker()
	p.load()
	p.keptOffline()

	// What a person does.
	for _, s := range []string{"cat", "truck"} {
		n := p.count()
		p.click("sample-" + s)
		p.after(n, s+".svg", "")
	}
	p.explain(write(t, "private.png", encodePNG(scene(80, 80))))
	p.camera()
	for _, id := range eval[[]string](p, "[...document.querySelectorAll('[role=tab]')].map((e) => e.id.slice(4))") {
		if id == "learn" { // the walk holds the frame
			p.click("tab-learn")
			p.wait("the walk", "document.getElementById('walk').open")
			p.click("walk-close")
			p.run("if (document.getElementById('freeze').getAttribute('aria-pressed') === 'true') document.getElementById('freeze').click()")
			continue
		}
		p.openTab(id)
		p.wait("two more frames", "e2e.results.length > "+itoa(p.count()+2))
	}
	p.click("camera")
	p.click("theme")
	p.click("lang-zh")
	p.click("lang-en")
	n := p.count()
	p.choose("model", "simple-se")
	p.after(n, "", "simple-se")
	p.openTab("compare")
	p.wait("the blocks", "document.querySelectorAll('#audit-block option').length === 2")
	p.click("audit-start")
	p.wait("the audit", "document.getElementById('audit-status').innerText.includes('Rank correlation')")
	own, err := os.ReadFile(filepath.Join(dist, asset(t, "models/simple-se.safetensors")))
	if err != nil {
		t.Fatal(err)
	}
	n = p.count()
	p.setFiles("network", write(t, "own.safetensors", own))
	p.after(n, "", "own.safetensors")
	n = p.count()
	p.run("location.hash = 'model=simple-se&sample=dog&gates=1:21@0&tab=maps'")
	p.after(n, "dog.svg", "simple-se")

	// And without a network.
	w.mu.Lock()
	w.down = true
	w.mu.Unlock()
	p.allow(missingNetwork...)
	p.visit("about:blank")
	p.load()
	p.explain(write(t, "offline.png", encodePNG(scene(50, 80))))

	ours := []string{"/", "/sw.js"}
	for _, f := range described(t).Files {
		ours = append(ours, "/"+f.Path)
	}
	w.mu.Lock()
	asked, cookies := slices.Clone(w.asked), w.setsOn
	w.mu.Unlock()
	seen := map[string]bool{}
	for _, a := range asked {
		method, address, _ := strings.Cut(a, " ")
		u, err := url.Parse(address)
		if err != nil || method != http.MethodGet || u.Scheme+"://"+u.Host != origin || u.RawQuery != "" || !slices.Contains(ours, u.Path) {
			t.Errorf("on the wire: %s", a)
			continue
		}
		seen[u.Path] = true
	}
	t.Logf("%d requests for %d files", len(asked), len(seen))
	for _, must := range []string{"/", "/sw.js", "/" + asset(t, "worker.js"), "/" + asset(t, "models/simple-se.safetensors")} {
		if !seen[must] {
			t.Errorf("%s was not seen on the wire: what else was not?", must)
		}
	}
	if len(cookies) > 0 {
		t.Errorf("cookies are set by %v", cookies)
	}
	p.keepsOnlySettings(ours)
}

// keepsOnlySettings checks all that a page can store.
func (p *tab) keepsOnlySettings(ours []string) {
	p.t.Helper()
	type kept struct {
		Cookie, Files     string
		Local             map[string]string
		Session           int
		Databases, Caches []string
	}
	k := eval[kept](p, `(async () => {
		const cached = [], files = [];
		for (const name of await caches.keys()) {
			if (!name.startsWith('sescope ')) cached.push('another cache: ' + name);
			for (const request of await (await caches.open(name)).keys()) cached.push(new URL(request.url).pathname);
		}
		try { for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name) } catch { /* it has none */ }
		return { Cookie: document.cookie, Files: files.join(), Local: { ...localStorage }, Session: sessionStorage.length,
			Databases: (await indexedDB.databases()).map((d) => d.name), Caches: cached };
	})()`)
	if k.Cookie != "" || k.Files != "" || k.Session != 0 || len(k.Databases) > 0 {
		p.t.Errorf("the page keeps %+v", k)
	}
	for key, value := range k.Local {
		if !slices.Contains([]string{"sescope.theme", "sescope.lang", "sescope.model"}, key) || len(value) > 40 {
			p.t.Errorf("localStorage keeps %s = %.60q", key, value)
		}
	}
	if len(k.Local) != 3 {
		p.t.Errorf("localStorage has %v, expected theme, language and network", k.Local)
	}
	for _, path := range k.Caches {
		if !slices.Contains(ours, path) {
			p.t.Errorf("the cache keeps %s", path)
		}
	}
	if len(k.Caches) < 10 {
		p.t.Errorf("the cache keeps only %v", k.Caches)
	}
}

// The line about privacy is on the page, and its link opens the account of how that is enforced, in
// both languages; what it says of the policy is what the browser was told.
func TestPrivacyIsTold(t *testing.T) {
	p := open(t, filmCamera)
	line := p.text("privacy-link")
	if whole := eval[string](p, "document.getElementById('privacy-link').parentNode.innerText"); !strings.Contains(whole, "No picture leaves it") || line == "" {
		t.Errorf("the head says %q", whole)
	}
	for lang, words := range map[string][]string{"en": {"no other host", "WebRTC", "merely true", "stores", "settings"}, "zh": {"其他主机", "WebRTC", "事实上", "保存", "设置"}} {
		p.click("lang-" + lang)
		p.click("privacy-link")
		p.wait("the dialog", "document.getElementById('privacy').open")
		for _, w := range words {
			if text := p.text("privacy"); !strings.Contains(text, w) {
				t.Errorf("%s: %q does not speak of %q", lang, text, w)
			}
		}
		p.run("document.getElementById('privacy').close()")
	}
	meta := eval[string](p, "document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
	for _, part := range strings.Split(meta, ";") {
		for _, source := range strings.Fields(part)[1:] {
			if !slices.Contains([]string{"'none'", "'self'", "'wasm-unsafe-eval'", "blob:", "data:"}, source) {
				t.Errorf("the policy allows %s in %s", source, part)
			}
		}
	}
}
