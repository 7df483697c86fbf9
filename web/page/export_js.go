package page

import (
	"syscall/js"

	"sescope/web/browser"
)

// listenExport wires the dialog that saves what the page shows.
func (p *Page) listenExport() {
	on := func(id string, f func()) {
		browser.Listen(browser.ByID(id), "click", func(js.Value) {
			p.post(func() {
				browser.ByID("export").Call("close")
				if p.state.Shown != nil {
					f()
				}
			})
		})
	}
	s := p.state
	on("export-stage", func() { p.saveCanvas(p.stage.snapshot(s), s.ExportName("", "png")) })
	on("export-map", func() { p.saveCanvas(p.stage.heat, s.ExportName("map", "png")) })
	on("export-map-csv", func() { p.saveText(s.MapCSV(), "text/csv", s.ExportName("map", "csv")) })
	on("export-gates", func() { p.saveText(s.GatesCSV(), "text/csv", s.ExportName("gates", "csv")) })
	on("export-json", func() { p.saveText(s.JSON(), "application/json", s.ExportName("", "json")) })
}

// ShowExport opens the dialog.
func (p *Page) ShowExport() { p.post(func() { showDialog("export") }) }

// Snapshot saves the stage as a PNG.
func (p *Page) Snapshot() {
	p.post(func() {
		if p.state.Shown != nil {
			p.saveCanvas(p.stage.snapshot(p.state), p.state.ExportName("", "png"))
		}
	})
}

func (p *Page) saveText(text, mime, name string) {
	save(js.Global().Get("Blob").New([]any{text}, map[string]any{"type": mime}), name)
}

func (p *Page) saveCanvas(c *browser.Canvas, name string) {
	var done js.Func
	done = js.FuncOf(func(_ js.Value, args []js.Value) any {
		done.Release()
		if err := browser.Try(func() { save(args[0], name) }); err != nil {
			browser.Failed(err)
		}
		return nil
	})
	c.El.Call("toBlob", done, "image/png")
}

// save hands a blob to the browser as a download.
func save(blob js.Value, name string) {
	urls := js.Global().Get("URL")
	url := urls.Call("createObjectURL", blob)
	a := js.Global().Get("document").Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	a.Call("click")
	js.Global().Call("setTimeout", urls.Get("revokeObjectURL").Call("bind", urls, url), 10000)
}
