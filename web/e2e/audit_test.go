package e2e

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// The honesty audit counts through a block, can be cancelled, and goes on with a new worker when
// one dies; the page keeps what it had.
func TestAudit(t *testing.T) {
	p := open(t, filmCamera)
	p.allow(`console.log: "panic:`)
	p.run("const make = sescope.newWorker; sescope.newWorker = () => e2e.worker = make(); e2e.worker = sescope.firstWorker")
	p.choose("model", "simple-se")
	p.after(0, "ship.svg", "simple-se")
	p.openTab("compare")
	p.wait("the blocks", "document.querySelectorAll('#audit-block option').length === 2")
	done := "!document.querySelector('#audit [role=progressbar]').checkVisibility() && document.getElementById('audit-status').innerText.includes('Rank correlation')"
	dots := "(document.querySelector('#audit-plot .dots').getAttribute('d') || '').split('M').length - 1"
	p.click("audit-start")
	p.wait("the audit of block 1", done)
	if n := eval[int](p, dots); n != 64 {
		t.Errorf("%d dots of 64 channels", n)
	}
	if text := p.text("audit-status"); !strings.Contains(text, "is worth most") {
		t.Errorf("the audit says %q", text)
	}
	before, first := p.kept(), p.text("audit-status")

	// The worker dies in the middle: the audit finishes with the next one and finds the same.
	p.choose("audit-block", "0")
	p.wait("an empty plot", dots+" === 0")
	p.run(`const worker = e2e.worker, post = worker.postMessage.bind(worker);
		let steps = 0;
		worker.postMessage = (message, ...rest) => {
			const step = /op\\*":\\*"mute/.test(JSON.stringify(message));
			post(message, ...rest);
			if (step && ++steps === 3) post(null); // ends it
		}`)
	p.click("audit-start")
	p.wait("the audit to finish with another worker", done+" && e2e.worker !== sescope.firstWorker")
	if again := p.text("audit-status"); again != first {
		t.Errorf("with a lost worker the audit says %q, before %q", again, first)
	}
	p.wait("the answer as before", "document.getElementById('answer').innerText !== ''")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}

	// Another picture ends a running audit.
	p.choose("audit-block", "1")
	p.wait("an empty plot", dots+" === 0")
	p.click("audit-start")
	n := p.count()
	p.click("sample-frog")
	p.after(n, "frog.svg", "")
	p.wait("the audit to be over", "document.getElementById('audit-start').innerText.startsWith('Audit')")
	p.gallery("audit")
}

// The bits slider: the answer, the samples and the bytes with fewer bits; the network itself goes
// on as it is.
func TestBits(t *testing.T) {
	p := open(t, filmCamera)
	p.openTab("model")
	before := p.kept()
	for at, says := range map[int]string{3: "4 bits", 1: "8 bits"} {
		p.run(fmt.Sprintf("const s = document.getElementById('bits-slider'); s.value = '%d'; s.dispatchEvent(new Event('input', { bubbles: true }))", at))
		p.wait(says, fmt.Sprintf("document.getElementById('bits-label').innerText === %q && /^(All|\\d+ of \\d+ samples change)/.test(document.getElementById('bits-flips').innerText)", says))
		p.wait("what the map does", "document.getElementById('bits-text').innerText.includes('of its span')")
		t.Logf("%s: %s %s %s", says, p.text("bits-text"), p.text("bits-flips"), p.text("bits-size"))
		var small, full, percent float64
		if _, err := fmt.Sscanf(p.text("bits-size"), "%f kB instead of %f kB, that is %f", &small, &full, &percent); err == nil && math.Abs(100*small/full-percent) > 1 {
			t.Errorf("%s: %s", says, p.text("bits-size"))
		}
	}
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	p.gallery("bits")
}
