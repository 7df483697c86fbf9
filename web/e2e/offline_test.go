package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// visit makes a tab for the host's page, with its service worker, and opens it.
func visit(t *testing.T, d device, h *host) *tab {
	t.Helper()
	p := newTab(t, d)
	p.home = h.url
	p.serviceWorker()
	p.load()
	return p
}

// serviceWorker lets the page have its service worker, and lets that answer.
func (p *tab) serviceWorker() {
	p.t.Helper()
	p.before("e2e.keeps = true")
	if p.ctx != nil {
		do(p, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: false})
	}
}

// beside makes another tab with the same storage.
func (p *tab) beside() *tab {
	p.t.Helper()
	q := &tab{t: p.t, home: p.home}
	if p.fox != nil {
		newFox(p.t, p.fox.bidi, q, p.fox.user)
		q.before("e2e.keeps = true")
		return q
	}
	ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithListener(q.listen))
	q.ctx = ctx
	p.t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		p.t.Fatal(err)
	}
	q.before(watch + "; e2e.keeps = true")
	return q
}

// keptOffline waits until the service worker holds what this page used.
func (p *tab) keptOffline() {
	p.t.Helper()
	p.wait("the service worker to keep the page's files", `navigator.serviceWorker.controller && Promise.all(performance.getEntriesByType('resource').map((e) => e.name)
		.filter((url) => url.includes('/assets/') && !/icon|webmanifest/.test(url)).map((url) => caches.match(url))).then((list) => list.length > 10 && list.every(Boolean))`)
}

// versions lists the versions that are kept.
func (p *tab) versions() []string {
	p.t.Helper()
	return eval[[]string](p, "caches.keys().then((list) => list.map((name) => name.split(' ').pop()).sort())")
}

// runs is the version that the tab runs.
func (p *tab) runs() string {
	p.t.Helper()
	return eval[string](p, "document.documentElement.dataset.version")
}

// missingNetwork is what the browsers say when a server does not answer.
var missingNetwork = []string{"net::ERR", "NS_ERROR", "Failed to load", "failed to load", "Loading failed", "request failed", "ailed to fetch", "bad HTTP response", "NetworkError"}

// After one visit the page opens and works without a network, below a path; what it never fetched
// is missed with a sentence.
func TestOffline(t *testing.T) { inBoth(t, testOffline) }

