package page

import (
	"errors"
	"syscall/js"

	"sescope/nn/picture"
	"sescope/web/browser"
	"sescope/web/view"
)

// still is the picture that was opened last, kept so that it can be mirrored.
type still struct {
	picture *browser.Picture
	source  view.Source
	file    string
	sample  int
	label   string // the English name of its class, where a test set knows it
}

// ChooseSample opens a drawn sample.
func (p *Page) ChooseSample(i int) {
	p.post(func() {
		file := view.Samples[i].File
		p.state.Sample = i
		p.hideNotice()
		p.renderSoon()
		turn := p.pictures.Begin()
		p.away(func() {
			pic, err := browser.LoadDrawing(p.state.File("samples/" + file))
			p.post(func() {
				switch {
				case !turn.Current():
				case err != nil:
					p.trouble(view.SampleMissing, "", func() { p.ChooseSample(i) })
				default:
					p.openStill(still{picture: pic, source: view.FromSample, file: file, sample: i})
				}
			})
		})
	})
}

// OpenFile shows the browser's file dialog.
func (p *Page) OpenFile() {
	p.post(func() { browser.ByID("file").Call("click") })
}

// openBlob opens a file that was chosen, dropped or pasted.
func (p *Page) openBlob(blob js.Value, file string) { p.openLabelled(blob, file, "") }

// openLabelled opens a file whose class is known.
func (p *Page) openLabelled(blob js.Value, file, label string) {
	p.hideNotice()
	turn := p.pictures.Begin() // a slow picture does not replace one that was chosen later
	p.away(func() {
		pic, err := browser.OpenPicture(blob)
		p.post(func() {
			if !turn.Current() {
				return
			}
			var refusal *picture.Refusal
			if errors.As(err, &refusal) {
				p.trouble("picture-"+view.Trouble(refusal.Fault), refusal.Detail, func() { p.OpenFile() })
				return
			}
			p.openStill(still{picture: pic, source: view.FromFile, file: file, sample: -1, label: label})
			if pic.Moves {
				p.trouble(view.PictureMoves, "", nil)
			}
		})
	})
}

// openStill makes a decoded picture the source.
func (p *Page) openStill(st still) {
	p.stopCamera()
	p.still = st
	p.compare.remember(st)
	p.state.Mirrored = false
	p.state.Sample = st.sample
	p.hideNotice()
	p.state.Unsettle()
	p.newSource()
	p.showStill()
}

// newSource begins a new source: answers about former ones are dropped, and a kept scale ends with
// what it was kept for.
func (p *Page) newSource() {
	p.frames.NewSource()
	p.checkCanvas()
	p.dropStrokes()
}

// showStill crops the open picture to its centre square, pixel for pixel up to picture.MaxSide, and
// sends it.
func (p *Page) showStill() {
	start := browser.Now()
	pic := p.still.picture
	x, y, side := picture.Square(pic.W, pic.H)
	canvas := p.frames.still
	canvas.Resize(min(side, picture.MaxSide))
	canvas.DrawSquare(pic.Image, x, y, side, p.state.Mirrored)
	p.frames.Show(&frame{from: p.frames.Source.Begin(), source: p.still.source, file: p.still.file, sample: p.still.sample, label: p.still.label,
		pixels: canvas, picture: canvas, grab: browser.Now() - start})
	p.renderSoon()
	p.next()
}

// checkCanvas tells when the browser alters what pages read of pictures; again looks once more.
func (p *Page) checkCanvas() {
	if !browser.TellsTruth() {
		p.trouble(view.PicturesAltered, "", func() {
			p.checkCanvas()
			if p.still.picture != nil && p.camera.open == nil {
				p.showStill()
			}
		})
	}
}
