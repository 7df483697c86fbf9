package nn

// Normalise maps h in place to 0..1 as the tutorial does: (x-min) / (max-min+1e-8). A constant map
// becomes all zero.
func Normalise(h *Heatmap) {
	lo, hi := h.Range()
	span := hi - lo + 1e-8
	for i, v := range h.Data {
		h.Data[i] = (v - lo) / span
	}
}

// bilinearBlock is how many columns share one table of positions; the table lives on the stack.
const bilinearBlock = 64

// ResizeBilinear fills dst from src with half-pixel centres and clamped edges, without smoothing
// when it shrinks: PyTorch's interpolate(mode="bilinear", align_corners=False). It allocates
// nothing. The maps must not share data.
func ResizeBilinear(dst, src *Heatmap) {
	checkHeatmap("ResizeBilinear's dst", dst)
	checkHeatmap("ResizeBilinear's src", src)
	var columns [bilinearBlock]bilinearTap
	scaleX := float32(src.W) / float32(dst.W)
	scaleY := float32(src.H) / float32(dst.H)
	for x0 := 0; x0 < dst.W; x0 += bilinearBlock {
		n := min(bilinearBlock, dst.W-x0)
		for i := range columns[:n] {
			columns[i] = bilinearAt(x0+i, scaleX, src.W)
		}
		for y := range dst.H {
			row := bilinearAt(y, scaleY, src.H)
			above := src.Data[row.lo*src.W : (row.lo+1)*src.W]
			below := src.Data[row.hi*src.W : (row.hi+1)*src.W]
			out := dst.Data[y*dst.W+x0:][:n]
			// When a map grows, neighbouring pixels lie between the same two columns: blend those
			// once.
			at, left, right := -1, float32(0), float32(0)
			for i := range out {
				c := &columns[i]
				if c.lo != at {
					at = c.lo
					left = above[c.lo] + row.t*(below[c.lo]-above[c.lo])
					right = above[c.hi] + row.t*(below[c.hi]-above[c.hi])
				}
				out[i] = left + c.t*(right-left)
			}
		}
	}
}

// bilinearTap blends two neighbours: [lo] + t*([hi]-[lo]).
type bilinearTap struct {
	lo, hi int
	t      float32
}

// bilinearAt finds the neighbours of output sample i along one axis of size n.
func bilinearAt(i int, scale float32, n int) bilinearTap {
	at := max(scale*(float32(i)+0.5)-0.5, 0)
	lo := min(int(at), n-1)
	return bilinearTap{lo: lo, hi: min(lo+1, n-1), t: at - float32(lo)}
}
