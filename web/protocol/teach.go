package protocol

import (
	"sescope/nn"
	"sescope/nn/teach"
)

// What the Teach panel asks for, all of it between two frames.
const (
	Base    = "base"    // load the network that comes with the request, to teach on
	Examine = "examine" // run the pictures that come with the request, and keep what they give
	Learn   = "learn"   // learn a head from examples that were examined
	Hold    = "hold"    // test it on one more part that is held back
)

// TeachJob is a request of the Teach panel; Request.Model names the network that is taught on.
type TeachJob struct {
	IDs []int `json:"ids,omitempty"` // examine: of the blobs; learn: of the examples

	Turn    int        `json:"turn,omitempty"`    // learn: counts; hold: of the lesson that goes on
	Name    string     `json:"name,omitempty"`    // of the taught network; "" lets none answer
	Instead string     `json:"instead,omitempty"` // of the network in whose place it answers from now on; if another does, it stays
	Classes []nn.Class `json:"classes,omitempty"`
	Labels  []int      `json:"labels,omitempty"` // by example
	Bursts  []int      `json:"bursts,omitempty"`
}

// Examined is the answer to Examine.
type Examined struct {
	Skipped []TestSkip `json:"skipped,omitempty"` // pictures that cannot be read
}

// Lesson is the answer to Learn and Hold. The taught network itself comes as Reply.Model, its file
// beside it.
type Lesson struct {
	Turn    int    `json:"turn"`
	Missing []int  `json:"missing,omitempty"` // examples that have to be examined first: nothing was learned
	Fault   string `json:"fault,omitempty"`   // a teach.Kind: nothing can be learned of these
	Parts   int    `json:"parts"`             // that are held back in turn; 0 where none can be
	Done    int    `json:"done"`              // of them
	Asked   int    `json:"asked"`             // how often the loss was computed
	Ms      Millis `json:"ms"`

	// Once all parts are done:
	N         int             `json:"n,omitempty"`
	Correct   int             `json:"correct,omitempty"`
	Confusion [][]int         `json:"confusion,omitempty"` // [label][predicted]
	Predicted []int           `json:"predicted,omitempty"` // by example
	Channels  []teach.Telling `json:"channels,omitempty"`
}

// Millis are milliseconds on the worker.
type Millis struct {
	Learn float64 `json:"learn"` // from the examples to the head
	Apply float64 `json:"apply"` // from the head to the network that answers
}

// Tested tells whether all parts were held back.
func (l *Lesson) Tested() bool { return l.Parts > 0 && l.Done == l.Parts }
