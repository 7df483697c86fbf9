package page

import (
	"strconv"
	"syscall/js"

	"sescope/nn"
	"sescope/nn/dataset"
	"sescope/web/browser"
	"sescope/web/view"
)

// paintTest paints the confusion matrix and the gates by class.
func (p *Page) paintTest() {
	if !p.state.Tested() {
		return
	}
	p.panel.pens.read()
	p.paintConfusion()
	p.paintTestGates()
}

func (p *Page) paintConfusion() {
	t, c, pens := &p.state.Test, browser.Slot("test-confusion"), &p.panel.pens
	if c == nil {
		return
	}
	m := view.NewMatrix(len(t.Model.Classes), c.SlotWidth())
	ratio, _ := c.Fit(c.SlotWidth(), m.Height()+2)
	ctx := c.Ctx
	ctx.Call("setTransform", ratio, 0, 0, ratio, 0, 0)
	ctx.Call("clearRect", 0, 0, c.SlotWidth(), m.Height()+2)
	ctx.Set("textBaseline", "middle")
	gap := min(1, m.Cell/8)
	for label := range m.N {
		for predicted := range m.N {
			x, y := m.Left+m.Cell*float64(predicted), m.Top+m.Cell*float64(label)
			shade := t.Shade(label, predicted)
			ctx.Set("fillStyle", pens.track)
			if m.Cell > 6 || shade > 0 {
				ctx.Call("fillRect", x, y, m.Cell-gap, m.Cell-gap)
			}
			if shade == 0 {
				continue
			}
			ctx.Set("fillStyle", pens.ink)
			if label == predicted {
				ctx.Set("fillStyle", pens.accent)
			}
			ctx.Set("globalAlpha", shade)
			ctx.Call("fillRect", x, y, m.Cell-gap, m.Cell-gap)
			ctx.Set("globalAlpha", 1)
			if m.Counts {
				ctx.Set("fillStyle", pens.strong)
				if shade > .5 {
					ctx.Set("fillStyle", pens.paper)
				}
				ctx.Set("font", "11px "+pens.font)
				ctx.Set("textAlign", "center")
				ctx.Call("fillText", strconv.Itoa(t.All.Confusion[label][predicted]), x+m.Cell/2, y+m.Cell/2, m.Cell-3)
			}
		}
	}
	x, y := m.Left+m.Cell*float64(t.Predicted), m.Top+m.Cell*float64(t.Label)
	ctx.Set("strokeStyle", pens.strong)
	ctx.Set("lineWidth", 2)
	ctx.Call("strokeRect", x, y, m.Cell-gap, m.Cell-gap)
	if !m.Words {
		return
	}
	ctx.Set("font", "12px "+pens.font)
	for i, class := range t.Model.Classes {
		name := p.state.Name(class)
		ctx.Set("fillStyle", pens.ink)
		if i == t.Label {
			ctx.Set("fillStyle", pens.strong)
		}
		ctx.Set("textAlign", "right")
		ctx.Call("fillText", name, m.Left-7, m.Top+m.Cell*(float64(i)+.5), m.Left-8)
		ctx.Set("fillStyle", pens.ink)
		if i == t.Predicted {
			ctx.Set("fillStyle", pens.strong)
		}
		ctx.Set("textAlign", "left")
		ctx.Call("save")
		ctx.Call("translate", m.Left+m.Cell*(float64(i)+.5), m.Top-6)
		ctx.Call("rotate", -.9)
		ctx.Call("fillText", name, 0, 0, 72)
		ctx.Call("restore")
	}
}

func (p *Page) gateChart(width float64) view.GateChart {
	t := &p.state.Test
	return view.NewGateChart(len(t.GateRows()), t.Model.Blocks[t.Block].N, width)
}

// paintTestGates paints the mean gates of every class, on the fixed scale of a gate: 0 to 1.
func (p *Page) paintTestGates() {
	t, c, pens := &p.state.Test, browser.Slot("test-gates"), &p.panel.pens
	rows := t.GateRows()
	if c == nil || len(rows) == 0 {
		return
	}
	g := p.gateChart(c.SlotWidth())
	paint := browser.NewPainter(g.Channels, g.Rows)
	for y, label := range rows {
		mean, _ := t.All.Usual(t.Block, label)
		for x, v := range mean {
			pix := paint.Image.Pix[4*(y*g.Channels+x):]
			pix[0], pix[1], pix[2] = nn.Viridis.At(float32(v))
			pix[3] = 255
		}
	}
	small := browser.NewCanvas(1, false)
	small.El.Set("width", g.Channels)
	small.El.Set("height", g.Rows)
	paint.Put(small)
	ratio, _ := c.Fit(c.SlotWidth(), g.Height())
	ctx := c.Ctx
	ctx.Call("setTransform", ratio, 0, 0, ratio, 0, 0)
	ctx.Call("clearRect", 0, 0, c.SlotWidth(), g.Height())
	ctx.Set("imageSmoothingEnabled", false)
	ctx.Call("drawImage", small.El, g.Left, 0, g.W*float64(g.Channels), g.Height())
	outline(ctx, g.Left+g.W*float64(t.Channel), g.H*float64(t.Row), g.W, g.H)
	if g.Words {
		ctx.Set("font", "12px "+pens.font)
		ctx.Set("textAlign", "right")
		ctx.Set("textBaseline", "middle")
		ctx.Set("fillStyle", pens.ink)
		for y, label := range rows {
			ctx.Call("fillText", p.state.Name(t.Model.Classes[label]), g.Left-7, g.H*(float64(y)+.5), g.Left-8)
		}
	}
	if scale := browser.Slot("test-scale"); scale != nil {
		scale.Fit(110, 8)
		paintBar(scale, nn.Viridis)
	}
}

