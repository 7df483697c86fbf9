package pickled

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"sescope/nn/dataset"
)

func is(err error, kind dataset.Kind) bool {
	var fault *dataset.Fault
	return errors.As(err, &fault) && fault.Kind == kind
}

// Batches of Python's and of the binary format give the same records.
func TestBatch(t *testing.T) {
	ten, err := os.ReadFile("testdata/ten.pickle")
	if err != nil {
		t.Fatal(err)
	}
	hundred, err := os.ReadFile("testdata/hundred.pickle")
	if err != nil {
		t.Fatal(err)
	}
	record := func(label byte, colour byte) (b []byte) {
		b = append(b, label)
		for c := range byte(3) {
			b = append(b, bytes.Repeat([]byte{colour + c}, 1024)...)
		}
		return b
	}
	want := append(record(3, 10), record(8, 20)...)
	if b, of, err := Batch("x", ten); err != nil || of != 10 || !bytes.Equal(b, want) {
		t.Errorf("CIFAR-10 of Python: %d bytes, CIFAR-%d, %v", len(b), of, err)
	}
	if b, of, err := Batch("x", want); err != nil || of != 10 || !bytes.Equal(b, want) {
		t.Errorf("CIFAR-10 as it is: %d bytes, CIFAR-%d, %v", len(b), of, err)
	}
	fine := record(99, 10)
	for name, b := range map[string][]byte{"Python": hundred, "binary": append([]byte{13}, fine...)} {
		if b, of, err := Batch("x", b); err != nil || of != 100 || !bytes.Equal(b, fine) {
			t.Errorf("CIFAR-100, %s: %d bytes, CIFAR-%d, %v", name, len(b), of, err)
		}
	}
	for cut := range len(ten) {
		if _, _, err := Records("x", ten[:cut]); !is(err, dataset.NotPickle) {
			t.Fatalf("%d bytes of a batch: %v", cut, err)
		}
	}
	bad := bytes.Replace(ten, []byte{'K', 8, 'e'}, []byte{'K', 10, 'e'}, 1)
	if _, _, err := Records("x", bad); !is(err, dataset.WrongLabel) {
		t.Errorf("label 10: %v", err)
	}
}

// No batch makes the reader panic.
func FuzzBatch(f *testing.F) {
	for _, name := range []string{"ten", "hundred"} {
		b, err := os.ReadFile("testdata/" + name + ".pickle")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if records, of, err := Batch("x", b); err == nil && (len(records)%dataset.Record != 0 || of != 10 && of != 100) {
			t.Errorf("%d bytes of CIFAR-%d", len(records), of)
		}
	})
}
