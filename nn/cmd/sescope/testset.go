package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/semaphore"

	"sescope/nn"
	"sescope/nn/dataset"
	"sescope/nn/dataset/pickled"
)

// testSet is a list of labelled pictures. open may be called from several goroutines; it hands a
// picture and its label, which a CIFAR file tells only then, to use, and bounds what is decoded at
// a time.
type testSet struct {
	classes   []nn.Class // that the labels count
	pictures  []dataset.Picture
	unmatched []dataset.Folder
	skipped   []string
	by        dataset.By
	part      string
	parts     []dataset.Folder // of which part is one, with their pictures, or CIFAR's files
	cifar     bool
	open      func(p dataset.Picture, use func(img *image.NRGBA, label int)) error
	close     func() error
}

// inFlight bounds the pixels of all pictures that are decoded at a time to those of the largest: a
// picture takes up to 12 bytes a pixel.
var inFlight = semaphore.NewWeighted(maxPixels)

// decodeFor decodes a picture and hands it on while it counts as in flight.
func decodeFor(name string, b []byte, use func(img *image.NRGBA)) error {
	pixels := int64(1)
	if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width > 0 && c.Height > 0 {
		pixels = min(maxPixels, int64(c.Width)*int64(c.Height))
	}
	if err := inFlight.Acquire(context.Background(), pixels); err != nil {
		return err
	}
	defer inFlight.Release(pixels)
	img, err := decodePicture(name, b)
	if err == nil {
		use(img)
	}
	return err
}

// openDataset opens CIFAR's files, an archive (zip, tar, tar.gz) or a folder of pictures by class.
// Where classes are nil, the folders' names are the classes. Part chooses one of several: see
// dataset.Arrange.
func openDataset(path string, classes []nn.Class, part string) (*testSet, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fileError(path, err)
	case info.IsDir():
		return openFolder(path, classes, part)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file, expected a test set", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	set, err := openFile(f, path, int(info.Size()), classes, part)
	if err != nil {
		f.Close()
		return nil, err
	}
	if set.close == nil {
		set.close = f.Close
	}
	return set, nil
}

func openFile(f *os.File, path string, size int, classes []nn.Class, part string) (*testSet, error) {
	head := make([]byte, 512)
	n, _ := f.ReadAt(head, 0) // a shorter file is none of these
	head = head[:n]
	read := func(at, n int) ([]byte, error) {
		b := make([]byte, n)
		if _, err := f.ReadAt(b, int64(at)); err != nil {
			return nil, fileError(path, err)
		}
		return b, nil
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK")) || strings.EqualFold(filepath.Ext(path), ".zip"):
		entries, skipped, err := listZip(path, size, read)
		if err != nil {
			return nil, err
		}
		return openArchive(archive{path, entries, skipped, func(e *dataset.Entry) ([]byte, error) { return unpack(f, e) }}, classes, part)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return openGzip(f, path, classes, part)
	case dataset.IsTar(head):
		entries, skipped, err := dataset.Tar(path, size, read)
		if err != nil {
			return nil, err
		}
		return openArchive(archive{path, entries, skipped, func(e *dataset.Entry) ([]byte, error) { return read(e.At, e.Size) }}, classes, part)
	case classes == nil:
		return nil, fmt.Errorf("%s is neither a folder nor a zip nor a tar, expected pictures by class", path)
	case dataset.IsPickle(head) || len(classes) == 100 && dataset.IsFine(size):
		if size > maxBytes {
			return nil, &dataset.Fault{Kind: dataset.TooLarge, Name: path, Expected: maxBytes}
		}
		b, err := read(0, size)
		if err != nil {
			return nil, err
		}
		records, of, err := pickled.Batch(path, b)
		if err != nil {
			return nil, err
		}
		return openRecords(bytes.NewReader(records), path, len(records), of, classes)
	}
	return openRecords(f, path, size, 10, classes)
}

