//go:build !wasm

package kernels

func add(dst, src []float32)                                 { addGo(dst, src) }
func mul(dst, src, gate []float32)                           { mulGo(dst, src, gate) }
func maximum(dst, src []float32)                             { maxGo(dst, src) }
func affine(dst, src, scale, shift []float32, floor float32) { affineGo(dst, src, scale, shift, floor) }
