package kernels

import (
	"math"
	"math/rand/v2"
	"testing"
)

// FuzzConvolutions runs one shape through every convolution that can compute it and compares each
// with the sum in float64. The destination holds NaN where it must be written, zeros beside that
// and guard words around; the source holds NaN wherever no kernel may read. The corpus has every
// tail of 1 to 7 channels and 1 to 5 pixels at steps 1 and 2, and random shapes; it runs in
// WebAssembly and with AVX2 too.
func FuzzConvolutions(f *testing.F) {
	for pixels := 1; pixels <= 5; pixels++ {
		for channels := 1; channels <= 7; channels++ {
			for step := 1; step <= 2; step++ {
				f.Add(uint64(channels), uint8(pixels), uint8(pixels+channels%3), uint8(channels), uint8(8-channels), uint8(3), uint8(step), uint8(pixels))
			}
		}
	}
	rng := rand.New(rand.NewPCG(12, 12))
	for range 300 {
		v := func() uint8 { return uint8(rng.UintN(256)) }
		f.Add(rng.Uint64(), v(), v(), v(), v(), v(), v(), v())
	}
	f.Fuzz(func(t *testing.T, seed uint64, height, width, in, out, kernel, stride, activation uint8) {
		h, w, cin, cout, k, step := 1+int(height-1)%14, 1+int(width-1)%14, 1+int(in-1)%40, 1+int(out-1)%40, 1+int(kernel-1)%6, 1+int(stride-1)%3
		act := allActs[int(activation)%len(allActs)]
		rng := rand.New(rand.NewPCG(seed, 1))
		values := func(n int) []float32 {
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(rng.NormFloat64())
			}
			return v
		}
		rows, columns, lanes := (h-1)*step+k, (w-1)*step+k, (cin+3)&^3
		c := Conv{SrcW: columns + 1 + rng.IntN(3), SrcStride: lanes, OutH: h, OutW: w, COut: cout, KH: k, KW: k, Step: step, Act: act}
		src := make([]float32, (rows+1)*c.SrcW*lanes)
		for i := range src {
			switch y, x := i/lanes/c.SrcW, i/lanes%c.SrcW; {
			case y >= rows || x >= columns:
				src[i] = float32(math.NaN())
			case i%lanes < cin:
				src[i] = float32(rng.NormFloat64())
			}
		}
		weights, bias := values(cout*cin*k*k), values(cout)
		// check runs one way of computing and compares it with what at adds to the bias, which also
		// tells the size of the terms.
		check := func(name string, channels int, tolerance float64, run func(dst *padded, c Conv), at func(y, x, o int, add func(a, b float32))) {
			t.Helper()
			dst := newPadded(nil, h, w, channels, rng.IntN(2))
			dst.poison()
			c := c
			c.DstW, c.DstStride, c.COut = dst.rowW(), dst.stride, channels
			run(dst, c)
			dst.untouched(t)
			for y := range h {
				for x := range w {
					for o := range channels {
						want, size := float64(bias[o]), 1+math.Abs(float64(bias[o]))
						at(y, x, o, func(a, b float32) {
							want += float64(a) * float64(b)
							size += math.Abs(float64(a) * float64(b))
						})
						want = act.exact(want)
						if got := float64(dst.data()[dst.at(y, x)+o]); !(math.Abs(got-want) <= tolerance*size) {
							t.Fatalf("%s, %+v, %d input channels: (%d,%d,%d) is %v, expected %v", name, c, cin, y, x, o, got, want)
						}
					}
				}
			}
		}
		pixel := func(y, x, t int) []float32 { return src[((y*step+t/k)*c.SrcW+x*step+t%k)*lanes:] }
		full := func(y, x, o int, add func(a, b float32)) {
			for t := range k * k {
				for i, v := range pixel(y, x, t)[:cin] {
					add(v, weights[(o*cin+i)*k*k+t])
				}
			}
		}
		check("direct", cout, 3e-6, func(dst *padded, c Conv) {
			c.Run(dst.pixels(), src, Pack(weights, cout, cin, k, k, lanes), PackBias(bias, cout))
		}, full)
		if k == 3 && step == 1 {
			check("winograd", cout, 1e-4, func(dst *padded, c Conv) {
				g := Winograd(c)
				scratch := make([]float32, g.Scratch())
				for i := range scratch {
					scratch[i] = float32(math.NaN())
				}
				g.Run(dst.pixels(), src, PackWinograd(weights, cout, cin, lanes), PackBias(bias, cout), scratch)
			}, full)
		}
		groups := 1 + rng.IntN(6)
		each, outputs := 1+rng.IntN(max(1, cin/groups)), 1+rng.IntN(12)
		if groups*each <= cin {
			g := Groups{groups, groups * each, groups * outputs}
			weights, bias = values(g.COut*each*k*k), values(g.COut)
			check("grouped", g.COut, 3e-6, func(dst *padded, c Conv) {
				c.Grouped(dst.pixels(), src, PackGrouped(weights, g, k, k, lanes), PackBias(bias, g.COut), g)
			}, func(y, x, o int, add func(a, b float32)) {
				for t := range k * k {
					for i, v := range pixel(y, x, t)[o/outputs*each:][:each] {
						add(v, weights[(o*each+i)*k*k+t])
					}
				}
			})
		}
		weights, bias = values(cin*k*k), values(cin)
		check("depthwise", cin, 3e-6, func(dst *padded, c Conv) {
			d := Depthwise(c)
			d.Run(dst.pixels(), src, PackDepthwise(weights, cin, k, k), PackBias(bias, cin))
		}, func(y, x, o int, add func(a, b float32)) {
			for t := range k * k {
				add(pixel(y, x, t)[o], weights[o*k*k+t])
			}
		})
	})
}

