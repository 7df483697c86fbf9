package worker

import (
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// look answers what the open panel asks of a trace; nil for nil. r is the result of the same trace.
// The answer is valid until the next call.
func (n *network) look(l *protocol.Look, t *nn.Trace, r *protocol.Result) *protocol.Panel {
	switch {
	case l == nil:
		return nil
	case l.Maps != nil:
		return n.maps(*l.Maps, t)
	case l.Compare != nil:
		return n.compare(*l.Compare, t, r.Class)
	case l.Times:
		return &protocol.Panel{Times: layerTimes(t, &n.clock), Bits: n.bits(t, r)}
	}
	return &protocol.Panel{}
}

// layerTimes are what the layers of the spec took on average.
func layerTimes(t *nn.Trace, c *clock) *protocol.LayerTimes {
	r := &protocol.LayerTimes{N: len(t.Model.Spec.Layers), Runs: len(c.runs)}
	planned := t.Model.Planned()
	first := 0 // of the layers that are computed together; it shows their time
	for i, l := range t.Model.Spec.Layers {
		r.Ms = append(r.Ms, -1)
		if l.Op == "dropout" && first == i {
			first = i + 1
		}
		if at := slices.Index(planned, l.Name); at >= 0 {
			r.Ms[first] = c.ms(1 + at)
			first = i + 1
		}
	}
	return r
}

// mapLayers names the kept feature maps of a network by the operation that begins each.
func mapLayers(t *nn.Trace) []protocol.MapLayer {
	infos, err := t.Model.Spec.Describe()
	if err != nil {
		panic(err) // the model was planned from it
	}
	var list []protocol.MapLayer
	count, from := map[string]int{}, 0
	for _, m := range t.Maps {
		last := slices.IndexFunc(infos, func(l nn.LayerInfo) bool { return l.Name == m.Layer })
		op := infos[min(from, last)].Op
		from = last + 1
		count[op]++
		list = append(list, protocol.MapLayer{Name: m.Layer, Op: op, Index: count[op], H: m.H, W: m.W, C: m.C})
	}
	return list
}

// maps collects every channel of one layer.
func (n *network) maps(want protocol.MapsLook, t *nn.Trace) *protocol.Panel {
	i := slices.IndexFunc(t.Maps, func(m nn.Map) bool { return m.Layer == want.Layer })
	m := t.Maps[max(i, 0)]
	want.Layer = m.Layer
	if want.Y < 0 || want.X < 0 {
		want.Y, want.X = m.H/2, m.W/2
	}
	want.Y, want.X = min(want.Y, m.H-1), min(want.X, m.W-1)
	r := &protocol.Maps{H: m.H, W: m.W, C: m.C, Means: make([]float32, m.C), Pixel: make([]float32, m.C)}
	for c := range r.Pixel {
		r.Pixel[c] = m.At(want.Y, want.X, c)
	}
	for y := range m.H {
		for x := range m.W {
			for c, v := range m.Data[m.Offset(y, x):][:m.C] {
				r.Means[c] += v
			}
		}
	}
	for c := range r.Means {
		r.Means[c] /= float32(m.H * m.W)
	}
	if want.Channel < 0 {
		want.Channel = nn.Largest(r.Means)
	}
	want.Channel = min(want.Channel, m.C-1)
	r.MapsLook = want
	r.Sum, r.Flow = arithmetic(t, want.Layer, want.Y, want.X, want.Channel), flow(t, want.Layer, want.Channel)
	n.atlas.begin(m.W, m.H, m.C, []nn.Map{m})
	n.atlas.add(m, m.C)
	return &protocol.Panel{Maps: r, Atlas: &n.atlas.Atlas}
}

// atlas paints channels side by side; its pixels are kept from frame to frame.
type atlas struct {
	protocol.Atlas
	next int
}

// begin makes room for count pictures of w x h whose colours span what the maps hold, from 0 on
// where nothing is below.
func (a *atlas) begin(w, h, count int, maps []nn.Map) {
	a.Atlas = protocol.Atlas{W: w, H: h, N: count, Cols: min(count, 16), Pix: a.Pix}
	a.next = 0
	for _, m := range maps {
		for y := range m.H {
			row := m.Data[m.Offset(y, 0):][:m.W*m.Stride] // the lanes beyond C are 0, which lies in the span anyway
			for _, v := range row {
				if v > a.Hi {
					a.Hi = v
				} else if v < a.Lo {
					a.Lo = v
				}
			}
		}
	}
	a.clip(maps)
	if a.Hi == a.Lo {
		a.Hi = a.Lo + 1
	}
	width, height := a.Size()
	if size := 4 * width * height; cap(a.Pix) < size {
		a.Pix = make([]byte, size)
	} else {
		a.Pix = a.Pix[:size]
		clear(a.Pix)
	}
}

// clip lowers the top of the scale where a few values far above all others would leave the rest
// dark: at most clipped of them lie above it.
func (a *atlas) clip(maps []nn.Map) {
	const bins, clipped = 64, 0.002
	if a.Hi <= 0 {
		return
	}
	var count [bins]int
	total := 0
	for _, m := range maps {
		for y := range m.H {
			for x := range m.W {
				for _, v := range m.Data[m.Offset(y, x):][:m.C] {
					if v > 0 {
						count[min(int(v/a.Hi*bins), bins-1)]++
					}
				}
				total += m.C
			}
		}
	}
	above, top := 0, bins
	for top > 1 && float64(above+count[top-1]) <= clipped*float64(total) {
		top--
		above += count[top]
	}
	a.Clipped, a.Hi = above > 0, a.Hi*float32(top)/bins
}

// viridis is the scale of the feature maps; the alpha is opaque.
var viridis = func() (table [256][4]byte) {
	for i := range table {
		r, g, b := nn.Viridis.At((float32(i) + .5) / 256)
		table[i] = [4]byte{r, g, b, 255}
	}
	return table
}()

// add paints the first channels of a map.
func (a *atlas) add(m nn.Map, channels int) {
	width, _ := a.Size()
	scale := 256 / (a.Hi - a.Lo)
	for y := range m.H {
		for x := range m.W {
			for c, v := range m.Data[m.Offset(y, x):][:channels] {
				px, py := a.At(a.next + c)
				*(*[4]byte)(a.Pix[4*((py+y)*width+px+x):]) = viridis[min(max(int32((v-a.Lo)*scale), 0), 255)]
			}
		}
	}
	a.next += channels
}
