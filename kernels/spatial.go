package kernels

import "fmt"

// Across reduces each pixel over its channels, as CBAM's spatial part does: dst[y][x][0] = mean
// over c of src[y][x][c], dst[y][x][1] = the largest of them. The source's stride is a multiple of
// 4; lanes is scratch of 8 values for each pixel of a row. Channels are reduced in four lanes, then
// these and what is left of the channels one after the other.
func Across(dst []float32, d Map, src []float32, s Map, lanes []float32) {
	d.check("Across", dst)
	s.check("Across", src)
	sameSize("Across", Map{H: s.H, W: s.W, C: 2}, d)
	if s.Stride%4 != 0 || len(lanes) < 8*s.W {
		panic(fmt.Sprintf("kernels.Across: a stride of %d and %d values of scratch, expected a multiple of 4 and %d", s.Stride, len(lanes), 8*s.W))
	}
	whole, scale := s.C&^3, 1/float32(s.C)
	largest, sums := lanes[:4*s.W], lanes[4*s.W:8*s.W]
	for y := range s.H {
		if whole > 0 {
			acrossRow(largest, src[s.at(y, 0, 0):], s, whole, 0)
			acrossRow(sums, src[s.at(y, 0, 0):], s, whole, 1)
		}
		for x := range s.W {
			pixel := src[s.at(y, x, 0):s.at(y, x, s.C)]
			sum, most := float32(0), pixel[0]
			if whole > 0 {
				four, l := (*[4]float32)(sums[4*x:]), (*[4]float32)(largest[4*x:])
				sum, most = (four[0]+four[1])+(four[2]+four[3]), l[0]
				for _, v := range l[1:] {
					if v > most {
						most = v
					}
				}
			}
			for _, v := range pixel[whole:] {
				sum += v
				if v > most {
					most = v
				}
			}
			o := d.at(y, x, 0)
			dst[o], dst[o+1] = sum*scale, most
		}
	}
}

// acrossRow reduces the first channels of a row's pixels in four lanes, by their sum or, with scale
// 0, by the largest: four channels are a pixel of a pooling whose window is one pixel of the map.
func acrossRow(dst, src []float32, s Map, channels int, scale float32) {
	p := pooling{pixels: s.W, step: s.Stride / 4, rows: 1, columns: channels / 4, scale: scale}
	d := Map{H: 1, W: s.W, C: 4, RowStride: 4 * s.W, Stride: 4}
	quads := Map{H: 1, W: (s.W-1)*p.step + p.columns, C: 4, RowStride: s.W * s.Stride, Stride: 4}
	p.portable(dst, d, src, quads, p.vectors(dst, d, src, quads))
}

// ScalePixels is the last step of spatial attention: dst[y][x][c] = src[y][x][c] * gate[y][x].
func ScalePixels(dst []float32, d Map, src []float32, s Map, gate []float32, g Map) {
	d.check("ScalePixels", dst)
	s.check("ScalePixels", src)
	g.check("ScalePixels", gate)
	sameSize("ScalePixels", d, s)
	sameSize("ScalePixels", Map{H: d.H, W: d.W, C: 1}, g)
	scalePixelsPortable(dst, d, src, s, gate, g, scalePixelsVectors(dst, d, src, s, gate, g))
}

func scalePixelsPortable(dst []float32, d Map, src []float32, s Map, gate []float32, g Map, from int) {
	d.each(from, func(y, x, c int) { dst[d.at(y, x, c)] = src[s.at(y, x, c)] * gate[g.at(y, x, 0)] })
}
