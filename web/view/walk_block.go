package view

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// heatSVG draws a map, averaged to at most 16 cells a side, in viridis on the scale lo..hi.
func heatSVG(p protocol.Plane, lo, hi float32) string {
	n := (max(p.W, p.H) + 15) / 16
	w, h := (p.W+n-1)/n, (p.H+n-1)/n
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="wk-map" viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true">`, w, h)
	for y := range h {
		for x := range w {
			var sum float32
			count := float32(0)
			for v := y * n; v < min((y+1)*n, p.H); v++ {
				for u := x * n; u < min((x+1)*n, p.W); u++ {
					sum, count = sum+p.Data[v*p.W+u], count+1
				}
			}
			r, g, bl := nn.Viridis.At((sum/count - lo) / max(hi-lo, 1e-12))
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="1" height="1" fill="#%02x%02x%02x"/>`, x, y, r, g, bl)
		}
	}
	return b.String() + "</svg>"
}

// span is the range of a map, 0 included.
func span(p protocol.Plane) (lo, hi float32) {
	for _, v := range p.Data {
		lo, hi = min(lo, v), max(hi, v)
	}
	return lo, hi
}

// figureBlock draws the block with the part that the page is about lit: squeeze, the two layers,
// the gate function, scale.
func (s *State) figureBlock(f *figure, a *protocol.Flow, page string) {
	lit := func(p ...string) string {
		if slices.Contains(p, page) {
			return "wk-lit"
		}
		return "wk-dim"
	}
	g, c := s.walkAccount(), a.Channel
	n, q := g.Map.C, g.Squeezes[0]
	lo, hi := span(a.Before)
	channel := fmt.Sprintf(s.in(both{"channel %d", "通道 %d"}), c)
	f.part(lit(WalkSqueeze, WalkScale), counted(s.in(both{"%d maps", "%d 张特征图"}), n), fmt.Sprintf("%d × %d", a.Before.W, a.Before.H), heatSVG(a.Before, lo, hi), channel)
	var pools, columns, values []string
	for _, q := range g.Squeezes {
		pools = append(pools, squeezeText(q.Pool).name[s.lang()])
		columns, values = append(columns, squares(q.Values, c)), append(values, Number(q.Values[c]))
	}
	f.arrow(strings.Join(pools, s.in(compareComma)))
	count, z := both{"%d means, z", "%d 个均值 z"}, "z = "
	if len(pools) > 1 {
		count, z = both{"%d each, z", "各 %d 个，z"}, ""
	}
	f.part(lit(WalkSqueeze, WalkFirst), "squeeze", fmt.Sprintf(s.in(count), n), strings.Join(columns, ""), z+strings.Join(values, ", "))
	if g.Activation != "" {
		f.arrow("FC")
		f.part(lit(WalkFirst, WalkHidden, WalkSecond)+" wk-net", functionName(g.Activation), counted(s.in(both{"%d neurons", "%d 个神经元"}), q.Width), net(a, n, page), "")
		f.arrow("FC")
	} else {
		f.arrow("")
		f.part(lit(WalkSecond)+" wk-terms", s.in(both{"convolution", "卷积"}), s.in(both{"channel: mean × weight", "通道：均值 × 权重"}), neighbours(&a.GateSum), "")
		f.arrow("Σ")
	}
	f.part(lit(WalkSecond, WalkGate)+" wk-number", s.in(both{"sum", "和"}), channel, "<b>"+Number(g.Logits[c])+"</b>", "")
	f.arrow("")
	f.part(lit(WalkGate), functionName(g.Function), "σ", s.curve(a), "")
	f.arrow("")
	f.part(lit(WalkGate, WalkScale), s.in(both{"gates, s", "门控 s"}), s.in(both{"0 to 1", "0 到 1"}), gateRows(g.Scale, c), "")
	f.arrow("× " + Number(g.Scale[c]))
	f.part(lit(WalkScale), "scale", s.in(both{"map × gate", "特征图 × 门控"}), heatSVG(a.After, lo, hi), fmt.Sprintf("%s × %s", channel, Number(g.Scale[c])))
}

// neighbours lists what a gate's sum is of where there is no hidden layer: the channels around,
// their means and weights.
func neighbours(g *nn.GateSum) string {
	var b strings.Builder
	b.WriteString("<table>")
	for i, v := range g.Inputs {
		fmt.Fprintf(&b, "<tr><td>%d</td><td>%s</td><td>%s</td></tr>", g.From+i, Number(v), Number(g.Weights[i]))
	}
	return b.String() + "</table>"
}

// figurePlaces draws the spatial attention behind the block.
func (s *State) figurePlaces(f *figure, a *protocol.Flow) {
	p := s.walkPlaces()
	plane := func(data []float32) protocol.Plane { return protocol.Plane{W: p.Map.W, H: p.Map.H, Data: data} }
	for i, data := range [][]float32{p.Mean, p.Max} {
		lo, hi := span(plane(data))
		f.part("", squeezeTexts[i].name[s.lang()], "", heatSVG(plane(data), lo, hi), "")
	}
	f.arrow(fmt.Sprintf("%d × %d, σ", p.Kernel, p.Kernel))
	f.part("wk-lit", s.in(walkNames[WalkPlaces]), "", heatSVG(plane(p.Scale), 0, 1), "")
	f.arrow("×")
	lo, hi := span(a.After)
	out := make([]float32, len(p.Scale))
	for i, g := range p.Scale {
		out[i] = a.After.Data[i] * g
	}
	channel := fmt.Sprintf(s.T().Channel, a.Channel)
	f.part("", channel, "", heatSVG(a.After, lo, hi), "")
	f.arrow("=")
	f.part("wk-lit", channel, "", heatSVG(plane(out), lo, hi), "")
}

// sample picks up to n of count indices, spread evenly, with one of them included unless that is
// negative.
func sample(count, n, with int) []int {
	if count <= n {
		n = count
	}
	var list []int
	for i := range n {
		list = append(list, i*count/n)
	}
	if with >= 0 && !slices.Contains(list, with) {
		list[slices.IndexFunc(append(list, math.MaxInt), func(i int) bool { return i > with })-1] = with
	}
	return list
}

// squares draws the means as a column of squares, darker for larger ones, the channel's own with an
// outline.
func squares(values []float32, channel int) string {
	rows := sample(len(values), 12, channel)
	top := max(slices.Max(values), 1e-12)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="wk-col" viewBox="0 0 24 %d" aria-hidden="true">`, 18*len(rows))
	for i, c := range rows {
		class := "sq"
		if c == channel {
			class = "sq one"
		}
		fmt.Fprintf(&b, `<rect class="%s" x="5" y="%d" width="14" height="14" rx="2" fill-opacity="%.2f"/>`, class, 18*i+2, .12+.88*max(values[c], 0)/top)
	}
	return b.String() + "</svg>"
}

// net draws the hidden layer of a block of n channels: lines from the means to the neurons, and
// from them to the channel's sum. Thickness is a weight's size, dashed lines are weights below
// zero; the lines of the page's layer run. The lines from the followed channel are its own weights.
func net(a *protocol.Flow, n int, page string) string {
	const w, mid, high = 240, 120, 216.0
	shown := sample(a.N, 8, -1)
	inputs := sample(n, 12, a.Channel)
	at := func(i, n int) float64 { return high * (float64(i) + .5) / float64(n) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %.0f" aria-hidden="true">`, w, high)
	line := func(v, top float32, run bool, d string) {
		class := "line"
		if v < 0 {
			class = "line neg"
		}
		if run {
			class += " run"
		}
		fmt.Fprintf(&b, `<path class="%s" stroke-width="%.1f" d="%s"/>`, class, .6+2.6*max(v, -v)/max(top, 1e-12), d)
	}
	for i, c := range inputs {
		for j := range shown {
			if c != a.Channel {
				fmt.Fprintf(&b, `<path class="weak" d="M0 %.1fL%d %.1f"/>`, at(i, len(inputs)), mid-14, at(j, len(shown)))
			}
		}
	}
	own := at(slices.Index(inputs, a.Channel), len(inputs))
	for j, h := range shown {
		if h < len(a.First) {
			line(a.First[h], largestOf(a.First), page == WalkFirst, fmt.Sprintf("M0 %.1fL%d %.1f", own, mid-14, at(j, len(shown))))
		}
		line(a.Weights[h], largestOf(a.Weights), page == WalkSecond, fmt.Sprintf("M%d %.1fL%d %.1f", mid+14, at(j, len(shown)), w, high/2))
	}
	for j, h := range shown {
		class := "unit"
		if a.Inputs[h] <= 0 {
			class = "unit off"
		}
		fmt.Fprintf(&b, `<circle class="%s" cx="%d" cy="%.1f" r="13"/><text x="%d" y="%.1f">%s</text>`, class, mid, at(j, len(shown)), mid, at(j, len(shown))+3.5, brief(a.Inputs[h]))
	}
	return b.String() + "</svg>"
}

// largestOf is the largest magnitude of a list.
func largestOf(list []float32) (top float32) {
	for _, v := range list {
		top = max(top, v, -v)
	}
	return top
}

// brief prints a number in a circle of 26 pixels.
func brief(v float32) string {
	if v >= 9.95 || v <= -9.95 {
		return minus(fmt.Sprintf("%.0f", v))
	}
	return minus(strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0"))
}

// curve draws the gate function with the channel's place on it.
func (s *State) curve(a *protocol.Flow) string {
	f := s.flow(a)
	return fmt.Sprintf(`<svg class="wk-curve" viewBox="-6 -6 132 112" aria-hidden="true"><path class="axis" d="M0 100H120M60 0V100"/><path class="curve" d="%s"/><path class="way" d="%s"/><circle class="on" r="5" cx="%s" cy="%s"/></svg>`, f.Curve, f.Point, f.DotX, f.DotY)
}

// gateRows draws some gates as bars, the channel's own among them, named.
func gateRows(gates []float32, channel int) string {
	var b strings.Builder
	b.WriteString(`<ol class="wk-gates">`)
	for _, c := range sample(len(gates), 9, channel) {
		class := ""
		if c == channel {
			class = ` class="one"`
		}
		fmt.Fprintf(&b, `<li%s><span>%d</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="bar" width="%.1f" height="10"/></svg><b>%s</b></li>`, class, c, 100*gates[c], Number(gates[c]))
	}
	return b.String() + "</ol>"
}
