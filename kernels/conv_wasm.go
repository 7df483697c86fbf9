package kernels

import (
	"math"
	"unsafe"
)

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = true

// tiles is one call of a microkernel: count tiles of neighbouring pixels x 8 channels, one set of them a point. kernels/gen knows the offsets.
type tiles struct {
	dst, src, w, bias *float32
	row               int64   // bytes from one row of the source to the next
	step              int64   // bytes from one pixel's source to the next
	out               int64   // bytes from one destination pixel to the next
	run               int64   // values in one row's run, a multiple of 4
	rows              int64   // rows of the kernel
	count             int64   // tiles
	points            int64   // products of one shape: their weights follow each other, their destinations lie 8 values apart
	plane             int64   // bytes from one point's source to the next
	floor             float32 // the least value, 0 for ReLU
}

//go:noescape
func convTiles4(t *tiles)

//go:noescape
func convTiles2(t *tiles)

//go:noescape
func convTiles1(t *tiles)

// compute makes that many neighbouring pixels at each point, in tiles of 4 as far as they go.
func (t tiles) compute(pixels int) {
	for n := 4; pixels > 0; n /= 2 {
		u := t
		if u.count = int64(pixels / n); u.count == 0 {
			continue
		}
		switch n {
		case 4:
			convTiles4(&u)
		case 2:
			convTiles2(&u)
		case 1:
			convTiles1(&u)
		}
		done := u.count * int64(n)
		t.dst = (*float32)(unsafe.Add(unsafe.Pointer(t.dst), done*t.out))
		t.src = (*float32)(unsafe.Add(unsafe.Pointer(t.src), done*t.step))
		pixels -= int(done)
	}
}

// row computes one row of output pixels of one whole panel with the assembly tiles, and of a part of a panel in Go.
func (c *Conv) row(dst, src, w, bias []float32, lanes int) {
	if lanes < Panel {
		c.portableRow(dst, src, w, bias, lanes)
		return
	}
	t := tiles{dst: &dst[0], src: &src[0], w: &w[0], bias: &bias[0], row: int64(4 * c.SrcW * c.SrcStride), step: int64(4 * c.Step * c.SrcStride), out: int64(4 * c.DstStride),
		run: int64(c.KW * c.SrcStride), rows: int64(c.KH), points: 1, floor: float32(math.Inf(-1))}
	if c.ReLU {
		t.floor = 0
	}
	t.compute(c.OutW)
}
