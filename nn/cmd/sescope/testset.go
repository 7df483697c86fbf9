package main

import (
	"bytes"
	"compress/flate"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sescope/nn"
	"sescope/nn/dataset"
)

// testSet is a list of labelled pictures; open may be called from several goroutines, and gives
// the label, too, which a CIFAR-10 file tells only then.
type testSet struct {
	classes   []nn.Class // that the labels count
	pictures  []dataset.Picture
	unmatched []dataset.Folder
	skipped   []string
	cifar     bool
	open      func(p dataset.Picture) (*image.NRGBA, int, error)
	close     func() error
}

// openDataset opens a CIFAR-10 .bin file, a zip or a folder of pictures by class. Where classes are nil, the folders' names are the
// classes.
func openDataset(path string, classes []nn.Class) (*testSet, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	if info.IsDir() {
		return openFolder(path, classes)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	var magic [4]byte
	f.ReadAt(magic[:], 0) // a shorter file is no zip
	open := openCIFAR
	if string(magic[:2]) == "PK" || strings.EqualFold(filepath.Ext(path), ".zip") {
		open = openZip
	}
	set, err := open(f, path, int(info.Size()), classes)
	if err != nil {
		f.Close()
		return nil, err
	}
	set.close = f.Close
	return set, nil
}

func openCIFAR(f *os.File, path string, size int, classes []nn.Class) (*testSet, error) {
	if classes == nil {
		return nil, fmt.Errorf("%s is neither a folder nor a zip, expected pictures by class", path)
	}
	n, err := dataset.Records(path, size, len(classes))
	if err != nil {
		return nil, err
	}
	set := &testSet{classes: classes, cifar: true}
	for i := range n {
		set.pictures = append(set.pictures, dataset.Picture{Name: dataset.RecordName(path, i), At: i})
	}
	set.open = func(p dataset.Picture) (*image.NRGBA, int, error) {
		var b [dataset.Record]byte
		if _, err := f.ReadAt(b[:], int64(p.At)*dataset.Record); err != nil {
			return nil, 0, fileError(path, err)
		}
		img := image.NewNRGBA(image.Rect(0, 0, dataset.Side, dataset.Side))
		label, err := dataset.Unpack(img.Pix, b[:], path, p.At)
		return img, label, err
	}
	return set, nil
}

// openZip lists a zip with the reader that the page has, so that both take and refuse the same
// archives.
func openZip(f *os.File, path string, size int, classes []nn.Class) (*testSet, error) {
	read := func(at, n int) ([]byte, error) {
		b := make([]byte, n)
		if _, err := f.ReadAt(b, int64(at)); err != nil {
			return nil, fileError(path, err)
		}
		return b, nil
	}
	n := min(size, dataset.TailSize)
	tail, err := read(size-n, n)
	if err != nil {
		return nil, err
	}
	at, length, err := dataset.Directory(path, tail, size)
	if err != nil {
		return nil, err
	}
	dir, err := read(at, length)
	if err != nil {
		return nil, err
	}
	entries, skipped, err := dataset.Entries(path, dir, size)
	if err != nil {
		return nil, err
	}
	set := &testSet{}
	for _, s := range skipped {
		set.skipped = append(set.skipped, (&dataset.Fault{Kind: s.Why, Name: s.Name}).Error())
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	if set.classes = classes; classes == nil {
		set.classes = dataset.Classes(names)
	}
	set.pictures, set.unmatched = dataset.Label(names, set.classes)
	if len(set.pictures) == 0 {
		return nil, nothing(path, set.unmatched)
	}
	set.open = func(p dataset.Picture) (*image.NRGBA, int, error) {
		b, err := unpack(f, &entries[p.At])
		if err != nil {
			return nil, 0, err
		}
		img, err := decodePicture(p.Name, b)
		return img, p.Label, err
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

// openFolder lists the pictures below a folder.
func openFolder(path string, classes []nn.Class) (*testSet, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	var names, files []string
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return fileError(file, err)
		}
		if d.IsDir() {
			return nil
		}
		if len(files) == dataset.MaxFiles {
			return &dataset.Fault{Kind: dataset.TooMany, Name: path, Got: dataset.MaxFiles + 1, Of: dataset.MaxFiles}
		}
		below, err := filepath.Rel(filepath.Dir(root), file) // the folder's own name may be a class
		names, files = append(names, filepath.ToSlash(below)), append(files, file)
		return err
	})
	if err != nil {
		return nil, err
	}
	set := &testSet{classes: classes, close: func() error { return nil }}
	if classes == nil {
		var inside []string // the folder's own name is no class
		for _, name := range names {
			inside = append(inside, name[len(filepath.Base(root))+1:])
		}
		set.classes = dataset.Classes(inside)
	}
	set.pictures, set.unmatched = dataset.Label(names, set.classes)
	if len(set.pictures) == 0 {
		return nil, nothing(path, set.unmatched)
	}
	set.open = func(p dataset.Picture) (*image.NRGBA, int, error) {
		img, err := readPicture(files[p.At])
		return img, p.Label, err
	}
	return set, nil
}

// nothing is the error about a set of which no folder is a class.
func nothing(path string, unmatched []dataset.Folder) error {
	err := &dataset.Fault{Kind: dataset.NoPictures, Name: path}
	if len(unmatched) == 0 {
		return err
	}
	return fmt.Errorf("%w; found %q", err, unmatched[0].Name)
}
