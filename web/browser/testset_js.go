package browser

import (
	"fmt"
	"image"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/nn/picture"
)

// ReadBlob reads bytes of a Blob. It blocks.
func ReadBlob(blob js.Value, at, n int) ([]byte, error) {
	buffer, err := Await(blob.Call("slice", at, at+n).Call("arrayBuffer"))
	if err != nil {
		return nil, err
	}
	array := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b, nil
}

// Bytes reads a picture's file, or so much of it that Decode can tell that it is too large.
func Bytes(blob js.Value) ([]byte, error) { return ReadBlob(blob, 0, dataset.MaxFile+1) }

// Unzip unpacks one file of a zip into a Blob of its own, and into b. It never unpacks more than the
// zip's directory announces.
func Unzip(zip js.Value, e *dataset.Entry) (blob js.Value, b []byte, err error) {
	damaged := &dataset.Fault{Kind: dataset.Damaged, Name: e.Name}
	b, err = ReadBlob(zip, e.At, 1<<10+e.Packed) // most local headers are below a kilobyte
	if err != nil {
		return js.Undefined(), nil, err
	}
	skip, err := e.Data(b)
	if err != nil {
		return js.Undefined(), nil, err
	}
	if len(b) < skip+e.Packed {
		if b, err = ReadBlob(zip, e.At+skip, e.Packed); err != nil {
			return js.Undefined(), nil, err
		}
		skip = 0
	}
	if len(b) < skip+e.Packed {
		return js.Undefined(), nil, damaged
	}
	b = b[skip : skip+e.Packed]
	if e.Deflate {
		if b, err = inflate(b, e.Size); err != nil {
			return js.Undefined(), nil, damaged
		}
	}
	if err := e.Check(b); err != nil {
		return js.Undefined(), nil, err
	}
	return blobOf(b), b, nil
}

// inflate unpacks with the browser's own decoder and gives up when more than size bytes come out.
func inflate(b []byte, size int) ([]byte, error) {
	stream := blobOf(b).Call("stream")
	reader := stream.Call("pipeThrough", js.Global().Get("DecompressionStream").New("deflate-raw")).Call("getReader")
	out := make([]byte, 0, size)
	for {
		part, err := Await(reader.Call("read"))
		if err != nil {
			return nil, err
		}
		if part.Get("done").Bool() {
			return out, nil
		}
		value := part.Get("value")
		n := value.Length()
		if len(out)+n > size {
			reader.Call("cancel")
			return nil, fmt.Errorf("more than %d bytes", size)
		}
		out = out[:len(out)+n]
		js.CopyBytesToGo(out[len(out)-n:], value)
	}
}

// UnzipKnown tells whether the browser can unpack zips and decode pictures in a worker.
func UnzipKnown() bool {
	return js.Global().Get("DecompressionStream").Truthy() && js.Global().Get("OffscreenCanvas").Truthy()
}

var crop *Canvas // of Decode

// Decode decodes a picture, a file of the bytes b, in a worker to the pixels that the stage would give
// the network: the centre square, upright, over white. It blocks. The result is valid until the next
// call. Errors are *picture.Refusal.
func Decode(blob js.Value, b []byte) (*image.NRGBA, error) {
	format := picture.Format(b)
	w, h := picture.Size(b)
	switch {
	case blob.Get("size").Int() == 0:
		return nil, &picture.Refusal{Fault: picture.Empty}
	case format == "":
		return nil, &picture.Refusal{Fault: picture.Unknown}
	case format == "SVG":
		return nil, &picture.Refusal{Fault: picture.Foreign, Detail: format} // no worker draws one
	case picture.TooLarge(w, h) || blob.Get("size").Int() > dataset.MaxFile:
		return nil, &picture.Refusal{Fault: picture.Huge}
	}
	blob, err := judged(blob, b)
	if err != nil {
		return nil, err
	}
	bitmap, err := Await(js.Global().Call("createImageBitmap", blob))
	if err != nil {
		switch format {
		case "HEIC", "TIFF", "JPEG XL", "PDF":
			return nil, &picture.Refusal{Fault: picture.Foreign, Detail: format}
		}
		return nil, &picture.Refusal{Fault: picture.Broken, Detail: format}
	}
	defer bitmap.Call("close")
	x, y, side := picture.Square(bitmap.Get("width").Int(), bitmap.Get("height").Int())
	if crop == nil {
		el := js.Global().Get("OffscreenCanvas").New(1, 1)
		crop = &Canvas{el, el.Call("getContext", "2d", map[string]any{"willReadFrequently": true}), 1}
	}
	crop.Resize(min(side, picture.MaxSide))
	crop.DrawSquare(bitmap, x, y, side, false)
	if decoded == nil || decoded.Rect.Dx() != crop.Side {
		decoded = image.NewNRGBA(image.Rect(0, 0, crop.Side, crop.Side))
	}
	js.CopyBytesToGo(decoded.Pix, crop.Ctx.Call("getImageData", 0, 0, crop.Side, crop.Side).Get("data"))
	return decoded, nil
}

var decoded *image.NRGBA // of Decode
