package e2e

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
)

// intervals measures the time on the wall between the page's animation frames for a while, in
// milliseconds.
func (p *tab) intervals(seconds float64) []float64 {
	p.t.Helper()
	return eval[[]float64](p, fmt.Sprintf(`new Promise((done) => {
		const list = [], end = performance.now() + %v;
		let last = 0;
		requestAnimationFrame(function next(now) {
			if (last) list.push(now - last);
			last = now;
			performance.now() < end || list.length < 10 ? requestAnimationFrame(next) : done(list);
		});
	})`, 1000*seconds))
}

// With the camera's 30 frames a second, the desk open and a muted gate the page has less than 20 ms
// of work in 95 of 100 of its frames, and there are not more than 20 ms between them. Both are
// judged where SESCOPE_QUIET=1 says that the machine does nothing else. Elsewhere the thread's own
// clock is read, which stands while other programs have the core, but a core that is shared has
// cold caches and code that the browser has not yet optimised: three to four times as long was seen
// with eight programs for each core. So there only many times too much work fails.
func TestFramesStaySmooth(t *testing.T) {
	p := open(t, filmCamera)
	p.camera()
	x, y := p.bar(0, 2, .4)
	p.tap(x, y, 0) // a muted gate: every frame runs twice
	p.wait("the card", "!document.getElementById('gate-card').hidden")
	p.wait("the first frames, in which the browser still compiles", fmt.Sprintf("e2e.results.length > %d", p.count()+30))
	bound, quiet := 20.0, os.Getenv("SESCOPE_QUIET") != ""
	if !quiet {
		bound = 120
	}
	work, wall := math.Inf(1), math.Inf(1)
	for range 3 { // the best counts
		first := p.count()
		frames := p.frameWork()
		median := func(part string) float64 {
			var ms []float64
			for _, r := range p.results(first) {
				ms = append(ms, r.Detail.Timings[part])
			}
			slices.Sort(ms)
			return ms[len(ms)/2]
		}
		intervals := p.intervals(2)
		t.Logf("the main thread works %.1f ms a frame, of %d 95 in 100 at most %.1f ms; on the wall 95 in 100 of %d intervals last at most %.1f ms, medians: grab %.1f, paint %.1f ms",
			mean(frames), len(frames), p95(frames), len(intervals), p95(intervals), median("grab"), median("paint"))
		work, wall = min(work, p95(frames)), min(wall, p95(intervals))
		if !quiet && work < bound {
			break
		}
	}
	if work >= bound || work <= 0 {
		t.Errorf("95 of 100 frames keep the main thread at work for %.1f ms, expected less than %.0f", work, bound)
	}
	if quiet && wall >= bound {
		t.Errorf("95 of 100 intervals between frames last %.1f ms, expected less than %.0f", wall, bound)
	}
}

// Memory stays flat while the camera runs. SESCOPE_SOAK makes it as long as a duration says
// ("10m").
func TestMemoryStaysFlat(t *testing.T) {
	soak := 6 * time.Second
	if text := os.Getenv("SESCOPE_SOAK"); text != "" {
		var err error
		if soak, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	p := open(t, filmCamera)
	p.camera()
	x, y := p.bar(0, 2, .4)
	p.tap(x, y, 0)
	run := func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); {
			p.run("await new Promise((done) => setTimeout(done, 1000)); e2e.results.length = 0")
		}
	}
	measure := func() (wasm, heap float64) {
		do(p, heapprofiler.CollectGarbage, cdp.Empty{})
		return eval[float64](p, "e2e.instance.exports.mem.buffer.byteLength") / 1e6, eval[float64](p, "performance.memory.usedJSHeapSize") / 1e6
	}
	run(6 * time.Second) // until every buffer has its size
	wasm0, heap0 := measure()
	run(soak)
	wasm1, heap1 := measure()
	t.Logf("over %v: wasm memory %.1f to %.1f MB, JavaScript's heap %.1f to %.1f MB", soak, wasm0, wasm1, heap0, heap1)
	if wasm1-wasm0 > 8 || heap1-heap0 > 8 {
		t.Errorf("over %v memory grew: wasm by %.1f MB, JavaScript's heap by %.1f MB, expected at most 8 each", soak, wasm1-wasm0, heap1-heap0)
	}
}

