package nn

import (
	"fmt"
	"image"
	"time"

	"sescope/kernels"
)

// Session holds the buffers of one run. Nothing is allocated after NewSession; a session is used by
// one goroutine at a time.
type Session struct {
	Timed bool // measure every layer: see Trace.Times

	model   *Model
	input   *Tensor   // the normalised picture
	out     []*Tensor // the output of every layer
	blocks  []block   // of the channel attentions
	scratch []float32 // of the Winograd convolutions, which run one after another
	prep    preprocessor
	stale   int          // the first layer that the gates of now would change, or the number of layers
	grad    []*Tensor    // gradients at the features and behind every layer of the head
	branch  *Tensor      // gradient at the last SE block's output, where layers that change it stand behind the block
	class   int          // whose gradient they hold; -1 after a run
	channel [2][]float32 // scratch of the explanations: one value a channel of the last convolution
	aside   *aside       // what Mute runs in, made by the first one
	folded  folded       // of Arithmetic
	head    []float32    // scratch of Nearest
	trace   Trace
}

// at is the output of a layer, or the normalised picture.
func (s *Session) at(layer int) *Tensor {
	if layer == picture {
		return s.input
	}
	return s.out[layer]
}

// NewSession allocates the buffers of one run.
func (m *Model) NewSession() (*Session, error) {
	s := &Session{model: m, stale: len(m.layers), class: -1}
	border := make([]int, len(m.layers)+1) // of the picture and of every layer's output: what its readers want
	for i, l := range m.layers {
		border[m.source[i]+1] = max(border[m.source[i]+1], l.Border())
	}
	s.input = NewTensor(m.Spec.Input, border[0])
	for i, l := range m.layers {
		s.out = append(s.out, NewTensor(l.Out(), border[i+1]))
	}
	scratch := 0
	for i, l := range m.layers {
		if c, ok := l.(*convLayer); ok && c.algorithm == "winograd" {
			g := kernels.Winograd(c.geometry(s.out[i], s.at(m.source[i])))
			scratch = max(scratch, g.Scratch())
		}
	}
	s.scratch = make([]float32, scratch)
	for i, l := range m.layers {
		if l, ok := l.(*attentionLayer); ok {
			s.blocks = append(s.blocks, l.open(i))
		}
		if l, ok := l.(*spatialLayer); ok {
			s.trace.Spatial = append(s.trace.Spatial, l.open())
		}
	}
	features := s.out[m.features].Shape
	s.grad = append(s.grad, NewTensor(features, 0))
	for _, l := range m.layers[m.head:] {
		s.grad = append(s.grad, NewTensor(l.Out(), 0))
	}
	if len(m.behind) > 0 {
		s.branch = NewTensor(features, 0)
	}
	s.prep = newPreprocessor(m.Spec.Input)
	for i := range s.channel {
		s.channel[i] = make([]float32, m.layers[m.conv].Out().C)
	}

	logits := s.out[len(s.out)-1].Data[:len(m.Spec.Classes)]
	s.trace = Trace{Model: m, Logits: logits, Probs: make([]float32, len(logits)), Input: s.prep.seen, Times: make([]time.Duration, len(m.layers)), session: s, Spatial: s.trace.Spatial}
	for i, l := range m.layers {
		if l.Out().H > 1 || l.Out().W > 1 {
			s.trace.Maps = append(s.trace.Maps, Map{l.Name(), s.out[i]})
		}
	}
	for i := range s.blocks {
		s.trace.Gates = append(s.trace.Gates, s.blocks[i].Excitation)
	}
	return s, nil
}

// Trace is the session's trace; before the first Run its numbers are zero and its shapes are right.
func (s *Session) Trace() *Trace { return &s.trace }

// Run classifies the centre square of a picture. The trace is valid until the next Run. An empty
// picture counts as white.
func (s *Session) Run(img *image.NRGBA) *Trace {
	start := time.Now()
	s.prep.run(s.input, img, s.model.Spec.Mean, s.model.Spec.Std)
	s.trace.Preprocess = time.Since(start)
	return s.run(0)
}

// RunTensor runs an input that was normalised elsewhere: H x W x C values without a border.
// Trace.Input stays as it was.
func (s *Session) RunTensor(values []float32) *Trace {
	in := s.input
	if len(values) != in.H*in.W*in.C {
		panic(fmt.Sprintf("nn.Session.RunTensor: %d values for an input of %dx%dx%d", len(values), in.H, in.W, in.C))
	}
	for i := range in.H * in.W {
		copy(in.Data[in.Offset(i/in.W, i%in.W):][:in.C], values[i*in.C:])
	}
	s.trace.Preprocess = 0
	return s.run(0)
}

// run runs the layers from first on.
func (s *Session) run(first int) *Trace {
	start, m := time.Now(), s.model
	last := start
	for i := first; i < len(m.layers); i++ {
		m.layers[i].Forward(s.out[i], s.at(m.source[i]), s)
		if s.Timed {
			now := time.Now()
			s.trace.Times[i], last = now.Sub(last), now
		}
	}
	s.stale, s.class = len(m.layers), -1
	t := s.model.temperature()
	for i, v := range s.trace.Logits {
		s.trace.Probs[i] = v / t
	}
	s.model.probabilities(s.trace.Probs)
	s.trace.Network = time.Since(start)
	return &s.trace
}
