package nn

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// readNumerics decodes one of the golden files that gen/numerics.py writes.
func readNumerics(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "numerics", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// goldenFloats are little-endian float32.
func goldenFloats(b []byte) []float32 {
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

func TestColormapsEqualMatplotlib(t *testing.T) {
	var golden struct {
		Values []byte // float32
		Maps   []struct {
			Name        string
			Table, RGBA []byte
		}
	}
	readNumerics(t, "colormap.json", &golden)
	values := goldenFloats(golden.Values)
	if len(golden.Maps) != len(Colormaps) || len(values) < 900 {
		t.Fatalf("the golden has %d maps and %d values, expected %d and at least 900", len(golden.Maps), len(values), len(Colormaps))
	}
	for _, want := range golden.Maps {
		cm, ok := ColormapByName(want.Name)
		if !ok {
			t.Errorf("there is no colour map %q", want.Name)
			continue
		}
		if len(want.Table) != 768 || len(want.RGBA) != 4*len(values) {
			t.Fatalf("%s: the golden has %d table bytes and %d looked-up bytes", want.Name, len(want.Table), len(want.RGBA))
		}
		for i := range cm.table {
			if got := cm.table[i]; !bytes.Equal(got[:], want.Table[3*i:3*i+3]) {
				t.Errorf("%s entry %d is %v, matplotlib has %v", want.Name, i, got, want.Table[3*i:3*i+3])
			}
		}
		for i, v := range values {
			r, g, b := cm.At(v) // NaN: matplotlib's is transparent black
			if w := want.RGBA[4*i:]; r != w[0] || g != w[1] || b != w[2] {
				t.Errorf("%s at %v is %d %d %d, matplotlib has %v", want.Name, v, r, g, b, w[:3])
			}
		}
	}
}

func TestColormapByNameUnknown(t *testing.T) {
	if c, ok := ColormapByName("Jet"); ok || c != nil {
		t.Errorf("ColormapByName(\"Jet\") found %v, expected nothing: names are matplotlib's", c)
	}
}

// TestColormapsGenerated runs the generator again and compares its Go tables with the committed
// ones.
func TestColormapsGenerated(t *testing.T) {
	python := ""
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if err := exec.Command(p, "-c", "import numpy, matplotlib").Run(); err == nil {
			python = p
			break
		}
	}
	if python == "" {
		t.Skip("colormap_gen.go was not generated again: no python3 with matplotlib here (Debian: python3-matplotlib)")
	}
	file := filepath.Join(t.TempDir(), "colormap_gen.go")
	if out, err := exec.Command(python, filepath.Join("gen", "numerics.py"), "--colormaps", file).CombinedOutput(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
		t.Fatalf("gen/numerics.py: %v\n%s", err, out)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("colormap_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("colormap_gen.go differs from what gen/numerics.py writes: run `python3 nn/gen/numerics.py`")
	}
}
