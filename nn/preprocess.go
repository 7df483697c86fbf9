package nn

import "image"

// preprocessor turns pixels into the network's input: the centre square, area-averaged to the input size, transparency composed over
// white, then (v/255 - mean) / std.
//
// Averaging is done here rather than by a canvas because browsers resample differently; the same pixels give the same logits in
// every browser and on the command line.
type preprocessor struct {
	size int
	seen *image.NRGBA // what the network sees, for people
	sums []float32    // 3 a pixel: weighted sums of one output row
}

func newPreprocessor(in Shape) preprocessor {
	return preprocessor{in.W, image.NewNRGBA(image.Rect(0, 0, in.W, in.H)), make([]float32, 3*in.W)}
}

// CentreSquare is the part of a picture that the network sees.
func CentreSquare(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	x, y := r.Min.X+(r.Dx()-side)/2, r.Min.Y+(r.Dy()-side)/2
	return image.Rect(x, y, x+side, y+side)
}

func (p *preprocessor) run(dst *Tensor, img *image.NRGBA, mean, std []float32) {
	crop := CentreSquare(img.Rect)
	side := crop.Dx()
	// Output pixel i covers [i*side/size, (i+1)*side/size) of the picture. In units of 1/size source pixel all edges are
	// whole numbers, so the overlaps are exact and add up to side a direction.
	area := float32(side) * float32(side)
	for y := range p.size {
		clear(p.sums)
		for sy := y * side / p.size; sy*p.size < (y+1)*side; sy++ {
			wy := overlap(sy, y, side, p.size)
			row := img.Pix[img.PixOffset(crop.Min.X, crop.Min.Y+sy):]
			for x := range p.size {
				for sx := x * side / p.size; sx*p.size < (x+1)*side; sx++ {
					w := float32(wy * overlap(sx, x, side, p.size))
					px := row[4*sx : 4*sx+4]
					r, g, b := float32(px[0]), float32(px[1]), float32(px[2])
					if px[3] != 255 {
						a := float32(px[3]) / 255
						r, g, b = 255+(r-255)*a, 255+(g-255)*a, 255+(b-255)*a
					}
					sum := p.sums[3*x : 3*x+3]
					sum[0] += w * r
					sum[1] += w * g
					sum[2] += w * b
				}
			}
		}
		for x := range p.size {
			o, seen := dst.Offset(y, x), p.seen.Pix[p.seen.PixOffset(x, y):]
			for c := range 3 {
				v := float32(255)
				if side > 0 {
					v = p.sums[3*x+c] / area
				}
				seen[c] = uint8(v + 0.5)
				dst.Data[o+c] = (v/255 - mean[c]) / std[c]
			}
			seen[3] = 255
		}
	}
}

// overlap is the length that source pixel s and output pixel o share, in units of 1/size source pixel.
func overlap(s, o, side, size int) int {
	return min((s+1)*size, (o+1)*side) - max(s*size, o*side)
}
