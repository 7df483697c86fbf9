package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what the page has to do by itself. A machine that does much
// else takes its time; no test is about speed but the one that reads the clock of the page's own
// thread.
const patience = time.Minute

// standard is the network of a page of a test's, as if the visitor had chosen it before. It is
// small, and what a test says of the page holds for the default network, too; see newcomer.
const standard = "live"

// watch runs in the page before its own scripts: it keeps every result, policy violations, and when
// the page became ready.
const watch = `(() => {
	try { localStorage.getItem('sescope.model') ?? localStorage.setItem('sescope.model', '` + standard + `') } catch { /* no storage */ }
	const e2e = window.e2e = { results: [], violations: [], readyAt: 0 };
	addEventListener('sescope:result', (event) => {
		const picker = document.getElementById('model');
		e2e.results.push({ at: performance.now(), picker: picker.disabled ? '' : picker.value, detail: event.detail });
	});
	const instantiate = WebAssembly.instantiate;
	WebAssembly.instantiate = async (...args) => {
		const made = await instantiate(...args);
		e2e.instance = made.instance || made;
		return made;
	};
	// A service worker fetches the whole page once more to keep it, a quarter of the work of a
	// start: it comes in the tests that are about it (e2e.keeps).
	if (window.ServiceWorkerContainer) {
		const register = ServiceWorkerContainer.prototype.register;
		ServiceWorkerContainer.prototype.register = function (...args) { return e2e.keeps ? register.apply(this, args) : new Promise(() => {}) };
	}
	document.addEventListener('securitypolicyviolation', (event) => e2e.violations.push(event.violatedDirective + ': ' + event.blockedURI));
	new MutationObserver(() => {
		if (!e2e.readyAt && document.documentElement.dataset.state === 'ready') e2e.readyAt = performance.now();
	}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'] });
	// Draws a canvas on one of ours to read it: reading the page's own would change how the browser
	// keeps it.
	e2e.pixels = (id) => {
		const from = document.getElementById(id), canvas = document.createElement('canvas');
		canvas.width = from.width, canvas.height = from.height;
		const context = canvas.getContext('2d', { willReadFrequently: true });
		context.drawImage(from, 0, 0);
		return context.getImageData(0, 0, from.width, from.height);
	};
	e2e.sum = (id) => {
		let h = 7;
		for (const v of new Uint32Array(e2e.pixels(id).data.buffer)) h = (Math.imul(h, 31) + v) | 0;
		return h;
	};
	e2e.colours = (id) => new Set(new Uint32Array(e2e.pixels(id).data.buffer)).size;
})()`

// A tab is the page in a browser context of its own.
type tab struct {
	t    *testing.T
	ctx  context.Context // in Chromium
	fox  *fox            // in Firefox
	kit  *kit            // in WebKit
	home string          // the page's address

	mu       sync.Mutex
	problems []string
	allowed  []string // parts of problems that the test provokes
}

// remote is a browser's own protocol, where it is not Chromium's.
type remote interface {
	navigate(url string) error
	before(script string) error // see tab.before
	evaluate(expression string) (json string, err error)
	setFiles(id string, paths []string) error
}

// other is the tab in a browser that is not Chromium, or nil.
func (p *tab) other() remote {
	switch {
	case p.fox != nil:
		return p.fox
	case p.kit != nil:
		return p.kit
	}
	return nil
}

// open makes a tab that may use the camera and waits until the page is ready.
func open(t *testing.T, d device) *tab {
	t.Helper()
	p := newTab(t, d)
	if p.ctx != nil {
		permit(t, p.ctx, browser.PermissionSettingGranted)
	}
	p.load()
	return p
}

// newTab makes an empty tab; when the test ends, it fails for every problem that was not allowed.
func newTab(t *testing.T, d device, options ...chromedp.CreateBrowserContextOption) *tab {
	t.Helper()
	p := &tab{t: t, home: origin + "/"}
	leave := func() {}
	t.Cleanup(func() {
		if p.ctx == nil && p.other() == nil {
			return // there was no browser
		}
		violations, err := evaluate[[]string](p, "window.e2e ? e2e.violations.concat(e2e.problems || []) : []")
		if err != nil {
			t.Errorf("the tab does not answer at the end: %v", err)
		}
		for _, v := range violations {
			p.problem("content security policy: " + v)
		}
		leave()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, problem := range p.problems {
			if !p.isAllowed(problem) {
				t.Error(problem)
			}
		}
	})
	if d.isFirefox() {
		leave = newFox(t, startFirefox(t, d), p, "")
		return p
	}
	if d == webkit {
		leave = newKit(t, p)
		return p
	}
	p.ctx, leave = chromedp.NewContext(start(t, d), chromedp.WithNewBrowserContext(options...), chromedp.WithListener(p.listen))
	if err := chromedp.Do(p.ctx); err != nil { // the tab lives as long as the context of its first action
		t.Fatal(err)
	}
	do(p, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}) // what a test replaces is the server
	p.before(watch)
	return p
}

// newcomer makes the next page that of somebody who chose no network before.
func (p *tab) newcomer() {
	p.before("try { localStorage.removeItem('sescope.model') } catch { /* about:blank has none */ }")
}

