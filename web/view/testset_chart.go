package view

import (
	"fmt"

	"sescope/nn"
)

// Matrix lays the confusion matrix out on a canvas, in CSS pixels: labels at the left and on top
// where there is room for them.
type Matrix struct {
	N         int
	Left, Top float64
	Cell      float64
	Words     bool // classes stand at the rows and columns
	Counts    bool // numbers stand in the cells
}

// NewMatrix lays n classes out in a width.
func NewMatrix(n int, width float64) Matrix {
	m := Matrix{N: n}
	if n <= 24 {
		m.Left, m.Top, m.Words = min(92, width/4), 66, true
	}
	m.Cell = min((width-m.Left)/float64(n), 46)
	m.Counts = m.Cell >= 26
	return m
}

// Height of the whole.
func (m Matrix) Height() float64 { return m.Top + m.Cell*float64(m.N) }

// Hit is the cell at a place: label and prediction; ok is false beside the cells.
func (m Matrix) Hit(x, y float64) (label, predicted int, ok bool) {
	label, predicted = int((y-m.Top)/m.Cell), int((x-m.Left)/m.Cell)
	return label, predicted, x >= m.Left && y >= m.Top && label < m.N && predicted < m.N
}

// Shade is how dark a cell is drawn, 0..1: the share of its row, raised so that the few mistakes
// can be seen beside the many that are right.
func (t *TestSet) Shade(label, predicted int) float64 {
	n := t.All.Confusion[label][predicted]
	if n == 0 {
		return 0
	}
	v := float64(n) / float64(t.All.Pictures(label))
	if label != predicted {
		v = min(1, 0.12+2*v)
	}
	return v
}

// TestCell names the chosen cell.
func (s *State) TestCell() string {
	t, w := &s.Test, s.Words()
	if !s.Tested() {
		return ""
	}
	classes, n := t.Model.Classes, count(t.All.Confusion[t.Label][t.Predicted])
	of := count(t.All.Pictures(t.Label))
	if t.Label == t.Predicted {
		return fmt.Sprintf(w.CellRight, upperFirst(s.Name(classes[t.Label])), n, of)
	}
	return fmt.Sprintf(w.CellWrong, upperFirst(s.Name(classes[t.Label])), s.Name(classes[t.Predicted]), n, of)
}

// CellSeen are the indices in Seen of the chosen cell's pictures on its page, and how many there
// are on all pages.
func (t *TestSet) CellSeen() (page []int, all int) {
	for i, p := range t.Seen {
		if p.Label != t.Label || p.Top != t.Predicted {
			continue
		}
		if all/ThumbsPage == t.Page {
			page = append(page, i)
		}
		all++
	}
	return page, all
}

// CellPage says which pictures of the cell are shown, "" if all are.
func (s *State) CellPage() string {
	t := &s.Test
	if !s.Tested() {
		return ""
	}
	all := t.All.Confusion[t.Label][t.Predicted]
	if all <= ThumbsPage {
		return ""
	}
	from := t.Page * ThumbsPage
	return fmt.Sprintf(s.Words().CellPage, from+1, min(from+ThumbsPage, all), all)
}

// CellPages are the pages of the chosen cell.
func (t *TestSet) CellPages() int {
	if t.All == nil {
		return 0
	}
	return (t.All.Confusion[t.Label][t.Predicted] + ThumbsPage - 1) / ThumbsPage
}

// ThumbName is what a picture of the cell is called.
func (s *State) ThumbName(th Thumb) string {
	p := s.Test.Seen[th.Seen]
	return fmt.Sprintf(s.Words().ThumbName, p.Name, s.Name(s.Test.Model.Classes[p.Top]), percent(float64(p.P)))
}

// WorstCell is the mistake that was made most often, or the first cell of the diagonal with
// pictures if none was made.
func (t *TestSet) WorstCell() (label, predicted int) {
	most := 0
	for i, row := range t.All.Confusion {
		for j, n := range row {
			if i != j && n > most {
				label, predicted, most = i, j, n
			}
		}
	}
	if most == 0 {
		for i, row := range t.All.Confusion {
			if row[i] > 0 {
				return i, i
			}
		}
	}
	return label, predicted
}

