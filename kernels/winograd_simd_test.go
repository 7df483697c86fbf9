//go:build wasm || amd64

package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestWinogradAssemblyEqualsPortable compares the transforms bit for bit, with everything that lies
// between the values that they write. Zeros of both signs are among the inputs, as behind a ReLU.
func TestWinogradAssemblyEqualsPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	fill := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			switch rng.IntN(8) {
			case 0:
			case 1:
				v[i] = float32(math.Copysign(0, -1))
			default:
				v[i] = float32(rng.NormFloat64() * math.Exp(4*rng.NormFloat64()))
			}
		}
		return v
	}
	for _, channels := range []int{4, 8, 12, 20, 64} {
		row, plane := 7*channels+4, 3*channels+winogradGap
		src, got := fill(5*row+6*channels), fill(35*plane+channels+guards)
		want := append([]float32{}, got...)
		winogradInput(got, plane, src, row, channels)
		portableWinogradInput(want, plane, src, row, channels)
		sameBits(t, fmt.Sprintf("input, %d channels", channels), got, want)
	}
	for _, count := range []int{0, 1, 2, 7} {
		plane := 4*count + 12
		k, got := fill(36*count), fill(35*plane+4*count+guards)
		want := append([]float32{}, got...)
		winogradWeights(got, plane, k, count)
		portableWinogradWeights(want, plane, k, count)
		sameBits(t, fmt.Sprintf("weights, %d vectors", count), got, want)
	}
	for _, tiles := range []int{1, 2, 3, 4, 5, 11} {
		for _, channels := range []int{4, 12, 64} {
			for panels := 1; panels <= productPanels; panels++ {
				plane, apart := tiles*channels+winogradGap, tiles*winogradTile+8
				src, w, got := fill(winogradPoint*plane), fill(panels*winogradPoint*channels*Panel), fill(panels*apart+guards)
				want := append([]float32{}, got...)
				portableWinogradProduct(want, apart, src, plane, w, tiles, channels, panels)
				eachWay(func(way string) {
					got := append([]float32{}, got...)
					winogradProduct(got, apart, src, plane, w, tiles, channels, panels)
					sameBits(t, fmt.Sprintf("product, %s, %d tiles, %d channels, %d panels", way, tiles, channels, panels), got, want)
				})
			}
		}
	}
	for _, tiles := range []int{1, 2, 5} {
		for _, pixel := range []int{8, 12, 40} {
			for _, act := range []Activation{Identity, ReLU, ReLU6} {
				floor, ceiling, _ := act.limits()
				row := 4*tiles*pixel + 20
				m, bias, got := fill(tiles*winogradTile), fill(Panel), fill(4*row+guards)
				want := append([]float32{}, got...)
				winogradOutput(got, row, pixel, m, bias, tiles, floor, ceiling)
				portableWinogradOutput(want, row, pixel, m, bias, tiles, floor, ceiling)
				sameBits(t, fmt.Sprintf("output, %d tiles, pixels of %d, act=%d", tiles, pixel, act), got, want)
			}
		}
	}
}
