package page

import (
	"errors"
	"strconv"
	"strings"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// testSet is the open test set: the browser's handles of its files, and their names. Nothing of a picture is held here.
type testSet struct {
	blob    js.Value   // the CIFAR-10 file or the zip; undefined for a folder
	records int        // of a CIFAR-10 file
	files   []js.Value // of a folder
	names   []string   // of the files
	entries []dataset.Entry
	skipped []dataset.Skip // of the zip
	froze   bool           // the run holds the camera
}

// isTestSet tells by its name whether a file is a test set.
func isTestSet(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".zip") || strings.HasSuffix(name, ".bin")
}

// OpenTestFile shows the browser's file dialog for a test set.
func (p *Page) OpenTestFile() { p.post(func() { browser.ByID("testset").Call("click") }) }

// OpenTestFolder shows the dialog for a folder.
func (p *Page) OpenTestFolder() { p.post(func() { browser.ByID("testfolder").Call("click") }) }

// openTest begins another set; the former one's figures go, because they would stand under a wrong name.
func (p *Page) openTest(name string) turns.Ticket {
	p.endTest()
	p.forgetThumbs()
	turn := p.sets.Begin()
	p.tests = testSet{}
	p.state.Test = view.TestSet{Name: name, Opening: true, Runs: p.state.Test.Runs, Versus: p.state.Test.Versus}
	p.openTab(view.TabTest)
	return turn
}

// opened ends the opening: with the sentence why it failed, or with a run.
func (p *Page) opened(turn turns.Ticket, set testSet, err error) {
	if !turn.Current() {
		return
	}
	t := &p.state.Test
	t.Opening = false
	var fault *dataset.Fault
	switch {
	case errors.As(err, &fault):
		t.Fault = fault
	case err != nil:
		t.Trouble = err.Error()
	default:
		p.tests = set
		p.startTest()
	}
	p.renderSoon()
}

// openTestFile opens a CIFAR-10 file or a zip.
func (p *Page) openTestFile(file js.Value) {
	name, size := file.Get("name").String(), file.Get("size").Int()
	turn := p.openTest(name)
	go func() {
		set := testSet{blob: file}
		head, err := browser.ReadBlob(file, 0, 2)
		switch {
		case err != nil:
		case string(head) == "PK" || strings.HasSuffix(strings.ToLower(name), ".zip"):
			err = set.list(name, size)
		default:
			set.records, err = dataset.Records(name, size, 10, 10) // of the network's classes: see startTest
		}
		p.post(func() { p.opened(turn, set, err) })
	}()
}

// list reads a zip's directory.
func (set *testSet) list(name string, size int) error {
	if !browser.UnzipKnown() {
		return &dataset.Fault{Kind: view.NoUnzip, Name: name}
	}
	n := min(size, dataset.TailSize)
	tail, err := browser.ReadBlob(set.blob, size-n, n)
	if err != nil {
		return err
	}
	at, length, err := dataset.Directory(name, tail, size)
	if err != nil {
		return err
	}
	dir, err := browser.ReadBlob(set.blob, at, length)
	if err != nil {
		return err
	}
	if set.entries, set.skipped, err = dataset.Entries(name, dir, size, nil); err != nil {
		return err
	}
	for _, e := range set.entries {
		set.names = append(set.names, e.Name)
	}
	return nil
}

// openTestFolder opens a folder that was chosen: every file knows its path below it.
func (p *Page) openTestFolder(files js.Value) {
	if files.Length() == 0 {
		return // cancelled, or an empty folder: browsers do not tell which
	}
	name, _, _ := strings.Cut(files.Index(0).Get("webkitRelativePath").String(), "/")
	turn := p.openTest(name)
	var set testSet
	for i := range min(files.Length(), dataset.MaxFiles+1) {
		set.files = append(set.files, files.Index(i))
		set.names = append(set.names, files.Index(i).Get("webkitRelativePath").String())
	}
	p.openedFiles(turn, name, set)
}

// openDropped opens folders that were dropped; entries are the browser's, and are walked by boot.js.
func (p *Page) openDropped(entries js.Value) {
	name := entries.Index(0).Get("name").String()
	turn := p.openTest(name)
	go func() {
		list, err := browser.Await(p.boot.Call("walk", entries, dataset.MaxFiles+1))
		p.post(func() {
			if err != nil {
				p.opened(turn, testSet{}, err)
				return
			}
			var set testSet
			for i := range list.Length() {
				set.files = append(set.files, list.Index(i).Get("file"))
				set.names = append(set.names, list.Index(i).Get("path").String())
			}
			p.openedFiles(turn, name, set)
		})
	}()
}

