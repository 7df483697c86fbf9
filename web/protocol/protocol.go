// Package protocol is what page and worker say to each other.
//
// Every message is one JSON text beside buffers, which are transferred, not copied: pixels or
// weights on the way to the worker; the numbers of a result (float32, little-endian, in the order
// of Result.planes), the network's input picture, and the numbers and pictures of the open panel on
// the way back. The text carries shapes, names and times only, so a frame costs no parsing of long
// lists.
package protocol

import "sescope/nn"

// What a request asks for.
const (
	Load    = "load"    // load the network whose weights come with the request
	Run     = "run"     // run the picture that comes with the request, then explain it
	Explain = "explain" // explain the kept picture, running it first if another network was loaded since
)

// Request goes from the page to the worker.
type Request struct {
	Op    string `json:"op"`
	ID    int    `json:"id"`             // of the frame; the answer repeats it
	Model string `json:"model"`          // load: the name; run, explain: the network that must answer
	Side  int    `json:"side,omitempty"` // run: of the picture; convert: where the file leaves it open
	Want  Want   `json:"want"`
	Look  *Look  `json:"look,omitempty"`  // run, explain: what the open panel shows
	Audit *Audit `json:"audit,omitempty"` // mute
	Bits  int    `json:"bits,omitempty"`  // makebits; load: round the weights first, and send the smaller file back
	Heavy bool   `json:"heavy,omitempty"` // load, second: however many multiply-adds it needs
	Spec  string `json:"spec,omitempty"`  // load: the spec, if it does not stand in the file's header

	Test  *TestJob  `json:"test,omitempty"`  // test
	Teach *TeachJob `json:"teach,omitempty"` // examine, learn, hold

	Gates []Override `json:"gates,omitempty"` // what the person set; the other blocks have their own gates
}

// Want is which explanation the page shows.
type Want struct {
	Kind  nn.Kind `json:"kind"`  // "" is what the network shows best
	Class int     `json:"class"` // -1 follows the prediction
	Rank  string  `json:"rank"`  // an nn.Ranking
	Top   int     `json:"top"`   // how many channels are drawn

	Against int `json:"against"` // whom Why compares the class with: a class, RunnerUp or Alone

	Peek *Peek `json:"peek,omitempty"` // the channel that the person looks at

	Strip   bool `json:"strip,omitempty"`   // the stations' small pictures and times
	Without bool `json:"without,omitempty"` // what the answer would be without the peeked channel
	Fresh   bool `json:"fresh,omitempty"`   // another source began: the small pictures may be of other channels
}

// Reply goes from the worker to the page. Model or Result is set, or Error.
type Reply struct {
	ID       int       `json:"id"`
	Error    string    `json:"error,omitempty"`
	NoSpec   bool      `json:"nospec,omitempty"` // beside Error, to Load: the file does not describe its network
	NoSize   bool      `json:"nosize,omitempty"` // beside Error, to Convert: the file leaves the size of its pictures open
	Work     int       `json:"work,omitempty"`   // beside Error, to Load: multiply-adds for one picture, more than nn.MaxWork
	Model    *Model    `json:"model,omitempty"`
	Result   *Result   `json:"result,omitempty"`
	Panel    *Panel    `json:"panel,omitempty"`    // beside Result, if the request had a Look
	Drops    []float32 `json:"drops,omitempty"`    // to Mute
	BitsSize *BitsSize `json:"bitsSize,omitempty"` // to MakeBits
	Tried    []Tried   `json:"tried,omitempty"`    // to Try, in the order of Compared.Columns
	Tested   *Tested   `json:"tested,omitempty"`   // to Test; its numbers come beside it

	Batch    *Batch    `json:"batch,omitempty"`    // to Records
	Examined *Examined `json:"examined,omitempty"` // to Examine
	Lesson   *Lesson   `json:"lesson,omitempty"`   // to Learn and Hold
}

// Model is what the page needs to know about a loaded network.
type Model struct {
	Name      string            `json:"name"`
	Title     map[string]string `json:"title"`
	Note      map[string]string `json:"note,omitempty"`
	Classes   []nn.Class        `json:"classes"`
	Kinds     []nn.Kind         `json:"kinds"`
	Ranks     []string          `json:"ranks"`
	GatesHead bool              `json:"gatesHead"` // the gates of its last block scale the channels that the head reads, and not those inside a bottleneck
	LastConv  string            `json:"lastConv"`
	Blocks    []Block           `json:"blocks"`
	Mean      []float32         `json:"mean"` // of the pictures that it was trained on: red, green, blue, 0..1
	Side      int               `json:"side"` // pixels in a row of the network's input
	High      int               `json:"high"` // its rows; 0 is as many
	Grey      bool              `json:"grey"` // it has one channel
	Layers    []MapLayer        `json:"layers"`
	Table     []LayerRow        `json:"table"`
	Bytes     int               `json:"bytes"` // of its file
	Card      *nn.Card          `json:"card,omitempty"`
	Spec      string            `json:"spec,omitempty"` // where it came from another network's file
	Rejects   bool              `json:"rejects"`        // it has a rule for "not sure"
	Stations  []Station         `json:"stations"`
	Inputs    int               `json:"inputs"` // numbers in front of its answer; only to Base
}

// Input is the size of the network's input in pixels.
func (m *Model) Input() (w, h int) {
	if m.High == 0 {
		return m.Side, m.Side
	}
	return m.Side, m.High
}

// MACs is how many multiply-adds one picture takes.
func (m *Model) MACs() (n int) {
	for _, row := range m.Table {
		n += row.MACs
	}
	return n
}

