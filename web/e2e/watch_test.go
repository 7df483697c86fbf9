package e2e

import (
	"strings"
	"testing"
)

// The watch over every other test sees what it is there for, in the page and in a worker of it.
func TestWatchSees(t *testing.T) { inBoth(t, testWatchSees) }

func testWatchSees(t *testing.T, in device) {
	p := open(t, in)
	provoked := []string{`console.error: "a word"`, "exception: Uncaught Error: thrown away", "response 404: " + origin + "/missing.svg", "content security policy: connect-src", `console.log: "panic: syscall/js`}
	if !eval[bool](p, "sescope.firstWorker.given === true") {
		t.Fatal("the worker was not given its program")
	}
	p.run("sescope.firstWorker.postMessage(null); console.error('a word'); setTimeout(() => { throw new Error('thrown away') }); new Image().src = 'missing.svg'; fetch('https://example.com/').catch(() => {})")
	p.wait("the policy to be violated", "e2e.violations.length > 0")
	p.allow(append(provoked, "example.com", "status of 404", "console.error", "exception", `"panic:`)...)
	for _, v := range eval[[]string](p, "e2e.violations") {
		p.problem("content security policy: " + v)
	}
	for _, want := range provoked {
		if !p.saw(want) {
			t.Errorf("%q was not seen", want)
		}
	}
	t.Logf("%q", p.problems)
}

// saw waits for a problem that contains the text.
func (p *tab) saw(text string) bool {
	for range 200 {
		p.mu.Lock()
		seen := strings.Contains(strings.Join(p.problems, "\n"), text)
		p.mu.Unlock()
		if seen {
			return true
		}
		p.frames()
	}
	return false
}
