package worker

import (
	"bytes"
	"fmt"
	"image"
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
)

// network is the loaded model and the frame that it keeps.
type network struct {
	name    string
	session *nn.Session
	blocks  []nn.Excitation     // its attention blocks
	trace   *nn.Trace           // of frame, by the present session; nil if it has to run again
	gates   []protocol.Override // that trace was computed with
	base    []float32           // probabilities of the frame with the network's own gates
	frame   int
	picture *image.NRGBA // the kept picture; its Pix is filled by the caller before run
	atlas   atlas        // of the open panel
	strip   strip
	clock   clock // of the first network
	family  family
	file    *weights.File  // of the first network
	rounded roundedNetwork // the first with fewer bits a weight
	taught  taught
	ready   *prepared
}

// prepared is a network that was read before the page asked for it.
type prepared struct {
	name    string
	bytes   []byte
	file    *weights.File
	session *nn.Session
	info    *protocol.Model
}

// prepare reads a network while the page still starts. A file that cannot be read is told of when
// the page asks for it.
func (n *network) prepare(name string, file []byte) {
	if f, session, info, err := read(name, "", file, false); err == nil {
		n.ready = &prepared{name, file, f, session, info}
	}
}

// rehearse lets the prepared network answer about a white picture: what a browser compiles at a
// function's first call is then compiled.
func (n *network) rehearse() {
	r := n.ready
	if r == nil {
		return
	}
	rehearsal := &network{}
	rehearsal.replace(r.name, r.file, r.session)
	white, err := rehearsal.keep(1, 256)
	if err != nil {
		return
	}
	for i := range white {
		white[i] = 255
	}
	want := protocol.Want{Class: -1, Rank: "mean", Top: 3, Strip: true}
	if result, _, err := rehearsal.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: r.name, Want: want}); err == nil {
		result.Pack(nil)
	}
}

// load replaces the network by one of a usual amount of work; spec is its description if that does
// not stand in the file. On an error the former one stays.
func (n *network) load(name, spec string, file []byte) (*protocol.Model, error) {
	return n.open(name, spec, file, false)
}

// open is load for any amount of work, if it is heavy.
func (n *network) open(name, spec string, file []byte, heavy bool) (*protocol.Model, error) {
	if r := n.ready; r != nil && r.name == name && spec == "" && bytes.Equal(r.bytes, file) {
		n.ready = nil
		n.replace(name, r.file, r.session)
		return r.info, nil
	}
	f, session, info, err := read(name, spec, file, heavy)
	if err != nil {
		return nil, err
	}
	n.ready = nil
	n.replace(name, f, session)
	return info, nil
}

// replace lets another network answer; those beside the former one go.
func (n *network) replace(name string, f *weights.File, session *nn.Session) {
	session.Timed = true // some thirty readings of the clock a frame
	n.file, n.rounded, n.strip = f, roundedNetwork{}, strip{list: stations(session.Trace())}
	n.clock = clock{}
	n.name, n.session, n.blocks, n.trace, n.gates, n.family = name, session, session.Trace().Gates, nil, nil, family{}
}

// read makes a session of a network's file, and what the page needs to know of it. heavy accepts
// one of more than nn.MaxWork multiply-adds.
func read(name, spec string, file []byte, heavy bool) (*weights.File, *nn.Session, *protocol.Model, error) {
	f, err := weights.Read(name, file)
	if err != nil {
		return nil, nil, nil, err
	}
	if spec != "" {
		f.Metadata["sescope"] = spec
	}
	m, err := nn.Load(f)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := m.CheckWork(); err != nil && !heavy {
		return nil, nil, nil, err
	}
	session, err := m.NewSession()
	if err != nil {
		return nil, nil, nil, err
	}
	if spec == "" {
		if err := session.CheckReference(); err != nil {
			return nil, nil, nil, err
		}
	}
	return f, session, inform(name, session, len(file)), nil
}