// Curve is the calibration curve as a drawing of 200 x 200.
type Curve struct{ Bars, Line, Dots, Label string }

// TestCurve draws the share of right answers over the mean probability of each bin; the bars are
// the pictures in it.
func (s *State) TestCurve() Curve {
	if !s.Tested() {
		return Curve{}
	}
	var bars, line, dots []byte
	most := 0
	bins := s.Test.All.Bins
	for _, b := range bins {
		most = max(most, b.N)
	}
	for i, b := range bins {
		if b.N == 0 {
			continue
		}
		x0, h := 200*float64(i)/float64(len(bins)), 60*float64(b.N)/float64(most)
		bars = fmt.Appendf(bars, "M%.1f 200V%.1fh%.1fV200z", x0+1, 200-h, 200/float64(len(bins))-2)
		x, y := 200*b.Confidence/float64(b.N), 200-200*float64(b.Correct)/float64(b.N)
		mark := byte('L')
		if line == nil {
			mark = 'M'
		}
		line = fmt.Appendf(append(line, mark), "%.1f %.1f", x, y)
		dots = fmt.Appendf(dots, "M%.1f %.1fa3 3 0 1 0 6 0a3 3 0 1 0-6 0", x-3, y)
	}
	return Curve{string(bars), string(line), string(dots), fmt.Sprintf(s.Words().CalLabel, s.Words().TestECE+" "+share(s.Test.All.ECE()))}
}

// TestBlocks names the SE blocks of the tested network.
func (s *State) TestBlocks() []string {
	var list []string
	if s.Tested() {
		for i, g := range s.Test.Model.Blocks {
			list = append(list, counted(s.Words().AuditBlock, BlockName(s.Test.Model, i), g.N))
		}
	}
	return list
}

// GateRows are the classes of which there were pictures, by index: the rows of the gates' drawing.
func (t *TestSet) GateRows() (rows []int) {
	if t.All == nil || len(t.All.Gates) == 0 {
		return nil
	}
	for i := range t.All.Confusion {
		if t.All.Pictures(i) > 0 {
			rows = append(rows, i)
		}
	}
	return rows
}

// GateChart lays the gates by class out on a canvas: a row a class, a column a channel.
type GateChart struct {
	Rows, Channels int
	Left           float64
	W, H           float64 // of one gate
	Words          bool
}

// NewGateChart fits rows x channels into a width.
func NewGateChart(rows, channels int, width float64) GateChart {
	g := GateChart{Rows: rows, Channels: channels, H: 4}
	if rows <= 24 {
		g.H, g.Left, g.Words = 18, min(92, width/4), true
	} else if rows <= 100 {
		g.H = 7
	}
	g.W = (width - g.Left) / float64(channels)
	return g
}

// Height of the whole.
func (g GateChart) Height() float64 { return g.H * float64(g.Rows) }

// Hit is the gate at a place.
func (g GateChart) Hit(x, y float64) (row, channel int, ok bool) {
	row, channel = int(y/g.H), int((x-g.Left)/g.W)
	return row, channel, x >= g.Left && y >= 0 && row < g.Rows && channel < g.Channels
}

// TestGate says what the chosen gate is over its class.
func (s *State) TestGate() string {
	t := &s.Test
	rows := t.GateRows()
	if t.Row >= len(rows) || t.Block >= len(t.All.Gates) {
		return ""
	}
	label := rows[t.Row]
	mean, std := t.All.Usual(t.Block, label)
	if t.Channel >= len(mean) {
		return ""
	}
	return fmt.Sprintf(s.Words().TestGate, upperFirst(s.Name(t.Model.Classes[label])), t.Channel, Number(float32(mean[t.Channel])), Number(float32(std[t.Channel])), count(t.All.Pictures(label)))
}

// Fresh empties the figures for a run of a network.
func (t *TestSet) Fresh(blocks []string, classes int, two bool) {
	t.All, t.Second, t.Duel = nn.NewEvaluation(classes, blocks), nil, nn.Versus{}
	if two {
		t.Second = nn.NewEvaluation(classes, nil)
	}
	t.Seen, t.Thumbs, t.Page, t.Block, t.Row, t.Channel = nil, nil, 0, 0, 0, 0
	t.Label, t.Predicted = 0, 0
}
