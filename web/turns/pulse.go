package turns

// Health is what a Pulse says.
type Health int

// A pulse is fine, late (a rate that is shown is stale, and a nudge may help), or gone.
const (
	Fine Health = iota
	Late
	Gone
)

// Pulse watches whether something that should come again and again does: a camera's frames. Times
// are in milliseconds. The time that a device slept does not count.
type Pulse struct {
	First float64 // how long the first beat may take
	Late  float64 // and a later one, until it is late
	Gone  float64 // and until it is gone

	ever    bool
	silent  float64
	checked float64
}

// Beat says that it came.
func (p *Pulse) Beat() { p.ever, p.silent = true, 0 }

// Ever tells whether it came at all.
func (p *Pulse) Ever() bool { return p.ever }

// Check is called every second or so; expected is false while nothing can come: a frozen camera, a
// page that nobody sees.
func (p *Pulse) Check(now float64, expected bool) Health {
	gap := min(max(now-p.checked, 0), maxGap)
	if p.checked == 0 {
		gap = 0
	}
	p.checked = now
	if !expected {
		p.silent = 0
		return Fine
	}
	p.silent += gap
	switch {
	case !p.ever && p.silent > p.First, p.ever && p.silent > p.Gone:
		return Gone
	case p.ever && p.silent > p.Late:
		return Late
	}
	return Fine
}
