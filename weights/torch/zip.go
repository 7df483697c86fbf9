package torch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
)

var (
	endMark    = []byte("PK\x05\x06")
	memberMark = []byte("PK\x01\x02")
	localMark  = []byte("PK\x03\x04")
)

// storedRecords are the files of a zip that it holds as they are, by name: torch.save compresses
// nothing. The bytes alias b.
func storedRecords(b []byte) (map[string][]byte, error) {
	broken := func(why string) (map[string][]byte, error) {
		return nil, fmt.Errorf("not a whole zip: %s", why)
	}
	end := bytes.LastIndex(b, endMark)
	if end < 0 || len(b)-end < 22 {
		return broken("its end is missing")
	}
	at := int(binary.LittleEndian.Uint32(b[end+16:]))
	if at == math.MaxUint32 { // the directory begins where zip64's record says
		if end < 76 || binary.LittleEndian.Uint64(b[end-12:]) > uint64(len(b)-56) {
			return broken("its directory is missing")
		}
		at = int(min(binary.LittleEndian.Uint64(b[binary.LittleEndian.Uint64(b[end-12:])+48:]), uint64(len(b))))
	}
	records := map[string][]byte{}
	if at > end {
		return broken("its directory is missing")
	}
	for dir := b[at:end]; bytes.HasPrefix(dir, memberMark) && len(dir) >= 46; {
		u16 := func(i int) int { return int(binary.LittleEndian.Uint16(dir[i:])) }
		u32 := func(i int) int { return int(binary.LittleEndian.Uint32(dir[i:])) }
		length := 46 + u16(28) + u16(30) + u16(32)
		if length > len(dir) {
			return broken("its directory ends too early")
		}
		name := string(dir[46:][:u16(28)])
		method, encrypted, size, local := u16(10), u16(8)&1 != 0, u32(24), u32(42)
		dir = dir[length:]
		if method != 0 { // torch.jit compresses its code
			continue
		}
		if encrypted || size == math.MaxUint32 || local > len(b)-30 {
			return nil, fmt.Errorf("%q is encrypted or larger than 4 GB, expected a file as torch.save makes it", name)
		}
		start := local + 30 + int(binary.LittleEndian.Uint16(b[local+26:])) + int(binary.LittleEndian.Uint16(b[local+28:]))
		if start > len(b) || size > len(b)-start {
			return broken(fmt.Sprintf("%q reaches beyond its end", name))
		}
		records[name] = b[start : start+size : start+size]
	}
	return records, nil
}
