package nn

import (
	"math"
	"path/filepath"
	"testing"
)

// The map in front of the gate has the squeezed mean, whatever the gate is; and the next layer's input follows the gate.
func TestGated(t *testing.T) {
	paths, err := filepath.Glob("../weights/models/*-se.safetensors")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no networks with SE found: %v", err)
	}
	img := readPNG(t, goldenDir+"/0.png")
	for _, p := range paths {
		m, err := Load(readWeights(t, p))
		if err != nil {
			t.Fatal(err)
		}
		s, err := m.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		trace := s.Run(img)
		for block, g := range trace.Gates {
			c := g.Map.C / 2
			own, mean := trace.Gated(block, c, nil)
			if own.W != g.Map.W || own.H != g.Map.H {
				t.Errorf("%s: the map is %dx%d, the block says %dx%d", g.Layer, own.W, own.H, g.Map.W, g.Map.H)
			}
			var sum, size float64
			for _, v := range own.Data {
				sum += float64(v)
				size += math.Abs(float64(v))
			}
			n := float64(len(own.Data))
			if math.Abs(sum/n-float64(mean)) > 1e-5*(1+size/n) {
				t.Errorf("%s: the map's mean is %v, the block squeezed %v", g.Layer, sum/n, mean)
			}
			muted := make([]float32, g.Map.C)
			for i := range muted {
				muted[i] = 1
			}
			muted[c] = 0
			s.SetGates(block, muted)
			again, _ := s.Rerun().Gated(block, c, nil)
			for i := range own.Data {
				if again.Data[i] != own.Data[i] {
					t.Fatalf("%s: muting the channel changed its map in front of the gate", g.Layer)
				}
			}
			s.SetGates(block, nil)
			s.Rerun()
		}
	}
}