// allow lets the test provoke problems that contain one of the parts.
func (p *tab) allow(parts ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, parts...)
}

func (p *tab) isAllowed(problem string) bool {
	for _, part := range p.allowed {
		if strings.Contains(problem, part) {
			return true
		}
	}
	return false
}

func (p *tab) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
}

// logged is told what the page's programs write that is no error to the browser. A Go program that
// panics says so by console.log.
func (p *tab) logged(text string) {
	if strings.HasPrefix(text, "panic:") || strings.HasPrefix(text, "fatal error:") {
		p.problem(`console.log: "` + text)
	}
}

// requested is told where the page asks.
func (p *tab) requested(url string) {
	site := p.home[:strings.Index(p.home[len("https://"):], "/")+len("https://")+1] // of the origin
	if !strings.HasPrefix(url, site) && !strings.HasPrefix(url, "blob:"+site) && !strings.HasPrefix(url, "data:") && url != "about:blank" {
		p.problem("a request left the origin: " + url)
	}
}

// answered is told what a server said.
func (p *tab) answered(status int, url string) {
	if status >= 400 {
		p.problem(fmt.Sprintf("response %d: %s", status, url))
	}
}

// load opens the page and waits until it is ready.
func (p *tab) load() {
	p.t.Helper()
	p.navigate()
	p.wait("the page to be ready", "document.documentElement.dataset.state === 'ready'")
}

func (p *tab) navigate() {
	p.t.Helper()
	p.visit(p.home)
}

// visit opens an address in the tab.
func (p *tab) visit(url string) {
	p.t.Helper()
	var err error
	if other := p.other(); other != nil {
		err = other.navigate(url)
	} else {
		err = chromedp.Do(p.ctx, chromedp.Navigate(url))
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// before lets a script run in the tab before the page's own.
func (p *tab) before(script string) {
	p.t.Helper()
	if other := p.other(); other == nil {
		do(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	} else if err := other.before(script); err != nil {
		p.t.Fatal(err)
	}
}

// do runs a command of Chromium's protocol on the tab.
func do[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// evaluate evaluates an expression in the page; a promise is awaited.
func evaluate[T any](p *tab, expression string) (v T, err error) {
	if other := p.other(); other != nil {
		text, err := other.evaluate(expression)
		if err == nil {
			err = json.Unmarshal([]byte(text), &v)
		}
		return v, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// eval is evaluate in a page that must answer.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := evaluate[T](p, expression)
	if err != nil {
		p.t.Fatalf("%s\n%v", expression, err)
	}
	return v
}

// run evaluates statements.
func (p *tab) run(statements string) {
	p.t.Helper()
	eval[bool](p, "(async () => { "+statements+"; return true })()")
}

// wait asks the page until the expression, or the promise that it is, is true.
func (p *tab) wait(what, expression string) {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		done, err := evaluate[bool](p, "(async () => !!(await ("+expression+")))()")
		if done {
			return
		}
		if err != nil && !betweenPages(err) {
			p.t.Fatalf("%s\n%v", expression, err)
		}
		if time.Now().After(deadline) {
			if err != nil {
				p.t.Fatalf("waited %v for %s: %s\n%v", patience, what, expression, err)
			}
			state := eval[string](p, `[document.documentElement.dataset.state, document.getElementById('notice').hidden ? '' : document.getElementById('notice').innerText].join(' | ')`)
			p.t.Fatalf("waited %v for %s; the page says: %s", patience, what, state)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

// betweenPages tells whether the browser did not answer because the page is being replaced.
func betweenPages(err error) bool {
	return slices.ContainsFunc([]string{
		"no such frame", "AbortError", "destroyed", "actor", // Firefox
		"navigated or closed", "Cannot find context", "Promise was collected", // Chromium
		"of null", "is null", // the new document has no elements yet
	}, func(text string) bool { return strings.Contains(err.Error(), text) })
}

// click presses the element of that id.
func (p *tab) click(id string) {
	p.t.Helper()
	p.wait("#"+id+" to be enabled", fmt.Sprintf("document.getElementById(%q) && !document.getElementById(%[1]q).disabled", id))
	press := fmt.Sprintf("document.getElementById(%q).click()", id)
	if _, err := evaluate[bool](p, "(async () => { "+press+"; return true })()"); err != nil && !betweenPages(err) { // some lead to another page
		p.t.Fatalf("%s\n%v", press, err)
	}
}

// choose picks an option of a list, as a person would.
func (p *tab) choose(id, value string) {
	p.t.Helper()
	p.wait("#"+id+" to offer "+value, fmt.Sprintf("[...document.querySelectorAll('#%s:enabled option')].some((o) => o.value === %q)", id, value))
	p.run(fmt.Sprintf("const list = document.getElementById(%q); list.value = %q; list.dispatchEvent(new Event('change', { bubbles: true }))", id, value))
}

// press types a key.
func (p *tab) press(keys string) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent(keys)); err != nil {
		p.t.Fatal(err)
	}
}

// answer replaces the server for the addresses that match the pattern.
func (p *tab) answer(pattern string, status int64) (restore func()) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			go chromedp.Call(p.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: status})
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	do(p, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: pattern}}})
	return func() {
		do(p, fetch.Disable, cdp.Empty{})
		cancel()
	}
}
