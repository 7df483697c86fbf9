package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"runtime"
	"strings"

	"sescope/nn"
	"sescope/nn/dataset"
)

// report is what eval --json prints.
type report struct {
	nn.Report
	Unmatched []dataset.Folder `json:"unmatched"`       // folders that are no class of the network
	Skipped   []string         `json:"skipped"`         // pictures that cannot be read, with the reason
	By        dataset.By       `json:"by,omitempty"`    // what the labels come from, if not from folders
	Part      string           `json:"part,omitempty"`  // that was taken, of
	Parts     []dataset.Folder `json:"parts,omitempty"` // the parts that there are
}

// tell says what a set was taken for, where that is not plain.
func (set *testSet) tell(w io.Writer) {
	switch set.by {
	case dataset.ByTable:
		fmt.Fprintln(w, "sescope: no folder is a class: the labels are the table's")
	case dataset.ByName:
		fmt.Fprintln(w, "sescope: no folder is a class: the labels are in the files' names")
	}
	if set.parts == nil {
		return
	}
	what := "pictures"
	if set.cifar {
		what = "files"
	}
	fmt.Fprintf(w, "sescope: the set has parts:")
	for _, p := range set.parts {
		fmt.Fprintf(w, " %s (%d %s)", cmp.Or(line(p.Name), "none"), p.N, what)
	}
	fmt.Fprintf(w, "; taken: %s; --part train, test, validation or all chooses\n", cmp.Or(set.part, "none"))
}

func evaluate(args []string, stdout, stderr io.Writer) error {
	o := newOptions("eval").withArch().withJSON()
	table := o.flags.Bool("csv", false, "")
	against := o.flags.String("against", "", "")
	part := o.flags.String("part", "", "")
	args, err := o.parse(args, 2, 2, "MODEL DATA")
	if err != nil {
		return err
	}
	if *table && o.json {
		return fmt.Errorf("eval: --json and --csv together, expected one of them; %w", errUsage)
	}
	m, err := o.load(args[0])
	if err != nil {
		return err
	}
	run := &evaluation{m: m, all: m.NewEvaluation()}
	if *against != "" {
		if run.other, err = o.load(*against); err != nil {
			return err
		}
		if !sameClasses(m, run.other) {
			return fmt.Errorf("eval: %s and %s know other classes, expected two networks of the same", args[0], *against)
		}
		run.second = nn.NewEvaluation(len(m.Spec.Classes), nil)
	}
	set, err := openDataset(args[1], m.Spec.Classes, *part)
	if err != nil {
		return err
	}
	defer set.close()
	if *table {
		run.rows = csv.NewWriter(stdout)
		head := []string{"picture", "label", "predicted", "p", "score", "sure"}
		for _, c := range m.Spec.Classes {
			head = append(head, "logit "+c.En)
		}
		run.rows.Write(head) // errors stay in the writer until Error
	}
	set.tell(stderr)
	for _, f := range set.unmatched {
		fmt.Fprintf(stderr, "sescope: folder %q is no class of the network: %d files left out\n", f.Name, f.N)
	}
	if err := run.measure(set, newProgress(stderr, len(set.pictures))); err != nil {
		return err
	}
	for _, why := range set.skipped {
		fmt.Fprintf(stderr, "sescope: left out: %s\n", line(why))
	}
	e := run.all
	switch {
	case e.N == 0:
		return fmt.Errorf("%s: none of %d pictures can be read, expected pictures", args[1], len(set.pictures))
	case *table:
		run.rows.Flush()
		return run.rows.Error()
	case o.json:
		r := report{*nn.NewReport(m.Spec.Name, m.Spec.Classes, e), append([]dataset.Folder{}, set.unmatched...), append([]string{}, set.skipped...), set.by, set.part, set.parts}
		if run.other != nil {
			r.Against = nn.NewAgainst(run.other.Spec.Name, run.second, run.versus)
		}
		return json.NewEncoder(stdout).Encode(r)
	}
	fmt.Fprintf(stdout, "%s: %d of %d right, accuracy %.2f %%, among the first five %.2f %%, calibration error %.2f %%", m.Spec.Name, e.Correct, e.N, 100*e.Accuracy(), 100*float64(e.Top5)/float64(e.N), 100*e.ECE())
	if m.Spec.Reject != nil {
		fmt.Fprintf(stdout, ", not sure of %d", e.Unsure)
	}
	fmt.Fprintln(stdout)
	if v := run.versus; run.other != nil {
		fmt.Fprintf(stdout, "%s: %d of %d right, accuracy %.2f %%; the same answer for %d, only the first right for %d, only the second for %d\n", *against, run.second.Correct, e.N, 100*run.second.Accuracy(), v.Same, v.First, v.Second)
	}
	return nil
}

