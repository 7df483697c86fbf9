package worker

import (
	"errors"
	"image"
	"syscall/js"

	"sescope/nn/dataset"
	pictures "sescope/nn/picture"
	"sescope/web/browser"
	"sescope/web/protocol"
)

// examineBlobs decodes pictures one after the other, as a test set's are, and examines them.
func (t *taught) examineBlobs(req protocol.Request, blobs js.Value) (*protocol.Examined, error) {
	base, err := t.find(req.Model)
	if err != nil {
		return nil, err
	}
	out := &protocol.Examined{}
	for i, id := range req.Teach.IDs {
		blob := blobs.Index(i)
		b, err := browser.Bytes(blob)
		var picture *image.NRGBA
		if err == nil {
			picture, err = browser.Decode(blob, b)
		}
		if err == nil {
			err = base.examine(id, picture)
		}
		var refusal *pictures.Refusal
		var fault *dataset.Fault
		switch {
		case err == nil:
		case errors.As(err, &refusal) || errors.As(err, &fault):
			out.Skipped = append(out.Skipped, protocol.TestSkip{I: i, Why: reason(err)})
		default:
			return nil, err
		}
	}
	return out, nil
}
