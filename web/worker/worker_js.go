package worker

import (
	"errors"
	"runtime"
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/weights/json"
)

// Serve answers messages for ever. Only a panic ends it; worker.js then tells the page.
func Serve() {
	n := &network{}
	global := js.Global()
	incoming := browser.Incoming()
	var idle chan struct{} // told of once, if the page has not asked for something by then
	if first := global.Get("first"); first.Truthy() {
		n.prepare(first.Get("name").String(), bytesOf(first.Get("file")))
		global.Delete("first")
		now := make(chan struct{}, 1)
		global.Call("setTimeout", js.FuncOf(func(js.Value, []js.Value) any {
			now <- struct{}{}
			return nil
		}))
		idle = now
	}
	var numbers, panel []byte
	for {
		var message js.Value
		select {
		case message = <-incoming:
			idle = nil
		case <-idle:
			n.rehearse()
			continue
		}
		var req protocol.Request
		reply := protocol.Reply{}
		transfer := []any{}
		out := map[string]any{}
		err := json.Unmarshal([]byte(message.Get("text").String()), &req)
		reply.ID = req.ID
		switch {
		case err != nil:
		case req.Op == protocol.Load:
			former := n.session
			var small []byte
			reply.Model, small, err = n.loadOwn(req, bytesOf(message.Get("data")), bytesOf(message.Get("like")))
			reply.NoSpec = errors.Is(err, nn.ErrNoSpec)
			// The former network and the buffers that held this one's file go now: Go's collector
			// does not see what JavaScript keeps for it, and would wait until its own memory is
			// twice as large.
			if former != nil {
				runtime.GC()
			}
			if heavy := (*nn.WorkError)(nil); errors.As(err, &heavy) {
				reply.Work = heavy.Work
			}
			if small != nil {
				out["file"] = browser.Buffer(small)
				transfer = append(transfer, out["file"])
			}
		case req.Op == protocol.Test && req.Test != nil:
			if reply.Tested, err = n.testJob(req.Test, message.Get("blobs")); err == nil {
				numbers = reply.Tested.Pack(numbers[:0])
				out["numbers"] = browser.Buffer(numbers)
				transfer = append(transfer, out["numbers"])
			}
		case req.Op == protocol.Examine && req.Teach != nil:
			reply.Examined, err = n.taught.examineBlobs(req, message.Get("blobs"))
		case (req.Op == protocol.Learn || req.Op == protocol.Hold) && req.Teach != nil:
			var file []byte
			if file, err = n.teach(req, &reply); file != nil {
				out["file"] = browser.Buffer(file)
				transfer = append(transfer, out["file"])
			}
		case req.Op != protocol.Run && req.Op != protocol.Explain:
			err = n.job(req, bytesOf(message.Get("data")), &reply)
		default:
			if req.Op == protocol.Run {
				var pix []byte
				if pix, err = n.keep(req.ID, req.Side); err == nil {
					js.CopyBytesToGo(pix, global.Get("Uint8Array").New(message.Get("data")))
				}
			}
			if err != nil {
				break
			}
			result, trace, e := n.answer(req)
			if err = e; err != nil {
				break
			}
			reply.Result = result
			numbers = result.Pack(numbers[:0])
			buffers := map[string][]byte{"numbers": numbers, "input": trace.Input.Pix}
			if result.Strip != nil {
				buffers["tiles"] = result.Strip.Atlas.Pix
			}
			if reply.Panel = n.look(req.Look, trace, result); reply.Panel != nil {
				panel = reply.Panel.Pack(panel[:0])
				buffers["panel"] = panel
				if a := reply.Panel.Atlas; a != nil {
					buffers["atlas"] = a.Pix
				}
			}
			for key, b := range buffers {
				out[key] = browser.Buffer(b)
				transfer = append(transfer, out[key])
			}
		}
		if err != nil {
			reply.Error = err.Error()
		}
		text, err := json.Marshal(reply)
		if err != nil {
			panic(err) // NaN in a time or score: a fault of ours
		}
		out["text"] = string(text)
		global.Call("postMessage", out, transfer)
	}
}

func bytesOf(buffer js.Value) []byte {
	if buffer.IsUndefined() {
		return nil
	}
	array := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}
