package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

type resizeGolden struct {
	Op   string
	SrcW int `json:"src_w"`
	SrcH int `json:"src_h"`
	Src  []byte
	DstW int `json:"dst_w"`
	DstH int `json:"dst_h"`
	Step int
	Want []byte
}

// TestResizeGolden compares with numpy, torch and scipy; see gen/numerics.py.
func TestResizeGolden(t *testing.T) {
	var cases []resizeGolden
	readNumerics(t, "resize.json", &cases)
	seen := map[string]int{}
	for _, c := range cases {
		seen[c.Op]++
		t.Run(fmt.Sprintf("%s/%dx%d-%dx%d", c.Op, c.SrcW, c.SrcH, c.DstW, c.DstH), func(t *testing.T) {
			src := &Heatmap{W: c.SrcW, H: c.SrcH, Data: goldenFloats(c.Src)}
			dst := filled(c.DstW, c.DstH, float32(math.NaN())) // a pixel that is not written fails
			tolerance := float32(1e-5)                         // positions are float32, in another order of operations than torch's
			switch c.Op {
			case "normalise":
				copy(dst.Data, src.Data)
				Normalise(dst)
				tolerance = 0
			case "bilinear":
				ResizeBilinear(dst, src)
			case "spline":
				ResizeSpline(dst, src)
			default:
				t.Fatalf("unknown operation %q", c.Op)
			}
			var got []float32
			for y := 0; y < c.DstH; y += c.Step {
				for x := 0; x < c.DstW; x += c.Step {
					got = append(got, dst.Data[y*c.DstW+x])
				}
			}
			diff(t, got, goldenFloats(c.Want), tolerance)
		})
	}
	if seen["normalise"] < 4 || seen["bilinear"] < 10 || seen["spline"] < 12 {
		t.Errorf("the golden holds %v", seen)
	}
}

// diff fails when got is further from want than tolerance times the largest |want|; NaN is far from
// everything.
func diff(t *testing.T, got, want []float32, tolerance float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d values, expected %d", len(got), len(want))
	}
	var largest float32
	for _, v := range want {
		largest = max(largest, float32(math.Abs(float64(v))))
	}
	for i := range want {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= float64(tolerance*largest)) {
			t.Fatalf("value %d is %v, expected %v: off by %.2g, allowed %.2g", i, got[i], want[i], d, tolerance*largest)
		}
	}
}

func filled(w, h int, v float32) *Heatmap {
	m := NewHeatmap(w, h)
	for i := range m.Data {
		m.Data[i] = v
	}
	return m
}

func noise(w, h int, seed uint64) *Heatmap {
	m, r := NewHeatmap(w, h), rand.New(rand.NewPCG(seed, 7))
	for i := range m.Data {
		m.Data[i] = float32(r.NormFloat64())
	}
	return m
}

// flipped turns a map by 180 degrees.
func flipped(h *Heatmap) *Heatmap {
	f := NewHeatmap(h.W, h.H)
	for i, v := range h.Data {
		f.Data[len(f.Data)-1-i] = v
	}
	return f
}

