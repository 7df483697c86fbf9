package view

import (
	"fmt"

	"sescope/web/protocol"
)

// Stop is a station of the strip in words.
type Stop struct {
	protocol.Station
	Name string
	Line string // below it: how many, how long
	Tile int    // the first of its pictures in the atlas
}

// Stops are the stations of the shown network; strip is what came last, nil for nothing yet.
func (s *State) Stops(strip *protocol.Strip) []Stop {
	if s.Shown == nil {
		return nil
	}
	t, tile := s.T(), 0
	var list []Stop
	maps := 0
	for i, st := range s.Shown.Model.Stations {
		stop := Stop{Station: st, Tile: tile}
		tile += st.Tiles
		switch st.Kind {
		case protocol.StationPicture:
			stop.Name, stop.Line = t.StationPicture, fmt.Sprintf("%d × %d", st.W, st.H)
		case protocol.StationMaps:
			if maps++; maps == 1 {
				stop.Name = t.StationFilters
			} else {
				stop.Name = s.layerName(st.Layer)
			}
			stop.Line = counted(t.StationChannels, st.N)
		case protocol.StationBlock:
			stop.Name, stop.Line = s.BlockName(st.Block), counted(t.StationGates, st.N)
		case protocol.StationMean:
			stop.Name, stop.Line = t.StationMean, counted(t.StationNumbers, st.N)
		case protocol.StationAnswer:
			name, p := s.Answer()
			if p != "" {
				name += " " + p
			}
			stop.Name, stop.Line = name, counted(t.StationNames, st.N)
		}
		if strip != nil && i < len(strip.Ms) && strip.Ms[i] >= .05 {
			stop.Line += " · " + fmt.Sprintf(t.StationMs, fmt.Sprintf("%.1f", strip.Ms[i]))
		}
		list = append(list, stop)
	}
	return list
}

// layerName is what a layer with feature maps is called.
func (s *State) layerName(layer string) string {
	for _, l := range s.Shown.Model.Layers {
		if l.Name == layer {
			return s.layerTitle(l)
		}
	}
	return layer
}

// StripTime says how long the network took, from what the strip sums up.
func (s *State) StripTime(strip *protocol.Strip) string {
	sum := float32(0)
	if strip != nil {
		for _, ms := range strip.Ms {
			sum += ms
		}
	}
	text := "< 0.1"
	if sum >= .05 {
		text = fmt.Sprintf("%.1f", sum)
	}
	return fmt.Sprintf(s.T().NetworkTime, text)
}

// Spark draws a block's gates in w x h pixels: bodies, and the caps that carry the values.
func Spark(gates []float32, w, h float64) (bodies, caps string) {
	var b, c path
	n := float64(len(gates))
	pitch := w / n
	for i, v := range gates {
		x, y := float64(i)*pitch, (h-1)*(1-float64(min(max(v, 0), 1)))
		b.rect(x+.15*pitch, y, .7*pitch, h-1-y)
		c.rect(x, max(0, y-.9), max(pitch-.2, .4), 1.8)
	}
	return string(b), string(c)
}
