package view

import (
	"strconv"

	"sescope/web/protocol"
)

// gatesPerRow keeps a bar about 8 pixels wide in the column of a desktop.
const gatesPerRow = 64

// BarRow is one row of up to gatesPerRow gates of a block.
type BarRow struct{ Block, First, N int }

// BarRows are the rows of a block of n channels, as few as can be and equally long, so that bars of
// one block have one width.
func BarRows(block, n int) []BarRow {
	var rows []BarRow
	count := (n + gatesPerRow - 1) / gatesPerRow
	for i := range count {
		first := i * n / count
		rows = append(rows, BarRow{block, first, (i+1)*n/count - first})
	}
	return rows
}

// Shape is one thing to paint on a row: a path in pixels with the names of its colours (custom
// properties of app.css).
type Shape struct {
	Path         string
	Fill, Stroke string
	Width        float64
	Alpha        float64
	Dashed       bool
}

// Tick is a number below the axis, or beside it.
type Tick struct {
	X, Y  float64
	Text  string
	Align string
}

// What a row's canvas leaves around the bars, in pixels: room for a cap at 1, for the marks and
// numbers below the axis, and for the scale at the left.
const (
	BarsTop, BarsBottom, BarsLeft = 8, 20, 26
)

// rowBars is the geometry of a row.
type rowBars struct {
	BarRow
	pitch, body, height float64
}

func newBars(r BarRow, w, h float64) rowBars {
	b := rowBars{BarRow: r, pitch: (w - BarsLeft) / float64(r.N), height: h - BarsTop - BarsBottom}
	b.body = min(max(b.pitch-2.4, 2.4), 10)
	return b
}

// x is the middle of a channel's bar.
func (b *rowBars) x(c int) float64 { return BarsLeft + (float64(c-b.First)+.5)*b.pitch }

// y is where a gate's value stands.
func (b *rowBars) y(v float32) float64 { return BarsTop + (1-float64(min(max(v, 0), 1)))*b.height }

// Channel is the channel at pixel x of a row that is w wide.
func (r BarRow) Channel(x, w float64) int {
	c := int((x - BarsLeft) / (w - BarsLeft) * float64(r.N))
	return r.First + min(max(c, 0), r.N-1)
}

// Value is the gate at pixel y of a row that is h high, 0 to 1.
func (r BarRow) Value(y, h float64) float32 {
	return min(max(float32(1-(y-BarsTop)/(h-BarsTop-BarsBottom)), 0), 1)
}

// path collects SVG path data.
type path []byte

// number appends v with one decimal. strconv's way to all decimals was half of a row's cost.
func number(b []byte, v float64) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	n := int64(v*10 + .5)
	return append(strconv.AppendInt(b, n/10, 10), '.', byte('0'+n%10))
}

func (p *path) op(op byte, v ...float64) {
	*p = append(*p, op)
	for _, x := range v {
		*p = number(append(*p, ' '), x)
	}
}

func (p *path) rect(x, y, w, h float64) {
	p.op('M', x, y)
	p.op('h', w)
	p.op('v', h)
	p.op('h', -w)
	p.op('z')
}

