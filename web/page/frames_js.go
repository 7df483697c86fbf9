package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

const (
	grabSide  = 256 // of a camera's frame as it goes to the network, which area-averages it itself
	sharpSide = 512 // of the same crop of the same frame as it is shown
)

// frame is one picture on its way through the network.
type frame struct {
	id      int
	epoch   int // of the source that it came from; an answer of a former epoch is not shown
	source  view.Source
	file    string
	sample  int             // -1: not a sample
	label   string          // of a test set's picture: the English name of its class, or ""
	pixels  *browser.Canvas // what the network is given
	picture *browser.Canvas // what is shown: the same crop, for a camera in more detail
	grab    float64         // ms
}

// frames is the queue of length one: a later frame replaces a waiting one.
type frames struct {
	last     int // the highest id
	epoch    int
	busy     bool   // the worker has a request
	inFlight *frame // that request's frame, nil for a load
	kept     *frame // the frame whose pixels the worker holds
	waiting  *frame // a still picture that waits for the worker
	camera   *browser.Canvas
	sharp    *browser.Canvas
	still    *browser.Canvas
	lookAt   bool   // the camera delivered a frame while the worker was busy
	explain  bool   // the kept frame has to be explained again
	lost     *frame // was on the stage when the worker died
	load     func()
}

// next gives the idle worker the most important thing that waits.
func (p *Page) next() {
	f := &p.frames
	switch {
	case f.busy:
	case f.load != nil:
		load := f.load
		f.load = nil
		load()
	case p.model == nil:
	case len(p.jobs.waiting) > 0 && (p.jobs.turn || p.idle()):
		p.startJob()
	case f.waiting != nil:
		wait := f.waiting
		f.waiting = nil
		p.run(wait)
	case f.lookAt && p.camera.live(p.state):
		f.lookAt = false
		p.grab()
	case f.lost != nil:
		lost := f.lost
		f.lost = nil
		if lost.epoch == f.epoch {
			p.run(lost)
		}
	case f.explain && f.kept != nil:
		f.explain = false
		f.inFlight = f.kept
		p.jobs.turn = true
		p.send(protocol.Request{Op: protocol.Explain, ID: f.kept.id, Model: p.model.Name, Want: p.state.Want(), Look: p.state.Look(), Gates: p.state.Desk.Overrides()}, js.Undefined(), js.Undefined())
	}
}

// run sends a frame's pixels to the worker.
func (p *Page) run(fr *frame) {
	start := browser.Now()
	pixels := fr.pixels.Pixels()
	fr.grab += browser.Now() - start
	p.frames.last++
	fr.id = p.frames.last
	p.frames.inFlight, p.frames.kept, p.frames.explain = fr, fr, false
	p.jobs.turn = true
	p.send(protocol.Request{Op: protocol.Run, ID: fr.id, Model: p.model.Name, Side: fr.pixels.Side, Want: p.state.Want(), Look: p.state.Look(), Gates: p.state.Desk.Overrides()}, pixels, js.Undefined())
}

// reply handles every answer of the worker.
func (p *Page) reply(reply protocol.Reply, data js.Value) {
	f := &p.frames
	fr := f.inFlight
	f.busy, f.inFlight = false, nil
	if j := p.jobs.now; j != nil {
		p.jobs.now = nil
		j.done(reply, data)
		p.next()
		return
	}
	switch {
	case reply.Error != "" && fr == nil && p.model == nil:
		p.boot.Call("fail", "model", reply.Error) // the very first network: there is nothing to go on with
	case reply.Error != "" && fr == nil:
		p.state.Loading = ""
		p.trouble(view.ModelBroken, reply.Error, nil)
		p.renderSoon()
	case reply.Error != "":
		panic("page: the worker refused a request: " + reply.Error) // the page asked for what cannot be: a fault of ours
	case reply.Model != nil:
		p.adopt(reply.Model)
	case fr != nil && fr.id == reply.ID && fr.epoch == f.epoch && reply.Result.Model == p.model.Name:
		if err := reply.Result.Unpack(bytesOf(data.Get("numbers"))); err != nil {
			panic(err)
		}
		p.takePanel(reply.Panel, data)
		p.show(fr, reply.Result, bytesOf(data.Get("input")))
	}
	p.next()
}

func bytesOf(buffer js.Value) []byte {
	array := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}

// show makes a result visible: stage, captions, text and event belong to one frame.
func (p *Page) show(fr *frame, r *protocol.Result, input []byte) {
	s := p.state
	p.worker.deaths = 0
	s.Shown = &view.Shown{Source: fr.source, File: fr.file, Truth: view.Truth(fr.sample, fr.label, p.model), Model: p.model, Result: r,
		Timings: protocol.Timings{Grab: fr.grab, Prepare: r.Times.Prepare, Network: r.Times.Network, Maps: r.Times.Maps}}
	start := browser.Now()
	p.stage.show(s, fr, input)
	if s.Panel != nil { // tabs that ask for nothing are painted where their state changes
		p.paintTab()
	}
	p.showDesk()
	s.Shown.Timings.Paint = browser.Now() - start
	p.setReady()
	p.followAudit(fr)
	if fr.sample == s.Sample { // not while a link's sample is on its way
		p.tellBroken()
	}
	p.camera.count(s)
	p.announce()
	switch name, _ := s.Answer(); {
	case fr.source != view.FromCamera:
		p.render() // one picture, one render: who hears the event finds the words on the page
	case name != p.answered: // the list must not contradict the chip on the picture
		p.renderSoon()
	default:
		p.renderResult()
	}
	p.answered, _ = s.Answer()
	p.dispatch()
}

// reexplain asks for other maps of the frame on the stage.
func (p *Page) reexplain() {
	p.frames.explain = true
	p.renderSoon()
	p.next()
}
