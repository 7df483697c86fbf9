package page

import (
	"syscall/js"

	"sescope/web/browser"
)

// words remembers what stands in elements that every frame writes to: even the same text anew would lay out the page again.
type words map[string]string

// set writes the text of the element of that id, if it is another.
func (w words) set(id, text string) { w.put(browser.ByID(id), id, text) }

// put is set for an element that was looked up before; key is its own.
func (w words) put(el js.Value, key, text string) {
	if old, ok := w[key]; !ok || old != text {
		w[key] = text
		el.Set("textContent", text)
	}
}