func testOffline(t *testing.T, in device) {
	h := newHost(t, "127.0.0.1")
	p := visit(t, in, h)
	p.keptOffline()
	sent := p.text("strip-loaded")
	logits := p.after(0, "ship.svg", "").Logits
	h.set(func() { h.down, h.asked = true, nil })
	p.allow(missingNetwork...)
	for _, rest := range []string{"", "index.html", "?embed=1#sample=frog"} {
		p.home = h.url + rest
		p.visit("about:blank")
		p.load()
		want := "ship.svg"
		if strings.Contains(rest, "frog") {
			want = "frog.svg"
		}
		if d := p.after(0, want, ""); want == "ship.svg" && !slices.Equal(d.Logits, logits) {
			t.Errorf("%q without a network: other logits", rest)
		}
	}
	p.home = h.url
	p.load()
	if warm := p.text("strip-loaded"); !strings.HasSuffix(sent, "B loaded") || warm != "loaded from this device" {
		t.Errorf("the first visit says %q, one without a network %q", sent, warm)
	}
	n := p.count()
	p.click("sample-truck")
	p.after(n, "truck.svg", "")
	p.choose("model", models(t)[1])
	p.sentence("model-missing")
	for _, name := range h.asked {
		if name != "sw.js" && !strings.Contains(name, "models/") {
			t.Errorf("%s was asked for although it is kept", name)
		}
	}
	h.set(func() { h.down = false })
	n = p.count()
	p.click("notice-action")
	p.after(n, "truck.svg", models(t)[1])
	kept := func(file string) string { return "caches.match(" + quote(h.url+asset(t, file)) + ").then(Boolean)" }
	p.wait("the other network to be kept, too", kept("models/"+models(t)[1]+".safetensors"))

	// The second program is missed with a sentence, comes when the network does, and is kept from
	// then on.
	onnx, err := os.ReadFile(filepath.Join("..", "..", "nn", "testdata", "golden", "tiny-14.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	h.set(func() { h.down = true })
	p.setFiles("network", write(t, "first.onnx", onnx))
	p.sentence("reader-missing")
	h.set(func() { h.down = false })
	n = p.count()
	p.click("notice-action")
	p.after(n, "truck.svg", "first.onnx")
	p.wait("the second program to be kept, too", kept("importer.wasm"))
	h.set(func() { h.down = true })
	n = p.count()
	p.setFiles("network", write(t, "second.onnx", onnx))
	p.after(n, "truck.svg", "second.onnx")
}

// Two tabs of two versions: each goes on with its own files, and when the older one closes its
// storage is cleaned.
func TestTwoVersions(t *testing.T) { inBoth(t, testTwoVersions) }

func testTwoVersions(t *testing.T, in device) {
	h := newHost(t, "127.0.0.1")
	p := visit(t, in, h)
	p.keptOffline()
	first := h.version()
	if p.runs() != first || !slices.Equal(p.versions(), []string{first}) {
		t.Fatalf("the page runs %s and keeps %v, expected %s", p.runs(), p.versions(), first)
	}
	h.upgrade()
	second := h.version()
	q := p.beside()
	q.before("navigator.serviceWorker.addEventListener('controllerchange', () => { window.taken = true })")
	q.load() // from the cache, and finds the new version meanwhile
	q.wait("the new version to take over", "window.taken")
	q.load()
	if q.runs() != second || p.runs() != first {
		t.Fatalf("the tabs run %s and %s, expected %s and %s", p.runs(), q.runs(), first, second)
	}
	// Both work on, the older one with files that the server has no longer and that it did not use
	// before.
	for _, tab := range []*tab{p, q} {
		n := tab.count()
		tab.click("sample-truck")
		tab.after(n, "truck.svg", "")
		mixed := eval[[]string](tab, `performance.getEntriesByType('resource').map((e) => e.name.split('/some/where/')[1])
			.filter((name) => name && name.startsWith('assets/') && !/icon|webmanifest/.test(name) && !Object.values(JSON.parse(document.getElementById('dist').textContent).files).some((f) => f.path === name))`)
		if len(mixed) > 0 {
			t.Errorf("a page of version %s loaded %v", tab.runs(), mixed)
		}
	}
	if got := q.versions(); len(got) != 2 {
		t.Errorf("kept are %v, expected both open versions", got)
	}
	p.visit("about:blank")
	q.load()
	q.wait("the closed version's files to go", "caches.keys().then((list) => list.length === 1 && list[0].endsWith("+quote(second)+"))")
	// The update took the network along that the former version had kept.
	h.set(func() { h.down = true })
	q.allow(missingNetwork...)
	q.load()
	if q.runs() != second {
		t.Errorf("without a network the page runs %s, expected %s", q.runs(), second)
	}
}

// A new version that comes while the former one's worker tidies up keeps its half-filled cache:
// between looking which caches there are and removing one, the former worker is held until the new
// one has begun. (Browsers let no new one take over while the former is at it; testdata/cleaning.js
// plays that, too.)
func TestNewVersionDuringCleaning(t *testing.T) { inBoth(t, testNewVersionDuringCleaning) }

func testNewVersionDuringCleaning(t *testing.T, in device) {
	h := newHost(t, "127.0.0.1")
	h.set(func() {
		// Only this version lists caches slowly: it asks the test first.
		h.files["sw.js"] = append([]byte("{ const keys = caches.keys.bind(caches); caches.keys = async () => { await fetch('pause'); return keys() } }\n"), h.files["sw.js"]...)
		h.files["pause"] = []byte("go on")
	})
	p := visit(t, in, h)
	p.keptOffline()
	listed, goOn := h.hold(t, "pause")
	p.load() // has the worker tidy up
	listed()
	h.upgrade()
	h.set(func() { h.files["sw.js"] = h.files["sw.js"][bytes.IndexByte(h.files["sw.js"], '\n')+1:] })
	second := h.version()
	var last string
	h.set(func() {
		for name := range h.files {
			if strings.HasPrefix(name, "assets/samples/truck.") {
				last = name
			}
		}
	})
	begun, fill := h.hold(t, last)
	p.run("window.taken = false; navigator.serviceWorker.addEventListener('controllerchange', () => { window.taken = true }); await navigator.serviceWorker.getRegistration().then((r) => { r.update() })")
	begun()
	goOn()
	p.run("await new Promise((done) => setTimeout(done, 1000))") // it removes what it would
	fill()
	p.wait("the new version to take over", "window.taken")
	h.set(func() { h.down = true })
	p.allow(missingNetwork...)
	p.load()
	if p.runs() != second {
		t.Errorf("without a network the page runs %s, expected %s", p.runs(), second)
	}
	n := p.count()
	p.click("sample-truck")
	p.after(n, "truck.svg", "")
}

// Programs and weights that are cut off or damaged on the way are refused with a sentence, on
// secure origins and others, and are not kept.
func TestDamagedOnTheWay(t *testing.T) { inBoth(t, testDamagedOnTheWay) }

func testDamagedOnTheWay(t *testing.T, in device) {
	addresses := []string{"127.0.0.1"}
	if own := ownAddress(); own == "" {
		t.Log("this machine has no address but the loopback: origins that are not secure are not tried")
	} else {
		addresses = append(addresses, own) // no secure origin: the browser checks
	}
	for _, address := range addresses {
		h := newHost(t, address)
		for what, damage := range map[string]func([]byte) []byte{"damaged": flip, "cut": func([]byte) []byte { return nil }} {
			for _, ending := range []string{".wasm", ".safetensors"} {
				if in.isFirefox() && (what == "cut") != (ending == ".wasm") {
					continue // each once
				}
				t.Run(address+" "+what+ending, func(t *testing.T) {
					h.set(func() {
						h.damage = func(name string, b []byte) []byte {
							if strings.HasSuffix(name, ending) {
								return damage(b)
							}
							return b
						}
					})
					p := newTab(t, in)
					p.home = h.url
					p.allow(append(missingNetwork, "SEscope: fetch", "integrity", "cannot load")...)
					p.navigate()
					p.wait("the state error", "document.documentElement.dataset.state === 'error' && !document.getElementById('notice').hidden")
					if text := p.text("notice"); !strings.Contains(text, "could not be loaded") {
						t.Errorf("the page says %q", text)
					}
					h.set(func() { h.damage = nil })
					if what == "cut" {
						return // the way out is the same
					}
					p.click("notice-action") // reloads
					p.wait("the page to be ready", "document.documentElement?.dataset.state === 'ready'")
				})
			}
		}
	}
}

// Storage that is full or forbidden costs the page nothing but the work without a network.
func TestStorageFull(t *testing.T) {
	t.Run("Chromium", func(t *testing.T) {
		testStorageFull(t, filmCamera, func(p *tab) {
			full := 20_000.0
			do(p, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: strings.TrimSuffix(p.home, below), QuotaSize: &full})
		})
	})
	t.Run("Firefox", func(t *testing.T) { testStorageFull(t, firefoxFull, func(*tab) {}) })
}

func testStorageFull(t *testing.T, in device, fill func(p *tab)) {
	h := newHost(t, "127.0.0.1")
	p := newTab(t, in)
	p.home = h.url
	p.serviceWorker()
	fill(p)
	p.before("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
	for range 2 {
		p.load()
		p.click("theme")
		n := p.count()
		p.choose("model", models(t)[1])
		p.after(n, "ship.svg", models(t)[1])
	}
	for _, file := range []string{"sescope.wasm", "sescope-relaxed.wasm", "models/" + models(t)[1] + ".safetensors"} {
		if eval[bool](p, "caches.match("+quote(h.url+asset(t, file))+").then(Boolean, () => false)") {
			t.Errorf("%s is kept: storage was not full", file)
		}
	}
}
