package teach

import (
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sescope/nn"
	"sescope/weights"
)

func open(t *testing.T, name string) *nn.Model {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../weights/models", name+".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(name, b)
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// scene is a picture of a coloured square on a dark ground: a kind a colour, at a random place.
func scene(rng *rand.Rand, kind int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 48, 48))
	x, y := rng.IntN(24), rng.IntN(24)
	for i := 0; i < len(img.Pix); i += 4 {
		px := img.Pix[i:][:4]
		for c := range 3 {
			px[c] = uint8(20 + rng.IntN(20))
		}
		px[3] = 255
		if px, at := i/4%48, i/4/48; px >= x && px < x+24 && at >= y && at < y+24 {
			img.Pix[i+kind] = uint8(190 + rng.IntN(40))
		}
	}
	return img
}

func taught(t *testing.T, name string) (*nn.Model, []Example, *Head, *Validation) {
	t.Helper()
	m := open(t, name)
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	var examples []Example
	for i := range 36 {
		e, err := Extract(s, scene(rng, i%3))
		if err != nil {
			t.Fatal(err)
		}
		e.Label, e.Burst = i%3, i
		examples = append(examples, e)
	}
	h := Learn(examples, 3, nil)
	v := Validate(examples, 3, h)
	h.Temperature = v.Temperature(examples)
	classes := []nn.Class{{En: "red", Zh: "红"}, {En: "green", Zh: "绿"}, {En: "blue", Zh: "蓝"}}
	network, err := Network(m, "squares", classes, examples, h, v)
	if err != nil {
		t.Fatal(err)
	}
	return network, examples, h, v
}

// A taught network names what it was taught, by the head that was learned, knows pictures of that
// kind and not others, and has the usual gates of its classes; its file does the same.
func TestNetwork(t *testing.T) {
	for _, name := range []string{"live", "live-plain", "cnn3-se"} {
		network, examples, h, v := taught(t, name)
		if v.Accuracy() < 0.9 {
			t.Errorf("%s: %d of %d right, expected squares to be told by their colours", name, v.Correct, v.N)
		}
		f, err := weights.Read("squares", network.File().Write())
		if err != nil {
			t.Fatal(err)
		}
		if network, err = nn.Load(f); err != nil {
			t.Fatal(err)
		}
		s, err := network.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(5, 6))
		known := 0
		for i := range 30 {
			trace := s.Run(scene(rng, i%3))
			for k, z := range h.Logits(trace.HeadInput(nil)) {
				if math.Abs(float64(z-trace.Logits[k])) > 1e-3 {
					t.Errorf("%s: logit %d is %v, the head says %v", name, k, trace.Logits[k], z)
				}
			}
			if trace.Top() != i%3 {
				t.Errorf("%s: picture %d is named %d", name, i, trace.Top())
			}
			if _, sure := trace.Rejection(); sure {
				known++
			}
			if terms, bias, ok := trace.Why(0); ok {
				for _, term := range terms {
					bias += term.Value
				}
				if math.Abs(float64(bias-trace.Logits[0])) > 1e-3 {
					t.Errorf("%s: the terms add up to %v, the logit is %v", name, bias, trace.Logits[0])
				}
			}
		}
		if known < 20 {
			t.Errorf("%s: %d of 30 pictures are known, expected most", name, known)
		}
		white := image.NewNRGBA(image.Rect(0, 0, 8, 8))
		if _, sure := s.Run(white).Rejection(); sure {
			t.Errorf("%s: a white picture is known", name)
		}
		for block := range network.Blocks() {
			mean, std, ok := network.Signature(block)
			if !ok {
				t.Fatalf("%s: no signature of block %d", name, block)
			}
			for class := range 3 {
				var n, sum, squares float64
				for _, e := range examples {
					if e.Label == class {
						n++
						sum += float64(e.Gates[block][1])
						squares += float64(e.Gates[block][1]) * float64(e.Gates[block][1])
					}
				}
				want, spread := sum/n, math.Sqrt(max(0, squares/n-sum/n*sum/n))
				if math.Abs(float64(mean[class][1])-want) > 0.005 || math.Abs(float64(std[class][1])-spread) > 0.005 {
					t.Errorf("%s: block %d, class %d: %v ± %v, expected %v ± %v", name, block, class, mean[class][1], std[class][1], want, spread)
				}
			}
		}
		if network.Spec.Note["zh"] == "" || network.Spec.Title["en"] != "red, green, blue (taught)" {
			t.Errorf("%s: title %q, note %q", name, network.Spec.Title, network.Spec.Note)
		}
	}
}

// The mirror image of a mirror image is the picture, and Extract's two vectors change places.
func TestExtractMirrors(t *testing.T) {
	s, err := open(t, "live").NewSession()
	if err != nil {
		t.Fatal(err)
	}
	img := scene(rand.New(rand.NewPCG(1, 1)), 0)
	a, err := Extract(s, img)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Extract(s, mirror(img, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Inputs[0], b.Inputs[1]) || !slices.Equal(a.Inputs[1], b.Inputs[0]) || slices.Equal(a.Inputs[0], a.Inputs[1]) {
		t.Error("picture and mirror image do not change places")
	}
	wide := image.NewNRGBA(image.Rect(0, 0, 6, 2))
	for x := range 6 {
		wide.Pix[4*x] = uint8(x)
	}
	if m := mirror(wide, 1, 1); m.Rect != image.Rect(0, 0, 2, 2) || m.Pix[0] != 3 || m.Pix[4] != 2 {
		t.Errorf("mirror of a wide picture: %v", m.Pix)
	}
}

// What the page does between two frames: learn anew and make a network of it.
func BenchmarkApply(b *testing.B) {
	file, err := os.ReadFile("../../weights/models/live.safetensors")
	if err != nil {
		b.Fatal(err)
	}
	f, err := weights.Read("live", file)
	if err != nil {
		b.Fatal(err)
	}
	m, err := nn.Load(f)
	if err != nil {
		b.Fatal(err)
	}
	examples := random(12, 166, 96, 10, 0.3)
	for i := range examples {
		for _, c := range []int{48, 48, 96, 96} {
			examples[i].Gates = append(examples[i].Gates, make([]float32, c))
		}
	}
	classes := make([]nn.Class, 12)
	for i := range classes {
		classes[i] = nn.Class{En: string(rune('a' + i))}
	}
	h := Learn(examples, 12, nil)
	for b.Loop() {
		network, err := Network(m, "x", classes, examples, h, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := network.NewSession(); err != nil {
			b.Fatal(err)
		}
		network.File().Write()
	}
}
