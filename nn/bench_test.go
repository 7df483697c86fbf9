package nn

import (
	"path/filepath"
	"testing"
)

// BenchmarkRun is one picture through each network of the project, at its own size.
func BenchmarkRun(b *testing.B) {
	paths, err := filepath.Glob("../weights/models/*.safetensors")
	if err != nil || len(paths) == 0 {
		b.Fatalf("no models found: %v", err)
	}
	img := readPNG(b, goldenDir+"/0.png")
	for _, p := range paths {
		m, err := Load(readWeights(b, p))
		if err != nil {
			b.Fatal(err)
		}
		s, err := m.NewSession()
		if err != nil {
			b.Fatal(err)
		}
		b.Run("net="+m.Spec.Name, func(b *testing.B) {
			for b.Loop() {
				s.Run(img)
			}
		})
	}
}
