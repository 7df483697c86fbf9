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

// listenCard wires the card's controls, on which a finger sets a gate: it is too thick for a bar.
func (p *Page) listenCard() {
	on := func(id string, f func(at protocol.Peek)) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) {
			p.post(func() {
				if at := p.state.Focus(); at != nil {
					p.state.Pick(*at)
					f(*at)
				}
			})
		})
	}
	step := func(by int) func(protocol.Peek) {
		return func(at protocol.Peek) {
			at.Channel += by
			if _, ok := p.desk.slider(at); ok {
				p.state.Pick(at)
				p.state.Held = nil
				p.refocus()
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
			if at := p.state.Focus(); err == nil && at != nil {
				p.state.Pick(*at)
				p.mix(func(d *view.Desk) { d.Put(*at, float32(v)) })
			}
		})
	})
}

// refocus shows another channel as the one that is described, everywhere, and asks for its map.
func (p *Page) refocus() {
	p.paintDesk()
	p.showCard()
	p.reexplain()
}

// showCard describes the channel that the desk marks, or hides the card.
func (p *Page) showCard() {
	s, w := p.state, p.stage.words
	at := s.Focus()
	if at == nil || !s.DeskFits() || s.Shown.Model != p.desk.model || at.Block >= len(s.Shown.Result.Gates) {
		w.hide("gate-card", true)
		return
	}
	facts := s.ChannelFacts(*at)
	if facts == nil {
		w.hide("gate-card", true)
		return
	}
	w.hide("gate-card", false)
	t := s.T()
	w.set("card-title", channelName(s, *at))
	w.set("card-matters", s.CardMatters(*at))
	if key := fmt.Sprint(s.Shown.Model.Name, *at); key != p.portraits.shown {
		p.portraits.shown = key
		c := browser.CanvasByID("card-portrait")
		toggle(c.El, "shown", p.portrait(c, s.Shown.Result.Gates[at.Block].Layer, at.Channel, 144))
	}
	p.showFacts(facts)
	b, gate := s.Desk.Blocks[at.Block], s.Shown.Result.Gates[at.Block].Scale[at.Channel]
	v, set := b.Set[at.Channel]
	w.set("card-mute", pickText(set && v == 0, t.Unmute, t.Mute))
	w.set("card-solo", pickText(b.Solo == at.Channel, t.SoloEnd, t.SoloOne))
	w.set("card-release", t.Release)
	w.hide("card-release", !set)
	w.set("card-gate", "× "+fmt.Sprintf("%.2f", gate))
	if text := fmt.Sprintf("%.2f", gate); p.desk.slid != text {
		p.desk.slid = text
		value := browser.ByID("card-value")
		value.Set("value", text)
		value.Get("style").Call("setProperty", "--opacity", fmt.Sprintf("%.0f%%", 100*gate))
	}
	if k := s.Shown.Result.Peeked; k != nil && k.Without != nil {
		s.Effects = k
	}
	if text := s.Effect(); text != p.desk.effect {
		p.desk.effect = text
		emphasise(browser.ByID("card-without"), text)
	}
	if k := s.Shown.Result.Peeked; k != nil && k.Peek == *at {
		w.set("card-mean", minus(fmt.Sprintf("%.2f", k.Mean)))
		p.paintCard(k.Map, gate)
	}
}

func minus(text string) string { return view.Minus(text) }

func pickText(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// showFacts lists what is known of the channel; lines that stay what they are about only change
// their values.
func (p *Page) showFacts(facts []view.Fact) {
	list, d := browser.ByID("card-facts"), &p.desk
	same := func(a, b view.Fact) bool { return a.Name == b.Name }
	if !slices.EqualFunc(facts, d.facts, same) {
		list.Call("replaceChildren")
		for _, f := range facts {
			row := js.Global().Get("document").Call("createElement", "div")
			for _, part := range [][2]string{{"dt", f.Name}, {"dd", f.Value}} {
				el := js.Global().Get("document").Call("createElement", part[0])
				el.Set("textContent", part[1])
				row.Call("append", el)
			}
			list.Call("append", row)
		}
	} else {
		for i, f := range facts {
			if f != d.facts[i] {
				list.Get("children").Index(i).Get("lastChild").Set("textContent", f.Value)
			}
		}
	}
	d.facts = facts
}

// paintCard shows the channel's map in front of its gate and behind it, on one scale.
func (p *Page) paintCard(m protocol.Plane, gate float32) {
	st := p.stage
	lo, hi := float32(0), float32(0)
	for _, v := range m.Data {
		lo, hi = min(lo, v), max(hi, v)
	}
	if hi == lo {
		hi = lo + 1
	}
	if st.peekPaint == nil || st.card.El.Get("width").Int() != m.W || st.card.El.Get("height").Int() != m.H {
		st.peekPaint = browser.NewPainter(m.W, m.H)
		for _, c := range []*browser.Canvas{st.card, st.after} {
			c.El.Set("width", m.W)
			c.El.Set("height", m.H)
		}
	}
	for _, part := range []struct {
		canvas *browser.Canvas
		times  float32
	}{{st.card, 1}, {st.after, gate}} {
		for i, v := range m.Data {
			pix := st.peekPaint.Image.Pix[4*i:]
			pix[0], pix[1], pix[2] = nn.Viridis.At((v*part.times - lo) / (hi - lo))
			pix[3] = 255
		}
		st.peekPaint.Put(part.canvas)
	}
}

// wordCard writes the card's fixed words in the page's language.
func (p *Page) wordCard() {
	t := p.state.T()
	for id, text := range map[string]string{"card-map-name": t.CardMap, "card-mean-name": t.CardMean, "card-gate-name": t.CardGate, "card-after-name": t.CardAfter} {
		browser.ByID(id).Set("textContent", text)
	}
	for id, text := range map[string]string{"card-value": t.GateValue, "card-previous": t.Previous, "card-next": t.Next, "block-previous": t.PreviousBlock, "block-next": t.NextBlock, "card-portrait": t.CardPortrait, "strip": t.NetworkTitle} {
		browser.ByID(id).Call("setAttribute", "aria-label", text)
	}
}
