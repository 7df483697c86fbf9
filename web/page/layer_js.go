package page

import (
	"image"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/protocol"
)

// layer is what is laid over a square picture: a map over the part that the network sees, and a
// veil over what it does not.
type layer struct {
	*browser.Painter
	inside *image.NRGBA // of the painter's image: what the network sees
	large  *nn.Heatmap  // of its size
}

func newLayer(side int) layer { return layer{Painter: browser.NewPainter(side, side)} }

// fit makes the layer one for a network.
func (l *layer) fit(m *protocol.Model) {
	w, h := m.Input()
	r := nn.Centre(l.Image.Rect, w, h)
	if l.inside != nil && l.inside.Rect == r {
		return
	}
	const veil = 0x70
	for i := range l.Image.Pix {
		l.Image.Pix[i] = 0
		if i%4 == 3 {
			l.Image.Pix[i] = veil
		}
	}
	l.inside, l.large = l.Image.SubImage(r).(*image.NRGBA), nn.NewHeatmap(r.Dx(), r.Dy())
}
