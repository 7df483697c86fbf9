package turns

// maxGap is the longest time in ms that one Tick counts: a device that slept was not waiting.
const maxGap = 2000

// Line is one worker's line without the worker: what is said before it listens waits, it owes one
// answer at a time, and it ends once. M is a message.
type Line[M any] struct {
	said     bool
	over     bool
	queue    []M
	owes     bool
	patience float64
	silent   float64
	last     float64
}

// Send tells whether the message may be posted now; if not, it waits for Hello. The line is silent
// when no answer comes within patience, in milliseconds.
func (l *Line[M]) Send(m M, patience float64) (now bool) {
	l.owes, l.patience, l.silent, l.last = true, patience, 0, 0
	if !l.said {
		l.queue = append(l.queue, m)
		return false
	}
	return !l.over
}

// Hello says that the worker listens, and returns what waited for that. A second hello says
// nothing.
func (l *Line[M]) Hello() (waited []M) {
	if l.said || l.over {
		return nil
	}
	l.said = true
	waited, l.queue = l.queue, nil
	return waited
}

// Answered tells whether an answer counts: the last words of a worker that was given up do not, nor
// what nobody asked.
func (l *Line[M]) Answered() bool {
	counts := l.owes && !l.over
	l.owes = false
	return counts
}

// Owes tells that an answer is due.
func (l *Line[M]) Owes() bool { return l.owes && !l.over }

// Silent is how long in milliseconds the answer that is due has been missing.
func (l *Line[M]) Silent() float64 {
	if !l.Owes() {
		return 0
	}
	return l.silent
}

// Tick is told the time, in milliseconds, every second or so while an answer is due. It returns
// true once the line's patience is over.
func (l *Line[M]) Tick(now float64) (over bool) {
	if !l.Owes() {
		return false
	}
	if l.last > 0 {
		l.silent += min(max(now-l.last, 0), maxGap)
	}
	l.last = now
	return l.silent > l.patience
}

// Open tells that the line was not closed.
func (l *Line[M]) Open() bool { return !l.over }

// End closes the line. It returns true the first time: a worker that ends says so in several ways.
func (l *Line[M]) End() (first bool) {
	first = !l.over
	l.over, l.queue = true, nil
	return first
}
