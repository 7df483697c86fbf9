package view

import (
	"reflect"
	"testing"

	"sescope/web/protocol"
)

// withMaps shows two layers and one looked-at pixel of the second.
func withMaps() *State {
	s := shown()
	s.Tab = TabMaps
	s.Shown.Model.Layers = []protocol.MapLayer{{Name: "conv1", Op: "conv", Index: 1, H: 32, W: 32, C: 64}, {Name: "se1", Op: "se", Index: 1, H: 4, W: 4, C: 3}}
	s.Panel = &protocol.Panel{Maps: &protocol.Maps{MapsLook: protocol.MapsLook{Layer: "se1", Channel: 1, Y: 2, X: 3}, H: 4, W: 4, C: 3, Means: []float32{0, .5, 1}, Pixel: []float32{2, -1, 0}},
		Atlas: &protocol.Atlas{W: 4, H: 4, N: 3, Cols: 3, Lo: -1, Hi: 2}}
	return s
}

func TestMapsWords(t *testing.T) {
	s := withMaps()
	want := []LayerButton{{"conv1", "Convolution 1", "32 × 32 × 64", false}, {"se1", "SE 1", "4 × 4 × 3", true}}
	if got := s.MapLayers(); !reflect.DeepEqual(got, want) {
		t.Errorf("layers %+v", got)
	}
	for got, want := range map[string]string{s.MapsTitle(): "SE 1, 3 channels", s.MapsChannel(): "Channel 1", s.MapsChannelValue(): "channel 1, mean 0.50",
		s.MapsPixel(): "Pixel (3, 2): −1.00", s.ScaleLo(): "−1.00", s.ScaleHi(): "2.00", Number(-.001): "0.00"} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	b := s.MapsPixelBars()
	if b.One != "M380.0 66.7v33.3h240.0v-33.3z" || b.Bars != "M46.7 66.7v-66.7h240.0v66.7zM713.3 66.7v-0.8h240.0v0.8z" || b.Zero != "M0 66.7h1000" {
		t.Errorf("bars %+v", b)
	}
	s.Panel = nil
	if s.MapsTitle() == "" || s.MapsPixel() != "" || s.MapsPixelBars().Bars != "" || s.ScaleHi() != "" {
		t.Error("without an answer something is claimed")
	}
	if look := s.Look(); look == nil || look.Maps == nil || look.Maps.Y != -1 {
		t.Errorf("Feature maps ask for %+v", look)
	}
}

// Every place of the grid is hit at the picture that is drawn there, and nothing is hit beside the
// last.
func TestGrid(t *testing.T) {
	for _, n := range []int{1, 8, 32, 33, 64, 128, 960} {
		for _, width := range []float64{358, 560, 900} {
			g := NewGrid(n, width)
			for i := range n {
				x, y := g.At(i)
				if x < 0 || x+g.Cell > width+.01 || y+g.Cell+g.Text > g.Height()+.01 {
					t.Fatalf("%d in %v: picture %d at %v, %v leaves the grid of height %v", n, width, i, x, y, g.Height())
				}
				if got := g.Hit(x+g.Cell/2, y+g.Cell/2); got != i {
					t.Fatalf("%d in %v: hit %d, want %d", n, width, got, i)
				}
			}
			if got := g.Hit(width-1, g.Height()+g.Cell); got != -1 {
				t.Errorf("%d in %v: below the grid is picture %d", n, width, got)
			}
			if got := g.Hit(-1, 1); got != -1 {
				t.Errorf("left of the grid is picture %d", got)
			}
		}
	}
}

func TestStep(t *testing.T) {
	for _, c := range []struct {
		key      string
		at, want int
		ok       bool
	}{{"ArrowRight", 3, 4, true}, {"ArrowLeft", 0, 0, true}, {"ArrowDown", 3, 7, true}, {"ArrowDown", 8, 8, true}, {"ArrowUp", 5, 1, true}, {"Home", 5, 0, true}, {"End", 5, 9, true}, {"a", 5, 5, false}} {
		if got, ok := Step(c.key, c.at, 10, 4); got != c.want || ok != c.ok {
			t.Errorf("%s at %d: %d %v, want %d %v", c.key, c.at, got, ok, c.want, c.ok)
		}
	}
}
