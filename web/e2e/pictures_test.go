package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
)

// The film's spot, as fractions of the centre square of a frame. Off both axes, so that a mirrored
// or turned picture shows.
const (
	filmW, filmH  = 320, 240
	spotX, spotY  = 0.25, 1.0 / 3
	spotRadius    = 18
	blinkX, blink = 0.9, 0.9 // a small grey square that comes and goes twice a second
)

// makeFilm makes a Y4M film of one second: a still bright spot on dark grey, and a dim square that
// blinks.
func makeFilm() []byte {
	rate := 15 // every frame is a run of the network, and most tests want a camera, not its speed
	if os.Getenv("SESCOPE_QUIET") != "" {
		rate = 30
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n", filmW, filmH, rate)
	left := (filmW - filmH) / 2
	cx, cy := left+int(spotX*filmH), int(spotY*filmH)
	bx, by := left+int(blinkX*filmH), int(blink*filmH)
	for frame := range rate {
		b.WriteString("FRAME\n")
		for y := range filmH {
			for x := range filmW {
				luma := byte(40)
				switch dx, dy := x-cx, y-cy; {
				case dx*dx+dy*dy <= spotRadius*spotRadius:
					luma = 235
				case frame < rate/2 && abs(x-bx) < 8 && abs(y-by) < 8:
					luma = 90
				}
				b.WriteByte(luma)
			}
		}
		b.Write(bytes.Repeat([]byte{128}, filmW*filmH/2)) // both chroma planes: grey
	}
	return b.Bytes()
}

func abs(v int) int { return max(v, -v) }

// scene is a picture without any symmetry: colours that run across, and a bright disc near the
// upper left corner.
func scene(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	side := min(w, h)
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(30 + 180*x/w), uint8(40 + 150*y/h), uint8(200 - 160*x/w), 255}
			if dx, dy := x-w/3, y-h/4; dx*dx+dy*dy < side*side/36 {
				c = color.NRGBA{250, 240, 210, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encodePNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func encodeJPEG(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// withOrientation gives a JPEG an EXIF block that holds nothing but the orientation.
func withOrientation(jpg []byte, orientation uint16) []byte {
	tiff := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01")
	tiff = binary.BigEndian.AppendUint16(tiff, 274) // Orientation
	tiff = binary.BigEndian.AppendUint16(tiff, 3)   // SHORT
	tiff = binary.BigEndian.AppendUint32(tiff, 1)
	tiff = binary.BigEndian.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0) // fills the value, then: no further directory
	out := append([]byte{}, jpg[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(2+len(tiff)))
	return append(append(out, tiff...), jpg[2:]...)
}

// turnedPNG gives a PNG an eXIf chunk that holds nothing but the orientation.
func turnedPNG(file []byte, orientation uint16) []byte {
	tiff := withOrientation([]byte{0xff, 0xd8}, orientation)[12:]
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(tiff))), "eXIf"...)
	chunk = append(chunk, tiff...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, file[:33]...), chunk...), file[33:]...)
}

// fourInks is a JPEG whose frame claims a fourth colour, without Adobe's mark.
func fourInks(jpg []byte) []byte {
	out := bytes.Clone(jpg)
	out[bytes.Index(jpg, []byte{0xff, 0xc0})+9] = 4
	return out
}

// manyScans repeats the scan of a JPEG.
func manyScans(jpg []byte) []byte {
	scan := jpg[bytes.Index(jpg, []byte{0xff, 0xda}) : len(jpg)-2]
	return append(append(bytes.Clone(jpg[:len(jpg)-2]), bytes.Repeat(scan, 120)...), 0xff, 0xd9)
}

// hugePNG is a few bytes that claim 20000 x 20000 pixels.
func hugePNG() []byte {
	small := encodePNG(image.NewGray(image.Rect(0, 0, 8, 8)))
	header := small[16:29] // IHDR's data
	binary.BigEndian.PutUint32(header, 20000)
	binary.BigEndian.PutUint32(header[4:], 20000)
	binary.BigEndian.PutUint32(small[29:], crc32.ChecksumIEEE(small[12:29]))
	return small
}

// movingGIF has two frames: the scene, then black.
func movingGIF() []byte {
	palette := color.Palette{}
	for i := range 216 {
		palette = append(palette, color.NRGBA{uint8(i / 36 * 51), uint8(i / 6 % 6 * 51), uint8(i % 6 * 51), 255})
	}
	first, second := image.NewPaletted(image.Rect(0, 0, 64, 64), palette), image.NewPaletted(image.Rect(0, 0, 64, 64), palette)
	from := scene(64, 64)
	for y := range 64 {
		for x := range 64 {
			first.Set(x, y, from.At(x, y))
		}
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{500, 500}}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// seeThrough is a scene whose left half is half transparent.
func seeThrough() []byte {
	img := scene(64, 64)
	for y := range 64 {
		for x := range 32 {
			c := img.NRGBAAt(x, y)
			c.A = 128
			img.SetNRGBA(x, y, c)
		}
	}
	return encodePNG(img)
}
