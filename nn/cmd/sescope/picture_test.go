package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"sescope/nn/picture"
)

// Go writes no WebP: these are libwebp's.
const (
	// 3x2, lossless: red, half-transparent green, transparent blue; {1 2 3}, {250 251 252} at
	// alpha 64, {9 8 7}
	webpAlpha = "UklGRk4AAABXRUJQVlA4TEIAAAAvAkAAEC+goG0bpu0Of7YfiNq2bRjDk/9/1ulR2LYNUtj///IIsm2qPrObPYCH50VLhXL2NQOBAGWsWOaCiP7HeAE="
	// 16x16, lossy, {200 100 50}
	webpLossy = "UklGRjoAAABXRUJQVlA4IC4AAADwAQCdASoQABAAAUAmJaACdLoB+AAEyAAA/q4X/zYEDND6YP/SbPE2eJs+OYAA"
	// two frames of 3x2
	webpAnimated = "UklGRugAAABXRUJQVlA4WAoAAAASAAAAAgAAAQAAQU5JTQYAAAAAAAAAAABBTk1GWgAAAAAAAAAAAAIAAAEAAGQAAAJWUDhMQgAAAC8CQAAQL6CgbRumb+MP" +
		"9xFR27YNY6f/f2yd1LZtw7j9/6+dDAKBJLTNVg8A/r9EMn1XTBcUso0Ap3aPwTFcRP/jrEFOTUZaAAAAAAAAAAAAAgAAAQAAZAAAAlZQOExCAAAALwJA" +
		"ABAvoKBtG6Zv4w/3EVHbtg1jp/9/bJ3Utm3DuP3/r50MAoEktM1WDwD+v0QyfVdMFxSyjQCH7jU4gIvof7wz"
)

func unbase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encoded(t testing.TB, encode func(b *bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// alphaPicture is what webpAlpha holds.
func alphaPicture() *image.NRGBA {
	return &image.NRGBA{Stride: 12, Rect: image.Rect(0, 0, 3, 2), Pix: []byte{
		255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0,
		1, 2, 3, 255, 250, 251, 252, 64, 9, 8, 7, 255,
	}}
}

// quadrants is a picture of 4*n x 2*n pixels whose corners are red, green (above), blue and white
// (below).
func quadrants(n int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 4*n, 2*n))
	for y := range 2 * n {
		for x := range 4 * n {
			img.SetNRGBA(x, y, map[byte]color.NRGBA{
				'R': {255, 0, 0, 255}, 'G': {0, 255, 0, 255}, 'B': {0, 0, 255, 255}, 'W': {255, 255, 255, 255},
			}["RGBW"[y/n*2+x/(2*n)]])
		}
	}
	return img
}

// corners reads a picture of quadrants back: its colours row by row.
func corners(img *image.NRGBA) string {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	var s []byte
	for i := range 4 {
		c := img.NRGBAAt(w/4+i%2*w/2, h/4+i/2*h/2)
		switch hi := func(v uint8) bool { return v > 128 }; {
		case hi(c.R) && hi(c.G) && hi(c.B):
			s = append(s, 'W')
		case hi(c.R) && !hi(c.G) && !hi(c.B):
			s = append(s, 'R')
		case hi(c.G) && !hi(c.R) && !hi(c.B):
			s = append(s, 'G')
		case hi(c.B) && !hi(c.R) && !hi(c.G):
			s = append(s, 'B')
		default:
			s = append(s, '?')
		}
	}
	return string(s)
}

