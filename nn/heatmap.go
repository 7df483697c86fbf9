package nn

import (
	"fmt"
	"slices"
	"strings"

	"sescope/kernels"
)

// Kind names a kind of heat map, a line of the table heatmaps.
type Kind string

const (
	// Evidence is the class activation map (Zhou et al. 2016), exact where the head is global mean
	// and one Linear: map = sum over c of W[class][c] y_c, and logit = mean of map + bias.
	Evidence Kind = "evidence"
	// GradCAM (Selvaraju et al. 2017) works for any head: map = max(0, sum over c of a_c y_c), a_c
	// the spatial mean of d logit / d y_c.
	GradCAM Kind = "gradcam"
	// Activation is the channel of the last convolution with the largest spatial mean, as the
	// tutorial shows it.
	Activation Kind = "activation"
	// Places is the last spatial attention: what each place of the map is multiplied by, 0..1.
	Places Kind = "places"
	// GateWeighted is the sum of the last attention block's channels, each times its gate.
	GateWeighted Kind = "gate"
)

// heatmapKind is what there is to know of a kind of heat map.
type heatmapKind struct {
	kind         Kind
	startsAtZero bool                // zero means nothing for the class, so colours begin there
	followsClass bool                // another class has another map
	offered      func(m *Model) bool // whether the network has such a map
	compute      func(t *Trace, class int, dst *Heatmap) *Heatmap
}

// heatmaps are the kinds in the order in which a network offers them, so its default first.
var heatmaps = []heatmapKind{
	{Evidence, true, true, (*Model).Exact, (*Trace).evidence},
	{GradCAM, true, true, func(*Model) bool { return true }, (*Trace).gradCAM},
	{Activation, false, false, func(*Model) bool { return true }, (*Trace).strongest},
	{GateWeighted, false, false, (*Model).GatesHead, (*Trace).gateWeighted},
	{Places, false, false, (*Model).hasPlaces, (*Trace).places},
}

// ParseKind is the kind of that name; the error lists those that there are.
func ParseKind(name string) (Kind, error) {
	var names []string
	for _, h := range heatmaps {
		if string(h.kind) == name {
			return h.kind, nil
		}
		names = append(names, string(h.kind))
	}
	return "", fmt.Errorf("heat map %q, expected %s", name, strings.Join(names, ", "))
}

// Kinds lists all kinds of heat maps.
func Kinds() (kinds []Kind) {
	for _, h := range heatmaps {
		kinds = append(kinds, h.kind)
	}
	return kinds
}

// entry is a kind's line of the table; it panics for what ParseKind refuses.
func (k Kind) entry() *heatmapKind {
	i := slices.IndexFunc(heatmaps, func(h heatmapKind) bool { return h.kind == k })
	if i < 0 {
		_, err := ParseKind(string(k))
		panic("nn.Kind: " + err.Error())
	}
	return &heatmaps[i]
}

// StartsAtZero tells whether the map's zero means "nothing for the class". It panics for an unknown
// kind, as FollowsClass does: see ParseKind.
func (k Kind) StartsAtZero() bool { return k.entry().startsAtZero }

// FollowsClass tells whether another class has another map.
func (k Kind) FollowsClass() bool { return k.entry().followsClass }

// Kinds lists the heat maps that this model can show, its default first.
func (m *Model) Kinds() (kinds []Kind) {
	for _, h := range heatmaps {
		if h.offered(m) {
			kinds = append(kinds, h.kind)
		}
	}
	return kinds
}

// Heatmap computes a map at the resolution of the last convolution. class, which must exist,
// matters to the kinds that follow it. dst is reused if it has the right size; nil makes a new one.
// A kind that the network does not offer is an error.
func (t *Trace) Heatmap(kind Kind, class int, dst *Heatmap) (*Heatmap, error) {
	if _, err := ParseKind(string(kind)); err != nil {
		return nil, err
	}
	h := kind.entry()
	if !h.offered(t.Model) {
		return nil, fmt.Errorf("network %q has no heat map %q, expected %q", t.Model.Spec.Name, kind, t.Model.Kinds())
	}
	return h.compute(t, class, dst), nil
}

func (t *Trace) strongest(class int, dst *Heatmap) *Heatmap {
	return t.Channel(t.Rank(ByMean, class, 1)[0].Channel, dst)
}

// gateWeighted sums the block's output, which the gates have scaled already.
func (t *Trace) gateWeighted(_ int, dst *Heatmap) *Heatmap {
	y, w := t.session.out[t.session.blocks[t.Model.last.index].layer], t.session.channel[0]
	for c := range w {
		w[c] = 1
	}
	return weighted(reuse(dst, y), y, w)
}

// hasPlaces tells whether the network has a spatial attention over more than one place.
func (m *Model) hasPlaces() bool { return m.lastPlaces >= 0 }

func (t *Trace) places(_ int, dst *Heatmap) *Heatmap {
	p := &t.Spatial[t.Model.lastPlaces]
	if dst == nil || dst.W != p.Map.W || dst.H != p.Map.H {
		dst = NewHeatmap(p.Map.W, p.Map.H)
	}
	copy(dst.Data, p.Scale)
	return dst
}

// evidence: behind a mean the gradient is W[class][c]/(H*W) everywhere.
func (t *Trace) evidence(class int, dst *Heatmap) *Heatmap {
	y, w := t.features(), t.meanGradient(class)
	for c := range w {
		w[c] *= float32(y.H * y.W)
	}
	return weighted(reuse(dst, y), y, w)
}

func (t *Trace) gradCAM(class int, dst *Heatmap) *Heatmap {
	y := t.features()
	dst = weighted(reuse(dst, y), y, t.meanGradient(class))
	for i, v := range dst.Data {
		if v < 0 {
			dst.Data[i] = 0
		}
	}
	return dst
}

// meanGradient is the spatial mean of d logit[class] / d y for each channel, in the session's
// scratch.
func (t *Trace) meanGradient(class int) []float32 {
	grad, w := t.Gradient(class), t.session.channel[0]
	kernels.Mean(w, grad.pixels(), grad.layout())
	return w
}

// Heatmap is one value a pixel, row by row.
type Heatmap struct {
	W, H int
	Data []float32
}

// NewHeatmap returns a zeroed map.
func NewHeatmap(w, h int) *Heatmap { return &Heatmap{W: w, H: h, Data: make([]float32, w*h)} }

// Range returns the smallest and the largest value.
func (h *Heatmap) Range() (lo, hi float32) {
	lo, hi = h.Data[0], h.Data[0]
	for _, v := range h.Data {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}
