package page

import (
	"fmt"
	"slices"
	"strconv"
	"syscall/js"

	"sescope/nn"
	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

const cardSide = 88

// listenCard wires the card's controls, which a phone shows: a finger is too thick for a bar.
func (p *Page) listenCard() {
	on := func(id string, f func(at protocol.Peek)) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) {
			p.post(func() {
				if p.state.Held != nil {
					f(*p.state.Held)
				}
			})
		})
	}
	step := func(by int) func(protocol.Peek) {
		return func(at protocol.Peek) {
			at.Channel += by
			if _, ok := p.desk.slider(at); ok {
				p.hold(&at)
			}
		}
	}
	on("card-previous", step(-1))
	on("card-next", step(1))
	on("card-mute", func(at protocol.Peek) { p.mix(func(d *view.Desk) { d.Mute(at) }) })
	on("card-solo", func(at protocol.Peek) { p.mix(func(d *view.Desk) { d.SoloOn(at) }) })
	on("card-release", func(at protocol.Peek) { p.mix(func(d *view.Desk) { d.Release(at) }) })
	value := browser.ByID("card-value")
	browser.Listen(value, "input", func(js.Value) {
		v, err := strconv.ParseFloat(value.Get("value").String(), 32)
		p.post(func() {
			if at := p.state.Held; err == nil && at != nil {
				p.mix(func(d *view.Desk) { d.Put(*at, float32(v)) })
			}
		})
	})
}

// showCard describes the held channel, or hides the card.
func (p *Page) showCard() {
	s, card := p.state, browser.ByID("gate-card")
	if s.Held == nil || s.Shown == nil || s.Shown.Model != p.desk.model {
		card.Set("hidden", true)
		return
	}
	at, t := *s.Held, s.T()
	facts := s.ChannelFacts(at)
	if facts == nil {
		card.Set("hidden", true)
		return
	}
	card.Set("hidden", false)
	p.stage.words.set("card-title", s.ChannelName(at))
	p.showFacts(facts)
	b, gate := s.Desk.Blocks[at.Block], s.Shown.Result.Gates[at.Block].Scale[at.Channel]
	v, set := b.Set[at.Channel]
	for id, text := range map[string]string{"card-mute": pickText(set && v == 0, t.Unmute, t.Mute), "card-solo": pickText(b.Solo == at.Channel, t.SoloEnd, t.SoloOne), "card-release": t.Release} {
		p.stage.words.set(id, text)
	}
	value := browser.ByID("card-value")
	value.Set("value", fmt.Sprintf("%.2f", gate))
	value.Get("style").Call("setProperty", "--opacity", fmt.Sprintf("%.0f%%", 100*gate))
	if k := s.Shown.Result.Peeked; k != nil && k.Peek == at {
		p.paintCard(k.Map)
	}
	if p.desk.placed == nil || *p.desk.placed != at {
		p.placeCard(card, at)
		p.desk.placed = &at
	}
}

func pickText(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// showFacts lists what is known of the channel; lines that stay what they are about only change their values.
func (p *Page) showFacts(facts []view.Fact) {
	list, d := browser.ByID("card-facts"), &p.desk
	same := func(a, b view.Fact) bool { return a.Name == b.Name }
	if !slices.EqualFunc(facts, d.facts, same) {
		list.Call("replaceChildren")
		for _, f := range facts {
			for _, part := range [][2]string{{"dt", f.Name}, {"dd", f.Value}} {
				el := js.Global().Get("document").Call("createElement", part[0])
				el.Set("textContent", part[1])
				list.Call("append", el)
			}
		}
	} else {
		for i, f := range facts {
			if f != d.facts[i] {
				list.Get("children").Index(2*i+1).Set("textContent", f.Value)
			}
		}
	}
	d.facts = facts
}

// paintCard lays the channel's map over the picture on the stage.
func (p *Page) paintCard(m protocol.Plane) {
	st := p.stage
	small := &nn.Heatmap{W: m.W, H: m.H, Data: append([]float32(nil), m.Data...)}
	nn.Normalise(small)
	nn.ResizeBilinear(st.channel, small)
	nn.Overlay(st.channelPaint.Image, st.channel, nn.Jet, .62, true)
	st.channelPaint.Put(st.scratch)
	canvas := st.card
	canvas.Ctx.Set("imageSmoothingQuality", "high")
	canvas.Draw(st.picture, 1)
	canvas.Draw(st.scratch, 1)
}

// placeCard puts the card below its bar's row, so that it never covers the bars it is about. On a phone it has its place.
func (p *Page) placeCard(card js.Value, at protocol.Peek) {
	slider, ok := p.desk.slider(at)
	if !ok {
		return
	}
	gates := browser.ByID("gates").Call("getBoundingClientRect")
	bar := slider.Call("getBoundingClientRect")
	middle := bar.Get("left").Float() + bar.Get("width").Float()/2 - gates.Get("left").Float()
	left := min(max(middle-60, 8), gates.Get("width").Float()-card.Get("offsetWidth").Float()-8)
	row := slider.Call("closest", "[data-row]").Call("getBoundingClientRect")
	style := card.Get("style")
	style.Call("setProperty", "--left", fmt.Sprintf("%.0fpx", left))
	style.Call("setProperty", "--top", fmt.Sprintf("%.0fpx", row.Get("bottom").Float()-gates.Get("top").Float()+4))
	style.Call("setProperty", "--arrow", fmt.Sprintf("%.0fpx", middle-left))
}

// wordCard writes the card's fixed words in the page's language.
func (p *Page) wordCard() {
	t := p.state.T()
	for id, text := range map[string]string{"card-drag": t.KeyDrag, "card-set": t.KeySet, "card-click": t.KeyClick, "card-mutes": t.KeyMute, "card-shift": t.KeyShift, "card-solos": t.KeySolo} {
		browser.ByID(id).Set("textContent", text)
	}
	for id, text := range map[string]string{"card-value": t.GateValue, "card-previous": t.Previous, "card-next": t.Next} {
		browser.ByID(id).Call("setAttribute", "aria-label", text)
	}
}
