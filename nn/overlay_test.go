package nn

import (
	"bytes"
	"fmt"
	"image"
	"testing"
)

func TestOverlayGolden(t *testing.T) {
	var golden struct {
		W, H  int
		Heat  []byte
		Cases []struct {
			Map     string
			Opacity float32
			Ramp    bool
			Want    []byte
		}
	}
	readNumerics(t, "overlay.json", &golden)
	heat := &Heatmap{W: golden.W, H: golden.H, Data: goldenFloats(golden.Heat)}
	for _, c := range golden.Cases {
		t.Run(fmt.Sprintf("%s/%v/%v", c.Map, c.Opacity, c.Ramp), func(t *testing.T) {
			cm, _ := ColormapByName(c.Map)
			canvas, dst := guarded(heat.W, heat.H)
			Overlay(dst, heat, cm, c.Opacity, c.Ramp)
			compare(t, dst, c.Want, 0, 1) // alpha: float32 here, float64 there
			checkGuard(t, canvas, dst)
		})
	}
	if len(golden.Cases) < 4 {
		t.Errorf("the golden holds %d cases", len(golden.Cases))
	}
}

type blendGolden struct {
	Activation, Heat []byte // float32 8x8 and 32x32
	Picture          []byte // RGB
	Painted          []byte // RGB: the tutorial's panel as matplotlib painted it
	Formula          []struct {
		Map   string
		Alpha float32
		Want  []byte
	}
}

// picture is golden's 32x32 picture as an opaque NRGBA.
func (g *blendGolden) picture() *image.NRGBA {
	return &image.NRGBA{Pix: rgba(g.Picture), Stride: 128, Rect: image.Rect(0, 0, 32, 32)}
}

func rgba(rgb []byte) []byte {
	var p []byte
	for i := 0; i < len(rgb); i += 3 {
		p = append(p, rgb[i], rgb[i+1], rgb[i+2], 255)
	}
	return p
}

func TestBlendFormula(t *testing.T) {
	var golden blendGolden
	readNumerics(t, "blend.json", &golden)
	heat := &Heatmap{W: 32, H: 32, Data: goldenFloats(golden.Heat)}
	for _, c := range golden.Formula {
		cm, _ := ColormapByName(c.Map)
		canvas, dst := guarded(32, 32)
		Blend(dst, golden.picture(), heat, cm, c.Alpha)
		compare(t, dst, rgba(c.Want), 0, 0)
		checkGuard(t, canvas, dst)

		inPlace := golden.picture()
		Blend(inPlace, inPlace, heat, cm, c.Alpha)
		compare(t, inPlace, rgba(c.Want), 0, 0)
	}
	if len(golden.Formula) < 4 {
		t.Errorf("the golden holds %d cases", len(golden.Formula))
	}
}

// TestTutorialPanel runs the tutorial's whole chain, activation to painted panel, against
// matplotlib's own canvas.
func TestTutorialPanel(t *testing.T) {
	var golden blendGolden
	readNumerics(t, "blend.json", &golden)
	activation := &Heatmap{W: 8, H: 8, Data: goldenFloats(golden.Activation)}
	Normalise(activation)
	heat := NewHeatmap(32, 32)
	ResizeSpline(heat, activation)
	Normalise(heat) // imshow stretches what it is given
	diff(t, heat.Data, goldenFloats(golden.Heat), 1e-5)
	dst := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	Blend(dst, golden.picture(), heat, Jet, 0.5)
	compare(t, dst, rgba(golden.Painted), panelTolerance, 0)
}

// panelTolerance in levels: matplotlib's canvas holds bytes, so alpha 0.5 becomes 127/255 there and
// two products are rounded down.
const panelTolerance = 2

func TestBlendNaNShowsPicture(t *testing.T) {
	nan := float32(0)
	nan /= nan
	picture := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	copy(picture.Pix, []byte{10, 20, 30, 255})
	dst := image.NewNRGBA(picture.Rect)
	Blend(dst, picture, &Heatmap{W: 1, H: 1, Data: []float32{nan}}, Turbo, 0.5)
	compare(t, dst, picture.Pix, 0, 0)
}

func TestOverlayAndBlendDoNotAllocate(t *testing.T) {
	heat, dst := noise(64, 48, 1), image.NewNRGBA(image.Rect(0, 0, 64, 48))
	if n := testing.AllocsPerRun(20, func() { Overlay(dst, heat, Turbo, 0.6, true) }); n != 0 {
		t.Errorf("Overlay allocates %v times a run, expected 0", n)
	}
	if n := testing.AllocsPerRun(20, func() { Blend(dst, dst, heat, Turbo, 0.6) }); n != 0 {
		t.Errorf("Blend allocates %v times a run, expected 0", n)
	}
}

func TestOverlayRefusesOtherSizes(t *testing.T) {
	heat, same, other := NewHeatmap(4, 3), image.NewNRGBA(image.Rect(0, 0, 4, 3)), image.NewNRGBA(image.Rect(0, 0, 3, 4))
	mustPanic(t, "Overlay", func() { Overlay(other, heat, Jet, 1, true) })
	mustPanic(t, "Blend dst", func() { Blend(other, same, heat, Jet, 1) })
	mustPanic(t, "Blend picture", func() { Blend(same, other, heat, Jet, 1) })
}

// guarded returns a canvas filled with a mark, and a w x h picture in its middle: a sub-image, so
// its stride is not its width.
func guarded(w, h int) (canvas, inner *image.NRGBA) {
	canvas = image.NewNRGBA(image.Rect(0, 0, w+5, h+4))
	for i := range canvas.Pix {
		canvas.Pix[i] = 0xA7
	}
	return canvas, canvas.SubImage(image.Rect(2, 3, 2+w, 3+h)).(*image.NRGBA)
}

func checkGuard(t *testing.T, canvas, inner *image.NRGBA) {
	t.Helper()
	for y := range canvas.Rect.Dy() {
		for x := range canvas.Rect.Dx() {
			if p := canvas.Pix[canvas.PixOffset(x, y):][:4]; !image.Pt(x, y).In(inner.Rect) && !bytes.Equal(p, []byte{0xA7, 0xA7, 0xA7, 0xA7}) {
				t.Fatalf("the pixel %d,%d outside of the layer was painted: %v", x, y, p)
			}
		}
	}
}

// compare fails where a colour or an alpha differs by more than the tolerance in levels; want is
// RGBA without gaps.
func compare(t *testing.T, got *image.NRGBA, want []byte, colour, alpha int) {
	t.Helper()
	w, h := got.Rect.Dx(), got.Rect.Dy()
	if len(want) != 4*w*h {
		t.Fatalf("the golden holds %d bytes, expected %d", len(want), 4*w*h)
	}
	for i := range want {
		g, tolerance := got.Pix[i/(4*w)*got.Stride+i%(4*w)], colour
		if i%4 == 3 {
			tolerance = alpha
		}
		if d := int(g) - int(want[i]); d > tolerance || d < -tolerance {
			t.Fatalf("pixel %d,%d channel %d is %d, expected %d", i/4%w, i/4/w, i%4, g, want[i])
		}
	}
}

func BenchmarkOverlay(b *testing.B) {
	heat, dst := NewHeatmap(424, 424), image.NewNRGBA(image.Rect(0, 0, 424, 424))
	small := noise(8, 8, 1)
	Normalise(small)
	ResizeBilinear(heat, small)
	for b.Loop() {
		Overlay(dst, heat, Turbo, 0.6, true)
	}
}