func sameClasses(a, b *nn.Model) bool {
	if len(a.Spec.Classes) != len(b.Spec.Classes) {
		return false
	}
	for i, c := range a.Spec.Classes {
		if c.En != b.Spec.Classes[i].En {
			return false
		}
	}
	return true
}

// evaluation is one network's run over a set, or two networks'.
type evaluation struct {
	m, other    *nn.Model // other may be nil
	all, second *nn.Evaluation
	versus      nn.Versus
	rows        *csv.Writer // one a picture, nil without --csv
}

// answer is what became of one picture.
type answer struct {
	outcome nn.Outcome // its gates are copies
	second  nn.Outcome
	row     []string
	skip    error // the picture cannot be read
	err     error // ends the run
}

// measure classifies every picture, one session a core, and counts in the order of the set, so
// that every run gives the same sums.
func (e *evaluation) measure(set *testSet, bar *progress) error {
	type task struct {
		picture dataset.Picture
		done    chan answer
	}
	cores := runtime.GOMAXPROCS(0)
	tasks, order, stop := make(chan task), make(chan task, 16*cores), make(chan struct{})
	defer close(stop)
	for range cores {
		go func() {
			work, err := e.worker(set)
			for t := range tasks {
				if err != nil {
					t.done <- answer{err: err}
				} else {
					t.done <- work(t.picture)
				}
			}
		}()
	}
	go func() {
		defer close(order)
		defer close(tasks)
		for _, p := range set.pictures {
			t := task{p, make(chan answer, 1)}
			select {
			case order <- t:
			case <-stop:
				return
			}
			tasks <- t
		}
	}()
	defer bar.end()
	for t := range order {
		a := <-t.done
		switch {
		case a.err != nil:
			return a.err
		case a.skip != nil:
			set.skipped = append(set.skipped, a.skip.Error())
		default:
			e.all.Count(a.outcome)
			if e.other != nil {
				e.second.Count(a.second)
				e.versus.Count(a.outcome.Label, a.outcome.Top, a.second.Top)
			}
			if e.rows != nil {
				e.rows.Write(a.row)
			}
		}
		bar.step()
	}
	return nil
}

// worker makes sessions of its own and returns what answers with them.
func (e *evaluation) worker(set *testSet) (func(dataset.Picture) answer, error) {
	s, err := e.m.NewSession()
	if err != nil {
		return nil, err
	}
	var other *nn.Session
	if e.other != nil {
		if other, err = e.other.NewSession(); err != nil {
			return nil, err
		}
	}
	return func(p dataset.Picture) (a answer) {
		err := set.open(p, func(img *image.NRGBA, label int) {
			a.outcome, a.err = e.outcome(s, img, p.Name, label, &a.row)
			if a.err == nil && other != nil {
				a.second, a.err = e.outcome(other, img, p.Name, label, nil)
				a.second.Gates = nil
			}
		})
		if _, wrong := err.(*dataset.Fault); wrong && set.cifar {
			return answer{err: err}
		}
		a.skip = err
		return a
	}, nil
}

// outcome runs a network on a picture; the result is a copy.
func (e *evaluation) outcome(s *nn.Session, img *image.NRGBA, name string, label int, cells *[]string) (nn.Outcome, error) {
	trace := s.Run(img)
	if err := trace.Check(); err != nil {
		return nn.Outcome{}, fmt.Errorf("%s: %v", name, err)
	}
	o := trace.Outcome(label)
	for i, g := range o.Gates {
		o.Gates[i] = append([]float32(nil), g...)
	}
	if e.rows != nil && cells != nil {
		*cells = row(name, label, trace)
	}
	return o, nil
}

// row is what eval --csv prints of one picture: enough to fit a temperature or a threshold.
func row(name string, label int, t *nn.Trace) []string {
	classes, top := t.Model.Spec.Classes, t.Top()
	score, sure := t.Rejection()
	r := []string{name, classes[label].En, classes[top].En, fmt.Sprint(t.Probs[top]), fmt.Sprint(score), fmt.Sprint(sure)}
	for _, v := range t.Logits {
		r = append(r, fmt.Sprint(v))
	}
	return r
}

// progress draws a bar on a terminal and nothing elsewhere.
type progress struct {
	w           io.Writer
	done, total int
	shown       int
}

func newProgress(w io.Writer, total int) *progress {
	if f := terminal(w); f != nil {
		return &progress{w: f, total: total, shown: -1}
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
