package e2e

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
)

// intervals measures the page's animation frames for a while and returns their 95th percentile in milliseconds.
func (p *tab) intervals(seconds float64) (p95 float64, n int) {
	p.t.Helper()
	list := eval[[]float64](p, fmt.Sprintf(`new Promise((done) => {
		const list = [], end = performance.now() + %v;
		let last = 0;
		requestAnimationFrame(function next(now) {
			if (last) list.push(now - last);
			last = now;
			performance.now() < end ? requestAnimationFrame(next) : done(list);
		});
	})`, 1000*seconds))
	slices.Sort(list)
	if len(list) < 10 {
		p.t.Fatalf("only %d animation frames in %v s", len(list), seconds)
	}
	return list[len(list)*95/100], len(list)
}

// busy is how many programs want a core of this machine, for each core; 0 where the system does not tell.
func busy() float64 {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	var load float64
	fmt.Sscan(string(b), &load)
	return load / float64(runtime.NumCPU())
}

// With the camera's 30 frames a second and the desk open the page's own frames stay smooth: their 95th percentile is below 20 ms in the
// best of three measurements. A machine with half as many programs again as cores is no judge of that; there the figures are only told.
func TestFramesStaySmooth(t *testing.T) {
	p := open(t, filmCamera)
	p.camera()
	x, y := p.bar(0, 2, .4)
	p.tap(x, y, 0) // a muted gate: every frame runs twice
	p.wait("the card", "!document.getElementById('gate-card').hidden")
	p.wait("the first frames, in which the browser still compiles", fmt.Sprintf("e2e.results.length > %d", p.count()+30))
	best, judged := math.Inf(1), false
	for range 3 {
		first, load := p.count(), busy()
		p95, n := p.intervals(3)
		median := func(part string) float64 {
			var ms []float64
			for _, r := range p.results(first) {
				ms = append(ms, r.Detail.Timings[part])
			}
			slices.Sort(ms)
			return ms[len(ms)/2]
		}
		if p.count()-first < 6 {
			t.Fatalf("%d results in 3 s", p.count()-first)
		}
		t.Logf("95 %% of %d frames took at most %.1f ms at %.1f results a second; medians: grab %.1f ms, paint %.1f ms; %.1f programs a core",
			n, p95, float64(p.count()-first)/3, median("grab"), median("paint"), load)
		judged = judged || load < 1.5
		if best = min(best, p95); best < 20 {
			return
		}
	}
	if !judged {
		t.Skip("the machine is too busy to judge")
	}
	t.Errorf("the 95th percentile of the page's frames is %.1f ms at best, expected less than 20", best)
}

// Memory stays flat while the camera runs. SESCOPE_SOAK makes it as long as a duration says ("10m").
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

// Switching pictures, networks, tabs and the camera in the middle of frames never shows one network's map over another's picture: each
// pair that is ever on the stage is one that a quiet page shows, too.
func TestNoMapOverAnotherPicture(t *testing.T) { inBoth(t, testNoMapOverAnotherPicture) }

func testNoMapOverAnotherPicture(t *testing.T, in device) {
	p := open(t, in)
	names := []string{"simple-se", "cnn3-se"}
	samples := []string{"ship", "cat", "frog"}
	const pair = "e2e.sum('stage') + '/' + (getComputedStyle(document.getElementById('heat')).display === 'none' ? 'none' : e2e.sum('heat'))"
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
	for i := range 24 {
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
