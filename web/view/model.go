package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sescope/web/protocol"
)

// MenuOrder is the order of the picker: the network at first, if it is one, and behind each network
// those that were trained alike.
func MenuOrder(models []ModelChoice, first int) []ModelChoice {
	var list []ModelChoice
	done := make([]bool, len(models))
	add := func(i int) {
		if i >= 0 && !done[i] {
			done[i] = true
			list = append(list, models[i])
		}
	}
	family := func(i int) {
		add(i)
		for _, name := range models[i].Family {
			add(slices.IndexFunc(models, func(m ModelChoice) bool { return m.Name == name }))
		}
	}
	if first >= 0 {
		family(first)
	}
	for i := range models {
		family(i)
	}
	return list
}

// AddOwn puts the person's own network into the picker; rounded tells that its weights were rounded
// here.
func (s *State) AddOwn(m *protocol.Model, rounded bool) {
	choice := ModelChoice{Name: m.Name, Title: map[string]string{"en": m.Name, "zh": m.Name}, Bytes: m.Bytes, Own: true, Rounded: rounded, Renders: !Drawn(m.Classes)}
	for i := range s.Models {
		if s.Models[i].Name == m.Name {
			s.Models[i] = choice
			return
		}
	}
	s.Models = append(s.Models, choice)
}

// CanDownload tells whether there is a file to save that the person does not have yet.
func (s *State) CanDownload() bool {
	for _, m := range s.Models {
		if m.Name == s.Model {
			return !m.Own || m.Rounded
		}
	}
	return false
}

// Own tells whether the chosen network is the person's own file.
func (s *State) Own() bool {
	for _, m := range s.Models {
		if m.Name == s.Model {
			return m.Own
		}
	}
	return false
}

// TableRow is one line of the table of layers.
type TableRow struct {
	Name, Kind, Output, Params, MACs, Algorithm, Milli string
	Share                                              string // of the network's time, of 100
}

// LayerTable lists the network's layers with what they cost, and in the last line all of them
// together.
func (s *State) LayerTable() []TableRow {
	if s.Shown == nil {
		return nil
	}
	var times *protocol.LayerTimes
	if s.Panel != nil {
		times = s.Panel.Times
	}
	var rows []TableRow
	var params, macs int
	var sum float32
	for i, l := range s.Shown.Model.Table {
		params, macs = params+l.Params, macs+l.MACs
		row := TableRow{Name: l.Name, Kind: s.layerKind(l), Output: fmt.Sprintf("%d × %d × %d", l.H, l.W, l.C), Params: thousands(l.Params), MACs: thousands(l.MACs),
			Algorithm: s.algorithm(l.Algorithm)}
		if times != nil && times.Ms[i] >= 0 {
			sum += times.Ms[i]
			row.Milli = milli(times.Ms[i], times.Runs)
		} else if times != nil && l.Op != "dropout" {
			row.Milli = s.Words().Fused
		}
		rows = append(rows, row)
	}
	for i := range rows {
		if times != nil && times.Ms[i] >= 0 && sum > 0 {
			rows[i].Share = units(float64(100 * times.Ms[i] / sum))
		}
	}
	total := TableRow{Name: s.Words().Total, Params: thousands(params), MACs: thousands(macs)}
	if times != nil {
		total.Milli = milli(sum, times.Runs)
	}
	return append(rows, total)
}

// milli prints the average of some runs in milliseconds. A browser's clock may tick every 0.1 ms
// only: what takes less is no work of 0.00 ms.
func milli(ms float32, runs int) string {
	switch {
	case ms >= .005:
		return fmt.Sprintf("%.2f", ms)
	case runs < 16:
		return "< 0.1"
	}
	return "< 0.01"
}

func (s *State) layerKind(l protocol.LayerRow) string {
	name := s.opName(l.Op)
	if l.Sketch != "" {
		return name + " " + l.Sketch
	}
	switch l.Op {
	case "conv":
		kind := fmt.Sprintf("%s %d × %d, %d → %d", name, l.Kernel, l.Kernel, l.In, l.Out)
		if l.Stride > 1 {
			kind += fmt.Sprintf(s.Words().Stride, l.Stride)
		}
		return kind
	case "maxpool":
		return fmt.Sprintf("%s %d × %d", name, l.Kernel, l.Kernel)
	case "linear":
		return fmt.Sprintf("%s %d → %d", name, l.In, l.Out)
	}
	return name
}

