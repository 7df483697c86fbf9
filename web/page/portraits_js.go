package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/turns"
	"sescope/web/view"
	"sescope/weights/json"
)

// portraits are the pictures of what the channels of the present network respond to. They come
// after the first answer, and a network without any has its channels' maps in their place.
type portraits struct {
	turn   turns.Generation
	layout *view.Portraits
	image  js.Value
	shown  string // what stands on the card: network and channel
}

// needPortraits loads the atlas of a network.
func (p *Page) needPortraits(model string) {
	p.portraits.layout, p.portraits.shown = nil, ""
	ticket := p.portraits.turn.Begin()
	name := p.state.PortraitFile(model)
	if name == "" {
		return
	}
	go func() {
		pic, err := browser.LoadPicture(p.state.File(name + ".webp"))
		if err != nil {
			return // the maps stay
		}
		text, err := browser.FetchText(p.state.File(name + ".json"))
		if err != nil {
			return
		}
		p.post(func() {
			layout := &view.Portraits{}
			if !ticket.Current() || json.Unmarshal([]byte(text), layout) != nil || layout.Side < 1 {
				return
			}
			p.portraits.layout, p.portraits.image, p.portraits.shown = layout, pic.Image, ""
			p.showCard()
			p.renderSoon()
		})
	}()
}

// portrait draws the picture of a channel on a square canvas; ok is false where there is none.
func (p *Page) portrait(c *browser.Canvas, layer string, channel, side int) (ok bool) {
	x, y, ok := p.portraits.layout.At(layer, channel)
	if !ok {
		return false
	}
	if c.El.Get("width").Int() != side || c.El.Get("height").Int() != side {
		c.El.Set("width", side)
		c.El.Set("height", side)
	}
	n := p.portraits.layout.Side
	c.Ctx.Set("imageSmoothingQuality", "high")
	c.Ctx.Call("drawImage", p.portraits.image, x, y, n, n, 0, 0, side, side)
	return true
}
