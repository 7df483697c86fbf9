package kernels

// The assembly takes n values, a multiple of 4 above 0; what is left is done in Go.

//go:noescape
func addVec(dst, src *float32, n int64)

//go:noescape
func mulVec(dst, src, gate *float32, n int64)

//go:noescape
func maxVec(dst, src *float32, n int64)

//go:noescape
func affineVec(dst, src, scale, shift *float32, n int64, floor float32)

func add(dst, src []float32) {
	src = src[:len(dst)] // the assembly does not look
	n := len(dst) &^ 3
	if n > 0 {
		addVec(&dst[0], &src[0], int64(n))
	}
	addGo(dst[n:], src[n:])
}

func mul(dst, src, gate []float32) {
	src, gate = src[:len(dst)], gate[:len(dst)]
	n := len(dst) &^ 3
	if n > 0 {
		mulVec(&dst[0], &src[0], &gate[0], int64(n))
	}
	mulGo(dst[n:], src[n:], gate[n:])
}

func maximum(dst, src []float32) {
	src = src[:len(dst)]
	n := len(dst) &^ 3
	if n > 0 {
		maxVec(&dst[0], &src[0], int64(n))
	}
	maxGo(dst[n:], src[n:])
}

func affine(dst, src, scale, shift []float32, floor float32) {
	src, scale, shift = src[:len(dst)], scale[:len(dst)], shift[:len(dst)]
	n := len(dst) &^ 3
	if n > 0 {
		affineVec(&dst[0], &src[0], &scale[0], &shift[0], int64(n), floor)
	}
	affineGo(dst[n:], src[n:], scale[n:], shift[n:], floor)
}
