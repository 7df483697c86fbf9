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

// compare loads the family of the chosen network and looks for pictures where its networks
// disagree.
type compare struct {
	life   turns.Generation  // of the networks that the worker has beside the first; a former one's come too late
	asked  map[string]bool   // those that are on their way or loaded
	opened []still           // the person's pictures, latest last
	film   []*browser.Canvas // the camera's last minute, a frame a second; a ring
	filmed int               // frames that were kept, in all
	last   float64           // when the last one was
	at     int               // the picture of the search that was tried last, counted as tryNext counts
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
	if fr.source != view.FromCamera || p.state.Family() == nil || browser.Now()-c.last < filmEvery {
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

// needFamily loads the networks of the family that are not there yet if the open panel compares.
// One that cannot be loaded is asked for again when the panel is opened again.
func (p *Page) needFamily() {
	c, s := &p.compare, &p.state.Compare
	if p.state.Tab != view.TabCompare || p.model == nil {
		return
	}
	clear(s.Failed)
	for _, name := range p.state.Family() {
		if name != p.model.Name && !c.asked[name] {
			c.asked[name] = true
			p.loadMember(name)
		}
	}
}

// loadMember loads one network of the family.
func (p *Page) loadMember(name string) {
	c, s := &p.compare, &p.state.Compare
	worker, life, fetch := p.worker.lives.Ticket(), c.life.Ticket(), p.bytesLater(name, js.Undefined())
	failed := func() {
		c.asked[name], s.Failed[name] = false, true
		p.renderSoon()
	}
	p.away(func() {
		buffer, err := fetch()
		p.post(func() {
			switch {
			case !worker.Current() || !life.Current(): // another worker, another family
				return
			case err != nil:
				failed()
				return
			}
			p.countLoaded()
			p.ask(protocol.Request{Op: protocol.Second, Model: name}, func() js.Value { return buffer }, func(reply protocol.Reply, _ js.Value) {
				switch {
				case !life.Current():
				case reply.Error != "" || !view.SameClasses(reply.Model.Classes, p.model.Classes):
					failed()
				default:
					s.Others[name] = reply.Model
					p.panel.due = true // the canvases are there after the next render
					p.reexplain()
				}
			})
		})
	})
}

// loseFamily is called when the worker has no networks beside the first any more: it is another
// one, or was given another first network.
func (p *Page) loseFamily() {
	p.compare.search.Begin()
	p.compare.life.Begin()
	p.compare.asked = map[string]bool{}
	p.state.Compare = view.Compare{Others: map[string]*protocol.Model{}, Failed: map[string]bool{}}
}

// FindDisagreement goes on from picture to picture, those of the open test set, the samples, the
// person's own and the camera's last minute, and shows the next one on which the networks of the
// family give different answers. Called while it looks, it stops.
func (p *Page) FindDisagreement() {
	p.post(func() {
		c := &p.state.Compare
		search := p.compare.search.Begin()
		if c.Looking {
			c.Looking = false
			p.renderSoon()
			return
		}
		tests, samples := p.tests.pictures(), p.state.Film()
		c.Looking, c.None, c.Done, c.Count = true, false, 0, tests+len(samples)+len(p.compare.opened)+len(p.compare.film)
		if tests == 0 && p.state.Shown != nil && p.state.Sample >= 0 {
			p.compare.at = slices.Index(samples, p.state.Sample)
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
	i, film := p.compare.at, p.state.Film()
	if tests := p.tests.pictures(); i < tests {
		p.tryTest(search, i)
		return
	} else if i -= tests; i < len(film) {
		p.tryLoaded(search, func() (still, error) {
			file := view.Samples[film[i]].File
			pic, err := browser.LoadDrawing(p.state.File("samples/" + file))
			return still{picture: pic, source: view.FromSample, file: file, sample: film[i]}, err
		})
		return
	}
	if i -= len(film); i < len(p.compare.opened) {
		p.try(search, p.compare.opened[i])
		return
	}
	p.try(search, p.compare.filmStill(i-len(p.compare.opened)))
}

// tryLoaded tries a picture that has to be loaded, which blocks. One that cannot be is no reason to
// stop.
func (p *Page) tryLoaded(search turns.Ticket, load func() (still, error)) {
	p.away(func() {
		st, err := load()
		p.post(func() {
			switch {
			case !search.Current():
			case err != nil:
				p.tryNext(search)
			default:
				p.try(search, st)
			}
		})
	})
}

// tryTest tries a picture of the open test set.
func (p *Page) tryTest(search turns.Ticket, at int) {
	t, set := &p.state.Test, p.tests
	st := still{source: view.FromFile, file: t.Name, sample: -1}
	name := t.Name
	for i := range t.Seen {
		if s := &t.Seen[i]; s.At == at {
			st.file, st.label = s.Name, t.Model.Classes[s.Label].En
		}
	}
	p.tryLoaded(search, func() (still, error) {
		blob, err := set.picture(name, at)
		if err == nil {
			st.picture, err = browser.OpenPicture(blob)
		}
		return st, err
	})
}

func (p *Page) try(search turns.Ticket, st still) {
	p.classify(st.picture, p.state.CompareLook(), func(tried []protocol.Tried) {
		switch {
		case !search.Current():
		case disagree(tried):
			p.state.Compare.Looking = false
			p.pictures.Begin()
			p.openStill(st)
		default:
			p.tryNext(search)
		}
	})
}

// disagree tells whether not all answers are the same, those with every gate at 1 aside.
func disagree(tried []protocol.Tried) bool {
	for _, t := range tried {
		if !t.Open && t.Class != tried[0].Class {
			return true
		}
	}
	return false
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

// wordCompare writes the parts of the columns that have changed.
func (p *Page) wordCompare() {
	t, document := p.state.Compared(), js.Global().Get("document")
	for i, col := range p.state.CompareColumns() {
		at := func(name, end string) js.Value {
			return document.Call("getElementById", fmt.Sprintf("compare-%s-%d%s", name, i, end))
		}
		for j, text := range p.state.CompareHTML(col) {
			if el := at(view.CompareParts[j], ""); !el.IsNull() && el.Get("said").String() != text {
				el.Set("said", text)
				el.Set("innerHTML", text)
			}
		}
		if el := at("places", "-slot"); !el.IsNull() {
			el.Set("hidden", col.At < 0 || t.Columns[col.At].Places.W < 2)
			at("maps", "-slot").Set("hidden", t == nil || t.Tiles == 0)
		}
	}
}

// paintCompare paints the pictures with their maps, where the networks have one what they make of
// places, and of a pair the first layers on one scale.
func (p *Page) paintCompare() {
	t, c := p.state.Compared(), &p.compare
	if t == nil {
		return
	}
	if c.layer == nil {
		c.heat, c.layer = newLayer(compareSide), browser.NewCanvas(compareSide, false)
	}
	scales, _ := p.state.CompareScales()
	colours, _ := nn.ColormapByName(p.state.Colours)
	for i, col := range p.state.CompareColumns() {
		if col.At < 0 {
			continue
		}
		side := p.slotWidth(fmt.Sprintf("compare-%d", i))
		if side == 0 {
			p.panel.due = true // the next render shows the column
			continue
		}
		of := &t.Columns[col.At]
		pic := browser.Slot(fmt.Sprintf("compare-%d", i))
		pic.Fit(side, side)
		pic.Side = pic.El.Get("width").Int()
		pic.Draw(p.stage.picture, 1)
		if hi := scales[col.At]; hi > 0 {
			if c.small == nil || c.small.W != of.Heat.W || c.small.H != of.Heat.H {
				c.small = nn.NewHeatmap(of.Heat.W, of.Heat.H)
			}
			for j, v := range of.Heat.Data {
				c.small.Data[j] = v / hi
			}
			c.heat.fit(p.state.CompareModel(of.Model))
			nn.ResizeBilinear(c.heat.large, c.small)
			nn.Overlay(c.heat.inside, c.heat.large, colours, float32(p.state.Opacity)/100, true)
			c.heat.Put(c.layer)
			pic.Draw(c.layer, 1)
		}
		if of.Places.W > 1 {
			paintPlane(fmt.Sprintf("compare-places-%d", i), &of.Places, 0, 1)
		}
		if t.Tiles > 0 {
			p.paintTiles(fmt.Sprintf("compare-maps-%d", i), col.At*t.Tiles, t.Tiles)
		}
	}
	for name, colours := range map[string]*nn.Colormap{"compare-heat-scale-0": colours, "compare-scale-0": nn.Viridis} {
		if scale := browser.Slot(name); scale != nil {
			scale.Fit(110, 8)
			paintBar(scale, colours)
		}
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
