package nn

import (
	"fmt"
	"image"
	"slices"
	"time"
)

// Trace is what one Run leaves behind. It belongs to the session and is overwritten by the next
// Run.
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

	// Times holds what each planned layer took, in the order of Model.Planned, where the session is
	// Timed; layers that a Rerun or Mute did not run keep the time of their last run.
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

// Check reports numbers that are not finite, which a network with huge weights makes: the error
// names the first layer with one and its place.
func (t *Trace) Check() error {
	if finite(t.Logits) < 0 {
		return nil
	}
	for i, l := range t.Model.layers {
		out := t.session.out[i]
		for p := range out.H * out.W {
			y, x := p/out.W, p%out.W
			if c := finite(out.Data[out.Offset(y, x):][:out.C]); c >= 0 {
				return fmt.Errorf("network %q: layer %q gives %v in channel %d at row %d, column %d, expected finite numbers", t.Model.Spec.Name, l.Name(), out.At(y, x, c), c, y, x)
			}
		}
	}
	return nil
}

// finite is the index of the first value that is not finite, or -1.
func finite(v []float32) int {
	return slices.IndexFunc(v, func(x float32) bool { return x-x != 0 })
}
