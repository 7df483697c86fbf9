package view

import (
	"fmt"

	"sescope/nn"
	"sescope/web/protocol"
)

// Bits is the state of the bits slider.
type Bits struct {
	Bits  int                // 8, 6 or 4; 0: the weights as the file has them
	Size  *protocol.BitsSize // nil while it is made
	Tried int                // samples that were tried
	Flips []int              // of them, those whose answer changed
	Busy  bool               // samples are still tried
}

// BitsSteps are the slider's stops, from the file's own weights to the fewest bits.
var BitsSteps = []int{0, 8, 6, 4}

// BitsText says what the frame's answer becomes, and BitsFlips what happens to the samples.
func (s *State) BitsText() string {
	w := s.Words()
	if s.Bits.Bits == 0 || s.Shown == nil {
		return w.BitsOff
	}
	if s.Bits.Size == nil || s.Panel == nil || s.Panel.Bits == nil || s.Panel.Bits.Bits != s.Bits.Bits {
		return w.BitsMaking
	}
	b, r := s.Panel.Bits, s.Shown.Result
	top, now := r.Top(), nn.Largest(b.Probs)
	name := func(c int) string { return s.Name(s.Shown.Model.Classes[c]) }
	text := fmt.Sprintf(w.BitsSame, name(top), percent(float64(r.Probs[top])), percent(float64(b.Probs[top])))
	if top != now {
		text = fmt.Sprintf(w.BitsFlip, name(top), name(now))
	}
	return text + w.Space + fmt.Sprintf(w.BitsMap, share(float64(b.Shift)))
}

// BitsSize compares the bytes.
func (s *State) BitsSize() string {
	b := s.Bits.Size
	if s.Bits.Bits == 0 || b == nil {
		return ""
	}
	return fmt.Sprintf(s.Words().BitsSize, Bytes(b.Bytes), Bytes(b.Full), fmt.Sprintf("%.0f", 100*float64(b.Bytes)/float64(max(1, b.Full))))
}

// BitsFlips tells how many samples change their answer.
func (s *State) BitsFlips() string {
	b, w := s.Bits, s.Words()
	if b.Bits == 0 || b.Size == nil {
		return ""
	}
	names := ""
	for i, f := range b.Flips {
		if i > 0 {
			names += w.Comma
		}
		names += s.sampleName(s.Film()[f])
	}
	switch {
	case b.Busy:
		return fmt.Sprintf(w.BitsTrying, b.Tried, len(s.Film()))
	case len(b.Flips) == 0:
		return fmt.Sprintf(w.BitsNoFlip, len(s.Film()))
	}
	return fmt.Sprintf(w.BitsFlips, len(b.Flips), len(s.Film()), names)
}

// BitsLabel is what the slider stands at.
func (s *State) BitsLabel() string {
	if s.Bits.Bits == 0 {
		return s.Words().BitsAsIs
	}
	return fmt.Sprintf(s.Words().BitsN, s.Bits.Bits)
}
