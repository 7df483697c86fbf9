package dataset

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// CIFAR-10's binary format: records of 1 label byte and 1024 red, 1024 green, 1024 blue bytes, row
// by row.
const (
	Side   = 32
	plane  = Side * Side
	Record = 1 + 3*plane // bytes
)

// Records is how many records of CIFAR-of (10 or 100) a file of that many bytes holds, for a
// network of that many classes.
func Records(name string, bytes, of, classes int) (int, error) {
	switch {
	case bytes == 0 || bytes%Record != 0:
		return 0, &Fault{NotCIFAR, name, bytes, Record}
	case bytes/Record > MaxFiles:
		return 0, &Fault{TooMany, name, bytes / Record, MaxFiles}
	case classes != of:
		return 0, &Fault{TenClasses, name, classes, of}
	}
	return bytes / Record, nil
}

// RecordName is what record i of a file is called.
func RecordName(file string, i int) string { return fmt.Sprintf("%s record %d", file, i) }

// Unpack writes the pixels of record i of a file, whose bytes are b, as RGBA into pix and returns
// its label, one of that many classes.
func Unpack(pix, b []byte, file string, i, classes int) (label int, err error) {
	if int(b[0]) >= classes {
		return 0, &Fault{WrongLabel, RecordName(file, i), int(b[0]), classes}
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

// IsPickle tells whether a file begins as Python's pickles do, of protocol 2 and later.
func IsPickle(b []byte) bool { return len(b) > 2 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5 }

// Fine makes records of CIFAR-100's binary format, which has a coarse label in front of each
// record.
func Fine(b []byte) (records []byte) {
	for record := range slices.Chunk(b, Record+1) {
		records = append(records, record[1:]...)
	}
	return records
}

// IsFine tells whether a file of that many bytes is of CIFAR-100's binary format.
func IsFine(size int) bool { return size > 0 && size%(Record+1) == 0 && size%Record != 0 }

// Batch makes records of a binary file of CIFAR, and tells whether it is CIFAR-10 or CIFAR-100.
// Package pickled reads those that Python pickled.
func Batch(file string, b []byte) (records []byte, of int, err error) {
	if IsFine(len(b)) {
		return Fine(b), 100, nil
	}
	_, err = Records(file, len(b), 10, 10)
	return b, 10, err
}

// batchPart is the part of CIFAR that a file holds by its name; "" is none.
func batchPart(path string) string {
	name := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".bin")
	inside := strings.Contains(strings.ToLower(path), "cifar") && !hidden(path)
	switch {
	case name == "test_batch" || name == "test" && inside:
		return "test"
	case strings.HasPrefix(name, "data_batch_") || name == "train" && inside:
		return "train"
	}
	return ""
}

// Oversized tells of files of an archive or folder that are not unpacked: CIFAR-100's train has
// 155 MB.
func Oversized(name string, size int) bool {
	return size > MaxFile && (batchPart(name) == "" || size > 4*MaxFile)
}

// Batches are the files of CIFAR among those of an archive or folder: test_batch and data_batch_1
// to 5, CIFAR-100's test and train, each of Python's or binary (.bin). It returns those of the
// part that is asked for, in order, the part that was taken and how many files each has; no list
// where there are none.
func Batches(names []string, part string) (list []int, taken string, parts []Folder, err error) {
	of, counts := map[string][]int{}, map[string]int{}
	for i, path := range names {
		if part := batchPart(path); part != "" {
			of[part] = append(of[part], i)
			counts[part]++
		}
	}
	if len(of) == 0 {
		return nil, "", nil, nil
	}
	if parts = folders(counts); part == "" {
		part = heldOut(func(part string) bool { return counts[part] > 0 })
	}
	if list = of[part]; part == All {
		list = append(of["train"], of["test"]...)
	}
	if list == nil {
		return nil, "", nil, &Fault{Kind: NoPart, Name: part}
	}
	sort.SliceStable(list, func(i, j int) bool { return names[list[i]] < names[list[j]] })
	if len(parts) == 1 {
		return list, "", nil, nil
	}
	return list, part, parts, nil
}
