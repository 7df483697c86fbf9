package nn

// Shape is the logical size of a feature map; a vector of n values has the shape {1, 1, n}.
type Shape struct{ H, W, C int }

// Tensor is one HWC feature map inside a larger, zero-bordered buffer.
//
// Data holds (H+2*Pad) rows of (W+2*Pad) pixels of Stride values. Only the H x W x C values in the
// middle are the map; the border and the lanes C..Stride-1 are zero, so that a convolution reads
// past the edge without a branch.
type Tensor struct {
	Shape
	Pad    int // width of the border in pixels
	Stride int // values per pixel: C rounded up to a multiple of 4
	Data   []float32
}

// NewTensor returns a zeroed map with the given border.
func NewTensor(shape Shape, pad int) *Tensor {
	stride := align4(shape.C)
	return &Tensor{Shape: shape, Pad: pad, Stride: stride, Data: make([]float32, (shape.H+2*pad)*(shape.W+2*pad)*stride)}
}

// Offset is the index in Data of channel 0 at row y, column x; rows and columns -Pad..-1 lie in the
// border.
func (t *Tensor) Offset(y, x int) int {
	return ((y+t.Pad)*(t.W+2*t.Pad) + x + t.Pad) * t.Stride
}

// At returns the value of channel c at row y, column x.
func (t *Tensor) At(y, x, c int) float32 { return t.Data[t.Offset(y, x)+c] }

// Channel copies channel c into dst (H*W values, row by row).
func (t *Tensor) Channel(c int, dst []float32) {
	for y := range t.H {
		row := dst[y*t.W : (y+1)*t.W]
		o := t.Offset(y, 0) + c
		for x := range row {
			row[x] = t.Data[o+x*t.Stride]
		}
	}
}

func align4(n int) int { return (n + 3) &^ 3 }
