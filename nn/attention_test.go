package nn

import (
	"fmt"
	"slices"
	"strings"

	"math"
	"path/filepath"
	"sescope/weights"
	"testing"
)

// The map in front of the gate has the squeezed mean, whatever the gate is; and the next layer's
// input follows the gate.
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
			own, mean := trace.Gated(block, c, nil), g.Squeezes[0].Values[c]
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
			again := s.Rerun().Gated(block, c, nil)
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

// account checks that a block's account adds up by float64, to 1e-6 of the sums' size: from the
// squeezes to the hidden units, to the logits, to the gates.
func account(t *testing.T, trace *Trace, block int) {
	t.Helper()
	g := &trace.Gates[block]
	near := func(what string, got, want, size float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-6*max(1, size)) {
			t.Errorf("%s %s: %s is %v, the account says %v", g.Layer, g.Kind, what, want, got)
		}
	}
	before := make([][]float64, len(g.Squeezes)) // and the sums' sizes behind
	for c := range g.Map.C {
		sum := trace.GateSum(block, c)
		z, size := float64(sum.Bias), math.Abs(float64(sum.Bias))
		for i, w := range sum.Weights {
			z += float64(w) * float64(sum.Inputs[i])
			size += math.Abs(float64(w) * float64(sum.Inputs[i]))
		}
		near("the logit", z, float64(g.Logits[c]), size)
		near("the gate", float64(activations[g.Function].Of(float32(z))), float64(g.Own[c]), 1+size/10)
		for q := range g.Squeezes {
			if c == 0 {
				before[q] = make([]float64, 2*sum.Width)
			}
			for j, w := range sum.First {
				term := float64(w) * float64(g.Squeezes[q].Values[c])
				if c == 0 {
					term += float64(sum.FirstBias[j])
				}
				before[q][j] += term
				before[q][sum.Width+j] += math.Abs(term)
			}
		}
	}
	for q, squeeze := range g.Squeezes {
		for j, v := range squeeze.Before {
			near("a hidden unit", before[q][j], float64(v), before[q][squeeze.Width+j])
			near("its activation", float64(activations[g.Activation].Of(v)), float64(squeeze.Hidden[j]), 1)
		}
	}
}

// The account reproduces the gates of every network, with biases, SiLU and hard sigmoid too, and
// forced gates change nothing but what is applied.
func TestAccount(t *testing.T) {
	biased := false
	for name, n := range networks(t) {
		s := openSession(t, n.Model)
		trace := s.Run(readPNG(t, goldenDir+"/1.png"))
		for i := range trace.Spatial {
			places(t, s, i)
		}
		for block, g := range trace.Gates {
			account(t, trace, block)
			biased = biased || trace.GateSum(block, 0).Bias != 0
			if !slices.Equal(g.Own, g.Scale) {
				t.Errorf("%s: the gates of %s are not its own", name, g.Layer)
			}
		}
		if len(trace.Gates) > 0 {
			s.SetGates(0, make([]float32, trace.Gates[0].Map.C))
			trace = s.Rerun()
			account(t, trace, 0)
			if slices.Max(trace.Gates[0].Scale) != 0 || slices.Max(trace.Gates[0].Own) == 0 {
				t.Errorf("%s: muted gates %v, own %v", name, trace.Gates[0].Scale[:3], trace.Gates[0].Own[:3])
			}
		}
	}
	if !biased {
		t.Error("no network has an excitation with a bias")
	}
	s := everyWith(t, "", "").session
	for i := range s.trace.Spatial {
		places(t, s, i)
	}
}

// places checks the account of a spatial attention by float64, to 1e-6 of the sums' size.
func places(t *testing.T, s *Session, i int) {
	t.Helper()
	p := &s.trace.Spatial[i]
	h, w, k := p.Map.H, p.Map.W, p.Kernel
	layer := slices.IndexFunc(s.model.layers, func(l Layer) bool { return l.Name() == p.Layer })
	src, out := s.at(s.model.source[layer]), s.out[layer]
	for y := range h {
		for x := range w {
			at := y*w + x
			values := src.Data[src.Offset(y, x):][:src.C]
			sum := 0.
			for _, v := range values {
				sum += float64(v)
			}
			if mean := sum / float64(len(values)); math.Abs(mean-float64(p.Mean[at])) > 1e-5*(1+math.Abs(mean)) || p.Max[at] != slices.Max(values) {
				t.Fatalf("%s: mean %v and maximum %v at %d, %d; the account says %v, %v", p.Layer, mean, slices.Max(values), y, x, p.Mean[at], p.Max[at])
			}
			z, size := float64(p.Bias), math.Abs(float64(p.Bias))
			for ky := range k {
				for kx := range k {
					sy, sx := y+ky-k/2, x+kx-k/2
					if sy < 0 || sx < 0 || sy >= h || sx >= w {
						continue
					}
					a, b := float64(p.Weights[ky*k+kx])*float64(p.Mean[sy*w+sx]), float64(p.Weights[(k+ky)*k+kx])*float64(p.Max[sy*w+sx])
					z, size = z+a+b, size+math.Abs(a)+math.Abs(b)
				}
			}
			if math.Abs(z-float64(p.Logits[at])) > 1e-6*max(1, size) || activations[p.Function].Of(p.Logits[at]) != p.Scale[at] {
				t.Fatalf("%s: the account gives %v and %s of %v = %v at %d, %d", p.Layer, z, p.Function, p.Logits[at], p.Scale[at], y, x)
			}
			if c := src.C / 2; out.At(y, x, c) != src.At(y, x, c)*p.Scale[at] {
				t.Fatalf("%s: %v became %v at %d, %d", p.Layer, src.At(y, x, c), out.At(y, x, c), y, x)
			}
		}
	}
}

// Every pair of functions that a block can have is accounted for, with biases and without.
func TestAccountOfEveryFunction(t *testing.T) {
	for _, act := range hiddenFunctions {
		for _, gate := range gateFunctions {
			trace := everyWith(t, `"act":"silu","gate":"hardsigmoid"`, fmt.Sprintf(`"act":%q,"gate":%q`, act, gate))
			g := trace.Gates[0]
			if g.Activation != act || g.Function != gate || trace.GateSum(0, 0).Bias == 0 || trace.GateSum(1, 0).Bias != 0 {
				t.Errorf("the account says %s and %s, the spec %s and %s", g.Activation, g.Function, act, gate)
			}
			for block := range trace.Gates {
				account(t, trace, block)
			}
		}
	}
}

// everyWith runs everyLayer with a part of its spec replaced.
func everyWith(t *testing.T, old, new string) *Trace {
	t.Helper()
	spec := strings.Replace(everyLayer, old, new, 1)
	if old != new && spec == everyLayer {
		t.Fatalf("everyLayer has no %s", old)
	}
	m, err := Load(&weights.File{Name: "every", Metadata: map[string]string{metadataKey: spec}, Tensors: everyTensor()})
	if err != nil {
		t.Fatal(err)
	}
	return openSession(t, m).Run(readPNG(t, goldenDir+"/0.png"))
}
