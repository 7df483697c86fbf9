package view

import (
	"cmp"
	"fmt"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// TermsTable is the multiplications on one channel of the source: inputs times weights.
type TermsTable struct {
	Name            string
	Inputs, Weights [][]TermCell // row by row
	Sum             string
}

// TermCell is one number with a shade by its sign and size: p1 to p4, n1 to n4, or none.
type TermCell struct{ Text, Shade string }

// MapsTerms are the multiplications behind the looked-at pixel, strongest input channels first.
func (s *State) MapsTerms() []TermsTable {
	m := s.Maps()
	if m == nil || m.Sum == nil {
		return nil
	}
	var largest [2]float32
	for _, in := range m.Sum.Inputs {
		for _, c := range in.Cells {
			largest[0], largest[1] = max(largest[0], c.Input, -c.Input), max(largest[1], c.Weight, -c.Weight)
		}
	}
	var list []TermsTable
	for i, in := range m.Sum.Inputs {
		t := TermsTable{Name: s.inputName(m.Sum, i), Sum: Number(in.Sum)}
		for j := 0; j < len(in.Cells); j += in.Width {
			var inputs, weights []TermCell
			for _, c := range in.Cells[j : j+in.Width] {
				if c.Out {
					inputs, weights = append(inputs, TermCell{"·", ""}), append(weights, TermCell{"·", ""})
					continue
				}
				inputs = append(inputs, TermCell{Number(c.Input), shade(c.Input, largest[0])})
				weights = append(weights, TermCell{Number(c.Weight), shade(c.Weight, largest[1])})
			}
			t.Inputs, t.Weights = append(t.Inputs, inputs), append(t.Weights, weights)
		}
		list = append(list, t)
	}
	return list
}

func (s *State) inputName(a *protocol.Arithmetic, i int) string {
	if a.Op == "add" {
		return s.sourceName([]string{a.Source, a.With}[i])
	}
	if a.Source == "input" && a.Inputs[i].Channel < 3 {
		return []string{"R", "G", "B"}[a.Inputs[i].Channel]
	}
	return fmt.Sprint(a.Inputs[i].Channel)
}

// sourceName names a map by its layer.
func (s *State) sourceName(layer string) string {
	for _, l := range s.Shown.Model.Layers {
		if l.Name == layer {
			return s.layerTitle(l)
		}
	}
	if layer == "input" {
		return s.Words().Picture
	}
	return layer
}

func shade(v, largest float32) string {
	if largest == 0 || v == 0 {
		return ""
	}
	sign := "p"
	if v < 0 {
		sign, v = "n", -v
	}
	return fmt.Sprintf("%s%d", sign, min(4, 1+int(4*v/largest*.999)))
}

// MapsFrom says what the value was made of: "Pixel (23, 9) from the picture, 27 multiplications".
func (s *State) MapsFrom() string {
	m, w := s.Maps(), s.Words()
	if m == nil || m.Sum == nil {
		return ""
	}
	text := counted(w.MapsFrom, m.X, m.Y, s.sourceName(m.Sum.Source), m.Sum.Count)
	if m.Sum.Op == "maxpool" {
		text = fmt.Sprintf(w.MapsLargest, m.X, m.Y, s.sourceName(m.Sum.Source), m.Sum.Count)
	}
	if m.Sum.Others > 0 {
		text += fmt.Sprintf(w.MapsStrongest, len(m.Sum.Inputs), len(m.Sum.Inputs)+m.Sum.Others)
	}
	return text
}

// MapsEquation is the sum: "−0.13 + 1.51 + 1.33 − bias 0.17 = 2.54, ReLU: 2.54".
func (s *State) MapsEquation() string {
	m, w := s.Maps(), s.Words()
	if m == nil || m.Sum == nil {
		return ""
	}
	a := m.Sum
	var b strings.Builder
	for i, in := range a.Inputs {
		signed(&b, i == 0, "", in.Sum)
	}
	if a.Others > 0 {
		signed(&b, false, counted(w.OtherInputs, a.Others)+" ", a.Rest)
	}
	if a.Op == "conv" || a.Op == "batchnorm" {
		signed(&b, false, w.Bias+" ", a.Bias)
	}
	fmt.Fprintf(&b, " = %s", Number(a.Sum))
	if a.Activation != "" {
		fmt.Fprintf(&b, ", %s: %s", functionName(a.Activation), Number(a.Value))
	}
	return b.String()
}

// functions are the names of activations and gate functions, which both languages use, by their ops
// in a spec.
var functions = map[string]string{"relu": "ReLU", "gelu": "GELU", "elu": "ELU", "relu6": "ReLU6", "silu": "SiLU", "hardswish": "hard swish", "sigmoid": "sigmoid", "hardsigmoid": "hard sigmoid"}

func functionName(op string) string { return cmp.Or(functions[op], op) }

// signed appends + or − and the number's size.
func signed(b *strings.Builder, first bool, name string, v float32) {
	switch {
	case first:
		b.WriteString(name + Number(v))
	case v < 0:
		b.WriteString(" − " + name + Number(-v))
	default:
		b.WriteString(" + " + name + Number(v))
	}
}

// Flow is the way of a channel through an attention block as drawings of 1000 x 100.
type Flow struct {
	Title, Text   string
	Before, Pools string
	Squeezes      []FlowSqueeze
	First, Second string     // what stands in front of the units and behind them: "FC, ReLU", "FC"
	Units         []FlowUnit // hidden ones, or the channels around
	Neurons       string     // how many there are
	Logit, Front  string     // in front of the gate function: the value, and the words below it
	Function      string     // "sigmoid"
	Gate, Gates   string
	GateBars      PixelBars
	Curve, Point  string // paths of the gate function from −6 to 6 in 120 x 100: the curve, and the way from logit to gate
	DotX, DotY    string
	Times, After  string
	Places        string // what the spatial attention behind the block does, "" without one
	Forced        string // "" unless the person set the gate
}

// FlowSqueeze is one statistic of all channels.
type FlowSqueeze struct {
	Bars PixelBars
	This string // "64 means, this one 0.31"
}

// FlowUnit is one hidden unit.
type FlowUnit struct{ Value, Radius, Class string }

// Flow is the way of the chosen channel through the block at the layer or behind it; nil without
// one.
func (s *State) Flow() *Flow {
	if m := s.Maps(); m != nil && m.Flow != nil {
		return s.flow(m.Flow)
	}
	return nil
}

// blockOf is the account of the block that a flow goes through.
func (s *State) blockOf(f *protocol.Flow) *protocol.Excitation { return &s.Shown.Result.Gates[f.Block] }

// placesOf is the spatial attention behind a block, nil without one.
func (s *State) placesOf(block int) *protocol.Spatial {
	for i := range s.Shown.Result.Spatial {
		if p := &s.Shown.Result.Spatial[i]; p.Block == block {
			return p
		}
	}
	return nil
}

// FlowPlaces is the map of the spatial attention behind the block of the shown flow, nil without
// one.
func (s *State) FlowPlaces() *protocol.Plane {
	if m := s.Maps(); m != nil && m.Flow != nil {
		if p := s.placesOf(m.Flow.Block); p != nil {
			return &protocol.Plane{W: p.Map.W, H: p.Map.H, Data: p.Scale}
		}
	}
	return nil
}

func (s *State) flow(f *protocol.Flow) *Flow {
	w, g := s.Words(), s.blockOf(f)
	c, n := f.Channel, g.Map.C
	own, scale, logit := g.Own[c], g.Scale[c], g.Logits[c]
	function := functionName(g.Function)
	v := &Flow{Title: fmt.Sprintf(w.FlowTitle, nn.AttentionTitle(g.Kind), f.Block+1, c), Before: fmt.Sprintf(w.FlowMap, f.Before.W, f.Before.H),
		GateBars: bars(g.Own, c), Logit: Number(logit), Front: fmt.Sprintf(w.FlowFront, function), Function: function, Gate: Number(own), Gates: fmt.Sprintf(w.FlowGates, n, Number(own)),
		Times: "× " + Number(scale), After: w.FlowAfter}
	v.Text, v.Neurons, v.Second = s.attentionText(&g.Excitation, &f.GateSum)
	if g.Activation != "" {
		v.First = "FC, " + functionName(g.Activation)
	}
	for i, q := range g.Squeezes {
		words := squeezeText(q.Pool)
		if i > 0 {
			v.Pools += ", "
		}
		v.Pools += words.name[s.lang()]
		v.Squeezes = append(v.Squeezes, FlowSqueeze{bars(q.Values, c), fmt.Sprintf(words.list[s.lang()], n, Number(q.Values[c]))})
	}
	if s.placesOf(f.Block) != nil {
		v.Places = w.FlowPlaces
	}
	var largest float32
	for _, h := range f.Inputs {
		largest = max(largest, h, -h)
	}
	for i, h := range f.Inputs {
		if i == 8 { // more have no room beside each other
			break
		}
		u := FlowUnit{Value: Number(h), Radius: "4", Class: "off"}
		if h != 0 {
			u.Radius, u.Class = number32(4+7*max(h, -h)/largest), "on"
		}
		v.Units = append(v.Units, u)
	}
	at := func(x float32) float64 { return 10 * float64(min(max(x, -6), 6)+6) }
	curve := []byte("M")
	for i := 0; i <= 48; i++ {
		x := -6 + float32(i)/4
		if i > 0 {
			curve = append(curve, 'L')
		}
		curve = number(curve, at(x))
		curve = append(curve, ' ')
		curve = number(curve, 100-100*float64(nn.Activate(g.Function, x)))
	}
	x, y := at(logit), 100-100*float64(own)
	v.Curve, v.Point = string(curve), fmt.Sprintf("M%.1f 100V%.1fH0", x, y)
	v.DotX, v.DotY = fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", y)
	if scale != own {
		v.Forced = fmt.Sprintf(w.FlowForced, Number(own), Number(scale))
	}
	return v
}

func number32(v float32) string { return fmt.Sprintf("%.1f", v) }
