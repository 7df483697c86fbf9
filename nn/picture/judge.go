package picture

import (
	"bytes"
	"encoding/binary"

	"sescope/nn/dataset"
)

// Fault is why a picture's file is refused before a decoder sees it. Decoders differ in what they
// make of such files: one shows the intact part, one fills in grey, one refuses.
type Fault string

// The faults. A file that is cut is refused as Pillow refuses it.
const (
	Cut   Fault = "cut"   // it ends before the picture does
	Scans Fault = "scans" // a progressive JPEG of more than MaxScans passes over the picture: minutes of work
	Inks  Fault = "inks"  // a CMYK JPEG without Adobe's mark, which tells whether its values are inverted
)

// MaxScans is how many scans a JPEG may have. Encoders write about ten, optimisers up to some
// sixty; each takes 30 ms at 64 megapixels.
const MaxScans = 100

// Whole is what a decoder should see of a file: its first keep bytes and then tail. Formats that
// are not known here are seen as they are.
func Whole(b []byte) (keep int, tail []byte, fault Fault) {
	keep = len(b)
	switch Format(b) {
	case "JPEG":
		fault = judgeJPEG(b)
	case "PNG":
		return wholePNG(b)
	case "GIF":
		if !firstFrame(b) {
			fault = Cut
		}
	case "WebP": // the length is even, and some encoders leave the last byte out
		if size := int(binary.LittleEndian.Uint32(b[4:])); size > len(b)-8+1 {
			fault = Cut
		}
	case "BMP":
		if bmpEnd(b) > len(b) {
			fault = Cut
		}
	}
	return keep, nil, fault
}

// judgeJPEG goes from segment to segment, and over the coded data behind each start of scan.
func judgeJPEG(b []byte) Fault {
	scans, inks, adobe := 0, false, false
	for at := 2; ; {
		next := bytes.IndexByte(b[at:], 0xff)
		if next < 0 || at+next+1 >= len(b) {
			return Cut
		}
		at += next + 1
		mark := b[at]
		switch {
		case mark == 0xff: // fill
			continue
		case mark == 0xd9:
			if inks && !adobe {
				return Inks
			}
			return ""
		case mark == 0 || mark == 1 || mark >= 0xd0 && mark <= 0xd8: // data and marks without a length
			at++
			continue
		}
		if at+3 > len(b) {
			return Cut
		}
		size := max(2, int(binary.BigEndian.Uint16(b[at+1:])))
		segment := b[min(at+3, len(b)):min(at+1+size, len(b))]
		switch {
		case mark == 0xda:
			if scans++; scans > MaxScans {
				return Scans
			}
		case frameMark(mark):
			inks = len(segment) > 5 && segment[5] == 4
		case mark == 0xee:
			adobe = adobe || bytes.HasPrefix(segment, []byte("Adobe"))
		}
		if at += 1 + size; at >= len(b) {
			return Cut
		}
	}
}

// frameMark tells of the marks behind which a JPEG's size stands.
func frameMark(mark byte) bool {
	return mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc
}

var endOfPNG = []byte("\x00\x00\x00\x00IEND\xaeB`\x82")

// wholePNG gives a file that stops behind its pixels an end: nothing of the picture is missing.
func wholePNG(b []byte) (keep int, tail []byte, fault Fault) {
	pixels := false
	for at := 8; ; {
		for i := at + 4; i < min(at+8, len(b)); i++ {
			if letter := b[i] | 0x20; letter < 'a' || letter > 'z' {
				return len(b), nil, Broken
			}
		}
		if at+12 > len(b) || int64(at)+12+int64(binary.BigEndian.Uint32(b[at:])) > int64(len(b)) {
			if !pixels || bytes.HasPrefix(b[min(at+4, len(b)):], []byte("IDAT")) {
				return len(b), nil, Cut
			}
			return at, endOfPNG, ""
		}
		end := at + 8 + int(binary.BigEndian.Uint32(b[at:]))
		critical := b[at+4]&0x20 == 0 // others may be damaged: no decoder needs them
		if critical && dataset.Checksum(b[at+4:end]) != binary.BigEndian.Uint32(b[end:]) {
			return len(b), nil, Broken
		}
		switch string(b[at+4 : at+8]) {
		case "IDAT":
			pixels = true
		case "IEND":
			return len(b), nil, ""
		}
		at = end + 4
	}
}

// Sound is a PNG without the chunks that no decoder needs and whose checksums are wrong: browsers
// pass them over, and Go's decoder would refuse the picture. Anything else is given back as it is.
func Sound(b []byte) []byte {
	if Format(b) != "PNG" {
		return b
	}
	sound, from := []byte(nil), 0
	for at := 8; at+12 <= len(b); {
		length := int64(binary.BigEndian.Uint32(b[at:]))
		if int64(at)+12+length > int64(len(b)) {
			break
		}
		end := at + 8 + int(length)
		if b[at+4]&0x20 != 0 && dataset.Checksum(b[at+4:end]) != binary.BigEndian.Uint32(b[end:]) {
			sound, from = append(sound, b[from:at]...), end+4
		}
		at = end + 4
	}
	if from == 0 {
		return b
	}
	return append(sound, b[from:]...)
}

// firstFrame tells whether a GIF's first frame is there to its last block.
func firstFrame(b []byte) bool {
	if len(b) < 13 {
		return false
	}
	for at := 13 + colourTable(b[10]); at < len(b); {
		switch b[at] {
		case 0x21:
			at = subBlocks(b, at+2)
		case 0x2c:
			if at+9 >= len(b) {
				return false
			}
			return subBlocks(b, at+10+colourTable(b[at+9])+1) <= len(b)
		default:
			return true // no picture: the decoder says so
		}
	}
	return false
}

// bmpEnd is where the rows of an uncompressed bitmap end; 0 where they are compressed, or told in
// another way.
func bmpEnd(b []byte) int {
	if len(b) < 34 {
		return len(b) + 1
	}
	if header, compression := binary.LittleEndian.Uint32(b[14:]), binary.LittleEndian.Uint32(b[30:]); header < 40 || compression != 0 && compression != 3 {
		return 0
	}
	w, h := Size(b)
	bits := int(binary.LittleEndian.Uint16(b[28:]))
	return int(binary.LittleEndian.Uint32(b[10:])) + (w*bits+31)/32*4*h
}
