package view

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"sescope/web/protocol"
)

// A figure of the walk is a row of parts with arrows between them, as HTML: words stand in elements
// that wrap, so nothing collides at any width or text size, and drawings without words are SVG. The
// page fills the canvases ([data-walk]) that parts leave for pictures.

// figure collects the parts.
type figure struct{ b strings.Builder }

// part appends a part: its head, a line below the head, what is drawn (markup), and a line below
// the drawing.
func (f *figure) part(class, head, sub, body, foot string) {
	fmt.Fprintf(&f.b, `<div class="wk-part %s">`, class)
	line := func(tag, text string) {
		if text != "" {
			fmt.Fprintf(&f.b, "<%s>%s</%s>", tag, html.EscapeString(text), tag)
		}
	}
	line("h3", head)
	line("small", sub)
	f.b.WriteString(`<div class="wk-body">` + body + `</div>`)
	line("p", foot)
	f.b.WriteString("</div>")
}

// arrow appends an arrow with a word over it.
func (f *figure) arrow(word string) {
	fmt.Fprintf(&f.b, `<div class="wk-arrow"><span>%s</span><i></i></div>`, html.EscapeString(word))
}

// WalkFigure is the figure of the open page; "" until its numbers have come.
func (s *State) WalkFigure() string {
	if s.Shown == nil {
		return ""
	}
	f := &figure{}
	m, flow := s.Maps(), s.walkFlow()
	switch page := s.WalkPage(); page {
	case WalkPicture:
		s.figurePicture(f)
	case WalkFilter:
		if m == nil || m.Sum == nil || len(m.Sum.Inputs) == 0 {
			return ""
		}
		s.figureFilter(f, m.Sum)
	case WalkMap:
		if m == nil || s.Panel.Atlas == nil {
			return ""
		}
		s.figureMap(f, m)
	case WalkHead:
		s.figureHead(f)
	case WalkWhatIf:
		s.figureWhatIf(f)
	default:
		if flow == nil {
			return ""
		}
		if page == WalkPlaces {
			s.figurePlaces(f, flow)
		} else {
			s.figureBlock(f, flow, page)
		}
	}
	return f.b.String()
}

func canvas(name string, w, h int) string {
	return fmt.Sprintf(`<canvas data-walk="%s" width="%d" height="%d" aria-hidden="true"></canvas>`, name, w, h)
}

func (s *State) figurePicture(f *figure) {
	w, h := s.Shown.Model.Input()
	f.part("", s.in(both{"your picture", "您的图片"}), s.in(both{"its centre square", "取中央正方形"}), canvas("picture", 192, 192), "")
	f.arrow(s.in(both{"average", "取平均"}))
	f.part("", s.in(both{"what the network sees", "网络所见"}), fmt.Sprintf("%d × %d", w, h), canvas("see", 192, 192), "")
	m := s.Maps()
	if m == nil || m.Sum == nil || len(m.Sum.Inputs) != 3 {
		return
	}
	f.arrow(s.in(both{"one pixel", "一个像素"}))
	var rows strings.Builder
	for i, name := range []both{{"red", "红"}, {"green", "绿"}, {"blue", "蓝"}} {
		fmt.Fprintf(&rows, `<li class="c%d"><span>%s</span><b>%s</b></li>`, i, s.in(name), Number(centre(m.Sum.Inputs, i)))
	}
	f.part("", s.in(both{"three numbers", "三个数"}), fmt.Sprintf(s.in(both{"pixel (%d, %d)", "像素 (%d, %d)"}), m.X, m.Y), `<ul class="wk-rgb">`+rows.String()+`</ul>`,
		s.in(both{"0 is the training pictures' mean", "0 是训练图片的均值"}))
}

// centre is the input in the middle of a window.
func centre(inputs []protocol.InputTerms, i int) float32 {
	if i >= len(inputs) {
		return 0
	}
	return inputs[i].Cells[len(inputs[i].Cells)/2].Input
}

func (s *State) figureFilter(f *figure, a *protocol.Arithmetic) {
	for i, t := range s.MapsTerms() {
		if i > 0 {
			f.arrow("+")
		}
		f.part("wk-terms", t.Name, s.in(both{"picture × weights", "图片 × 权重"}), termsTable(t.Inputs)+`<span class="wk-x">×</span>`+termsTable(t.Weights), "Σ "+t.Sum)
	}
	f.arrow(s.in(both{"add, bias", "相加，加偏置"}))
	f.part("wk-number", s.in(both{"sum", "和"}), "", "<b>"+Number(a.Sum)+"</b>", "")
	if a.Activation != "" {
		f.arrow(functionName(a.Activation))
		f.part("wk-number wk-on", s.in(both{"the map's value", "特征图的值"}), "", "<b>"+Number(a.Value)+"</b>", "")
	}
}

