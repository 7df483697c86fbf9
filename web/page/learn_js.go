package page

import (
	"strconv"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
)

const lessonSide = 300 // of the tutorial's picture, in CSS pixels

// ChooseLesson opens a step of the tutorial.
func (p *Page) ChooseLesson(index string) {
	p.post(func() {
		if i, err := strconv.Atoi(index); err == nil && i >= 0 && i < view.LearnSteps {
			p.state.LearnStep = i
			p.panel.due = true
			p.renderSoon()
		}
	})
}

// MuteLesson mutes the channel that the last step names, or gives the network its gates back.
func (p *Page) MuteLesson() {
	p.post(func() {
		s := p.state
		if s.Shown == nil || s.Desk == nil {
			return
		}
		if s.Shown.Result.Touched {
			p.ResetGates()
			return
		}
		if block, channel := s.LearnMute(); block >= 0 {
			p.mix(func(d *view.Desk) { d.Mute(protocol.Peek{Block: block, Channel: channel}) })
		}
	})
}

// paintLesson paints the open step's pictures: what the network sees, or the stage with its map.
func (p *Page) paintLesson() {
	m := p.state.Maps()
	if m == nil {
		return
	}
	if m.Flow != nil {
		p.panel.paintFlow("learn-flow", p.state)
	}
	c := browser.Slot("learn-picture")
	if c == nil {
		return
	}
	c.Fit(lessonSide, lessonSide)
	c.Side = c.El.Get("width").Int()
	c.Ctx.Call("setTransform", 1, 0, 0, 1, 0, 0)
	switch p.state.Lesson().Figure {
	case "input":
		c.Ctx.Set("imageSmoothingEnabled", false)
		c.Draw(p.stage.see, 1)
		cell := float64(c.Side) / float64(p.state.Shown.Result.Side)
		outline(c.Ctx, float64(m.X)*cell, float64(m.Y)*cell, cell, cell)
	case "heat":
		c.Ctx.Set("imageSmoothingEnabled", true)
		c.Draw(p.stage.picture, 1)
		if p.stage.heat.El.Get("dataset").Get("off").IsUndefined() {
			c.Draw(p.stage.heat, 1)
		}
	}
}
