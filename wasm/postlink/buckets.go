package postlink

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// The words of runtime's moduledata that are used here.
const (
	moduleNames, moduleFunctions, moduleCount, moduleBuckets, moduleFirst, moduleLast, moduleData, moduleEnd, moduleWords = 1, 16, 17, 19, 20, 21, 43, 44, 45

	bucketSize    = 4 + 16 // of a findfuncbucket: the number of a function, and how much to add within the bucket
	bucketSpan    = 4096   // program counters of a bucket
	functionsNear = 8

	endOfArguments = 0xff // behind how a trace prints them
)

// moduledata finds what points to the tables: the address of their start may stand in memory by
// chance, too.
func (t *tables) moduledata() (word func(i int) int, err error) {
	start := binary.LittleEndian.AppendUint64(nil, uint64(t.base+t.start))
	err = fmt.Errorf("nothing points to them")
	for at := 0; ; at++ {
		next := bytes.Index(t.memory[at:], start)
		if next < 0 || at+next+8*moduleWords > len(t.memory) {
			return nil, err
		}
		at += next
		word := func(i int) int { return int(binary.LittleEndian.Uint64(t.memory[at+8*i:])) }
		buckets, count := word(moduleBuckets)-t.base, (word(moduleLast)-word(moduleFirst)+bucketSpan-1)/bucketSpan
		if word(moduleNames) == t.base+t.start+t.names && word(moduleFunctions) == t.base+t.start+t.records && word(moduleCount) == len(t.list)+1 &&
			word(moduleData) >= t.base+t.start+t.records && word(moduleEnd) >= word(moduleData) && word(moduleEnd) <= t.base+len(t.memory) &&
			count >= 0 && buckets >= 0 && buckets <= len(t.memory) && count <= (len(t.memory)-buckets)/bucketSize {
			return word, nil
		}
		err = fmt.Errorf("what points to them at %d is no description of %d functions", t.base+at, len(t.list))
	}
}

// thin rounds what leads from a program counter to the functions near it down to every eighth: the
// runtime looks on from there. A function has 16 buckets, which all say the same; in eight of them
// it is eight times the same.
func (t *tables) thin(kept, dropped map[uint32]bool) error {
	word, err := t.moduledata()
	if err != nil {
		return err
	}
	buckets, count := word(moduleBuckets)-t.base, (word(moduleLast)-word(moduleFirst)+bucketSpan-1)/bucketSpan
	data := word(moduleData) - t.base
	for at := range dropped {
		if from := data + int(at); !kept[at] && from >= 0 && from < len(t.memory) {
			if n := bytes.IndexByte(t.memory[from:], endOfArguments); n >= 0 {
				clear(t.memory[from : from+n+1])
			}
		}
	}
	for i := range count {
		b := t.memory[buckets+i*bucketSize:]
		n := binary.LittleEndian.Uint32(b)
		if int(n) >= len(t.list) {
			return fmt.Errorf("bucket %d leads to function %d of %d", i, n, len(t.list))
		}
		binary.LittleEndian.PutUint32(b, n-n%functionsNear)
	}
	return nil
}
