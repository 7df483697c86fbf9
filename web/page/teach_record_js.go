package page

import (
	"strconv"
	"syscall/js"

	"sescope/nn/picture"
	"sescope/web/browser"
)

const (
	recordEvery = 100 // ms between two pictures of a recording
	recordSide  = 256 // pixels a side of a recorded picture
	recordJPEG  = .92 // quality
	recordAhead = 10  // pictures that the browser may still be encoding when another is taken
)

// recorder takes pictures of the camera while a button is held.
type recorder struct {
	burst  int
	turn   int // counts recordings, so that a timer of a former one stops
	canvas *browser.Canvas
}

// listenTeach wires what is held or pressed in the panel's lists.
func (p *Page) listenTeach() {
	document := js.Global().Get("document")
	find := func(event js.Value, selector string) js.Value {
		target := event.Get("target")
		if target.Get("closest").Type() != js.TypeFunction {
			return js.Null()
		}
		return target.Call("closest", selector)
	}
	class := func(el js.Value, key string) int {
		n, _ := strconv.Atoi(el.Get("dataset").Get(key).String())
		return n
	}
	stop := func(js.Value) { p.post(p.stopRecording) }
	browser.Listen(document, "pointerdown", func(event js.Value) {
		if el := find(event, "[data-record]"); el.Truthy() && event.Get("button").Int() == 0 {
			id := class(el, "record")
			p.post(func() { p.startRecording(id) })
		}
	})
	for _, end := range []string{"pointerup", "pointercancel"} {
		browser.Listen(document, end, stop)
	}
	browser.Listen(js.Global(), "blur", stop)
	browser.Listen(document, "visibilitychange", stop)
	browser.Listen(js.Global(), "pagehide", func(event js.Value) {
		persisted := event.Get("persisted").Truthy()
		p.post(func() { p.leaveStore(persisted) })
	})
	browser.Listen(js.Global(), "pageshow", func(js.Value) { p.post(p.returnToStore) })
	browser.Listen(document, "contextmenu", func(event js.Value) { // a thumb that stays asks for no menu
		if find(event, "[data-record]").Truthy() {
			event.Call("preventDefault")
		}
	})
	holds := func(event js.Value) bool {
		key := event.Get("key").String()
		return key == " " || key == "Enter"
	}
	browser.Listen(document, "keydown", func(event js.Value) {
		if el := find(event, "[data-record]"); el.Truthy() && holds(event) {
			event.Call("preventDefault") // no click, and no scrolling
			if !event.Get("repeat").Bool() {
				id := class(el, "record")
				p.post(func() { p.startRecording(id) })
			}
		}
	})
	browser.Listen(document, "keyup", func(event js.Value) {
		if el := find(event, "[data-record]"); el.Truthy() && holds(event) {
			event.Call("preventDefault")
			p.post(p.stopRecording)
		}
	})
	// Names are not Vugu's: a render would take away what is being typed.
	browser.Listen(document, "change", func(event js.Value) {
		if el := find(event, "[data-name]"); el.Truthy() {
			id, name := class(el, "name"), el.Get("value").String()
			p.post(func() { p.renameTaught(id, name) })
		}
	})
	browser.Listen(document, "keydown", func(event js.Value) {
		if el := find(event, "[data-name]"); el.Truthy() && event.Get("key").String() == "Enter" {
			el.Call("blur")
		}
	})
	browser.Listen(document, "focusout", func(event js.Value) {
		if find(event, "[data-record]").Truthy() {
			stop(event)
		}
	})
	browser.Listen(document, "click", func(event js.Value) {
		if el := find(event, "[data-example]"); el.Truthy() {
			id := class(el, "example")
			p.post(func() { p.removeExample(id) })
		}
		if el := find(event, "[data-seen]"); el.Truthy() {
			id := class(el, "seen")
			p.post(func() { p.showExample(id) })
		}
		if el := find(event, "[data-cell]"); el.Truthy() {
			n := class(el, "cell")
			p.post(func() { p.chooseTaughtCell(n) })
		}
		if el := find(event, "[data-record]"); el.Truthy() && event.Get("detail").Int() == 0 { // pressed by a helper that holds nothing
			id := class(el, "record")
			p.post(func() {
				if p.state.Teach.Recording == id {
					p.stopRecording()
				} else {
					p.startRecording(id)
				}
			})
		}
	})
}

// startRecording takes a picture of the camera every tenth of a second until stopRecording, and
// starts the camera if it has to.
func (p *Page) startRecording(class int) {
	t, r := &p.state.Teach, &p.lessons.record
	if t.Of(class) == nil || t.Recording == class || !p.state.Ready {
		return
	}
	t.Recording, t.Trouble = class, ""
	r.turn++
	r.burst = t.Burst()
	if p.camera.open == nil {
		p.openCamera(p.state.Device)
	} else if p.state.Frozen {
		p.freeze(false)
	}
	p.renderSoon()
	p.shoot(r.turn)
}

func (p *Page) stopRecording() {
	t := &p.state.Teach
	if t.Recording == 0 {
		return
	}
	t.Recording = 0
	p.lessons.record.turn++
	p.teachChanged()
}

// shoot takes one picture, and the next one later.
func (p *Page) shoot(turn int) {
	t, r := &p.state.Teach, &p.lessons.record
	if turn != r.turn || t.Recording == 0 {
		return
	}
	p.after(recordEvery, func() { p.shoot(turn) })
	if p.camera.open == nil || p.state.Frozen {
		return // it is coming, or it was lost: what was recorded stays
	}
	if t.Coming >= recordAhead {
		return // a slow machine takes fewer
	}
	w, h := p.camera.open.Size()
	if w == 0 || h == 0 {
		return
	}
	if r.canvas == nil {
		r.canvas = browser.NewCanvas(recordSide, true)
	}
	x, y, side := picture.Square(w, h)
	r.canvas.DrawSquare(browser.ByID("video"), x, y, side, p.state.Mirrored)
	class, burst := t.Recording, r.burst
	t.Coming++
	var done js.Func
	done = js.FuncOf(func(_ js.Value, args []js.Value) any {
		done.Release()
		blob := args[0]
		p.post(func() {
			t.Coming--
			switch {
			case !blob.Truthy():
				p.renderSoon()
			case p.addPicture(class, burst, blob, ""):
				p.teachChanged()
			default:
				p.stopRecording()
				p.renderSoon()
			}
		})
		return nil
	})
	r.canvas.El.Call("toBlob", done, "image/jpeg", recordJPEG)
}
