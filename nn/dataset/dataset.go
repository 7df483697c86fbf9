// Package dataset reads the test sets that people bring: CIFAR-10's binary files, folders of
// pictures by class, and zips of such folders. The page and the command line list and label
// pictures by the same rules; decoding a picture is theirs.
package dataset

import (
	"fmt"
	"sort"
	"strings"

	"sescope/nn"
)

// Kind is why a set cannot be used or a picture of it was left out.
type Kind string

// Of a whole set.
const (
	NotCIFAR   Kind = "not-cifar"   // its length is no multiple of a record
	TenClasses Kind = "ten-classes" // CIFAR for a network of another number of classes
	WrongLabel Kind = "wrong-label" // a record's label is none of the classes
	NoPictures Kind = "no-pictures"
	TooMany    Kind = "too-many"
	NotZip     Kind = "not-zip"
	Zip64      Kind = "zip64"
	Encrypted  Kind = "encrypted"
	BrokenZip  Kind = "broken-zip"
	Methods    Kind = "methods"    // every file is compressed in a way that is not read
	NotPickle  Kind = "not-pickle" // no CIFAR batch as Python pickles it
	BrokenTar  Kind = "broken-tar"
	NoPart     Kind = "no-part" // the part that was asked for is not there
	TooLarge   Kind = "too-large"
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
	MaxTar   = 1 << 30 // bytes of an unpacked tar.gz
)

// Fault is an error about a set: what, where and what was expected.
type Fault struct {
	Kind     Kind   `json:"kind"`
	Name     string `json:"name"`     // of the file, or of what in it
	Got      int    `json:"got"`      // bytes, a label, a number of files or of classes
	Expected int    `json:"expected"` // NotCIFAR: bytes of a record; WrongLabel: classes; TooMany: the limit
}

func (f *Fault) Error() string {
	switch f.Kind {
	case NotCIFAR:
		return fmt.Sprintf("%s: %d bytes, expected a CIFAR-10 .bin file (a multiple of %d) or Python batch, or a zip, tar or folder of pictures by class", f.Name, f.Got, f.Expected)
	case TenClasses:
		if f.Expected == 100 {
			return fmt.Sprintf("%s: CIFAR-100 has a hundred classes and the network %d, expected a network of a hundred", f.Name, f.Got)
		}
		return fmt.Sprintf("%s: CIFAR-10 has ten classes and the network %d, expected a network of ten", f.Name, f.Got)
	case Methods:
		return fmt.Sprintf("%s: every picture is compressed by method %d (%s), expected 0 (stored) or 8 (deflate): unpack it and use the folder", f.Name, f.Got, MethodName(f.Got))
	case NotPickle:
		return fmt.Sprintf("%s is no batch of CIFAR-10 or CIFAR-100 as Python pickles it: it holds no data of 3072 bytes a picture with as many labels", f.Name)
	case BrokenTar:
		return fmt.Sprintf("%s: the tar archive is damaged, or cut off", f.Name)
	case NoPart:
		return fmt.Sprintf("the set has no part %q, expected train, test, validation or all", f.Name)
	case TooLarge:
		return fmt.Sprintf("%s unpacks to more than %d bytes, expected at most that many", f.Name, f.Expected)
	case WrongLabel:
		return fmt.Sprintf("%s has label %d, expected 0 to %d", f.Name, f.Got, f.Expected-1)
	case NoPictures:
		return fmt.Sprintf("%s: no pictures, expected CLASS/PICTURE with folders named as the network's classes, names such as cat.1.jpg, or a table of labels (.csv)", f.Name)
	case TooMany:
		return fmt.Sprintf("%s: %d files, expected at most %d", f.Name, f.Got, f.Expected)
	case NotZip:
		return fmt.Sprintf("%s is not a zip file: it has no directory at its end", f.Name)
	case Zip64:
		return fmt.Sprintf("%s is a zip64 archive, which is not read: unpack it and use the folder", f.Name)
	case Encrypted:
		return fmt.Sprintf("%s is encrypted: unpack it and use the folder", f.Name)
	case Outside:
		return fmt.Sprintf("%s: the name leaves the archive", f.Name)
	case Method:
		return fmt.Sprintf("%s is compressed by method %d (%s), expected 0 (stored) or 8 (deflate)", f.Name, f.Got, MethodName(f.Got))
	case LargeFile:
		return fmt.Sprintf("%s has %d bytes, expected at most %d", f.Name, f.Got, MaxFile)
	case Damaged:
		return fmt.Sprintf("%s is damaged: it holds other bytes than the archive announces", f.Name)
	case BrokenZip:
		return fmt.Sprintf("%s: the zip's directory is damaged", f.Name)
	}
	return fmt.Sprintf("%s: %s", f.Name, f.Kind)
}

// Picture is one labelled picture; At is its record, or its place in the list of files that was
// labelled.
type Picture struct {
	Name  string
	Label int
	At    int
}

// Folder is one that is no class of the network, "" for files in no folder, and how many files it
// holds.
type Folder struct {
	Name string `json:"folder"`
	N    int    `json:"files"`
}

// Skip is a picture that was left out, and why.
type Skip struct {
	Name string `json:"picture"`
	Why  Kind   `json:"why"`
	Got  int    `json:"-"` // of Method: which
}

// Label sorts files by their paths ("set/cat/1.png") and gives each the class of the innermost
// folder that is named as one, or the class of its folder's number. Files whose folders are no
// classes are counted in unmatched. Hidden files and those of operating systems are passed over.
func Label(paths []string, classes []nn.Class) (pictures []Picture, unmatched []Folder) {
	names := newNamer(classes)
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
			label = names.deepest(folder, len(classes))
			known[folder] = label
		}
		if label < 0 {
			lost[folder]++
			continue
		}
		pictures = append(pictures, Picture{path, label, at})
	}
	sort.SliceStable(pictures, func(i, j int) bool { return pictures[i].Name < pictures[j].Name }) // slices' would be 40 KB more in the wasm
	return pictures, folders(lost)
}

// folders are counted ones, sorted.
func folders(counts map[string]int) (list []Folder) {
	for name, n := range counts {
		list = append(list, Folder{name, n})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

func hidden(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, ".") && part != "." && part != ".." || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini" {
			return true
		}
	}
	return false
}

// deepest is the class of the innermost folder that is named as one; an index counts for the
// innermost folder only, since a number says little.
func (n *namer) deepest(folder string, classes int) int {
	inner := true
	for folder != "" {
		i := strings.LastIndexByte(folder, '/')
		name := folder[i+1:]
		if label := n.find(name); label >= 0 {
			return label
		}
		if label := indexed(name, classes); inner && label >= 0 {
			return label
		}
		folder, inner = folder[:max(i, 0)], false
	}
	return -1
}
