package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// Desk is what the person set on the gates of one network.
type Desk struct{ Blocks []DeskBlock }

// DeskBlock is one SE block of the desk.
type DeskBlock struct {
	N    int             // channels
	Off  bool            // every gate is 1, so that SE does nothing
	Solo int             // the one channel that passes; -1 none
	Set  map[int]float32 // by channel, 0..1; 0 is muted
}

// NewDesk has every gate as the network says it.
func NewDesk(blocks []protocol.Block) *Desk {
	d := &Desk{}
	for _, b := range blocks {
		d.Blocks = append(d.Blocks, DeskBlock{N: b.N, Solo: -1, Set: map[int]float32{}})
	}
	return d
}

// block is nil where a channel does not exist.
func (d *Desk) block(p protocol.Peek) *DeskBlock {
	if p.Block < 0 || p.Block >= len(d.Blocks) || p.Channel < 0 || p.Channel >= d.Blocks[p.Block].N {
		return nil
	}
	return &d.Blocks[p.Block]
}

// Put sets a gate, clamped to 0..1. A block that was switched off comes back: who moves a gate
// wants to see it work.
func (d *Desk) Put(p protocol.Peek, v float32) {
	if b := d.block(p); b != nil && v == v {
		b.Off = false
		b.Set[p.Channel] = min(max(v, 0), 1)
	}
}

// Release gives a gate back to the network.
func (d *Desk) Release(p protocol.Peek) {
	if b := d.block(p); b != nil {
		delete(b.Set, p.Channel)
	}
}

// Mute sets a gate to 0, or gives a muted one back to the network.
func (d *Desk) Mute(p protocol.Peek) {
	if b := d.block(p); b != nil {
		if v, ok := b.Set[p.Channel]; ok && v == 0 {
			d.Release(p)
			return
		}
		d.Put(p, 0)
	}
}

// SoloOn lets one channel of a block pass alone, or all again.
func (d *Desk) SoloOn(p protocol.Peek) {
	if b := d.block(p); b != nil {
		b.Off = false
		if b.Solo == p.Channel {
			b.Solo = -1
			return
		}
		b.Solo = p.Channel
		if v, ok := b.Set[p.Channel]; ok && v == 0 { // a muted channel alone would be silence
			delete(b.Set, p.Channel)
		}
	}
}

// Switch forces a block's gates to 1, or lets SE work again.
func (d *Desk) Switch(block int) {
	if block >= 0 && block < len(d.Blocks) {
		d.Blocks[block].Off = !d.Blocks[block].Off
	}
}

// Reset gives every gate back to the network.
func (d *Desk) Reset() {
	for i := range d.Blocks {
		d.Blocks[i].Off, d.Blocks[i].Solo = false, -1
		clear(d.Blocks[i].Set)
	}
}

// Overrides is what the worker has to know.
func (d *Desk) Overrides() []protocol.Override {
	var list []protocol.Override
	for i, b := range d.Blocks {
		o := protocol.Override{Block: i, Fill: protocol.Own}
		switch {
		case b.Off:
			o.Fill = 1
		case b.Solo >= 0:
			v, ok := b.Set[b.Solo]
			if !ok {
				v = protocol.Own
			}
			o.Fill, o.Channels, o.Values = 0, []int{b.Solo}, []float32{v}
		case len(b.Set) == 0:
			continue
		default:
			for _, c := range slices.Sorted(maps.Keys(b.Set)) {
				o.Channels, o.Values = append(o.Channels, c), append(o.Values, b.Set[c])
			}
		}
		list = append(list, o)
	}
	return list
}

// Touched tells whether any gate is not the network's own.
func (d *Desk) Touched() bool { return len(d.Overrides()) > 0 }

// DeskFits tells whether the desk is that of the network whose frame is shown. Between the choice
// of another network and its first frame it is not, and channels of the one are none of the other.
func (s *State) DeskFits() bool {
	return s.Shown != nil && s.Desk != nil && s.Desk == s.Desks[s.Shown.Model.Name] && len(s.Desk.Blocks) == len(s.Shown.Result.Gates)
}

