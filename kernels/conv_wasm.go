package kernels

import (
	"math"
	"unsafe"
)

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = true

// tiles is one call of a microkernel: count tiles of neighbouring pixels x 8 channels, several times. kernels/gen knows the offsets.
type tiles struct {
	dst, src, w, bias *float32
	row               int64 // bytes from one row of the source to the next
	step              int64 // bytes from one pixel's source to the next
	out               int64 // bytes from one destination pixel to the next
	run               int64 // values in one row's run, a multiple of 4
	next              int64 // bytes from the row behind a tile's last one to the next tile's first
	rows              int64 // rows of the kernel
	count             int64 // tiles
	times             int64 // rows of the output, or points of Winograd
	timesDst          int64 // bytes from one time's destination to the next, and so on
	timesSrc          int64
	timesW            int64
	floor             float32 // the least value, 0 for ReLU
}

//go:noescape
func convTiles6(t *tiles)

//go:noescape
func convTiles4(t *tiles)

//go:noescape
func convTiles2(t *tiles)

//go:noescape
func convTiles1(t *tiles)

// convPanels computes one pixel of count groups of four panels, whose weights lie timesW bytes apart.
//
//go:noescape
func convPanels(t *tiles)

// wide is whether tiles of six pixels are used. They need the register that an unfused product takes, so it is whether this program's multiply-adds
// round once, as package wasm/postlink makes them: x*x is half a unit in the last place more than what is subtracted.
var wide = func() bool {
	x, square := []float32{1 + 1./4096, 0, 0, 0}, []float32{-1 - 1./2048, 0, 0, 0}
	one := Map{H: 1, W: 1, C: 4}
	Affine(x, one, x, one, x, square, false)
	return x[0] != 0
}()

// sixes is the number of tiles of six among that many pixels: as many as leave no pair.
func sixes(pixels int) int {
	n := pixels / 6
	for n > 0 && (pixels-6*n)%4 > 1 {
		n--
	}
	return n
}

// compute makes that many neighbouring pixels, each time.
func (t tiles) compute(pixels int) {
	for _, size := range [...]int{6, 4, 2, 1} {
		n := pixels / size
		if size == 6 {
			if !wide {
				continue
			}
			n = sixes(pixels)
		}
		if n == 0 {
			continue
		}
		u := t
		u.count, u.next = int64(n), int64(size)*t.step-t.rows*t.row
		switch size {
		case 6:
			convTiles6(&u)
		case 4:
			convTiles4(&u)
		case 2:
			convTiles2(&u)
		case 1:
			convTiles1(&u)
		}
		t.dst = (*float32)(unsafe.Add(unsafe.Pointer(t.dst), int64(n*size)*t.out))
		t.src = (*float32)(unsafe.Add(unsafe.Pointer(t.src), int64(n*size)*t.step))
		pixels -= n * size
	}
}

// pixel computes all whole groups of four panels of a convolution of one output pixel and one row, and returns how many panels these are.
func (c *Conv) pixel(dst, src, w, bias []float32) int {
	groups := c.COut / (4 * Panel)
	if c.OutH != 1 || c.OutW != 1 || c.KH != 1 || groups == 0 {
		return 0
	}
	t := tiles{dst: &dst[0], src: &src[0], w: &w[0], bias: &bias[0], run: int64(c.K()), count: int64(groups), timesW: int64(4 * c.K() * Panel), floor: c.floor()}
	convPanels(&t)
	return 4 * groups
}

func (c *Conv) floor() float32 {
	if c.ReLU {
		return 0
	}
	return float32(math.Inf(-1))
}

// panel computes all pixels of one panel; what a part of a panel must not write goes into a tile aside first.
func (c *Conv) panel(dst, src, w, bias []float32, lanes int) {
	t := tiles{dst: &dst[0], src: &src[0], w: &w[0], bias: &bias[0], row: int64(4 * c.SrcW * c.SrcStride), step: int64(4 * c.Step * c.SrcStride), out: int64(4 * c.DstStride),
		run: int64(c.KW * c.SrcStride), rows: int64(c.KH), times: int64(c.OutH), timesDst: int64(4 * c.DstW * c.DstStride), timesSrc: int64(4 * c.Step * c.SrcW * c.SrcStride), floor: c.floor()}
	if lanes == Panel {
		t.compute(c.OutW)
		return
	}
	var aside [4 * Panel]float32
	t.out, t.times = 4*Panel, 1
	for y := range c.OutH {
		for x := 0; x < c.OutW; x += 4 {
			n := min(4, c.OutW-x)
			t.dst, t.src = &aside[0], &src[(y*c.SrcW+x)*c.Step*c.SrcStride]
			t.compute(n)
			for i := range n {
				copy(dst[(y*c.DstW+x+i)*c.DstStride:][:lanes], aside[i*Panel:])
			}
		}
	}
}