// Switching pictures, networks, tabs and the camera in the middle of frames never shows one
// network's map over another's picture: each pair that is ever on the stage is one that a quiet
// page shows, too.
func TestNoMapOverAnotherPicture(t *testing.T) { inBoth(t, testNoMapOverAnotherPicture) }

func testNoMapOverAnotherPicture(t *testing.T, in device) {
	p := open(t, in)
	names := []string{"simple-se", "cnn3-se"}
	samples := []string{"ship", "cat", "frog"}
	const pair = "e2e.mark('stage') + '/' + (getComputedStyle(document.getElementById('heat')).display === 'none' ? 'none' : e2e.mark('heat'))"
	// A hundredth of the pixels tells one picture from another, in every frame.
	p.run(`const canvas = document.createElement('canvas'), paint = canvas.getContext('2d', { willReadFrequently: true });
		canvas.width = canvas.height = 48, paint.imageSmoothingEnabled = false;
		e2e.mark = (id) => {
			paint.clearRect(0, 0, 48, 48);
			paint.drawImage(document.getElementById(id), 0, 0, 48, 48);
			return new Uint32Array(paint.getImageData(0, 0, 48, 48).data.buffer).reduce((h, v) => (Math.imul(h, 31) + v) | 0, 7);
		}`)
	truth := map[string]string{}
	for _, name := range names {
		if eval[string](p, "document.getElementById('model').value") != name {
			n := p.count()
			p.choose("model", name)
			p.after(n, "", name)
		}
		p.choose("kind", "gradcam") // both networks have it
		for _, s := range samples {
			n := p.count()
			p.click("sample-" + s)
			p.after(n, s+".svg", name)
			p.still()
			truth[eval[string](p, pair)] = name + " " + s
		}
	}
	if len(truth) != len(names)*len(samples) {
		t.Fatalf("%d different stages for %d pairs", len(truth), len(names)*len(samples))
	}
	p.run(`e2e.seen = {}; e2e.last = '';
		const look = (file) => { if (file !== 'camera') e2e.seen[` + pair + `] = true };
		addEventListener('sescope:result', (event) => look(e2e.last = event.detail.file));
		(function every() { look(e2e.last); requestAnimationFrame(every) })()`)
	n := p.count()
	tabs := eval[[]string](p, "[...document.querySelectorAll('[role=tab]')].map((e) => e.id)")
	for i := range 18 {
		p.run(fmt.Sprintf("document.getElementById('sample-%s').click()", samples[i%3]))
		if i%2 == 0 {
			p.run(fmt.Sprintf("const list = document.getElementById('model'); if (!list.disabled) { list.value = %q; list.dispatchEvent(new Event('change', { bubbles: true })) }", names[i/2%2]))
		}
		p.run(fmt.Sprintf("document.getElementById(%q).click()", tabs[i%len(tabs)]))
		if i%8 == 5 {
			p.click("camera")
			p.wait("the camera", "document.getElementById('camera').getAttribute('aria-pressed') === 'true'")
			p.run("await new Promise((done) => setTimeout(done, 250))")
		}
		if i%3 == 0 {
			p.frames()
		}
	}
	p.click("sample-cat")
	p.after(n, "cat.svg", "")
	p.still()
	seen := eval[map[string]bool](p, "e2e.seen")
	t.Logf("%d results, %d different stages", p.count()-n, len(seen))
	for s := range seen {
		if truth[s] == "" {
			t.Errorf("the stage showed %s, which no network shows over any of the pictures", s)
		}
	}
}
