package nn

import (
	"image"
	"math"
	"testing"
)

// The line of a cone lies on its circle, and nowhere else.
func TestContour(t *testing.T) {
	const side, radius = 96, 30.
	heat := NewHeatmap(side, side)
	at := func(x, y int) float64 { return math.Hypot(float64(x-side/2), float64(y-side/2)) }
	for y := range side {
		for x := range side {
			heat.Data[y*side+x] = float32(1 - .5*at(x, y)/radius)
		}
	}
	dst := image.NewNRGBA(image.Rect(0, 0, side, side))
	Contour(dst, heat, 1.5, .5)
	lit := 0
	for y := range side {
		for x := range side {
			d := math.Abs(at(x, y) - radius)
			switch alpha := dst.NRGBAAt(x, y).A; {
			case d < .4 && alpha < 150:
				t.Errorf("(%d, %d) lies %.1f from the circle and has alpha %d", x, y, d, alpha)
			case d > 2.2 && alpha > 0:
				t.Errorf("(%d, %d) lies %.1f from the circle and has alpha %d", x, y, d, alpha)
			case alpha > 0:
				lit++
			}
		}
	}
	if lit < 180 {
		t.Errorf("%d pixels are lit, expected the circle's", lit)
	}
}

func TestContourOfNothing(t *testing.T) {
	heat := NewHeatmap(4, 4)
	heat.Data[5] = float32(math.NaN())
	dst := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	Contour(dst, heat, 1.5, .5)
	Contour(image.NewNRGBA(image.Rect(0, 0, 1, 1)), NewHeatmap(1, 1), 1.5, 0)
	for i, v := range dst.Pix {
		if v != 0 {
			t.Fatalf("byte %d is %d, expected nothing drawn", i, v)
		}
	}
}
