package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"text/tabwriter"

	"sescope/nn"
	"sescope/nn/dataset"
	"sescope/nn/teach"
	"sescope/weights/models"
)

// lesson is what teach --json prints.
type lesson struct {
	Model       string           `json:"model"`
	Network     string           `json:"network"` // that it was taught on
	Examples    int              `json:"examples"`
	Classes     []taughtClass    `json:"classes"`
	Folds       int              `json:"folds"` // parts that were held back in turn; 0 where nothing could be
	N           int              `json:"n"`     // pictures that were held back
	Correct     int              `json:"correct"`
	Accuracy    float64          `json:"accuracy"`
	Confusion   [][]int          `json:"confusion"` // [label][predicted]
	Temperature float32          `json:"temperature"`
	Unmatched   []dataset.Folder `json:"unmatched"` // folders that are no class
	Skipped     []string         `json:"skipped"`   // pictures that cannot be read, with the reason
}

type taughtClass struct {
	Class    string `json:"class"`
	Pictures int    `json:"pictures"`
}

func teachHead(args []string, stdout, stderr io.Writer) error {
	o := newOptions("teach").withArch().withJSON().withOut()
	network := o.flags.String("network", models.Default, "")
	args, err := o.parse(args, 1, 1, "DATA")
	if err != nil {
		return err
	}
	if err := checkOutput(o.out, ".safetensors", args[0], *network); err != nil {
		return fmt.Errorf("teach: -o: %w", err)
	}
	m, err := o.load(*network)
	if err != nil {
		return err
	}
	if _, err := m.HeadInputs(); err != nil {
		return err
	}
	set, err := openDataset(args[0], nil, dataset.All)
	if err != nil {
		return err
	}
	defer set.close()
	if n := len(set.pictures); n > teach.MaxExamples {
		return fmt.Errorf("%s: %w", args[0], &teach.Fault{Kind: teach.ManyExamples, Got: n})
	}
	for _, f := range set.unmatched {
		fmt.Fprintf(stderr, "sescope: %d files stand in no folder of a class (in %q): left out\n", f.N, f.Name)
	}
	examples, err := extract(m, set, newProgress(stderr, len(set.pictures)))
	if err != nil {
		return err
	}
	for _, why := range set.skipped {
		fmt.Fprintf(stderr, "sescope: left out: %s\n", line(why))
	}
	classes := len(set.classes)
	if err := teach.Check(examples, classes); err != nil {
		var fault *teach.Fault
		if errors.As(err, &fault) && fault.Kind == teach.NoExamples {
			return fmt.Errorf("%s: no picture of %q can be read, expected at least one of each class", args[0], set.classes[fault.Class].En)
		}
		return fmt.Errorf("%s: %w", args[0], err)
	}
	head := teach.Learn(examples, classes, nil)
	v := teach.Validate(examples, classes, head)
	head.Temperature = v.Temperature(examples)
	taught, err := teach.Network(m, strings.TrimSuffix(filepath.Base(o.out), ".safetensors"), set.classes, examples, head, v)
	if err != nil {
		return err
	}
	if _, err := saveWeights(taught.File(), o.out, args[0], *network); err != nil {
		return err
	}
	if o.json {
		l := lesson{taught.Spec.Name, m.Spec.Name, len(examples), nil, v.Folds, v.N, v.Correct, v.Accuracy(), v.Confusion, head.Temperature, append([]dataset.Folder{}, set.unmatched...), append([]string{}, set.skipped...)}
		for class, n := range teach.Count(examples, classes) {
			l.Classes = append(l.Classes, taughtClass{set.classes[class].En, n})
		}
		return json.NewEncoder(stdout).Encode(l)
	}
	fmt.Fprintf(stdout, "%s: %d classes, taught with %d pictures on %s\n", line(o.out), classes, len(examples), m.Spec.Name)
	return printValidation(stdout, v, set.classes)
}

func printValidation(stdout io.Writer, v *teach.Validation, classes []nn.Class) error {
	if v.Folds == 0 {
		_, err := fmt.Fprintln(stdout, "a class has a single picture or recording, so none could be held back to test with: no accuracy")
		return err
	}
	fmt.Fprintf(stdout, "right on pictures that were held back, one of %d parts in turn: %d of %d, %.1f %%\n\n", v.Folds, v.Correct, v.N, 100*v.Accuracy())
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "was \\ said")
	for _, c := range classes {
		fmt.Fprintf(w, "\t%s", line(c.En))
	}
	fmt.Fprintln(w)
	for label, row := range v.Confusion {
		fmt.Fprint(w, line(classes[label].En))
		for _, n := range row {
			fmt.Fprintf(w, "\t%d", n)
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// extract runs every picture of a set, one session a core; what cannot be read is added to the
// set's skipped.
func extract(m *nn.Model, set *testSet, bar *progress) ([]teach.Example, error) {
	type answer struct {
		example teach.Example
		skip    error // the picture cannot be read
		err     error // ends the run
	}
	answers := make([]answer, len(set.pictures))
	var group sync.WaitGroup
	var lock sync.Mutex
	next := 0
	for range runtime.GOMAXPROCS(0) {
		s, err := m.NewSession()
		if err != nil {
			return nil, err
		}
		group.Go(func() {
			for {
				lock.Lock()
				i := next
				next++
				lock.Unlock()
				if i >= len(set.pictures) {
					return
				}
				a := &answers[i]
				a.skip = set.open(set.pictures[i], func(img *image.NRGBA, label int) {
					a.example, a.err = teach.Extract(s, img)
					a.example.Label = label
				})
				lock.Lock()
				bar.step()
				lock.Unlock()
			}
		})
	}
	group.Wait()
	bar.end()
	var examples []teach.Example
	bursts := map[string]int{}
	for i, a := range answers {
		if a.err != nil {
			return nil, fmt.Errorf("%s: %w", set.pictures[i].Name, a.err)
		}
		if a.skip != nil {
			set.skipped = append(set.skipped, a.skip.Error())
			continue
		}
		name := teach.Burst(set.pictures[i].Name)
		if _, ok := bursts[name]; !ok {
			bursts[name] = len(bursts)
		}
		a.example.Burst = bursts[name]
		examples = append(examples, a.example)
	}
	return examples, nil
}
