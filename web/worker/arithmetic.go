package worker

import (
	"cmp"
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// shownInputs is how many input channels are shown multiplication by multiplication.
const shownInputs = 3

// arithmetic takes the value of a map at y, x apart, by input channel; nil where there is nothing
// to take apart.
func arithmetic(t *nn.Trace, layer string, y, x, c int) *protocol.Arithmetic {
	a, err := t.Arithmetic(layer, y, x, c)
	if err != nil {
		return nil
	}
	r := &protocol.Arithmetic{Op: a.Op, Source: a.Source, With: a.With, Count: len(a.Products), Bias: a.Bias, Sum: a.Sum, Activation: a.Activation, Value: a.Value}
	if len(a.Products) == 0 {
		return r
	}
	if a.Op == "add" { // the two summands are the same channel of two maps
		for _, p := range a.Products {
			r.Inputs = append(r.Inputs, protocol.InputTerms{Channel: p.C, Width: 1, Cells: []protocol.Cell{{Input: p.Input, Weight: p.Weight}}, Sum: p.Input * p.Weight})
		}
		return r
	}
	x0, x1, y0, y1 := a.Products[0].X, a.Products[0].X, a.Products[0].Y, a.Products[0].Y
	sums := map[int]float32{}
	for _, p := range a.Products {
		x0, x1, y0, y1 = min(x0, p.X), max(x1, p.X), min(y0, p.Y), max(y1, p.Y)
		sums[p.C] += p.Input * p.Weight
	}
	if k := kernel(t, layer); k > 1 && a.Op == "conv" { // at the border a part of the window lies outside
		x0, y0 = min(x0, x1-k+1), min(y0, y1-k+1)
		if x-k/2 >= 0 && x1-x0+1 > k {
			x0 = x1 - k + 1
		}
		if x == 0 {
			x1 = x0 + k - 1
		}
		if y == 0 {
			y1 = y0 + k - 1
		}
	}
	order := make([]int, 0, len(sums))
	for channel := range sums {
		order = append(order, channel)
	}
	slices.SortStableFunc(order, func(i, j int) int { // which the program has for ints; SortFunc would be 14 KB more
		if d := cmp.Compare(max(sums[j], -sums[j]), max(sums[i], -sums[i])); d != 0 && len(order) > shownInputs {
			return d
		}
		return i - j
	})
	width := x1 - x0 + 1
	for i, channel := range order {
		if i >= shownInputs {
			r.Others++
			r.Rest += sums[channel]
			continue
		}
		terms := protocol.InputTerms{Channel: channel, Width: width, Sum: sums[channel], Cells: make([]protocol.Cell, width*(y1-y0+1))}
		for j := range terms.Cells {
			terms.Cells[j].Out = true
		}
		for _, p := range a.Products {
			if p.C == channel {
				terms.Cells[(p.Y-y0)*width+p.X-x0] = protocol.Cell{Input: p.Input, Weight: p.Weight}
			}
		}
		r.Inputs = append(r.Inputs, terms)
	}
	return r
}

// kernel is the window of the convolution that begins a kept map, 1 for what is none.
func kernel(t *nn.Trace, layer string) int {
	k := 1
	for _, l := range t.Model.Spec.Layers {
		if l.Op == "conv" {
			k = l.Kernel
		}
		if l.Name == layer {
			return k
		}
	}
	return 1
}

// flow follows one channel through the attention block at a map or the nearest behind it, or else
// in front of it; nil without one.
func flow(t *nn.Trace, layer string, channel int) *protocol.Flow {
	if len(t.Gates) == 0 {
		return nil
	}
	at := func(name string) int { return slices.IndexFunc(t.Maps, func(m nn.Map) bool { return m.Layer == name }) }
	block := len(t.Gates) - 1
	for i := len(t.Gates) - 1; i >= 0 && at(t.Gates[i].Layer) >= at(layer); i-- {
		block = i
	}
	channel = min(max(channel, 0), t.Gates[block].Map.C-1)
	return &protocol.Flow{Block: block, GateSum: t.GateSum(block, channel), Before: plane(t.Gated(block, channel, nil)), After: plane(t.Scaled(block, channel, nil))}
}
