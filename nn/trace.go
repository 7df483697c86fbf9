package nn

import (
	"image"
	"time"
)

// Trace is what one Run leaves behind. It belongs to the session and is overwritten by the next Run.
type Trace struct {
	Model   *Model
	Logits  []float32    // one per class
	Probs   []float32    // softmax(Logits / temperature)
	Gates   []Excitation // one per attention block, in the order of the network
	Spatial []Spatial    // one per block of spatial attention
	Input   *image.NRGBA // the picture that the network saw, at its input size
	Maps    []Map        // the kept feature maps, in the order of the network

	Preprocess time.Duration // pixels to normalised input
	Network    time.Duration // input to logits

	// Times holds what each planned layer took, in the order of Model.Planned, where the session is Timed; layers that a Rerun or Mute did not
	// run keep the time of their last run.
	Times []time.Duration

	session *Session
}

// Map is one kept feature map.
type Map struct {
	Layer string // the name of the last layer fused into it, for example "layer1.2"
	*Tensor
}

// Top returns the index of the largest logit.
func (t *Trace) Top() int { return Largest(t.Logits) }
