//go:build !wasm

package kernels

func (c *Conv) row(dst, src, w, bias []float32, lanes int) {
	c.portableRow(dst, src, w, bias, lanes)
}
