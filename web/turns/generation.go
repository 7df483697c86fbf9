package turns

// Generation counts things of which only the latest is wanted: sources of pictures, choices of a
// network, searches. Whoever begins one keeps its Ticket; an answer whose ticket has been replaced
// is stale and is dropped.
type Generation struct{ n int }

// Begin makes every former ticket stale and returns the one that is wanted from now on.
func (g *Generation) Begin() Ticket {
	g.n++
	return g.Ticket()
}

// Ticket is the one that is wanted now.
func (g *Generation) Ticket() Ticket { return Ticket{g, g.n} }

// Ticket belongs to one turn of a Generation. The zero Ticket is stale.
type Ticket struct {
	of *Generation
	n  int
}

// Current tells whether nothing replaced the ticket.
func (t Ticket) Current() bool { return t.of != nil && t.n == t.of.n }

// Tries counts how often in a row something failed; it is given up after Max.
type Tries struct {
	Max int
	n   int
}

// Again counts a failure and tells whether it is tried once more.
func (t *Tries) Again() bool {
	t.n++
	return t.n <= t.Max
}

// Failed is how often in a row it failed.
func (t *Tries) Failed() int { return t.n }

// Worked begins a new row.
func (t *Tries) Worked() { t.n = 0 }
