package worker

import (
	"fmt"
	"image"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
)

// network is the loaded model and the frame that it keeps.
type network struct {
	name    string
	session *nn.Session
	trace   *nn.Trace // of frame, by the present session; nil if it has to run again
	frame   int
	picture *image.NRGBA // the kept picture; its Pix is filled by the caller before run
	atlas   atlas        // of the open panel
}

// load replaces the network; spec is its description if that does not stand in the file. On an error the former one stays.
func (n *network) load(name, spec string, file []byte) (*protocol.Model, error) {
	f, err := weights.Read(name, file)
	if err != nil {
		return nil, err
	}
	if spec != "" {
		f.Metadata["sescope"] = spec
	}
	m, err := nn.Load(f)
	if err != nil {
		return nil, err
	}
	session, err := m.NewSession()
	if err != nil {
		return nil, err
	}
	n.name, n.session, n.trace = name, session, nil
	info := &protocol.Model{Name: name, Title: m.Spec.Title, Note: m.Spec.Note, Classes: m.Spec.Classes, HasSE: m.HasSE(), LastConv: m.LastConv(), Side: m.Spec.Input.W, Layers: mapLayers(session.Trace()), Bytes: len(file)}
	describe(info, m, f)
	for _, k := range m.Kinds() {
		info.Kinds = append(info.Kinds, string(k))
	}
	for _, r := range m.Rankings() {
		info.Ranks = append(info.Ranks, string(r))
	}
	return info, nil
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

// answer runs the kept picture if it has to and explains it. The result is valid until the next call.
func (n *network) answer(req protocol.Request) (*protocol.Result, *nn.Trace, error) {
	switch {
	case n.session == nil || req.Model != n.name:
		return nil, nil, fmt.Errorf("asked for network %q while %q is loaded", req.Model, n.name)
	case n.picture == nil || req.ID != n.frame:
		return nil, nil, fmt.Errorf("asked about frame %d while frame %d is kept", req.ID, n.frame)
	}
	if timed := req.Look != nil && req.Look.Times; timed != n.session.Timed {
		n.session.Timed, n.trace = timed, nil
	}
	if n.trace == nil {
		n.trace = n.session.Run(n.picture)
	}
	return explain(n.trace, n.name, req.Want), n.trace, nil
}
