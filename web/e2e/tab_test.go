package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what the page has to do by itself, on a machine that does much else.
const patience = 20 * time.Second

// watch runs in the page before its own scripts: it keeps every result, policy violations, and when the page became ready.
const watch = `(() => {
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
	document.addEventListener('securitypolicyviolation', (event) => e2e.violations.push(event.violatedDirective + ': ' + event.blockedURI));
	new MutationObserver(() => {
		if (!e2e.readyAt && document.documentElement.dataset.state === 'ready') e2e.readyAt = performance.now();
	}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'] });
	// Draws a canvas on one of ours to read it: reading the page's own would change how the browser keeps it.
	e2e.pixels = (id) => {
		const from = document.getElementById(id), canvas = document.createElement('canvas');
		canvas.width = from.width, canvas.height = from.height;
		const context = canvas.getContext('2d', { willReadFrequently: true });
		context.drawImage(from, 0, 0);
		return context.getImageData(0, 0, from.width, from.height);
	};
	e2e.sum = (id) => e2e.pixels(id).data.reduce((h, v) => (Math.imul(h, 31) + v) | 0, 7);
	e2e.colours = (id) => new Set(new Uint32Array(e2e.pixels(id).data.buffer)).size;
})()`

// A tab is the page in a browser context of its own.
type tab struct {
	t    *testing.T
	ctx  context.Context
	home string // the page's address

	mu       sync.Mutex
	problems []string
	allowed  []string // parts of problems that the test provokes
}

// open makes a tab that may use the camera and waits until the page is ready.
func open(t *testing.T, d device) *tab {
	t.Helper()
	p := newTab(t, d)
	permit(t, p.ctx, browser.PermissionSettingGranted)
	p.load()
	return p
}

// newTab makes an empty tab; when the test ends, it fails for every problem that was not allowed.
func newTab(t *testing.T, d device) *tab {
	t.Helper()
	p := &tab{t: t, home: origin + "/"}
	ctx, cancel := chromedp.NewContext(start(t, d), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.listen))
	p.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of its first action
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if violations, err := chromedp.Run(ctx, chromedp.Evaluate[[]string]("window.e2e ? e2e.violations : []")); err != nil {
			t.Errorf("the tab does not answer at the end: %v", err)
		} else {
			for _, v := range violations {
				p.problem("content security policy: " + v)
			}
		}
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, problem := range p.problems {
			if !p.isAllowed(problem) {
				t.Error(problem)
			}
		}
	})
	do(p, network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}) // what a test replaces is the server
	do(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
	return p
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

// listen collects what must not happen, in the page and in its workers.
func (p *tab) listen(event any) {
	switch e := event.(type) {
	case *target.EventAttachedToTarget:
		if e.TargetInfo.Type == "worker" {
			// One that ends before it can be watched has its error told by the page.
			go func() {
				ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(e.TargetInfo.TargetID), chromedp.WithListener(p.listen))
				context.AfterFunc(p.ctx, cancel)
				_ = chromedp.Do(ctx)
			}()
		}
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range e.Args {
			words = append(words, string(arg.Value)+arg.Description)
		}
		text := strings.Join(words, " ")
		// A Go program that panics says so by console.log.
		if e.Type == "error" || e.Type == "assert" || strings.HasPrefix(text, `"panic:`) || strings.HasPrefix(text, `"fatal error:`) {
			p.problem("console." + string(e.Type) + ": " + text)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		p.problem("exception: " + text)
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" {
			p.problem("browser log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		site := p.home[:strings.Index(p.home[len("https://"):], "/")+len("https://")+1] // of the origin
		if url := e.Request.URL; !strings.HasPrefix(url, site) && !strings.HasPrefix(url, "blob:"+site) && !strings.HasPrefix(url, "data:") {
			p.problem("a request left the origin: " + url)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.problem(fmt.Sprintf("response %d: %s", e.Response.Status, e.Response.URL))
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			p.problem("request failed: " + e.ErrorText)
		}
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
	if err := chromedp.Do(p.ctx, chromedp.Navigate(p.home)); err != nil {
		p.t.Fatal(err)
	}
}

// do runs a command of the protocol on the tab.
func do[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// eval evaluates an expression in the page; a promise is awaited.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
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
	for !eval[bool](p, "(async () => !!(await ("+expression+")))()") {
		if time.Now().After(deadline) {
			state := eval[string](p, `[document.documentElement.dataset.state, document.getElementById('notice').hidden ? '' : document.getElementById('notice').innerText].join(' | ')`)
			p.t.Fatalf("waited %v for %s; the page says: %s", patience, what, state)
		}
		time.Sleep(15 * time.Millisecond)
	}
}

// click presses the element of that id.
func (p *tab) click(id string) {
	p.t.Helper()
	p.wait("#"+id+" to be enabled", fmt.Sprintf("document.getElementById(%q) && !document.getElementById(%[1]q).disabled", id))
	p.run(fmt.Sprintf("document.getElementById(%q).click()", id))
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