// termsTable draws numbers as cells with a shade by sign and size.
func termsTable(rows [][]TermCell) string {
	var b strings.Builder
	b.WriteString("<table>")
	for _, row := range rows {
		b.WriteString("<tr>")
		for _, c := range row {
			fmt.Fprintf(&b, `<td class="%s">%s</td>`, c.Shade, c.Text)
		}
		b.WriteString("</tr>")
	}
	return b.String() + "</table>"
}

// walkTiles is how many maps stand beside the one that is enlarged.
const walkTiles = 12

func (s *State) figureMap(f *figure, m *protocol.Maps) {
	f.part("", s.in(both{"the picture", "图片"}), "", canvas("see", 160, 160), "")
	f.arrow(fmt.Sprintf(s.in(both{"filter %d", "滤波器 %d"}), m.Channel))
	f.part("wk-on", fmt.Sprintf(s.in(both{"map %d", "特征图 %d"}), m.Channel), fmt.Sprintf("%d × %d", m.W, m.H), canvas(fmt.Sprint("atlas:", m.Channel), m.W, m.H), "")
	var tiles strings.Builder
	for c := range min(walkTiles, s.Panel.Atlas.N) {
		tiles.WriteString(canvas(fmt.Sprint("atlas:", c), m.W, m.H))
	}
	f.arrow("")
	f.part("wk-tiles", fmt.Sprintf(s.in(both{"all %d maps", "全部 %d 张特征图"}), m.C), s.in(both{"the first dozen", "前十二张"}), tiles.String(), "")
}

func (s *State) figureHead(f *figure) {
	r := s.Shown.Result
	if why := r.Why; why != nil {
		var rows strings.Builder
		rows.WriteString(`<ol class="wk-votes">`)
		var top float32 = 1e-12
		for _, t := range why.Terms {
			top = max(top, t.Value, -t.Value)
		}
		for _, t := range why.Terms {
			class := "for"
			if t.Value < 0 {
				class = "against"
			}
			fmt.Fprintf(&rows, `<li class="%s"><span>%s</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="%.1f" height="10"/></svg><b>%s</b></li>`,
				class, html.EscapeString(fmt.Sprintf(s.T().Channel, t.Channel)), 100*max(t.Value, -t.Value)/top, fixed(t.Value))
		}
		rows.WriteString("</ol>")
		classes := s.Shown.Model.Classes
		foot := fmt.Sprintf(s.in(both{"and %d others: %s", "其余 %d 个：%s"}), why.Others, fixed(why.Rest))
		head := fmt.Sprintf(s.in(both{"votes for %s", "支持%s的票"}), s.Name(classes[why.Class]))
		sub := s.in(both{"mean × weight", "均值 × 权重"})
		if why.Against >= 0 {
			sub = fmt.Sprintf(s.in(both{"mean × weight, against %s", "均值 × 权重，相对于%s"}), s.Name(classes[why.Against]))
		}
		f.part("wk-wide", head, sub, rows.String(), foot)
		f.arrow(s.in(both{"add, softmax", "相加，softmax"}))
	}
	f.part("wk-wide wk-on", s.in(both{"answer", "答案"}), "", s.answerRows(r.Probs, nil), "")
}

// answerRows are the three most probable classes, beside what they had before.
func (s *State) answerRows(probs, before []float32) string {
	order := make([]int, len(probs))
	for i := range order {
		order[i] = i
	}
	by := probs
	if before != nil {
		by = before
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case by[i] > by[j]:
			return -1
		case by[i] < by[j]:
			return 1
		}
		return 0
	})
	var b strings.Builder
	b.WriteString(`<ol class="wk-votes">`)
	for _, c := range order[:min(3, len(order))] {
		text := percent(float64(probs[c]))
		ghost := ""
		if before != nil {
			text = percent(float64(before[c])) + " → " + text
			ghost = fmt.Sprintf(`<rect class="ghost" width="%.1f" height="10"/>`, 100*before[c])
		}
		fmt.Fprintf(&b, `<li class="for"><span>%s</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/>%s<rect width="%.1f" height="10"/></svg><b>%s</b></li>`,
			html.EscapeString(s.Name(s.Shown.Model.Classes[c])), ghost, 100*probs[c], text)
	}
	return b.String() + "</ol>"
}

func (s *State) figureWhatIf(f *figure) {
	r, w := s.Shown.Result, &s.Walk
	block, channel := s.WalkProposal()
	of := r.Gates[block].Map.C
	if channel < 0 {
		f.part("wk-wide", s.walkBlockName(), "", fmt.Sprintf(`<svg class="wk-progress" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="4"/><rect width="%.1f" height="4"/></svg>`, 100*float64(len(w.Drops))/float64(max(of, 1))), "")
		return
	}
	before := w.Before
	if !w.Muted || !r.Touched {
		before = nil
	}
	gate := r.Gates[block].Scale[channel]
	f.part("wk-number", fmt.Sprintf(s.in(both{"gate %d", "门控 %d"}), channel), s.walkBlockName(), "<b>"+Number(gate)+"</b>", "")
	f.arrow("")
	f.part("wk-wide wk-on", s.in(both{"answer", "答案"}), "", s.answerRows(r.Probs, before), "")
}

