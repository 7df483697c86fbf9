package main

import (
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
)

// tutorialGolden is what matplotlib painted for one activation map and one picture; see
// nn/gen/numerics.py.
type tutorialGolden struct {
	Activation       []byte // float32 8x8
	Picture, Painted []byte // RGB 32x32
}

func readGolden(t *testing.T) (picture *image.NRGBA, heat *nn.Heatmap, painted []byte) {
	t.Helper()
	b, err := os.ReadFile("../../testdata/numerics/blend.json")
	if err != nil {
		t.Fatal(err)
	}
	var g tutorialGolden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	picture, heat = image.NewNRGBA(image.Rect(0, 0, 32, 32)), nn.NewHeatmap(8, 8)
	for i := range 32 * 32 {
		copy(picture.Pix[4*i:], append(slices.Clone(g.Picture[3*i:3*i+3]), 255))
	}
	for i := range heat.Data {
		heat.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(g.Activation[4*i:]))
	}
	return picture, heat, g.Painted
}

func TestFigurePanels(t *testing.T) {
	picture, heat, painted := readGolden(t)
	before := slices.Clone(heat.Data)
	figure := drawFigure([]panel{
		{Title: []string{"Original", "true: ship, predicted: ship 92 %"}, Picture: picture},
		{Title: []string{"Channel 64 (mean 2.39, gate 0.98)"}, Picture: picture, Heat: heat},
	})
	if !slices.Equal(heat.Data, before) {
		t.Error("drawing changed the panel's heat map")
	}
	const left, top, cell = figureEdge, figureEdge + 2*titleLine + titleGap, panelSide / 32
	if want := image.Rect(0, 0, 2*left+2*panelSide+panelGap, top+panelSide+figureEdge); figure.Rect != want {
		t.Fatalf("the figure is %v, expected %v", figure.Rect, want)
	}
	if !figure.Opaque() {
		t.Error("the figure has transparent pixels")
	}
	for i := range 32 * 32 {
		for _, corner := range []int{0, cell - 1} { // the whole cell has one colour
			x, y := left+i%32*cell+corner, top+i/32*cell+corner
			if got, want := figure.NRGBAAt(x, y), picture.NRGBAAt(i%32, i/32); got != want {
				t.Fatalf("the original at cell %d,%d is %v, expected %v", i%32, i/32, got, want)
			}
			got := figure.NRGBAAt(x+panelSide+panelGap, y)
			for c, v := range []uint8{got.R, got.G, got.B} {
				// matplotlib's canvas rounds down in bytes: up to two levels
				if d := int(v) - int(painted[3*i+c]); d < -2 || d > 2 {
					t.Fatalf("the heat map at cell %d,%d is %v, matplotlib painted %v", i%32, i/32, got, painted[3*i:3*i+3])
				}
			}
		}
	}
}

// inked returns the smallest rectangle of r that holds every pixel that is not white.
func inked(img *image.NRGBA, r image.Rectangle) image.Rectangle {
	var box image.Rectangle
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if img.NRGBAAt(x, y) != (color.NRGBA{255, 255, 255, 255}) {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

func TestFigureTitles(t *testing.T) {
	black := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	for i := 3; i < len(black.Pix); i += 4 {
		black.Pix[i] = 255
	}
	for name, long := range map[string]string{
		"usual": "true: automobile, predicted: ship 92 %", "long": strings.Repeat("a title that is far too wide ", 4),
	} {
		figure := drawFigure([]panel{
			{Title: []string{"Original", long}, Picture: black}, {Title: []string{"one"}, Picture: black}, {Picture: black},
		})
		const top = figureEdge + 2*titleLine + titleGap
		titles := func(i int) image.Rectangle {
			left := figureEdge + i*(panelSide+panelGap)
			return inked(figure, image.Rect(left-panelGap/2, 0, left+panelSide+panelGap/2, top))
		}
		first, second, third := titles(0), titles(1), titles(2)
		middle := figureEdge + panelSide/2
		if c := (first.Min.X + first.Max.X) / 2; c < middle-6 || c > middle+6 || first.Dx() > panelSide || first.Dx() < panelSide/2 {
			t.Errorf("%s: the first title covers %v, expected it centred at %d and no wider than %d", name, first, middle, panelSide)
		}
		if first.Min.Y < figureEdge/2 || first.Max.Y > top-titleGap/3 {
			t.Errorf("%s: the first title covers rows %d..%d, expected room above and below within 0..%d", name, first.Min.Y, first.Max.Y, top)
		}
		if second.Empty() || second.Min.Y < first.Min.Y+titleLine {
			t.Errorf("%s: a title of one line covers %v, expected it to stand right above its picture", name, second)
		}
		if !third.Empty() {
			t.Errorf("%s: a panel without a title has ink in %v", name, third)
		}
		edges := inked(figure, figure.Rect)
		if want := image.Rect(figureEdge, first.Min.Y, figure.Rect.Max.X-figureEdge, figure.Rect.Max.Y-figureEdge); edges != want {
			t.Errorf("%s: ink covers %v, expected clean margins: %v", name, edges, want)
		}
	}
}

// A picture that is no square keeps its proportions and stands in the middle.
func TestFigureProportions(t *testing.T) {
	for _, size := range []image.Point{{48, 24}, {24, 48}, {1, 1}, {640, 3}} {
		wide := image.NewNRGBA(image.Rectangle{Max: size})
		for i := 3; i < len(wide.Pix); i += 4 {
			wide.Pix[i] = 255
		}
		figure := drawFigure([]panel{{Picture: wide}})
		got := inked(figure, figure.Rect)
		if want := max(size.X, size.Y); max(got.Dx(), got.Dy()) != panelSide || got.Dx()*size.Y/want != got.Dy()*size.X/want {
			t.Errorf("a picture of %v covers %v", size, got)
		}
		middle := image.Rect(figureEdge, figureEdge, figureEdge+panelSide, figureEdge+panelSide)
		if d := got.Min.Add(got.Max).Sub(middle.Min.Add(middle.Max)); max(d.X, -d.X, d.Y, -d.Y) > 1 {
			t.Errorf("a picture of %v covers %v, expected it in the middle of %v", size, got, middle)
		}
	}
}

func TestFigureEmpty(t *testing.T) {
	if got := drawFigure(nil).Rect.Dx(); got != 2*figureEdge {
		t.Errorf("a figure without panels is %d wide, expected the margins only", got)
	}
}
