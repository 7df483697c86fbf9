package main

import (
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
	N        int     `json:"n"`
	Correct  int     `json:"correct"`
	Accuracy float64 `json:"accuracy"` // correct / n
}

// dataset is a list of labelled pictures; picture may be called from several goroutines.
type dataset struct {
	labels  []int
	picture func(i int) (*image.NRGBA, error)
}

func evaluate(args []string, stdout, stderr io.Writer) error {
	o := newOptions("eval").withArch().withJSON()
	args, err := o.parse(args, 2, 2, "MODEL DATA")
	if err != nil {
		return err
	}
	m, err := load(args[0], o.arch)
	if err != nil {
		return err
	}
	set, err := openDataset(args[1], m.Spec.Classes)
	if err != nil {
		return err
	}
	r, err := measure(m, set, newProgress(stderr, len(set.labels)))
	if err != nil {
		return err
	}
	if o.json {
		return json.NewEncoder(stdout).Encode(r)
	}
	fmt.Fprintf(stdout, "%s: %d of %d right, accuracy %.2f %%\n", m.Spec.Name, r.Correct, r.N, 100*r.Accuracy)
	return nil
}

// measure classifies every picture, one session a core.
func measure(m *nn.Model, set *dataset, bar *progress) (report, error) {
	next, results := make(chan int), make(chan error)
	var mu sync.Mutex
	r := report{N: len(set.labels)}
	workers := runtime.GOMAXPROCS(0)
	for range workers {
		go func() {
			s, err := m.NewSession()
			for i := range next { // after an error the rest is only drained, so that the sender never waits
				if err != nil {
					continue
				}
				var img *image.NRGBA
				if img, err = set.picture(i); err != nil {
					continue
				}
				right := s.Run(img).Top() == set.labels[i]
				mu.Lock()
				if right {
					r.Correct++
				}
				bar.step()
				mu.Unlock()
			}
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
	r.Accuracy = float64(r.Correct) / float64(r.N)
	return r, failed
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
	var files []string
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
				files = append(files, filepath.Join(path, folder.Name(), p.Name()))
				set.labels = append(set.labels, label)
			}
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no pictures, expected %s", path, filepath.Join("CLASS", "PICTURE"))
	}
	set.picture = func(i int) (*image.NRGBA, error) { return readPicture(files[i]) }
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
