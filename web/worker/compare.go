package worker

import (
	"fmt"
	"image"
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// comparedTiles is how many channels of the first layer are shown of each network of a pair.
const comparedTiles = 16

// family is what stands beside the first network.
type family struct {
	others []*member
	open   *nn.Session // a network of the family a second time, with every gate at 1
	heat   []*nn.Heatmap
}

// member is one network of a comparison.
type member struct {
	name    string
	session *nn.Session
	open    bool // with every gate at 1
}

// loadSecond loads a network beside the first. On an error those that are there stay.
func (n *network) loadSecond(name, spec string, file []byte, heavy bool) (*protocol.Model, error) {
	_, session, info, err := read(name, spec, file, heavy)
	if err != nil {
		return nil, err
	}
	m := &member{name: name, session: session}
	for i, other := range n.family.others {
		if other.name == name {
			n.family.others[i] = m
			return info, nil
		}
	}
	n.family.others = append(n.family.others, m)
	return info, nil
}

// members are the networks of a family that are loaded and know as many classes as the first, in
// the family's order, and behind them one with every gate at 1: the first network if it has gates,
// or else the first of the family that has.
func (n *network) members(names []string) (list []*member) {
	loaded := append(slices.Clip(n.family.others), &member{name: n.name, session: n.session})
	var gated *member
	for _, name := range names {
		for _, m := range loaded {
			if m.name == name && len(m.session.Trace().Logits) == len(n.session.Trace().Logits) {
				list = append(list, m)
				if len(m.session.Trace().Gates) > 0 && (gated == nil || m.session == n.session) {
					gated = m
				}
			}
		}
	}
	if gated == nil {
		return list
	}
	model := gated.session.Trace().Model
	if n.family.open == nil || n.family.open.Trace().Model != model {
		open, err := model.NewSession()
		if err != nil {
			return list
		}
		for block, g := range open.Trace().Gates {
			open.SetGates(block, slices.Repeat([]float32{1}, len(g.Scale)))
		}
		n.family.open = open
	}
	return append(list, &member{gated.name, n.family.open, true})
}

// compare runs the kept picture through the other networks of a family and collects the answers; t
// is the first network's, with the gates of the desk.
func (n *network) compare(look protocol.CompareLook, t *nn.Trace, class int) *protocol.Panel {
	r := &protocol.Compared{Class: class}
	var first []nn.Map
	for i, m := range n.members(look.Family) {
		trace := t
		if m.session != n.session {
			trace = m.session.Run(n.picture)
		}
		if i == len(n.family.heat) {
			n.family.heat = append(n.family.heat, nil)
		}
		heat, err := trace.Heatmap(trace.Model.Kinds()[0], class, n.family.heat[i])
		if err != nil {
			panic(err) // it offers this kind
		}
		n.family.heat[i] = heat
		c := protocol.Column{Model: m.name, Open: m.open, N: len(trace.Probs), Probs: trace.Probs, Heat: plane(heat)}
		if last := len(trace.Gates) - 1; last >= 0 {
			c.Scale = trace.Gates[last].Scale
			c.Gates = len(c.Scale)
		}
		if last := len(trace.Spatial) - 1; last >= 0 {
			s := &trace.Spatial[last]
			c.Places = protocol.Plane{W: s.Map.W, H: s.Map.H, Data: s.Scale}
		}
		r.Columns = append(r.Columns, c)
		first = append(first, firstMap(trace))
	}
	if len(look.Family) != 2 || len(first) == 0 {
		return &protocol.Panel{Compare: r}
	}
	size := first[0].Shape
	r.Tiles = comparedTiles
	for _, m := range first {
		if m.H != size.H || m.W != size.W {
			r.Tiles = 0 // first layers that differ have nothing to lay side by side
		}
		r.Tiles = min(r.Tiles, m.C)
	}
	if r.Tiles == 0 {
		return &protocol.Panel{Compare: r}
	}
	n.atlas.begin(size.W, size.H, len(first)*r.Tiles, first)
	for _, m := range first {
		n.atlas.add(m, r.Tiles)
	}
	return &protocol.Panel{Compare: r, Atlas: &n.atlas.Atlas}
}

// firstMap is the first layer as the next one reads it: behind its SE block, if one follows at
// once.
func firstMap(t *nn.Trace) nn.Map {
	if len(t.Maps) > 1 && len(t.Gates) > 0 && t.Gates[0].Layer == t.Maps[1].Layer {
		return t.Maps[1]
	}
	return t.Maps[0]
}

// try classifies a picture with the networks that the request compares, with the first network and
// the one of fewer bits if it looks at these, and else with the first alone.
func (n *network) try(req protocol.Request, picture *image.NRGBA) ([]protocol.Tried, error) {
	if n.session == nil {
		return nil, fmt.Errorf("a picture was to be tried before a network was loaded")
	}
	n.trace = nil // its session runs another picture now
	list := []*member{{session: n.session}}
	if names := req.Family(); names != nil {
		list = n.members(names)
	} else if req.Look != nil && req.Look.Times && n.rounded.session != nil {
		list = append(list, &member{session: n.rounded.session})
	}
	var tried []protocol.Tried
	for _, m := range list {
		t := m.session.Run(picture)
		tried = append(tried, protocol.Tried{Class: t.Top(), P: t.Probs[t.Top()], Open: m.open})
	}
	return tried, nil
}
