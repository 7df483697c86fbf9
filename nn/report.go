package nn

// Report is an Evaluation in numbers: what `sescope eval --json` prints and what the page saves.
type Report struct {
	Model     string        `json:"model"`
	N         int           `json:"n"`
	Correct   int           `json:"correct"`
	Accuracy  float64       `json:"accuracy"` // correct / n
	Top5      int           `json:"top5"`
	Unsure    int           `json:"unsure"`
	ECE       float64       `json:"ece"` // expected calibration error
	Classes   []ClassReport `json:"classes"`
	Confusion [][]int       `json:"confusion"` // [label][predicted]
	Bins      []Calibration `json:"bins"`
	Gates     []GateReport  `json:"gates"`
	Against   *Against      `json:"against,omitempty"`
}

// ClassReport is one class.
type ClassReport struct {
	Class     string  `json:"class"`
	Pictures  int     `json:"pictures"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// GateReport holds the mean and standard deviation of one SE block's gates by label,
// [label][channel]; a label without pictures has an empty row.
type GateReport struct {
	Layer string      `json:"layer"`
	Mean  [][]float64 `json:"mean"`
	Std   [][]float64 `json:"std"`
}

// Against is a second network on the same pictures.
type Against struct {
	Model    string  `json:"model"`
	Correct  int     `json:"correct"`
	Accuracy float64 `json:"accuracy"`
	Top5     int     `json:"top5"`
	ECE      float64 `json:"ece"`
	Versus
}

// NewReport reports what was counted of the network of that name.
func NewReport(model string, classes []Class, e *Evaluation) *Report {
	r := &Report{Model: model, N: e.N, Correct: e.Correct, Accuracy: e.Accuracy(), Top5: e.Top5, Unsure: e.Unsure, ECE: e.ECE(), Confusion: e.Confusion, Bins: e.Bins, Gates: []GateReport{}}
	for i, c := range classes {
		r.Classes = append(r.Classes, ClassReport{c.En, e.Pictures(i), e.Precision(i), e.Recall(i)})
	}
	for block, g := range e.Gates {
		usual := GateReport{Layer: g.Layer}
		for label := range classes {
			mean, std := e.Usual(block, label)
			usual.Mean, usual.Std = append(usual.Mean, mean), append(usual.Std, std)
		}
		r.Gates = append(r.Gates, usual)
	}
	return r
}

// NewAgainst reports the second network.
func NewAgainst(model string, e *Evaluation, v Versus) *Against {
	return &Against{model, e.Correct, e.Accuracy(), e.Top5, e.ECE(), v}
}
