package nn

import (
	"slices"
	"testing"
)

// A normalised tensor gives what the picture gives that it was made of.
func TestRunTensor(t *testing.T) {
	m, err := Load(readWeights(t, "../weights/models/cnn3-se.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(s.Run(readPNG(t, goldenDir+"/1.png")).Logits)
	var values []float32
	for y := range s.input.H {
		for x := range s.input.W {
			values = append(values, s.input.Data[s.input.Offset(y, x):][:s.input.C]...)
		}
	}
	s.Run(readPNG(t, goldenDir+"/2.png"))
	if got := s.RunTensor(values).Logits; !slices.Equal(got, want) {
		t.Errorf("the tensor gives %v, its picture %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a tensor of another size did not panic")
		}
	}()
	s.RunTensor(values[1:])
}
