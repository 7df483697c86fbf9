// Package dataset reads the test sets that people bring: CIFAR-10's binary files, folders of pictures by class, and zips of such folders. The page and the
// command line list and label pictures by the same rules; decoding a picture is theirs.
package dataset

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"sescope/nn"
)

// Kind is why a set cannot be used or a picture of it was left out.
type Kind string

// Of a whole set.
const (
	NotCIFAR   Kind = "not-cifar"   // its length is no multiple of a record
	TenClasses Kind = "ten-classes" // CIFAR-10 for a network of another number of classes
	WrongLabel Kind = "wrong-label" // a record's label is none of the classes
	NoPictures Kind = "no-pictures"
	TooMany    Kind = "too-many"
	NotZip     Kind = "not-zip"
	Zip64      Kind = "zip64"
	Encrypted  Kind = "encrypted"
	BrokenZip  Kind = "broken-zip"
)

// Of one picture.
const (
	Outside   Kind = "outside" // its name leaves the archive
	Method    Kind = "method"  // compressed in a way that is not read
	LargeFile Kind = "large"   // more than MaxFile bytes
	Damaged   Kind = "damaged" // not the bytes that the directory announces
)

// Limits of what is listed and unpacked.
const (
	MaxFiles = 200_000
	MaxFile  = 64 << 20
)

// Fault is an error about a set: what, where and what was expected.
type Fault struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"` // of the file, or of what in it
	Got  int    `json:"got"`  // bytes, a label, a number of files or of classes
	Of   int    `json:"of"`   // NotCIFAR: bytes of a record; WrongLabel: classes; TooMany: the limit
}

func (f *Fault) Error() string {
	switch f.Kind {
	case NotCIFAR:
		return fmt.Sprintf("%s: %d bytes, expected a CIFAR-10 .bin file (a multiple of %d), a zip or a folder of pictures by class", f.Name, f.Got, f.Of)
	case TenClasses:
		return fmt.Sprintf("%s: CIFAR-10 has ten classes and the network %d, expected a network of ten", f.Name, f.Got)
	case WrongLabel:
		return fmt.Sprintf("%s has label %d, expected 0 to %d", f.Name, f.Got, f.Of-1)
	case NoPictures:
		return fmt.Sprintf("%s: no pictures, expected CLASS/PICTURE with folders named as the network's classes", f.Name)
	case TooMany:
		return fmt.Sprintf("%s: %d files, expected at most %d", f.Name, f.Got, f.Of)
	case NotZip:
		return fmt.Sprintf("%s is not a zip file: it has no directory at its end", f.Name)
	case Zip64:
		return fmt.Sprintf("%s is a zip64 archive, which is not read: unpack it and use the folder", f.Name)
	case Encrypted:
		return fmt.Sprintf("%s is encrypted: unpack it and use the folder", f.Name)
	case Outside:
		return fmt.Sprintf("%s: the name leaves the archive", f.Name)
	case Method:
		return fmt.Sprintf("%s is compressed by method %d, expected 0 (stored) or 8 (deflate)", f.Name, f.Got)
	case LargeFile:
		return fmt.Sprintf("%s has %d bytes, expected at most %d", f.Name, f.Got, MaxFile)
	case Damaged:
		return fmt.Sprintf("%s is damaged: it holds other bytes than the archive announces", f.Name)
	case BrokenZip:
		return fmt.Sprintf("%s: the zip's directory is damaged", f.Name)
	}
	return fmt.Sprintf("%s: %s", f.Name, f.Kind)
}

// Picture is one labelled picture; At is its record, or its place in the list of files that was labelled.
type Picture struct {
	Name  string
	Label int
	At    int
}

// Folder is one that is no class of the network, "" for files in no folder, and how many files it holds.
type Folder struct {
	Name string `json:"folder"`
	N    int    `json:"files"`
}

// Skip is a picture that was left out, and why.
type Skip struct {
	Name string `json:"picture"`
	Why  Kind   `json:"why"`
}

