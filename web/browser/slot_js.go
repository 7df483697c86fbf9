package browser

import (
	"strconv"
	"syscall/js"
)

// Slot is the canvas #id inside Vugu's element #id-slot, made the first time; nil while that
// element is not on the page. Vugu leaves the children of an element alone that has none in its
// markup, so no render touches the canvas.
func Slot(id string) *Canvas {
	document := js.Global().Get("document")
	el := document.Call("getElementById", id)
	if el.IsNull() {
		slot := document.Call("getElementById", id+"-slot")
		if slot.IsNull() {
			return nil
		}
		el = document.Call("createElement", "canvas")
		el.Set("id", id)
		el.Call("setAttribute", "aria-hidden", "true")
		slot.Call("appendChild", el)
	}
	return &Canvas{el, el.Call("getContext", "2d"), el.Get("width").Int()}
}

// SlotWidth is the width of the canvas's place, in CSS pixels.
func (c *Canvas) SlotWidth() float64 { return c.El.Get("parentNode").Get("clientWidth").Float() }

// Fit gives the canvas a size in CSS pixels and as many real ones as the screen has there, ratio a
// CSS pixel. fresh tells that this changed it, which clears it.
func (c *Canvas) Fit(w, h float64) (ratio float64, fresh bool) {
	ratio = max(1, js.Global().Get("devicePixelRatio").Float())
	width, height := max(1, int(w*ratio+.5)), max(1, int(h*ratio+.5))
	if c.El.Get("width").Int() != width || c.El.Get("height").Int() != height {
		c.El.Set("width", width)
		c.El.Set("height", height)
		style := c.El.Get("style")
		style.Set("width", pixels(w))
		style.Set("height", pixels(h))
		fresh = true
	}
	return ratio, fresh
}

func pixels(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "px" }

// PutBuffer gives the canvas w x h pixels that came as an RGBA buffer, without copying them through
// Go.
func (c *Canvas) PutBuffer(buffer js.Value, w, h int) {
	if c.El.Get("width").Int() != w || c.El.Get("height").Int() != h {
		c.El.Set("width", w)
		c.El.Set("height", h)
	}
	data := js.Global().Get("ImageData").New(js.Global().Get("Uint8ClampedArray").New(buffer), w, h)
	c.Ctx.Call("putImageData", data, 0, 0)
}