func (p *Page) openedFiles(turn turns.Ticket, name string, set testSet) {
	var err error
	switch {
	case !browser.UnzipKnown():
		err = &dataset.Fault{Kind: view.NoUnzip, Name: name}
	case len(set.files) > dataset.MaxFiles:
		err = &dataset.Fault{Kind: dataset.TooMany, Name: name, Got: dataset.MaxFiles, Of: dataset.MaxFiles}
	}
	p.opened(turn, set, err)
}

// ChooseVersus chooses what the next run compares the network with.
func (p *Page) ChooseVersus(choice string) {
	p.post(func() {
		p.state.Test.Versus = choice
		p.renderSoon()
	})
}

// ToggleTest runs the open set once more with the present network, or cancels the run.
func (p *Page) ToggleTest() {
	p.post(func() {
		t := &p.state.Test
		switch {
		case t.Running:
			t.Stopped = true
			p.endTest()
		case t.Name != "" && !t.Opening:
			p.startTest()
		}
	})
}

// startTest labels the set for the present network and sets the workers to it.
func (p *Page) startTest() {
	t, set := &p.state.Test, &p.tests
	if p.model == nil || t.Fault != nil && set.records == 0 && len(set.names) == 0 {
		return // a set that could not be opened
	}
	p.forgetThumbs()
	*t = view.TestSet{Name: t.Name, Runs: t.Runs, Versus: t.Versus, Model: p.model}
	var pictures []dataset.Picture
	if set.records > 0 {
		if _, err := dataset.Records(t.Name, set.records*dataset.Record, 10, len(p.model.Classes)); err != nil {
			errors.As(err, &t.Fault)
		}
		for i := range set.records {
			pictures = append(pictures, dataset.Picture{Name: dataset.RecordName(t.Name, i), At: i})
		}
	} else {
		t.Skipped = append(t.Skipped, set.skipped...)
		if pictures, t.Unmatched = dataset.Label(set.names, p.model.Classes); len(pictures) == 0 {
			t.Fault = &dataset.Fault{Kind: dataset.NoPictures, Name: t.Name}
		}
	}
	if t.Fault == nil {
		if p.camera.live(p.state) {
			p.freeze(true)
			set.froze = true
		}
		t.Of, t.Running, t.Against = len(pictures), true, t.Versus
		var blocks []string
		for _, b := range p.model.Blocks {
			blocks = append(blocks, b.Layer)
		}
		t.Fresh(blocks, len(p.model.Classes), t.Versus != "")
		p.startWork(pictures)
	}
	p.renderSoon()
}

// endTest ends the run under way at once, whatever its workers are doing; what was counted stays.
func (p *Page) endTest() {
	p.endWork()
	t := &p.state.Test
	if !t.Running {
		return
	}
	t.Runs++
	t.Running, t.Ms = false, browser.Now()-p.work.began
	if p.tests.froze {
		p.tests.froze = false
		if p.state.Frozen && p.camera.open != nil {
			p.freeze(false)
		}
	}
	if t.Done() > 0 {
		t.Label, t.Predicted = t.WorstCell()
		p.showThumbs()
	}
	p.panel.due = true
	p.renderSoon()
}

// piece is the request about some pictures, and the blobs that come with it.
func (set *testSet) piece(name string, pictures []dataset.Picture) (*protocol.TestJob, []any) {
	job := &protocol.TestJob{File: name}
	if set.records > 0 {
		job.From, job.Records = pictures[0].At, len(pictures)
		return job, []any{set.blob}
	}
	var blobs []any
	for _, picture := range pictures {
		job.Labels = append(job.Labels, picture.Label)
		if set.files != nil {
			blobs = append(blobs, set.files[picture.At])
		} else {
			job.Entries = append(job.Entries, set.entries[picture.At])
		}
	}
	if set.files == nil {
		blobs = []any{set.blob}
	}
	return job, blobs
}

// SaveTest saves the figures: JSON as the command line prints it, or CSV with a line a picture.
func (p *Page) SaveTest(asJSON bool) {
	p.post(func() {
		switch {
		case !p.state.Tested():
		case asJSON:
			p.saveText(p.state.TestJSON(), "application/json", "sescope-test.json")
		default:
			p.saveText(p.state.TestCSV(), "text/csv", "sescope-test.csv")
		}
	})
}

// ChooseTestBlock chooses whose gates are shown.
func (p *Page) ChooseTestBlock(index string) {
	p.post(func() {
		if i, err := strconv.Atoi(index); err == nil && i >= 0 && i < len(p.state.TestBlocks()) {
			p.state.Test.Block, p.state.Test.Channel = i, 0
			p.panel.due = true
			p.renderSoon()
		}
	})
}
