package nn

import (
	"encoding/binary"
	"image"
)

// preprocessor turns pixels into the network's input: the centre square, area-averaged to the input size, transparency composed over
// white, then (v/255 - mean) / std.
//
// Averaging is done here rather than by a canvas because browsers resample differently; the same pixels give the same logits in
// every browser and on the command line.
type preprocessor struct {
	size int
	seen *image.NRGBA // what the network sees, for people
	sums []float32    // 3 a pixel: weighted sums of one output row
	rgba []uint32     // 4 a pixel: sums of bytes of one output row
}

func newPreprocessor(in Shape) preprocessor {
	return preprocessor{in.W, image.NewNRGBA(image.Rect(0, 0, in.W, in.H)), make([]float32, 3*in.W), make([]uint32, 4*in.W)}
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
	area := float32(side) * float32(side)
	for y := range p.size {
		if !p.whole(img, crop, y) {
			p.weighted(img, crop, y)
		}
		row, seen := dst.Data[dst.Offset(y, 0):][:p.size*dst.Stride], p.seen.Pix[y*p.seen.Stride:][:4*p.size]
		for x := range p.size {
			sum, out, rgba := (*[3]float32)(p.sums[3*x:]), (*[3]float32)(row[x*dst.Stride:]), (*[4]uint8)(seen[4*x:])
			for c, v := range sum {
				if v /= area; side == 0 {
					v = 255
				}
				rgba[c] = uint8(int32(v + 0.5))
				out[c] = (v/255 - mean[c]) / std[c]
			}
			rgba[3] = 255
		}
	}
}

// weighted sums the source pixels of one output row. Output pixel i covers [i*side/size, (i+1)*side/size) of the picture. In units of 1/size
// source pixel all edges are whole numbers, so the overlaps are exact and add up to side a direction.
func (p *preprocessor) weighted(img *image.NRGBA, crop image.Rectangle, y int) {
	side := crop.Dx()
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
}

// whole makes the same sums where every output pixel is k x k opaque source pixels, as the camera's are: sums of bytes, two pixels and eight bytes
// at a time, in lanes of 16 bits. It returns false where it does not apply.
func (p *preprocessor) whole(img *image.NRGBA, crop image.Rectangle, y int) bool {
	const lanes, most = 0x00ff00ff00ff00ff, 2 * 0xffff / 0xff // most pixels that a lane has room for
	k := crop.Dx() / p.size
	if k < 1 || k > most || k*p.size != crop.Dx() {
		return false
	}
	clear(p.rgba)
	for sy := range k {
		row := img.Pix[img.PixOffset(crop.Min.X, crop.Min.Y+y*k+sy):][:4*k*p.size]
		for x := range p.size {
			var rb, ga uint64
			px := row[4*k*x:][:4*k]
			for ; len(px) >= 8; px = px[8:] {
				v := binary.LittleEndian.Uint64(px)
				rb += v & lanes
				ga += v >> 8 & lanes
			}
			if len(px) > 0 {
				v := uint64(binary.LittleEndian.Uint32(px))
				rb += v & lanes
				ga += v >> 8 & lanes
			}
			sum := (*[4]uint32)(p.rgba[4*x:])
			sum[0] += uint32(rb&0xffff + rb>>32&0xffff)
			sum[1] += uint32(ga&0xffff + ga>>32&0xffff)
			sum[2] += uint32(rb>>16&0xffff + rb>>48)
			sum[3] += uint32(ga>>16&0xffff + ga>>48)
		}
	}
	for x := range p.size {
		sum := (*[4]uint32)(p.rgba[4*x:])
		if int(sum[3]) != 255*k*k {
			return false
		}
		for c := range 3 {
			p.sums[3*x+c] = float32(sum[c]) * float32(p.size*p.size)
		}
	}
	return true
}

// overlap is the length that source pixel s and output pixel o share, in units of 1/size source pixel.
func overlap(s, o, side, size int) int {
	return min((s+1)*size, (o+1)*side) - max(s*size, o*side)
}