// openGzip unpacks a tar.gz into a file that is gone with the program.
func openGzip(f *os.File, path string, classes []nn.Class, part string) (*testSet, error) {
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: the gzip file is damaged", path)
	}
	to, err := os.CreateTemp("", "sescope")
	if err != nil {
		return nil, err
	}
	done := func() error {
		to.Close()
		return os.Remove(to.Name())
	}
	n, err := io.Copy(to, io.LimitReader(z, dataset.MaxTar+1))
	switch head := make([]byte, 512); {
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, new(flate.CorruptInputError)):
		err = fmt.Errorf("%s: the gzip file is damaged, or cut off", path)
	case err != nil:
	case n > dataset.MaxTar:
		err = &dataset.Fault{Kind: dataset.TooLarge, Name: path, Expected: dataset.MaxTar}
	default:
		to.ReadAt(head, 0)
		if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
			err = fmt.Errorf("%s is packed twice, expected a tar in it", path)
		}
	}
	var set *testSet
	if err == nil {
		set, err = openFile(to, path, int(n), classes, part)
	}
	if err != nil {
		done()
		return nil, err
	}
	set.close = func() error { f.Close(); return done() }
	return set, nil
}

// openRecords opens CIFAR's records, of CIFAR-10 or CIFAR-100.
func openRecords(r io.ReaderAt, path string, size, of int, classes []nn.Class) (*testSet, error) {
	n, err := dataset.Records(path, size, of, len(classes))
	if err != nil {
		return nil, err
	}
	set := &testSet{classes: classes, cifar: true}
	for i := range n {
		set.pictures = append(set.pictures, dataset.Picture{Name: dataset.RecordName(path, i), At: i})
	}
	set.open = func(p dataset.Picture, use func(*image.NRGBA, int)) error {
		var b [dataset.Record]byte
		if _, err := r.ReadAt(b[:], int64(p.At)*dataset.Record); err != nil {
			return fileError(path, err)
		}
		img := image.NewNRGBA(image.Rect(0, 0, dataset.Side, dataset.Side))
		label, err := dataset.Unpack(img.Pix, b[:], path, p.At, of)
		if err == nil {
			use(img, label)
		}
		return err
	}
	return set, nil
}

// listZip lists a zip with the reader that the page has, so that both take and refuse the same
// archives.
func listZip(path string, size int, read func(at, n int) ([]byte, error)) ([]dataset.Entry, []dataset.Skip, error) {
	n := min(size, dataset.TailSize)
	tail, err := read(size-n, n)
	if err != nil {
		return nil, nil, err
	}
	at, length, err := dataset.Directory(path, tail, size)
	if err != nil {
		return nil, nil, err
	}
	dir, err := read(at, length)
	if err != nil {
		return nil, nil, err
	}
	return dataset.Entries(path, dir, size, gbk)
}

// An archive is a set of files; read may be called from several goroutines.
type archive struct {
	path    string
	entries []dataset.Entry
	skipped []dataset.Skip
	read    func(e *dataset.Entry) ([]byte, error)
}

func openArchive(a archive, classes []nn.Class, part string) (*testSet, error) {
	var names []string
	for _, e := range a.entries {
		names = append(names, e.Name)
	}
	if classes == nil {
		classes, part = dataset.Classes(names), dataset.All
	}
	read := func(i int) ([]byte, error) { return a.read(&a.entries[i]) }
	set, err := arrange(a.path, names, names, read, classes, part)
	if fault := new(dataset.Fault); errors.As(err, &fault) && fault.Kind == dataset.NoPictures && len(a.skipped) > 0 {
		s := a.skipped[0] // no picture is left, and this says why
		return nil, fmt.Errorf("%s: no pictures: %w", a.path, &dataset.Fault{Kind: s.Why, Name: s.Name, Got: s.Got})
	}
	if err != nil {
		return nil, err
	}
	for _, s := range a.skipped {
		set.skipped = append(set.skipped, (&dataset.Fault{Kind: s.Why, Name: s.Name, Got: s.Got}).Error())
	}
	return set, nil
}

