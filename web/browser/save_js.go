package browser

import "syscall/js"

// Save lets the person keep a Blob as a file.
func Save(blob js.Value, name string) {
	url := js.Global().Get("URL").Call("createObjectURL", blob)
	a := js.Global().Get("document").Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	a.Call("click")
	js.Global().Call("setTimeout", js.Global().Get("URL").Get("revokeObjectURL").Call("bind", js.Global().Get("URL"), url), 10000)
}

// SaveText lets the person keep a text as a file.
func SaveText(text, kind, name string) {
	Save(js.Global().Get("Blob").New([]any{text}, map[string]any{"type": kind}), name)
}
