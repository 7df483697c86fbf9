package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"
)

// An event of Chromium's trace; times are microseconds.
type traced struct {
	Name     string
	Ph       string
	Pid, Tid int
	Ts       float64 // of the clock on the wall
	Tdur     float64 // of the thread's own clock, which stands while another program has the core
}

// trace records the tab's browser while what is given runs.
func (p *tab) trace(categories []string, while func()) []traced {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	var all []traced
	over := make(chan struct{}, 1)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *tracing.EventDataCollected:
			for _, v := range e.Value {
				var one traced
				if json.Unmarshal([]byte(v), &one) == nil {
					all = append(all, one)
				}
			}
		case *tracing.EventTracingComplete:
			over <- struct{}{}
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	do(p, tracing.Start, tracing.StartParams{TraceConfig: &tracing.TraceConfig{IncludedCategories: categories}})
	while()
	do(p, tracing.End, cdp.Empty{})
	p.received("the trace", over)
	return all
}

// frameWork is how long the page's main thread works from one of its frames to the next, whatever
// for, in milliseconds of its own clock. A busy machine makes it wait, but gives it no more to do.
func (p *tab) frameWork() (work []float64) {
	p.t.Helper()
	const mark = "e2e-frame" // of each frame, by the page's main thread
	first := p.count()
	events := p.trace([]string{"toplevel", "blink.user_timing"}, func() {
		p.run("e2e.since = performance.now(); requestAnimationFrame(function next() { performance.mark('" + mark + "'); if (e2e.since) requestAnimationFrame(next) })")
		p.wait("frames to trace", fmt.Sprintf("e2e.results.length > %d || e2e.results.length > %d && performance.now() - e2e.since > 3000", first+90, first+10))
		p.run("e2e.since = 0")
	})
	at := slices.IndexFunc(events, func(e traced) bool { return e.Name == mark })
	if at < 0 {
		p.t.Fatalf("a trace of %d events holds no frame", len(events))
	}
	var tasks []traced
	var starts []float64
	for _, e := range events {
		switch {
		case e.Pid != events[at].Pid || e.Tid != events[at].Tid:
		case e.Name == mark:
			starts = append(starts, e.Ts)
		case e.Ph == "X" && e.Name == "ThreadControllerImpl::RunTask":
			tasks = append(tasks, e)
		}
	}
	if len(starts) < 10 || len(tasks) < len(starts) {
		p.t.Fatalf("%d frames and %d tasks are in a trace of %d events", len(starts), len(tasks), len(events))
	}
	slices.Sort(starts)
	work = make([]float64, len(starts)-1)
	for _, task := range tasks {
		if i, _ := slices.BinarySearch(starts, task.Ts); i > 0 && i < len(starts) {
			work[i-1] += task.Tdur / 1000
		}
	}
	return work
}

// p95 is the value that 95 of a hundred do not exceed.
func p95(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)*95/100]
}

func mean(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	return sum / float64(len(list))
}
