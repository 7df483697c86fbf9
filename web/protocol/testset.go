package protocol

import (
	"sescope/nn"
	"sescope/nn/dataset"
)

// Test asks for the outcomes of labelled pictures of a person's test set.
const Test = "test"

// TestJob is a piece of a test set. The blobs that come with it hold the pictures: blob 0 is the
// CIFAR-10 file or the zip, or blob i is picture i.
type TestJob struct {
	File    string          `json:"file"`              // what the set is called, for errors
	From    int             `json:"from,omitempty"`    // the first record
	Records int             `json:"records,omitempty"` // of a CIFAR-10 file; 0 for pictures
	Labels  []int           `json:"labels,omitempty"`  // of the pictures
	Entries []dataset.Entry `json:"entries,omitempty"` // of the zip
}

// Tested are the outcomes of a TestJob, in its order and without the pictures that were skipped.
type Tested struct {
	N       int        `json:"n"`
	Widths  []int      `json:"widths"` // channels of each SE block
	Two     bool       `json:"two"`    // a second network ran on the same pictures
	Skipped []TestSkip `json:"skipped,omitempty"`

	Fault *dataset.Fault `json:"fault,omitempty"` // the set is none

	Label []float32 `json:"-"` // N, as all the following; whole numbers are exact in float32
	Top   []float32 `json:"-"`
	P     []float32 `json:"-"`
	Rank  []float32 `json:"-"`
	Score []float32 `json:"-"`
	Sure  []float32 `json:"-"` // 0 or 1
	Gates []float32 `json:"-"` // N x the sum of Widths
	Top2  []float32 `json:"-"` // of the second network
	P2    []float32 `json:"-"`
	Rank2 []float32 `json:"-"`
}

// TestSkip is picture I of a job that cannot be read, and why: a view.Trouble or a dataset.Kind.
type TestSkip struct {
	I   int    `json:"i"`
	Why string `json:"why"`
}

// Add appends what one network, or two, made of a picture; second is nil without one.
func (t *Tested) Add(o nn.Outcome, second *nn.Outcome) {
	t.N++
	sure := float32(0)
	if o.Sure {
		sure = 1
	}
	t.Label, t.Top, t.P = append(t.Label, float32(o.Label)), append(t.Top, float32(o.Top)), append(t.P, o.P)
	t.Rank, t.Score, t.Sure = append(t.Rank, float32(o.Rank)), append(t.Score, o.Score), append(t.Sure, sure)
	t.Widths = t.Widths[:0]
	for _, g := range o.Gates {
		t.Widths = append(t.Widths, len(g))
		t.Gates = append(t.Gates, g...)
	}
	if t.Two = second != nil; t.Two {
		t.Top2, t.P2, t.Rank2 = append(t.Top2, float32(second.Top)), append(t.P2, second.P), append(t.Rank2, float32(second.Rank))
	}
}

// At is the outcome of picture i, and the second network's if there is one.
func (t *Tested) At(i int) (o, second nn.Outcome) {
	o = nn.Outcome{Label: int(t.Label[i]), Top: int(t.Top[i]), P: t.P[i], Rank: int(t.Rank[i]), Score: t.Score[i], Sure: t.Sure[i] != 0}
	at := i * t.width()
	for _, n := range t.Widths {
		o.Gates = append(o.Gates, t.Gates[at:at+n])
		at += n
	}
	if t.Two {
		second = nn.Outcome{Label: o.Label, Top: int(t.Top2[i]), P: t.P2[i], Rank: int(t.Rank2[i]), Sure: true}
	}
	return o, second
}

func (t *Tested) width() (n int) {
	for _, w := range t.Widths {
		n += w
	}
	return n
}

func (t *Tested) planes() []plane {
	list := []plane{{&t.Label, t.N}, {&t.Top, t.N}, {&t.P, t.N}, {&t.Rank, t.N}, {&t.Score, t.N}, {&t.Sure, t.N}, {&t.Gates, t.N * t.width()}}
	if t.Two {
		list = append(list, plane{&t.Top2, t.N}, plane{&t.P2, t.N}, plane{&t.Rank2, t.N})
	}
	return list
}

// Pack appends the numbers of t to b.
func (t *Tested) Pack(b []byte) []byte { return pack(b, t.planes()) }

// Unpack reads the numbers that Pack wrote.
func (t *Tested) Unpack(b []byte) error { return unpack(b, t.planes()) }
