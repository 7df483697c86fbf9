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
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
)

func scene() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 45, 31))
	for i := range m.Pix {
		m.Pix[i] = byte(i*i/7) | byte(i%4/3*255)
	}
	return m
}

func encoded(t testing.TB, encode func(b *bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// However much of a file is missing, what is called whole decodes to the picture of the whole
// file, and only files without their end are called cut. A JPEG's end may be missing in a
// thumbnail's stead.
func TestCutFiles(t *testing.T) {
	thumbnail := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, image.NewGray(image.Rect(0, 0, 4, 4)), nil) })
	jpg := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, scene(), nil) })
	app1 := append([]byte{0xff, 0xe1, byte((len(thumbnail) + 2) >> 8), byte(len(thumbnail) + 2)}, thumbnail...)
	for name, c := range map[string]struct {
		file   []byte
		decode func(b []byte) (image.Image, error)
	}{
		"JPEG": {append(append(jpg[:2:2], app1...), jpg[2:]...), func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) }},
		"PNG":  {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, scene()) }), func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) }},
		"GIF":  {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, scene(), nil) }), func(b []byte) (image.Image, error) { return gif.Decode(bytes.NewReader(b)) }},
		"BMP":  {encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, scene()) }), func(b []byte) (image.Image, error) { return bmp.Decode(bytes.NewReader(b)) }},
	} {
		want, err := c.decode(c.file)
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for n := range len(c.file) + 1 {
			b := c.file[:n]
			if Format(b) != name {
				continue
			}
			keep, tail, fault := Whole(b)
			if fault == Cut {
				continue
			}
			got, err := c.decode(append(b[:keep:keep], tail...))
			if err != nil || fault != "" {
				t.Fatalf("%d bytes of a %s of %d are called whole (%q): %v", n, name, len(c.file), fault, err)
			}
			if whole++; got.At(44, 30) != want.At(44, 30) {
				t.Fatalf("%d bytes of a %s of %d give another picture", n, name, len(c.file))
			}
		}
		if whole == 0 || name == "PNG" && whole != 13 || name == "JPEG" && whole != 1 {
			t.Errorf("%s: %d of its beginnings are whole", name, whole)
		}
		if _, tail, fault := Whole(append(c.file[:len(c.file):len(c.file)], "a program's own data behind it"...)); fault != "" || tail != nil {
			t.Errorf("%s with more behind it: %q", name, fault)
		}
	}
}

// A bit that is wrong in what a PNG's decoder needs is found, in what none needs it is not.
func TestBrokenPNG(t *testing.T) {
	file := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, scene()) })
	for i := 16; i < len(file)-12; i += 7 {
		b := bytes.Clone(file)
		b[i] ^= 4
		if _, _, fault := Whole(b); fault == "" {
			t.Errorf("byte %d of %d is wrong and the file is called whole", i, len(file))
		}
	}
	note := append([]byte{0, 0, 0, 1}, "tEXtx\x00\x00\x00\x00"...) // with a wrong checksum
	if _, _, fault := Whole(append(append(bytes.Clone(file[:33]), note...), file[33:]...)); fault != "" {
		t.Errorf("a note with a wrong checksum: %q", fault)
	}
	if _, _, fault := Whole(append(bytes.Clone(file[:60]), bytes.Repeat([]byte{0, 7, 200}, 2000)...)); fault != Broken && fault != Cut {
		t.Errorf("noise behind 60 bytes: %q", fault)
	}
}

// Go's encoder writes no such JPEG: the frame of one with three colours is given a fourth, and
// scans are repeated.
func TestJPEGFaults(t *testing.T) {
	jpg := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, scene(), nil) })
	frame := bytes.Index(jpg, []byte{0xff, 0xc0})
	four := bytes.Clone(jpg)
	four[frame+9] = 4
	if _, _, fault := Whole(four); fault != Inks {
		t.Errorf("four colours without Adobe's mark: %q", fault)
	}
	adobe := append([]byte{0xff, 0xee, 0, 14}, "Adobe\x00\x64\x00\x00\x00\x00\x00"...)
	if _, _, fault := Whole(append(append(four[:2:2], adobe...), four[2:]...)); fault != "" {
		t.Errorf("four colours with Adobe's mark: %q", fault)
	}
	scan := jpg[bytes.Index(jpg, []byte{0xff, 0xda}) : len(jpg)-2]
	for n, want := range map[int]Fault{MaxScans - 1: "", MaxScans: Scans} {
		b := append(bytes.Clone(jpg[:len(jpg)-2]), bytes.Repeat(scan, n)...)
		if _, _, fault := Whole(append(b, 0xff, 0xd9)); fault != want {
			t.Errorf("%d scans: %q, expected %q", n+1, fault, want)
		}
	}
}

// Files of other hands, where SESCOPE_DATA has them: Pillow 9.4 refuses the first two as truncated
// and opens the PNG without its end.
func TestCases(t *testing.T) {
	data := os.Getenv("SESCOPE_DATA")
	if data == "" {
		t.Skip("SESCOPE_DATA names no folder with cases")
	}
	for name, want := range map[string]Fault{"noeoi.jpg": Cut, "trunc80.jpg": Cut, "cmyk_noadobe.jpg": Inks, "scans1000.jpg": Scans, "png_noiend.png": "", "a.png": ""} {
		b, err := os.ReadFile(filepath.Join(data, "cases", name))
		if err != nil {
			t.Skip(err)
		}
		_, tail, fault := Whole(b)
		if fault != want || (tail != nil) != (name == "png_noiend.png") {
			t.Errorf("%s: %q, %d bytes are missing; expected %q", name, fault, len(tail), want)
		}
	}
}

// No file makes the judges panic, and what they keep is part of it.
func FuzzWhole(f *testing.F) {
	f.Add(encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, scene(), nil) }))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 3, 3))) }))
	f.Add(encoded(f, func(b *bytes.Buffer) error {
		return gif.Encode(b, image.NewPaletted(image.Rect(0, 0, 3, 3), color.Palette{color.Black, color.White}), nil)
	}))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return bmp.Encode(b, scene()) }))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00EXIF\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if keep, _, _ := Whole(b); keep < 0 || keep > len(b) {
			t.Errorf("%d bytes of %d", keep, len(b))
		}
		if o := Orientation(b); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}

// A chunk that no decoder needs, with a wrong checksum, is left out; of all else every byte stays.
func TestSound(t *testing.T) {
	chunk := func(name, data string, sum uint32) string {
		head := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		return string(head) + name + data + string(binary.BigEndian.AppendUint32(nil, sum^crc32.ChecksumIEEE([]byte(name+data))))
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	head, rest := b.String()[:33], b.String()[33:]
	text := chunk("tEXt", "a\x00b", 0)
	for name, c := range map[string]struct{ in, out string }{
		"whole":             {head + rest, head + rest},
		"a good one":        {head + text + rest, head + text + rest},
		"a wrong one":       {head + chunk("tEXt", "a\x00b", 1) + rest, head + rest},
		"two wrong ones":    {head + chunk("pHYs", "123456789", 8) + text + chunk("eXIf", "", 1) + rest, head + text + rest},
		"a pixels' one":     {head + chunk("IDAT", "", 1) + rest, head + chunk("IDAT", "", 1) + rest},
		"cut in the middle": {head + chunk("tEXt", "a\x00b", 1)[:9], head + chunk("tEXt", "a\x00b", 1)[:9]},
		"another format":    {"GIF89a" + text, "GIF89a" + text},
	} {
		if got := Sound([]byte(c.in)); string(got) != c.out {
			t.Errorf("%s: %q, expected %q", name, got, c.out)
		}
	}
}