// BlockStatus is the short account of what is set on a block.
func (s *State) BlockStatus(block int) string {
	t, b := s.T(), s.Desk.Blocks[block]
	switch {
	case b.Off:
		return t.AllOne
	case b.Solo >= 0:
		return fmt.Sprintf(t.Alone, b.Solo)
	}
	muted := 0
	for _, v := range b.Set {
		if v == 0 {
			muted++
		}
	}
	var parts []string
	if muted > 0 {
		parts = append(parts, fmt.Sprintf(t.MutedCount, muted))
	}
	if set := len(b.Set) - muted; set > 0 {
		parts = append(parts, fmt.Sprintf(t.SetCount, set))
	}
	if text := s.unusualCount(block); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, t.Comma)
}

// Changed says what the person's gates changed on the shown frame, or how to change them.
func (s *State) Changed() string {
	t := s.T()
	if s.Shown == nil || len(s.Shown.Result.Gates) == 0 {
		return ""
	}
	r, m := s.Shown.Result, s.Shown.Model
	if !r.Touched {
		return pickWords(s.Touch, t.LegendTouch, t.LegendHint)
	}
	before, now := nn.Largest(r.Base), r.Top()
	was, is := s.Name(m.Classes[before]), s.Name(m.Classes[now])
	if before != now {
		return fmt.Sprintf(t.ChangedAnswer, was, percent(float64(r.Base[before])), is, percent(float64(r.Probs[now])))
	}
	return fmt.Sprintf(t.ChangedShare, upperFirst(is), percent(float64(r.Base[now])), percent(float64(r.Probs[now])))
}

// ChannelName names a channel of an SE block.
func (s *State) ChannelName(p protocol.Peek) string {
	return fmt.Sprintf(s.T().BlockChannel, s.BlockName(p.Block), p.Channel)
}

// GateWords is a gate for screen readers: its value, and what was done to it.
func (s *State) GateWords(p protocol.Peek) string {
	t, g, b := s.T(), s.Shown.Result.Gates[p.Block], s.Desk.Blocks[p.Block]
	text := fmt.Sprintf("%.2f", g.Scale[p.Channel])
	v, set := b.Set[p.Channel]
	switch {
	case b.Off:
		text += t.Comma + t.AllOne
	case b.Solo == p.Channel:
		text += t.Comma + t.Solo
	case b.Solo >= 0:
		text += t.Comma + fmt.Sprintf(t.Alone, b.Solo)
	case set && v == 0:
		text += t.Comma + t.Muted
	case set:
		text += t.Comma + t.SetByYou
	}
	if unusual(&g, p.Channel) {
		text += t.Comma + fmt.Sprintf(t.Unusual, s.Name(s.Shown.Model.Classes[s.Shown.Result.Class]))
	}
	return text
}

// Fact is a line of the card about a channel.
type Fact struct{ Name, Value string }

// ChannelFacts is what is known about a channel on the shown frame.
func (s *State) ChannelFacts(p protocol.Peek) []Fact {
	t, r := s.T(), s.Shown.Result
	if p.Block >= len(r.Gates) || p.Channel >= r.Gates[p.Block].Map.C {
		return nil
	}
	g := r.Gates[p.Block]
	facts := []Fact{}
	if own := g.Own[p.Channel]; own != g.Scale[p.Channel] {
		facts = append(facts, Fact{t.FactOwn, fmt.Sprintf("%.2f", own)})
	}
	if lo, hi, ok := usual(&g, p.Channel); ok {
		facts = append(facts, Fact{fmt.Sprintf(t.FactUsual, s.Name(s.Shown.Model.Classes[r.Class])), fmt.Sprintf("%.2f–%.2f", lo, hi)})
	}
	if k := r.Peeked; k != nil && k.Peek == p && k.Brings != nil {
		facts = append(facts, Fact{fmt.Sprintf(t.FactBrings, s.Name(s.Shown.Model.Classes[r.Class])), fixed(*k.Brings)})
	}
	return facts
}

// Minus puts true minus signs in a text of numbers.
func Minus(s string) string { return strings.ReplaceAll(s, "-", "−") }

func minus(s string) string { return Minus(s) }