// FuzzResize checks what holds for every size: all values written and finite, bilinear inside the
// source's range, constants kept, and both resizers symmetric (turning the source turns the
// result).
func FuzzResize(f *testing.F) {
	f.Add(uint8(8), uint8(8), uint8(32), uint8(32), uint64(1))
	f.Add(uint8(1), uint8(2), uint8(3), uint8(1), uint64(2))
	f.Add(uint8(2), uint8(1), uint8(1), uint8(255), uint64(3))
	f.Add(uint8(8), uint8(3), uint8(26), uint8(3), uint64(4)) // where scipy's last column is 0
	f.Fuzz(func(t *testing.T, w, h, dw, dh uint8, seed uint64) {
		if w == 0 || h == 0 || dw == 0 || dh == 0 {
			return
		}
		src := noise(int(w), int(h), seed)
		lo, hi := src.Range()
		for name, resize := range map[string]func(dst, src *Heatmap){"bilinear": ResizeBilinear, "spline": ResizeSpline} {
			dst := filled(int(dw), int(dh), float32(math.NaN()))
			resize(dst, src)
			for i, v := range dst.Data {
				if v != v || math.IsInf(float64(v), 0) || name == "bilinear" && (v < lo-1e-5 || v > hi+1e-5) {
					t.Fatalf("%s: value %d is %v, the source spans %v..%v", name, i, v, lo, hi)
				}
			}
			if name == "bilinear" || dw > 1 && dh > 1 { // the spline's single sample is the first one, not the middle
				turned := NewHeatmap(int(dw), int(dh))
				resize(turned, flipped(src))
				diff(t, flipped(turned).Data, dst.Data, 2e-4)
			}
			resize(dst, filled(int(w), int(h), -2.5))
			diff(t, dst.Data, filled(int(dw), int(dh), -2.5).Data, 1e-6)
		}
	})
}

// The spline passes through its samples: wherever the output grid meets the input grid the value is
// the sample.
func TestSplineInterpolates(t *testing.T) {
	src := noise(6, 9, 5)
	dst := NewHeatmap(5*7+1, 8*3+1)
	ResizeSpline(dst, src)
	var got []float32
	for y := range src.H {
		for x := range src.W {
			got = append(got, dst.Data[3*y*dst.W+7*x])
		}
	}
	diff(t, got, src.Data, 1e-6)
}

func TestResizersDoNotAllocate(t *testing.T) {
	small, picture, stage := noise(8, 8, 6), NewHeatmap(32, 32), NewHeatmap(424, 424)
	var spline Spline
	spline.Resize(picture, small)
	for name, run := range map[string]func(){
		"Normalise":      func() { Normalise(picture) },
		"ResizeBilinear": func() { ResizeBilinear(stage, picture) },
		"Spline.Resize":  func() { spline.Resize(picture, small) },
	} {
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%s allocates %v times a run, expected 0", name, n)
		}
	}
}

// A Spline that was used for larger and smaller maps gives the same values as a fresh one.
func TestSplineReuse(t *testing.T) {
	var spline Spline
	for i, size := range [][4]int{{8, 8, 32, 32}, {32, 32, 8, 8}, {3, 5, 40, 2}, {8, 8, 32, 32}} {
		src := noise(size[0], size[1], uint64(i))
		got, want := NewHeatmap(size[2], size[3]), NewHeatmap(size[2], size[3])
		spline.Resize(got, src)
		ResizeSpline(want, src)
		diff(t, got.Data, want.Data, 0)
	}
}

func TestResizeRefusesBrokenMaps(t *testing.T) {
	good := NewHeatmap(2, 2)
	for name, broken := range map[string]*Heatmap{
		"empty": {}, "short": {W: 2, H: 2, Data: make([]float32, 3)}, "negative": {W: -1, H: -1, Data: make([]float32, 1)},
	} {
		for _, call := range []func(){
			func() { ResizeBilinear(broken, good) }, func() { ResizeBilinear(good, broken) },
			func() { ResizeSpline(broken, good) }, func() { ResizeSpline(good, broken) },
		} {
			mustPanic(t, name, call)
		}
	}
}

func mustPanic(t *testing.T, name string, call func()) {
	t.Helper()
	defer func() {
		if _, ok := recover().(string); !ok {
			t.Errorf("%s: expected a panic with a sentence", name)
		}
	}()
	call()
}

func BenchmarkResizeBilinear(b *testing.B) {
	src, dst := noise(32, 32, 1), NewHeatmap(424, 424)
	for b.Loop() {
		ResizeBilinear(dst, src)
	}
}

func BenchmarkSpline(b *testing.B) {
	src, dst := noise(8, 8, 1), NewHeatmap(32, 32)
	var s Spline
	for b.Loop() {
		s.Resize(dst, src)
	}
}
