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

// testSet is the open test set: the browser's handles of its files, and their names. Nothing of a
// picture is held here.
type testSet struct {
	blob     js.Value   // the CIFAR-10 file or the zip; undefined for a folder
	records  int        // of CIFAR's files
	of       int        // 10 or 100: of CIFAR-10 or CIFAR-100
	files    []js.Value // of a folder
	names    []string   // of the files
	entries  []dataset.Entry
	skipped  []dataset.Skip // of the archive
	table    string         // the text of a .csv file in it
	part     string         // of CIFAR's batches, of
	parts    []dataset.Folder
	open     func(part string) // opens the same set once more
	unpickle func(name string, b []byte) (records js.Value, of int, err error)
	unpacked bool // the blob was a gzip
	froze    bool // the run holds the camera
}

// OpenTestFile shows the browser's file dialog for a test set.
func (p *Page) OpenTestFile() { p.post(func() { browser.ByID("testset").Call("click") }) }

// OpenTestFolder shows the dialog for a folder.
func (p *Page) OpenTestFolder() { p.post(func() { browser.ByID("testfolder").Call("click") }) }

// openTest begins another set; the former one's figures go, because they would stand under a wrong
// name.
func (p *Page) openTest(name string) turns.Ticket {
	p.endTest()
	p.forgetThumbs()
	turn := p.sets.Begin()
	p.tests = testSet{open: p.tests.open}
	p.state.Test = view.TestSet{Name: name, Opening: true, Runs: p.state.Test.Runs, Versus: p.state.Test.Versus, Choice: p.state.Test.Choice}
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
		set.open = p.tests.open
		p.tests = set
		p.compare.at = -1 // its first picture is the next one that is searched
		p.startTest()
	}
	p.renderSoon()
}

// openTestFile opens CIFAR's files or an archive of pictures.
func (p *Page) openTestFile(file js.Value) {
	p.openTestWith(func(part string) {
		name, size := file.Get("name").String(), file.Get("size").Int()
		turn := p.openTest(name)
		p.away(func() {
			set := testSet{blob: file, unpickle: p.unpickler(turn)}
			err := set.read(name, size, part)
			p.post(func() { p.opened(turn, set, err) })
		})
	})
}

// openTestWith opens another set, of which no part is chosen yet, and keeps how it is opened.
func (p *Page) openTestWith(open func(part string)) {
	p.tests.open = func(part string) {
		p.state.Test.Choice = part
		open(part)
	}
	p.tests.open("")
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
	if set.entries, set.skipped, err = dataset.Entries(name, dir, size, browser.GBK); err != nil {
		return err
	}
	return nil
}

// openTestFolder opens a folder that was chosen: every file knows its path below it.
func (p *Page) openTestFolder(files js.Value) {
	if files.Length() == 0 {
		return // cancelled, or an empty folder: browsers do not tell which
	}
	name, _, _ := strings.Cut(files.Index(0).Get("webkitRelativePath").String(), "/")
	var set testSet
	for i := range min(files.Length(), dataset.MaxFiles+1) {
		set.files = append(set.files, files.Index(i))
		set.names = append(set.names, files.Index(i).Get("webkitRelativePath").String())
	}
	p.openTestWith(func(part string) { p.openFolder(p.openTest(name), name, set, part) })
}

// openDropped opens folders that were dropped; entries are the browser's, and are walked by
// boot.js.
func (p *Page) openDropped(entries js.Value) {
	name := entries.Index(0).Get("name").String()
	p.openTestWith(func(part string) {
		turn := p.openTest(name)
		p.away(func() {
			list, err := browser.AwaitCall(p.boot, "walk", entries, dataset.MaxFiles+1)
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
				p.openFolder(turn, name, set, part)
			})
		})
	})
}

// openFolder opens the files of a folder.
func (p *Page) openFolder(turn turns.Ticket, name string, set testSet, part string) {
	set.unpickle = p.unpickler(turn)
	switch {
	case !browser.UnzipKnown():
		p.opened(turn, set, &dataset.Fault{Kind: view.NoUnzip, Name: name})
	case len(set.files) > dataset.MaxFiles:
		p.opened(turn, set, &dataset.Fault{Kind: dataset.TooMany, Name: name, Got: dataset.MaxFiles, Expected: dataset.MaxFiles})
	default:
		p.away(func() {
			err := set.look(part)
			p.post(func() { p.opened(turn, set, err) })
		})
	}
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
	*t = view.TestSet{Name: t.Name, Runs: t.Runs, Versus: t.Versus, Choice: t.Choice, Part: set.part, Parts: set.parts, Files: set.parts != nil, Model: p.model}
	var pictures []dataset.Picture
	if set.records > 0 {
		if _, err := dataset.Records(t.Name, set.records*dataset.Record, set.of, len(p.model.Classes)); err != nil {
			errors.As(err, &t.Fault)
		}
		for i := range set.records {
			pictures = append(pictures, dataset.Picture{Name: dataset.RecordName(t.Name, i), At: i})
		}
	} else {
		t.Skipped = append(t.Skipped, set.skipped...)
		a, err := dataset.Arrange(set.names, set.table, t.Choice, p.model.Classes)
		pictures, t.Unmatched, t.By, t.Part, t.Parts = a.Pictures, a.Unmatched, a.By, a.Part, a.Parts
		if !errors.As(err, &t.Fault) && len(pictures) == 0 {
			t.Fault = &dataset.Fault{Kind: dataset.NoPictures, Name: t.Name}
		}
	}
	if t.Fault == nil {
		if p.camera.live(p.state) {
			p.freeze(true)
			set.froze = true
		}
		t.Count, t.Running, t.Against = len(pictures), true, t.Versus
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
