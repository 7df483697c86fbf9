package page

import (
	"syscall/js"

	"sescope/web/protocol"
)

// job is a request about no frame on its way to the stage: a network's weights, a sample's classes, a step of the audit.
type job struct {
	req  protocol.Request
	data func() js.Value // made when the request goes out; it is transferred
	like js.Value        // a second buffer, of a network that a person's own is like
	done func(reply protocol.Reply, data js.Value)
}

// jobs take turns with the frames, so that neither waits for ever.
type jobs struct {
	waiting []job
	now     *job // under way
	turn    bool // a frame went last
}

// ask sends a request when its turn comes. If the worker dies meanwhile, done is never called: see workerDied.
func (p *Page) ask(req protocol.Request, data func() js.Value, done func(reply protocol.Reply, data js.Value)) {
	p.jobs.waiting = append(p.jobs.waiting, job{req: req, data: data, done: done})
	p.next()
}

func (p *Page) startJob() {
	j := p.jobs.waiting[0]
	p.jobs.waiting, p.jobs.turn = p.jobs.waiting[1:], false
	p.jobs.now = &j
	data := js.Undefined()
	if j.data != nil {
		data = j.data()
	}
	p.send(j.req, data, j.like)
}

// idle tells that no frame wants the worker.
func (p *Page) idle() bool {
	f := &p.frames
	return f.waiting == nil && !(f.lookAt && p.camera.live(p.state)) && f.lost == nil && !(f.explain && f.kept != nil)
}
