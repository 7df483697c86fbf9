package page

import (
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
	"sescope/weights/json"
)

// pieceTries is how often a piece of a test set is given to a worker, when each one ends with it.
const pieceTries = 3

// work is a run over a test set in workers of its own; the stage keeps the page's worker.
type work struct {
	turn    int // counts, so that answers to an ended run are dropped
	began   float64
	pieces  [][]dataset.Picture
	next    int   // the piece that nobody was given yet
	again   []int // pieces whose workers ended
	tries   map[int]int
	early   map[int]*protocol.Tested // answers that wait for those before them
	counted int                      // pieces
	workers []*testWorker
	first   js.Value // the network's bytes
	second  js.Value // of the network to compare with, or undefined
}

// testWorker is one worker of a run.
type testWorker struct {
	js    js.Value
	setup []setup // what it is sent before its first piece
	piece int     // that it has, -1 for none
}

// setup is a request that prepares a worker.
type setup struct {
	req  protocol.Request
	data js.Value
	done func(m *protocol.Model) bool // false ends the run
}

// end ends all workers; a run can only be begun anew.
func (k *work) end() {
	for _, w := range k.workers {
		w.js.Call("terminate")
	}
	*k = work{turn: k.turn + 1, began: k.began}
}

// startWork fetches the networks and starts a worker a core.
func (p *Page) startWork(pictures []dataset.Picture) {
	k, t := &p.tests.work, &p.state.Test
	k.end()
	k.began, k.tries, k.early = browser.Now(), map[int]int{}, map[int]*protocol.Tested{}
	cores := 2
	if n := js.Global().Get("navigator").Get("hardwareConcurrency"); n.Truthy() {
		cores = n.Int()
	}
	for size := view.TestPiece(p.model, len(pictures), cores); len(pictures) > 0; {
		n := min(size, len(pictures))
		k.pieces, pictures = append(k.pieces, pictures[:n]), pictures[n:]
	}
	turn, name, against := k.turn, p.model.Name, ""
	if t.Against != "" && view.VersusBits(t.Against) == 0 {
		against = t.Against
	}
	one, two := p.bytesLater(name), p.bytesLater(against)
	go func() {
		first, err := one()
		second := js.Undefined()
		if err == nil && against != "" {
			second, err = two()
		}
		p.post(func() {
			if turn != k.turn {
				return
			}
			if err != nil {
				p.failTest(err.Error())
				return
			}
			k.first, k.second = first, second
			bytes := first.Get("byteLength").Int()
			if second.Truthy() {
				bytes += second.Get("byteLength").Int()
			}
			t.Workers = view.TestWorkers(cores, bytes, len(k.pieces))
			for range t.Workers {
				p.addTestWorker()
			}
			p.renderSoon()
		})
	}()
}

// bytesLater returns a function that fetches a network's file, and blocks.
func (p *Page) bytesLater(name string) func() (js.Value, error) {
	if own, ok := p.own[name]; ok {
		return func() (js.Value, error) { return browser.Await(own.file.Call("arrayBuffer")) }
	}
	return func() (js.Value, error) {
		none := js.FuncOf(func(js.Value, []js.Value) any { return nil })
		defer none.Release()
		bytes, err := browser.Await(p.boot.Call("fetchModel", name, none))
		if err != nil {
			return js.Undefined(), err
		}
		return bytes.Get("buffer"), nil
	}
}

// failTest ends a run with a sentence.
func (p *Page) failTest(text string) {
	p.state.Test.Trouble, p.state.Test.Stopped = text, true
	p.endTest()
}

