package page

import (
	"strings"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/view"
)

// hashEvery is the least time in milliseconds between two changes of the address; browsers refuse a
// hundred within half a minute.
const hashEvery = 500

// links keeps the address's hash in step with the page, and the page with it.
type links struct {
	pending *view.Link // its map and gates wait for the network
	broken  []string   // what no link should have said, until it is told
	waits   bool       // a change of the address is due
	onTimer js.Func
}

func location() js.Value { return js.Global().Get("location") }

// listenLinks follows the address that the page was opened with, and later ones.
func (p *Page) listenLinks() {
	p.links.onTimer = js.FuncOf(func(js.Value, []js.Value) any {
		p.post(p.writeHash)
		return nil
	})
	browser.Listen(js.Global(), "hashchange", func(js.Value) {
		hash := location().Get("hash").String()
		p.post(func() { p.follow(p.state.ParseLink(hash)) })
	})
}

// firstLink reads the link that the page was opened with; it returns the sample to begin with.
func (p *Page) firstLink() int {
	l := p.state.ParseLink(location().Get("hash").String())
	p.links.pending, p.links.broken = &l, l.Broken
	p.followTab(l.Tab)
	if l.Sample >= 0 {
		return l.Sample
	}
	return p.state.FirstOf()
}

// follow brings the page to where a link leads.
func (p *Page) follow(l view.Link) {
	s := p.state
	p.links.broken = append(p.links.broken, l.Broken...)
	p.followTab(l.Tab)
	if l.Lang != "" && l.Lang != s.Lang {
		p.ChooseLanguage(l.Lang)
	}
	if l.Sample >= 0 && l.Sample != s.Sample {
		p.ChooseSample(l.Sample)
	}
	p.links.pending = &l
	if l.Model != "" && (l.Model != s.Model || s.Loading != "") {
		p.fetchModel(l.Model) // adopt goes on
		return
	}
	p.arrive()
}

// arrive puts a link's map and gates on the network that is now there; what was broken is told with
// the next result.
func (p *Page) arrive() {
	l := p.links.pending
	if l == nil || p.model == nil {
		return
	}
	p.links.pending = nil
	p.links.broken = append(p.links.broken, p.state.Follow(*l, p.model)...)
	p.stage.fixed = nil
	p.reexplain()
}

// tellBroken says which parts of a link were not followed.
func (p *Page) tellBroken() {
	if broken := p.links.broken; len(broken) > 0 && p.links.pending == nil {
		p.links.broken = nil
		p.trouble(view.LinkBroken, strings.Join(broken, ", "), nil)
	}
}

// hashSoon writes the address after a while; results and slides of a hand come faster than browsers
// allow.
func (p *Page) hashSoon() {
	if !p.links.waits && p.links.pending == nil && p.state.Ready {
		p.links.waits = true
		js.Global().Call("setTimeout", p.links.onTimer, hashEvery)
	}
}

func (p *Page) writeHash() {
	p.links.waits = false
	if p.links.pending != nil || p.state.Loading != "" {
		return
	}
	hash := p.state.Hash()
	browser.ByID("embed-open").Set("href", "./"+hash) // who goes on from a frame finds what the frame showed
	if hash != location().Get("hash").String() {
		js.Global().Get("history").Call("replaceState", js.Null(), "", hash)
	}
}

// followTab opens the tab of a link. The tab that every link of the first edition named, because it
// was open from the start, does not push the picture away.
func (p *Page) followTab(id string) {
	switch id {
	case "":
	case view.TabTutorial:
		p.openTab(view.TabMaps)
		p.panel.scroll = ""
	default:
		p.openTab(id)
	}
}
