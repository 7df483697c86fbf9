package kernels

//go:generate go run ./gen winograd_wasm.s
//go:generate go run ./gen winograd_amd64.s

import "fmt"

// Winograd is the 3x3 convolution of step 1 computed as F(4x4,3x3) of Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks" (2016, arXiv:1509.09308): 36 products for 16
// outputs instead of 144, and sums in another order, which costs about 1e-5 of the largest value.
// The fields mean what they mean in Conv; KH, KW are 3 and Step is 1.
//
//	Y = Aᵀ [ sum over the input channels of (G g Gᵀ) * (Bᵀ d B) ] A, with g 3x3 weights, d 6x6
//	inputs and Y 4x4 outputs
//
// The 6x6 tiles overlap by two pixels. Places outside the map count as zeros, and outputs outside
// it are dropped.
type Winograd Conv

const (
	winogradOut   = 4                       // outputs of a tile, each way
	winogradIn    = winogradOut + 2         // inputs of a tile, each way
	winogradPoint = winogradIn * winogradIn // products of a tile and channel
	winogradTile  = winogradPoint * Panel   // products of a tile and panel

	// winogradBias is the product that Aᵀ·A adds to each of the 16 outputs with factor 1: the bias
	// is added there, once for all of them.
	winogradBias = winogradIn + 1

	// winogradGap values lie between the planes of the transformed input. A plane's size is often a
	// power of two, and 36 stores that far apart would all meet in one set of the L1 cache.
	winogradGap = 16

	// winogradBlock is the size in values that the transformed input of a block of tiles may have,
	// so that it stays in the L2 cache while all panels pass over it. From 100 to 300 KB no
	// difference was measured where that cache has 1 MB, and 600 KB was 5 % slower.
	winogradBlock = 64 << 10
)

// PackWinograd transforms PyTorch's [Cout][Cin][3][3] weights g to G g Gᵀ and lays them out as
// [Cout/8][36][stride][8] with zeros for the lanes beyond cin and cout.
func PackWinograd(w []float32, cout, cin, stride int) []float32 {
	if len(w) != cout*cin*9 || stride < cin {
		panic(fmt.Sprintf("kernels.PackWinograd: %d weights for %dx%dx3x3, stride %d", len(w), cout, cin, stride))
	}
	panel := winogradPoint * stride * Panel
	out := make([]float32, (cout+Panel-1)/Panel*panel)
	k := make([]float32, cin*9*Panel)
	for o := 0; o < cout; o += Panel {
		lanes := min(Panel, cout-o)
		if lanes < Panel {
			clear(k)
		}
		for lane := range lanes {
			winogradLane(k[lane/4*36+lane%4:], w[(o+lane)*cin*9:][:cin*9])
		}
		winogradWeights(out[o/Panel*panel:][:panel], stride*Panel, k, cin*Panel/4)
	}
	return out
}

// winogradLane takes the kernels of one output channel to their lane: value t of kernel i goes to
// [i][lane/4][t][lane%4]. Browsers begin with slow code and exchange it where a function is called
// again, so this is one of its own.
//
//go:noinline
func winogradLane(k, w []float32) {
	for i := 0; len(w) >= 9; i, w = i+72, w[9:] {
		k, w := k[i:][:33], w[:9]
		k[0], k[4], k[8], k[12], k[16], k[20], k[24], k[28], k[32] = w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]
	}
}

func (g *Winograd) panels() int { return (*Conv)(g).Panels() }

// tiles returns the number of tiles in a row and in the map.
func (g *Winograd) tiles() (row, all int) {
	row = (g.OutW + winogradOut - 1) / winogradOut
	return row, row * ((g.OutH + winogradOut - 1) / winogradOut)
}

// block is the number of tiles that are transformed, multiplied and transformed back together:
// twelves, which tiles of four and of six fill.
func (g *Winograd) block() int {
	_, all := g.tiles()
	return min(all, max(12, winogradBlock/(winogradPoint*g.SrcStride)/12*12))
}

// plane is the number of values from one of the 36 planes [block][SrcStride] of the transformed
// input to the next.
func (g *Winograd) plane() int { return g.block()*g.SrcStride + winogradGap }

// Scratch is the number of values that Run needs as scratch.
func (g *Winograd) Scratch() int {
	return winogradPoint*g.plane() + productPanels*g.block()*winogradTile + winogradPoint*g.SrcStride
}