func (s *State) algorithm(name string) string {
	switch name {
	case "winograd":
		return "Winograd"
	case "direct":
		return s.Words().Direct
	}
	return name
}

// thousands writes 1234567 as 1 234 567 with no-break spaces, which both languages read.
func thousands(n int) string {
	if n == 0 {
		return "–"
	}
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u00a0" + text[i:]
	}
	return text
}

// ModelFacts are the network in a line: parameters, multiply-adds, bytes.
func (s *State) ModelFacts() string {
	if s.Shown == nil {
		return ""
	}
	var params, macs int
	for _, l := range s.Shown.Model.Table {
		params, macs = params+l.Params, macs+l.MACs
	}
	return fmt.Sprintf(s.Words().ModelFacts, thousands(params), thousands(macs), Bytes(s.Shown.Model.Bytes))
}

// CardLine is one measurement of the accuracy card.
type CardLine struct{ Name, Float32, Int8, Pictures string }

// CardLines are the accuracies of the card, by set of pictures.
func (s *State) CardLines() []CardLine {
	if s.Shown == nil || s.Shown.Model.Card == nil {
		return nil
	}
	var lines []CardLine
	for _, a := range s.Shown.Model.Card.Accuracy {
		line := CardLine{s.Localised(a.Set), "–", share(a.Int8), thousands(a.Pictures)}
		if a.Float32 > 0 { // else it was not measured
			line.Float32 = share(a.Float32)
		}
		lines = append(lines, line)
	}
	return lines
}

// share prints a share with two digits of a per cent.
func share[F float32 | float64](v F) string { return fmt.Sprintf("%.2f %%", 100*v) }

// CardTexts are the paragraphs that say what else the card measured, none without a card.
func (s *State) CardTexts() []string {
	if s.Shown == nil || s.Shown.Model.Card == nil {
		return nil
	}
	c, w := s.Shown.Model.Card, s.Words()
	var parts []string
	for _, text := range []map[string]string{c.Data, c.Recipe, c.NotFor} {
		if t := s.Localised(text); t != "" {
			parts = append(parts, t)
		}
	}
	if len(c.ECE) == 2 {
		parts = append(parts, fmt.Sprintf(w.CardECE, share(c.ECE[0]), share(c.ECE[1])))
	}
	if c.AUROC > 0 {
		parts = append(parts, fmt.Sprintf(w.CardReject, c.AUROC, share(c.Kept), share(c.Accepted)))
	}
	var bits, seeds []string
	for _, b := range c.Bits {
		bits = append(bits, fmt.Sprintf("%d: %s", b.Bits, share(b.Accuracy)))
	}
	for _, seed := range c.Seeds {
		seeds = append(seeds, strconv.Itoa(seed))
	}
	for _, l := range []struct {
		text string
		list []string
	}{{w.CardBits, bits}, {w.CardSeeds, seeds}} {
		if l.list != nil {
			parts = append(parts, fmt.Sprintf(l.text, strings.Join(l.list, ", ")))
		}
	}
	return parts
}

// CardClass is the accuracy of one class as a bar of 100.
type CardClass struct{ Name, Share, Width string }

// CardClasses are the card's accuracies by class.
func (s *State) CardClasses() []CardClass {
	if s.Shown == nil || s.Shown.Model.Card == nil || len(s.Shown.Model.Card.Classes) != len(s.Shown.Model.Classes) || len(s.Shown.Model.Classes) > 20 {
		return nil
	}
	var list []CardClass
	for i, v := range s.Shown.Model.Card.Classes {
		list = append(list, CardClass{s.Name(s.Shown.Model.Classes[i]), fmt.Sprintf("%.1f %%", 100*v), units(100 * float64(v))})
	}
	return list
}
