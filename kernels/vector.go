package kernels

//go:generate go run ./gen vector_wasm.s

// The loops over one pixel's channels that the map functions share. Each is the definition; the assembly of vector_wasm.s equals it bit
// for bit. The other slices are as long as dst.

// addGo is: dst[i] += src[i].
func addGo(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += v
	}
}

// mulGo is: dst[i] = src[i] * gate[i].
func mulGo(dst, src, gate []float32) {
	src, gate = src[:len(dst)], gate[:len(dst)]
	for i, v := range src {
		dst[i] = v * gate[i]
	}
}

// maxGo is: dst[i] = max(dst[i], src[i]), but for NaN: a NaN in src is passed over.
func maxGo(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		if v > dst[i] {
			dst[i] = v
		}
	}
}

// affineGo is: dst[i] = max(floor, src[i]*scale[i] + shift[i]). floor is 0 for a ReLU and minus infinity without.
func affineGo(dst, src, scale, shift []float32, floor float32) {
	src, scale, shift = src[:len(dst)], scale[:len(dst)], shift[:len(dst)]
	for i, v := range src {
		if v = float32(v*scale[i]) + shift[i]; v < floor {
			v = floor
		}
		dst[i] = v
	}
}
