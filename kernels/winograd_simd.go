//go:build wasm || amd64

package kernels

import "github.com/chewxy/math32"

// transform is one call of a transform in assembly. kernels/gen knows the offsets.
type transform struct {
	dst, src, bias *float32
	row            int64   // bytes from one row of the map to the next
	pixel          int64   // bytes from one pixel of the map to the next
	plane          int64   // bytes from one plane of the transformed input to the next
	count          int64   // input and weights: vectors of channels; output: tiles
	floor, ceiling float32 // output: the least and the largest value
}

// winogradInputTile transforms count vectors of channels.
//
//go:noescape
func winogradInputTile(t *transform)

//go:noescape
func winogradOutputTiles(t *transform)

// winogradWeightVectors transforms the kernels of count vectors of output channels.
//
//go:noescape
func winogradWeightVectors(t *transform)

func winogradWeights(dst []float32, plane int, k []float32, count int) {
	if !SIMD {
		portableWinogradWeights(dst, plane, k, count)
		return
	}
	if count == 0 {
		return
	}
	_, _ = dst[(winogradPoint-1)*plane+4*count-1], k[36*count-1] // the assembly does not look
	winogradWeightVectors(&transform{dst: &dst[0], src: &k[0], plane: int64(4 * plane), count: int64(count)})
}

func winogradInput(dst []float32, plane int, src []float32, row, channels int) {
	if !SIMD {
		portableWinogradInput(dst, plane, src, row, channels)
		return
	}
	_, _ = dst[(winogradPoint-1)*plane+channels-1], src[(winogradIn-1)*(row+channels)+channels-1] // the assembly does not look
	whole := channels / vectorLanes * vectorLanes
	t := transform{dst: &dst[0], src: &src[0], row: int64(4 * row), pixel: int64(4 * channels), plane: int64(4 * plane), count: int64(channels / vectorLanes)}
	if t.count > 0 {
		winogradInputTile(&t)
	}
	if whole < channels {
		t.dst, t.src, t.count = &dst[whole], &src[whole], 1
		winogradInputTile4(&t)
	}
}

// winogradProduct is the 1x1 convolution of a row of tiles at each point.
func winogradProduct(dst []float32, apart int, src []float32, plane int, w []float32, n, channels, panels int) {
	if !SIMD {
		portableWinogradProduct(dst, apart, src, plane, w, n, channels, panels)
		return
	}
	_, _, _ = dst[(panels-1)*apart+n*winogradTile-1], src[(winogradPoint-1)*plane+n*channels-1], w[panels*winogradPoint*channels*Panel-1]
	t := tiles{dst: &dst[0], src: &src[0], w: &w[0], bias: &zero[0], step: int64(4 * channels), out: 4 * winogradTile, run: int64(channels), rows: 1,
		times: winogradPoint, timesDst: 4 * Panel, timesSrc: int64(4 * plane), timesW: int64(4 * channels * Panel),
		panelDst: int64(4 * apart), panelW: int64(4 * winogradPoint * channels * Panel), floor: math32.Inf(-1), ceiling: math32.Inf(1)}
	t.compute(n, panels)
}

var zero [productPanels * Panel]float32

func winogradOutput(dst []float32, row, pixel int, m, bias []float32, tiles int, floor, ceiling float32) {
	if !SIMD {
		portableWinogradOutput(dst, row, pixel, m, bias, tiles, floor, ceiling)
		return
	}
	_, _, _ = dst[(winogradOut-1)*row+(tiles*winogradOut-1)*pixel+Panel-1], m[tiles*winogradTile-1], bias[Panel-1]
	t := transform{dst: &dst[0], src: &m[0], bias: &bias[0], row: int64(4 * row), pixel: int64(4 * pixel), count: int64(tiles), floor: floor, ceiling: ceiling}
	winogradOutputTiles(&t)
}
