package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// maxDeaths is how often in a row a worker is restarted before the page gives up.
const maxDeaths = 3

// worker answers about the stage, one request at a time.
type worker struct {
	*line
	lives  turns.Generation // a ticket of a former worker is stale: what it was to be given is, too
	deaths turns.Tries
}

func (p *Page) startWorker(w js.Value) {
	p.worker.lives.Begin()
	p.worker.line = p.connect(w, p.reply, p.workerLost)
}

// workerLost starts another worker, gives it a network again and lets it answer about the picture
// on the stage.
func (p *Page) workerLost(silent bool) {
	again := p.worker.deaths.Again()
	now, waited := p.frames.Died()
	for _, j := range append(waited, now.Job) {
		j.mourn()
	}
	p.loseFamily()
	p.teachLost()
	p.forgetBits()
	s := p.state
	if !again {
		s.Loading = ""
		p.loads.Begin()
		if p.model == nil {
			p.boot.Call("fail", "script", "worker.js") // nothing was ever shown
			return
		}
		p.trouble(view.WorkerLost, "", nil)
		p.renderSoon()
		return
	}
	p.startWorker(p.boot.Call("newWorker"))
	network := s.Model
	switch _, own := p.own[network]; {
	case now.Kind == turns.Load && now.Job.req.Model == s.Loading && s.Loading != network: // it ended with the one that was chosen
		p.trouble(view.ModelBroken, now.Job.req.Model, nil)
	case s.Loading != "":
		network = s.Loading
	case own && (silent || p.worker.deaths.Failed() > 1):
		p.trouble(view.OwnStops, network, nil)
		network = p.builtIn
	case silent:
		p.trouble(view.WorkerSilent, "", nil)
	}
	p.fetchModel(network)
}

// send posts a request with optional buffers, which are transferred, and handles of pictures.
func (p *Page) send(req protocol.Request, data, like js.Value, blobs ...any) {
	body, transfer := map[string]any{}, []any{}
	for name, buffer := range map[string]js.Value{"data": data, "like": like} {
		if buffer.Truthy() {
			body[name] = buffer
			transfer = append(transfer, buffer)
		}
	}
	if len(blobs) > 0 {
		body["blobs"] = blobs
	}
	p.request(p.worker.line, req, body, transfer)
}

// ChooseModel fetches a network; the present one goes on working until the new one answers.
func (p *Page) ChooseModel(name string) {
	p.post(func() {
		if name != p.state.Model || p.state.Loading != "" {
			p.fetchModel(name)
		}
	})
}

// fetchModel fetches and loads a network, whichever was chosen before.
func (p *Page) fetchModel(name string) {
	s := p.state
	s.Loading, s.Fetched = name, 0
	turn := p.loads.Begin()
	p.renderSoon()
	onBytes := js.FuncOf(func(_ js.Value, args []js.Value) any {
		n := args[0].Int()
		p.post(func() {
			if turn.Current() {
				s.Fetched = n
				p.renderResult()
			}
		})
		return nil
	})
	fetch := p.bytesLater(name, onBytes)
	p.away(func() {
		buffer, err := fetch()
		p.post(func() {
			onBytes.Release()
			switch {
			case !turn.Current(): // another one was chosen
			case err != nil:
				s.Loading = ""
				p.trouble(view.ModelMissing, "", func() { p.fetchModel(name) })
				p.renderSoon()
			default:
				p.countLoaded()
				p.loadModel(name, buffer)
			}
		})
	})
}

// bytesLater returns a function that fetches a network's file, and blocks; onBytes, a function of
// JavaScript's or undefined, is told how many bytes came.
func (p *Page) bytesLater(name string, onBytes any) func() (js.Value, error) {
	if own, ok := p.own[name]; ok {
		return func() (js.Value, error) { return browser.AwaitCall(own.file, "arrayBuffer") }
	}
	return func() (js.Value, error) {
		bytes, err := browser.AwaitCall(p.boot, "fetchModel", name, onBytes)
		if err != nil {
			return js.Undefined(), err
		}
		return bytes.Get("buffer"), nil
	}
}

// loadModel gives the worker a network's file as soon as no frame is under way.
func (p *Page) loadModel(name string, buffer js.Value) {
	p.state.Loading = name
	turn := p.loads.Ticket()
	if !p.worker.Open() { // it was given up; a person who chooses tries again
		p.startWorker(p.boot.Call("newWorker"))
	}
	done := func(reply protocol.Reply, _ js.Value) {
		switch {
		case reply.Error == "":
			p.adopt(reply.Model, turn)
		case p.model == nil:
			p.boot.Call("fail", "model", reply.Error) // the very first network: there is nothing to go on with
		default:
			if turn.Current() {
				p.state.Loading = ""
			}
			p.trouble(view.ModelBroken, reply.Error, nil)
			p.renderSoon()
		}
	}
	p.frames.Load(&job{req: protocol.Request{Op: protocol.Load, Model: name, Spec: p.own[name].spec, Heavy: p.own[name].heavy}, data: func() js.Value { return buffer }, done: done})
	p.next()
}

// adopt takes over a network that the worker has loaded; turn is the choice that it was loaded for.
func (p *Page) adopt(m *protocol.Model, turn turns.Ticket) {
	if p.model != nil && p.model.Name != m.Name {
		p.stopAudit()
	}
	p.model, p.state.Model = m, m.Name
	p.frames.Loaded()
	p.state.Adopt(m)
	p.needPortraits(p.state.Body(m.Name))
	p.stage.fixed = nil
	p.frames.Explain()
	p.loseFamily()
	p.needFamily()
	p.forgetBits()
	if _, ok := p.own[m.Name]; !ok {
		p.builtIn = m.Name
		browser.Store("model", m.Name)
	}
	p.hideNotice(view.ModelMissing, view.ModelBroken, view.OwnBroken, view.OwnHuge, view.ReaderMissing)
	if turn.Current() { // if not, another one is on its way
		p.state.Loading = ""
		p.arrive()
	}
	p.renderSoon()
	if open := tabParts[p.state.Tab].open; open != nil {
		open(p)
	}
}
