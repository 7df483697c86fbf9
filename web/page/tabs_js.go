package page

import (
	"slices"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/view"
)

// tabPart is what the page does for a tab beside its markup; every part may be missing.
type tabPart struct {
	open      func(p *Page) // it was opened, or another network answers
	paint     func(p *Page) // its canvases, when it has what it asks for: view.State.Answered
	pick      func(p *Page, what string, x, y float64, pressed bool)
	pickByKey func(p *Page, what, key string)
}

// tabParts are the tabs by view.Tab.ID. A function fills it, since what is listed here refers to
// it.
var tabParts map[string]tabPart

func init() {
	tabParts = map[string]tabPart{
		view.TabCompare: {paint: (*Page).paintCompare},
		view.TabMaps:    {paint: (*Page).paintMaps, pick: (*Page).pickMaps, pickByKey: (*Page).pickMapsByKey},
		view.TabTest:    {paint: (*Page).paintTest, pick: (*Page).pickTest, pickByKey: (*Page).pickTestByKey},
		view.TabTeach:   {open: (*Page).openTeach, paint: (*Page).paintTeach},
		view.TabLearn:   {paint: (*Page).paintWalk},
	}
}

// paintTab paints the open tab's canvases if it has what it asks for.
func (p *Page) paintTab() {
	if paint := tabParts[p.state.Showing()].paint; paint != nil && p.state.Answered() {
		paint(p)
	}
}

// ChooseTab opens a panel.
func (p *Page) ChooseTab(id string) {
	p.post(func() { p.openTab(id) })
}

// openTab opens a panel and brings it to the top, below the bar with the picture and the answer.
func (p *Page) openTab(id string) {
	if id == view.TabLearn {
		p.openWalk()
		return
	}
	p.state.Tab, p.state.Menu = id, ""
	if p.panel.scroll = ".panels"; id == "" {
		p.panel.scroll = ""
	}
	p.openPanel()
}

// CloseTab goes back to the picture.
func (p *Page) CloseTab() {
	p.post(func() {
		p.openTab("")
		js.Global().Call("scrollTo", 0, 0)
	})
}

// openMaps opens Feature maps at a layer; where its channel is -1, at the largest.
func (p *Page) openMaps(layer string, channel int) {
	p.state.MapsChoice = view.MapsChoice{Layer: layer, Channel: channel, Y: -1, X: -1}
	p.openTab(view.TabMaps)
	p.panel.scroll = ".fmaps"
}

// bringPanel scrolls to what was opened, once it is on the page.
func (p *Page) bringPanel() {
	if p.panel.scroll != "" {
		browser.ByID("app").Call("querySelector", p.panel.scroll).Call("scrollIntoView", map[string]any{"block": "start"})
		p.panel.scroll = ""
	}
}

// listenTabs lets the arrow keys go from tab to tab; the list is one stop of the tab key.
func (p *Page) listenTabs() {
	browser.Listen(js.Global().Get("document"), "keydown", func(event js.Value) {
		if !event.Get("target").Call("closest", "[role=tablist]").Truthy() {
			return
		}
		n := len(view.Tabs)
		var move func(at int) int
		switch event.Get("key").String() {
		case "ArrowRight":
			move = func(at int) int { return (at + 1) % n }
		case "ArrowLeft":
			move = func(at int) int { return (at + n - 1) % n }
		case "Home":
			move = func(int) int { return 0 }
		case "End":
			move = func(int) int { return n - 1 }
		default:
			return
		}
		event.Call("preventDefault")
		p.post(func() {
			id := view.Tabs[move(max(0, slices.IndexFunc(view.Tabs, func(t view.Tab) bool { return t.ID == p.state.Tab })))].ID
			p.openTab(id)
			browser.ByID("app").Call("querySelector", "#tab-"+id).Call("focus")
		})
	})
}
