//go:build !wasm

package kernels

func winogradInput(dst []float32, plane int, src []float32, row, channels int) {
	portableWinogradInput(dst, plane, src, row, channels)
}

func winogradOutput(dst []float32, row, pixel int, m []float32, tiles int, relu bool) {
	portableWinogradOutput(dst, row, pixel, m, tiles, relu)
}
