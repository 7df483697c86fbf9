package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"os"
	"strings"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"

	"sescope/nn/picture"
)

// Limits for one picture. Both are checked before anything is decoded: a few bytes can claim any
// number of pixels.
const (
	maxPixels = 64_000_000
	maxBytes  = 512 << 20
)

// stdin is what the file "-" stands for.
var stdin io.Reader = os.Stdin

// readPicture reads a PNG, JPEG, GIF (its first frame), WebP or BMP file, or standard input for
// "-", upright and with its transparency kept. An error is one sentence that names the file.
func readPicture(path string) (*image.NRGBA, error) {
	if path == "-" {
		return readAll("standard input", stdin)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder, expected a picture file", path)
	}
	return readAll(path, f)
}

func readAll(path string, r io.Reader) (*image.NRGBA, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fileError(path, err)
	}
	if len(b) > maxBytes {
		return nil, fmt.Errorf("%s is larger than %d MB, too large for a picture", path, maxBytes>>20)
	}
	return decodePicture(path, b)
}

func fileError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", path)
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err // the path is in our sentence already
	}
	return fmt.Errorf("%s cannot be read: %w", path, err)
}

// decodePicture is readPicture for bytes; name is used in errors.
func decodePicture(name string, b []byte) (*image.NRGBA, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("%s is empty, expected a picture", name)
	}
	b = picture.Sound(b)
	config, format, err := image.DecodeConfig(bytes.NewReader(b))
	if other := picture.Format(b); errors.Is(err, image.ErrFormat) && other != "" && formatOf(other) == "" {
		return nil, fmt.Errorf("%s is a file of %s, which is not read here: save it as PNG, JPEG, GIF, WebP or BMP", name, other)
	}
	if errors.Is(err, image.ErrFormat) {
		return nil, fmt.Errorf("%s is no picture in a known format, expected PNG, JPEG, GIF, WebP or BMP", name)
	}
	if err != nil {
		return nil, broken(name, b, format, err)
	}
	if config.Width < 1 || config.Height < 1 {
		return nil, fmt.Errorf("%s has %dx%d pixels, expected at least one", name, config.Width, config.Height)
	}
	if pixels := int64(config.Width) * int64(config.Height); pixels > maxPixels {
		return nil, fmt.Errorf("%s has %dx%d pixels, that is %d megapixels, expected at most %d",
			name, config.Width, config.Height, (pixels+999_999)/1_000_000, maxPixels/1_000_000)
	}
	keep, tail, fault := picture.Whole(b)
	switch fault {
	case picture.Cut:
		return nil, fmt.Errorf("%s is a broken %s picture: the file ends too early", name, formatNames[format])
	case picture.Broken: // the decoder says what is wrong
		if _, _, err := image.Decode(bytes.NewReader(b)); err != nil {
			return nil, broken(name, b, format, err)
		}
		return nil, fmt.Errorf("%s is a broken %s picture: it holds other bytes than its checksums say", name, formatNames[format])
	case picture.Scans:
		return nil, fmt.Errorf("%s is a JPEG of more than %d scans, which would take minutes: expected at most that many", name, picture.MaxScans)
	case picture.Inks:
		return nil, fmt.Errorf("%s is a CMYK JPEG that does not say whether its colours are inverted: save it as RGB", name)
	}
	img, _, err := image.Decode(io.MultiReader(bytes.NewReader(b[:keep]), bytes.NewReader(tail)))
	if err != nil {
		return nil, broken(name, b, format, err)
	}
	if format == "webp" {
		img = webpColours(img)
	}
	return upright(toNRGBA(img, config.Width, config.Height), picture.Orientation(b)), nil
}

var formatNames = map[string]string{"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WebP", "bmp": "BMP"}

// formatOf is the decoder's name of a format, "" where there is no decoder.
func formatOf(name string) string {
	for format, n := range formatNames {
		if n == name {
			return format
		}
	}
	return ""
}

// broken explains why a picture of a known format could not be decoded.
func broken(name string, b []byte, format string, err error) error {
	if format == "" {
		format = sniff(b) // DecodeConfig forgets the format when it fails
	}
	if format == "webp" && bytes.Contains(b[:min(len(b), 128)], []byte("ANIM")) {
		return fmt.Errorf("%s is an animated WebP, which cannot be read: expected a still picture", name)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s is a broken %s picture: the file ends too early", name, formatNames[format])
	}
	return fmt.Errorf("%s is a broken or unsupported %s picture (%s)", name, formatNames[format], strings.TrimPrefix(err.Error(), format+": "))
}

