package nn

import "image"

// Contour draws white lines on dst, a layer that Overlay painted of heat, where heat crosses a
// level: about width pixels wide whatever the slope, with soft edges. heat has dst's size. It
// allocates nothing, and calls nothing for a pixel: min and max of floats are calls on wasm.
func Contour(dst *image.NRGBA, heat *Heatmap, width float32, levels ...float32) {
	checkHeatmap("Contour's heat map", heat)
	checkSize("Contour's layer", dst, heat)
	if heat.W < 2 || heat.H < 2 {
		return
	}
	for _, level := range levels {
		for y := range heat.H - 1 {
			row := heat.Data[y*heat.W:][: 2*heat.W : 2*heat.W]
			for x := range heat.W - 1 {
				t := row[x] - level
				if t > contourReach || t < -contourReach || t != t {
					continue
				}
				dx, dy := row[x+1]-row[x], row[x+heat.W]-row[x]
				if dx < 0 {
					dx = -dx
				}
				if dy < 0 {
					dy = -dy
				}
				if dx < dy {
					dx, dy = dy, dx
				}
				if t < 0 {
					t = -t
				}
				slope := .96*dx + .4*dy + 1e-6 // within 4 % of the root, which is slow on wasm
				if !(t < width*slope) {        // nor where a neighbour is no number
					continue
				}
				l := width - t/slope
				if l > 1 {
					l = 1
				}
				a := uint32(l * contourAlpha * 255)
				p := dst.Pix[y*dst.Stride+4*x:][:4:4]
				for i := range 3 {
					p[i] = uint8((uint32(p[i])*(255-a) + 255*a) / 255)
				}
				p[3] = uint8(max(uint32(p[3]), a))
			}
		}
	}
}

const (
	contourReach = 0.08 // no map changes by more from one pixel to the next and is looked at
	contourAlpha = 0.85
)
