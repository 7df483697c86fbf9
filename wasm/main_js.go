// Command wasm is SEscope in the browser: one binary in two roles. With a document it is the page,
// without one it is the worker.
package main

import (
	"syscall/js"

	"sescope/web/page"
	"sescope/web/worker"
)

func main() {
	if js.Global().Get("document").IsUndefined() {
		worker.Serve()
	} else {
		page.Run()
	}
}
