package worker

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/weights"
)

// loaded is a worker with a network that has run the test's picture.
func loaded(t *testing.T, name string) (*network, *nn.Trace, *protocol.Model) {
	t.Helper()
	var b []byte
	var err error
	if strings.Contains("silu hardswish relu6 eca cbam", name) {
		b = other(t, name)
	} else if b, err = os.ReadFile("../../weights/models/" + name + ".safetensors"); err != nil {
		t.Fatal(err)
	}
	n := &network{}
	info, err := n.load(name, "", b)
	if err != nil {
		t.Fatal(err)
	}
	pix, err := n.keep(1, side)
	if err != nil {
		t.Fatal(err)
	}
	picture(pix)
	_, trace, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: name, Want: protocol.Want{Class: -1, Top: 3}})
	if err != nil {
		t.Fatal(err)
	}
	return n, trace, info
}

// other is simple-se with another activation, and with biases, SiLU and hard sigmoid in its blocks;
// or with another kind of attention in their place.
func other(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../weights/models/simple-se.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(name, b)
	if err != nil {
		t.Fatal(err)
	}
	spec, _, err := nn.ParseSpec(f)
	if err != nil {
		t.Fatal(err)
	}
	kind := name == "eca" || name == "cbam"
	add := func(name string, shape ...int) {
		n := 1
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = .2 * float32(i%7-3)
		}
		f.Tensors = append(f.Tensors, weights.NewF32(name, v, shape...))
	}
	for i := 0; i < len(spec.Layers); i++ {
		switch l := &spec.Layers[i]; {
		case l.Op == "relu" && !kind:
			l.Op = name
		case l.Op == "se" && name == "eca":
			f.Tensors = slices.DeleteFunc(f.Tensors, func(t weights.Tensor) bool {
				return strings.HasPrefix(t.Name, l.Name+".") || strings.HasPrefix(t.Name, "signature.")
			})
			*l = nn.LayerSpec{Op: "eca", Name: l.Name, Kernel: 5, Conv: l.Name + ".conv"}
			add(l.Conv+".weight", 1, 1, 5)
		case l.Op == "se" && name == "cbam":
			l.Op = "cbam"
			places := nn.LayerSpec{Op: "spatial", Name: l.Name + ".places", Kernel: 3, Conv: l.Name + ".conv"}
			add(places.Conv+".weight", 1, 2, 3, 3)
			spec.Layers = slices.Insert(spec.Layers, i+1, places)
		case l.Op == "se":
			l.Act, l.Gate, l.Bias = "silu", "hardsigmoid", true
			for j, fc := range l.FC {
				bias := make([]float32, f.Lookup(fc + ".weight").Shape[0])
				for k := range bias {
					bias[k] = .3*float32(k%5) - .4 + float32(j)
				}
				f.Tensors = append(f.Tensors, weights.NewF32(fc+".bias", bias, len(bias)))
			}
		}
	}
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	f.Metadata["sescope"] = string(text)
	return f.Write()
}

