//go:build wasm || amd64

package kernels

// depthwiseRow is one call of a microkernel: tiles of neighbouring pixels in one row, for vectors
// of channels. kernels/gen knows the offsets.
type depthwiseRow struct {
	dst, src, w, bias *float32
	row               int64 // bytes from one row of the source to the next
	pixel             int64 // bytes from one pixel of the source to the next
	out               int64 // bytes from one destination pixel to the next
	next              int64 // bytes from one tile's source to the next one's
	tiles             int64
	vectors, four     int64 // of as many channels as a panel of the weights has, and then of four
	floor, ceiling    float32
}

//go:noescape
func depthwise3Step1Tiles4(t *depthwiseRow)

//go:noescape
func depthwise3Step1Tiles1(t *depthwiseRow)

//go:noescape
func depthwise3Step2Tiles4(t *depthwiseRow)

//go:noescape
func depthwise3Step2Tiles1(t *depthwiseRow)

//go:noescape
func depthwise5Step1Tiles4(t *depthwiseRow)

//go:noescape
func depthwise5Step1Tiles1(t *depthwiseRow)

//go:noescape
func depthwise5Step2Tiles4(t *depthwiseRow)

//go:noescape
func depthwise5Step2Tiles1(t *depthwiseRow)

// rowVectors computes the whole vectors of channels of one row of output pixels and returns how
// many channels these are: none for a kernel or a step that has no microkernel. Where pixels are
// left over behind tiles of four, one more tile covers them and computes some a second time.
func (d *Depthwise) rowVectors(dst, src, w, bias []float32) int {
	if !SIMD || d.KH != d.KW || d.KH != 3 && d.KH != 5 || d.Step > 2 || d.COut < 4 {
		return 0
	}
	floor, ceiling, _ := d.Act.limits()
	n := 1
	if d.OutW >= 4 {
		n = 4
	}
	for x := 0; x < d.OutW; {
		t := depthwiseRow{dst: &dst[x*d.DstStride], src: &src[x*d.Step*d.SrcStride], w: &w[0], bias: &bias[0], row: int64(4 * d.SrcW * d.SrcStride), pixel: int64(4 * d.SrcStride),
			out: int64(4 * d.DstStride), next: int64(4 * n * d.Step * d.SrcStride), tiles: int64((d.OutW - x) / n), vectors: int64(d.COut / depthwisePanel), four: int64(d.COut % depthwisePanel / 4), floor: floor, ceiling: ceiling}
		switch [3]int{d.KH, d.Step, n} {
		case [3]int{3, 1, 4}:
			depthwise3Step1Tiles4(&t)
		case [3]int{3, 1, 1}:
			depthwise3Step1Tiles1(&t)
		case [3]int{3, 2, 4}:
			depthwise3Step2Tiles4(&t)
		case [3]int{3, 2, 1}:
			depthwise3Step2Tiles1(&t)
		case [3]int{5, 1, 4}:
			depthwise5Step1Tiles4(&t)
		case [3]int{5, 1, 1}:
			depthwise5Step1Tiles1(&t)
		case [3]int{5, 2, 4}:
			depthwise5Step2Tiles4(&t)
		case [3]int{5, 2, 1}:
			depthwise5Step2Tiles1(&t)
		}
		if x += (d.OutW - x) / n * n; x < d.OutW {
			x = d.OutW - n
		}
	}
	return d.COut &^ 3
}
