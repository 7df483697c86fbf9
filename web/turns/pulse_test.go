package turns

import "testing"

// A camera that never delivers, one that stops, one that comes back, one that is frozen, and a lid
// that was closed.
func TestPulse(t *testing.T) {
	p := Pulse{First: 4000, Late: 1500, Gone: 4000}
	now := 1e6
	check := func(want Health, by float64, expected bool) {
		t.Helper()
		now += by
		if got := p.Check(now, expected); got != want {
			t.Errorf("after %v ms more the pulse is %d, expected %d", by, got, want)
		}
	}
	for range 5 { // the first check begins
		check(Fine, 1000, true)
	}
	check(Gone, 1000, true)
	if p.Ever() {
		t.Error("it never came")
	}
	p.Beat()
	check(Fine, 1000, true)
	check(Late, 1000, true)
	p.Beat()
	check(Fine, 1000, true)
	check(Late, 1000, true)
	check(Late, 2000, true)
	check(Gone, 1000, true)
	p.Beat() // it goes on by itself
	check(Fine, 1000, true)
	for range 10 { // frozen, or hidden
		check(Fine, 1000, false)
	}
	check(Fine, 1000, true)
	p.Beat()
	check(Late, 3600e3, true) // slept for an hour: late, but not gone
	if !p.Ever() {
		t.Error("it came")
	}
}
