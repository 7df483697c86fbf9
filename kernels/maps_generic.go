//go:build !wasm && !amd64

package kernels

func addSumVectors(dst, src []float32, m Map) int { return 0 }

func scaleVectors(dst []float32, d Map, src []float32, s Map, gate []float32) int { return 0 }

func scalePixelsVectors(dst []float32, d Map, src []float32, s Map, gate []float32, g Map) int {
	return 0
}

func addVectors(dst []float32, d Map, a []float32, am Map, b []float32, bm Map, floor float32) int {
	return 0
}

func affineVectors(dst []float32, d Map, src []float32, s Map, scale, shift []float32, floor float32) int {
	return 0
}

func (p *pooling) vectors(dst []float32, d Map, src []float32, s Map) int { return 0 }

func (a Activation) mapVectors(dst []float32, d Map, src []float32, s Map) int { return 0 }