// pickTest chooses a cell of the confusion matrix by a press, or a gate by the pointer.
func (p *Page) pickTest(what string, x, y float64, pressed bool) {
	t := &p.state.Test
	switch {
	case !p.state.Tested():
	case what == "confusion":
		if label, predicted, ok := view.NewMatrix(len(t.Model.Classes), p.slotWidth("test-confusion")).Hit(x, y); ok && pressed {
			p.chooseCell(label, predicted)
		}
	case what == "gates":
		if row, channel, ok := p.gateChart(p.slotWidth("test-gates")).Hit(x, y); ok {
			p.chooseGate(row, channel)
		}
	}
}

func (p *Page) pickTestByKey(what, key string) {
	t := &p.state.Test
	switch n := len(p.classesTested()); {
	case n == 0:
	case what == "confusion":
		to, _ := view.Step(key, t.Label*n+t.Predicted, n*n, n)
		p.chooseCell(to/n, to%n)
	case what == "gates":
		channels := t.Model.Blocks[t.Block].N
		to, _ := view.Step(key, t.Row*channels+t.Channel, len(t.GateRows())*channels, channels)
		p.chooseGate(to/channels, to%channels)
	}
}

func (p *Page) classesTested() []nn.Class {
	if !p.state.Tested() {
		return nil
	}
	return p.state.Test.Model.Classes
}

func (p *Page) chooseCell(label, predicted int) {
	t := &p.state.Test
	t.Label, t.Predicted, t.Page = label, predicted, 0
	p.paintConfusion()
	p.showThumbs()
	p.renderSoon()
}

func (p *Page) chooseGate(row, channel int) {
	t := &p.state.Test
	if t.Row != row || t.Channel != channel {
		t.Row, t.Channel = row, channel
		p.paintTestGates()
		p.renderSoon()
	}
}

// TurnTestPage shows other pictures of the chosen cell.
func (p *Page) TurnTestPage(by int) {
	p.post(func() {
		t := &p.state.Test
		if to := t.Page + by; to >= 0 && to < t.CellPages() {
			t.Page = to
			p.showThumbs()
			p.renderSoon()
		}
	})
}

// forgetThumbs lets the pictures of the cell go.
func (p *Page) forgetThumbs() {
	for _, th := range p.state.Test.Thumbs {
		js.Global().Get("URL").Call("revokeObjectURL", th.URL)
	}
	p.state.Test.Thumbs = nil
	p.thumbs.Begin()
}

// showThumbs reads the pictures of the chosen cell once more and shows them.
func (p *Page) showThumbs() {
	p.forgetThumbs()
	turn, set := p.thumbs.Ticket(), p.tests
	page, _ := p.state.Test.CellSeen()
	var seen []view.Seen
	for _, i := range page {
		seen = append(seen, p.state.Test.Seen[i])
	}
	file := p.state.Test.Name
	p.away(func() {
		var thumbs []view.Thumb
		for i, s := range seen {
			if blob, err := set.picture(file, s.At); err == nil {
				thumbs = append(thumbs, view.Thumb{Seen: page[i], URL: js.Global().Get("URL").Call("createObjectURL", blob).String()})
			}
		}
		p.post(func() {
			if !turn.Current() {
				for _, th := range thumbs {
					js.Global().Get("URL").Call("revokeObjectURL", th.URL)
				}
				return
			}
			p.state.Test.Thumbs = thumbs
			p.renderSoon()
		})
	})
}

// picture is a file of its own of a picture of the set. It blocks.
func (set *testSet) picture(file string, at int) (js.Value, error) {
	switch {
	case set.records > 0:
		b, err := browser.ReadBlob(set.blob, at*dataset.Record, dataset.Record)
		if err != nil || len(b) < dataset.Record {
			return js.Undefined(), &dataset.Fault{Kind: dataset.Damaged, Name: file}
		}
		array := js.Global().Get("Uint8Array").New(dataset.BMPSize)
		js.CopyBytesToJS(array, dataset.BMP(b))
		return js.Global().Get("Blob").New([]any{array}, map[string]any{"type": "image/bmp"}), nil
	case set.files != nil:
		return set.files[at], nil
	}
	blob, _, err := browser.Unzip(set.blob, &set.entries[at])
	return blob, err
}

// pictures is how many files of the set are there to be searched.
func (set *testSet) pictures() int { return max(set.records, len(set.files), len(set.entries)) }

// OpenTestPicture opens a picture of the chosen cell on the stage, with its label.
func (p *Page) OpenTestPicture(i int) {
	p.post(func() {
		t := &p.state.Test
		if i >= len(t.Thumbs) {
			return
		}
		seen := t.Seen[t.Thumbs[i].Seen]
		set, file, label := p.tests, t.Name, t.Model.Classes[seen.Label].En
		p.away(func() {
			blob, err := set.picture(file, seen.At)
			p.post(func() {
				if err != nil {
					p.trouble(view.PictureBroken, err.Error(), nil)
					return
				}
				p.openLabelled(blob, seen.Name, label)
				browser.ByID("view").Call("scrollIntoView", map[string]any{"block": "nearest"})
			})
		})
	})
}