// The panel's numbers and colours are the trace's, for every layer; what the network lacks becomes
// what it has.
func TestMaps(t *testing.T) {
	n, trace, info := loaded(t, "simple-se")
	if len(info.Layers) != len(trace.Maps) || info.Layers[0].Op != "conv" || info.Layers[1].Op != "se" || info.Layers[1].Index != 1 {
		t.Errorf("layers %+v", info.Layers)
	}
	for i, m := range trace.Maps {
		p := n.look(&protocol.Look{Maps: &protocol.MapsLook{Layer: m.Layer, Channel: 5, Y: 3, X: 4}}, trace, &protocol.Result{})
		r, a := p.Maps, p.Atlas
		if r.Layer != m.Layer || r.Channel != 5 || r.H != m.H || r.C != m.C || a.N != m.C {
			t.Fatalf("layer %d: %+v, atlas of %d", i, r, a.N)
		}
		if got := p.Pack(nil); p.Unpack(got) != nil {
			t.Error("the panel does not survive the wire")
		}
		var sum, lo, hi float64
		for y := range m.H {
			for x := range m.W {
				sum += float64(m.At(y, x, 5))
				for c := range m.C {
					lo, hi = min(lo, float64(m.At(y, x, c))), max(hi, float64(m.At(y, x, c)))
				}
			}
		}
		if mean := sum / float64(m.H*m.W); math.Abs(mean-float64(r.Means[5])) > 1e-4 || r.Pixel[7] != m.At(3, 4, 7) || float64(a.Lo) != lo || float64(a.Hi) > hi || !a.Clipped && float64(a.Hi) != hi || above(m, a.Hi) > m.H*m.W*m.C/500 {
			t.Errorf("layer %s: mean %v, want %v; pixel %v; scale %v to %v, want %v to %v", m.Layer, r.Means[5], mean, r.Pixel[7], a.Lo, a.Hi, lo, hi)
		}
		w, _ := a.Size()
		for _, c := range []int{0, 17, m.C - 1} {
			x, y := a.At(c)
			red, green, blue := nn.Viridis.At((m.At(2, 9, c) - a.Lo) / (a.Hi - a.Lo))
			if got := a.Pix[4*((y+2)*w+x+9):][:4]; [4]byte(got) != [4]byte{red, green, blue, 255} {
				t.Errorf("layer %s: channel %d is painted %v, want %v", m.Layer, c, got, []byte{red, green, blue})
			}
		}
	}
	if a := n.look(&protocol.Look{Maps: &protocol.MapsLook{}}, trace, &protocol.Result{}).Atlas; !a.Clipped {
		t.Error("the first layer's few largest values are not clipped") // they are far above the rest on this picture
	}
	p := n.look(&protocol.Look{Maps: &protocol.MapsLook{Layer: "no such layer", Channel: 999, Y: -1, X: -1}}, trace, &protocol.Result{})
	if m := trace.Maps[0]; p.Maps.Layer != m.Layer || p.Maps.Channel != m.C-1 || p.Maps.Y != m.H/2 {
		t.Errorf("fitted to %+v", p.Maps.MapsLook)
	}
	if n.look(nil, trace, &protocol.Result{}) != nil {
		t.Error("nothing was asked, something answered")
	}
}

// Every layer that is computed has a time, and those that were fused say so.
func TestLayerTimes(t *testing.T) {
	n, _, info := loaded(t, "simple-se")
	look := &protocol.Look{Times: true}
	_, trace, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: "simple-se", Want: protocol.Want{Class: -1, Top: 3}, Look: look})
	if err != nil {
		t.Fatal(err)
	}
	p := n.look(look, trace, &protocol.Result{})
	if len(info.Table) != p.Times.N || len(p.Times.Ms) != p.Times.N {
		t.Fatalf("%d times of %d layers", len(p.Times.Ms), len(info.Table))
	}
	var sum float64
	fused := 0
	for i, ms := range p.Times.Ms {
		if ms < 0 {
			fused++
			continue
		}
		sum += float64(ms)
		if info.Table[i].Op == "conv" && ms <= 0 {
			t.Errorf("the convolution %s took no time", info.Table[i].Name)
		}
	}
	var network time.Duration // of a run in the mean; the averages leave the largest times out
	for _, run := range n.clock.runs {
		for _, d := range run[1:] {
			network += d
		}
	}
	if network /= time.Duration(len(n.clock.runs)); sum <= 0 || sum > 1.0001*network.Seconds()*1000 || fused == 0 {
		t.Errorf("the layers took %v ms of %v, %d fused", sum, network, fused)
	}
}

// above counts the values above a limit.
func above(m nn.Map, limit float32) (n int) {
	for y := range m.H {
		for x := range m.W {
			for c := range m.C {
				if m.At(y, x, c) > limit {
					n++
				}
			}
		}
	}
	return n
}
