package turns

import (
	"slices"
	"testing"
)

// What is said before the worker listens waits, in its order; a second hello says nothing twice.
func TestHandshake(t *testing.T) {
	var l Line[string]
	if l.Send("load", 100) {
		t.Error("a message was posted to a worker that does not listen yet")
	}
	l.Send("run", 100)
	if waited := l.Hello(); !slices.Equal(waited, []string{"load", "run"}) {
		t.Errorf("%q waited", waited)
	}
	if waited := l.Hello(); waited != nil {
		t.Errorf("after a second hello %q is posted again", waited)
	}
	if !l.Send("explain", 100) {
		t.Error("the worker listens, but the message waits")
	}
}

// A worker says in several ways that it ended; it is replaced once, and its last words count
// nothing.
func TestEndsOnce(t *testing.T) {
	var l Line[string]
	l.Hello()
	l.Send("run", 100)
	if !l.End() {
		t.Error("the first end does not count")
	}
	if l.End() {
		t.Error("the error behind the end counts as a second one")
	}
	if l.Answered() || l.Owes() || l.Send("run", 100) || l.Hello() != nil {
		t.Error("a line that ended goes on")
	}
	if l.Tick(1e9) || l.Silent() != 0 {
		t.Error("a line that ended can still fall silent")
	}
}

// One that ends before it listens takes what waited with it.
func TestEndsBeforeHello(t *testing.T) {
	var l Line[string]
	l.Send("load", 100)
	l.End()
	if l.Hello() != nil {
		t.Error("a dead worker's late hello is served")
	}
}

// Answers are counted one a request.
func TestAnswersOnce(t *testing.T) {
	var l Line[string]
	l.Hello()
	if l.Answered() {
		t.Error("an answer to nothing counts")
	}
	l.Send("run", 100)
	if !l.Answered() || l.Answered() {
		t.Error("expected one answer")
	}
}

// A worker that answers nothing within its patience is given up; the time that a device slept, and
// the time before a request, do not count.
func TestSilence(t *testing.T) {
	var l Line[string]
	l.Hello()
	if l.Tick(1e9) {
		t.Fatal("nobody asked anything, and the line is given up")
	}
	l.Send("run", 5000)
	now := 2e9
	tick := func(by float64) bool { now += by; return l.Tick(now) }
	tick(0)
	for i := range 5 {
		if tick(1000) {
			t.Fatalf("given up after %d s", i+1)
		}
	}
	if l.Silent() != 5000 {
		t.Errorf("silent for %v ms, expected 5000", l.Silent())
	}
	l.Answered()
	l.Send("run", 5000) // the next request has all its time
	tick(0)
	if tick(3600e3) { // the lid was closed for an hour
		t.Fatal("given up although the device slept")
	}
	tick(1000)
	tick(1000)
	if l.Silent() > 4000 || tick(500) {
		t.Errorf("silent for %v ms", l.Silent())
	}
	if !tick(1000) {
		t.Errorf("silent for %v ms, and not given up", l.Silent())
	}
}

// A worker that never says hello is given up, too.
func TestSilentFromTheBeginning(t *testing.T) {
	var l Line[string]
	l.Send("load", 3000)
	over := false
	for now := 1000.0; now < 10e3 && !over; now += 1000 {
		over = l.Tick(now)
	}
	if !over {
		t.Error("a worker that never listened is waited for for ever")
	}
}

// Workers that end in a row are given up; one answer begins a new row.
func TestTries(t *testing.T) {
	tries := Tries{Max: 3}
	for range 3 {
		if !tries.Again() {
			t.Fatalf("given up after %d", tries.Failed())
		}
	}
	tries.Worked()
	for range 3 {
		if !tries.Again() {
			t.Fatalf("given up after %d, although one worked between", tries.Failed())
		}
	}
	if tries.Again() {
		t.Error("never given up")
	}
}