func TestDecodePictureFormats(t *testing.T) {
	opaque := quadrants(2)
	paletted := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.NRGBA{0, 0, 0, 0}, color.NRGBA{10, 20, 30, 255}, color.NRGBA{200, 100, 0, 255}})
	copy(paletted.Pix, []byte{1, 0, 2, 2, 1, 0})
	palettedWant := []byte{10, 20, 30, 255, 0, 0, 0, 0, 200, 100, 0, 255, 200, 100, 0, 255, 10, 20, 30, 255, 0, 0, 0, 0}
	grey := image.NewGray(image.Rect(0, 0, 2, 1))
	copy(grey.Pix, []byte{7, 250})
	for _, c := range []struct {
		name string
		file []byte
		want []byte // RGBA
		w, h int
		slop int
	}{
		{"PNG", encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, opaque) }), opaque.Pix, 8, 4, 0},
		{"PNG with alpha", encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, alphaPicture()) }), alphaPicture().Pix, 3, 2, 0},
		{"PNG with palette", encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, paletted) }), palettedWant, 3, 2, 0},
		{"grey PNG", encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, grey) }), []byte{7, 7, 7, 255, 250, 250, 250, 255}, 2, 1, 0},
		{"GIF", encoded(t, func(b *bytes.Buffer) error {
			return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{paletted}, Delay: []int{0}})
		}), palettedWant, 3, 2, 0},
		{"BMP", encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, opaque) }), opaque.Pix, 8, 4, 0},
		{"WebP with alpha", unbase64(t, webpAlpha), alphaPicture().Pix, 3, 2, 0},
		{"lossy WebP", unbase64(t, webpLossy), bytes.Repeat([]byte{200, 100, 50, 255}, 256), 16, 16, 2},
		{"grey JPEG", encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, image.NewGray(image.Rect(0, 0, 2, 1)), nil) }), []byte{0, 0, 0, 255, 0, 0, 0, 255}, 2, 1, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := decodePicture("p", c.file)
			if err != nil {
				t.Fatal(err)
			}
			if got.Rect != image.Rect(0, 0, c.w, c.h) || got.Stride != 4*c.w || len(got.Pix) != len(c.want) {
				t.Fatalf("%v with stride %d and %d bytes, expected %dx%d", got.Rect, got.Stride, len(got.Pix), c.w, c.h)
			}
			for i, v := range c.want {
				if d := int(got.Pix[i]) - int(v); d > c.slop || d < -c.slop {
					t.Fatalf("byte %d is %d, expected %d", i, got.Pix[i], v)
				}
			}
		})
	}
}

// The first frame of an animated GIF stands at its place on the canvas.
func TestDecodePictureGIFFirstFrame(t *testing.T) {
	palette := color.Palette{color.NRGBA{1, 2, 3, 255}, color.NRGBA{200, 0, 0, 255}}
	first, second := image.NewPaletted(image.Rect(1, 1, 3, 2), palette), image.NewPaletted(image.Rect(0, 0, 4, 3), palette)
	for i := range first.Pix {
		first.Pix[i] = 1
	}
	file := encoded(t, func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{1, 1}, Config: image.Config{Width: 4, Height: 3, ColorModel: palette}})
	})
	got, err := decodePicture("p", file)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 3 {
		for x := range 4 {
			want := color.NRGBA{}
			if image.Pt(x, y).In(first.Rect) {
				want = color.NRGBA{200, 0, 0, 255}
			}
			if c := got.NRGBAAt(x, y); c != want {
				t.Errorf("pixel %d,%d is %v, expected %v", x, y, c, want)
			}
		}
	}
}

// Lossy WebP: luma 16 is black, 235 white, beyond them is clamped; the plane of alphas is kept.
func TestWebPColours(t *testing.T) {
	yuv := image.NewNYCbCrA(image.Rect(0, 0, 4, 1), image.YCbCrSubsampleRatio420)
	copy(yuv.Y, []byte{16, 235, 0, 255})
	copy(yuv.Cb, []byte{128, 128})
	copy(yuv.Cr, []byte{128, 128})
	copy(yuv.A, []byte{255, 7, 0, 128})
	want := []byte{0, 0, 0, 255, 255, 255, 255, 7, 0, 0, 0, 0, 255, 255, 255, 128}
	if got := webpColours(yuv).(*image.NRGBA).Pix; !bytes.Equal(got, want) {
		t.Errorf("%v, expected %v", got, want)
	}
}