// LayerRow is one layer of the spec, and what it costs for one picture.
type LayerRow struct {
	nn.LayerSpec
	H         int    `json:"h"` // of its output
	W         int    `json:"w"`
	C         int    `json:"c"`
	Params    int    `json:"params"`
	MACs      int    `json:"macs"`
	Algorithm string `json:"algorithm,omitempty"`
	Sketch    string `json:"sketch,omitempty"` // of an attention layer: see nn.LayerInfo.Sketch
}

// MapLayer is a step of the network whose feature maps can be seen.
type MapLayer struct {
	Name  string `json:"name"`  // in PyTorch's words, of the last layer in it
	Op    string `json:"op"`    // of the first: what it does
	Index int    `json:"index"` // among those of one op, from 1
	H     int    `json:"h"`
	W     int    `json:"w"`
	C     int    `json:"c"`
}

// Plane is one value a pixel, row by row.
type Plane struct {
	W    int       `json:"w"`
	H    int       `json:"h"`
	Data []float32 `json:"-"`
}

// Block is one attention block of a network.
type Block struct {
	Layer string `json:"layer"`
	Kind  string `json:"kind"` // of nn.AttentionKinds
	H     int    `json:"h"`    // of the map that it scales
	W     int    `json:"w"`
	N     int    `json:"n"` // channels
}

// Peek names a channel of an SE block.
type Peek struct {
	Block   int `json:"block"`
	Channel int `json:"channel"`
}

// Peeked is that channel's map in front of its gate.
type Peeked struct {
	Peek
	Mean   float32  `json:"mean"`
	Brings *float32 `json:"brings,omitempty"` // to the logit of the map's class, in the last block of a network that can be taken apart
	Map    Plane    `json:"map"`

	Without *Without `json:"without,omitempty"` // if Want asked for it
}

// Without is what the network says when one channel's gate is 0.
type Without struct {
	P    float32 `json:"p"`    // of the result's class, and
	With float32 `json:"with"` // with the channel
	Top  int     `json:"top"`  // the answer
	TopP float32 `json:"topP"`
}

// Rejection is what the network's own rule says: how much the picture looks like what it knows.
type Rejection struct {
	Score     float32 `json:"score"`
	Threshold float32 `json:"threshold"`
	Sure      bool    `json:"sure"`
	Strange   bool    `json:"strange"` // it looks like nothing that the network knows
}

// Channel is one channel of the last convolution.
type Channel struct {
	Channel int     `json:"channel"`
	Mean    float32 `json:"mean"`
	Gate    float32 `json:"gate"`
	Map     Plane   `json:"map"`
}

// Order is how one ranking orders the channels, strongest first.
type Order struct {
	By       string `json:"by"`
	Channels []int  `json:"channels"`
}

// Result is what a network says about one frame.
type Result struct {
	Model     string       `json:"model"`
	N         int          `json:"n"` // classes
	Logits    []float32    `json:"-"`
	Probs     []float32    `json:"-"`
	Touched   bool         `json:"touched,omitempty"` // some gates were not the network's own
	Base      []float32    `json:"-"`                 // N probabilities with the network's own gates, if Touched
	Gates     []Excitation `json:"gates"`             // by attention block
	Spatial   []Spatial    `json:"spatial,omitempty"`
	Want      Want         `json:"want"`
	Class     int          `json:"class"` // the class that the heat map is about
	Heat      Plane        `json:"heat"`
	Channels  []Channel    `json:"channels"`
	Orders    []Order      `json:"orders"`
	Rejection *Rejection   `json:"rejection,omitempty"` // nil where the network has no rule
	Peeked    *Peeked      `json:"peeked,omitempty"`
	Why       *Why         `json:"why,omitempty"`   // nil where the network's head is no sum over channels
	Strip     *Strip       `json:"strip,omitempty"` // if Want asked for it
	Times     Times        `json:"times"`
}

// Times are milliseconds on the worker.
type Times struct {
	Prepare float64 `json:"prepare"`
	Network float64 `json:"network"`
	Maps    float64 `json:"maps"`
}

// Top is the index of the largest probability.
func (r *Result) Top() int { return nn.Largest(r.Probs) }

// planes lists where the numbers go, with the length that the header announces, in the order of the
// buffer.
func (r *Result) planes() []plane {
	list := []plane{{&r.Logits, r.N}, {&r.Probs, r.N}, {&r.Heat.Data, r.Heat.W * r.Heat.H}}
	for i := range r.Gates {
		list = append(list, r.Gates[i].planes()...)
	}
	for i := range r.Spatial {
		list = append(list, r.Spatial[i].planes()...)
	}
	if r.Touched {
		list = append(list, plane{&r.Base, r.N})
	}
	if r.Peeked != nil {
		list = append(list, plane{&r.Peeked.Map.Data, r.Peeked.Map.W * r.Peeked.Map.H})
	}
	if r.Why != nil {
		list = append(list, plane{&r.Why.Maps, len(r.Why.Terms) * r.Why.W * r.Why.H})
	}
	if r.Strip != nil {
		list = append(list, plane{&r.Strip.Ms, r.Strip.N})
	}
	for i := range r.Channels {
		m := &r.Channels[i].Map
		list = append(list, plane{&m.Data, m.W * m.H})
	}
	return list
}

type plane struct {
	data *[]float32
	n    int
}

// Pack appends the numbers of r to b.
func (r *Result) Pack(b []byte) []byte { return pack(b, r.planes()) }

// Unpack reads the numbers that Pack wrote. A heat map of a kind that is none is an error.
func (r *Result) Unpack(b []byte) error {
	if _, err := nn.ParseKind(string(r.Want.Kind)); err != nil {
		return err
	}
	return unpack(b, r.planes())
}
