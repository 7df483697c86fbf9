//go:build !wasm

package kernels

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = false

func (c *Conv) row(dst, src, w, bias []float32, lanes int) {
	c.portableRow(dst, src, w, bias, lanes)
}

func (c *Conv) pixel(dst, src, w, bias []float32) int { return 0 }
