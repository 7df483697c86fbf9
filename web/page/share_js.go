package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/view"
)

// listenShare wires the dialog that gives away what the page shows: a link, a frame, a figure.
func (p *Page) listenShare() {
	click := func(id string, f func()) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) { p.post(f) })
	}
	click("share-copy", func() { p.copyFrom("share-link") })
	click("frame-copy", func() { p.copyFrom("share-frame") })
	click("figure-png", func() { p.figurePNG() })
	click("figure-svg", func() {
		if s := p.state; s.Shown != nil {
			picture := p.stage.snapshot(s).El.Call("toDataURL", "image/png").String()
			p.saveText(view.FigureSVG(s.Figure(p.stage.span), picture, s.StageLabel()), "image/svg+xml", s.ExportName("figure", "svg"))
		}
	})
}

// Share opens the dialog with the link to what the page shows.
func (p *Page) Share() {
	p.post(func() {
		p.writeHash()
		href := location().Get("href").String()
		browser.ByID("share-link").Set("value", href)
		browser.ByID("share-frame").Set("value", view.FrameCode(view.EmbedAddress(href)))
		browser.ByID("share-said").Set("textContent", "")
		showDialog("sharing")
	})
}

// copyFrom copies a field's text, or selects it where the browser does not let pages copy.
func (p *Page) copyFrom(id string) {
	field := browser.ByID(id)
	field.Call("select")
	say := func(text string) { browser.ByID("share-said").Set("textContent", text) }
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() { // not a secure context
		say(p.state.T().ShareSelect)
		return
	}
	p.away(func() {
		_, err := browser.AwaitCall(clipboard, "writeText", field.Get("value"))
		p.post(func() { say(pickText(err == nil, p.state.T().ShareCopied, p.state.T().ShareSelect)) })
	})
}

// figurePNG paints the figure at twice its size and saves it.
func (p *Page) figurePNG() {
	s := p.state
	if s.Shown == nil {
		return
	}
	const times = 2
	c := browser.NewCanvas(1, false)
	c.El.Set("width", times*view.FigureW)
	c.El.Set("height", times*view.FigureH)
	ctx := c.Ctx
	ctx.Call("scale", times, times)
	ctx.Set("imageSmoothingQuality", "high")
	font := js.Global().Call("getComputedStyle", js.Global().Get("document").Get("body")).Get("fontFamily").String()
	for _, m := range s.Figure(p.stage.span) {
		ctx.Set("globalAlpha", m.Alpha)
		ctx.Set("fillStyle", m.Fill)
		switch {
		case m.Picture:
			ctx.Call("drawImage", p.stage.snapshot(s).El, m.X, m.Y, m.W, m.H)
		case m.Text != "":
			weight := pickText(m.Bold, "600 ", "")
			ctx.Set("font", weight+js.ValueOf(m.Size).Call("toString").String()+"px "+font)
			ctx.Set("textAlign", pickText(m.Right, "right", "left"))
			ctx.Call("fillText", m.Text, m.X, m.Y)
		case m.Path != "":
			ctx.Call("fill", js.Global().Get("Path2D").New(m.Path))
		default:
			ctx.Call("fillRect", m.X, m.Y, m.W, m.H)
		}
	}
	p.saveCanvas(c, s.ExportName("figure", "png"))
}

// wordShare writes the dialog's words.
func (p *Page) wordShare() {
	t := p.state.T()
	for id, text := range map[string]string{"share-copy": t.ShareCopy, "frame-copy": t.ShareCopy, "share-link-name": t.ShareLink, "share-frame-name": t.ShareFrame, "embed-open": t.OpenFull} {
		browser.ByID(id).Set("textContent", text)
	}
	browser.ByID("sharing").Call("setAttribute", "aria-label", t.Share)
}
