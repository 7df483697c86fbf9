package page

import (
	"strings"
	"syscall/js"

	"sescope/web/browser"
)

// words remembers what stands in elements that every frame writes to: even the same text anew would
// lay out the page again.
type words map[string]string

// set writes the text of the element of that id, if it is another.
func (w words) set(id, text string) {
	if old, ok := w[id]; !ok || old != text {
		w[id] = text
		browser.ByID(id).Set("textContent", text)
	}
}

// put is set for an element that was looked up before; key is its own.
func (w words) put(el js.Value, key, text string) {
	if old, ok := w[key]; !ok || old != text {
		w[key] = text
		el.Set("textContent", text)
	}
}

// attr is put for an attribute.
func (w words) attr(el js.Value, key, name, value string) {
	if old, ok := w[key]; !ok || old != value {
		w[key] = value
		el.Call("setAttribute", name, value)
	}
}

// hide sets whether the element of that id is hidden, if that changes.
func (w words) hide(id string, hidden bool) {
	value := ""
	if hidden {
		value = "hidden"
	}
	if old, ok := w["hide "+id]; !ok || old != value {
		w["hide "+id] = value
		browser.ByID(id).Set("hidden", hidden)
	}
}

// emphasise writes a text in which **these words** are bold.
func emphasise(el js.Value, text string) {
	el.Call("replaceChildren")
	for i, part := range strings.Split(text, "**") {
		if i%2 == 0 {
			el.Call("append", part)
			continue
		}
		b := js.Global().Get("document").Call("createElement", "b")
		b.Set("textContent", part)
		el.Call("append", b)
	}
}
