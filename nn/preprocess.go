package nn

import (
	"encoding/binary"
	"image"
)

// preprocessor turns pixels into the network's input: the middle of the picture in the input's
// aspect, area-averaged to its size, transparency composed over white, grey if the network has one
// channel, then (v/255 - mean) / std.
//
// Averaging is done here rather than by a canvas because browsers resample differently; the same
// pixels give the same logits in every browser and on the command line.
type preprocessor struct {
	w, h int
	seen *image.NRGBA // what the network sees, for people
	sums []float32    // 3 a pixel: weighted sums of one output row
	rgba []uint32     // 4 a pixel: sums of bytes of one output row
}

func newPreprocessor(in Shape) preprocessor {
	return preprocessor{in.W, in.H, image.NewNRGBA(image.Rect(0, 0, in.W, in.H)), make([]float32, 3*in.W), make([]uint32, 4*in.W)}
}

// Centre is the part of a picture that a network of w x h pixels sees: the largest of that aspect,
// in the middle.
func Centre(r image.Rectangle, w, h int) image.Rectangle {
	width, height := r.Dx(), r.Dx()*h/w
	if height > r.Dy() {
		width, height = r.Dy()*w/h, r.Dy()
	}
	if !r.Empty() { // of a picture of a few pixels something is left
		width, height = max(width, 1), max(height, 1)
	}
	x, y := r.Min.X+(r.Dx()-width)/2, r.Min.Y+(r.Dy()-height)/2
	return image.Rect(x, y, x+width, y+height)
}

func (p *preprocessor) run(dst *Tensor, img *image.NRGBA, mean, std []float32) {
	crop := Centre(img.Rect, p.w, p.h)
	area := float32(crop.Dx()) * float32(crop.Dy())
	for y := range p.h {
		if !p.whole(img, crop, y) {
			p.weighted(img, crop, y)
		}
		row, seen := dst.Data[dst.Offset(y, 0):][:p.w*dst.Stride], p.seen.Pix[y*p.seen.Stride:][:4*p.w]
		if dst.C == 1 {
			p.grey(row, dst.Stride, seen, area, mean[0], std[0])
			continue
		}
		for x := range p.w {
			sum, out, rgba := (*[3]float32)(p.sums[3*x:]), (*[3]float32)(row[x*dst.Stride:]), (*[4]uint8)(seen[4*x:])
			for c, v := range sum {
				if v /= area; area == 0 {
					v = 255
				}
				rgba[c] = uint8(int32(v + 0.5))
				out[c] = (v/255 - mean[c]) / std[c]
			}
			rgba[3] = 255
		}
	}
}

// grey writes a row of brightness, ITU-R 601's in whole numbers, as Pillow's convert("L") has it.
func (p *preprocessor) grey(row []float32, stride int, seen []uint8, area, mean, std float32) {
	for x := range p.w {
		v := float32(255)
		if area != 0 {
			s := p.sums[3*x : 3*x+3]
			v = float32(int32((s[0]/area*19595+s[1]/area*38470+s[2]/area*7471)/65536 + 0.5))
		}
		row[x*stride] = (v/255 - mean) / std
		g := uint8(v)
		seen[4*x], seen[4*x+1], seen[4*x+2], seen[4*x+3] = g, g, g, 255
	}
}

// weighted sums the source pixels of one output row. Output pixel i of n covers [i*side/n,
// (i+1)*side/n) of the picture. In units of 1/n source pixel all edges are whole numbers, so the
// overlaps are exact and add up to side a direction.
func (p *preprocessor) weighted(img *image.NRGBA, crop image.Rectangle, y int) {
	width, height := crop.Dx(), crop.Dy()
	clear(p.sums)
	for sy := y * height / p.h; sy*p.h < (y+1)*height; sy++ {
		wy := overlap(sy, y, height, p.h)
		row := img.Pix[img.PixOffset(crop.Min.X, crop.Min.Y+sy):]
		for x := range p.w {
			for sx := x * width / p.w; sx*p.w < (x+1)*width; sx++ {
				w := float32(wy * overlap(sx, x, width, p.w))
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

// whole makes the same sums where every output pixel is k x k opaque source pixels, as the camera's
// are: sums of bytes, two pixels and eight bytes at a time, in lanes of 16 bits. It returns false
// where it does not apply.
func (p *preprocessor) whole(img *image.NRGBA, crop image.Rectangle, y int) bool {
	const lanes, most = 0x00ff00ff00ff00ff, 2 * 0xffff / 0xff // most pixels that a lane has room for
	k := crop.Dx() / p.w
	if k < 1 || k > most || k*p.w != crop.Dx() || k*p.h != crop.Dy() {
		return false
	}
	clear(p.rgba)
	for sy := range k {
		row := img.Pix[img.PixOffset(crop.Min.X, crop.Min.Y+y*k+sy):][:4*k*p.w]
		for x := range p.w {
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
	for x := range p.w {
		sum := (*[4]uint32)(p.rgba[4*x:])
		if int(sum[3]) != 255*k*k {
			return false
		}
		for c := range 3 {
			p.sums[3*x+c] = float32(sum[c]) * float32(p.w*p.h)
		}
	}
	return true
}

// overlap is the length that source pixel s and output pixel o of n share, in units of 1/n source
// pixel.
func overlap(s, o, side, n int) int {
	return min((s+1)*n, (o+1)*side) - max(s*n, o*side)
}
