package page

import (
	"strconv"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/ui"
)

var _ ui.Actions = (*Page)(nil)

// ChooseKind changes the kind of map.
func (p *Page) ChooseKind(kind string) {
	p.post(func() {
		if p.state.ChooseKind(kind) {
			p.stage.fixed = nil
			p.reexplain()
		}
	})
}

// ChooseClass pins the map to a class, or lets it follow the prediction again.
func (p *Page) ChooseClass(class int) {
	p.post(func() {
		if p.state.Class == class {
			class = -1
		}
		p.state.Class, p.stage.fixed = class, nil
		p.reexplain()
	})
}

// ChooseRank changes how the tutorial's figure ranks channels.
func (p *Page) ChooseRank(rank string) {
	p.post(func() {
		p.state.Rank = rank
		p.reexplain()
	})
}

// ChooseRival changes whom the class is compared with.
func (p *Page) ChooseRival(class string) {
	p.post(func() {
		if n, err := strconv.Atoi(class); err == nil {
			p.state.Against = n
			p.reexplain()
		}
	})
}

// ChooseColours changes the colours of the map on the stage.
func (p *Page) ChooseColours(name string) {
	p.post(func() {
		p.state.Colours = name
		p.repaint()
	})
}

// ChooseOpacity changes the opacity of the map on the stage.
func (p *Page) ChooseOpacity(percent string) {
	p.post(func() {
		if n, err := strconv.Atoi(percent); err == nil {
			p.state.Opacity = min(max(n, 0), 100)
			showOpacity(p.state.Opacity)
			p.repaint()
		}
	})
}

// showOpacity fills the slider's track; a render of Vugu would remove a style of the slider itself.
func showOpacity(percent int) {
	js.Global().Get("document").Get("documentElement").Get("style").Call("setProperty", "--opacity", strconv.Itoa(percent)+"%")
}

// ChooseScale keeps the present range of values for the colours, or gives each frame its own.
func (p *Page) ChooseScale(fixed bool) {
	p.post(func() {
		p.state.Fixed, p.stage.fixed = fixed, nil
		p.repaint()
	})
}

// ChooseResize changes how the map on the stage is enlarged.
func (p *Page) ChooseResize(how string) {
	p.post(func() {
		p.state.Resize = how
		p.repaint()
	})
}

func (p *Page) toggleHeat() {
	p.state.HeatOff = !p.state.HeatOff
	p.repaint()
}

// repaint paints the map on the stage anew; no number changes.
func (p *Page) repaint() {
	if p.state.Shown != nil {
		p.stage.paintMap(p.state)
	}
	p.renderSoon()
}

// ChooseLanguage changes every word on the page.
func (p *Page) ChooseLanguage(lang string) {
	p.post(func() {
		p.state.Lang = lang
		tag := "en"
		if lang == "zh" {
			tag = "zh-Hans"
		}
		js.Global().Get("document").Get("documentElement").Set("lang", tag)
		browser.Store("lang", tag)
		p.translate()
		if p.state.Shown != nil {
			p.desk.word(p.state)
			p.paintDesk()
			p.showCard()
			p.wordStrip()
			p.paintPin()
			p.stage.paintMap(p.state)
			p.stage.paintSees(p.state, nil)
			p.paintPanel()
			p.say()
		}
		p.notice.word(p.state)
		p.renderSoon()
	})
}

// translate words the static parts that only screen readers see.
func (p *Page) translate() {
	t := p.state.T()
	p.wordCard()
	p.wordShare()
	browser.ByID("brush-cursor").Call("setAttribute", "aria-label", t.BrushCursor)
	browser.ByID("gates").Call("setAttribute", "aria-label", t.Gates)
	browser.ByID("view").Call("setAttribute", "aria-label", t.StageName)
	buttons := js.Global().Get("document").Call("querySelectorAll", "dialog form button")
	for i := range buttons.Length() {
		buttons.Index(i).Call("setAttribute", "aria-label", t.Close)
	}
	browser.ByID("privacy").Call("setAttribute", "aria-label", t.HowEnforced)
	browser.ByID("help").Call("setAttribute", "aria-label", t.Help)
	browser.ByID("export").Call("setAttribute", "aria-label", t.Export)
}

// ToggleTheme changes between light and dark.
func (p *Page) ToggleTheme() {
	p.post(func() {
		theme := "dark"
		if p.state.Theme == "dark" {
			theme = "light"
		}
		p.state.Theme = theme
		browser.Store("theme", theme)
		p.dress(theme)
		p.renderSoon()
	})
}

// dress puts the page into a theme; canvases carry its colours.
func (p *Page) dress(theme string) {
	js.Global().Get("document").Get("documentElement").Get("dataset").Set("theme", theme)
	p.desk.readPalette()
	p.paintDesk()
	p.paintStrip()
	p.paintPanel()
}

// listenPrint has the page printed in the light theme. What a browser prints is what stands there
// when the event is over, so nothing is posted; no other function runs meanwhile.
func (p *Page) listenPrint() {
	browser.Listen(js.Global(), "beforeprint", func(js.Value) { p.dress("light") })
	browser.Listen(js.Global(), "afterprint", func(js.Value) { p.dress(p.state.Theme) })
}

// ShowHelp opens the help.
func (p *Page) ShowHelp() { p.post(func() { showDialog("help") }) }

// ShowPrivacy tells how it is enforced that no picture leaves the device.
func (p *Page) ShowPrivacy() { p.post(func() { showDialog("privacy") }) }

func showDialog(id string) {
	if d := browser.ByID(id); !d.Get("open").Bool() {
		d.Call("showModal")
	}
}
