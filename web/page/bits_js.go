package page

import (
	"strconv"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

// ChooseBits rounds the weights to fewer bits beside the network itself, which goes on as it is.
func (p *Page) ChooseBits(index string) {
	p.post(func() {
		i, err := strconv.Atoi(index)
		if err != nil || i < 0 || i >= len(view.BitsSteps) {
			return
		}
		turn := p.bits.Begin()
		p.state.Bits = view.Bits{Bits: view.BitsSteps[i]}
		p.renderSoon()
		if p.state.Bits.Bits > 0 {
			p.makeBits(turn)
		}
	})
}

func (p *Page) makeBits(turn turns.Ticket) {
	p.ask(protocol.Request{Op: protocol.MakeBits, Bits: p.state.Bits.Bits}, nil, func(reply protocol.Reply, _ js.Value) {
		if !turn.Current() {
			return
		}
		if reply.Error != "" {
			p.forgetBits()
			return
		}
		p.state.Bits.Size, p.state.Bits.Busy = reply.BitsSize, true
		p.reexplain()
		p.trySample(turn, 0)
	})
}

// trySample tells whether sample i keeps its answer.
func (p *Page) trySample(turn turns.Ticket, i int) {
	b := &p.state.Bits
	film := p.state.Film()
	if i == len(film) {
		b.Busy = false
		p.renderSoon()
		return
	}
	p.away(func() {
		pic, err := browser.LoadDrawing(p.state.File("samples/" + view.Samples[film[i]].File))
		p.post(func() {
			if !turn.Current() {
				return
			}
			if err != nil { // a sample that is missing is no reason to stop
				p.trySample(turn, i+1)
				return
			}
			p.classify(pic, &protocol.Look{Times: true}, func(tried []protocol.Tried) {
				if !turn.Current() {
					return
				}
				b.Tried++
				if len(tried) == 2 && tried[0].Class != tried[1].Class {
					b.Flips = append(b.Flips, i)
				}
				p.renderResult()
				p.trySample(turn, i+1)
			})
		})
	})
}

// forgetBits puts the slider back to the file's own weights.
func (p *Page) forgetBits() {
	p.bits.Begin()
	p.state.Bits = view.Bits{}
	p.renderSoon()
}
