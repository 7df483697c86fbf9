package page

import (
	"fmt"
	"slices"
	"syscall/js"

	"sescope/nn"
	"sescope/nn/picture"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

const (
	compareSide = 128 // of a picture of With and without SE, in CSS pixels
	maxOpened   = 24  // pictures of the person's that are searched for a disagreement
	maxFilm     = 60  // frames of the camera, likewise
	filmEvery   = 1000
	filmSide    = 256
)

// compare loads the twin of the chosen network and looks for pictures where the two disagree.
type compare struct {
	asked  string            // the twin that is on its way or loaded
	opened []still           // the person's pictures, latest last
	film   []*browser.Canvas // the camera's last minute, a frame a second; a ring
	filmed int               // frames that were kept, in all
	last   float64           // when the last one was
	at     int               // the picture of the search that was tried last, counted through samples, opened ones and film
	search turns.Generation  // a cancelled one stops
	heat   layer
	small  *nn.Heatmap
	layer  *browser.Canvas
}

// remember keeps an opened picture for the search.
func (c *compare) remember(st still) {
	if st.source != view.FromFile {
		return
	}
	for _, o := range c.opened {
		if o.picture == st.picture {
			return
		}
	}
	if c.opened = append(c.opened, st); len(c.opened) > maxOpened {
		c.opened = c.opened[1:]
	}
}

// keepFrame keeps a camera's frame for the search, one a second.
func (p *Page) keepFrame(fr *frame) {
	c := &p.compare
	if fr.source != view.FromCamera || p.state.Twin() == "" || browser.Now()-c.last < filmEvery {
		return
	}
	c.last = browser.Now()
	if len(c.film) < maxFilm {
		c.film = append(c.film, browser.NewCanvas(filmSide, false))
	}
	c.film[c.filmed%maxFilm].Draw(fr.picture, 1)
	c.filmed++
}

// filmStill is a kept frame as a picture of its own, so that later frames do not change it.
func (c *compare) filmStill(i int) still {
	copied := browser.NewCanvas(filmSide, false)
	copied.Draw(c.film[i], 1)
	return still{picture: &browser.Picture{Image: copied.El, W: filmSide, H: filmSide}, source: view.FromFile, file: "camera", sample: -1}
}

// needSecond loads the twin if the open panel compares and it is not there yet.
func (p *Page) needSecond() {
	twin := p.state.Twin()
	if p.state.Tab != view.TabCompare || twin == "" || twin == p.compare.asked {
		return
	}
	p.compare.asked = twin
	p.state.Compare.Second, p.state.Compare.Failed = nil, false
	life, fetch := p.worker.lives.Ticket(), p.bytesLater(twin, js.Undefined())
	p.away(func() {
		buffer, err := fetch()
		p.post(func() {
			switch {
			case !life.Current() || p.compare.asked != twin: // another worker, another twin
			case err != nil:
				p.secondFailed()
			default:
				p.countLoaded()
				p.ask(protocol.Request{Op: protocol.Second, Model: twin}, func() js.Value { return buffer }, func(reply protocol.Reply, _ js.Value) {
					if reply.Error != "" {
						p.secondFailed()
						return
					}
					p.state.Compare.Second = reply.Model
					p.panel.due = true // the canvases are there after the next render
					p.reexplain()
				})
			}
		})
	})
}

func (p *Page) secondFailed() {
	p.compare.asked, p.state.Compare.Failed = "", true
	p.renderSoon()
}

// loseSecond is called when the worker that held the twin is gone; the next one is given it again.
func (p *Page) loseSecond() {
	p.compare.search.Begin()
	p.compare.asked, p.state.Compare.Second, p.state.Compare.Looking = "", nil, false
}

// FindDisagreement goes on from picture to picture, the samples, then the person's own and the
// camera's last minute, and shows the next one on which the answers with and without SE differ.
// Called while it looks, it stops.
func (p *Page) FindDisagreement() {
	p.post(func() {
		c := &p.state.Compare
		search := p.compare.search.Begin()
		if c.Looking {
			c.Looking = false
			p.renderSoon()
			return
		}
		c.Looking, c.None, c.Done, c.Count = true, false, 0, len(p.state.Film())+len(p.compare.opened)+len(p.compare.film)
		if s := p.state.Shown; s != nil && p.state.Sample >= 0 {
			p.compare.at = slices.Index(p.state.Film(), p.state.Sample)
		}
		p.tryNext(search)
	})
}

// tryNext tries the picture behind the last one.
func (p *Page) tryNext(search turns.Ticket) {
	c := &p.state.Compare
	if c.Done == c.Count {
		c.Looking, c.None = false, true
		p.renderSoon()
		return
	}
	c.Done++
	p.compare.at = (p.compare.at + 1) % c.Count
	p.renderResult()
	at := p.compare.at
	film := p.state.Film()
	if i := at - len(film); i >= len(p.compare.opened) {
		p.try(search, p.compare.filmStill(i-len(p.compare.opened)))
		return
	} else if i >= 0 {
		p.try(search, p.compare.opened[i])
		return
	}
	p.away(func() {
		pic, err := browser.LoadDrawing(p.state.File("samples/" + view.Samples[film[at]].File))
		p.post(func() {
			switch {
			case !search.Current():
			case err != nil: // a sample that is missing is no reason to stop
				p.tryNext(search)
			default:
				p.try(search, still{picture: pic, source: view.FromSample, file: view.Samples[film[at]].File, sample: film[at]})
			}
		})
	})
}

func (p *Page) try(search turns.Ticket, st still) {
	p.classify(st.picture, &protocol.Look{Compare: &protocol.CompareLook{Twin: p.state.Twin()}}, func(tried []protocol.Tried) {
		switch {
		case !search.Current():
		case len(tried) == 3 && tried[0].Class != tried[1].Class:
			p.state.Compare.Looking = false
			p.pictures.Begin()
			p.openStill(st)
		default:
			p.tryNext(search)
		}
	})
}

// classify asks what the networks that look names say about a picture that is not shown, cropped as
// showStill crops it.
func (p *Page) classify(pic *browser.Picture, look *protocol.Look, done func([]protocol.Tried)) {
	side := min(pic.W, pic.H, picture.MaxSide)
	pixels := func() js.Value {
		x, y, square := picture.Square(pic.W, pic.H)
		canvas := browser.NewCanvas(side, true)
		canvas.DrawSquare(pic.Image, x, y, square, false)
		return canvas.Pixels()
	}
	p.ask(protocol.Request{Op: protocol.Try, Side: side, Look: look}, pixels, func(reply protocol.Reply, _ js.Value) { done(reply.Tried) })
}

// paintCompare paints the three pictures with their maps, and the first layers on one scale.
func (p *Page) paintCompare() {
	if p.state.Compared() == nil {
		return
	}
	t, a, c := p.state.Compared(), p.state.Panel.Atlas, &p.compare
	if p.slotWidth("compare-maps-0") == 0 {
		p.panel.due = true // the next render shows the columns
		return
	}
	if c.layer == nil {
		c.heat, c.layer = newLayer(compareSide), browser.NewCanvas(compareSide, false)
	}
	scales, _ := p.state.CompareScales()
	colours, _ := nn.ColormapByName(p.state.Colours)
	for i, col := range t.Columns {
		pic := browser.Slot(fmt.Sprintf("compare-%d", i))
		if pic == nil {
			return
		}
		pic.Fit(compareSide, compareSide)
		pic.Side = pic.El.Get("width").Int()
		pic.Draw(p.stage.picture, 1)
		if hi := scales[i]; hi > 0 {
			if c.small == nil || c.small.W != col.Heat.W || c.small.H != col.Heat.H {
				c.small = nn.NewHeatmap(col.Heat.W, col.Heat.H)
			}
			for j, v := range col.Heat.Data {
				c.small.Data[j] = v / hi
			}
			of := p.state.Shown.Model
			if second := p.state.Compare.Second; second != nil && second.Name == col.Model {
				of = second
			}
			c.heat.fit(of)
			nn.ResizeBilinear(c.heat.large, c.small)
			nn.Overlay(c.heat.inside, c.heat.large, colours, float32(p.state.Opacity)/100, true)
			c.heat.Put(c.layer)
			pic.Draw(c.layer, 1)
		}
		if a != nil {
			p.paintTiles(fmt.Sprintf("compare-maps-%d", i), i*t.Tiles, t.Tiles)
		}
	}
	if scale := browser.Slot("compare-scale-0"); scale != nil {
		scale.Fit(110, 8)
		paintBar(scale, nn.Viridis)
	}
}

// paintTiles paints pictures of the atlas in lines of eight.
func (p *Page) paintTiles(id string, from, count int) {
	c := browser.Slot(id)
	if c == nil {
		return
	}
	const cols, gap = 8, 3
	a, width := p.state.Panel.Atlas, c.SlotWidth()
	cell := (width - (cols-1)*gap) / cols
	ratio, _ := c.Fit(width, float64((count+cols-1)/cols)*(cell+gap)-gap)
	c.Ctx.Call("setTransform", ratio, 0, 0, ratio, 0, 0)
	c.Ctx.Set("imageSmoothingEnabled", false)
	for i := range count {
		x, y := a.At(from + i)
		c.Ctx.Call("drawImage", p.panel.atlas.El, x, y, a.W, a.H, float64(i%cols)*(cell+gap), float64(i/cols)*(cell+gap), cell, cell)
	}
}
