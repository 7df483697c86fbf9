package train

import (
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sescope/nn"
	"sescope/nn/teach"
	"sescope/weights"
	"sescope/weights/models"
)

// load.py makes PyTorch modules of the project's own files and of a taught one, which give Go's
// logits.
func TestLoad(t *testing.T) {
	needsPyTorch(t)
	const picture = "../../nn/testdata/golden/1.png" // 32 x 32
	img := openPicture(t, picture)
	for _, name := range []string{"live", "cnn3-se", "taught"} {
		path := filepath.Join("..", "models", name+".safetensors")
		if name == "taught" {
			path = filepath.Join(t.TempDir(), "taught.safetensors")
			if err := os.WriteFile(path, taughtFile(t), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := weights.Read(path, b)
		if err != nil {
			t.Fatal(err)
		}
		want := open(t, f).Run(img)
		out, err := exec.Command(python, "load.py", path, picture).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got struct {
			Logits []float64
			P      map[string]float64
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		for i, z := range want.Logits {
			if math.Abs(got.Logits[i]-float64(z)) > 1e-3 {
				t.Errorf("%s: logit %d is %v in PyTorch, %v in Go", name, i, got.Logits[i], z)
			}
			if p := got.P[want.Model.Spec.Classes[i].En]; math.Abs(p-float64(want.Probs[i])) > 1e-3 {
				t.Errorf("%s: probability %d is %v in PyTorch, %v in Go", name, i, p, want.Probs[i])
			}
		}
	}
}

func openPicture(t *testing.T, path string) *image.NRGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, image.Point{}, draw.Src)
	return out
}

func open(t *testing.T, f *weights.File) *nn.Session {
	t.Helper()
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// taughtFile is live, taught the golden pictures.
func taughtFile(t *testing.T) []byte {
	t.Helper()
	f, err := models.Open("live")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, f)
	var examples []teach.Example
	for i, name := range []string{"0.png", "1.png", "2.png", "3.png"} {
		e, err := teach.Extract(s, openPicture(t, filepath.Join("../../nn/testdata/golden", name)))
		if err != nil {
			t.Fatal(err)
		}
		e.Label, e.Burst = i%2, i
		examples = append(examples, e)
	}
	network, err := teach.Network(s.Trace().Model, "taught", []nn.Class{{En: "a", Zh: "甲"}, {En: "b", Zh: "乙"}}, examples, teach.Learn(examples, 2, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	return network.File().Write()
}
