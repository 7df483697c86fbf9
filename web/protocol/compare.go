package protocol

// More that a request can ask for: requests about no frame on its way to the stage.
const (
	Second = "second" // load a network beside the first, to be compared with it
	Try    = "try"    // the classes of the picture that comes with the request; the kept one stays
)

// CompareLook asks what the networks of a family say about one frame.
type CompareLook struct {
	Family []string `json:"family"` // in the columns' order; those that Second has loaded answer
}

// Compared are their answers.
type Compared struct {
	Class   int      `json:"class"`   // the heat maps are about it
	Columns []Column `json:"columns"` // of the networks that are loaded; behind them one with every gate at 1
	Tiles   int      `json:"tiles"`   // pictures of the atlas that each column has, its first maps: for a family of two
}

// Column is one network's answer.
type Column struct {
	Model  string    `json:"model"`
	Open   bool      `json:"open,omitempty"` // every gate is 1
	N      int       `json:"n"`
	Probs  []float32 `json:"-"`
	Heat   Plane     `json:"heat"`   // class evidence, or Grad-CAM where that is not exact
	Gates  int       `json:"gates"`  // of the last block of channel attention; 0 without one
	Scale  []float32 `json:"-"`      // these gates
	Places Plane     `json:"places"` // what the last spatial attention multiplies each place by; empty without one
}

// Tried is what a network says about a picture that is not shown: the class and its probability.
type Tried struct {
	Class int     `json:"class"`
	P     float32 `json:"p"`
	Open  bool    `json:"open,omitempty"` // every gate was 1
}

// Family is the family that a request is about, nil for none.
func (r *Request) Family() []string {
	if r.Look == nil || r.Look.Compare == nil {
		return nil
	}
	return r.Look.Compare.Family
}
