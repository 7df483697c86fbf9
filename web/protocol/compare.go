package protocol

// More that a request can ask for: requests about no frame on its way to the stage.
const (
	Second = "second" // load a network beside the first, to be compared with it
	Try    = "try"    // the classes of the picture that comes with the request; the kept one stays
)

// CompareLook asks for three answers about one frame: without SE, with SE, with SE and every gate
// at 1.
type CompareLook struct {
	Twin string `json:"twin"` // the second network, which was loaded by Second
}

// Compared are the three answers.
type Compared struct {
	CompareLook
	Class   int      `json:"class"`   // the heat maps are about it
	Columns []Column `json:"columns"` // without SE, with SE, with SE and its gates at 1; none while the twin is not loaded
	Tiles   int      `json:"tiles"`   // pictures of the atlas that each column has
}

// Column is one network's answer.
type Column struct {
	Model string    `json:"model"`
	N     int       `json:"n"`
	Probs []float32 `json:"-"`
	Heat  Plane     `json:"heat"` // class evidence, or Grad-CAM where that is not exact
}

// Tried is what a network says about a picture that is not shown: the class and its probability.
type Tried struct {
	Class int     `json:"class"`
	P     float32 `json:"p"`
}

// Twin is the second network that a request is about, "" for none.
func (r *Request) Twin() string {
	if r.Look == nil || r.Look.Compare == nil {
		return ""
	}
	return r.Look.Compare.Twin
}
