package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// start is how one page begins: what it fetches, and the time from navigation to its first logits.
type start struct {
	Title string    `json:"title"`
	Bytes int64     `json:"bytes"` // of bodies, brotli, in a cold start
	Cold  startTime `json:"cold"`  // a running browser that has never seen the page's files
	Warm  startTime `json:"warm"`  // the third visit
}

// startTime is in milliseconds.
type startTime struct {
	Median float64 `json:"median"`
	Worst  float64 `json:"worst"`
	all    []float64
}

type startPage struct{ name, title, path string }

// whole is whether it is SEscope's page, which shows its own first picture.
func (p startPage) whole() bool { return p.name == "page" || p.name == "before" }

// startPages are compared; page is SEscope as people see it, with everything around the network,
// and the others predict once.
var startPages = []startPage{
	{"sescope", "SEscope's engine alone", "/start/sescope.html"},
	{"page", "SEscope's page, first result painted", "/dist/"},
	{"before", "the page before", "/before/"},
	{"ort", "onnxruntime-web", "/start/ort.html"},
	{"tfjs", "tfjs wasm", "/start/tfjs.html"},
}

// watchPage notes the first result of SEscope's page, which shall start with the network of the
// others.
const watchPage = `localStorage.setItem('sescope.model', 'simple-se');
addEventListener('sescope:result', (event) => {
	if (window.firstAt || event.detail.model !== 'simple-se') return;
	window.firstLogits = event.detail.logits;
	window.firstAt = performance.now();
})`

// measureStarts opens each page in fresh browsers, in turn: once cold, and twice again, of which
// the last counts as warm.
func measureStarts(ctx context.Context, s *site, address, browser string, o options) (map[string]*start, error) {
	for name, folder := range map[string]string{"dist/": o.dist, "before/": o.before} {
		if folder == "" {
			continue
		}
		if err := s.addFolder(os.DirFS(folder), name); err != nil {
			return nil, fmt.Errorf("no packed page (make dist): %v", err)
		}
	}
	pages := slices.DeleteFunc(slices.Clone(startPages), func(p startPage) bool {
		return p.name == "before" && o.before == "" || o.only && !p.whole()
	})
	// dist's own compressed files are not asked for by name.
	maps.DeleteFunc(s.files, func(name string, _ []byte) bool {
		return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
	})
	if err := s.compress(o.brotli); err != nil {
		return nil, err
	}
	starts := map[string]*start{}
	var logits []float64 // of the pages that predict the same picture
	for range o.starts {
		for _, p := range pages {
			st := starts[p.name]
			if st == nil {
				st = &start{Title: p.title}
				starts[p.name] = st
			}
			err := func() error {
				tab, stop, err := openBrowser(ctx, browser, watchPage)
				if err != nil {
					return err
				}
				defer stop()
				// The browser's own start, a third of a second in a new profile, is no page's: it
				// comes with an empty one.
				if _, err := awaited(tab, address+"/start/blank.html", "document.title", time.Minute, time.Second); err != nil {
					return err
				}
				for visit := range 3 {
					s.sent.Store(0)
					text, err := awaited(tab, address+p.path, "window.firstError ? 'error ' + firstError : window.firstAt ? JSON.stringify([firstAt, firstLogits]) : ''", time.Minute, 50*time.Millisecond)
					if message, failed := strings.CutPrefix(text, "error "); failed {
						err = errors.New(message)
					}
					if err != nil {
						return fmt.Errorf("%s: %v", p.title, err)
					}
					time.Sleep(time.Second) // the browser may write what it compiled to its cache
					var got struct {
						at     float64
						logits []float64
					}
					if err := json.Unmarshal([]byte(text), &[]any{&got.at, &got.logits}); err != nil {
						return fmt.Errorf("%s: %v", p.title, err)
					}
					if !p.whole() {
						if logits == nil {
							logits = got.logits
						}
						for i, v := range got.logits {
							if math.Abs(v-logits[i]) > 1e-3*slices.Max(logits) {
								return fmt.Errorf("%s: logits %v, the others said %v", p.title, got.logits, logits)
							}
						}
					}
					switch visit {
					case 0:
						st.Bytes = s.sent.Load()
						st.Cold.all = append(st.Cold.all, got.at)
					case 2:
						st.Warm.all = append(st.Warm.all, got.at)
					}
				}
				return nil
			}()
			if err != nil {
				return nil, err
			}
		}
	}
	for _, st := range starts {
		st.Cold.summarise()
		st.Warm.summarise()
	}
	return starts, nil
}

func (t *startTime) summarise() {
	slices.Sort(t.all)
	t.Median, t.Worst = math.Round(t.all[len(t.all)/2]), math.Round(t.all[len(t.all)-1])
}

func printStarts(out io.Writer, starts map[string]*start) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "navigation to first logits\tkB (brotli)\tcold, ms\tworst\twarm, ms\tworst\t")
	for _, p := range startPages {
		st := starts[p.name]
		if st == nil {
			continue
		}
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.0f\t\n", st.Title, float64(st.Bytes)/1000, st.Cold.Median, st.Cold.Worst, st.Warm.Median, st.Warm.Worst)
	}
	w.Flush()
}