// FuzzPools compares pooling windows and the activations, whose definitions are the portable loops,
// bit for bit (any NaN is NaN); values hold infinities, both zeros and NaN.
func FuzzPools(f *testing.F) {
	rng := rand.New(rand.NewPCG(13, 13))
	for range 200 {
		v := func() uint8 { return uint8(rng.UintN(256)) }
		f.Add(rng.Uint64(), v(), v(), v(), v(), v(), v(), v()%2 == 0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, height, width, channels, size, step, pad uint8, average bool) {
		rng := rand.New(rand.NewPCG(seed, 2))
		w := Window{Size: 1 + int(size)%5, Step: 1 + int(step)%4, Inside: pad&1 != 0}
		w.Pads = Pads{int(pad>>1) % w.Size, int(pad>>3) % w.Size, int(pad>>5) % w.Size, int(pad) % w.Size}
		src := newPadded(rng, w.Size+int(height)%12, w.Size+int(width)%12, 1+int(channels)%40, rng.IntN(2))
		special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
		for i, v := range src.data() {
			if v != 0 && rng.IntN(8) == 0 {
				src.data()[i] = special[rng.IntN(len(special))]
			}
		}
		same := func(what string, h, w int, fast, portable func(dst []float32, d Map)) {
			t.Helper()
			got, want := newPadded(nil, h, w, src.c, 1), newPadded(nil, h, w, src.c, 1)
			got.poison()
			fast(got.pixels(), got.layout())
			portable(want.pixels(), want.layout())
			for i, v := range want.all {
				if g := got.all[i]; math.Float32bits(g) != math.Float32bits(v) && (g == g || v == v) {
					t.Fatalf("%s of %dx%dx%d: value %d is %v, portable %v", what, src.h, src.w, src.c, i-guards, g, v)
				}
			}
		}
		scale, run := float32(0), w.Max
		if average {
			scale, run = 1/float32(w.Size*w.Size), w.Average
		}
		oh, ow := w.Out(src.h, src.w)
		same("pooling", oh, ow, func(dst []float32, d Map) { run(dst, d, src.pixels(), src.layout()) },
			func(dst []float32, d Map) { poolPortable(w, dst, d, src.pixels(), src.layout(), scale) })
		for a := Identity; a <= SiLU; a++ {
			same("activation", src.h, src.w, func(dst []float32, d Map) { a.Map(dst, d, src.pixels(), src.layout()) },
				func(dst []float32, d Map) { a.portableMap(dst, d, src.pixels(), src.layout(), 0) })
		}
	})
}
