package page

import (
	"slices"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/view"
)

// listen wires what lies outside Vugu: keys, drop, paste, the file field and the notice's buttons.
func (p *Page) listen() {
	document := js.Global().Get("document")
	browser.Listen(document, "keydown", p.key)
	browser.DevicesChanged(p.devicesChanged)
	// A button that was clicked gives its focus back, or space would press it again instead of
	// freezing. Keyboards keep their focus.
	browser.Listen(document, "click", func(event js.Value) {
		if button := event.Get("target").Call("closest", "button"); button.Truthy() && event.Get("detail").Int() > 0 {
			button.Call("blur")
		}
	})
	for _, id := range []string{"file", "network", "testset", "testfolder"} {
		field := js.Global().Get("document").Call("getElementById", id)
		browser.Listen(field, "change", func(js.Value) {
			files := js.Global().Get("Array").Call("from", field.Get("files"))
			p.post(func() {
				switch {
				case id == "testfolder":
					p.openTestFolder(files)
				case id == "testset" && files.Length() > 0: // whatever its name is
					p.openTestFile(files.Index(0))
				default:
					p.openFiles(files)
				}
				field.Set("value", "") // so that the same file can be chosen again
			})
		})
	}
	browser.Listen(document, "paste", func(event js.Value) {
		if data := event.Get("clipboardData"); data.Truthy() && data.Get("files").Length() > 0 {
			event.Call("preventDefault")
			blob := data.Get("files").Index(0)
			p.post(func() { p.openBlob(blob, "clipboard") })
		}
	})
	for _, f := range []func(){func() { p.listenDrop(document) }, p.listenNotice, p.listenTabs, p.listenTeach, p.listenPanels, p.listenDesk, p.listenFirst, p.listenStrip, p.listenPin,
		p.listenExport, p.listenShare, p.listenLinks, p.listenWalk, p.listenBrush, p.listenPrint, p.translate} {
		if err := browser.Try(f); err != nil { // what a browser lacks costs only what needs it
			browser.Failed(err)
		}
	}
}

func (p *Page) listenDrop(document js.Value) {
	root := document.Get("documentElement")
	dragged := js.Null() // what of the page itself is dragged
	browser.Listen(document, "dragstart", func(event js.Value) { dragged = event.Get("target") })
	browser.Listen(document, "dragend", func(js.Value) { dragged = js.Null() })
	own := func() bool { // what left the page meanwhile is told no end
		return dragged.Truthy() && dragged.Get("isConnected").Truthy()
	}
	over := func(event js.Value) {
		data := event.Get("dataTransfer")
		if !data.Truthy() {
			return
		}
		event.Call("preventDefault") // the browser would leave the page for a link that is dropped
		if own() || !js.Global().Get("Array").Call("from", data.Get("types")).Call("includes", "Files").Bool() {
			data.Set("dropEffect", "none") // text, a link, a sample of the page
			return
		}
		toggle(root, "drop", true)
	}
	browser.Listen(document, "dragenter", over)
	browser.Listen(document, "dragover", over)
	browser.Listen(document, "dragleave", func(event js.Value) {
		if event.Get("relatedTarget").IsNull() { // left the window, not just an element
			toggle(root, "drop", false)
		}
	})
	browser.Listen(document, "drop", func(event js.Value) {
		event.Call("preventDefault") // even without a file: the browser would leave the page
		toggle(root, "drop", false)
		data := event.Get("dataTransfer")
		if !data.Truthy() || own() {
			return
		}
		files := js.Global().Get("Array").Call("from", data.Get("files"))
		if files.Length() == 0 && !data.Get("items").Truthy() {
			return
		}
		class := taughtClassAt(event)
		if folders := p.boot.Call("folders", data); folders.Length() > 0 { // they are told only while the event lasts
			p.post(func() { p.openDropped(folders) })
			return
		}
		p.post(func() {
			if !p.dropTaught(class, files) {
				p.openFiles(files)
			}
		})
	})
}

// shortcut is the key that an event means.
func shortcut(event js.Value) string {
	return view.Shortcut(text(event.Get("key")), text(event.Get("code"))) // events that a program made up may lack either
}

func text(v js.Value) string {
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

// key handles the keyboard; a key that a control or an open dialog needs stays theirs.
func (p *Page) key(event js.Value) {
	for _, name := range []string{"ctrlKey", "metaKey", "altKey", "repeat"} {
		if event.Get(name).Truthy() { // events that a program made up may have none
			return
		}
	}
	tag := text(event.Get("target").Get("tagName"))
	if js.Global().Get("document").Call("querySelector", "dialog[open]").Truthy() || tag == "SELECT" || tag == "INPUT" || tag == "TEXTAREA" {
		return
	}
	key := shortcut(event)
	if key == " " && tag == "BUTTON" {
		return // space presses the button that the keyboard went to
	}
	var act func()
	switch key {
	case " ":
		if p.camera.open == nil {
			return // it scrolls
		}
		act = p.ToggleFreeze
	case "c":
		act = p.ToggleCamera
	case "o":
		act = p.OpenFile
	case "s":
		act = p.nextSample
	case "h":
		act = func() { p.post(p.toggleHeat) }
	case "m":
		act = func() { p.ChooseKind(string(p.state.NextKind())) }
	case "r":
		act = p.ResetGates
	case "?":
		act = p.ShowHelp
	default:
		i := slices.IndexFunc(view.Tabs, func(t view.Tab) bool { return t.Key == key })
		if i < 0 {
			return
		}
		act = func() { p.ChooseTab(view.Tabs[i].ID) }
	}
	event.Call("preventDefault")
	act()
}
