package worker

import (
	"fmt"
	"image"

	"sescope/web/protocol"
)

// job answers the requests about no frame on its way to the stage; data is what came with the
// request.
func (n *network) job(req protocol.Request, data []byte, reply *protocol.Reply) (err error) {
	switch req.Op {
	case protocol.Second:
		reply.Model, err = n.loadSecond(req.Model, req.Spec, data, req.Heavy)
	case protocol.Try:
		if req.Side < 1 || len(data) != 4*req.Side*req.Side {
			return fmt.Errorf("%d bytes of a picture of %d pixels a side, expected %d", len(data), req.Side, 4*req.Side*req.Side)
		}
		picture := &image.NRGBA{Pix: data, Stride: 4 * req.Side, Rect: image.Rect(0, 0, req.Side, req.Side)}
		reply.Tried, err = n.try(req, picture)
	case protocol.Mute:
		reply.Drops, err = n.mute(req)
	case protocol.MakeBits:
		reply.BitsSize, err = n.makeBits(req.Bits)
	case protocol.Base:
		reply.Model, err = n.taught.base(req.Model, req.Spec, data)
	default:
		err = fmt.Errorf("operation %q, expected %s, %s, %s, %s or %s", req.Op, protocol.Second, protocol.Try, protocol.Mute, protocol.MakeBits, protocol.Base)
	}
	return err
}
