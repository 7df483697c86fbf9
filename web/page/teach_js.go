package page

import (
	"fmt"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// lessons is what the Teach panel does beside view.Teach: the pictures themselves, and the worker's
// part, one request at a time between two frames.
type lessons struct {
	pictures map[int]taughtPicture // by number
	bases    map[string]*taughtBase
	busy     bool // a request is under way
	turn     int  // of the latest lesson
	learned  float64
	timer    bool // a look at what is due is due
	paint    teachPaint
	record   recorder
	keep     keeper
}

// taughtPicture is a picture as it is kept: the file, and an address for its thumbnail.
type taughtPicture struct {
	blob js.Value
	url  string
	name string // of the file that it came from, "" for a recorded one
}

// taughtBase is what the worker was given of a network that is taught on.
type taughtBase struct {
	loading, loaded, failed bool
	file                    js.Value     // once it was fetched, until the worker has it
	seen                    map[int]bool // examples that it was shown
	dirty                   bool         // the examples changed since the latest lesson
	job                     *protocol.TeachJob
	lesson                  *protocol.Lesson
}

const (
	shownAtOnce = 4   // pictures of one request: the camera's frames go on between two
	learnEvery  = 300 // ms between two lessons while pictures are coming
)

func newLessons() lessons {
	return lessons{pictures: map[int]taughtPicture{}, bases: map[string]*taughtBase{}}
}

func (l *lessons) base(name string) *taughtBase {
	b := l.bases[name]
	if b == nil {
		b = &taughtBase{seen: map[int]bool{}, dirty: true}
		l.bases[name] = b
	}
	return b
}

// openTeach is called when the panel is opened or another network was chosen in it.
func (p *Page) openTeach() {
	t := &p.state.Teach
	if len(t.Classes) == 0 {
		for range 2 {
			t.AddClass("", p.state.Words().TeachClassN)
		}
	}
	if b := p.lessons.bases[t.Base]; b != nil {
		b.failed = false
	}
	name := p.state.Model
	if name == view.TaughtName && t.Base == "" { // a taught network's file was opened
		name = p.builtIn
	}
	if name != view.TaughtName && name != t.Base && p.model != nil {
		t.Base, t.Inputs, t.Lesson, t.Tested, t.TwinLesson = name, 0, nil, nil, nil
		t.Attention = len(p.model.Blocks) > 0
		delete(p.state.Desks, view.TaughtName) // its blocks may be others
		for other := range p.lessons.bases {   // the worker keeps two
			if other != name && other != p.state.TeachTwin() {
				delete(p.lessons.bases, other)
			}
		}
		p.lessons.base(name).dirty = true
	}
	p.teachOn()
}

// teachChanged is called when examples or names changed.
func (p *Page) teachChanged() {
	for _, b := range p.lessons.bases {
		b.dirty = true
	}
	p.state.Teach.TwinLesson = nil
	p.countWaiting()
	p.panel.due = true
	p.renderSoon()
	p.keepSoon()
	p.teachOn()
}

func (p *Page) countWaiting() {
	t := &p.state.Teach
	seen, n := p.lessons.base(t.Base).seen, 0
	for _, c := range t.Classes {
		for _, e := range c.Examples {
			if !seen[e.ID] {
				n++
			}
		}
	}
	t.Waiting = n
}

// teachOn gives the worker the next thing that the lesson needs.
func (p *Page) teachOn() {
	l, t := &p.lessons, &p.state.Teach
	if l.busy || t.Base == "" || p.model == nil {
		return
	}
	b := l.base(t.Base)
	if p.teachBase(t.Base, b) || p.teachLook(t.Base, b) {
		return
	}
	switch job := t.Job(func(id int) bool { return b.seen[id] }); {
	case b.dirty && job != nil:
		if wait := l.learned + learnEvery - browser.Now(); wait > 0 && t.Recording != 0 {
			p.teachLater(wait)
			return
		}
		l.learned = browser.Now()
		job.Name, job.Instead = view.TaughtName, p.model.Name
		p.teachLearn(t.Base, b, job)
	case b.dirty: // nothing to tell apart
		b.dirty, b.job, b.lesson = false, nil, nil
		t.Lesson, t.Tested = nil, nil
		p.renderSoon()
	case b.lesson != nil && b.lesson.Done < b.lesson.Parts && t.Recording == 0:
		p.teachHold(t.Base, b)
	case t.TwinRunning:
		p.teachTwin()
	}
}

// teachLater looks again after a while.
func (p *Page) teachLater(ms float64) {
	if p.lessons.timer {
		return
	}
	p.lessons.timer = true
	p.after(ms, func() {
		p.lessons.timer = false
		p.teachOn()
	})
}

// after runs f on the state's goroutine when ms have passed.
func (p *Page) after(ms float64, f func()) {
	var done js.Func
	done = js.FuncOf(func(js.Value, []js.Value) any {
		done.Release()
		p.post(f)
		return nil
	})
	js.Global().Call("setTimeout", done, max(0, ms))
}

// askTeach sends a request of the lesson. If the worker ends meanwhile, teachLost begins anew.
func (p *Page) askTeach(j *job) {
	p.lessons.busy = true
	done := j.done
	j.done = func(reply protocol.Reply, data js.Value) {
		done(reply, data) // may let another network answer, which asks what is due: nothing yet
		p.lessons.busy = false
		p.teachOn()
	}
	j.lost = p.teachLost
	p.frames.Ask(j)
	p.next()
}

// teachLost is called when the worker ended: the next one was shown nothing yet.
func (p *Page) teachLost() {
	p.lessons.busy = false
	p.lessons.bases = map[string]*taughtBase{}
	p.countWaiting()
	p.after(1000, p.teachOn)
}

// teachBase has a network loaded to be taught on; false if it is there.
func (p *Page) teachBase(name string, b *taughtBase) bool {
	switch {
	case b.loaded || b.failed:
		return b.failed
	case b.file.Truthy():
		file := b.file
		b.file = js.Undefined()
		req := protocol.Request{Op: protocol.Base, Model: name, Spec: p.own[name].spec}
		p.askTeach(&job{req: req, data: func() js.Value { return file }, done: func(reply protocol.Reply, _ js.Value) {
			if reply.Error != "" {
				p.baseFailed(name, b, fmt.Sprintf(p.state.Words().TeachNoNetwork, reply.Error))
				return
			}
			b.loaded, b.seen, b.dirty = true, map[int]bool{}, true
			if t := &p.state.Teach; name == t.Base {
				t.Inputs, t.Attention = reply.Model.Inputs, len(reply.Model.Blocks) > 0
				p.countWaiting()
			}
			p.renderSoon()
		}})
		return true
	case b.loading:
		return true
	}
	b.loading = true
	fetch := p.bytesLater(name, js.Undefined())
	go func() {
		file, err := fetch()
		p.post(func() {
			if b.loading = false; err != nil {
				p.baseFailed(name, b, fmt.Sprintf(p.state.Words().TeachBaseFailed, name))
				return
			}
			b.file = file
			p.teachOn()
		})
	}()
	return true
}

func (p *Page) baseFailed(name string, b *taughtBase, text string) {
	t := &p.state.Teach
	if name != t.Base {
		t.TwinRunning = false
		text = p.state.Words().TeachTwinFailed
		delete(p.lessons.bases, name) // the next try begins anew
	}
	b.failed = true
	t.Trouble = text
	p.renderSoon()
}

// teachLook shows the network pictures that it has not seen; false if there is none.
func (p *Page) teachLook(name string, b *taughtBase) bool {
	var ids []int
	var blobs []any
	for _, c := range p.state.Teach.Classes {
		for _, e := range c.Examples {
			if !b.seen[e.ID] && len(ids) < shownAtOnce {
				ids, blobs = append(ids, e.ID), append(blobs, p.lessons.pictures[e.ID].blob)
			}
		}
	}
	if len(ids) == 0 {
		return false
	}
	req := protocol.Request{Op: protocol.Examine, Model: name, Teach: &protocol.TeachJob{IDs: ids}}
	p.askTeach(&job{req: req, blobs: blobs, done: func(reply protocol.Reply, _ js.Value) {
		t := &p.state.Teach
		if reply.Error != "" {
			t.Trouble, b.failed = reply.Error, true
			p.renderSoon()
			return
		}
		for _, id := range ids {
			b.seen[id] = true
		}
		for _, s := range reply.Examined.Skipped {
			t.Lose(ids[s.I])
			p.dropPicture(ids[s.I])
		}
		if n := len(reply.Examined.Skipped); n > 0 {
			t.Trouble = fmt.Sprintf(p.state.Words().TeachUnread, n)
			p.panel.due = true
		}
		b.dirty = true
		p.countWaiting()
		p.renderResult()
	}})
	return true
}

func (p *Page) teachLearn(name string, b *taughtBase, job_ *protocol.TeachJob) {
	p.lessons.turn++
	job_.Turn = p.lessons.turn
	b.dirty, b.job = false, job_
	p.askTeach(&job{req: protocol.Request{Op: protocol.Learn, Model: name, Teach: job_}, done: func(reply protocol.Reply, data js.Value) { p.teachTook(name, b, reply, data) }})
}

func (p *Page) teachHold(name string, b *taughtBase) {
	p.askTeach(&job{req: protocol.Request{Op: protocol.Hold, Model: name, Teach: &protocol.TeachJob{Turn: b.lesson.Turn}}, done: func(reply protocol.Reply, data js.Value) { p.teachTook(name, b, reply, data) }})
}

// teachTook takes over a lesson, and the network that answers from now on.
func (p *Page) teachTook(name string, b *taughtBase, reply protocol.Reply, data js.Value) {
	t := &p.state.Teach
	if reply.Model != nil { // it answers now, whatever became of its lesson
		p.answerTaught(reply.Model, js.Global().Get("Blob").New([]any{data.Get("file")}))
	}
	switch {
	case reply.Error != "":
		b.failed = true
		t.Trouble = fmt.Sprintf(p.state.Words().TeachNoNetwork, reply.Error)
		p.renderSoon()
		return
	case len(reply.Lesson.Missing) > 0:
		for _, id := range reply.Lesson.Missing {
			delete(b.seen, id)
		}
		b.dirty = true
		p.countWaiting()
		return
	case b.job == nil || reply.Lesson.Turn != b.job.Turn: // a later change made it stale
		return
	}
	b.lesson = reply.Lesson
	if name != t.Base {
		if b.lesson.Tested() || b.lesson.Parts == 0 {
			t.TwinLesson, t.TwinRunning = b.lesson, false
		}
		p.renderSoon()
		return
	}
	t.Took(reply.Lesson, b.job)
	p.panel.due = true
	p.renderSoon()
}

// answerTaught lets the stage answer with the taught network. Its file is a network of the person's
// like any other: a new worker, the test set and the download find it there.
func (p *Page) answerTaught(m *protocol.Model, file js.Value) {
	p.own[view.TaughtName] = ownNetwork{file: file}
	p.state.AddTaught(m)
	if p.state.Loading != "" { // another network was chosen meanwhile, and is on its way to the worker
		p.adopt(m, turns.Ticket{})
		return
	}
	p.adopt(m, p.loads.Begin())
}

// teachTwin takes the next step on the network without attention, or with.
func (p *Page) teachTwin() {
	t := &p.state.Teach
	name := p.state.TeachTwin()
	if name == "" {
		t.TwinRunning = false
		return
	}
	b := p.lessons.base(name)
	if p.teachBase(name, b) || p.teachLook(name, b) {
		return
	}
	switch job := t.Job(func(id int) bool { return b.seen[id] }); {
	case job == nil:
		t.TwinRunning = false
	case b.dirty:
		p.teachLearn(name, b, job)
	case b.lesson != nil && b.lesson.Done < b.lesson.Parts:
		p.teachHold(name, b)
	}
}
