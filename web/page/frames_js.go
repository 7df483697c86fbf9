package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

const (
	grabSide  = 256 // of a camera's frame as it goes to the network, which area-averages it itself
	sharpSide = 512 // of the same crop of the same frame as it is shown
)

// frame is one picture on its way through the network.
type frame struct {
	id      int
	from    turns.Ticket // of the source: an answer of a former one is not shown
	source  view.Source
	file    string
	sample  int             // -1: not a sample
	label   string          // of a test set's picture: the English name of its class, or ""
	pixels  *browser.Canvas // what the network is given
	picture *browser.Canvas // what is shown: the same crop, for a camera in more detail
	grab    float64         // ms
}

// From is the source that the frame came from.
func (fr *frame) From() turns.Ticket { return fr.from }

// frames orders what the worker is asked, and holds the canvases that frames are drawn on.
type frames struct {
	turns.Queue[*frame, *job]
	last   int // the highest id
	camera *browser.Canvas
	sharp  *browser.Canvas
	still  *browser.Canvas
}

// next gives the idle worker the most important thing that waits.
func (p *Page) next() {
	switch step := p.frames.Next(); step.Kind {
	case turns.Load, turns.Job:
		p.start(step.Job)
	case turns.Run:
		p.run(step.Frame)
	case turns.Explain:
		p.send(p.about(protocol.Explain, step.Frame), js.Undefined(), js.Undefined())
	}
}

// run sends a frame's pixels to the worker.
func (p *Page) run(fr *frame) {
	start := browser.Now()
	var pixels js.Value
	if err := browser.Try(func() { pixels = fr.pixels.Pixels() }); err != nil {
		p.frames.Answered()
		p.trouble(view.PictureTainted, err.Error(), func() { p.OpenFile() })
		p.next()
		return
	}
	fr.grab += browser.Now() - start
	p.frames.last++
	fr.id = p.frames.last
	p.send(p.about(protocol.Run, fr), pixels, js.Undefined())
}

// about is a request about a frame: what the page shows of it now.
func (p *Page) about(op string, fr *frame) protocol.Request {
	return protocol.Request{Op: op, ID: fr.id, Model: p.model.Name, Side: fr.pixels.Side, Want: p.want(fr), Look: p.state.Look(), Gates: p.state.Desk.Overrides()}
}

// reply handles every answer of the worker.
func (p *Page) reply(reply protocol.Reply, data js.Value) {
	step, wanted := p.frames.Answered()
	switch fr := step.Frame; {
	case step.Kind == turns.Load || step.Kind == turns.Job:
		step.Job.done(reply, data)
	case reply.Error != "":
		p.trouble(view.AnswerBroken, reply.Error, nil) // its numbers are none, or the page asked for what cannot be
	case wanted && fr.id == reply.ID && reply.Result.Model == p.model.Name:
		if err := reply.Result.Unpack(bytesOf(data.Get("numbers"))); err != nil {
			panic(err)
		}
		p.takePanel(reply.Panel, data)
		p.show(fr, reply.Result, data)
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
func (p *Page) show(fr *frame, r *protocol.Result, data js.Value) {
	s := p.state
	p.worker.deaths.Worked()
	s.Shown = &view.Shown{Source: fr.source, File: fr.file, Truth: view.Truth(fr.sample, fr.label, p.model), Model: p.model, Result: r,
		Timings: protocol.Timings{Grab: fr.grab, Prepare: r.Times.Prepare, Network: r.Times.Network, Maps: r.Times.Maps}}
	start := browser.Now()
	p.steady(fr)
	if s.Settle() {
		p.frames.Explain() // the card wants that channel's map
	}
	p.stage.show(s, fr, bytesOf(data.Get("input")))
	if p.walk.due {
		p.openWalk()
	}
	if s.Panel != nil || s.Walk.Open { // tabs that ask for nothing are painted where their state changes
		p.paintTab()
	}
	p.showDesk()
	p.showStrip(data.Get("tiles"))
	p.paintPin()
	s.Shown.Timings.Paint = browser.Now() - start
	p.setReady()
	p.followAudit(fr)
	p.keepFrame(fr)
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
		p.renderFrame()
	}
	p.answered, _ = s.Answer()
	p.dispatch()
}

// steady smooths what a camera's frames say.
func (p *Page) steady(fr *frame) {
	s := p.state
	if fr.source != view.FromCamera {
		return
	}
	if p.steadyOf != fr.from || p.steadyBy != s.Shown.Model.Name {
		p.steadyOf, p.steadyBy = fr.from, s.Shown.Model.Name
		p.smooth.Reset()
		p.steadyID = 0
	}
	r := s.Shown.Result
	if fr.id != p.steadyID { // not for another explanation of the same frame
		p.steadyID = fr.id
		p.smooth.Add(browser.Now(), r.Probs, r.Rejection)
	}
	s.Shown.Steady = &p.smooth
}

// reexplain asks for other maps of the frame on the stage.
func (p *Page) reexplain() {
	p.frames.Explain()
	p.renderSoon()
	p.next()
}
