package worker

import (
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

const (
	tileSide    = 32 // of a small picture on the strip, in pixels
	looseLayers = 5  // stations of a network without gates
)

// stations lists the stops of a network from the picture to the answer.
func stations(t *nn.Trace) []protocol.Station {
	in := t.Input.Rect
	list := []protocol.Station{{Kind: protocol.StationPicture, Block: -1, H: in.Dy(), W: in.Dx()}}
	maps := func(m nn.Map) {
		list = append(list, protocol.Station{Kind: protocol.StationMaps, Layer: m.Layer, Block: -1, H: m.H, W: m.W, N: m.C, Tiles: min(m.C, protocol.TilesEach)})
	}
	if n := len(t.Maps); len(t.Gates) == 0 && n > 0 {
		for i := range min(n, looseLayers) {
			maps(t.Maps[i*(n-1)/max(1, min(n, looseLayers)-1)])
		}
	} else if n > 0 {
		maps(t.Maps[0])
	}
	for i, g := range t.Gates {
		list = append(list, protocol.Station{Kind: protocol.StationBlock, Layer: g.Layer, Block: i, H: g.Map.H, W: g.Map.W, N: g.Map.C, Tiles: min(g.Map.C, protocol.TilesEach)})
	}
	features := len(t.Logits)
	if n := len(t.Maps); n > 0 {
		features = t.Maps[n-1].C
	}
	return append(list, protocol.Station{Kind: protocol.StationMean, Block: -1, N: features, Tiles: 1}, protocol.Station{Kind: protocol.StationAnswer, Block: -1, N: len(t.Logits)})
}

// strip paints the stations' small pictures and sums up their times. It keeps its pixels, and for
// one network the channels that it shows, so that they can be followed from frame to frame.
type strip struct {
	list     []protocol.Station
	channels [][]int
	out      protocol.Strip
	pix      []byte
}

// begin forgets the channels: another picture begins.
func (s *strip) begin() { s.channels = nil }

// show is the strip of a trace; valid until the next call.
func (s *strip) show(t *nn.Trace, c *clock) *protocol.Strip {
	tiles := 0
	for _, st := range s.list {
		tiles += st.Tiles
	}
	s.out = protocol.Strip{N: len(s.list), Ms: s.times(t, c), Atlas: protocol.Atlas{W: tileSide, H: tileSide, N: tiles, Cols: max(1, tiles)}}
	s.pix = slices.Grow(s.pix[:0], 4*tileSide*tileSide*tiles)[:4*tileSide*tileSide*tiles]
	s.out.Atlas.Pix = s.pix
	if s.channels == nil {
		s.channels = make([][]int, len(s.list))
	}
	at := 0
	for i, st := range s.list {
		switch st.Kind {
		case protocol.StationMaps, protocol.StationBlock:
			m, ok := s.source(t, st)
			if !ok {
				break
			}
			if s.channels[i] == nil {
				s.channels[i] = strongest(m, st.Tiles)
			}
			for k, c := range s.channels[i] {
				s.tile(at+k, m.H, m.W, func(y, x int) float32 { return m.At(y, x, c) })
			}
		case protocol.StationMean:
			if n := len(t.Maps); n > 0 {
				v := means(t.Maps[n-1])
				side := 1
				for side*side < len(v) {
					side++
				}
				s.tile(at, side, side, func(y, x int) float32 {
					if y*side+x < len(v) {
						return v[y*side+x]
					}
					return 0
				})
			}
		}
		at += st.Tiles
	}
	return &s.out
}

// source is the feature map of a station.
func (s *strip) source(t *nn.Trace, st protocol.Station) (nn.Map, bool) {
	i := slices.IndexFunc(t.Maps, func(m nn.Map) bool { return m.Layer == st.Layer })
	if i < 0 {
		return nn.Map{}, false
	}
	return t.Maps[i], true
}

// times sums up what the planned layers took: a station's are those up to its own layer, behind the
// station before; the last two share what follows.
func (s *strip) times(t *nn.Trace, c *clock) []float32 {
	ms := make([]float32, len(s.list))
	planned, at := t.Model.Planned(), 0
	ms[0] = c.ms(0)
	sum := func(to int) (v float32) {
		for ; at <= to && at < len(t.Times); at++ {
			v += c.ms(1 + at)
		}
		return v
	}
	for i, st := range s.list {
		to := -1
		switch st.Kind {
		case protocol.StationMaps, protocol.StationBlock:
			to = slices.Index(planned, st.Layer)
		case protocol.StationMean:
			to = len(planned) - 2
		case protocol.StationAnswer:
			to = len(planned) - 1
		}
		if to >= 0 {
			ms[i] = sum(to)
		}
	}
	return ms
}

// means are the spatial means by channel.
func means(m nn.Map) []float32 {
	v := make([]float32, m.C)
	for y := range m.H {
		for x := range m.W {
			for c, a := range m.Data[m.Offset(y, x):][:m.C] {
				v[c] += a
			}
		}
	}
	for c := range v {
		v[c] /= float32(m.H * m.W)
	}
	return v
}

// strongest are the channels of the largest means, in the order of their numbers.
func strongest(m nn.Map, n int) []int {
	v := means(m)
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case v[a] > v[b]:
			return -1
		case v[a] < v[b]:
			return 1
		}
		return 0
	})
	order = order[:min(n, len(order))]
	slices.Sort(order)
	return order
}

// tile paints h x w values as picture i of the atlas, scaled to their own range, 0 included: the
// nearest value where there are fewer than pixels, the mean of a box where there are more.
func (s *strip) tile(i, h, w int, at func(y, x int) float32) {
	var values [tileSide * tileSide]float32
	lo, hi := float32(0), float32(0)
	for py := range tileSide {
		y0, y1 := py*h/tileSide, max((py+1)*h/tileSide, py*h/tileSide+1)
		for px := range tileSide {
			x0, x1 := px*w/tileSide, max((px+1)*w/tileSide, px*w/tileSide+1)
			sum := float32(0)
			for y := y0; y < y1; y++ {
				for x := x0; x < x1; x++ {
					sum += at(y, x)
				}
			}
			v := sum / float32((y1-y0)*(x1-x0))
			values[py*tileSide+px] = v
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if hi == lo {
		hi = lo + 1
	}
	width, _ := s.out.Atlas.Size()
	x0, y0 := s.out.Atlas.At(i)
	for p, v := range values {
		*(*[4]byte)(s.pix[4*((y0+p/tileSide)*width+x0+p%tileSide):]) = viridis[min(max(int32((v-lo)/(hi-lo)*256), 0), 255)]
	}
}
