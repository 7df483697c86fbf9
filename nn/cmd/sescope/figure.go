package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"sescope/nn"
)

// panel is one picture of the tutorial's figure.
type panel struct {
	Title   []string // lines above the picture
	Picture *image.NRGBA
	Heat    *nn.Heatmap // of any size and range; nil for the original
}

// The figure's measures in pixels: twice those of the tutorial's figure (16 x 4 inches at 100
// dots), so that it is sharp on paper and on dense screens.
const (
	panelSide  = 640
	panelGap   = 40
	figureEdge = 48
	titleSize  = 30 // height of the letters' body, smaller when a line would be wider than its panel
	titleLine  = 42
	titleGap   = 18 // from the last line's baseline to the picture
)

var titleInk = color.NRGBA{0x1c, 0x1b, 0x19, 0xff}

// drawFigure draws the panels in a row on white, each under its title: the picture magnified
// without smoothing and, where there is a heat map, the tutorial's painting of it (see paintHeat).
func drawFigure(panels []panel) *image.NRGBA {
	lines := 0
	for _, p := range panels {
		lines = max(lines, len(p.Title))
	}
	top := figureEdge
	if lines > 0 {
		top += lines*titleLine + titleGap
	}
	width := 2*figureEdge + len(panels)*panelSide + max(len(panels)-1, 0)*panelGap
	figure := image.NewNRGBA(image.Rect(0, 0, width, top+panelSide+figureEdge))
	draw.Draw(figure, figure.Rect, image.White, image.Point{}, draw.Src)

	face := titleFace(panels)
	for i, p := range panels {
		left := figureEdge + i*(panelSide+panelGap)
		for j, line := range p.Title {
			base := top - titleGap - (len(p.Title)-1-j)*titleLine
			drawCentred(figure, face, line, left+panelSide/2, base)
		}
		picture := p.Picture
		if p.Heat != nil {
			picture = paintHeat(picture, p.Heat)
		}
		magnify(figure, fit(picture.Rect.Size(), image.Rect(left, top, left+panelSide, top+panelSide)), picture)
	}
	return figure
}

// paintHeat is the tutorial's painting: the map scaled to 0..1, resized to the picture by a cubic
// spline, stretched to 0..1 once more (imshow does so, since a spline overshoots) and laid over
// the picture in jet at half opacity.
func paintHeat(picture *image.NRGBA, heat *nn.Heatmap) *image.NRGBA {
	own := &nn.Heatmap{W: heat.W, H: heat.H, Data: append([]float32(nil), heat.Data...)}
	nn.Normalise(own)
	size := picture.Rect.Size()
	resized := nn.NewHeatmap(size.X, size.Y)
	nn.ResizeSpline(resized, own)
	nn.Normalise(resized)
	painted := image.NewNRGBA(image.Rectangle{Max: size})
	nn.Blend(painted, picture, resized, nn.Jet, 0.5)
	return painted
}

// fit returns the largest rectangle of the given proportions in the middle of box.
func fit(size image.Point, box image.Rectangle) image.Rectangle {
	w, h := box.Dx(), box.Dy()
	if size.X > size.Y {
		h = max(h*size.Y/size.X, 1)
	} else {
		w = max(w*size.X/size.Y, 1)
	}
	at := box.Min.Add(image.Pt((box.Dx()-w)/2, (box.Dy()-h)/2))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
}

// magnify fills r with src, each pixel from its nearest.
func magnify(dst *image.NRGBA, r image.Rectangle, src *image.NRGBA) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for y := range r.Dy() {
		row := src.Pix[y*h/r.Dy()*src.Stride:]
		out := dst.Pix[dst.PixOffset(r.Min.X, r.Min.Y+y):]
		for x := range r.Dx() {
			copy(out[4*x:4*x+4], row[4*(x*w/r.Dx()):])
		}
	}
}

// titleFace is the Go font at one size for all titles, so large that the longest line fits its
// panel.
func titleFace(panels []panel) font.Face {
	face := goRegular(titleSize)
	widest := fixed.I(panelSide)
	for _, p := range panels {
		for _, line := range p.Title {
			widest = max(widest, font.MeasureString(face, line))
		}
	}
	if widest > fixed.I(panelSide) {
		face = goRegular(titleSize * panelSide * 64 / float64(widest))
	}
	return face
}

func goRegular(size float64) font.Face {
	f, err := opentype.Parse(goregular.TTF)
	if err == nil {
		var face font.Face
		if face, err = opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone}); err == nil {
			return face
		}
	}
	panic(fmt.Sprintf("the font inside this program cannot be used: %v", err))
}

// drawCentred writes one line with its middle at x and its baseline at y.
func drawCentred(dst *image.NRGBA, face font.Face, line string, x, y int) {
	d := font.Drawer{Dst: dst, Src: image.NewUniform(titleInk), Face: face}
	d.Dot = fixed.Point26_6{X: fixed.I(x) - d.MeasureString(line)/2, Y: fixed.I(y)}
	d.DrawString(line)
}
