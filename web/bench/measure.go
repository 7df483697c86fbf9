package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

type options struct {
	rounds, starts      int
	block, warm         int // milliseconds; 0 is the page's own
	brotli              int // level
	networks, out, dist string
	before              string
	only                bool // the starts of packed pages
}

// results is results.json.
type results struct {
	Agent    string            `json:"agent"`
	Cores    int               `json:"cores"`
	Isolated bool              `json:"isolated"`
	Settings map[string]int    `json:"settings"`
	Engines  map[string]any    `json:"engines"`
	Networks []measured        `json:"networks"`
	Starts   map[string]*start `json:"starts,omitempty"`
}

// measured is one network: times in milliseconds, and for every engine how many times faster it is
// than each of its peers.
type measured struct {
	Name     string                        `json:"name"`
	Title    string                        `json:"title"`
	Side     int                           `json:"side"`
	MACs     int                           `json:"macs"`
	Single   bool                          `json:"single"`
	Imported bool                          `json:"imported"`
	Engines  map[string]times              `json:"engines"`
	Ratios   map[string]map[string]float64 `json:"ratios"`
}

type times struct {
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
	Runs   int     `json:"runs"`
	Agree  float64 `json:"agree"` // largest difference of a logit from SEscope's plain build, of the largest logit
}

// engines in the order of the table.
var engines = []string{"plain", "relaxed", "litert-plain", "litert-1", "litert-n", "ort-1", "ort-n", "tfjs"}

// ratios are the comparisons that the table shows: how many times faster the first is than the
// second.
var ratios = [][2]string{{"relaxed", "litert-1"}, {"relaxed", "litert-n"}, {"plain", "litert-plain"}, {"relaxed", "ort-1"}, {"relaxed", "ort-n"}, {"relaxed", "tfjs"}}

// measure runs the page in headless Chromium, prints the tables and writes the results.
func measure(ctx context.Context, s *site, o options, w io.Writer) error {
	browser, err := findBrowser()
	if err != nil {
		return err
	}
	server := httptest.NewServer(s)
	defer server.Close()
	query := url.Values{"auto": {""}}
	for name, n := range map[string]int{"rounds": o.rounds, "block": o.block, "warm": o.warm} {
		if n > 0 {
			query.Set(name, strconv.Itoa(n))
		}
	}
	if o.networks != "" {
		query.Set("networks", o.networks)
	}
	tab, stop, err := openBrowser(ctx, browser, "")
	if err != nil {
		return err
	}
	if o.only {
		stop()
		starts, err := measureStarts(ctx, s, server.URL, browser, o)
		if err == nil {
			printStarts(w, starts)
		}
		return err
	}
	text, err := awaited(tab, server.URL+"/?"+query.Encode(), "window.benchError ? 'error ' + benchError : window.benchResult ? JSON.stringify(benchResult) : ''", time.Hour, time.Second)
	stop()
	if err != nil {
		return err
	}
	if message, failed := strings.CutPrefix(text, "error "); failed {
		return errors.New(message)
	}
	var r results
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return fmt.Errorf("the page's results: %v", err)
	}
	r.print(w)
	if o.starts > 0 {
		if r.Starts, err = measureStarts(ctx, s, server.URL, browser, o); err != nil {
			return err
		}
		printStarts(w, r.Starts)
	}
	if o.out == "" {
		return nil
	}
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.out, append(b, '\n'), 0o644)
}

func (r *results) print(out io.Writer) {
	fmt.Fprintf(out, "%s, %d cores\n", r.Agent, r.Cores)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "ms a picture, median (p95)\t")
	for _, e := range engines {
		fmt.Fprintf(w, "%s\t", e)
	}
	for _, pair := range ratios {
		fmt.Fprintf(w, "%s : %s\t", pair[0], pair[1])
	}
	fmt.Fprintln(w)
	for _, n := range r.Networks {
		fmt.Fprintf(w, "%s\t", n.Name)
		for _, e := range engines {
			if t, ok := n.Engines[e]; ok {
				fmt.Fprintf(w, "%.3f (%.3f)\t", t.Median, t.P95)
			} else {
				fmt.Fprint(w, "-\t")
			}
		}
		for _, pair := range ratios {
			if ratio, ok := n.Ratios[pair[0]][pair[1]]; ok {
				fmt.Fprintf(w, "%.2fx\t", ratio)
			} else {
				fmt.Fprint(w, "-\t")
			}
		}
		fmt.Fprintln(w)
	}
	w.Flush()
}

func findBrowser() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	if own := os.Getenv("SESCOPE_CHROME"); own != "" {
		names = []string{own}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no browser found: install Chromium (Debian: apt-get install chromium) or set SESCOPE_CHROME to a Chromium or Chrome")
}

// openBrowser starts a browser of its own with a fresh profile, and a tab in it whose pages run a
// script first.
func openBrowser(ctx context.Context, path, script string) (tab context.Context, stop func(), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	tab, stopTab := chromedp.NewContext(allocator)
	stop = func() { stopTab(); stopAllocator() }
	err = chromedp.Do(tab)
	if err == nil && script != "" {
		_, err = chromedp.Call(tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	}
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("starting %s: %v", path, err)
	}
	return tab, stop, nil
}

// awaited opens an address and evaluates an expression until it is not empty.
func awaited(tab context.Context, address, expression string, limit, every time.Duration) (string, error) {
	if err := chromedp.Do(tab, chromedp.Navigate(address)); err != nil {
		return "", err
	}
	for end := time.Now().Add(limit); ; time.Sleep(every) {
		text, err := chromedp.Run(tab, chromedp.Evaluate[string](expression))
		if err != nil || text != "" {
			return text, err
		}
		if time.Now().After(end) {
			return "", fmt.Errorf("%s gave no answer within %v", address, limit)
		}
	}
}
