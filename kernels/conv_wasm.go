package kernels

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = true

// tile is one call of a microkernel: n neighbouring pixels x 8 channels. kernels/gen knows the offsets.
type tile struct {
	dst, src, w, bias *float32
	row               int64 // bytes from one row of the source to the next
	step              int64 // bytes from one pixel's source to the next
	out               int64 // bytes from one destination pixel to the next
	run               int64 // values in one row's run, a multiple of 4
	rows              int64 // rows of the kernel
	relu              int64 // 0 or 1
}

//go:noescape
func convTile6(t *tile)

//go:noescape
func convTile4(t *tile)

//go:noescape
func convTile2(t *tile)

//go:noescape
func convTile1(t *tile)

// row computes one row of output pixels of one whole panel with the assembly tiles, and of a part of a panel in Go.
func (c *Conv) row(dst, src, w, bias []float32, lanes int) {
	if lanes < Panel {
		c.portableRow(dst, src, w, bias, lanes)
		return
	}
	t := tile{w: &w[0], bias: &bias[0], row: int64(4 * c.SrcW * c.SrcStride), step: int64(4 * c.Step * c.SrcStride), out: int64(4 * c.DstStride),
		run: int64(c.KW * c.SrcStride), rows: int64(c.KH)}
	if c.ReLU {
		t.relu = 1
	}
	for x := 0; x < c.OutW; {
		t.dst, t.src = &dst[x*c.DstStride], &src[x*c.Step*c.SrcStride]
		switch left := c.OutW - x; {
		case left >= 6 && left != 8: // two tiles of 4 beat 6 and 2
			convTile6(&t)
			x += 6
		case left >= 4:
			convTile4(&t)
			x += 4
		case left >= 2:
			convTile2(&t)
			x += 2
		default:
			convTile1(&t)
			x++
		}
	}
}