// exif is an APP1 segment with one directory: a tag before the orientation, and the orientation.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("MM\x00*")
	if order.String() == binary.LittleEndian.String() {
		b = []byte("II*\x00")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][3]uint16{{256, 3, 640}, {274, 3, orientation}} {
		b = order.AppendUint16(order.AppendUint16(b, e[0]), e[1])
		b = order.AppendUint16(order.AppendUint32(b, 1), e[2])
		b = order.AppendUint16(b, 0)
	}
	return app1(append([]byte("Exif\x00\x00"), order.AppendUint32(b, 0)...))
}

func app1(payload []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(payload)+2)), payload...)
}

// withSegments puts segments behind a JPEG's first marker.
func withSegments(file []byte, segments ...[]byte) []byte {
	out := append([]byte(nil), file[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, file[2:]...)
}

func TestDecodePictureOrientation(t *testing.T) {
	file := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, quadrants(16), nil) })
	xmp := app1([]byte("http://ns.adobe.com/xap/1.0/\x00<x/>"))
	// The corners that a person sees when the stored ones are RG above BW.
	for i, want := range []string{"RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB"} {
		orientation := uint16(i + 1)
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for name, turned := range map[string][]byte{
				"first":             withSegments(file, exif(order, orientation)),
				"behind XMP":        withSegments(file, xmp, exif(order, orientation)),
				"behind fill bytes": withSegments(file, xmp, []byte{0xFF, 0xFF}, exif(order, orientation)),
			} {
				got, err := decodePicture("p", turned)
				if err != nil {
					t.Fatal(err)
				}
				w, h := 64, 32
				if orientation >= 5 {
					w, h = h, w
				}
				if c := corners(got); c != want || got.Rect.Dx() != w || got.Rect.Dy() != h {
					t.Errorf("orientation %d, %v, %s: %s in %v, expected %s in %dx%d", orientation, order, name, c, got.Rect, want, w, h)
				}
			}
		}
	}
}

// PNG and WebP have their EXIF data in chunks of their own.
func TestOrientationOfOtherFormats(t *testing.T) {
	file := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, quadrants(16)) })
	tiff := exif(binary.BigEndian, 6)[10:]
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(tiff)))
	chunk = append(append(chunk, "eXIf"...), tiff...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	for name, at := range map[string]int{"before the pixels": 33, "behind them": len(file) - 12} {
		turned := append(append(bytes.Clone(file[:at]), chunk...), file[at:]...)
		if got, err := decodePicture("p", turned); err != nil || corners(got) != "BRWG" || got.Rect.Dx() != 32 {
			t.Errorf("PNG, %s: %v", name, err)
		}
	}
	still := unbase64(t, webpAlpha) // 3 x 2 pixels
	for _, prefix := range []string{"", "Exif\x00\x00"} {
		body := append([]byte(prefix), tiff...)
		if len(body)%2 == 1 {
			body = append(body, 0)
		}
		turned := append(bytes.Clone(still), "EXIF"...)
		turned = append(binary.LittleEndian.AppendUint32(turned, uint32(len(body))), body...)
		binary.LittleEndian.PutUint32(turned[4:], uint32(len(turned)-8))
		if got, err := decodePicture("p", turned); err != nil || got.Rect.Dx() != 2 || got.Rect.Dy() != 3 {
			t.Errorf("WebP with %q: %v", prefix, err)
		}
	}
}

// An orientation that cannot be understood leaves the picture as it is stored.
func TestDecodePictureOrientationBroken(t *testing.T) {
	file := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, quadrants(16), nil) })
	good := exif(binary.LittleEndian, 6)
	changed := func(at int, v byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = v
		return b
	}
	const tiff, entry = 4 + 6, 4 + 6 + 8 + 2 + 12 // offsets in the segment
	for name, segment := range map[string][]byte{
		"none": nil, "0": exif(binary.BigEndian, 0), "9": exif(binary.BigEndian, 9),
		"no byte order": changed(tiff, 'X'), "directory outside": changed(tiff+7, 0xFF), "another type": changed(entry+2, 4),
		"several values": changed(entry+4, 2), "another tag": changed(entry, 0), "cut": app1(good[4:entry]), "empty": app1([]byte("Exif\x00\x00")),
	} {
		got, err := decodePicture("p", withSegments(file, segment))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if c := corners(got); c != "RGBW" {
			t.Errorf("%s: %s, expected it as it is stored", name, c)
		}
	}
	if got := picture.Orientation(withSegments(file, good)); got != 6 {
		t.Errorf("the unchanged segment has orientation %d, expected 6", got)
	}
}

