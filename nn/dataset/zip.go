package dataset

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// Entry is one file of an archive that can be unpacked.
type Entry struct {
	Name    string `json:"-"`
	Deflate bool   `json:"deflate,omitempty"` // or stored
	Packed  int    `json:"packed"`            // bytes in the archive
	Size    int    `json:"size"`              // bytes unpacked
	CRC     uint32 `json:"crc"`
	At      int    `json:"at"`             // of its local header, or of its bytes if Bare
	Bare    bool   `json:"bare,omitempty"` // in a tar: nothing stands between At and the bytes, and there is no checksum
}

const (
	endSize    = 22
	localSize  = 30
	memberSize = 46
	// TailSize is how much of an archive's end can be needed to find its directory: the longest
	// comment and the record in front of it.
	TailSize = 1<<16 + endSize
)

var endMark, memberMark, localMark = []byte("PK\x05\x06"), []byte("PK\x01\x02"), []byte("PK\x03\x04")

// Directory finds a zip's directory by the archive's last TailSize bytes (or all of it): where it
// begins and how long it is.
func Directory(file string, tail []byte, size int) (at, length int, err error) {
	for end := len(tail) - endSize; end >= 0; end-- {
		end = bytes.LastIndex(tail[:end+len(endMark)], endMark)
		if end < 0 {
			break
		}
		b := tail[end:]
		if comment := int(binary.LittleEndian.Uint16(b[20:])); endSize+comment != len(b) {
			continue // the mark stands in a comment
		}
		count, length, at := binary.LittleEndian.Uint16(b[10:]), binary.LittleEndian.Uint32(b[12:]), binary.LittleEndian.Uint32(b[16:])
		switch {
		case count == 1<<16-1 || length == 1<<32-1 || at == 1<<32-1:
			return 0, 0, &Fault{Kind: Zip64, Name: file}
		case int64(at)+int64(length) > int64(size-len(tail)+end):
			return 0, 0, &Fault{Kind: BrokenZip, Name: file}
		}
		return int(at), int(length), nil
	}
	return 0, 0, &Fault{Kind: NotZip, Name: file}
}

// Entries lists the files of a directory of an archive of that size. What cannot be unpacked is
// named in skipped; folders and hidden files are passed over. Gbk decodes names that are no UTF-8
// (Windows in Chinese writes them); it may be nil, and ok is false for bytes that are no such
// name.
func Entries(file string, dir []byte, size int, gbk func(b []byte) (s string, ok bool)) (list []Entry, skipped []Skip, err error) {
	packed, method := 0, 0
	for len(dir) > 0 {
		if len(dir) < memberSize || !bytes.HasPrefix(dir, memberMark) {
			return nil, nil, &Fault{Kind: BrokenZip, Name: file}
		}
		u16 := func(i int) int { return int(binary.LittleEndian.Uint16(dir[i:])) }
		u32 := func(i int) int64 { return int64(binary.LittleEndian.Uint32(dir[i:])) }
		length := memberSize + u16(28) + u16(30) + u16(32)
		if len(dir) < length {
			return nil, nil, &Fault{Kind: BrokenZip, Name: file}
		}
		flags := u16(8)
		name := memberName(dir[memberSize:][:u16(28)], dir[memberSize+u16(28):][:u16(30)], gbk)
		name = strings.ReplaceAll(name, `\`, "/")
		switch {
		case strings.HasSuffix(name, "/") || hidden(name):
		case flags&1 != 0:
			return nil, nil, &Fault{Kind: Encrypted, Name: file}
		case u32(20) == 1<<32-1 || u32(24) == 1<<32-1 || u32(42) == 1<<32-1:
			return nil, nil, &Fault{Kind: Zip64, Name: file}
		case u32(42)+localSize+u32(20) > int64(size):
			return nil, nil, &Fault{Kind: BrokenZip, Name: file}
		case len(list)+len(skipped) == MaxFiles:
			return nil, nil, &Fault{TooMany, file, MaxFiles + 1, MaxFiles}
		case leaves(name):
			skipped = append(skipped, Skip{name, Outside, 0})
		case u16(10) != 0 && u16(10) != 8:
			method = u16(10)
			skipped = append(skipped, Skip{name, Method, method})
		case Oversized(name, int(max(u32(24), u32(20)))):
			skipped = append(skipped, Skip{name, LargeFile, int(u32(24))})
		default:
			e := Entry{Name: name, Deflate: u16(10) == 8, Packed: int(u32(20)), Size: int(u32(24)), CRC: uint32(u32(16)), At: int(u32(42))}
			if packed += localSize + e.Packed; packed > size { // files that lie over one another: a few bytes would unpack to any number
				return nil, nil, &Fault{Kind: BrokenZip, Name: file}
			}
			list = append(list, e)
		}
		dir = dir[length:]
	}
	if len(list) == 0 && method != 0 {
		return nil, nil, &Fault{Kind: Methods, Name: file, Got: method}
	}
	return list, skipped, nil
}

// MethodName names a zip's method of compression.
func MethodName(method int) string {
	for _, m := range []struct {
		method int
		name   string
	}{{1, "shrink"}, {6, "implode"}, {9, "deflate64"}, {12, "bzip2"}, {14, "LZMA"}, {93, "zstd"}, {95, "xz"}, {98, "PPMd"}, {99, "AES"}} {
		if m.method == method {
			return m.name
		}
	}
	return "unknown"
}

// memberName reads a name: as UTF-8, which it mostly is even where the flag is missing, or as the
// extra field that some programs add says it, or as GBK. What is left that is no UTF-8 becomes
// U+FFFD.
func memberName(b, extra []byte, gbk func(b []byte) (string, bool)) string {
	if utf8.Valid(b) {
		return string(b)
	}
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		// Info-ZIP's Unicode path: a version, the checksum of the other name, UTF-8.
		if field := extra[4 : 4+n]; id == 0x7075 && n > 5 && field[0] == 1 && binary.LittleEndian.Uint32(field[1:]) == Checksum(b) && utf8.Valid(field[5:]) {
			return string(field[5:])
		}
		extra = extra[4+n:]
	}
	if gbk != nil {
		if s, ok := gbk(b); ok {
			return s
		}
	}
	return string([]rune(string(b)))
}

func leaves(name string) bool {
	if strings.HasPrefix(name, "/") || strings.ContainsRune(name, 0) || len(name) > 1 && name[1] == ':' {
		return true
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}

// Data is how far behind the beginning of its local header, of which b holds the first 30 bytes, a
// file's bytes begin.
func (e *Entry) Data(b []byte) (int, error) {
	if e.Bare {
		return 0, nil
	}
	if len(b) < localSize || !bytes.HasPrefix(b, localMark) {
		return 0, &Fault{Kind: Damaged, Name: e.Name}
	}
	return localSize + int(binary.LittleEndian.Uint16(b[26:])) + int(binary.LittleEndian.Uint16(b[28:])), nil
}

// Check tells whether b are the bytes that the directory announces.
func (e *Entry) Check(b []byte) error {
	if len(b) != e.Size || !e.Bare && Checksum(b) != e.CRC {
		return &Fault{Kind: Damaged, Name: e.Name}
	}
	return nil
}

// Checksum is CRC-32 as zips have it, four bits at a time: hash/crc32 would bring tables that
// nothing else in the program needs.
func Checksum(b []byte) uint32 {
	crc := ^uint32(0)
	for _, v := range b {
		crc ^= uint32(v)
		crc = crc>>4 ^ crcTable[crc&15]
		crc = crc>>4 ^ crcTable[crc&15]
	}
	return ^crc
}

var crcTable = [16]uint32{
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
}
