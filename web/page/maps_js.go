package page

import (
	"strconv"
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/view"
)

// OpenChannel shows a channel of the last convolution in Feature maps.
func (p *Page) OpenChannel(channel int) {
	p.post(func() { p.openMaps(p.model.LastConv, channel) })
}

// ChooseLayer shows the maps of another layer.
func (p *Page) ChooseLayer(name string) {
	p.post(func() {
		p.state.MapsChoice = view.MapsChoice{Layer: name, Channel: p.state.MapsChoice.Channel, Y: -1, X: -1}
		p.panel.labelled = 0
		p.reexplain()
	})
}

// lookAt chooses a channel and a pixel of the shown layer.
func (p *Page) lookAt(channel, y, x int) {
	choice := view.MapsChoice{Layer: p.state.Maps().Layer, Channel: channel, Y: y, X: x}
	if choice == p.state.MapsChoice {
		return
	}
	p.state.MapsChoice = choice
	p.panel.labelled = 0
	p.reexplain()
}

func (p *Page) grid() view.Grid { return view.NewGrid(p.state.Maps().C, p.slotWidth("maps-grid")) }

// paintMaps paints Feature maps. Under a camera the tutorial's figure and what is written on the
// grid follow ten times a second.
func (p *Page) paintMaps() {
	s := p.state
	if s.Maps() == nil {
		return
	}
	words := p.panel.dueLabels() || s.Shown.Source != view.FromCamera
	if words {
		p.stage.paintFigures(s)
	}
	p.panel.paintMaps(s, words)
	if s.Maps().Flow != nil && browser.Slot("maps-flow-before") == nil {
		p.panel.due = true // the next render makes its places
	}
}

// pickMaps is a press or a move of the pointer on the grid or on the enlarged channel.
func (p *Page) pickMaps(what string, x, y float64, pressed bool) {
	m := p.state.Maps()
	if m == nil {
		return
	}
	switch what {
	case "channel":
		if i := p.grid().Hit(x, y); i >= 0 && pressed {
			p.lookAt(i, m.Y, m.X)
		}
	case "pixel":
		side := p.slotWidth("maps-big")
		p.lookAt(m.Channel, min(max(int(y/side*float64(m.H)), 0), m.H-1), min(max(int(x/side*float64(m.W)), 0), m.W-1))
	}
}

func (p *Page) pickMapsByKey(what, key string) {
	m := p.state.Maps()
	if m == nil {
		return
	}
	switch what {
	case "channel":
		to, _ := view.Step(key, m.Channel, m.C, p.grid().Cols)
		p.lookAt(to, m.Y, m.X)
	case "pixel":
		to, _ := view.Step(key, m.Y*m.W+m.X, m.H*m.W, m.W)
		p.lookAt(m.Channel, to/m.W, to%m.W)
	}
}

// paintMaps paints every channel, and one of them large with the looked-at pixel marked.
func (p *panel) paintMaps(s *view.State, words bool) {
	m, a := s.Maps(), s.Panel.Atlas
	grid, big, scale := browser.Slot("maps-grid"), browser.Slot("maps-big"), browser.Slot("maps-scale")
	if grid == nil || big == nil || scale == nil {
		return
	}
	g := view.NewGrid(m.C, grid.SlotWidth())
	ratio, fresh := grid.Fit(grid.SlotWidth(), g.Height())
	words = words || fresh
	ctx := grid.Ctx
	ctx.Call("setTransform", ratio, 0, 0, ratio, 0, 0)
	ctx.Set("imageSmoothingEnabled", false)
	if words {
		p.pens.read()
		ctx.Call("clearRect", 0, 0, grid.SlotWidth(), g.Height())
		ctx.Set("textBaseline", "top")
	}
	for i := range m.C {
		x, y := g.At(i)
		sx, sy := a.At(i)
		ctx.Call("drawImage", p.atlas.El, sx, sy, a.W, a.H, x, y, g.Cell, g.Cell)
		if !words {
			continue
		}
		ctx.Set("fillStyle", p.pens.ink2)
		ctx.Set("font", "12px "+p.pens.font)
		if i == m.Channel {
			ctx.Set("strokeStyle", p.pens.accent)
			ctx.Set("lineWidth", 2)
			ctx.Call("strokeRect", x-2, y-2, g.Cell+4, g.Cell+4)
			ctx.Set("fillStyle", p.pens.ink)
			ctx.Set("font", "600 12px "+p.pens.font)
		}
		ctx.Set("textAlign", "left")
		ctx.Call("fillText", strconv.Itoa(i), x, y+g.Cell+4)
		if g.Means {
			ctx.Set("textAlign", "right")
			ctx.Call("fillText", view.Number(m.Means[i]), x+g.Cell, y+g.Cell+4)
		}
	}
	p.paintEnlarged(big, s)
	if m.Flow != nil {
		p.paintFlow("maps-flow", s)
	}
	scale.Fit(110, 8)
	paintBar(scale, nn.Viridis)
}

func (p *panel) paintEnlarged(big *browser.Canvas, s *view.State) {
	m, a := s.Maps(), s.Panel.Atlas
	side := big.SlotWidth()
	ratio, _ := big.Fit(side, side)
	ctx := big.Ctx
	ctx.Call("setTransform", ratio, 0, 0, ratio, 0, 0)
	ctx.Set("imageSmoothingEnabled", false)
	sx, sy := a.At(m.Channel)
	ctx.Call("drawImage", p.atlas.El, sx, sy, a.W, a.H, 0, 0, side, side)
	w, h := side/float64(m.W), side/float64(m.H)
	outline(ctx, float64(m.X)*w, float64(m.Y)*h, w, h)
}

// outline marks a pixel of a map or a picture: white within dark, which is seen on every colour.
func outline(ctx js.Value, x, y, w, h float64) {
	for _, line := range []struct {
		colour string
		width  float64
	}{{"#141416", 4}, {"#fff", 2}} {
		ctx.Set("strokeStyle", line.colour)
		ctx.Set("lineWidth", line.width)
		ctx.Call("strokeRect", x, y, w, h)
	}
}

// paintBar fills a canvas with a colour table from left to right.
func paintBar(c *browser.Canvas, colours *nn.Colormap) {
	paint := browser.NewPainter(256, 1)
	for x := range 256 {
		pix := paint.Image.Pix[4*x:]
		pix[0], pix[1], pix[2] = colours.At((float32(x) + .5) / 256)
		pix[3] = 255
	}
	line := browser.NewCanvas(256, false)
	paint.Put(line)
	c.Ctx.Call("setTransform", 1, 0, 0, 1, 0, 0)
	c.Ctx.Call("drawImage", line.El, 0, 0, 256, 1, 0, 0, c.El.Get("width"), c.El.Get("height"))
}
