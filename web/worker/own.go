package worker

import (
	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
	"sescope/weights/json"
)

// loadOwn loads a network of a person's own. Its spec stands in the file, came beside it, or is
// that of a built-in network's file, like, whose tensors it has to have; with bits the weights are
// rounded first, and small is that smaller file, its spec included.
func (n *network) loadOwn(req protocol.Request, file, like []byte) (info *protocol.Model, small []byte, err error) {
	spec := req.Spec
	if like != nil {
		if spec, err = specOf(like); err != nil {
			return nil, nil, err
		}
	}
	if req.Bits > 0 {
		if small, err = rounded(req.Model, file, spec, req.Bits); err != nil {
			return nil, nil, err
		}
		file = small
	}
	if info, err = n.open(req.Model, spec, file, req.Heavy); err != nil {
		return nil, nil, err
	}
	if like != nil {
		info.Spec = spec
	}
	return info, small, nil
}

// specOf is the spec of a network's file as it holds for other weights.
func specOf(file []byte) (string, error) {
	f, err := weights.Read("built in", file)
	if err != nil {
		return "", err
	}
	spec, ok, err := nn.ParseSpec(f)
	if err == nil && !ok {
		err = nn.ErrNoSpec
	}
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(spec.Unmeasured())
	return string(text), err
}

func rounded(name string, file []byte, spec string, bits int) ([]byte, error) {
	f, err := weights.Read(name, file)
	if err != nil {
		return nil, err
	}
	q, err := weights.Quantise(f, bits)
	if err != nil {
		return nil, err
	}
	if spec != "" {
		q.Metadata = map[string]string{"sescope": spec}
	}
	return q.Write(), nil
}
