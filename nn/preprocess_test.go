package nn

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// average is the definition in float64: every output pixel is the integral of the picture over its
// square.
func average(img *image.NRGBA, crop image.Rectangle, size, x, y, c int) float64 {
	side := float64(crop.Dx())
	var sum float64
	for sy := range crop.Dy() {
		h := math.Min(float64(sy+1), float64(y+1)*side/float64(size)) - math.Max(float64(sy), float64(y)*side/float64(size))
		for sx := range crop.Dx() {
			w := math.Min(float64(sx+1), float64(x+1)*side/float64(size)) - math.Max(float64(sx), float64(x)*side/float64(size))
			if h > 0 && w > 0 {
				p := img.NRGBAAt(crop.Min.X+sx, crop.Min.Y+sy)
				v := float64([]uint8{p.R, p.G, p.B}[c])
				sum += w * h * (255 + (v-255)*float64(p.A)/255)
			}
		}
	}
	return sum / (side * side / float64(size*size))
}

// Sizes below, at, above and not a multiple of the input, wide, tall, transparent, and with a
// bounding box that does not begin at 0.
func TestPreprocess(t *testing.T) {
	in := Shape{32, 32, 3}
	mean, std := []float32{0.4914, 0.4822, 0.4465}, []float32{0.2023, 0.1994, 0.2010}
	for _, r := range []image.Rectangle{
		image.Rect(0, 0, 32, 32), image.Rect(0, 0, 64, 64), image.Rect(0, 0, 50, 37), image.Rect(0, 0, 33, 90), image.Rect(0, 0, 7, 9),
		image.Rect(0, 0, 1, 1), image.Rect(5, 9, 75, 60), image.Rect(3, 1, 99, 97), image.Rect(0, 0, 300, 256),
	} {
		for _, opaque := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v/opaque=%v", r, opaque), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, 1))
				img := image.NewNRGBA(r)
				for i := range img.Pix {
					img.Pix[i] = uint8(rng.IntN(256))
					if opaque && i%4 == 3 {
						img.Pix[i] = 255
					}
				}
				p := newPreprocessor(in)
				dst := NewTensor(in, 1)
				p.run(dst, img, mean, std)
				crop := Centre(r, 32, 32)
				for y := range 32 {
					for x := range 32 {
						for c := range 3 {
							v := average(img, crop, 32, x, y, c)
							want := (v/255 - float64(mean[c])) / float64(std[c])
							if d := math.Abs(float64(dst.At(y, x, c)) - want); !(d < 2e-5) {
								t.Fatalf("(%d,%d,%d): %v, expected %v", y, x, c, dst.At(y, x, c), want)
							}
							if seen := float64(p.seen.Pix[p.seen.PixOffset(x, y)+c]); math.Abs(seen-v) > 0.501 {
								t.Fatalf("(%d,%d,%d): people see %v, the network %v", y, x, c, seen, v)
							}
						}
						if dst.At(y, x, 3) != 0 {
							t.Fatal("the padding lane is not zero")
						}
					}
				}
				for x := -1; x <= 32; x++ {
					if dst.At(-1, x, 0) != 0 || dst.At(32, x, 0) != 0 {
						t.Fatal("the border is not zero")
					}
				}
			})
		}
	}
}

func TestCentre(t *testing.T) {
	for in, want := range map[image.Rectangle]image.Rectangle{
		image.Rect(0, 0, 200, 160): image.Rect(20, 0, 180, 160),
		image.Rect(0, 0, 5, 10):    image.Rect(0, 2, 5, 7),
		image.Rect(3, 4, 13, 9):    image.Rect(5, 4, 10, 9),
		image.Rect(0, 0, 0, 9):     image.Rect(0, 4, 0, 4),
	} {
		if got := Centre(in, 7, 7); got != want {
			t.Errorf("%v: %v, expected %v", in, got, want)
		}
	}
	for in, want := range map[image.Rectangle]image.Rectangle{
		image.Rect(0, 0, 224, 160): image.Rect(0, 0, 224, 160), // the aspect of the input
		image.Rect(0, 0, 300, 160): image.Rect(38, 0, 262, 160),
		image.Rect(1, 0, 225, 200): image.Rect(1, 20, 225, 180),
	} {
		if got := Centre(in, 224, 160); got != want {
			t.Errorf("%v for 224x160: %v, expected %v", in, got, want)
		}
	}
}

// A network of 4 x 2 pixels and one channel sees the wide middle in grey, as Pillow's convert("L")
// has it.
func TestPreprocessWideAndGrey(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for y := range 8 {
		for x := range 8 {
			img.SetNRGBA(x, y, color.NRGBA{uint8(30 * (x / 2)), uint8(20 * (y / 2)), 200, 255})
		}
	}
	p, dst := newPreprocessor(Shape{2, 4, 1}), NewTensor(Shape{2, 4, 1}, 0)
	p.run(dst, img, []float32{0}, []float32{1})
	for y := range 2 {
		for x := range 4 {
			want := math.Floor(float64(30*x*19595+20*(y+1)*38470+200*7471)/65536+0.5) / 255
			if got := float64(dst.At(y, x, 0)); math.Abs(got-want) > 1e-6 {
				t.Errorf("(%d,%d): %v, expected %v", y, x, got, want)
			}
		}
	}
}

func TestEmptyPictureCountsAsWhite(t *testing.T) {
	p, dst := newPreprocessor(Shape{32, 32, 3}), NewTensor(Shape{32, 32, 3}, 0)
	p.run(dst, image.NewNRGBA(image.Rectangle{}), []float32{0, 0, 0}, []float32{1, 1, 1})
	if got := dst.At(31, 31, 2); got != 1 {
		t.Errorf("%v, expected 1", got)
	}
}
