package page

import (
	"slices"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/weights/json"
)

// line is a worker and the page's end of its line: the stage has one, a run over a test set
// several.
type line struct {
	turns.Line[*message]
	js     js.Value
	answer func(reply protocol.Reply, data js.Value)
	wanted func() bool       // where it is set: whether anyone waits for the answer
	lost   func(silent bool) // it ended, or answered nothing for too long; it is closed already
	funcs  []js.Func
}

// message is what is posted: one text beside buffers, of which some are transferred.
type message struct {
	body     map[string]any
	transfer []any
}

// lines are the open ones; while one owes an answer, a timer looks after them.
type lines struct {
	open    []*line
	watched bool
	onTimer js.Func
}

// watchEvery is how often in milliseconds silent workers are looked after.
const watchEvery = 1000

// connect listens to a worker, which may have spoken or ended already.
func (p *Page) connect(w js.Value, answer func(protocol.Reply, js.Value), lost func(silent bool)) *line {
	l := &line{js: w, answer: answer, lost: lost}
	p.lines.open = append(p.lines.open, l)
	if w.Get("given").Truthy() {
		l.Hello()
	}
	hear := func(name string, f func(event js.Value)) {
		heard := js.FuncOf(func(_ js.Value, args []js.Value) any { f(args[0]); return nil })
		l.funcs = append(l.funcs, heard)
		w.Set(name, heard)
	}
	hear("onmessage", func(event js.Value) {
		data := event.Get("data")
		p.post(func() { p.heard(l, data) })
	})
	hear("onerror", func(js.Value) { p.post(func() { p.ended(l, false) }) })
	if w.Get("dead").Truthy() {
		p.post(func() { p.ended(l, false) })
	}
	return l
}

func (p *Page) heard(l *line, data js.Value) {
	switch {
	case data.Get("dead").Truthy():
		p.ended(l, false)
	case data.Get("hello").Truthy():
		for _, m := range l.Hello() {
			l.post(m)
		}
	case l.Answered():
		var reply protocol.Reply
		if err := json.Unmarshal([]byte(data.Get("text").String()), &reply); err != nil {
			panic(err)
		}
		l.answer(reply, data)
	}
}

// ended closes the line of a worker that ended or is given up, and has it mourned once.
func (p *Page) ended(l *line, silent bool) {
	if p.close(l) {
		l.lost(silent)
	}
}

// close ends a worker, whatever it is doing. It returns false if that was done before.
func (p *Page) close(l *line) bool {
	if !l.End() {
		return false
	}
	l.js.Call("terminate")
	l.js.Set("onmessage", js.Null())
	l.js.Set("onerror", js.Null())
	for _, f := range l.funcs {
		f.Release()
	}
	p.lines.open = slices.DeleteFunc(p.lines.open, func(o *line) bool { return o == l })
	return true
}

// request posts a request beside its buffers, at once or when the worker listens.
func (p *Page) request(l *line, req protocol.Request, body map[string]any, transfer []any) {
	text, err := json.Marshal(req)
	if err != nil {
		panic(err)
	}
	body["text"] = string(text)
	if m := (&message{body, transfer}); l.Send(m, p.patience(req, body)) {
		l.post(m)
	}
	p.watchLines()
}

func (l *line) post(m *message) { l.js.Call("postMessage", m.body, m.transfer) }

// patience is how long in milliseconds a worker may take to answer: half a minute, and as long
// again as a very slow device needs for the bytes or the multiply-adds, 200 million a second.
func (p *Page) patience(req protocol.Request, body map[string]any) float64 {
	const base, bytesPerMs, macsPerMs = 30e3, 10e3, 200e3
	ms := base
	for _, name := range []string{"data", "like"} {
		if v, ok := body[name].(js.Value); ok && v.Truthy() {
			ms += v.Get("byteLength").Float() / bytesPerMs
		}
	}
	if req.Op == protocol.Convert { // it runs the network's nodes one by one
		return 20 * base
	}
	passes := 4 // the network as it is and as the person set it, each of its family, which may run with its gates at 1, too
	switch {
	case req.Audit != nil:
		passes = 1 + req.Audit.Count
	case req.Test != nil:
		passes = 2 * (req.Test.Records + len(req.Test.Labels))
	}
	add := func(m *protocol.Model) { ms += float64(passes) * float64(m.MACs()) / macsPerMs }
	if p.model != nil {
		add(p.model)
	}
	for _, m := range p.state.Compare.Others {
		add(m)
	}
	return ms
}

// watchLines looks after the workers as long as one owes an answer.
func (p *Page) watchLines() {
	if p.lines.watched || !slices.ContainsFunc(p.lines.open, func(l *line) bool { return l.Owes() }) {
		return
	}
	p.lines.watched = true
	js.Global().Call("setTimeout", p.lines.onTimer, watchEvery)
}

func (p *Page) tickLines() {
	p.lines.watched = false
	now := browser.Now()
	for _, l := range slices.Clone(p.lines.open) {
		if l.Tick(now) || l.wanted != nil && !l.wanted() {
			p.ended(l, true)
		}
	}
	p.watchLines()
}
