//go:build !wasm && !amd64

package kernels

func winogradInput(dst []float32, plane int, src []float32, row, channels int) {
	portableWinogradInput(dst, plane, src, row, channels)
}

func winogradProduct(dst []float32, apart int, src []float32, plane int, w []float32, tiles, channels, panels int) {
	portableWinogradProduct(dst, apart, src, plane, w, tiles, channels, panels)
}

func winogradOutput(dst []float32, row, pixel int, m, bias []float32, tiles int, floor, ceiling float32) {
	portableWinogradOutput(dst, row, pixel, m, bias, tiles, floor, ceiling)
}

func winogradWeights(dst []float32, plane int, k []float32, count int) {
	portableWinogradWeights(dst, plane, k, count)
}
