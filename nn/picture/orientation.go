package picture

import (
	"bytes"
	"encoding/binary"
)

// Orientation returns the EXIF orientation of a JPEG, PNG or WebP file, 1 to 8. A file without
// one, or with one that cannot be understood, is upright (1): a picture is worth more than its
// metadata.
func Orientation(b []byte) int {
	switch Format(b) {
	case "JPEG":
		return jpegOrientation(b)
	case "PNG":
		for at := 8; at+12 <= len(b); {
			n := int(binary.BigEndian.Uint32(b[at:]))
			if n > len(b)-at-12 {
				return 1
			}
			if string(b[at+4:at+8]) == "eXIf" {
				return tiffOrientation(b[at+8 : at+8+n])
			}
			at += 12 + n
		}
	case "WebP":
		for at := 12; at+8 <= len(b); {
			n := int(binary.LittleEndian.Uint32(b[at+4:]))
			if n > len(b)-at-8 {
				return 1
			}
			if string(b[at:at+4]) == "EXIF" { // some programs keep JPEG's prefix
				return tiffOrientation(bytes.TrimPrefix(b[at+8:at+8+n], []byte("Exif\x00\x00")))
			}
			at += 8 + n + n%2
		}
	}
	return 1
}

// jpegOrientation returns the EXIF orientation of a JPEG file, 1 to 8. A file without one, or with
// one that cannot be understood, is upright (1): a picture is worth more than its metadata.
func jpegOrientation(b []byte) int {
	if len(b) < 2 || b[0] != 0xFF || b[1] != 0xD8 {
		return 1
	}
	b = b[2:]
	for len(b) >= 4 && b[0] == 0xFF {
		marker := b[1]
		if marker == 0xFF { // a fill byte
			b = b[1:]
			continue
		}
		if marker == 0xDA || marker == 0xD9 { // pixels follow, or nothing
			return 1
		}
		size := int(b[2])<<8 | int(b[3]) // counts itself
		if size < 2 || 2+size > len(b) {
			return 1
		}
		if tiff, ok := bytes.CutPrefix(b[4:2+size], []byte("Exif\x00\x00")); ok && marker == 0xE1 {
			return tiffOrientation(tiff)
		}
		b = b[2+size:]
	}
	return 1
}

// tiffOrientation reads tag 274 (Orientation, one SHORT) of the first directory of a TIFF
// structure; 1 where there is none.
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(b) < 8 {
		return 1
	}
	at := order.Uint32(b[4:])
	if uint64(at)+2 > uint64(len(b)) {
		return 1
	}
	count := order.Uint16(b[at:])
	entries := b[at+2:]
	for ; count > 0 && len(entries) >= 12; count, entries = count-1, entries[12:] {
		const orientation, short = 274, 3
		if order.Uint16(entries) != orientation {
			continue
		}
		value := int(order.Uint16(entries[8:]))
		if order.Uint16(entries[2:]) != short || order.Uint32(entries[4:]) != 1 || value < 1 || value > 8 {
			return 1
		}
		return value
	}
	return 1
}
