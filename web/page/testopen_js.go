package page

import (
	"strings"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/web/browser"
	"sescope/web/view"
)

// isTestSet tells by its name whether a file is a test set.
func isTestSet(name string) bool {
	name = strings.ToLower(name)
	for _, ending := range []string{".zip", ".bin", ".tar", ".tar.gz", ".tgz", ".pkl", ".pickle"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return name == "test_batch" || strings.HasPrefix(name, "data_batch_")
}

// read lists what a file of size bytes holds: CIFAR's records or batches, or an archive of
// pictures. It blocks.
func (set *testSet) read(name string, size int, part string) error {
	head, err := browser.ReadBlob(set.blob, 0, 512)
	if err != nil {
		return err
	}
	read := func(at, n int) ([]byte, error) { return browser.ReadBlob(set.blob, at, n) }
	switch {
	case strings.HasPrefix(string(head), "PK") || strings.HasSuffix(strings.ToLower(name), ".zip"):
		err = set.list(name, size)
	case strings.HasPrefix(string(head), "\x1f\x8b") && !set.unpacked:
		if !browser.UnzipKnown() {
			return &dataset.Fault{Kind: view.NoUnzip, Name: name}
		}
		set.unpacked = true
		if set.blob, err = browser.Gunzip(set.blob, name, dataset.MaxTar); err != nil {
			return err
		}
		return set.read(name, set.blob.Get("size").Int(), part)
	case dataset.IsTar(head):
		set.entries, set.skipped, err = dataset.Tar(name, size, read)
	case dataset.IsPickle(head):
		return set.join([]string{name}, func(int) ([]byte, error) { return read(0, min(size, 4*dataset.MaxFile)) }, []int{0})
	default:
		set.of = 10
		set.records, err = dataset.Records(name, size, 10, 10) // of the network's classes: see startTest
		return err
	}
	if err != nil {
		return err
	}
	for _, e := range set.entries {
		set.names = append(set.names, e.Name)
	}
	return set.look(part)
}

// look takes CIFAR's batches of an archive or folder as one set, and reads a table of labels.
func (set *testSet) look(part string) error {
	list, taken, parts, err := dataset.Batches(set.names, part)
	if err == nil && list != nil {
		set.part, set.parts = taken, parts
		return set.join(set.names, set.file, list)
	}
	if i := dataset.Table(set.names); err == nil && i >= 0 {
		var b []byte
		if b, err = set.file(i); err == nil {
			set.table = browser.Text(b)
		}
	}
	return err
}

// file reads one file of an archive or folder.
func (set *testSet) file(i int) ([]byte, error) {
	if set.files != nil {
		return browser.ReadBlob(set.files[i], 0, min(set.files[i].Get("size").Int(), 4*dataset.MaxFile))
	}
	_, b, err := browser.Unzip(set.blob, &set.entries[i])
	return b, err
}

// join makes one blob of records of CIFAR's batches.
func (set *testSet) join(names []string, file func(i int) ([]byte, error), list []int) error {
	var parts []any
	for _, i := range list {
		b, err := file(i)
		if err != nil {
			return err
		}
		var records js.Value
		of := 0
		if dataset.IsPickle(b) {
			records, of, err = set.unpickle(names[i], b)
		} else {
			b, of, err = dataset.Batch(names[i], b)
			records = browser.BlobOf(b)
		}
		if err != nil {
			return err
		}
		if set.of != 0 && set.of != of {
			return &dataset.Fault{Kind: dataset.NotPickle, Name: names[i]}
		}
		set.of = of
		set.records += records.Get("size").Int() / dataset.Record
		parts = append(parts, records)
	}
	set.blob = js.Global().Get("Blob").New(parts)
	set.files, set.entries, set.names = nil, nil, nil
	return nil
}

// ChoosePart chooses the part of the open set that is tested: it is opened anew, since a part may
// be other files.
func (p *Page) ChoosePart(part string) {
	p.post(func() {
		if p.tests.open == nil || p.state.Test.Running {
			return
		}
		p.tests.open(part)
	})
}