// addTestWorker starts a worker and tells it, once it listens, all that it needs to know.
func (p *Page) addTestWorker() {
	k, t := &p.tests.work, &p.state.Test
	w, turn := &testWorker{js: p.boot.Call("newWorker"), piece: -1}, k.turn
	k.workers = append(k.workers, w)
	w.setup = append(w.setup, setup{protocol.Request{Op: protocol.Load, Model: t.Model.Name, Spec: p.own[t.Model.Name].spec}, k.first, func(*protocol.Model) bool { return true }})
	if bits := view.VersusBits(t.Against); bits > 0 {
		w.setup = append(w.setup, setup{protocol.Request{Op: protocol.Shrink, Bits: bits}, js.Undefined(), func(*protocol.Model) bool { return true }})
	} else if t.Against != "" {
		w.setup = append(w.setup, setup{protocol.Request{Op: protocol.Second, Model: t.Against, Spec: p.own[t.Against].spec}, k.second, func(m *protocol.Model) bool {
			p.state.ClassesOf[m.Name] = m.Classes
			return view.SameClasses(m.Classes, t.Model.Classes)
		}})
	}
	browser.Listen(w.js, "message", func(event js.Value) {
		data := event.Get("data")
		p.post(func() {
			switch {
			case turn != k.turn: // of a run that was ended
			case data.Get("dead").Truthy():
				p.testWorkerDied(w)
			case data.Get("hello").Truthy():
				p.feed(w)
			default:
				p.fromTestWorker(w, data)
			}
		})
	})
	browser.Listen(w.js, "error", func(js.Value) {
		p.post(func() {
			if turn == k.turn {
				p.testWorkerDied(w)
			}
		})
	})
}

// feed gives a worker what comes next for it: its preparation, a lost piece, a new one, or its rest.
func (p *Page) feed(w *testWorker) {
	k := &p.tests.work
	switch {
	case len(w.setup) > 0:
		p.tell(w, w.setup[0].req, w.setup[0].data, nil)
		return
	case len(k.again) > 0:
		w.piece, k.again = k.again[0], k.again[1:]
	case k.next < len(k.pieces):
		w.piece = k.next
		k.next++
	default:
		w.piece = -1
		return
	}
	job, blobs := p.tests.piece(p.state.Test.Name, k.pieces[w.piece])
	p.tell(w, protocol.Request{Op: protocol.Test, Test: job}, js.Undefined(), blobs)
}

// tell posts a request. Buffers are copied: the next worker needs them, too.
func (p *Page) tell(w *testWorker, req protocol.Request, data js.Value, blobs []any) {
	text, err := json.Marshal(req)
	if err != nil {
		panic(err)
	}
	message := map[string]any{"text": string(text)}
	if data.Truthy() {
		message["data"] = data
	}
	if blobs != nil {
		message["blobs"] = blobs
	}
	w.js.Call("postMessage", message)
}

// fromTestWorker takes an answer. Pieces are counted in their order, so that the sums are the same whichever worker was first.
func (p *Page) fromTestWorker(w *testWorker, data js.Value) {
	k, t := &p.tests.work, &p.state.Test
	var reply protocol.Reply
	if err := json.Unmarshal([]byte(data.Get("text").String()), &reply); err != nil {
		panic(err)
	}
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
		k.early[w.piece] = reply.Tested
		for got := k.early[k.counted]; got != nil; got = k.early[k.counted] {
			t.Add(got, k.pieces[k.counted])
			delete(k.early, k.counted)
			k.counted++
		}
		if k.counted == len(k.pieces) {
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

// testWorkerDied puts another worker in the place of one that ended, and has its piece run again.
func (p *Page) testWorkerDied(w *testWorker) {
	k := &p.tests.work
	for i, o := range k.workers {
		if o != w {
			continue
		}
		w.js.Call("terminate")
		k.workers = append(k.workers[:i], k.workers[i+1:]...)
		if k.tries[w.piece]++; k.tries[w.piece] >= pieceTries { // -1: it ended before it had one
			p.state.Test.Lost, p.state.Test.Stopped = true, true
			p.endTest()
			return
		}
		if w.piece >= 0 {
			k.again = append(k.again, w.piece)
		}
		p.addTestWorker()
		return
	}
}
