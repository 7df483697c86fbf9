package view

import (
	"fmt"
	"strconv"
)

// GateBlock is one SE block as bars.
type GateBlock struct {
	Title string // "Block 1"
	Size  string // "64 channels, 16 × 16"
	Layer string
	Mean  string
	Rows  []GateRow
}

// GateRow is up to 64 gates. Its drawing is 10 units a gate wide and 100 high; it is stretched to the width of the column.
type GateRow struct {
	Label   string // for screen readers
	ViewBox string
	Bodies  string // path
	Caps    string // path, stroked
	Lines   string // path: the lines at 1 and a half
	Axis    string // path: the line at 0
	Ticks   []string
}

// gatesPerRow keeps a bar about 8 pixels wide in the column of a desktop.
const gatesPerRow = 64

// GateBlocks draws every SE block of the shown result.
func (s *State) GateBlocks() []GateBlock {
	if s.Shown == nil {
		return nil
	}
	t := s.T()
	var blocks []GateBlock
	for i, g := range s.Shown.Result.Gates {
		b := GateBlock{Title: fmt.Sprintf(t.Block, i+1), Size: fmt.Sprintf(t.Channels, g.N, g.W, g.H), Layer: g.Layer,
			Mean: fmt.Sprintf(t.MeanGate, fmt.Sprintf("%.2f", mean(g.Scale)))}
		for first := 0; first < g.N; first += gatesPerRow {
			b.Rows = append(b.Rows, s.gateRow(b.Title, first, g.Scale[first:min(g.N, first+gatesPerRow)]))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

func (s *State) gateRow(block string, first int, gates []float32) GateRow {
	n := len(gates)
	row := GateRow{ViewBox: fmt.Sprintf("0 0 %d 100", 10*n), Lines: fmt.Sprintf("M0 0h%dM0 50h%[1]d", 10*n), Axis: fmt.Sprintf("M0 100h%d", 10*n)}
	// A short row is stretched more: its bars keep the width in pixels of a full row's, but never get thinner than a third.
	width := max(3.4, 6*float64(n)/gatesPerRow)
	bodies, caps := make([]byte, 0, 32*n), make([]byte, 0, 24*n)
	lo, hi := 0, 0
	for i, v := range gates {
		if v < gates[lo] {
			lo = i
		}
		if v > gates[hi] {
			hi = i
		}
		h := 100 * float64(min(max(v, 0), 1))
		x := 10*float64(i) + 5 - width/2
		bodies = rect(bodies, x, h, width)
		caps = append(caps, 'M')
		caps = number(caps, x-.5)
		caps = append(caps, ' ')
		caps = number(caps, 100-h)
		caps = append(caps, 'h')
		caps = number(caps, width+1)
	}
	row.Bodies, row.Caps = string(bodies), string(caps)
	row.Label = fmt.Sprintf(s.T().RowLabel, block, first, first+n-1, gates[lo], first+lo, gates[hi], first+hi, mean(gates))
	step := max(1, n/4)
	for i := 0; i < n-1; i += step {
		row.Ticks = append(row.Ticks, strconv.Itoa(first+i))
	}
	row.Ticks = append(row.Ticks, strconv.Itoa(first+n-1))
	return row
}

// rect appends a bar that stands on the axis at 100.
func rect(b []byte, x, h, w float64) []byte {
	b = append(b, 'M')
	b = number(b, x)
	b = append(b, " 100v"...)
	b = number(b, -h)
	b = append(b, 'h')
	b = number(b, w)
	b = append(b, 'v')
	b = number(b, h)
	return append(b, 'z')
}

func number(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'f', 1, 64) }

func mean(v []float32) float32 {
	var sum float32
	for _, x := range v {
		sum += x
	}
	return sum / float32(max(1, len(v)))
}
