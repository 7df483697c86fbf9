package protocol

// Mute asks how much the logit of a class falls when channels of an SE block are taken out, one
// after the other, from Audit.From on; the kept frame has to be the request's. The answer is
// Reply.Drops.
const Mute = "mute"

// Audit is a step of the honesty audit.
type Audit struct {
	Block int `json:"block"`
	Class int `json:"class"`
	From  int `json:"from"`
	Count int `json:"count"`

	// Odds asks for the fall of the class's log odds, log(p / (1 - p)), instead of its logit's:
	// what the answer loses, when other classes' logits move with it.
	Odds bool `json:"odds,omitempty"`
}

// MakeBits asks for the first network once more with fewer bits a weight. The answer is
// Reply.BitsSize.
const MakeBits = "makebits"

// BitsSize is what weights of fewer bits come to.
type BitsSize struct {
	Bits  int `json:"bits"`
	Bytes int `json:"bytes"` // of the tensors, if every quantised weight took its bits
	Full  int `json:"full"`  // of the tensors as the file has them
}

// Bits is the frame's answer with fewer bits a weight.
type Bits struct {
	Bits  int       `json:"bits"`
	N     int       `json:"n"`
	Probs []float32 `json:"-"`
	Heat  Plane     `json:"heat"`  // of the stage's kind, for the stage's class
	Shift float32   `json:"shift"` // the largest difference of the two maps, as a share of the larger map's span
}