// Run computes what Conv.Run computes, from the same maps and biases. w comes from PackWinograd;
// scratch has Scratch values, whose content means nothing before or after. Lanes COut..DstStride-1
// of a pixel are left as they are.
func (g *Winograd) Run(dst, src, w, bias, scratch []float32) {
	needSrc := (g.OutH+1)*g.SrcW*g.SrcStride + (g.OutW+2)*g.SrcStride
	needDst := ((g.OutH-1)*g.DstW+g.OutW-1)*g.DstStride + g.COut
	point := g.SrcStride * Panel // one panel's weights of one product
	if len(src) < needSrc || len(dst) < needDst || len(w) != g.panels()*winogradPoint*point || len(bias) != g.panels()*Panel || len(scratch) < g.Scratch() ||
		g.DstStride < g.COut || g.SrcStride%4 != 0 || g.KH != 3 || g.KW != 3 || g.Step != 1 {
		panic(fmt.Sprintf("kernels.Winograd.Run: src %d (needs %d), dst %d (needs %d), weights %d (needs %d), bias %d (needs %d), scratch %d (needs %d), strides %d and %d for %d channels, kernel %dx%d, step %d",
			len(src), needSrc, len(dst), needDst, len(w), g.panels()*winogradPoint*point, len(bias), g.panels()*Panel, len(scratch), g.Scratch(), g.SrcStride, g.DstStride, g.COut, g.KH, g.KW, g.Step))
	}
	block, plane := g.block(), g.plane()
	in, scratch := scratch[:winogradPoint*plane], scratch[winogradPoint*plane:] // [36][plane]
	apart := block * winogradTile
	out, patch := scratch[:productPanels*apart], scratch[productPanels*apart:] // [panels][block][36][8]; one tile at the edge
	_, all := g.tiles()
	for first := 0; first < all; first += block {
		n := min(block, all-first)
		for t := range n {
			g.input(in[t*g.SrcStride:], plane, src, first+t, patch)
		}
		for p := 0; p < g.panels(); p += productPanels {
			panels := min(productPanels, g.panels()-p)
			winogradProduct(out, apart, in, plane, w[p*winogradPoint*point:][:panels*winogradPoint*point], n, g.SrcStride, panels)
			for i := range panels {
				g.output(dst, p+i, out[i*apart:], bias[(p+i)*Panel:][:Panel], first, n, patch)
			}
		}
	}
	if _, _, rest := g.Act.limits(); rest != Identity {
		m := (*Conv)(g).output()
		rest.Map(dst, m, dst, m)
	}
}

// input transforms all channels of one tile. A tile that reaches beyond the map and its border is
// first copied between zeros.
func (g *Winograd) input(dst []float32, plane int, src []float32, tile int, patch []float32) {
	row, _ := g.tiles()
	y, x := tile/row*winogradOut, tile%row*winogradOut
	src = src[(y*g.SrcW+x)*g.SrcStride:]
	h, w := min(winogradIn, g.OutH+2-y), min(winogradIn, g.OutW+2-x)
	if h == winogradIn && w == winogradIn {
		winogradInput(dst, plane, src, g.SrcW*g.SrcStride, g.SrcStride)
		return
	}
	patch = patch[:winogradPoint*g.SrcStride]
	clear(patch)
	for r := range h {
		copy(patch[r*winogradIn*g.SrcStride:], src[r*g.SrcW*g.SrcStride:][:w*g.SrcStride])
	}
	winogradInput(dst, plane, patch, winogradIn*g.SrcStride, g.SrcStride)
}

// output transforms one panel of n tiles, whole tiles of one row at a time; one that reaches beyond
// the map or whose panel reaches beyond the channels is computed aside and copied in part.
func (g *Winograd) output(dst []float32, panel int, src, bias []float32, first, n int, patch []float32) {
	row, _ := g.tiles()
	floor, ceiling, _ := g.Act.limits()
	lanes := min(Panel, g.COut-panel*Panel)
	for t := 0; t < n; {
		y, x := (first+t)/row*winogradOut, (first+t)%row*winogradOut
		d := dst[(y*g.DstW+x)*g.DstStride+panel*Panel:]
		h, w := min(winogradOut, g.OutH-y), min(winogradOut, g.OutW-x)
		if h == winogradOut && w == winogradOut && lanes == Panel {
			whole := min(n-t, (g.OutW-x)/winogradOut)
			winogradOutput(d, g.DstW*g.DstStride, g.DstStride, src[t*winogradTile:], bias, whole, floor, ceiling)
			t += whole
			continue
		}
		winogradOutput(patch, winogradOut*Panel, Panel, src[t*winogradTile:], bias, 1, floor, ceiling)
		for i := range h * w {
			copy(d[(i/w*g.DstW+i%w)*g.DstStride:][:lanes], patch[(i/w*winogradOut+i%w)*Panel:])
		}
		t++
	}
}
