//go:build !wasm

package kernels

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = false

func (c *Conv) panel(dst, src, w, bias []float32, lanes int) {
	c.portablePanel(dst, src, w, bias, lanes)
}

func (c *Conv) pixel(dst, src, w, bias []float32) int { return 0 }
