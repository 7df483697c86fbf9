package page

import (
	"slices"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// work is a run over a test set in workers of its own; the stage keeps the page's worker.
type work struct {
	began   float64
	pieces  *turns.Pieces[[]dataset.Picture, *protocol.Tested]
	workers []*testWorker
	first   js.Value // the network's bytes
	second  js.Value // of the network to compare with, or undefined
}

// testWorker is one worker of a run.
type testWorker struct {
	*line
	setup []setup // what it is sent before its first piece
	piece int     // that it has, or turns.None
}

// setup is a request that prepares a worker.
type setup struct {
	req  protocol.Request
	data js.Value
	done func(m *protocol.Model) bool // false ends the run
}

// endWork ends all workers; a run can only be begun anew.
func (p *Page) endWork() {
	p.runs.Begin()
	for _, w := range p.work.workers {
		p.close(w.line)
	}
	p.work = work{began: p.work.began}
}

// startWork fetches the networks and starts a worker a core.
func (p *Page) startWork(pictures []dataset.Picture) {
	p.endWork()
	t, run := &p.state.Test, p.runs.Ticket()
	cores := 2
	if n := js.Global().Get("navigator").Get("hardwareConcurrency"); n.Truthy() {
		cores = n.Int()
	}
	list := slices.Collect(slices.Chunk(pictures, view.TestPiece(p.model, len(pictures), cores)))
	p.work.began, p.work.pieces = browser.Now(), turns.NewPieces[[]dataset.Picture, *protocol.Tested](list)
	name, against := p.model.Name, ""
	if t.Against != "" && view.VersusBits(t.Against) == 0 {
		against = t.Against
	}
	one, two := p.bytesLater(name, js.Undefined()), p.bytesLater(against, js.Undefined())
	p.away(func() {
		first, err := one()
		second := js.Undefined()
		if err == nil && against != "" {
			second, err = two()
		}
		p.post(func() {
			switch {
			case !run.Current():
				return
			case err != nil:
				p.failTest(err.Error())
				return
			}
			p.work.first, p.work.second = first, second
			bytes := first.Get("byteLength").Int()
			if second.Truthy() {
				bytes += second.Get("byteLength").Int()
			}
			t.Workers = view.TestWorkers(cores, bytes, len(list))
			for range t.Workers {
				p.addTestWorker()
			}
			p.renderSoon()
		})
	})
}

// failTest ends a run with a sentence.
func (p *Page) failTest(text string) {
	p.state.Test.Trouble, p.state.Test.Stopped = text, true
	p.endTest()
}

// addTestWorker starts a worker and tells it all that it needs to know.
func (p *Page) addTestWorker() {
	t, w := &p.state.Test, &testWorker{piece: turns.None}
	w.line = p.connect(p.boot.Call("newWorker"),
		func(reply protocol.Reply, data js.Value) { p.fromTestWorker(w, reply, data) },
		func(bool) { p.testWorkerLost(w) })
	p.work.workers = append(p.work.workers, w)
	fine := func(*protocol.Model) bool { return true }
	w.setup = append(w.setup, setup{protocol.Request{Op: protocol.Load, Model: t.Model.Name, Spec: p.own[t.Model.Name].spec, Heavy: p.own[t.Model.Name].heavy}, p.work.first, fine})
	if bits := view.VersusBits(t.Against); bits > 0 {
		w.setup = append(w.setup, setup{protocol.Request{Op: protocol.MakeBits, Bits: bits}, js.Undefined(), fine})
	} else if t.Against != "" {
		w.setup = append(w.setup, setup{protocol.Request{Op: protocol.Second, Model: t.Against, Spec: p.own[t.Against].spec, Heavy: p.own[t.Against].heavy}, p.work.second, func(m *protocol.Model) bool {
			p.state.ClassesOf[m.Name] = m.Classes
			return view.SameClasses(m.Classes, t.Model.Classes)
		}})
	}
	p.feed(w)
}

// feed gives a worker what comes next for it: its preparation, a piece, or its rest. Buffers are
// copied, not transferred: the next worker needs them, too.
func (p *Page) feed(w *testWorker) {
	if len(w.setup) > 0 {
		body := map[string]any{}
		if w.setup[0].data.Truthy() {
			body["data"] = w.setup[0].data
		}
		p.request(w.line, w.setup[0].req, body, nil)
		return
	}
	if w.piece = p.work.pieces.Take(); w.piece != turns.None {
		job, blobs := p.tests.piece(p.state.Test.Name, p.work.pieces.At(w.piece))
		p.request(w.line, protocol.Request{Op: protocol.Test, Test: job}, map[string]any{"blobs": blobs}, nil)
	}
}

// fromTestWorker takes an answer. Pieces are counted in their order, so that the sums are the same
// whichever worker was first.
func (p *Page) fromTestWorker(w *testWorker, reply protocol.Reply, data js.Value) {
	pieces, t := p.work.pieces, &p.state.Test
	switch {
	case reply.Error != "":
		p.failTest(reply.Error)
		return
	case len(w.setup) > 0:
		if !w.setup[0].done(reply.Model) {
			p.failTest(p.state.OtherClasses(t.Against))
			return
		}
		w.setup = w.setup[1:]
	case reply.Tested != nil && reply.Tested.Fault != nil:
		t.Fault, t.Stopped = reply.Tested.Fault, true
		p.endTest()
		return
	case reply.Tested != nil:
		if err := reply.Tested.Unpack(bytesOf(data.Get("numbers"))); err != nil {
			panic(err)
		}
		pieces.Answer(w.piece, reply.Tested, func(pictures []dataset.Picture, got *protocol.Tested) { t.Add(got, pictures) })
		if pieces.Done() {
			if t.Done() == 0 {
				t.Fault = &dataset.Fault{Kind: dataset.NoPictures, Name: t.Name}
			}
			p.endTest()
			return
		}
		p.renderResult()
	}
	p.feed(w)
}

// testWorkerLost puts another worker in the place of one that ended or fell silent, and has its
// piece run again.
func (p *Page) testWorkerLost(w *testWorker) {
	p.work.workers = slices.DeleteFunc(p.work.workers, func(o *testWorker) bool { return o == w })
	if !p.work.pieces.Lost(w.piece) {
		p.state.Test.Lost, p.state.Test.Stopped = true, true
		p.endTest()
		return
	}
	p.addTestWorker()
}
