package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// A report is what `sescope eval --json` prints and the page saves.
type report struct {
	Model     string  `json:"model"`
	N         int     `json:"n"`
	Correct   int     `json:"correct"`
	Top5      int     `json:"top5"`
	Unsure    int     `json:"unsure"`
	Accuracy  float64 `json:"accuracy"`
	ECE       float64 `json:"ece"`
	Confusion [][]int `json:"confusion"`
	Classes   []struct {
		Class             string
		Pictures          int
		Precision, Recall float64
	} `json:"classes"`
	Gates []struct {
		Layer     string
		Mean, Std [][]float64
	} `json:"gates"`
	Against *struct {
		Model                              string
		Correct                            int
		Both, First, Second, Neither, Same int
	} `json:"against"`
	Unmatched []struct {
		Folder string
		Files  int
	} `json:"unmatched"`
	Skipped []json.RawMessage `json:"skipped"`
}

// evaluated is what the command line says about a set.
func evaluated(t *testing.T, args ...string) (r report) {
	t.Helper()
	out, err := exec.Command(command, append([]string{"eval", "--json"}, args...)...).Output()
	if err != nil {
		t.Fatalf("sescope eval %q: %v", args, err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// saved presses a button that saves a text and returns it.
func (p *tab) saved(id string) string {
	p.t.Helper()
	p.run("if (!e2e.texts) { e2e.texts = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { if (/json|csv/.test(blob.type)) e2e.texts.push(blob); return make.call(URL, blob) } }")
	n := eval[int](p, "e2e.texts.length")
	p.run("document.getElementById(" + quote(id) + ").click()")
	p.wait("a file of "+id, fmt.Sprintf("e2e.texts.length > %d", n))
	return eval[string](p, fmt.Sprintf("e2e.texts[%d].text()", n))
}

// equalReports holds the page to the command line: whole numbers are equal, sums of float32 to
// their rounding.
func equalReports(t *testing.T, what string, got, want report) {
	t.Helper()
	near := func(name string, a, b float64) {
		if math.Abs(a-b) > 1e-5 {
			t.Errorf("%s: %s is %v on the page and %v on the command line", what, name, a, b)
		}
	}
	if got.N != want.N || got.Correct != want.Correct || got.Top5 != want.Top5 || got.Unsure != want.Unsure || !reflect.DeepEqual(got.Confusion, want.Confusion) || !reflect.DeepEqual(got.Unmatched, want.Unmatched) || len(got.Skipped) != len(want.Skipped) {
		t.Errorf("%s: the page says %+v\nthe command line %+v", what, got, want)
	}
	near("accuracy", got.Accuracy, want.Accuracy)
	near("ECE", got.ECE, want.ECE)
	if len(got.Gates) != len(want.Gates) || len(got.Classes) != len(want.Classes) {
		t.Fatalf("%s: %d blocks and %d classes on the page, %d and %d on the command line", what, len(got.Gates), len(got.Classes), len(want.Gates), len(want.Classes))
	}
	for i, g := range want.Gates {
		for label := range g.Mean {
			if len(g.Mean[label]) != len(got.Gates[i].Mean[label]) {
				t.Fatalf("%s: gates of %s, label %d: %d and %d", what, g.Layer, label, len(got.Gates[i].Mean[label]), len(g.Mean[label]))
			}
			for c := range g.Mean[label] {
				near(fmt.Sprintf("mean gate %s %d %d", g.Layer, label, c), got.Gates[i].Mean[label][c], g.Mean[label][c])
				if math.Abs(got.Gates[i].Std[label][c]-g.Std[label][c]) > 1e-3 { // the root of a small difference
					t.Errorf("%s: deviation of gate %s %d %d", what, g.Layer, label, c)
				}
			}
		}
	}
	for i, c := range want.Classes {
		near("precision of "+c.Class, got.Classes[i].Precision, c.Precision)
		near("recall of "+c.Class, got.Classes[i].Recall, c.Recall)
	}
}

// testRuns is how many tests have ended on the page.
func (p *tab) testRuns() int {
	p.t.Helper()
	return eval[int](p, "Number((document.getElementById('test-status') || { dataset: { runs: 0 } }).dataset.runs)")
}

// tests does what begins a test and returns its report.
func (p *tab) tests(begin func()) (r report) {
	p.t.Helper()
	n := p.testRuns()
	begin()
	p.wait("the test to end", fmt.Sprintf("Number(document.getElementById('test-status').dataset.runs) > %d && %s", n, testDone))
	if err := json.Unmarshal([]byte(p.saved("test-json")), &r); err != nil {
		p.t.Fatal(err)
	}
	return r
}

const testDone = "document.getElementById('test-json') && document.getElementById('test-json').checkVisibility() && !document.getElementById('test-json').disabled"

// The page's figures of a CIFAR-10 file are those of the command line; a cell of the matrix opens
// its pictures, and a picture opens on the stage.
func TestOwnTestSet(t *testing.T) {
	var bin []byte
	for i := range 260 {
		bin = append(bin, record(i%10, drawn(uint64(i)))...)
	}
	file := write(t, "test_batch.bin", bin)
	p := open(t, filmCamera)
	p.press("5")
	p.wait("the panel", "document.getElementById('test-open') && document.querySelector('.tdrop').checkVisibility()")
	p.gallery("testset-empty")
	p.choose("test-versus", "bits 4")
	got := p.tests(func() { p.setFiles("testset", file) })
	weights := filepath.Join(dist, asset(t, "models/live.safetensors"))
	four := filepath.Join(t.TempDir(), "four.safetensors")
	if out, err := exec.Command(command, "quantize", weights, four, "--bits", "4").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := evaluated(t, weights, file, "--against", four)
	equalReports(t, "the .bin file", got, want)
	if got.N != 260 || got.Against == nil || got.Against.Same != want.Against.Same || got.Against.Correct != want.Against.Correct || got.Against.First != want.Against.First || got.Against.Second != want.Against.Second {
		t.Errorf("against 4 bits: %+v on the page, %+v on the command line", got.Against, want.Against)
	}
	lines := strings.Split(strings.TrimSpace(p.saved("test-csv")), "\n")
	if len(lines) != 261 || !strings.HasPrefix(lines[0], "picture,label,predicted,p,score,sure") || !strings.HasPrefix(lines[1], "test_batch.bin record 0,airplane,") {
		t.Errorf("the CSV has %d lines: %q", len(lines), lines[:2])
	}
	p.wait("the matrix", "e2e.colours('test-confusion') > 8 && e2e.colours('test-gates') > 30")
	if n := eval[int](p, "document.querySelectorAll('#test-classes tbody tr').length"); n != 10 {
		t.Errorf("%d classes in the table", n)
	}

	// The chosen cell is the most frequent mistake; its pictures are there, and one opens.
	most, label, predicted := 0, 0, 0
	for i, row := range got.Confusion {
		for j, n := range row {
			if i != j && n > most {
				most, label, predicted = n, i, j
			}
		}
	}
	p.wait("the pictures of the cell", fmt.Sprintf("document.querySelectorAll('#test-pictures img').length === %d && [...document.querySelectorAll('#test-pictures img')].every((i) => i.complete && i.naturalWidth === 32)", min(most, 40)))
	if text := p.text("test-cell"); !strings.Contains(strings.ToLower(text), cifarNames[label]) || !strings.Contains(text, cifarNames[predicted]) {
		t.Errorf("the cell is called %q, expected %s taken for %s", text, cifarNames[label], cifarNames[predicted])
	}
	n := p.count()
	p.run("document.querySelector('#test-pictures button').click()")
	name := eval[string](p, "document.querySelector('#test-pictures button').getAttribute('aria-label').split(':')[0]")
	d := p.after(n, name, "")
	if d.Top[0].Class != cifarNames[predicted] {
		t.Errorf("%s is %s on the stage and %s in the test", name, d.Top[0].Class, cifarNames[predicted])
	}
	p.wait("its label on the stage", "document.getElementById('verdict').innerText.includes('"+cifarNames[label]+"')")
	var record int
	fmt.Sscanf(name, "test_batch.bin record %d", &record)
	single := write(t, "one.png", encodePNG(drawn(uint64(record))))
	if diff := far(d.Logits, sescope(t, "live", single).Logits); diff > 1e-5 {
		t.Errorf("the stage's logits of a record differ from those of its pixels by %.1e", diff)
	}

	// Keys move through both charts.
	p.run("document.getElementById('test-confusion-slot').focus()")
	p.press(kb.Home)
	p.wait("the first cell", "document.getElementById('test-cell').innerText.startsWith('Airplane recognised')")
	p.press(kb.ArrowRight)
	p.wait("the next cell", "document.getElementById('test-cell').innerText.startsWith('Airplane taken for automobile')")
	p.run("document.getElementById('test-gates-slot').focus()")
	p.press(kb.End)
	p.wait("the last gate", "/^Truck, channel \\d+: 0\\.\\d+ ± 0\\.\\d+ \\(pictures: 26\\)/.test(document.getElementById('test-gate').innerText)")
	before := p.text("test-gate")
	p.choose("test-block", "1")
	p.wait("another block's gates", "document.getElementById('test-gate').innerText !== "+quote(before))
	p.gallery("testset")
	p.accessible(axe(t), "a tested set")

	// Another network tests the same file; one of other classes says why it cannot.
	p.choose("test-versus", "")
	p.model("simple-se")
	equalReports(t, "another network", p.tests(func() { p.click("test-run") }), evaluated(t, filepath.Join(dist, asset(t, "models/simple-se.safetensors")), file))
	p.model("live")
	p.choose("test-versus", "objects")
	p.click("test-run")
	p.wait("a sentence", "document.getElementById('test-trouble').innerText.includes('cannot be compared')")
	p.wait("it to be offered no more", "![...document.querySelectorAll('#test-versus option')].some((o) => o.value === 'objects')")
	p.model("objects")
	p.click("test-run")
	p.wait("a sentence", "document.getElementById('test-trouble').innerText.includes('CIFAR-10')")
}

// Zips and folders: the same figures as the command line's, what is left out is named, and no name
// is markup.
func TestTestSetOfPictures(t *testing.T) { inBoth(t, testTestSetOfPictures) }

func testTestSetOfPictures(t *testing.T, in device) {
	files := testFiles(45)
	archive, below := write(t, "set.zip", zipped(files)), folder(t, files)
	p := open(t, in)
	weights := filepath.Join(dist, asset(t, "models/live.safetensors"))
	want := evaluated(t, weights, archive)
	if want.N != 46 || len(want.Unmatched) != 2 || len(want.Skipped) != 4 {
		t.Fatalf("the command line says %+v", want)
	}
	equalReports(t, "the zip", p.tests(func() { p.setFiles("file", archive) }), want) // wherever it is opened
	left := p.text("test-left")
	for _, says := range []string{"set/teapot", "files: 2", "broken.png", "notes.txt", "empty.png", "huge.png", "<img src=x onerror=alert(1)>"} {
		if !strings.Contains(left, says) {
			t.Errorf("what was left out reads %q, expected %q in it", left, says)
		}
	}
	if !in.isFirefox() {
		p.gallery("testset-zip")
	}
	equalReports(t, "the folder on the command line", evaluated(t, weights, below), want)
	equalReports(t, "the dropped folder", p.tests(func() { p.dropped(files) }), want)
	if in.isFirefox() {
		return // its remote protocol chooses no folders
	}
	equalReports(t, "the chosen folder", p.tests(func() { p.setFiles("testfolder", below) }), want)
}

// model chooses a network and waits until it answers.
func (p *tab) model(name string) {
	p.t.Helper()
	n := p.count()
	p.choose("model", name)
	p.after(n, "", name)
}

// Sets that cannot be used: a sentence in both languages, and the page has what it had.
func TestBadTestSets(t *testing.T) {
	p := open(t, filmCamera)
	before := p.kept()
	good := zipped(testFiles(3))
	encrypted := bytes.Clone(good)
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1
	damaged := bytes.Clone(good)
	damaged[60] ^= 0xff
	for name, c := range map[string]struct {
		file, en, zh string
		b            []byte
	}{
		"cut":        {"cut.zip", "no zip, or was cut off", "不是 zip", good[:len(good)/2]},
		"encrypted":  {"secret.zip", "encrypted", "已加密", encrypted},
		"no classes": {"other.zip", "no pictures in folders", "没有按类别", zipped([]testFile{{"a/1.png", encodePNG(drawn(1))}})},
		"empty zip":  {"empty.zip", "no pictures in folders", "没有按类别", zipped(nil)},
		"length":     {"odd.bin", "multiple of 3073", "3073 的倍数", make([]byte, 3074)},
		"empty file": {"empty.bin", "multiple of 3073", "3073 的倍数", nil},
		"label":      {"label.bin", "label 99", "标签是 99", append([]byte{99}, make([]byte, 3072)...)},
	} {
		p.setFiles("testset", write(t, c.file, c.b))
		p.wait(name+": "+c.en, "document.getElementById('test-trouble') && document.getElementById('test-trouble').innerText.includes("+quote(c.en)+") && document.getElementById('test-trouble').innerText.includes("+quote(c.file)+")")
		p.click("lang-zh")
		p.wait(name+": "+c.zh, "document.getElementById('test-trouble').innerText.includes("+quote(c.zh)+")")
		p.click("lang-en")
		p.wait(name+": English again", "document.getElementById('test-trouble').innerText.includes("+quote(c.en)+")")
		if after := p.kept(); after != before {
			t.Errorf("%s: the page had %s and has now %s", name, before, after)
		}
	}
	p.dropped([]testFile{{"set/nothing/.hidden", nil}})
	p.wait("the empty folder", "document.getElementById('test-trouble').innerText.includes('no pictures in folders')")
	p.gallery("testset-trouble")
	// One damaged picture of a zip is left out; the others count.
	if r := p.tests(func() { p.setFiles("testset", write(t, "damaged.zip", damaged)) }); r.N != 3 || !strings.Contains(p.text("test-left"), "other bytes") {
		t.Errorf("a zip with a damaged picture: %+v, left out %q", r, p.text("test-left"))
	}
}

// A worker that ends in the middle is replaced and its pictures run again: the figures are the
// same. A cancelled run ends at once and keeps what it has.
func TestTestSetWorkerDiesAndCancel(t *testing.T) {
	var bin []byte
	for i := range 600 {
		bin = append(bin, record(i%10, drawn(uint64(i%60)))...)
	}
	file := write(t, "long.bin", bin)
	p := open(t, filmCamera)
	p.allow(`console.log: "panic:`)
	want := p.tests(func() { p.setFiles("testset", file) })
	// A worker that is given pictures ends instead, once.
	p.run(`e2e.made = []; e2e.killed = 0; const make = sescope.newWorker;
		sescope.newWorker = () => { const w = make(); e2e.made.push(w); const post = w.postMessage.bind(w);
			w.postMessage = (m, t) => { if (e2e.kill > 0 && m.text && m.text.includes('"op":"test"')) { e2e.kill--; e2e.killed++; post(null) } else post(m, t) }; return w };
		e2e.kill = 1`)
	got := p.tests(func() { p.click("test-run") })
	if killed := eval[int](p, "e2e.killed"); killed != 1 {
		t.Errorf("%d workers were ended, expected one", killed)
	}
	if !reflect.DeepEqual(got, want) { // to the last bit: pieces are counted in their order
		t.Errorf("with a lost worker %+v\nwithout %+v", got, want)
	}

	// Every worker ends with its piece: a sentence, and the stage goes on.
	p.run("e2e.kill = 1000")
	p.click("test-run")
	p.wait("a sentence", "document.getElementById('test-trouble').innerText.includes('kept stopping')")
	p.run("e2e.kill = 0")
	n := p.count()
	p.click("sample-frog")
	p.after(n, "frog.svg", "live")

	// Cancel: the camera that was held goes on, and no worker of the run lives.
	p.click("camera")
	p.after(p.count(), "camera", "")
	p.run(`e2e.made = []; e2e.answers = 0;
		const again = sescope.newWorker; sescope.newWorker = () => { const w = again(), end = w.terminate.bind(w); w.terminate = () => { w.ended = true; end() };
			w.addEventListener('message', (event) => { if (event.data.numbers) { e2e.answers++; if (e2e.answers === 1) document.getElementById('test-run').click() } }); return w }`)
	p.click("test-run")
	p.wait("the run to be cancelled", "e2e.answers > 0 && /^Stopped/.test(document.getElementById('test-status').innerText)")
	p.wait("all its workers to be gone", "e2e.made.length > 0 && e2e.made.every((w) => w.ended)")
	n = p.count()
	p.after(n, "camera", "")
}

// Ten thousand pictures, as CIFAR-10's test set has them, are all counted; how long they took is
// told, not judged: the machine may be busy. SESCOPE_DATA may name a folder with
// cifar10/test-a.bin, whose 5,000 records are then taken twice.
func TestTenThousand(t *testing.T) {
	var bin []byte
	if data := os.Getenv("SESCOPE_DATA"); data != "" {
		b, err := os.ReadFile(filepath.Join(data, "cifar10", "test-a.bin"))
		if err != nil {
			t.Fatal(err)
		}
		bin = append(append(bin, b...), b...)
	} else {
		records := make([][]byte, 60)
		for i := range records {
			records[i] = record(i%10, drawn(uint64(i)))
		}
		for i := range 10_000 {
			bin = append(bin, records[i%60]...)
		}
	}
	file := write(t, "test_batch.bin", bin)
	p := open(t, filmCamera)
	p.setFiles("testset", file)
	for deadline := time.Now().Add(5 * time.Minute); !eval[bool](p, "!!("+testDone+")"); {
		if time.Now().After(deadline) {
			t.Fatalf("after five minutes: %s", p.text("test-status"))
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Log(p.text("test-status"))
	var got report
	if err := json.Unmarshal([]byte(p.saved("test-json")), &got); err != nil {
		t.Fatal(err)
	}
	all := 0
	for label, row := range got.Confusion {
		n := 0
		for _, v := range row {
			n += v
		}
		if n != got.Classes[label].Pictures {
			t.Errorf("class %d has %d pictures and a row of %d", label, got.Classes[label].Pictures, n)
		}
		all += n
	}
	t.Logf("%d right", got.Correct)
	if got.N != 10_000 || all != got.N {
		t.Errorf("%d pictures, %d in the matrix", got.N, all)
	}
}