// WalkFormula is the open page's formula as MathML; "" where there is none.
func (s *State) WalkFormula() string {
	f := s.walkFlow()
	switch page := s.WalkPage(); {
	case page == WalkPicture:
		return formula(`<mi>x</mi><mo>=</mo><mfrac><mrow><mi>v</mi><mo>/</mo><mn>255</mn><mo>−</mo><mi>mean</mi></mrow><mi>std</mi></mfrac>`)
	case page == WalkFilter:
		return formula(`<mi>y</mi><mo>=</mo><mi>b</mi><mo>+</mo><mo>∑</mo><mi>w</mi><mi>x</mi>`)
	case f == nil:
		return ""
	case page == WalkSqueeze:
		text := formula(`<msub><mi>z</mi><mi>c</mi></msub><mo>=</mo><mfrac><mn>1</mn><mrow><mi>H</mi><mi>W</mi></mrow></mfrac><mo>∑</mo><msub><mi>u</mi><mi>c</mi></msub>`)
		if len(s.walkAccount().Squeezes) > 1 {
			text += formula(`<msub><mi>z′</mi><mi>c</mi></msub><mo>=</mo><mi>max</mi><msub><mi>u</mi><mi>c</mi></msub>`)
		}
		return text
	case page == WalkScale:
		return formula(`<msub><mover><mi>x</mi><mo>~</mo></mover><mi>c</mi></msub><mo>=</mo><msub><mi>s</mi><mi>c</mi></msub><msub><mi>u</mi><mi>c</mi></msub>`)
	case page == WalkGate:
		g := s.walkAccount()
		return formula(gateFormulas[g.Function]) + formula(`<mi>σ</mi><mo stretchy="false">(</mo><mn>`+Number(g.Logits[f.Channel])+`</mn><mo stretchy="false">)</mo><mo>=</mo><mn>`+Number(g.Own[f.Channel])+`</mn>`)
	case page == WalkPlaces:
		return formula(`<mi>s</mi><mo>=</mo><mi>σ</mi><mo stretchy="false">(</mo><mi>w</mi><mo>∗</mo><mo stretchy="false">[</mo><mi>mean</mi><mo>,</mo><mi>max</mi><mo stretchy="false">]</mo><mo stretchy="false">)</mo>`)
	case s.walkAccount().Activation == "":
		return formula(`<mi>s</mi><mo>=</mo><mi>σ</mi><mo stretchy="false">(</mo><mi>w</mi><mo>∗</mo><mi>z</mi><mo stretchy="false">)</mo>`)
	case page == WalkFirst || page == WalkHidden || page == WalkSecond:
		layers := `<msub><mi>W</mi><mn>2</mn></msub><mi>` + html.EscapeString(functionName(s.walkAccount().Activation)) + `</mi><mo stretchy="false">(</mo><msub><mi>W</mi><mn>1</mn></msub><mi>z</mi><mo stretchy="false">)</mo>`
		const begin, end = `<mi>s</mi><mo>=</mo><mi>σ</mi><mo stretchy="false">(</mo>`, `<mo stretchy="false">)</mo>`
		if len(s.walkAccount().Squeezes) > 1 { // in two, which wrap
			of := func(z string) string { return `<mi>h</mi><mo stretchy="false">(</mo><mi>` + z + `</mi>` + end }
			return formula(of("z")+"<mo>=</mo>"+layers) + formula(begin+of("z")+"<mo>+</mo>"+of("z′")+end)
		}
		return formula(begin + layers + end)
	}
	return ""
}

// gateFormulas are the gate functions by their ops in a spec.
var gateFormulas = map[string]string{
	"sigmoid":     `<mi>σ</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>x</mi></mrow></msup></mrow></mfrac>`,
	"hardsigmoid": `<mi>σ</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>=</mo><mfrac><mrow><mi>min</mi><mo stretchy="false">(</mo><mi>max</mi><mo stretchy="false">(</mo><mi>x</mi><mo>+</mo><mn>3</mn><mo>,</mo><mn>0</mn><mo stretchy="false">)</mo><mo>,</mo><mn>6</mn><mo stretchy="false">)</mo></mrow><mn>6</mn></mfrac>`,
}

func formula(body string) string {
	if body == "" {
		return ""
	}
	return `<math displaystyle="true"><mrow>` + body + `</mrow></math>`
}
