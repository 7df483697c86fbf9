package picture

import (
	"encoding/binary"
	"math"
)

// Size reads from a file's beginning how many pixels it will have, so that a few bytes that claim
// millions are never decoded. Where the format's size is not known (AVIF), or damaged, it is 0 x
// 0, and the browser's own limits hold.
func Size(b []byte) (w, h int) {
	big, little := binary.BigEndian, binary.LittleEndian
	switch format := Format(b); {
	case format == "PNG" && len(b) >= 24:
		return clip(big.Uint32(b[16:])), clip(big.Uint32(b[20:]))
	case format == "GIF" && len(b) >= 10:
		return int(little.Uint16(b[6:])), int(little.Uint16(b[8:]))
	case format == "BMP" && len(b) >= 26:
		w, h := int(int32(little.Uint32(b[18:]))), int(int32(little.Uint32(b[22:])))
		return max(w, -w), max(h, -h) // a negative height: rows from the top
	case format == "JPEG":
		return jpegSize(b)
	case format == "WebP" && len(b) >= 30:
		switch string(b[12:16]) {
		case "VP8X":
			return 1 + u24(b[24:]), 1 + u24(b[27:])
		case "VP8L":
			v := little.Uint32(b[21:])
			return 1 + int(v&0x3fff), 1 + int(v>>14&0x3fff)
		case "VP8 ":
			return int(little.Uint16(b[26:]) & 0x3fff), int(little.Uint16(b[28:]) & 0x3fff)
		}
	}
	return 0, 0
}

func clip(v uint32) int { return int(min(v, math.MaxInt32)) }

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// jpegSize goes from segment to segment to the frame header.
func jpegSize(b []byte) (w, h int) {
	for at := 2; at+9 <= len(b) && b[at] == 0xff; {
		switch mark := b[at+1]; {
		case mark == 0xff: // fill
			at++
			continue
		case frameMark(mark):
			return int(binary.BigEndian.Uint16(b[at+7:])), int(binary.BigEndian.Uint16(b[at+5:]))
		case mark == 0xda: // pixels without a frame header
			return 0, 0
		}
		at += 2 + int(binary.BigEndian.Uint16(b[at+2:]))
	}
	return 0, 0
}
