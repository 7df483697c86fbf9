package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func gifOf(t testing.TB, frames int) []byte {
	g := &gif.GIF{}
	for range frames {
		m := image.NewPaletted(image.Rect(0, 0, 9, 7), color.Palette{color.Black, color.White, color.Gray{99}})
		m.Pix[5] = 1
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 4)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withACTL puts an animation chunk behind the header of a PNG.
func withACTL(still []byte, frames uint32) []byte {
	body := append([]byte("acTL"), binary.BigEndian.AppendUint32(nil, frames)...)
	body = binary.BigEndian.AppendUint32(body, 0)
	chunk := append(binary.BigEndian.AppendUint32(nil, 8), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(body))
	const header = 8 + 25
	return append(append(append([]byte{}, still[:header]...), chunk...), still[header:]...)
}

func webp(flags byte) []byte {
	return append([]byte("RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), flags, 0, 0, 0, 9, 0, 0, 9, 0, 0)
}

func TestAnimated(t *testing.T) {
	var j bytes.Buffer
	if err := jpeg.Encode(&j, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		file   []byte
		format string
		want   bool
	}{
		{"still gif", gifOf(t, 1), "GIF", false},
		{"gif of two frames", gifOf(t, 2), "GIF", true},
		{"gif of nine frames, cut off after the first", gifOf(t, 9)[:70], "GIF", false},
		{"png", pngOf(t), "PNG", false},
		{"apng", withACTL(pngOf(t), 3), "PNG", true},
		{"apng of one frame", withACTL(pngOf(t), 1), "PNG", false},
		{"webp", webp(0x10), "WebP", false},
		{"animated webp", webp(0x12), "WebP", true},
		{"jpeg", j.Bytes(), "JPEG", false},
		{"avif sequence", []byte("\x00\x00\x00\x1cftypavis\x00\x00\x00\x00"), "AVIF", true},
		{"heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "HEIC", false},
		{"svg", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "SVG", false},
		{"svg behind a licence", []byte("\ufeff\n<?xml version=\"1.0\"?><!-- " + strings.Repeat("All rights reserved. ", 500) + "--><svg/>"), "SVG", false},
		{"text that speaks of svg late", []byte(strings.Repeat("no drawing ", 200) + "<svg/>"), "", false},
		{"text", []byte("hello"), "", false},
		{"empty", nil, "", false},
	} {
		if got := Format(c.file); got != c.format {
			t.Errorf("%s: format %q, want %q", c.name, got, c.format)
		}
		if got := Animated(c.file); got != c.want {
			t.Errorf("%s: animated %v, want %v", c.name, got, c.want)
		}
	}
}

// Whatever the bytes are, nothing panics or hangs.
func FuzzAnimated(f *testing.F) {
	f.Add(gifOf(f, 2))
	f.Add(withACTL(pngOf(f), 2))
	f.Add(webp(2))
	f.Add([]byte("\x89PNG\r\n\x1a\n\xff\xff\xff\xffacTL\x00\x00\x00\x02"))
	f.Fuzz(func(t *testing.T, b []byte) { Animated(b); Size(b) })
}

func TestSquare(t *testing.T) {
	for _, c := range [][5]int{{640, 480, 80, 0, 480}, {3, 8, 0, 2, 3}, {5, 5, 0, 0, 5}, {1, 1000, 0, 499, 1}} {
		if x, y, side := Square(c[0], c[1]); x != c[2] || y != c[3] || side != c[4] {
			t.Errorf("Square(%d, %d) = %d, %d, %d, want %v", c[0], c[1], x, y, side, c[2:])
		}
	}
	if TooLarge(8192, 8192) || !TooLarge(10000, 10000) {
		t.Error("64 megapixels must open and 100 must not")
	}
}

// The size that a file's beginning tells is that of its pixels.
func TestSize(t *testing.T) {
	var j bytes.Buffer
	if err := jpeg.Encode(&j, image.NewRGBA(image.Rect(0, 0, 301, 47)), nil); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("\xff\xd8\xff\xe1\x00\x06Exif\xff"), j.Bytes()[2:]...)
	huge := pngOf(t)
	copy(huge[16:], "\x00\x01\x00\x00\xff\xff\xff\xff")
	bmp := append([]byte("BM"), make([]byte, 40)...)
	copy(bmp[18:], "\x2d\x01\x00\x00\xd1\xff\xff\xff")
	for name, c := range map[string]struct {
		b    []byte
		w, h int
	}{
		"png": {pngOf(t), 3, 3}, "gif": {gifOf(t, 1), 9, 7}, "jpeg": {j.Bytes(), 301, 47}, "jpeg with exif": {exif, 301, 47}, "bmp, rows from the top": {bmp, 301, 47},
		"webp": {webp(0), 10, 10}, "webp without loss": {[]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f\x2c\x81\x0b\x00\x00\x00\x00\x00\x00"), 301, 47},
		"webp with loss":     {[]byte("RIFF\x20\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x2d\x41\x2f\x80"), 301, 47},
		"png of 2^48 pixels": {huge, 1 << 16, 1<<31 - 1}, "cut off": {pngOf(t)[:20], 0, 0}, "jpeg cut off": {j.Bytes()[:30], 0, 0}, "text": {[]byte("hello"), 0, 0},
	} {
		if w, h := Size(c.b); w != c.w || h != c.h {
			t.Errorf("%s: %d x %d, expected %d x %d", name, w, h, c.w, c.h)
		}
	}
	if w, h := Size(huge); !TooLarge(w, h) {
		t.Error("a PNG that claims 2^48 pixels must be refused")
	}
}
