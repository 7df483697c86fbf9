//go:build !wasm && !amd64

package kernels

// SIMD tells whether convolutions run in SIMD assembly.
const SIMD = false

func (c *Conv) panels(dst, src, w, bias []float32, channels int) int {
	c.portablePanel(dst, src, w, bias, min(Panel, channels))
	return 1
}

func (c *Conv) pixel(dst, src, w, bias []float32) int { return 0 }

func (c *Conv) groupedPanel(dst, src, w, bias []float32, span, lanes int) {
	c.portableGroupedPanel(dst, src, w, bias, span, lanes)
}
