package view

import (
	"fmt"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// Range is the part of a map's values that the colours span.
type Range struct{ Lo, Hi float32 }

// MapRange is the range of one frame's map. Evidence and Grad-CAM start at 0, so that their colours
// mean evidence for the class; ok is false where nothing is above 0. The other kinds have no
// natural zero and span what they hold, as the tutorial does.
func MapRange(kind nn.Kind, h protocol.Plane) (r Range, ok bool) {
	heat := nn.Heatmap{W: h.W, H: h.H, Data: h.Data}
	r.Lo, r.Hi = heat.Range()
	if kind.StartsAtZero() {
		r.Lo = 0
	}
	return r, r.Hi > r.Lo
}

// StageMap is the map on the stage and its kind: the channel's under the pointer, else the chosen
// kind's.
func (s *State) StageMap() (heat protocol.Plane, kind nn.Kind) {
	if k := s.heldMap(); k != nil {
		return k.Map, nn.Activation
	}
	return s.Shown.Result.Heat, s.Shown.Result.Want.Kind
}

// heldMap is the channel under the pointer or in focus, once its map has come; nil without one.
func (s *State) heldMap() *protocol.Peeked {
	if k := s.Shown.Result.Peeked; s.Held != nil && k != nil && k.Peek == *s.Held {
		return k
	}
	return nil
}

// Chip names the map on the stage.
func (s *State) Chip() string {
	if s.Shown == nil {
		return ""
	}
	t, r := s.T(), s.Shown.Result
	if s.HeatOff {
		return t.MapOff
	}
	if k := s.heldMap(); k != nil {
		return fmt.Sprintf(t.ChipChannel, k.Channel, s.BlockName(k.Block))
	}
	class := s.Name(s.Shown.Model.Classes[r.Class])
	if _, ok := MapRange(r.Want.Kind, r.Heat); !ok {
		return fmt.Sprintf(t.ChipNone, class)
	}
	return s.chip(r.Want.Kind, class)
}

// StageLabel describes the stage for screen readers.
func (s *State) StageLabel() string {
	return fmt.Sprintf(s.T().StageLabel, strings.TrimSuffix(s.Shown.File, ".svg"), s.Chip())
}

// Signed prints a value of a map with two or three digits and a true minus sign.
func Signed(v float32) string {
	digits := 1
	switch a := max(v, -v); {
	case v == 0:
		return "0"
	case a < 0.01:
		digits = 4
	case a < 1:
		digits = 2
	}
	text := fmt.Sprintf("%+.*f", digits, v)
	return strings.Replace(text, "-", "−", 1)
}

// Caption is what stands below a picture of the tutorial's figure.
type Caption struct{ Title, Text string }

// Captions are those of the original and of the channels beside it.
func (s *State) Captions() []Caption {
	if s.Shown == nil {
		return nil
	}
	t, r, m := s.T(), s.Shown.Result, s.Shown.Model
	predicted := s.Name(m.Classes[r.Top()])
	text := fmt.Sprintf(t.PredictedOnly, predicted)
	if s.Shown.Truth >= 0 {
		text = fmt.Sprintf(t.LabelPredicted, s.Name(m.Classes[s.Shown.Truth]), predicted)
	}
	list := []Caption{{t.Original, text}}
	for _, c := range r.Channels {
		stats := fmt.Sprintf(t.ChannelMean, c.Mean)
		if m.GatesHead {
			stats = fmt.Sprintf(t.ChannelStats, c.Mean, c.Gate)
		}
		list = append(list, Caption{fmt.Sprintf(t.Channel, c.Channel), strings.ReplaceAll(stats, "-", "−")})
	}
	return list
}

// StrongestTitle names the layer whose channels the tutorial's figure shows.
func (s *State) StrongestTitle() string {
	if s.Shown == nil {
		return ""
	}
	return fmt.Sprintf(s.T().Strongest, s.layerName(s.Shown.Model.LastConv))
}

// RankColumn is how one ranking orders the channels.
type RankColumn struct {
	Name     string
	On       bool
	Channels []RankCell
}

// RankCell is one channel; Hit marks those that the panel draws.
type RankCell struct {
	Name string
	Hit  bool
}

// RankColumns puts the rankings side by side.
func (s *State) RankColumns() []RankColumn {
	if s.Shown == nil {
		return nil
	}
	drawn := map[int]bool{}
	for _, c := range s.Shown.Result.Channels {
		drawn[c.Channel] = true
	}
	var cols []RankColumn
	for _, o := range s.Shown.Result.Orders {
		col := RankColumn{Name: s.RankName(o.By), On: o.By == s.Shown.Result.Want.Rank}
		for _, c := range o.Channels {
			col.Channels = append(col.Channels, RankCell{fmt.Sprint(c), drawn[c]})
		}
		cols = append(cols, col)
	}
	return cols
}
