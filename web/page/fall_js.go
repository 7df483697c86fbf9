package page

import (
	"fmt"

	"sescope/nn"
	"sescope/web/browser"
)

// paintFall puts a picture of its channel beside each row of the waterfall: what it responds to, or
// where the network has no such pictures its map on this frame.
// Row 0 is where the sum starts.
func (p *Page) paintFall() {
	why := p.state.Shown.Result.Why
	if why == nil || why.Maps == nil {
		return
	}
	for i := range why.Terms {
		c := browser.Slot(fmt.Sprintf("fall-%d", i+1))
		if c == nil {
			return // the next render makes the rows
		}
		if head := p.state.HeadBlock(); head >= 0 && p.portrait(c, p.state.Shown.Result.Gates[head].Layer, why.Terms[i].Channel, 48) {
			continue
		}
		m := why.Map(i)
		if p.fall == nil || p.fall.Image.Rect.Dx() != m.W || p.fall.Image.Rect.Dy() != m.H {
			p.fall = browser.NewPainter(m.W, m.H)
		}
		if c.El.Get("width").Int() != m.W || c.El.Get("height").Int() != m.H {
			c.El.Set("width", m.W)
			c.El.Set("height", m.H)
		}
		hi := float32(0)
		for _, v := range m.Data {
			hi = max(hi, v)
		}
		if hi == 0 {
			hi = 1
		}
		for j, v := range m.Data {
			pix := p.fall.Image.Pix[4*j:]
			pix[0], pix[1], pix[2] = nn.Viridis.At(v / hi)
			pix[3] = 255
		}
		p.fall.Put(c)
	}
}