// claiming is a small PNG whose header claims w x h pixels.
func claiming(t testing.TB, w, h uint32) []byte {
	b := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, alphaPicture()) })
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestReadPictureErrors(t *testing.T) {
	dir := t.TempDir()
	jpg := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, quadrants(16), nil) })
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty.png":    {nil, "is empty"},
		"notes.txt":    {[]byte("a letter, and no picture"), "no picture in a known format, expected PNG, JPEG, GIF, WebP or BMP"},
		"phone.heic":   {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "phone.heic is a file of HEIC, which is not read here: save it as PNG"},
		"next.avif":    {[]byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"), "a file of AVIF"},
		"print.tiff":   {[]byte("II*\x00\x08\x00\x00\x00"), "a file of TIFF"},
		"drawing.svg":  {[]byte("<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"), "a file of SVG"},
		"cut.jpg":      {jpg[:len(jpg)/2], "broken JPEG picture: the file ends too early"},
		"head.jpg":     {jpg[:20], "broken JPEG picture: the file ends too early"},
		"bad.png":      {append(claiming(t, 3, 2)[:40], make([]byte, 99)...), "broken or unsupported PNG picture"},
		"moving.webp":  {unbase64(t, webpAnimated), "animated WebP"},
		"cut.webp":     {unbase64(t, webpAlpha)[:40], "WebP picture"},
		"huge.png":     {claiming(t, 8001, 8000), "8001x8000 pixels, that is 65 megapixels, expected at most 64"},
		"colossal.png": {claiming(t, 1<<31-1, 1<<30), "picture"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		checkError(t, path, c.want)
	}
	checkError(t, dir, "is a folder, expected a picture file")
	checkError(t, filepath.Join(dir, "absent.png"), "there is no file")

	// At the limit the size is accepted, and the missing pixels are what is wrong.
	if _, err := decodePicture("limit.png", claiming(t, 8000, 8000)); err == nil || strings.Contains(err.Error(), "megapixels") {
		t.Errorf("8000x8000 pixels: %v, expected only the missing pixels to be wrong", err)
	}
}

func checkError(t *testing.T, path, want string) {
	t.Helper()
	_, err := readPicture(path)
	if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), path) != 1 || strings.Contains(err.Error(), "\n") {
		t.Errorf("%s: error %q, expected one sentence with the path and %q", filepath.Base(path), err, want)
	}
}

func TestReadPictureFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ship.png")
	if err := os.WriteFile(path, encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, alphaPicture()) }), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := readPicture(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Pix, alphaPicture().Pix) {
		t.Errorf("read %v, expected %v", got.Pix, alphaPicture().Pix)
	}
}

// FuzzDecodePicture: any bytes give a whole picture or a sentence.
func FuzzDecodePicture(f *testing.F) {
	jpg := encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, quadrants(4), nil) })
	f.Add(withSegments(jpg, exif(binary.BigEndian, 5)))
	f.Add(claiming(f, 3, 2))
	f.Add(unbase64(f, webpAlpha))
	f.Add(unbase64(f, webpLossy))
	f.Add(unbase64(f, webpAnimated))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return gif.Encode(b, quadrants(2), nil) }))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return bmp.Encode(b, quadrants(2)) }))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<20 {
			return // allowed, but too slow for the fuzzer
		}
		img, err := decodePicture("p", b)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "p ") {
				t.Errorf("error %q does not begin with the file's name", err)
			}
			return
		}
		if w, h := img.Rect.Dx(), img.Rect.Dy(); w < 1 || h < 1 || img.Rect.Min != (image.Point{}) || len(img.Pix) != 4*w*h || img.Stride != 4*w {
			t.Errorf("a picture of %v with stride %d and %d bytes", img.Rect, img.Stride, len(img.Pix))
		}
	})
}
