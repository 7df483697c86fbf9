package worker

import (
	"slices"
	"time"

	"sescope/nn"
)

const (
	clockRuns = 32                    // that an average is taken over
	clockFew  = 8                     // so many at least, where somebody looks at the times
	clockRoom = 50 * time.Millisecond // that runs for the clock's sake may take
)

// clock averages what preparing a picture and every layer took in the last runs. A browser's clock
// ticks every 0.1 ms, single runs are interrupted, and the first ones are not yet compiled well: so
// the largest times do not count.
type clock struct {
	runs [][]time.Duration // of each: preparing, then the planned layers
	next int               // the oldest of runs, once there are clockRuns
	list []time.Duration
}

// add takes over the times of a run.
func (c *clock) add(t *nn.Trace) {
	if len(c.runs) < clockRuns {
		c.runs = append(c.runs, make([]time.Duration, 1+len(t.Times)))
		c.next = len(c.runs) - 1
	}
	run := c.runs[c.next]
	run[0] = t.Preprocess
	copy(run[1:], t.Times)
	c.next = (c.next + 1) % clockRuns
}

// ms are the average milliseconds of preparing (0), or of planned layer i-1.
func (c *clock) ms(i int) float32 {
	n := len(c.runs)
	if n == 0 {
		return 0
	}
	c.list = c.list[:0]
	for _, run := range c.runs {
		c.list = append(c.list, run[i])
	}
	slices.Sort(c.list)
	out := n / 8
	if n > 2 {
		out = max(out, 1)
	}
	var sum time.Duration
	for _, d := range c.list[:n-out] {
		sum += d
	}
	return float32(sum.Nanoseconds()) / 1e6 / float32(n-out)
}

// settle runs the kept picture again until there are a few runs to average, or until they took too
// long. Nothing else changes: a run computes the same each time.
func (n *network) settle() {
	took := n.trace.Network
	for spent := took; len(n.clock.runs) < clockFew && spent < clockRoom; spent += n.trace.Network {
		n.trace = n.session.Run(n.picture)
		n.clock.add(n.trace)
	}
	n.trace.Network = took
}