// Label sorts files by their paths ("set/cat/1.png") and gives each the class of the innermost folder that is named as one, or the class of its folder's number. Files whose folders are no
// classes are counted in unmatched. Hidden files and those of operating systems are passed over.
func Label(paths []string, classes []nn.Class) (pictures []Picture, unmatched []Folder) {
	known := map[string]int{} // folders seen before: -1 is no class
	lost := map[string]int{}
	for at, path := range paths {
		path = strings.ReplaceAll(path, `\`, "/")
		if strings.HasSuffix(path, "/") || hidden(path) {
			continue
		}
		folder := ""
		if i := strings.LastIndexByte(path, '/'); i >= 0 {
			folder = path[:i]
		}
		label, ok := known[folder]
		if !ok {
			label = deepest(folder, classes)
			known[folder] = label
		}
		if label < 0 {
			lost[folder]++
			continue
		}
		pictures = append(pictures, Picture{path, label, at})
	}
	sort.SliceStable(pictures, func(i, j int) bool { return pictures[i].Name < pictures[j].Name }) // slices' would be 40 KB more in the wasm
	for name, n := range lost {
		unmatched = append(unmatched, Folder{name, n})
	}
	sort.SliceStable(unmatched, func(i, j int) bool { return unmatched[i].Name < unmatched[j].Name })
	return pictures, unmatched
}

func hidden(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini" {
			return true
		}
	}
	return false
}

// deepest is the class of the innermost folder that is named as one; an index counts for the innermost folder only, since a number says little.
func deepest(folder string, classes []nn.Class) int {
	inner := true
	for folder != "" {
		i := strings.LastIndexByte(folder, '/')
		name := folder[i+1:]
		if label := named(name, classes); label >= 0 {
			return label
		}
		if label := indexed(name, len(classes)); inner && label >= 0 {
			return label
		}
		folder, inner = folder[:max(i, 0)], false
	}
	return -1
}

// named finds the class of an English or Chinese name in any case, with any of " ", "_", "-" between its words; -1 is none.
func named(folder string, classes []nn.Class) int {
	plain := plainName(folder)
	return slices.IndexFunc(classes, func(c nn.Class) bool { return plain != "" && (plain == plainName(c.En) || plain == plainName(c.Zh)) })
}

func indexed(folder string, classes int) int {
	if i, err := strconv.Atoi(folder); err == nil && i >= 0 && i < classes && folder[0] != '+' && folder[0] != '-' {
		return i
	}
	return -1
}

func plainName(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "_", " "), "-", " ")))
}

// CIFAR-10's binary format: records of 1 label byte and 1024 red, 1024 green, 1024 blue bytes, row by row.
const (
	Side   = 32
	plane  = Side * Side
	Record = 1 + 3*plane // bytes
)

// Records is how many records a file of that many bytes holds, for a network of that many classes.
func Records(name string, bytes, classes int) (int, error) {
	switch {
	case bytes == 0 || bytes%Record != 0:
		return 0, &Fault{NotCIFAR, name, bytes, Record}
	case bytes/Record > MaxFiles:
		return 0, &Fault{TooMany, name, bytes / Record, MaxFiles}
	case classes != 10:
		return 0, &Fault{TenClasses, name, classes, 0}
	}
	return bytes / Record, nil
}

// RecordName is what record i of a file is called.
func RecordName(file string, i int) string { return fmt.Sprintf("%s record %d", file, i) }

// Unpack writes the pixels of record i of a file, whose bytes are b, as RGBA into pix and returns its label.
func Unpack(pix, b []byte, file string, i int) (label int, err error) {
	if b[0] > 9 {
		return 0, &Fault{WrongLabel, RecordName(file, i), int(b[0]), 10}
	}
	rgb := b[1:Record]
	for p := range plane {
		pix[4*p], pix[4*p+1], pix[4*p+2], pix[4*p+3] = rgb[p], rgb[plane+p], rgb[2*plane+p], 255
	}
	return int(b[0]), nil
}

// BMPSize is how many bytes BMP returns.
const BMPSize = 54 + 3*plane

// BMP is a record as a picture file that every browser reads, with the very same pixels.
func BMP(record []byte) []byte {
	b := make([]byte, 54, BMPSize)
	copy(b, "BM")
	for at, v := range map[int]uint32{2: BMPSize, 10: 54, 14: 40, 18: Side, 22: Side, 26: 1 | 24<<16} { // planes and bits a pixel
		binary.LittleEndian.PutUint32(b[at:], v)
	}
	rgb := record[1:]
	for y := Side - 1; y >= 0; y-- { // rows from the bottom
		for p := y * Side; p < (y+1)*Side; p++ {
			b = append(b, rgb[2*plane+p], rgb[plane+p], rgb[p])
		}
	}
	return b
}
