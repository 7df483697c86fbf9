package e2e

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// A device is the camera that a browser has: the flags of one Chromium process.
type device string

const (
	filmCamera device = "a camera that shows the tests' film"
	noCamera   device = "no camera"
	largeText  device = "no text below 16 pixels"
)

var browsers struct {
	sync.Mutex
	running map[device]context.Context
	stop    []func()
}

// start returns the running browser with that camera, and starts it the first time.
func start(t *testing.T, d device) context.Context {
	t.Helper()
	browsers.Lock()
	defer browsers.Unlock()
	if ctx, ok := browsers.running[d]; ok {
		return ctx
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chrome),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// Chromium itself asks its maker what a page's text fields may be: that is no request of
		// the page's. And it draws the buttons around a page as pages, in every window anew.
		chromedp.Flag("disable-features", "site-per-process,Translate,BlinkGenPropertyTrees,AutofillServerCommunication,"+
			"InitialWebUI,WebUIReloadButton,WebUIToolbar,WebUILocationBar,WebUIOmniboxPopup,WebUIOmniboxAimPopup"),
		chromedp.Flag("lang", "en-US"),
		chromedp.WindowSize(1440, 900),
		// Only the tests' server exists; whatever else the page asked for would fail, and be
		// reported.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE "+cmp.Or(ownAddress(), "127.0.0.1")))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	if d == filmCamera {
		options = append(options, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-file-for-fake-video-capture", film))
	}
	if d == largeText {
		profile, err := os.MkdirTemp("", "sescope-chromium-")
		if err != nil {
			t.Fatal(err)
		}
		browsers.stop = append(browsers.stop, func() { os.RemoveAll(profile) })
		preferences := []byte(`{"webkit":{"webprefs":{"minimum_font_size":16}}}`)
		if err := errors.Join(os.Mkdir(filepath.Join(profile, "Default"), 0o755), os.WriteFile(filepath.Join(profile, "Default", "Preferences"), preferences, 0o644)); err != nil {
			t.Fatal(err)
		}
		options = append(options, chromedp.UserDataDir(profile))
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", chrome, err)
	}
	if browsers.running == nil {
		browsers.running = map[device]context.Context{}
	}
	browsers.running[d] = ctx
	browsers.stop = append(browsers.stop, stopAllocator, stop)
	return ctx
}

func closeBrowsers() {
	if kits.stop != nil {
		kits.stop()
	}
	for _, stop := range foxes.stop {
		stop()
	}
	for _, stop := range slices.Backward(browsers.stop) {
		stop()
	}
}

// permit answers the question for the camera in the tab's browser context before it is asked.
func permit(t *testing.T, ctx context.Context, setting browser.PermissionSetting) {
	t.Helper()
	_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: "camera"}, Setting: setting, Origin: origin,
		BrowserContextID: cdp.BrowserContextID(chromedp.FromContext(ctx).BrowserContextID),
	})
	if err != nil {
		t.Fatal(err)
	}
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
		if e.Type == "error" || e.Type == "assert" {
			p.problem("console." + string(e.Type) + ": " + text)
		} else {
			p.logged(strings.TrimPrefix(text, `"`))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		p.problem("exception: " + text)
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || strings.Contains(e.Entry.Text, "ermissions-Policy") {
			p.problem("browser log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		p.requested(e.Request.URL)
	case *network.EventResponseReceived:
		p.answered(int(e.Response.Status), e.Response.URL)
	case *network.EventLoadingFailed:
		if !e.Canceled {
			p.problem("request failed: " + e.ErrorText)
		}
	}
}
