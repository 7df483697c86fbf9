package view

import (
	"fmt"
	"strconv"

	"sescope/web/protocol"
)

// Focus is the channel that card, waterfall and gates mark: the one under the pointer or in focus,
// else the chosen one; nil before the first result and without gates.
func (s *State) Focus() *protocol.Peek {
	if s.Held != nil {
		return s.Held
	}
	return s.Chosen
}

// Settle chooses a channel where a person has chosen none: in the last block the one that speaks
// loudest for the answer, in others the one with the largest gate. It tells whether that changed.
func (s *State) Settle() bool {
	if s.Shown == nil || s.Block >= len(s.Shown.Result.Gates) {
		changed := s.Chosen != nil
		s.Chosen = nil
		return changed
	}
	if c := s.Chosen; c != nil && c.Block == s.Block && c.Channel < s.Shown.Result.Gates[s.Block].Map.C {
		return false
	}
	s.Chosen, s.Picked = &protocol.Peek{Block: s.Block, Channel: s.matters(s.Block)}, false
	return true
}

// Unsettle lets Settle choose anew: another picture begins. What a person chose stays.
func (s *State) Unsettle() {
	if !s.Picked {
		s.Chosen = nil
	}
}

// Pick makes a channel the chosen one, because a person said so.
func (s *State) Pick(p protocol.Peek) { s.Chosen, s.Picked = &p, true }

// matters is the channel of a block that matters most.
func (s *State) matters(block int) int {
	r := s.Shown.Result
	if term, ok := s.loudest(); ok && block == s.HeadBlock() {
		return term
	}
	best, own := 0, r.Gates[block].Own
	for c, v := range own {
		if v > own[best] {
			best = c
		}
	}
	return best
}

// HeadBlock is the block whose gates scale the channels that the head reads, so that a row of the
// waterfall and a gate are about one channel; -1 where no block does. The gates of a bottleneck, as
// MobileNetV3 and RegNetY have them, scale other channels, however many those are.
func (s *State) HeadBlock() int {
	if s.Shown == nil || !s.Shown.Model.GatesHead {
		return -1
	}
	return len(s.Shown.Result.Gates) - 1
}

// loudest is the channel that speaks loudest for the shown class; ok is false where the logit
// cannot be taken apart, nothing speaks for it or no gate scales the channels of the head.
func (s *State) loudest() (channel int, ok bool) {
	w := s.Shown.Result.Why
	if w == nil || s.HeadBlock() < 0 || w.Class != s.Shown.Result.Class {
		return 0, false
	}
	best := float32(0)
	for _, t := range w.Terms {
		if t.Value > best {
			best, channel, ok = t.Value, t.Channel, true
		}
	}
	return channel, ok
}

// TermAt is the channel of a row of the waterfall, whose text is Fall.Term; ok is false where no
// gate scales the channels of the head.
func (s *State) TermAt(term string) (at protocol.Peek, ok bool) {
	c, err := strconv.Atoi(term)
	block := s.HeadBlock()
	return protocol.Peek{Block: block, Channel: c}, err == nil && block >= 0
}

// BlockShown tells whether the desk shows a block.
func (s *State) BlockShown(block int) bool { return s.AllBlocks || block == s.Block }

// CardMatters says why a channel is the one that the card describes.
func (s *State) CardMatters(p protocol.Peek) string {
	if c, ok := s.loudest(); ok && p.Block == s.HeadBlock() {
		if c == p.Channel {
			return fmt.Sprintf(s.T().CardMatters, s.Name(s.Shown.Model.Classes[s.Shown.Result.Class]))
		}
		return ""
	}
	if p.Block != s.HeadBlock() && s.matters(p.Block) == p.Channel {
		return s.T().CardLargest
	}
	return ""
}

func pickWords(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// Effect says what the answer would be without the channel that the card describes, "**92 → 61 %**"
// in bold; "" while that is not known.
func (s *State) Effect() string {
	k := s.Effects
	f := s.Focus()
	if k == nil || f == nil || k.Peek != *f || k.Without == nil || s.Shown == nil {
		return ""
	}
	t, m, w := s.T(), s.Shown.Model, k.Without
	if s.Shown.Result.Class >= len(m.Classes) || w.Top >= len(m.Classes) {
		return ""
	}
	if v, set := s.Desk.Blocks[f.Block].Set[f.Channel]; set && v == 0 {
		return t.WithoutMuted
	}
	text := fmt.Sprintf(t.WithoutIt, s.Name(m.Classes[s.Shown.Result.Class]), percent(float64(w.With)), percent(float64(w.P)))
	if w.Top != s.Shown.Result.Class && s.Shown.Result.Class == s.Shown.Result.Top() {
		text += fmt.Sprintf(t.WithoutTop, s.Name(m.Classes[w.Top]), percent(float64(w.TopP)))
	}
	return text
}

// Choice is a line of a list.
type Choice struct {
	Value  int
	Name   string
	Chosen bool
}

// ClassChoices are what the map can be about: the answer, whatever it is, or one class. Hundreds of
// classes are listed while the menu is open, which every render otherwise pays for.
func (s *State) ClassChoices() []Choice {
	list := []Choice{{-1, s.T().MapFollows, s.Class < 0}}
	if s.Shown == nil || s.Menu != MenuMap {
		return list
	}
	for i, c := range s.Shown.Model.Classes {
		list = append(list, Choice{i, s.Name(c), s.Class == i})
	}
	return list
}
