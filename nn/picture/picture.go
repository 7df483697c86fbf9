// Package picture knows about picture files what the browser does not tell: their format by their
// first bytes, whether they move, and which part of them the network sees.
package picture

import (
	"bytes"
	"encoding/binary"
	"image"

	"sescope/nn"
)

// Limits of what the page opens.
const (
	MaxPixels = 64 << 20 // more would need over 256 MB decoded; checked before drawing
	MaxSide   = 1024     // of the crop; a larger one is scaled down
)

// maxProlog is how much may stand in front of a drawing's first element.
const maxProlog = 1 << 20

// Square is the centre square of a w x h picture, in its pixels.
func Square(w, h int) (x, y, side int) {
	r := nn.Centre(image.Rect(0, 0, w, h), 1, 1)
	return r.Min.X, r.Min.Y, r.Dx()
}

// TooLarge tells whether a picture of w x h pixels is refused.
func TooLarge(w, h int) bool { return int64(w)*int64(h) > MaxPixels }

// Format names a file's format by its first bytes, "" if they are none that we know: "PNG",
// "JPEG", "GIF", "WebP", "BMP", "AVIF", "HEIC", "TIFF", "JPEG XL", "SVG", "PDF".
func Format(b []byte) string {
	for _, m := range []struct{ magic, name string }{
		{"\x89PNG\r\n\x1a\n", "PNG"}, {"\xff\xd8\xff", "JPEG"}, {"GIF87a", "GIF"}, {"GIF89a", "GIF"}, {"BM", "BMP"},
		{"II*\x00", "TIFF"}, {"MM\x00*", "TIFF"}, {"\xff\x0a", "JPEG XL"}, {"\x00\x00\x00\x0cJXL ", "JPEG XL"}, {"%PDF", "PDF"},
	} {
		if bytes.HasPrefix(b, []byte(m.magic)) {
			return m.name
		}
	}
	if len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP" {
		return "WebP"
	}
	if len(b) >= 12 && string(b[4:8]) == "ftyp" {
		switch string(b[8:12]) {
		case "avif", "avis":
			return "AVIF"
		case "heic", "heix", "hevc", "heim", "heis", "mif1", "msf1":
			return "HEIC"
		}
	}
	head := b[:min(len(b), 1024)]
	if text := bytes.TrimLeft(b, "\ufeff \t\r\n"); len(text) > 0 && text[0] == '<' {
		head = b[:min(len(b), maxProlog)] // drawing programs write licences and entities in front
	}
	if bytes.Contains(head, []byte("<svg")) {
		return "SVG"
	}
	return ""
}

// Animated tells whether a GIF, PNG, WebP or AVIF file holds more than one frame. Damaged files
// count as still.
func Animated(b []byte) bool {
	switch Format(b) {
	case "GIF":
		return gifFrames(b) > 1
	case "PNG":
		return apng(b)
	case "WebP": // an extended file announces its animation in the flags of its first chunk
		return len(b) > 20 && string(b[12:16]) == "VP8X" && b[20]&2 != 0
	case "AVIF":
		return string(b[8:12]) == "avis"
	}
	return false
}

// gifFrames counts image blocks, and stops at two.
func gifFrames(b []byte) int {
	if len(b) < 13 {
		return 0
	}
	at := 13 + colourTable(b[10])
	frames := 0
	for at < len(b) && frames < 2 {
		switch b[at] {
		case 0x21: // extension: label, then sub-blocks
			at = subBlocks(b, at+2)
		case 0x2c: // image: 9 bytes, a colour table, the code size, then sub-blocks
			if at+9 >= len(b) {
				return frames
			}
			frames++
			at = subBlocks(b, at+10+colourTable(b[at+9])+1)
		default:
			return frames
		}
	}
	return frames
}

// colourTable is the size in bytes of the colour table that a GIF's flags announce.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// subBlocks skips a GIF's chain of sub-blocks; it returns len(b)+1 where the chain is cut off.
func subBlocks(b []byte, at int) int {
	for at < len(b) {
		n := int(b[at])
		at += n + 1
		if n == 0 {
			return at
		}
	}
	return len(b) + 1
}

// apng tells whether an acTL chunk that announces several frames stands before the first IDAT.
func apng(b []byte) bool {
	for at := 8; at+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[at:]))
		switch string(b[at+4 : at+8]) {
		case "acTL":
			return binary.BigEndian.Uint32(b[at+8:]) > 1
		case "IDAT":
			return false
		}
		if n < 0 || n > len(b) {
			return false
		}
		at += 12 + n
	}
	return false
}