// sniff names the format by its first bytes, as image.DecodeConfig just did.
func sniff(b []byte) string {
	for magic, format := range map[string]string{"\x89PNG": "png", "\xff\xd8": "jpeg", "GIF8": "gif", "RIFF": "webp", "BM": "bmp"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return format
		}
	}
	return ""
}

// toNRGBA paints img at its place on a transparent canvas of w x h pixels: a GIF's first frame may
// be smaller than its canvas.
func toNRGBA(img image.Image, w, h int) *image.NRGBA {
	canvas := image.Rect(0, 0, w, h)
	if n, ok := img.(*image.NRGBA); ok && n.Rect == canvas {
		return n
	}
	if o, ok := img.(interface{ Opaque() bool }); ok && o.Opaque() && img.Bounds() == canvas {
		// Premultiplied and straight alpha are the same bytes here, and image/draw is ten times
		// faster for RGBA.
		rgba := image.NewRGBA(canvas)
		draw.Draw(rgba, canvas, img, image.Point{}, draw.Src)
		return &image.NRGBA{Pix: rgba.Pix, Stride: rgba.Stride, Rect: rgba.Rect}
	}
	dst := image.NewNRGBA(canvas)
	draw.Draw(dst, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return dst
}

// webpColours converts a lossy WebP's luma and chroma to the colours that browsers show. VP8
// stores them in video range (luma 16..235, ITU-R BT.601), but golang.org/x/image hands them out
// as JPEG's full range, where white is grey (Go issue 40173).
func webpColours(img image.Image) image.Image {
	var yuv *image.YCbCr
	var alpha *image.NYCbCrA
	switch img := img.(type) {
	case *image.YCbCr:
		yuv = img
	case *image.NYCbCrA:
		yuv, alpha = &img.YCbCr, img
	default:
		return img // lossless: RGB already
	}
	dst := image.NewNRGBA(yuv.Rect)
	for y := yuv.Rect.Min.Y; y < yuv.Rect.Max.Y; y++ {
		for x := yuv.Rect.Min.X; x < yuv.Rect.Max.X; x++ {
			c := yuv.COffset(x, y)
			luma := 255.0 / 219 * float32(int(yuv.Y[yuv.YOffset(x, y)])-16)
			blue, red := float32(int(yuv.Cb[c])-128), float32(int(yuv.Cr[c])-128)
			p := dst.Pix[dst.PixOffset(x, y):][:4]
			p[0] = level(luma + 1.596027*red)
			p[1] = level(luma - 0.391762*blue - 0.812968*red)
			p[2] = level(luma + 2.017232*blue)
			p[3] = 255
			if alpha != nil {
				p[3] = alpha.A[alpha.AOffset(x, y)]
			}
		}
	}
	return dst
}

// level rounds to a byte.
func level(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// upright undoes an EXIF orientation. The number says which edges of the upright picture the
// stored first row and first column are: 1 top left, 2 top right, 3 bottom right, 4 bottom left, 5
// left top, 6 right top, 7 right bottom, 8 left bottom.
func upright(src *image.NRGBA, orientation int) *image.NRGBA {
	if orientation == 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	// The upright pixel x,y is the stored pixel at start + x*stepX + y*stepY, in bytes of src.Pix.
	right, down := 4, src.Stride
	last := (w-1)*right + (h-1)*down
	var start, stepX, stepY int
	switch orientation {
	case 2:
		start, stepX, stepY = (w-1)*right, -right, down
	case 3:
		start, stepX, stepY = last, -right, -down
	case 4:
		start, stepX, stepY = (h-1)*down, right, -down
	case 5:
		start, stepX, stepY = 0, down, right
	case 6:
		start, stepX, stepY = (h-1)*down, -down, right
	case 7:
		start, stepX, stepY = last, -down, -right
	case 8:
		start, stepX, stepY = (w-1)*right, down, -right
	}
	if orientation >= 5 {
		w, h = h, w
	}
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[start+x*stepX+y*stepY:][:4])
		}
	}
	return dst
}
