package browser

import (
	"fmt"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/nn/picture"
)

// Picture is a decoded picture that can be drawn.
type Picture struct {
	Image js.Value
	W, H  int
	Moves bool // an animation, of which Image is the first frame
}

// svgType is the type of drawings.
const svgType = "image/svg+xml"

// vectorSide is the size at which a drawing without a size of its own is opened.
const vectorSide = 512

// OpenPicture decodes a Blob with the browser, which also turns it as its EXIF data says. It
// blocks. Errors are *picture.Refusal.
func OpenPicture(blob js.Value) (*Picture, error) {
	size := blob.Get("size").Int()
	if size == 0 {
		return nil, &picture.Refusal{Fault: picture.Empty}
	}
	b, err := ReadBlob(blob, 0, min(size, dataset.MaxFile))
	if err != nil {
		return nil, &picture.Refusal{Fault: picture.Broken, Detail: err.Error()}
	}
	format, moves := picture.Format(b), picture.Animated(b)
	if size <= dataset.MaxFile { // of a larger file the browser alone is the judge
		if blob, err = judged(blob, b); err != nil {
			return nil, err
		}
	}

	if format == "SVG" && blob.Get("type").String() != svgType { // no browser sniffs drawings: the name told another type, or none
		blob = blob.Call("slice", 0, size, svgType)
	}
	url := js.Global().Get("URL").Call("createObjectURL", blob)
	defer js.Global().Get("URL").Call("revokeObjectURL", url)
	p, err := LoadPicture(url.String())
	if err == nil && !readable(p.Image) && format == "SVG" { // some browsers trust a drawing that brings its own text
		if address, err := dataURL(blob); err == nil {
			if again, err := LoadPicture(address); err == nil {
				p = again
			}
		}
	}
	if err != nil {
		switch format {
		case "":
			return nil, &picture.Refusal{Fault: picture.Unknown}
		case "HEIC", "TIFF", "JPEG XL", "PDF":
			return nil, &picture.Refusal{Fault: picture.Foreign, Detail: format}
		}
		return nil, &picture.Refusal{Fault: picture.Broken, Detail: format}
	}
	p.Moves = moves
	if picture.TooLarge(p.W, p.H) {
		return nil, &picture.Refusal{Fault: picture.Huge, Detail: fmt.Sprintf("%d × %d", p.W, p.H)}
	}
	if !readable(p.Image) {
		return nil, &picture.Refusal{Fault: picture.Tainted}
	}
	// An image element shows the intact part of a damaged picture without a word; a bitmap is
	// refused. Drawings make no bitmaps, and need none: one that is cut is no XML, and does not
	// load.
	if format == "SVG" {
		return p, nil
	}
	bitmap, err := AwaitCall(js.Global(), "createImageBitmap", blob, map[string]any{"resizeWidth": 16, "resizeHeight": 16})
	if err != nil {
		return nil, &picture.Refusal{Fault: picture.Broken, Detail: format}
	}
	bitmap.Call("close")
	return p, nil
}

// judged is what the browser's decoder should see of a picture whose bytes are b. Decoders make of
// a damaged picture what they like; here they all get the same, and so does the command line.
func judged(blob js.Value, b []byte) (js.Value, error) {
	keep, tail, fault := picture.Whole(b)
	if fault != "" {
		return js.Undefined(), &picture.Refusal{Fault: fault, Detail: picture.Format(b)}
	}
	if tail == nil {
		return blob, nil
	}
	return BlobOf(b[:keep], tail), nil
}

// readable tells whether the browser lets the page read what it draws of an image: HTML in a
// drawing, for instance, taints a canvas for good.
func readable(image js.Value) bool {
	return Try(func() {
		c := NewCanvas(1, true)
		c.Ctx.Call("drawImage", image, 0, 0, 1, 1)
		c.Pixels()
	}) == nil
}

// dataURL is a drawing as an address that holds it. It blocks.
func dataURL(blob js.Value) (string, error) {
	text, err := AwaitCall(blob, "text")
	if err != nil {
		return "", err
	}
	return "data:image/svg+xml;charset=utf-8," + js.Global().Call("encodeURIComponent", text).String(), nil
}

// BlobOf makes a Blob of bytes.
func BlobOf(parts ...[]byte) js.Value {
	var arrays []any
	for _, b := range parts {
		array := js.Global().Get("Uint8Array").New(len(b))
		js.CopyBytesToJS(array, b)
		arrays = append(arrays, array)
	}
	return js.Global().Get("Blob").New(arrays)
}

// LoadPicture loads an image element from a URL and tells its size. It blocks.
func LoadPicture(url string) (*Picture, error) {
	image := js.Global().Get("Image").New()
	done := make(chan error, 1)
	load := js.FuncOf(func(js.Value, []js.Value) any { done <- nil; return nil })
	fail := js.FuncOf(func(js.Value, []js.Value) any { done <- &Error{"LoadError", url}; return nil })
	defer load.Release()
	defer fail.Release()
	image.Set("onload", load)
	image.Set("onerror", fail)
	image.Set("src", url)
	err := <-done
	image.Set("onload", js.Null())
	image.Set("onerror", js.Null())
	if err != nil {
		return nil, err
	}
	p := &Picture{Image: image, W: image.Get("naturalWidth").Int(), H: image.Get("naturalHeight").Int()}
	if p.W == 0 || p.H == 0 {
		p.W, p.H = vectorSide, vectorSide
		image.Set("width", vectorSide)
		image.Set("height", vectorSide)
	}
	return p, nil
}

// LoadDrawing loads a square SVG and paints it once, at its own size: a browser draws an image
// element's SVG anew every time it is painted, which takes 5 ms, and 15 with the samples' grain. It
// blocks.
func LoadDrawing(url string) (*Picture, error) {
	p, err := LoadPicture(url)
	if err != nil {
		return nil, err
	}
	c := NewCanvas(p.W, true)
	c.DrawSquare(p.Image, 0, 0, p.W, false)
	p.Image = c.El
	return p, nil
}
