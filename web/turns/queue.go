package turns

// Kind is what a worker is asked.
type Kind int

// The kinds of a Step.
const (
	Nothing Kind = iota
	Load         // a job that brings a network
	Run          // a frame
	Explain      // the kept frame once more
	Job          // a request about no frame on its way to the stage
)

// Step is one request: a frame's or a job's.
type Step[F, J any] struct {
	Kind  Kind
	Frame F
	Job   J
}

// Frame is a picture that knows the source it came from, a pointer in practice: its zero value is
// no frame.
type Frame interface {
	comparable
	From() Ticket
}

// frameTries is how often a frame is given to another worker when each one ends with it.
const frameTries = 1

// Queue orders what one worker is asked, one request at a time. Of frames it holds one of each
// kind: a later one replaces one that waits. Frames and jobs take turns, so that neither waits for
// ever.
//
// Source counts the sources of pictures: begin a new one when another picture or camera is chosen.
type Queue[F Frame, J any] struct {
	Source Generation

	// Grab takes the camera's present frame, as late as possible; false: there is none yet.
	Grab func() (F, bool)

	now    Step[F, J] // under way
	loaded bool       // the worker holds a network
	load   *J         // that waits
	jobs   []J        // that wait
	framed bool       // a frame went last

	waiting F    // a still picture
	seen    bool // the camera delivered a frame that nobody grabbed
	lost    F    // its worker ended: it runs again
	kept    F    // whose pixels the worker holds
	explain bool // kept has to be explained again
	tries   Tries
}

// Busy tells that a request is under way.
func (q *Queue[F, J]) Busy() bool { return q.now.Kind != Nothing }

// Jobs is how many jobs wait or are under way.
func (q *Queue[F, J]) Jobs() int {
	n := len(q.jobs)
	if q.now.Kind == Job {
		n++
	}
	return n
}

// Load has a network loaded before anything else; a later one replaces one that waits.
func (q *Queue[F, J]) Load(j J) { q.load = &j }

// Loaded says that the worker holds a network: frames and jobs may go.
func (q *Queue[F, J]) Loaded() { q.loaded = true }

// Ask has a job done when its turn comes.
func (q *Queue[F, J]) Ask(j J) { q.jobs = append(q.jobs, j) }

// Show has a still picture run.
func (q *Queue[F, J]) Show(f F) { q.waiting = f }

// Seen says that the camera delivered a frame.
func (q *Queue[F, J]) Seen() { q.seen = true }

// Unsee forgets what the camera delivered: it was stopped or frozen.
func (q *Queue[F, J]) Unsee() { q.seen = false }

// Explain has the kept frame explained again.
func (q *Queue[F, J]) Explain() { q.explain = true }

// NewSource begins another source: what waits of former ones is dropped, and so are their answers.
func (q *Queue[F, J]) NewSource() {
	var none F
	q.Source.Begin()
	q.waiting, q.seen, q.lost = none, false, none
}

// Next is the most important thing that waits for the idle worker. It is under way from now on.
func (q *Queue[F, J]) Next() Step[F, J] {
	if q.Busy() {
		return Step[F, J]{}
	}
	q.now = q.choose()
	switch q.now.Kind {
	case Run:
		var none F
		q.kept, q.lost, q.explain, q.framed = q.now.Frame, none, false, true
	case Explain:
		q.explain, q.framed = false, true
	case Job:
		q.framed = false
	}
	return q.now
}

func (q *Queue[F, J]) choose() Step[F, J] {
	var none F
	if q.load != nil {
		load := *q.load
		q.load = nil
		return Step[F, J]{Kind: Load, Job: load}
	}
	if !q.loaded {
		return Step[F, J]{}
	}
	if len(q.jobs) > 0 && (q.framed || q.idle()) {
		return q.job()
	}
	if f := take(&q.waiting); f != none {
		return Step[F, J]{Kind: Run, Frame: f}
	}
	if q.seen {
		q.seen = false
		if f, ok := q.Grab(); ok {
			return Step[F, J]{Kind: Run, Frame: f}
		}
	}
	if f := take(&q.lost); f != none {
		return Step[F, J]{Kind: Run, Frame: f}
	}
	if q.explain && q.kept != none {
		return Step[F, J]{Kind: Explain, Frame: q.kept}
	}
	if len(q.jobs) > 0 { // no frame was wanted after all
		return q.job()
	}
	return Step[F, J]{}
}

func (q *Queue[F, J]) job() Step[F, J] {
	j := q.jobs[0]
	q.jobs = q.jobs[1:]
	return Step[F, J]{Kind: Job, Job: j}
}

// take empties a place; a frame of a former source counts as none.
func take[F Frame](place *F) F {
	var none F
	f := *place
	*place = none
	if f != none && !f.From().Current() {
		return none
	}
	return f
}

// idle tells that no frame wants the worker.
func (q *Queue[F, J]) idle() bool {
	var none F
	return q.waiting == none && !q.seen && q.lost == none && !(q.explain && q.kept != none)
}

// Answered ends the step under way and returns it. Its frame is to be shown only if it is wanted:
// another source may have been chosen meanwhile.
func (q *Queue[F, J]) Answered() (step Step[F, J], wanted bool) {
	step = q.now
	q.now = Step[F, J]{}
	switch step.Kind {
	case Run, Explain:
		q.tries.Worked()
		return step, step.Frame.From().Current()
	case Nothing:
		return step, false
	}
	return step, true
}

// Died takes everything back from a worker that ended. Its last frame, if it is still wanted, runs
// again on the next worker, which has no network yet; but a frame with which two workers ended is
// dropped. Jobs are not asked again: they speak of what that worker held. They are returned, what
// was under way and what waited, for their owners.
func (q *Queue[F, J]) Died() (now Step[F, J], waited []J) {
	var none F
	now, q.now = q.now, Step[F, J]{}
	if q.load != nil {
		waited = append(waited, *q.load)
	}
	waited = append(waited, q.jobs...)
	q.jobs, q.load, q.loaded, q.framed = nil, nil, false, false
	if q.tries.Max = frameTries; now.Kind != Run && now.Kind != Explain || q.tries.Again() {
		q.lost = take(&q.kept)
	} else {
		q.tries.Worked()
	}
	q.kept, q.explain = none, false
	return now, waited
}