// inform is what the page needs to know of a network.
func inform(name string, session *nn.Session, bytes int) *protocol.Model {
	m := session.Trace().Model
	info := &protocol.Model{Name: name, Title: m.Spec.Title, Note: m.Spec.Note, Classes: m.Spec.Classes, GatesHead: m.GatesHead(), Kinds: m.Kinds(), LastConv: m.LastConv(), Side: m.Spec.Input.W, High: m.Spec.Input.H, Grey: m.Spec.Input.C == 1, Mean: m.Spec.Mean, Layers: mapLayers(session.Trace()), Stations: stations(session.Trace()), Bytes: bytes}
	if info.Grey {
		info.Mean = slices.Repeat(m.Spec.Mean, 3)
	}
	describe(info, m)
	for _, g := range session.Trace().Gates {
		info.Blocks = append(info.Blocks, protocol.Block{Layer: g.Layer, Kind: g.Kind, H: g.Map.H, W: g.Map.W, N: g.Map.C})
	}
	for _, r := range m.Rankings() {
		info.Ranks = append(info.Ranks, string(r))
	}
	return info
}

// keep makes room for a picture of side x side pixels and returns it to be filled.
func (n *network) keep(frame, side int) ([]byte, error) {
	if side < 1 || side > 4096 {
		return nil, fmt.Errorf("a frame of %d pixels a side, expected 1 to 4096", side)
	}
	if n.picture == nil || n.picture.Rect.Dx() != side {
		n.picture = image.NewNRGBA(image.Rect(0, 0, side, side))
	}
	n.frame, n.trace = frame, nil
	return n.picture.Pix, nil
}

// answer runs the kept picture if it has to and explains it. The result is valid until the next
// call.
func (n *network) answer(req protocol.Request) (*protocol.Result, *nn.Trace, error) {
	switch {
	case n.session == nil || req.Model != n.name:
		return nil, nil, fmt.Errorf("asked for network %q while %q is loaded", req.Model, n.name)
	case n.picture == nil || req.ID != n.frame:
		return nil, nil, fmt.Errorf("asked about frame %d while frame %d is kept", req.ID, n.frame)
	}
	if err := n.run(req.Gates); err != nil {
		return nil, nil, err
	}
	if req.Look != nil && req.Look.Times {
		n.settle()
	}
	if err := n.trace.Check(); err != nil { // JSON has no NaN
		return nil, nil, err
	}
	r, err := explain(n.trace, n.name, req.Want)
	if err != nil {
		return nil, nil, err
	}
	if r.Peeked != nil && req.Want.Without {
		r.Peeked.Without = n.without(r)
	}
	if req.Want.Fresh {
		n.strip.begin()
	}
	if req.Want.Strip {
		r.Strip = n.strip.show(n.trace, &n.clock)
	}
	if len(n.gates) > 0 {
		r.Touched, r.Base = true, n.base
	}
	return r, n.trace, nil
}

// run computes the trace of the kept picture with the gates of now. With a person's gates the
// network runs twice for a new picture, so that what they change is told on the same frame.
func (n *network) run(gates []protocol.Override) error {
	fresh := n.trace == nil
	if !fresh && slices.EqualFunc(gates, n.gates, equal) {
		return nil
	}
	if fresh {
		if err := n.set(nil); err != nil {
			return err
		}
		n.trace = n.session.Run(n.picture)
		n.clock.add(n.trace)
		n.base = append(n.base[:0], n.trace.Probs...)
	}
	if fresh && len(gates) == 0 {
		return nil
	}
	if err := n.set(gates); err != nil {
		return err
	}
	took := n.trace.Network
	n.trace = n.session.Rerun()
	if fresh {
		n.trace.Network += took
	}
	return nil
}

// set puts the overrides on the session; blocks that they do not name have their own gates.
func (n *network) set(gates []protocol.Override) error {
	rows := make([][]float32, len(n.blocks))
	for _, o := range gates {
		if o.Block < 0 || o.Block >= len(n.blocks) {
			return fmt.Errorf("gates for block %d, expected 0 to %d", o.Block, len(n.blocks)-1)
		}
		var err error
		if rows[o.Block], err = o.Gates(n.blocks[o.Block].Map.C); err != nil {
			return err
		}
	}
	of := func(list []protocol.Override, block int) protocol.Override {
		if i := slices.IndexFunc(list, func(o protocol.Override) bool { return o.Block == block }); i >= 0 {
			return list[i]
		}
		return protocol.Override{Block: -1}
	}
	for i, row := range rows {
		if !equal(of(n.gates, i), of(gates, i)) { // what is set again runs again
			n.session.SetGates(i, row)
		}
	}
	n.gates = gates
	return nil
}

func equal(a, b protocol.Override) bool {
	return a.Block == b.Block && a.Fill == b.Fill && slices.Equal(a.Channels, b.Channels) && slices.Equal(a.Values, b.Values)
}
