package kernels

// Across reduces each pixel over its channels, as CBAM's spatial part does:
// dst[y][x][0] = mean over c of src[y][x][c], dst[y][x][1] = the largest of them.
func Across(dst []float32, d Map, src []float32, s Map) {
	d.check("Across", dst)
	s.check("Across", src)
	sameSize("Across", Map{H: s.H, W: s.W, C: 2}, d)
	scale := 1 / float32(s.C)
	for y := range s.H {
		for x := range s.W {
			pixel := src[s.at(y, x, 0):s.at(y, x, s.C)]
			sum, largest := float32(0), pixel[0]
			for _, v := range pixel {
				sum += v
				if v > largest {
					largest = v
				}
			}
			o := d.at(y, x, 0)
			dst[o], dst[o+1] = sum*scale, largest
		}
	}
}

// ScalePixels is the last step of spatial attention: dst[y][x][c] = src[y][x][c] * gate[y*W+x].
func ScalePixels(dst []float32, d Map, src []float32, s Map, gate []float32) {
	d.check("ScalePixels", dst)
	s.check("ScalePixels", src)
	sameSize("ScalePixels", d, s)
	sameLength("ScalePixels", len(gate), s.H*s.W)
	for y := range s.H {
		for x := range s.W {
			g := gate[y*s.W+x]
			from, to := src[s.at(y, x, 0):s.at(y, x, s.C)], dst[d.at(y, x, 0):]
			to = to[:len(from)]
			for c, v := range from {
				to[c] = v * g
			}
		}
	}
}
