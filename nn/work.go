package nn

import "fmt"

// MaxWork is how many multiply-adds for one picture a network may need unless a person asks for
// more: VGG-19's at 224 pixels and a little. It takes half a second in a browser and a few seconds
// natively; a file of a few kilobytes can ask for hours.
const MaxWork = 20_000_000_000

// WorkError is about a network of more than MaxWork multiply-adds.
type WorkError struct {
	Name string
	Work int
}

func (e *WorkError) Error() string {
	return fmt.Sprintf("%s needs %.3g billion multiply-adds for one picture, expected at most %d billion",
		e.Name, float64(e.Work)/1e9, MaxWork/1_000_000_000)
}

// Work is how many multiply-adds a layer needs for one picture, a pooling layer's window counted
// by its values.
func (l LayerInfo) Work() int {
	if l.Op == "maxpool" || l.Op == "avgpool" {
		return l.Kernel * l.Kernel * l.Shape.H * l.Shape.W * l.Shape.C
	}
	return l.MACs
}

// CheckWork returns a *WorkError for a network of more than MaxWork multiply-adds.
func (m *Model) CheckWork() error {
	infos, err := m.Spec.Describe()
	work := 0
	for _, l := range infos {
		work += l.Work()
	}
	if err == nil && work > MaxWork {
		err = &WorkError{m.file.Name, work}
	}
	return err
}
