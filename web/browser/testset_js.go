package browser

import (
	"fmt"
	"image"
	"strings"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/nn/picture"
)

// ReadBlob reads bytes of a Blob. It blocks.
func ReadBlob(blob js.Value, at, n int) ([]byte, error) {
	buffer, err := AwaitCall(blob.Call("slice", at, at+n), "arrayBuffer")
	if err != nil {
		return nil, err
	}
	array := js.Global().Get("Uint8Array").New(buffer)
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b, nil
}

// Buffer is an ArrayBuffer of the same bytes, to be transferred.
func Buffer(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array.Get("buffer")
}

// Bytes reads a picture's file, or so much of it that Decode can tell that it is too large.
func Bytes(blob js.Value) ([]byte, error) { return ReadBlob(blob, 0, dataset.MaxFile+1) }

// Unzip unpacks one file of a zip into a Blob of its own, and into b. It never unpacks more than
// the zip's directory announces.
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
	return BlobOf(b), b, nil
}

// inflate unpacks with the browser's own decoder and gives up when more than size bytes come out.
func inflate(b []byte, size int) ([]byte, error) {
	stream := BlobOf(b).Call("stream")
	reader := stream.Call("pipeThrough", js.Global().Get("DecompressionStream").New("deflate-raw")).Call("getReader")
	out := make([]byte, 0, size)
	for {
		part, err := AwaitCall(reader, "read")
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

// Gunzip unpacks a file into a Blob of at most limit bytes, which the browser keeps. It blocks.
func Gunzip(blob js.Value, name string, limit int) (js.Value, error) {
	reader := blob.Call("stream").Call("pipeThrough", js.Global().Get("DecompressionStream").New("gzip")).Call("getReader")
	parts, size := js.Global().Get("Array").New(), 0
	for {
		part, err := AwaitCall(reader, "read")
		if err != nil {
			return js.Undefined(), &dataset.Fault{Kind: dataset.BrokenTar, Name: name}
		}
		if part.Get("done").Bool() {
			return js.Global().Get("Blob").New(parts), nil
		}
		if size += part.Get("value").Length(); size > limit {
			reader.Call("cancel")
			return js.Undefined(), &dataset.Fault{Kind: dataset.TooLarge, Name: name, Expected: limit}
		}
		parts.Call("push", part.Get("value"))
	}
}

// GBK decodes what Windows in Chinese writes; ok is false for bytes that it would not.
func GBK(b []byte) (s string, ok bool) { return decodeText("gbk", b) }

// Text decodes a text file: UTF-8, UTF-16 with its mark, or GBK; bytes of none become U+FFFD.
func Text(b []byte) string {
	for _, encoding := range []string{"utf-16le", "utf-16be", "utf-8", "gbk"} {
		wide := len(b) > 1 && (encoding == "utf-16le" && b[0] == 0xff && b[1] == 0xfe || encoding == "utf-16be" && b[0] == 0xfe && b[1] == 0xff)
		if strings.HasPrefix(encoding, "utf-16") && !wide {
			continue
		}
		if s, ok := decodeText(encoding, b); ok {
			return s
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// decodeText is the browser's decoder; it throws on bytes that are no such text.
func decodeText(encoding string, b []byte) (s string, ok bool) {
	defer func() {
		if recover() != nil {
			s, ok = "", false
		}
	}()
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	decoder := js.Global().Get("TextDecoder").New(encoding, map[string]any{"fatal": true})
	return decoder.Call("decode", array).String(), true
}

// UnzipKnown tells whether the browser can unpack zips and decode pictures in a worker.
func UnzipKnown() bool {
	return js.Global().Get("DecompressionStream").Truthy() && js.Global().Get("OffscreenCanvas").Truthy()
}

var crop *Canvas // of Decode

// Decode decodes a picture, a file of the bytes b, in a worker to the pixels that the stage would
// give the network: the centre square, upright, over white. It blocks. The result is valid until
// the next call. Errors are *picture.Refusal.
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
	bitmap, err := AwaitCall(js.Global(), "createImageBitmap", blob)
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