// unpack reads one file of a zip, never more than its directory announces.
func unpack(f *os.File, e *dataset.Entry) ([]byte, error) {
	var head [30]byte
	f.ReadAt(head[:], int64(e.At)) // what is short is no header
	skip, err := e.Data(head[:])
	if err != nil {
		return nil, err
	}
	var r io.Reader = io.NewSectionReader(f, int64(e.At+skip), int64(e.Packed))
	if e.Deflate {
		r = flate.NewReader(r)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(r, int64(e.Size)+1)); err != nil {
		return nil, &dataset.Fault{Kind: dataset.Damaged, Name: e.Name}
	}
	return b.Bytes(), e.Check(b.Bytes())
}

// arrange makes a set of files: shown are their names in messages, read reads one.
func arrange(path string, names, shown []string, read func(i int) ([]byte, error), classes []nn.Class, part string) (*testSet, error) {
	set := &testSet{classes: classes}
	if batches, taken, parts, err := dataset.Batches(names, part); err != nil {
		return nil, err
	} else if batches != nil {
		return openBatches(path, names, batches, read, classes, taken, parts)
	}
	table := ""
	if i := dataset.Table(names); i >= 0 {
		b, err := read(i)
		if err != nil {
			return nil, err
		}
		if table, err = plainText(b); err != nil {
			return nil, fmt.Errorf("%s: %v, expected a table of labels", shown[i], err)
		}
	}
	a, err := dataset.Arrange(names, table, part, set.classes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	set.pictures, set.unmatched, set.by, set.part, set.parts = a.Pictures, a.Unmatched, a.By, a.Part, a.Parts
	if len(set.pictures) == 0 {
		return nil, nothing(path, set.unmatched)
	}
	set.open = func(p dataset.Picture, use func(*image.NRGBA, int)) error {
		b, err := read(p.At)
		if err != nil {
			return err
		}
		return decodeFor(shown[p.At], b, func(img *image.NRGBA) { use(img, p.Label) })
	}
	return set, nil
}

// openBatches opens the files of CIFAR that an archive or folder holds as one set.
func openBatches(path string, names []string, batches []int, read func(i int) ([]byte, error), classes []nn.Class, part string, parts []dataset.Folder) (*testSet, error) {
	var all []byte
	of := 0
	for _, i := range batches {
		b, err := read(i)
		if err != nil {
			return nil, err
		}
		records, kind, err := pickled.Batch(names[i], b)
		if err != nil {
			return nil, err
		}
		if of != 0 && kind != of {
			return nil, fmt.Errorf("%s holds files of CIFAR-10 and of CIFAR-100, expected one of them", path)
		}
		all, of = append(all, records...), kind
	}
	set, err := openRecords(bytes.NewReader(all), path, len(all), of, classes)
	if err == nil {
		set.part, set.parts = part, parts
	}
	return set, err
}

// openFolder lists the pictures below a folder.
func openFolder(path string, classes []nn.Class, part string) (*testSet, error) {
	names, files, left, err := walk(path)
	if err != nil {
		return nil, err
	}
	if classes == nil {
		var inside []string // the folder's own name is no class
		for _, name := range names {
			_, name, _ = strings.Cut(name, "/")
			inside = append(inside, name)
		}
		classes, part = dataset.Classes(inside), dataset.All
	}
	set, err := arrange(path, names, files, func(i int) ([]byte, error) { return readSmall(files[i]) }, classes, part)
	if err != nil {
		return nil, err
	}
	set.skipped, set.close = left, func() error { return nil }
	return set, nil
}

// readSmall reads a picture's file, which may have as many bytes as in an archive.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && dataset.Oversized(path, int(info.Size())) {
		return nil, &dataset.Fault{Kind: dataset.LargeFile, Name: path, Got: int(info.Size())}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	return b, nil
}

// nothing is the error about a set in which nothing names a class.
func nothing(path string, unmatched []dataset.Folder) error {
	err := &dataset.Fault{Kind: dataset.NoPictures, Name: path}
	switch {
	case len(unmatched) == 0:
		return err
	case unmatched[0].Name == "":
		return fmt.Errorf("%w; found files in no folder", err)
	}
	return fmt.Errorf("%w; found the folder %q", err, unmatched[0].Name)
}
