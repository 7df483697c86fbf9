package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"sescope/nn"
)

// report is what eval --json prints.
type report struct {
	nn.Evaluation
	Accuracy float64       `json:"accuracy"` // correct / n
	ECE      float64       `json:"ece"`      // expected calibration error
	Classes  []classReport `json:"classes"`
	Gates    []gateReport  `json:"gates"` // in the place of the sums
}

type classReport struct {
	Class     string  `json:"class"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// gateReport holds the mean and standard deviation of one SE block's gates by label, [label][channel].
type gateReport struct {
	Layer string      `json:"layer"`
	Mean  [][]float64 `json:"mean"`
	Std   [][]float64 `json:"std"`
}

func newReport(e *nn.Evaluation, classes []nn.Class) report {
	r := report{Evaluation: *e, Accuracy: e.Accuracy(), ECE: e.ECE(), Gates: []gateReport{}}
	for i, c := range classes {
		r.Classes = append(r.Classes, classReport{c.En, e.Precision(i), e.Recall(i)})
	}
	for block, g := range e.Gates {
		usual := gateReport{Layer: g.Layer}
		for label := range classes {
			mean, std := e.Usual(block, label)
			usual.Mean, usual.Std = append(usual.Mean, mean), append(usual.Std, std)
		}
		r.Gates = append(r.Gates, usual)
	}
	return r
}

// dataset is a list of labelled pictures; picture may be called from several goroutines.
type dataset struct {
	names   []string
	labels  []int
	picture func(i int) (*image.NRGBA, error)
}

func evaluate(args []string, stdout, stderr io.Writer) error {
	o := newOptions("eval").withArch().withJSON()
	table := o.flags.Bool("csv", false, "")
	args, err := o.parse(args, 2, 2, "MODEL DATA")
	if err != nil {
		return err
	}
	if *table && o.json {
		return fmt.Errorf("eval: --json and --csv together, expected one of them; %w", errUsage)
	}
	m, err := load(args[0], o.arch)
	if err != nil {
		return err
	}
	set, err := openDataset(args[1], m.Spec.Classes)
	if err != nil {
		return err
	}
	var rows [][]string // of the pictures, for --csv
	if *table {
		rows = make([][]string, len(set.labels))
	}
	e, err := measure(m, set, rows, newProgress(stderr, len(set.labels)))
	switch {
	case err != nil:
		return err
	case *table:
		head := []string{"picture", "label", "predicted", "p", "score", "sure"}
		for _, c := range m.Spec.Classes {
			head = append(head, "logit "+c.En)
		}
		w := csv.NewWriter(stdout)
		w.Write(head) // errors stay in the writer until Error
		w.WriteAll(rows)
		return w.Error()
	case o.json:
		return json.NewEncoder(stdout).Encode(newReport(e, m.Spec.Classes))
	}
	fmt.Fprintf(stdout, "%s: %d of %d right, accuracy %.2f %%, among the first five %.2f %%, calibration error %.2f %%", m.Spec.Name, e.Correct, e.N, 100*e.Accuracy(), 100*float64(e.Top5)/float64(e.N), 100*e.ECE())
	if m.Spec.Reject != nil {
		fmt.Fprintf(stdout, ", not sure of %d", e.Unsure)
	}
	fmt.Fprintln(stdout)
	return nil
}

// measure classifies every picture, one session a core, and fills rows unless it is nil.
func measure(m *nn.Model, set *dataset, rows [][]string, bar *progress) (*nn.Evaluation, error) {
	next, results := make(chan int), make(chan error)
	var mu sync.Mutex
	all := nn.NewEvaluation(m)
	workers := runtime.GOMAXPROCS(0)
	for range workers {
		go func() {
			s, err := m.NewSession()
			e := nn.NewEvaluation(m)
			for i := range next { // after an error the rest is only drained, so that the sender never waits
				if err != nil {
					continue
				}
				var img *image.NRGBA
				if img, err = set.picture(i); err != nil {
					continue
				}
				trace := s.Run(img)
				if err = trace.Check(); err != nil {
					err = fmt.Errorf("%s: %v", set.names[i], err)
					continue
				}
				e.Count(set.labels[i], trace)
				if rows != nil {
					rows[i] = row(set.names[i], set.labels[i], trace)
				}
				mu.Lock()
				bar.step()
				mu.Unlock()
			}
			mu.Lock()
			all.Merge(e)
			mu.Unlock()
			results <- err
		}()
	}
	for i := range set.labels {
		next <- i
	}
	close(next)
	var failed error
	for range workers {
		if err := <-results; err != nil {
			failed = err
		}
	}
	bar.end()
	return all, failed
}

// row is what eval --csv prints of one picture: enough to fit a temperature or a threshold.
func row(name string, label int, t *nn.Trace) []string {
	classes, top := t.Model.Spec.Classes, t.Top()
	score, sure := t.Known()
	r := []string{name, classes[label].En, classes[top].En, fmt.Sprint(t.Probs[top]), fmt.Sprint(score), fmt.Sprint(sure)}
	for _, v := range t.Logits {
		r = append(r, fmt.Sprint(v))
	}
	return r
}

func openDataset(path string, classes []nn.Class) (*dataset, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return openFolder(path, classes)
	}
	return openCIFAR(path, len(classes))
}

// openCIFAR reads the CIFAR-10 binary format: records of 1 label byte and 1024 red, 1024 green, 1024 blue bytes, row by row.
func openCIFAR(path string, classes int) (*dataset, error) {
	const plane, record = 32 * 32, 1 + 3*32*32
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 || len(b)%record != 0 {
		return nil, fmt.Errorf("%s: %d bytes, expected a CIFAR-10 .bin file (a multiple of %d) or a folder of pictures by class", path, len(b), record)
	}
	set := &dataset{}
	for i := 0; i < len(b); i += record {
		if int(b[i]) >= classes {
			return nil, fmt.Errorf("%s: record %d has label %d, expected 0 to %d", path, i/record, b[i], classes-1)
		}
		set.labels = append(set.labels, int(b[i]))
		set.names = append(set.names, fmt.Sprintf("%s record %d", path, i/record))
	}
	set.picture = func(i int) (*image.NRGBA, error) {
		r := b[i*record+1 : (i+1)*record]
		img := image.NewNRGBA(image.Rect(0, 0, 32, 32))
		for p := range plane {
			copy(img.Pix[4*p:], []byte{r[p], r[plane+p], r[2*plane+p], 255})
		}
		return img, nil
	}
	return set, nil
}

// openFolder lists FOLDER/CLASS/PICTURE, CLASS a class name of the network.
func openFolder(path string, classes []nn.Class) (*dataset, error) {
	index := map[string]int{}
	var names []string
	for i, c := range classes {
		index[c.En] = i
		names = append(names, c.En)
	}
	folders, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	set := &dataset{}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		label, ok := index[folder.Name()]
		if !ok {
			return nil, fmt.Errorf("%s: folder %q is no class of the network, expected %s", path, folder.Name(), strings.Join(names, ", "))
		}
		pictures, err := os.ReadDir(filepath.Join(path, folder.Name()))
		if err != nil {
			return nil, err
		}
		for _, p := range pictures {
			if !p.IsDir() && !strings.HasPrefix(p.Name(), ".") {
				set.names = append(set.names, filepath.Join(path, folder.Name(), p.Name()))
				set.labels = append(set.labels, label)
			}
		}
	}
	if len(set.names) == 0 {
		return nil, fmt.Errorf("%s: no pictures, expected %s", path, filepath.Join("CLASS", "PICTURE"))
	}
	set.picture = func(i int) (*image.NRGBA, error) { return readPicture(set.names[i]) }
	return set, nil
}

// progress draws a bar on a terminal and nothing elsewhere.
type progress struct {
	w           io.Writer
	done, total int
	shown       int
}

func newProgress(w io.Writer, total int) *progress {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &progress{w: w, total: total, shown: -1}
		}
	}
	return &progress{w: nil, total: total}
}

func (p *progress) step() {
	p.done++
	percent := 100 * p.done / p.total
	if p.w == nil || percent == p.shown {
		return
	}
	p.shown = percent
	fmt.Fprintf(p.w, "\r[%-25s] %3d %%  %d of %d", strings.Repeat("#", percent/4), percent, p.done, p.total)
}

func (p *progress) end() {
	if p.w != nil {
		fmt.Fprint(p.w, "\n")
	}
}
