package page

import (
	"syscall/js"

	"sescope/web/protocol"
)

// job is a request about no frame on its way to the stage: a network's weights, a sample's classes,
// a step of the audit.
type job struct {
	req  protocol.Request
	data func() js.Value // made when the request goes out; it is transferred
	like js.Value        // a second buffer, of a network that a person's own is like

	blobs []any // handles of pictures, which are not copied
	done  func(reply protocol.Reply, data js.Value)
	lost  func() // instead of done, when the worker ended first; nil: see workerLost
}

// ask sends a request when its turn comes.
func (p *Page) ask(req protocol.Request, data func() js.Value, done func(reply protocol.Reply, data js.Value)) {
	p.frames.Ask(&job{req: req, data: data, done: done})
	p.next()
}

// start sends a job's request.
func (p *Page) start(j *job) {
	data := js.Undefined()
	if j.data != nil {
		data = j.data()
	}
	p.send(j.req, data, j.like, j.blobs...)
}

func (j *job) mourn() {
	if j != nil && j.lost != nil {
		j.lost()
	}
}
