package page

import (
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
	"sescope/weights/json"
)

// briefly is how long a remark stays, in milliseconds.
const briefly = 5000

// notice is the sentence on the stage about what went wrong.
type notice struct {
	trouble view.Trouble // "" is none
	detail  string
	again   func()           // what the first button does
	second  func()           // what the second does
	turn    turns.Generation // a remark's timer does not remove a later notice
}

// trouble shows a notice; again is what its first button does, where it has one, and second what
// the second does, where that is not to open a picture.
func (p *Page) trouble(t view.Trouble, detail string, again func(), second ...func()) {
	turn := p.notice.turn.Begin()
	p.notice.trouble, p.notice.detail, p.notice.again, p.notice.second = t, detail, again, p.OpenFile
	if len(second) > 0 {
		p.notice.second = second[0]
	}
	p.notice.word(p.state)
	if p.state.NoticeFor(t, detail).Brief {
		var hide js.Func
		hide = js.FuncOf(func(js.Value, []js.Value) any {
			hide.Release()
			p.post(func() {
				if turn.Current() {
					p.hideNotice()
				}
			})
			return nil
		})
		js.Global().Call("setTimeout", hide, briefly)
	}
}

// word writes the notice in the page's language.
func (n *notice) word(s *view.State) {
	if n.trouble == "" {
		return
	}
	words := s.NoticeFor(n.trouble, n.detail)
	browser.ByID("notice-title").Set("textContent", words.Title)
	browser.ByID("notice-text").Set("textContent", words.Text)
	browser.ByID("notice-close").Set("textContent", s.T().Close)
	icon := "#i-warn"
	if words.Brief {
		icon = "#i-help" // a remark, no warning
	}
	browser.ByID("notice").Call("querySelector", "use").Call("setAttribute", "href", icon)
	for id, text := range map[string]string{"notice-action": words.Action, "notice-second": words.Second} {
		b := browser.ByID(id)
		b.Set("hidden", text == "")
		b.Set("textContent", text)
	}
	browser.ByID("notice").Get("dataset").Set("trouble", string(n.trouble))
	browser.ByID("notice").Set("hidden", false)
}

// hideNotice hides the notice; with troubles given, only if it is about one of them.
func (p *Page) hideNotice(about ...view.Trouble) {
	if p.notice.trouble == "" {
		return
	}
	for _, t := range about {
		if t == p.notice.trouble {
			about = nil
			break
		}
	}
	if about == nil {
		p.notice.trouble = ""
		browser.ByID("notice").Set("hidden", true)
	}
}

func (p *Page) listenNotice() {
	on := func(id string, f func()) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) { p.post(f) })
	}
	on("notice-close", func() { p.hideNotice() })
	on("notice-second", func() {
		second := p.notice.second
		p.hideNotice()
		second()
	})
	on("notice-action", func() {
		t, again := p.notice.trouble, p.notice.again
		p.hideNotice()
		switch {
		case t.OnlyPicture():
			p.OpenFile()
		case again != nil:
			again()
		}
	})
}

// sayEvery is the least time in milliseconds between two announcements to screen readers.
const sayEvery = 2000

// announcer tells screen readers the answer, when it changes and not too often.
type announcer struct {
	said string
	when float64
}

func (p *Page) announce() {
	name, _ := p.state.Answer()
	if p.state.Shown.Source == view.FromCamera && (name == p.live.said || browser.Now()-p.live.when < sayEvery) {
		return
	}
	p.say()
}

func (p *Page) say() {
	p.live.said, _ = p.state.Answer()
	p.live.when = browser.Now()
	browser.ByID("live").Set("textContent", p.state.Announcement())
}

// dispatch tells the page that embeds us, or a test, what was painted.
func (p *Page) dispatch() {
	s := p.state.Shown
	text, err := json.Marshal(protocol.NewDetail(s.File, s.Model, s.Result, s.Timings))
	if err != nil {
		panic(err)
	}
	detail := js.Global().Get("JSON").Call("parse", string(text))
	js.Global().Call("dispatchEvent", js.Global().Get("CustomEvent").New("sescope:result", map[string]any{"detail": detail}))
}

func (p *Page) nextSample() {
	p.post(func() { p.ChooseSample(p.state.NextSample()) })
}
