package nn

import (
	"fmt"
	"image"
)

// Between which values of the heat map the ramp of Overlay rises from nothing to the full opacity:
// a map that floods the picture hides what it is about.
const (
	rampStart = 0.22
	rampEnd   = 0.72
)

// overlayLevels is how finely Overlay samples its colours and alphas: four times the colour table,
// so that the ramp's alpha is within one level of 255 of the formula.
const overlayLevels = 1024

// Overlay paints heat, which must be of dst's size and in 0..1, as a layer to lay over a picture:
// the colour from cm, straight alpha. With ramp the alpha is opacity*smoothstep(0.22, 0.72, t), so
// that cold areas show the picture; without it the alpha is opacity everywhere, as the tutorial
// paints. opacity is clamped to 0..1. NaN is transparent. It allocates nothing.
func Overlay(dst *image.NRGBA, heat *Heatmap, cm *Colormap, opacity float32, ramp bool) {
	checkHeatmap("Overlay's heat map", heat)
	checkSize("Overlay's layer", dst, heat)
	opacity = min(max(opacity, 0), 1)
	var colours [overlayLevels + 1][4]uint8 // a thousand colours are worked out a frame, not one for each pixel; the last is NaN's
	for i := range overlayLevels {
		t := (float32(i) + 0.5) / overlayLevels
		alpha := opacity
		if ramp {
			u := min(max((t-rampStart)/(rampEnd-rampStart), 0), 1)
			alpha *= u * u * (3 - 2*u)
		}
		r, g, b := cm.At(t)
		colours[i] = [4]uint8{r, g, b, uint8(alpha*255 + 0.5)}
	}
	for y := range heat.H {
		row := heat.Data[y*heat.W : (y+1)*heat.W]
		out := dst.Pix[y*dst.Stride:][:4*heat.W]
		for x, t := range row {
			i := 0
			switch {
			case t >= 1:
				i = overlayLevels - 1
			case t > 0:
				i = int(int32(t * overlayLevels))
			case t != t:
				i = overlayLevels
			}
			*(*[4]uint8)(out[4*x:]) = colours[i]
		}
	}
}

// Blend paints heat over picture: (1-alpha)*picture + alpha*colour, rounded, fully opaque. That is
// what matplotlib's imshow(picture); imshow(heat, alpha=alpha, cmap=cm) paints when heat, as imshow
// scales it, spans 0..1. All three have one size, picture is opaque (as a Trace's Input is), alpha
// is clamped to 0..1, and dst may be picture. NaN shows the picture. It allocates nothing.
func Blend(dst, picture *image.NRGBA, heat *Heatmap, cm *Colormap, alpha float32) {
	checkHeatmap("Blend's heat map", heat)
	checkSize("Blend's result", dst, heat)
	checkSize("Blend's picture", picture, heat)
	alpha = min(max(alpha, 0), 1)
	for y := range heat.H {
		row := heat.Data[y*heat.W : (y+1)*heat.W]
		in := picture.Pix[y*picture.Stride:][:4*heat.W]
		out := dst.Pix[y*dst.Stride:][:4*heat.W]
		for x, t := range row {
			p, q := in[4*x:4*x+4:4*x+4], out[4*x:4*x+4:4*x+4]
			r, g, b := cm.At(t)
			a := alpha
			if t != t {
				a = 0
			}
			q[0], q[1], q[2], q[3] = mix(p[0], r, a), mix(p[1], g, a), mix(p[2], b, a), 255
		}
	}
}

// mix is (1-a)*p + a*q, rounded half up.
func mix(p, q uint8, a float32) uint8 {
	return uint8((1-a)*float32(p) + a*float32(q) + 0.5)
}

// checkHeatmap panics unless h holds at least one value and as many as its size says: the sizes
// come from our own code, so a wrong one is a mistake of the caller and no state of the program.
func checkHeatmap(what string, h *Heatmap) {
	if h.W < 1 || h.H < 1 || len(h.Data) != h.W*h.H {
		panic(fmt.Sprintf("nn: %s is %dx%d with %d values, expected at least 1x1 and one value a pixel", what, h.W, h.H, len(h.Data)))
	}
}

func checkSize(what string, img *image.NRGBA, heat *Heatmap) {
	if size := img.Rect.Size(); size.X != heat.W || size.Y != heat.H {
		panic(fmt.Sprintf("nn: %s is %dx%d pixels, expected %dx%d as the heat map", what, size.X, size.Y, heat.W, heat.H))
	}
}
