package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
	"sescope/weights/json"
)

// maxDeaths is how often in a row a worker is restarted before the page gives up.
const maxDeaths = 3

// worker is the page's end of the line. One request is under way at a time.
type worker struct {
	js     js.Value
	said   bool // hello: it listens
	queue  []func()
	deaths int
}

func (p *Page) startWorker(w js.Value) {
	p.worker.js, p.worker.said = w, w.Get("hello").Truthy()
	browser.Listen(w, "message", func(event js.Value) {
		data := event.Get("data")
		p.post(func() { p.fromWorker(w, data) })
	})
	browser.Listen(w, "error", func(event js.Value) {
		p.post(func() { p.workerDied(w) })
	})
	if w.Get("dead").Truthy() {
		p.post(func() { p.workerDied(w) })
	}
}

// whenListening runs f as soon as the worker hears it.
func (p *Page) whenListening(f func()) {
	if p.worker.said {
		f()
		return
	}
	p.worker.queue = append(p.worker.queue, f)
}

func (p *Page) fromWorker(w, data js.Value) {
	switch {
	case !w.Equal(p.worker.js): // a dead one's last words
	case data.Get("dead").Truthy():
		p.workerDied(w)
	case data.Get("hello").Truthy():
		if p.worker.said {
			return
		}
		p.worker.said = true
		queue := p.worker.queue
		p.worker.queue = nil
		for _, f := range queue {
			f()
		}
	default:
		var reply protocol.Reply
		if err := json.Unmarshal([]byte(data.Get("text").String()), &reply); err != nil {
			panic(err)
		}
		p.reply(reply, data)
	}
}

// workerDied starts another worker, gives it the network again and lets it answer about the picture on the stage.
func (p *Page) workerDied(w js.Value) {
	if !w.Equal(p.worker.js) {
		return
	}
	w.Call("terminate")
	p.worker.deaths++
	p.frames.busy, p.frames.inFlight, p.frames.kept = false, nil, nil
	p.jobs = jobs{}
	p.loseSecond()
	p.forgetBits()
	if p.worker.deaths > maxDeaths {
		p.frames.busy = true // nobody answers any more
		if p.model == nil {
			p.boot.Call("fail", "script", "worker.js") // nothing was ever shown
			return
		}
		p.trouble(view.WorkerLost, "", nil)
		return
	}
	p.startWorker(p.boot.Call("newWorker"))
	p.state.Loading = ""
	p.frames.lost = p.stage.frame
	p.fetchModel(p.state.Model)
}

// send posts a request with optional buffers, which are transferred.
func (p *Page) send(req protocol.Request, data, like js.Value) {
	text, err := json.Marshal(req)
	if err != nil {
		panic(err)
	}
	message := map[string]any{"text": string(text)}
	transfer := []any{}
	if data.Truthy() {
		message["data"] = data
		transfer = append(transfer, data)
	}
	if like.Truthy() {
		message["like"] = like
		transfer = append(transfer, like)
	}
	p.frames.busy = true
	p.whenListening(func() { p.worker.js.Call("postMessage", message, transfer) })
}

// ChooseModel fetches a network; the present one goes on working until the new one answers.
func (p *Page) ChooseModel(name string) {
	p.post(func() {
		if name != p.state.Model && p.state.Loading == "" {
			p.fetchModel(name)
		}
	})
}

func (p *Page) fetchModel(name string) {
	s := p.state
	s.Loading, s.Fetched = name, 0
	p.renderSoon()
	onBytes := js.FuncOf(func(_ js.Value, args []js.Value) any {
		n := args[0].Int()
		p.post(func() { s.Fetched = n; p.renderResult() })
		return nil
	})
	w := p.worker.js
	go func() {
		var bytes js.Value
		var err error
		if own, ok := p.own[name]; ok {
			if bytes, err = browser.Await(own.file.Call("arrayBuffer")); err == nil {
				bytes = js.Global().Get("Uint8Array").New(bytes)
			}
		} else {
			bytes, err = browser.Await(p.boot.Call("fetchModel", name, onBytes))
		}
		p.post(func() {
			onBytes.Release()
			switch {
			case !w.Equal(p.worker.js): // its worker died meanwhile and another fetch is under way
			case err != nil:
				s.Loading = ""
				p.trouble(view.ModelMissing, "", func() { p.fetchModel(name) })
				p.renderSoon()
			default:
				p.countLoaded()
				p.loadModel(name, bytes)
			}
		})
	}()
}

// loadModel gives the worker a network's file as soon as no frame is under way.
func (p *Page) loadModel(name string, bytes js.Value) {
	p.state.Loading = name
	p.frames.load = func() {
		p.send(protocol.Request{Op: protocol.Load, Model: name, Spec: p.own[name].spec}, bytes.Get("buffer"), js.Undefined())
	}
	p.next()
}

// adopt takes over a network that the worker has loaded.
func (p *Page) adopt(m *protocol.Model) {
	if p.model != nil && p.model.Name != m.Name {
		p.stopAudit()
	}
	p.model, p.state.Model, p.state.Loading = m, m.Name, ""
	p.state.Adopt(m)
	p.stage.fixed = nil
	p.frames.explain = true
	p.needSecond()
	p.forgetBits()
	if _, ok := p.own[m.Name]; !ok {
		browser.Store("model", m.Name)
	}
	p.hideNotice(view.ModelMissing, view.ModelBroken, view.OwnBroken, view.OwnHuge)
	p.arrive()
	p.renderSoon()
}
