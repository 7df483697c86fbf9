//go:build !wasm && !amd64

package kernels

func (d *Depthwise) rowVectors(dst, src, w, bias []float32) int { return 0 }
