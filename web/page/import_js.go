package page

import (
	"errors"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// errReader is the second program that did not come.
var errReader = errors.New("the program that reads this file could not be loaded")

// errSize is onnx.ErrSize.
var errSize = errors.New("the file leaves the size of its pictures open")

// readElsewhere has the second program, which comes over the network for the first file that needs
// it, read a file in a worker that ends afterwards. It blocks. A worker that nobody waits for any
// more is ended.
func (p *Page) readElsewhere(req protocol.Request, file, beside js.Value, wanted func() bool) (protocol.Reply, js.Value, error) {
	w, err := browser.AwaitCall(p.boot, "newImporter")
	if err != nil {
		return protocol.Reply{}, js.Undefined(), errReader
	}
	answered := make(chan struct{})
	var reply protocol.Reply
	var buffer js.Value
	p.post(func() {
		var l *line
		hear := func(r protocol.Reply, d js.Value) {
			reply, buffer = r, d.Get("file")
			p.close(l)
			close(answered)
		}
		l = p.connect(w, hear, func(bool) {
			reply.Error = p.state.StopsWorker(req.Model)
			close(answered)
		})
		l.wanted = wanted
		p.request(l, req, map[string]any{"blob": file, "beside": beside}, nil)
	})
	<-answered
	if reply.Error != "" {
		err = errors.New(reply.Error)
	}
	return reply, buffer, err
}

// converted is a safetensors file of a network's file of another kind; side is that of its pictures
// where the file leaves it open, or 0. It blocks.
func (p *Page) converted(turn turns.Ticket, name string, side int, file, beside js.Value) (js.Value, error) {
	show := func(name string) {
		p.post(func() {
			p.state.Reading = name
			p.renderSoon()
		})
	}
	show(name)
	defer show("")
	list := js.Global().Get("Array").Call("from", beside) // a FileList cannot be posted everywhere
	reply, buffer, err := p.readElsewhere(protocol.Request{Op: protocol.Convert, Model: name, Side: side}, file, list, turn.Current)
	switch {
	case reply.NoSize:
		return js.Undefined(), errSize
	case err != nil:
		return js.Undefined(), err
	}
	return js.Global().Get("Blob").New([]any{buffer}), nil
}

// unpickler makes a blob of records of a batch of CIFAR that Python pickled, and tells whether it
// is CIFAR-10 or CIFAR-100. It blocks.
func (p *Page) unpickler(turn turns.Ticket) func(name string, b []byte) (js.Value, int, error) {
	return func(name string, b []byte) (js.Value, int, error) {
		reply, buffer, err := p.readElsewhere(protocol.Request{Op: protocol.Records, Model: name}, browser.BlobOf(b), js.Global().Get("Array").New(), turn.Current)
		switch {
		case err == errReader:
			err = &dataset.Fault{Kind: view.NoReader, Name: name}
		case err != nil && reply.Batch != nil && reply.Batch.Fault != nil:
			err = reply.Batch.Fault
		}
		if err != nil {
			return js.Undefined(), 0, err
		}
		return js.Global().Get("Blob").New([]any{buffer}), reply.Batch.Of, nil
	}
}
