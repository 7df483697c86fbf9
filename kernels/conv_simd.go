//go:build wasm || amd64

package kernels

import "unsafe"

// tiles is one call of a microkernel: count tiles of neighbouring pixels x one or two panels of 8
// channels, several times. kernels/gen knows the offsets.
type tiles struct {
	dst, src, w, bias *float32
	row               int64 // bytes from one row of the source to the next; of a grouped convolution, from behind a row's last column to the next row
	step              int64 // bytes from one pixel's source to the next
	out               int64 // bytes from one destination pixel to the next
	run               int64 // values in one row's run (or one column's, if grouped), a multiple of 4
	next              int64 // bytes from the row behind a tile's last one to the next tile's first
	rows              int64 // rows of the kernel
	count             int64 // tiles
	times             int64 // rows of the output, or points of Winograd
	timesDst          int64 // bytes from one time's destination to the next, and so on
	timesSrc          int64
	timesW            int64
	panelDst          int64 // bytes from the first panel's destination to the second's, and so on; the biases of both lie together
	panelW            int64
	columns           int64   // grouped: columns of the kernel; 0 for a convolution that is not
	column            int64   // grouped: bytes from one column of the source to the next
	floor, ceiling    float32 // the least and the largest value
}

// convPanels computes one pixel of count groups of four panels, whose weights lie timesW bytes
// apart.
//
//go:noescape
func convPanels(t *tiles)

// sixes is the number of tiles of six among that many pixels: as many as leave no pair.
func sixes(pixels int) int {
	n := pixels / 6
	for n > 0 && (pixels-6*n)%4 > 1 {
		n--
	}
	return n
}

// compute makes that many neighbouring pixels of one panel or two, each time.
func (t tiles) compute(pixels, panels int) {
	for _, size := range [...]int{12, 6, 4, 2, 1} {
		n := pixels / size
		if size == 6 {
			n = sixes(pixels)
		}
		if n == 0 || !t.has(size, panels) {
			continue
		}
		u := t
		u.count, u.next = int64(n), int64(size)*t.step-t.rows*(t.row+t.columns*t.column)
		u.call(size, panels)
		t.dst = (*float32)(unsafe.Add(unsafe.Pointer(t.dst), int64(n*size)*t.out))
		t.src = (*float32)(unsafe.Add(unsafe.Pointer(t.src), int64(n*size)*t.step))
		pixels -= n * size
	}
}

// pixel computes all whole groups of four panels of a convolution of one output pixel and one row,
// and returns how many panels these are.
func (c *Conv) pixel(dst, src, w, bias []float32) int {
	groups := c.COut / (4 * Panel)
	if !SIMD || c.OutH != 1 || c.OutW != 1 || c.KH != 1 || groups == 0 {
		return 0
	}
	floor, ceiling, _ := c.Act.limits()
	t := tiles{dst: &dst[0], src: &src[0], w: &w[0], bias: &bias[0], run: int64(c.K()), count: int64(groups), timesW: int64(4 * c.K() * Panel), floor: floor, ceiling: ceiling}
	convPanels(&t)
	return 4 * groups
}

// tiles describes the convolution of all pixels.
func (c *Conv) tiles(dst, src, w, bias []float32) tiles {
	floor, ceiling, _ := c.Act.limits()
	return tiles{dst: &dst[0], src: &src[0], w: &w[0], bias: &bias[0], row: int64(4 * c.SrcW * c.SrcStride), step: int64(4 * c.Step * c.SrcStride), out: int64(4 * c.DstStride),
		run: int64(c.KW * c.SrcStride), rows: int64(c.KH), times: int64(c.OutH), timesDst: int64(4 * c.DstW * c.DstStride), timesSrc: int64(4 * c.Step * c.SrcW * c.SrcStride), floor: floor, ceiling: ceiling}
}

// panels computes all pixels of the first panels of that many channels and returns how many panels
// these are.
func (c *Conv) panels(dst, src, w, bias []float32, channels int) int {
	if !SIMD {
		c.portablePanel(dst, src, w, bias, min(Panel, channels))
		return 1
	}
	t, n := c.tiles(dst, src, w, bias), max(1, min(productPanels, channels/Panel))
	t.panelDst, t.panelW = 4*Panel, int64(4*c.K()*Panel)
	t.all(c, dst, src, n, min(Panel, channels))
	return n
}

// groupedPanel computes all pixels of one panel, which reads span channels from src on.
func (c *Conv) groupedPanel(dst, src, w, bias []float32, span, lanes int) {
	if !SIMD {
		c.portableGroupedPanel(dst, src, w, bias, span, lanes)
		return
	}
	t := c.tiles(dst, src, w, bias)
	t.run, t.columns, t.column = int64(span), int64(c.KW), int64(4*c.SrcStride)
	t.row -= t.columns * t.column
	t.all(c, dst, src, 1, lanes)
}

// all computes all pixels; what a part of a panel must not write goes into a tile aside first.
func (t tiles) all(c *Conv, dst, src []float32, panels, lanes int) {
	if lanes == Panel {
		t.compute(c.OutW, panels)
		return
	}
	var aside [4 * Panel]float32
	t.out, t.times = 4*Panel, 1
	for y := range c.OutH {
		for x := 0; x < c.OutW; x += 4 {
			n := min(4, c.OutW-x)
			t.dst, t.src = &aside[0], &src[(y*c.SrcW+x)*c.Step*c.SrcStride]
			t.compute(n, panels)
			for i := range n {
				copy(dst[(y*c.DstW+x+i)*c.DstStride:][:lanes], aside[i*Panel:])
			}
		}
	}
}
