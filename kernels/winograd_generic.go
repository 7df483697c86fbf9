//go:build !wasm

package kernels

func winogradInput(dst []float32, plane int, src []float32, row, channels int) {
	portableWinogradInput(dst, plane, src, row, channels)
}

func winogradProduct(dst, src []float32, plane int, w []float32, tiles, channels int) {
	portableWinogradProduct(dst, src, plane, w, tiles, channels)
}

func winogradOutput(dst []float32, row, pixel int, m, bias []float32, tiles int, relu bool) {
	portableWinogradOutput(dst, row, pixel, m, bias, tiles, relu)
}
