package worker

import (
	"fmt"
	"image"

	"sescope/nn"
	"sescope/web/protocol"
)

// comparedTiles is how many channels of the first layer are shown of each network.
const comparedTiles = 16

// second is the network beside the first, and the one with SE a second time, with every gate at 1.
type second struct {
	name    string
	session *nn.Session
	open    *nn.Session // of the one that has SE
	heat    [3]*nn.Heatmap
}

// loadSecond loads a network beside the first. On an error the former one stays.
func (n *network) loadSecond(name, spec string, file []byte, heavy bool) (*protocol.Model, error) {
	_, session, info, err := read(name, spec, file, heavy)
	if err != nil {
		return nil, err
	}
	n.second = second{name: name, session: session}
	return info, nil
}

// three are the sessions without SE, with SE, and with SE and its gates at 1; ok is false while the
// twin is not loaded or is none.
func (n *network) three(twin string) (s [3]*nn.Session, ok bool) {
	if n.session == nil || n.second.session == nil || n.second.name != twin || twin == n.name {
		return s, false
	}
	s[0], s[1] = n.session, n.second.session
	if len(n.session.Trace().Gates) > 0 {
		s[0], s[1] = s[1], s[0]
	}
	gates := s[1].Trace().Gates
	if len(gates) == 0 || len(s[0].Trace().Gates) > 0 || len(s[0].Trace().Logits) != len(s[1].Trace().Logits) {
		return s, false
	}
	if n.second.open == nil {
		open, err := s[1].Trace().Model.NewSession()
		if err != nil {
			return s, false
		}
		for block, g := range gates {
			ones := make([]float32, len(g.Scale))
			for i := range ones {
				ones[i] = 1
			}
			open.SetGates(block, ones)
		}
		n.second.open = open
	}
	s[2] = n.second.open
	return s, true
}

// compare runs the kept picture through the other two and collects the three answers; t is the
// first network's, with the gates of the desk.
func (n *network) compare(look protocol.CompareLook, t *nn.Trace, class int) *protocol.Panel {
	r := &protocol.Compared{CompareLook: look}
	sessions, ok := n.three(look.Twin)
	if !ok {
		return &protocol.Panel{Compare: r}
	}
	r.Class = class
	var first []nn.Map
	for i, s := range sessions {
		trace := t
		if s != n.session {
			trace = s.Run(n.picture)
		}
		m := trace.Model
		heat, err := trace.Heatmap(m.Kinds()[0], r.Class, n.second.heat[i])
		if err != nil {
			panic(err) // it offers this kind
		}
		n.second.heat[i] = heat
		r.Columns = append(r.Columns, protocol.Column{Model: m.Spec.Name, N: len(trace.Probs), Probs: trace.Probs, Heat: plane(n.second.heat[i])})
		first = append(first, firstMap(trace))
	}
	size := first[0].Shape
	for _, m := range first {
		if m.H != size.H || m.W != size.W {
			return &protocol.Panel{Compare: r} // twins whose first layers differ have nothing to lay side by side
		}
	}
	r.Tiles = min(comparedTiles, size.C, first[1].C)
	n.atlas.begin(size.W, size.H, 3*r.Tiles, first)
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

// try classifies a picture with the three networks that the request compares, with the first
// network and the one of fewer bits if it looks at these, and else with the first alone.
func (n *network) try(req protocol.Request, picture *image.NRGBA) ([]protocol.Tried, error) {
	if n.session == nil {
		return nil, fmt.Errorf("a picture was to be tried before a network was loaded")
	}
	n.trace = nil // its session runs another picture now
	list := []*nn.Session{n.session}
	if three, ok := n.three(req.Twin()); ok {
		list = three[:]
	} else if req.Look != nil && req.Look.Times && n.rounded.session != nil {
		list = append(list, n.rounded.session)
	}
	var tried []protocol.Tried
	for _, s := range list {
		t := s.Run(picture)
		tried = append(tried, protocol.Tried{Class: t.Top(), P: t.Probs[t.Top()]})
	}
	return tried, nil
}
