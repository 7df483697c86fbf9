package view

import (
	"math"
	"reflect"
	"testing"
)

// What lies outside the stage is not painted; undo takes back a whole stroke.
func TestStrokes(t *testing.T) {
	var s Strokes
	for _, d := range []Dot{{-.01, .5}, {1.01, .5}, {.5, -1}, {.5, 2}, {math.NaN(), .5}, {.5, math.Inf(1)}} {
		if s.Begin(d) || s.Go(d) {
			t.Errorf("%v was painted", d)
		}
	}
	if s.Go(Dot{.5, .5}) {
		t.Error("a stroke went on that had not begun")
	}
	s.Undo()
	s.Begin(Dot{0, 1})
	s.Begin(Dot{.25, .5})
	s.Go(Dot{.5, .5})
	s.Go(Dot{1.5, .5})
	s.Go(Dot{1, .5})
	if want := (Strokes{{{0, 1}}, {{.25, .5}, {.5, .5}, {1, .5}}}); !reflect.DeepEqual(s, want) {
		t.Errorf("strokes %v, want %v", s, want)
	}
	s.Flip()
	if want := (Strokes{{{1, 1}}, {{.75, .5}, {.5, .5}, {0, .5}}}); !reflect.DeepEqual(s, want) {
		t.Errorf("mirrored %v, want %v", s, want)
	}
	s.Undo()
	s.Undo()
	s.Undo()
	if len(s) != 0 {
		t.Errorf("%v is left", s)
	}
}