// Bars draws a row of the shown result, w x h pixels. held is the channel under the pointer or in
// focus, -1 for none.
func (s *State) Bars(r BarRow, w, h float64, held int) ([]Shape, []Tick) {
	b := newBars(r, w, h)
	var bands, strange, lines, tracks, hover, bodies, dim, caps, dimCaps, solid, big, muted, crosses, own, dots, triangle, arrows path
	lines.op('M', BarsLeft, b.y(1)+.5)
	lines.op('H', w)
	lines.op('M', BarsLeft, b.y(.5)+.5)
	lines.op('H', w)
	var gate *protocol.Excitation
	if s.Shown != nil && r.Block < len(s.Shown.Result.Gates) {
		gate = &s.Shown.Result.Gates[r.Block]
	}
	set := DeskBlock{Solo: -1}
	if s.Desk != nil && r.Block < len(s.Desk.Blocks) {
		set = s.Desk.Blocks[r.Block]
	}
	marked := map[int]bool{} // channels with a mark below the axis, which takes the place of a number
	for i := range r.N {
		c := r.First + i
		x, left := b.x(c), b.x(c)-b.body/2
		tracks.rect(x-.5, b.y(1), 1, b.height)
		if gate == nil || c >= gate.Map.C {
			continue
		}
		v, network := gate.Scale[c], gate.Own[c]
		if lo, hi, ok := usual(gate, c); ok {
			bands.rect(left-.8, b.y(hi), b.body+1.6, max(3, b.y(lo)-b.y(hi)))
		}
		put, touched := set.Set[c]
		alone := set.Solo == c
		quiet := !set.Off && set.Solo >= 0 && !alone
		isMuted := !set.Off && touched && put == 0 && !alone
		strong := !set.Off && (touched && !isMuted || alone)
		if c == held {
			hover.rect(x-b.pitch/2-1, BarsTop-5, b.pitch+2, b.height+10)
		}
		switch {
		case isMuted || quiet:
			body := &muted
			if quiet {
				body = &dim
				dimCaps.op('M', left-.9, b.y(network))
				dimCaps.op('h', b.body+1.8)
			}
			body.rect(left+.6, b.y(network), b.body-1.2, b.y(0)-b.y(network))
			if isMuted {
				marked[c] = true
				crosses.op('M', x-3, b.y(0)+4.5)
				crosses.op('l', 6, 6)
				crosses.op('m', 0, -6)
				crosses.op('l', -6, 6)
			}
		case strong:
			solid.rect(left+.7, b.y(v), b.body-1.4, b.y(0)-b.y(v))
			big.op('M', left-2, b.y(v))
			big.op('h', b.body+4)
		default:
			cap := &caps
			if unusual(gate, c) {
				cap = &strange
			}
			bodies.rect(left+.7, b.y(v), b.body-1.4, b.y(0)-b.y(v))
			cap.op('M', left-.9, b.y(v))
			cap.op('h', b.body+1.8)
		}
		if !isMuted && !quiet && v != network {
			own.op('M', left-1, b.y(network))
			own.op('h', b.body+2)
		}
		switch {
		case alone && !set.Off:
			marked[c] = true
			triangle.op('M', x-4, b.y(0)+11)
			triangle.op('l', 4, -6.5)
			triangle.op('l', 4, 6.5)
			triangle.op('z')
		case strong:
			marked[c] = true
			dots.op('M', x-2.6, b.y(0)+7.5)
			dots.op('a', 2.6, 2.6, 0, 1, 0, 5.2, 0)
			dots.op('a', 2.6, 2.6, 0, 1, 0, -5.2, 0)
			dots.op('z')
		}
		if c == held && !isMuted && !quiet {
			big.op('M', left-3.5, b.y(v))
			big.op('h', b.body+7)
			for _, up := range []float64{-1, 1} {
				arrows.op('M', x-4, b.y(v)+up*8)
				arrows.op('l', 4, up*4.5)
				arrows.op('l', 4, -up*4.5)
				arrows.op('z')
			}
		}
	}
	var axis path
	axis.op('M', BarsLeft, b.y(0)+.5)
	axis.op('H', w)
	shapes := []Shape{
		{Path: string(hover), Fill: "--accent-soft", Alpha: 1},
		{Path: string(lines), Stroke: "--line", Width: 1, Alpha: 1},
		{Path: string(tracks), Fill: "--track", Alpha: 1},
		{Path: string(bands), Fill: "--band", Alpha: 1},
		{Path: string(dim), Fill: "--accent-mid", Alpha: .14},
		{Path: string(dimCaps), Stroke: "--accent", Width: 4, Alpha: .28},
		{Path: string(bodies), Fill: "--accent-mid", Alpha: .5},
		{Path: string(caps), Stroke: "--accent", Width: 4, Alpha: 1},
		{Path: string(strange), Stroke: "--ink", Width: 4, Alpha: 1},
		{Path: string(muted), Stroke: "--edge", Width: 1, Alpha: 1, Dashed: true},
		{Path: string(solid), Fill: "--accent", Alpha: 1},
		{Path: string(big), Stroke: "--bg", Width: 8.4, Alpha: 1},
		{Path: string(big), Stroke: "--accent", Width: 6, Alpha: 1},
		{Path: string(own), Stroke: "--ink", Width: 1.5, Alpha: 1},
		{Path: string(axis), Stroke: "--edge", Width: 1, Alpha: 1},
		{Path: string(crosses), Stroke: "--ink", Width: 1.5, Alpha: 1},
		{Path: string(dots), Fill: "--accent", Alpha: 1},
		{Path: string(triangle), Fill: "--accent", Alpha: 1},
		{Path: string(arrows), Fill: "--accent", Alpha: 1},
	}
	return shapes, b.ticks(marked, w)
}

// ticks are the scale at the left and the channels' numbers, five a row.
func (b *rowBars) ticks(marked map[int]bool, w float64) []Tick {
	list := []Tick{{BarsLeft - 7, b.y(1) + 4, "1", "right"}, {BarsLeft - 7, b.y(.5) + 4, ".5", "right"}, {BarsLeft - 7, b.y(0) + 4, "0", "right"}}
	step := max(1, b.N/4)
	for i := 0; i < b.N-1; i += step {
		c := b.First + i
		if b.N-1-i < step/2 {
			break // too near to the last
		}
		if !marked[c] {
			list = append(list, Tick{b.x(c), b.y(0) + 15, strconv.Itoa(c), "center"})
		}
	}
	if last := b.First + b.N - 1; !marked[last] {
		list = append(list, Tick{w, b.y(0) + 15, strconv.Itoa(last), "right"})
	}
	return list
}
