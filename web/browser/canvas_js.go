package browser

import (
	"fmt"
	"image"
	"syscall/js"
)

// Canvas is a canvas element and its 2D context.
type Canvas struct {
	El, Ctx js.Value
	Side    int // of a square one
}

// NewCanvas makes a square canvas outside the document; often tells the browser that its pixels are
// read back every frame.
func NewCanvas(side int, often bool) *Canvas {
	el := js.Global().Get("document").Call("createElement", "canvas")
	el.Set("width", side)
	el.Set("height", side)
	return &Canvas{el, el.Call("getContext", "2d", map[string]any{"willReadFrequently": often}), side}
}

// CanvasByID wraps a square canvas of index.html.
func CanvasByID(id string) *Canvas {
	el := ByID(id)
	return &Canvas{el, el.Call("getContext", "2d"), el.Get("width").Int()}
}

// Resize changes the size and clears the canvas; the same size keeps the content.
func (c *Canvas) Resize(side int) {
	if c.Side != side {
		c.Side = side
		c.El.Set("width", side)
		c.El.Set("height", side)
	}
}

// DrawSquare fills the canvas with the square at x, y of src, over white, mirrored if asked.
func (c *Canvas) DrawSquare(src js.Value, x, y, side int, mirrored bool) {
	if mirrored {
		c.Ctx.Call("setTransform", -1, 0, 0, 1, c.Side, 0)
	}
	c.Ctx.Set("fillStyle", "#fff")
	c.Ctx.Call("fillRect", 0, 0, c.Side, c.Side)
	quality := "medium" // enlarged, nobody sees the difference, and every frame of a camera costs it
	if side > c.Side {
		quality = "high"
	}
	c.Ctx.Set("imageSmoothingQuality", quality)
	c.Ctx.Call("drawImage", src, x, y, side, side, 0, 0, c.Side, c.Side)
	if mirrored {
		c.Ctx.Call("setTransform", 1, 0, 0, 1, 0, 0)
	}
}

// Draw fills the canvas with another, at an opacity of 0 to 1.
func (c *Canvas) Draw(src *Canvas, opacity float64) {
	c.Ctx.Set("globalAlpha", opacity)
	c.Ctx.Call("drawImage", src.El, 0, 0, c.Side, c.Side)
	c.Ctx.Set("globalAlpha", 1)
}

// Clear makes the canvas transparent.
func (c *Canvas) Clear() { c.Ctx.Call("clearRect", 0, 0, c.El.Get("width"), c.El.Get("height")) }

// Pixels is the RGBA buffer of the whole canvas, ready to be transferred.
func (c *Canvas) Pixels() js.Value {
	return c.Ctx.Call("getImageData", 0, 0, c.Side, c.Side).Get("data").Get("buffer")
}

// TellsTruth draws a pattern and reads it back. Browsers that protect people from being recognised
// hand out grey or noise instead; one that changes the last bits of a few pixels does no harm.
func TellsTruth() (truth bool) {
	const side, tolerance = 16, 8
	err := Try(func() {
		c := NewCanvas(side, true)
		colour := func(x, y int) [3]int { return [3]int{x * 255 / side, y * 255 / side, (x ^ y) & 1 * 200} }
		for y := range side {
			for x := range side {
				rgb := colour(x, y)
				c.Ctx.Set("fillStyle", fmt.Sprintf("rgb(%d %d %d)", rgb[0], rgb[1], rgb[2]))
				c.Ctx.Call("fillRect", x, y, 1, 1)
			}
		}
		b := make([]byte, 4*side*side)
		js.CopyBytesToGo(b, js.Global().Get("Uint8Array").New(c.Pixels()))
		wrong := 0
		for i := range side * side {
			for k, want := range colour(i%side, i/side) {
				if d := int(b[4*i+k]) - want; d > tolerance || d < -tolerance {
					wrong++
					break
				}
			}
		}
		truth = wrong*10 < side*side
	})
	return err != nil || truth // what throws is told when a picture is opened
}

// Painter puts pixels made in Go on a canvas without allocating.
type Painter struct {
	Image *image.NRGBA
	data  js.Value // ImageData of the same size
	array js.Value
}

// NewPainter makes a painter for w x h pixels.
func NewPainter(w, h int) *Painter {
	data := js.Global().Get("ImageData").New(w, h)
	return &Painter{image.NewNRGBA(image.Rect(0, 0, w, h)), data, data.Get("data")}
}

// Put copies the painter's image to the canvas.
func (p *Painter) Put(c *Canvas) {
	js.CopyBytesToJS(p.array, p.Image.Pix)
	c.Ctx.Call("putImageData", p.data, 0, 0)
}
