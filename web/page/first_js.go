package page

import (
	"fmt"
	"strconv"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

// listenFirst wires what the first screen has outside of Vugu: the block's head, the rows of the
// waterfall, and what closes a menu.
func (p *Page) listenFirst() {
	click := func(id string, f func()) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) { p.post(f) })
	}
	click("block-previous", func() { p.showBlock(p.state.Block - 1) })
	click("block-next", func() { p.showBlock(p.state.Block + 1) })
	click("all-blocks", func() { p.showAll(!p.state.AllBlocks) })
	click("gates-reset", func() { p.ResetGates() })
	p.state.Touch = js.Global().Call("matchMedia", "(pointer: coarse)").Get("matches").Bool()
	p.state.AllBlocks = browser.Stored("blocks") == "all"
	document := js.Global().Get("document")
	browser.Listen(document, "click", func(event js.Value) {
		target := event.Get("target")
		if !target.Call("closest", ".menu, .more, [aria-expanded]").Truthy() {
			p.post(p.closeMenu)
		}
	})
	browser.Listen(document, "keydown", func(event js.Value) {
		if event.Get("key").String() == "Escape" && !document.Call("querySelector", "dialog[open]").Truthy() {
			p.post(p.closeMenu)
		}
	})
	term := func(event js.Value) js.Value {
		if target := event.Get("target"); target.Get("closest").Type() == js.TypeFunction {
			return target.Call("closest", "[data-term]")
		}
		return js.Null()
	}
	rows := func(name string, f func(at protocol.Peek)) {
		browser.Listen(document, name, func(event js.Value) {
			el := term(event)
			if !el.Truthy() {
				return
			}
			text := el.Get("dataset").Get("term").String()
			p.post(func() {
				if at, ok := p.state.TermAt(text); ok {
					f(at)
				}
			})
		})
	}
	rows("pointerover", func(at protocol.Peek) { p.hold(&at) })
	rows("focusin", func(at protocol.Peek) { p.hold(&at) })
	leave := func(event js.Value) {
		if term(event).Truthy() {
			p.post(func() { p.hold(p.focused()) })
		}
	}
	browser.Listen(document, "pointerout", leave)
	browser.Listen(document, "focusout", leave)
	rows("click", func(at protocol.Peek) {
		if !p.state.DeskFits() {
			return
		}
		p.state.Pick(at)
		p.showBlock(at.Block)
		p.mix(func(d *view.Desk) { d.Mute(at) })
	})
}

// showBlock shows another block on the desk.
func (p *Page) showBlock(block int) {
	s := p.state
	if s.Desk == nil || block < 0 || block >= len(s.Desk.Blocks) || block == s.Block {
		return
	}
	s.Block, s.Held = block, nil
	p.desk.choose(s)
	p.settle()
	p.showDesk()
	p.strip.mark(s)
	p.renderSoon()
}

// showAll unfolds every block, or folds all but one; the choice is remembered.
func (p *Page) showAll(all bool) {
	p.state.AllBlocks = all
	browser.Store("blocks", pickText(all, "all", "one"))
	p.desk.choose(p.state)
	p.showDesk()
}

// settle chooses a channel to describe where there is none, and asks for its map.
func (p *Page) settle() {
	if p.state.Settle() {
		p.reexplain()
	}
}

// wordGates writes what surrounds the bars.
func (p *Page) wordGates() {
	s, t, w := p.state, p.state.T(), p.stage.words
	r := s.Shown.Result
	none := len(r.Gates) == 0
	w.hide("block-nav", none)
	w.hide("legend", none)
	w.hide("no-gates", !none)
	w.hide("gates-reset", s.Desk == nil || !s.Desk.Touched())
	w.hide("block-previous", s.AllBlocks || len(r.Gates) < 2)
	w.hide("block-next", s.AllBlocks || len(r.Gates) < 2)
	w.hide("all-blocks", len(r.Gates) < 2)
	for id, off := range map[string]bool{"block-previous": s.Block == 0, "block-next": s.Block >= len(r.Gates)-1} {
		w.attr(browser.ByID(id), "disabled "+id, "aria-disabled", strconv.FormatBool(off))
	}
	w.set("no-gates", t.NoSE)
	w.set("gates-reset", t.ResetAll)
	w.set("all-blocks", pickText(s.AllBlocks, t.OneBlock, t.AllBlocks))
	w.attr(browser.ByID("all-blocks"), "pressed", "aria-pressed", strconv.FormatBool(s.AllBlocks))
	w.set("legend-now", t.LegendOwn)
	w.hide("legend-usual-key", !s.Signed())
	w.set("legend-usual", s.LegendUsual())
	w.hide("legend-strange-key", !s.Signed() || s.Strange() == 0)
	w.set("legend-strange", t.LegendStrange)
	w.set("changed", s.Changed())
}

// OpenMenu opens a menu of rare controls, or closes it.
func (p *Page) OpenMenu(id string) {
	p.post(func() {
		if p.state.Menu == id {
			id = ""
		}
		p.state.Menu = id
		p.renderSoon()
	})
}

func (p *Page) closeMenu() {
	if p.state.Menu != "" {
		opener := map[string]string{view.MenuMap: "map-open", view.MenuMore: "more", view.MenuHead: "menu-open"}[p.state.Menu]
		inside := browser.ByID(p.state.Menu+"-menu").Call("contains", js.Global().Get("document").Get("activeElement")).Bool()
		p.state.Menu = ""
		p.renderSoon()
		if inside {
			browser.ByID(opener).Call("focus")
		}
	}
}

// PinClass is ChooseClass for a list that offers every class and -1.
func (p *Page) PinClass(class string) {
	p.post(func() {
		if n, err := strconv.Atoi(class); err == nil {
			p.state.Class, p.stage.fixed = n, nil
			p.reexplain()
		}
	})
}

// ToggleDoubt shows the numbers behind "not sure".
func (p *Page) ToggleDoubt() {
	p.post(func() {
		p.state.Doubt = !p.state.Doubt
		p.renderSoon()
	})
}

// ShowHow begins the walk.
func (p *Page) ShowHow() { p.ChooseTab(view.TabLearn) }

// channelName names a channel of a block for a person.
func channelName(s *view.State, at protocol.Peek) string {
	return fmt.Sprintf(s.T().CardChannel, at.Channel)
}
