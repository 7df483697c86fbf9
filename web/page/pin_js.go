package page

import (
	"fmt"
	"syscall/js"

	"sescope/web/browser"
)

const pinRows = 3 // answers on a phone's bar

// pin is the stage and the answer in small, which stay in sight when the stage is scrolled away.
type pin struct {
	shown  bool
	canvas *browser.Canvas
	rows   []js.Value
}

// listenPin shows the pin while the stage is out of sight.
func (p *Page) listenPin() {
	p.pin.canvas = browser.CanvasByID("pin-stage")
	document := js.Global().Get("document")
	for range pinRows {
		row := document.Call("createElement", "li")
		row.Set("innerHTML", `<span></span><span class="track"><i></i></span><span class="p"></span>`)
		browser.ByID("pin-preds").Call("append", row)
		p.pin.rows = append(p.pin.rows, row)
	}
	seen := js.FuncOf(func(_ js.Value, args []js.Value) any {
		entries := args[0]
		last := entries.Index(entries.Length() - 1)
		inSight := last.Get("isIntersecting").Bool()
		p.post(func() {
			p.pin.shown = !inSight
			toggle(document.Get("documentElement"), "pinned", !inSight)
			p.stage.words.hide("pin", inSight || p.state.Shown == nil)
			p.paintPin()
		})
		return nil
	})
	js.Global().Get("IntersectionObserver").New(seen, map[string]any{"threshold": .25}).Call("observe", browser.ByID("view"))
}

// paintPin paints the pin, if it is to be seen.
func (p *Page) paintPin() {
	s := p.state
	if !p.pin.shown || s.Shown == nil {
		return
	}
	w := p.stage.words
	w.hide("pin", false)
	c := p.pin.canvas
	c.Ctx.Set("imageSmoothingQuality", "high")
	c.Draw(p.stage.picture, 1)
	if p.stage.heat.El.Get("dataset").Get("off").IsUndefined() {
		c.Draw(p.stage.heat, 1)
	}
	name, percent := s.Answer()
	w.set("pin-answer", name)
	w.set("pin-percent", percent)
	w.set("pin-was", s.Was())
	list := s.Predictions()
	for i, row := range p.pin.rows {
		cells := row.Get("children")
		key := fmt.Sprint("pin ", i)
		if i >= len(list) {
			row.Set("hidden", true)
			continue
		}
		w.put(cells.Index(0), key, list[i].Name)
		w.put(cells.Index(2), key+" p", list[i].Percent)
		if width := list[i].Width + "%"; w[key+" w"] != width {
			w[key+" w"] = width
			cells.Index(1).Get("firstElementChild").Get("style").Set("width", width)
		}
		row.Get("classList").Call("toggle", "top", list[i].Top)
	}
}
