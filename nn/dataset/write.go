package dataset

import (
	"encoding/binary"
	"strings"
)

// Member is a file of a zip that is written: stored, since pictures are compressed already.
type Member struct {
	Name string // with slashes
	Size int
	CRC  uint32
}

// NewMember describes the bytes of a file.
func NewMember(name string, b []byte) Member { return Member{name, len(b), Checksum(b)} }

const (
	utf8Names = 1 << 11
	zipNeeds  = 20 // the version of the format that a reader needs
	noDate    = 1<<5 | 1
)

// Header is what stands in front of a member's bytes.
func (m Member) Header() []byte {
	b := append([]byte{}, localMark...)
	b = binary.LittleEndian.AppendUint16(b, zipNeeds)
	return append(m.rest(b), m.Name...)
}

// rest is what the two records of a member have in common.
func (m Member) rest(b []byte) []byte {
	for _, v := range []uint16{utf8Names, 0, 0, noDate} { // flags, method, time, date: the first of 1980
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range []uint32{m.CRC, uint32(m.Size), uint32(m.Size)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(m.Name)))
	return binary.LittleEndian.AppendUint16(b, 0)
}

// DirectoryOf is the end of a zip of these members, each behind its header, in their order.
func DirectoryOf(members []Member) []byte {
	var b []byte
	at := 0
	for _, m := range members {
		b = append(b, memberMark...)
		b = binary.LittleEndian.AppendUint16(b, zipNeeds)
		b = binary.LittleEndian.AppendUint16(b, zipNeeds)
		b = m.rest(b)
		b = append(b, make([]byte, 10)...) // no comment, on the first disk, no attributes
		b = binary.LittleEndian.AppendUint32(b, uint32(at))
		b = append(b, m.Name...)
		at += localSize + len(m.Name) + m.Size
	}
	length := len(b)
	b = append(b, endMark...)
	for _, v := range []uint16{0, 0, uint16(len(members)), uint16(len(members))} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(length))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	return binary.LittleEndian.AppendUint16(b, 0)
}

// FolderName is a class's name as a folder that every system takes and that Entries does not pass
// over.
func FolderName(class string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, class)
	if name = strings.TrimRight(name, ". "); name == "" || hidden(name) {
		name = "_" + name
	}
	return name
}
