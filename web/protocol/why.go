package protocol

// What a request's Against may say beside a class.
const (
	RunnerUp = -1 // the most probable class but the one that is asked about
	Alone    = -2 // no other class: the logit itself
)

// Why takes a logit apart, or the lead of one class over another: Bias, the terms and Rest add up
// to Total. Only networks whose head is a mean and one linear layer can be taken apart, see
// nn.Trace.Why.
type Why struct {
	Class   int     `json:"class"`
	Against int     `json:"against"` // a class, or Alone
	Bias    float32 `json:"bias"`
	Terms   []Share `json:"terms"` // of the strongest channels, by magnitude
	Others  int     `json:"others"`
	Rest    float32 `json:"rest"` // of the other channels together
	Total   float32 `json:"total"`

	W    int       `json:"w"` // of a term's map
	H    int       `json:"h"`
	Maps []float32 `json:"-"` // of the terms one after the other, H x W each, as they are in front of their gates
}

// Map is the map of term i.
func (w *Why) Map(i int) Plane {
	n := w.W * w.H
	return Plane{W: w.W, H: w.H, Data: w.Maps[i*n : (i+1)*n]}
}

// Share is what one channel of the last maps brings.
type Share struct {
	Channel int     `json:"channel"`
	Value   float32 `json:"value"`
}
