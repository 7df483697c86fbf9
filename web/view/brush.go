package view

// BrushRadius is the brush's, as a share of the stage's side.
const BrushRadius = 0.06

// Dot is a place on the stage as shares of its side.
type Dot struct{ X, Y float64 }

// Inside tells whether a place lies on the stage.
func (d Dot) Inside() bool { return d.X >= 0 && d.X <= 1 && d.Y >= 0 && d.Y <= 1 }

// Strokes is what was painted over the frame, stroke by stroke.
type Strokes [][]Dot

// Begin starts a stroke at a place; outside the stage nothing happens.
func (s *Strokes) Begin(d Dot) bool {
	if !d.Inside() {
		return false
	}
	*s = append(*s, []Dot{d})
	return true
}

// Go leads the last stroke on to a place; outside the stage nothing happens.
func (s *Strokes) Go(d Dot) bool {
	if !d.Inside() || len(*s) == 0 {
		return false
	}
	last := &(*s)[len(*s)-1]
	*last = append(*last, d)
	return true
}

// Undo takes the last stroke back.
func (s *Strokes) Undo() {
	if n := len(*s); n > 0 {
		*s = (*s)[:n-1]
	}
}

// Flip mirrors every stroke.
func (s Strokes) Flip() {
	for _, stroke := range s {
		for i := range stroke {
			stroke[i].X = 1 - stroke[i].X
		}
	}
}
