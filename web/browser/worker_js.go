package browser

import "syscall/js"

// Incoming is what the page says to this worker, from its first word on: worker.js keeps what comes
// before the program listens. The page is told that it does.
func Incoming() <-chan js.Value {
	global := js.Global()
	incoming := make(chan js.Value, 16)
	global.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		incoming <- args[0].Get("data")
		return nil
	}))
	for early := global.Get("early"); early.Length() > 0; {
		incoming <- early.Call("shift")
	}
	global.Call("postMessage", map[string]any{"hello": true})
	return incoming
}
