package nn

import (
	"image"
	"time"

	"sescope/kernels"
)

// Session holds the buffers of one run. Nothing is allocated after NewSession; a session is used by one goroutine at a time.
type Session struct {
	model   *Model
	input   *Tensor   // the normalised picture
	out     []*Tensor // the output of every layer
	se      []seBuffers
	row     []float32 // scratch of the squeeze, one row's sums
	scratch []float32 // of the Winograd convolutions, which run one after another
	prep    preprocessor
	grad    []*Tensor    // gradients at the input of the head's layers, and at the logits: head first
	class   int          // whose gradient they hold; -1 after a run
	channel [2][]float32 // scratch of the explanations: one value a channel of the last convolution
	trace   Trace
}

type seBuffers struct {
	squeeze, hidden, gate *Tensor
	row                   []float32
}

// NewSession allocates the buffers of one run.
func (m *Model) NewSession() (*Session, error) {
	s := &Session{model: m}
	border := func(i int) int {
		if i < len(m.layers) {
			return m.layers[i].Border()
		}
		return 0
	}
	s.input = NewTensor(m.Spec.Input, border(0))
	widest := 0
	for i, l := range m.layers {
		s.out = append(s.out, NewTensor(l.Out(), border(i+1)))
		widest = max(widest, l.Out().C)
	}
	s.row = make([]float32, widest)
	src, scratch := s.input, 0
	for i, l := range m.layers {
		if c, ok := l.(*convLayer); ok && c.winograd {
			g := kernels.Winograd(c.geometry(s.out[i], src))
			scratch = max(scratch, g.Scratch())
		}
		src = s.out[i]
	}
	s.scratch = make([]float32, scratch)
	for _, l := range m.se {
		c, width := l.Out().C, l.fc1.Out().C
		s.se = append(s.se, seBuffers{NewTensor(Shape{1, 1, c}, 0), NewTensor(Shape{1, 1, width}, 0), NewTensor(Shape{1, 1, c}, 0), make([]float32, c)})
	}
	for i := m.head - 1; i < len(m.layers); i++ {
		s.grad = append(s.grad, NewTensor(s.out[i].Shape, 0))
	}
	s.prep = newPreprocessor(m.Spec.Input)
	for i := range s.channel {
		s.channel[i] = make([]float32, m.layers[m.conv].Out().C)
	}

	logits := s.out[len(s.out)-1].Data[:len(m.Spec.Classes)]
	s.trace = Trace{Model: m, Logits: logits, Probs: make([]float32, len(logits)), Input: s.prep.seen, session: s}
	for i, l := range m.layers {
		if l.Out().H > 1 || l.Out().W > 1 {
			s.trace.Maps = append(s.trace.Maps, Map{l.Name(), s.out[i]})
		}
		if se, ok := l.(*seLayer); ok {
			s.trace.Gates = append(s.trace.Gates, Gate{l.Name(), l.Out(), s.se[se.index].gate.Data[:l.Out().C]})
		}
	}
	return s, nil
}

// Trace is the session's trace; before the first Run its numbers are zero and its shapes are right.
func (s *Session) Trace() *Trace { return &s.trace }

// Run classifies the centre square of a picture. The trace is valid until the next Run. An empty picture counts as white.
func (s *Session) Run(img *image.NRGBA) *Trace {
	start := time.Now()
	s.prep.run(s.input, img, s.model.Spec.Mean, s.model.Spec.Std)
	prepared := time.Now()
	src := s.input
	for i, l := range s.model.layers {
		l.Forward(s.out[i], src, s)
		src = s.out[i]
	}
	s.class = -1
	kernels.Softmax(s.trace.Probs, s.trace.Logits)
	s.trace.Preprocess, s.trace.Network = prepared.Sub(start), time.Since(prepared)
	return &s.trace
}
