package protocol

import "sescope/nn"

// Excitation is the account of one attention block as nn gives it, and what is usual for its gates.
// The numbers travel beside the text.
type Excitation struct {
	nn.Excitation

	Signed   bool      `json:"signed,omitempty"` // the file knows what is usual
	Mean     []float32 `json:"-"`                // a channel each: the usual gates of the result's class, if Signed
	Std      []float32 `json:"-"`                // and their standard deviations
	Closest  int       `json:"closest"`          // the class whose usual gates are nearest
	Distance float32   `json:"distance"`         // to it: about 1 for a typical picture
}

func (e *Excitation) planes() []plane {
	c := e.Map.C
	var list []plane
	for i := range e.Squeezes {
		q := &e.Squeezes[i]
		list = append(list, plane{&q.Values, c}, plane{&q.Before, q.Width}, plane{&q.Hidden, q.Width})
	}
	list = append(list, plane{&e.Logits, c}, plane{&e.Own, c}, plane{&e.Scale, c})
	if e.Signed {
		list = append(list, plane{&e.Mean, c}, plane{&e.Std, c})
	}
	return list
}

// Spatial is the account of one spatial attention as nn gives it. The numbers travel beside the
// text.
type Spatial struct{ nn.Spatial }

func (s *Spatial) planes() []plane {
	n := s.Map.H * s.Map.W
	return []plane{{&s.Mean, n}, {&s.Max, n}, {&s.Logits, n}, {&s.Scale, n}, {&s.Weights, 2 * s.Kernel * s.Kernel}}
}

// Flow is one channel's way through an attention block, whose account stands in Result.Gates.
type Flow struct {
	Block int `json:"block"`
	nn.GateSum
	Before Plane `json:"before"` // the channel's map in front of its gate
	After  Plane `json:"after"`  // and behind it
}

func (f *Flow) planes() []plane {
	return []plane{{&f.Weights, f.N}, {&f.Inputs, f.N}, {&f.First, f.Width}, {&f.FirstBias, f.Width},
		{&f.Before.Data, f.Before.W * f.Before.H}, {&f.After.Data, f.After.W * f.After.H}}
}
