// Package protocol is what page and worker say to each other.
//
// Every message is one JSON text beside at most two buffers, which are transferred, not copied: pixels or weights on the way to
// the worker; the numbers of a result (float32, little-endian, in the order of Result.planes) and the network's input picture on
// the way back. The text carries shapes, names and times only, so a frame costs no parsing of long lists.
package protocol

import (
	"encoding/binary"
	"fmt"
	"math"

	"sescope/nn"
)

// What a request asks for.
const (
	Load    = "load"    // load the network whose weights come with the request
	Run     = "run"     // run the picture that comes with the request, then explain it
	Explain = "explain" // explain the kept picture, running it first if another network was loaded since
)

// Request goes from the page to the worker.
type Request struct {
	Op    string `json:"op"`
	ID    int    `json:"id"`    // of the frame; the answer repeats it
	Model string `json:"model"` // load: the name; run, explain: the network that must answer
	Side  int    `json:"side,omitempty"`
	Want  Want   `json:"want"`
}

// Want is which explanation the page shows.
type Want struct {
	Kind  string `json:"kind"`  // an nn.Kind
	Class int    `json:"class"` // -1 follows the prediction
	Rank  string `json:"rank"`  // an nn.Ranking
	Top   int    `json:"top"`   // how many channels are drawn
}

// Reply goes from the worker to the page. Exactly one of its pointers is set, or Error.
type Reply struct {
	ID     int     `json:"id"`
	Error  string  `json:"error,omitempty"`
	Model  *Model  `json:"model,omitempty"`
	Result *Result `json:"result,omitempty"`
}

// Model is what the page needs to know about a loaded network.
type Model struct {
	Name     string            `json:"name"`
	Title    map[string]string `json:"title"`
	Note     map[string]string `json:"note,omitempty"`
	Classes  []nn.Class        `json:"classes"`
	Kinds    []string          `json:"kinds"`
	Ranks    []string          `json:"ranks"`
	HasSE    bool              `json:"hasSE"`
	LastConv string            `json:"lastConv"`
	Side     int               `json:"side"` // pixels a side of the network's input
}

// Plane is one value a pixel, row by row.
type Plane struct {
	W    int       `json:"w"`
	H    int       `json:"h"`
	Data []float32 `json:"-"`
}

// Gate is the excitation of one SE block.
type Gate struct {
	Layer string    `json:"layer"`
	H     int       `json:"h"` // of the map that it scales
	W     int       `json:"w"`
	N     int       `json:"n"`
	Scale []float32 `json:"-"` // N values, 0..1
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
	Model    string    `json:"model"`
	N        int       `json:"n"` // classes
	Logits   []float32 `json:"-"`
	Probs    []float32 `json:"-"`
	Gates    []Gate    `json:"gates"`
	Want     Want      `json:"want"`
	Class    int       `json:"class"` // the class that the heat map is about
	Heat     Plane     `json:"heat"`
	Channels []Channel `json:"channels"`
	Orders   []Order   `json:"orders"`
	Side     int       `json:"side"` // of the network's input picture
	Times    Times     `json:"times"`
}

// Times are milliseconds on the worker.
type Times struct {
	Prepare float64 `json:"prepare"`
	Network float64 `json:"network"`
	Maps    float64 `json:"maps"`
}

// Top is the index of the largest probability.
func (r *Result) Top() int { return nn.Largest(r.Probs) }

// planes lists where the numbers go, with the length that the header announces, in the order of the buffer.
func (r *Result) planes() []plane {
	list := []plane{{&r.Logits, r.N}, {&r.Probs, r.N}, {&r.Heat.Data, r.Heat.W * r.Heat.H}}
	for i := range r.Gates {
		list = append(list, plane{&r.Gates[i].Scale, r.Gates[i].N})
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

// Pack appends the numbers of r to b. It panics when a list is not as long as the header says: that is a fault of the sender.
func (r *Result) Pack(b []byte) []byte {
	for i, p := range r.planes() {
		if len(*p.data) != p.n {
			panic(fmt.Sprintf("protocol: plane %d has %d values, the header announces %d", i, len(*p.data), p.n))
		}
		for _, v := range *p.data {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b
}

// Unpack reads the numbers that Pack wrote.
func (r *Result) Unpack(b []byte) error {
	want := 0
	for _, p := range r.planes() {
		if p.n < 0 || p.n > 1<<24 {
			return fmt.Errorf("a result announces a list of %d values, expected 0 to %d", p.n, 1<<24)
		}
		want += 4 * p.n
	}
	if len(b) != want {
		return fmt.Errorf("a result came with %d bytes, expected %d", len(b), want)
	}
	values := make([]float32, want/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	for _, p := range r.planes() {
		*p.data, values = values[:p.n:p.n], values[p.n:]
	}
	return nil
}
