package view

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"sescope/nn"
)

// What a figure is drawn with, whatever the page's theme: it goes into somebody's document.
const (
	figureInk    = "#1c1b19"
	figureQuiet  = "#68645c"
	figureAccent = "#a4185c"
	figureMid    = "#c76c99"
	figureTrack  = "#e6e4de"
	figureBand   = "#cfccc4"
	figureEdge   = "#8b877e"
)

// Size of a figure and of its picture, in its own units.
const (
	FigureW, FigureH           = 1200, 640
	FigureX, FigureY           = 32, 72
	FigureSide                 = 480
	figureColumn, figureColumW = 556., 612.
)

// Mark is one thing of a figure: a text where Text is not empty, else a path, else a rectangle.
// Picture stands for the stage's picture with its map, which the page has as pixels.
type Mark struct {
	X, Y, W, H float64
	Path       string
	Fill       string
	Alpha      float64
	Text       string
	Size       float64
	Bold       bool
	Right      bool // the text ends at X
	Picture    bool
}

// Figure is the shown frame as a figure: picture with map, colour bar, answer, gates of the shown
// block, and a caption that says what it is.
func (s *State) Figure(span Range) []Mark {
	t, r, m := s.T(), s.Shown.Result, s.Shown.Model
	var list []Mark
	say := func(x, y, size float64, text, fill string, bold, right bool) {
		list = append(list, Mark{X: x, Y: y, Text: text, Size: size, Fill: fill, Bold: bold, Right: right, Alpha: 1})
	}
	box := func(x, y, w, h float64, fill string, alpha float64) {
		list = append(list, Mark{X: x, Y: y, W: w, H: h, Fill: fill, Alpha: alpha})
	}
	box(0, 0, FigureW, FigureH, "#ffffff", 1)
	say(FigureX, 46, 20, s.Chip(), figureInk, true, false)
	list = append(list, Mark{X: FigureX, Y: FigureY, W: FigureSide, H: FigureSide, Picture: true, Alpha: 1})
	if _, ok := MapRange(r.Want.Kind, r.Heat); ok && !s.HeatOff {
		colours, _ := nn.ColormapByName(s.Colours)
		const steps = 64
		for i := range steps {
			red, green, blue := colours.At((float32(i) + .5) / steps)
			box(FigureX+56+4*float64(i), 570, 4.5, 12, fmt.Sprintf("#%02x%02x%02x", red, green, blue), 1)
		}
		say(FigureX+46, 581, 14, Signed(span.Lo), figureQuiet, false, true)
		say(FigureX+56+4*steps+10, 581, 14, Signed(span.Hi), figureQuiet, false, false)
	}
	name, p := s.Answer()
	say(figureColumn, 104, 36, strings.TrimSpace(name+" "+p), figureInk, true, false)
	y := 128.
	for _, a := range s.Predictions() {
		fill := figureMid
		if a.Top {
			fill = figureAccent
		}
		say(figureColumn, y+13, 15, a.Name, figureInk, a.Top, false)
		box(figureColumn+150, y+3, 370, 10, figureTrack, 1)
		box(figureColumn+150, y+3, max(1, 370*a.P), 10, fill, 1)
		say(figureColumn+figureColumW, y+13, 15, a.Percent, figureQuiet, false, true)
		y += 26
	}
	if s.Block < len(r.Gates) {
		g := &r.Gates[s.Block]
		title := s.BlockName(s.Block) + t.Comma + counted(t.StationGates, g.Map.C)
		if s.Signed() {
			title += t.Comma + fmt.Sprintf(t.FigureBand, s.LegendUsual())
		}
		say(figureColumn, 304, 15, title, figureInk, true, false)
		const x0, w, top, h = figureColumn + 22, figureColumW - 22, 320., 120.
		at := func(v float32) float64 { return top + h*(1-float64(min(max(v, 0), 1))) }
		for _, v := range []float32{0, .5, 1} {
			box(x0, at(v), w, 1, figureTrack, 1)
			say(x0-8, at(v)+5, 13, strconv.FormatFloat(float64(v), 'g', 2, 32), figureQuiet, false, true)
		}
		pitch := w / float64(g.Map.C)
		var bands, bodies, caps path
		for c, v := range g.Scale {
			x := x0 + float64(c)*pitch
			if lo, hi, ok := usual(g, c); ok {
				bands.rect(x+.05*pitch, at(hi), .9*pitch, max(2, at(lo)-at(hi)))
			}
			bodies.rect(x+.2*pitch, at(v), .6*pitch, at(0)-at(v))
			caps.rect(x+.08*pitch, at(v)-1.5, .84*pitch, 3)
		}
		for _, part := range []struct {
			path, fill string
			alpha      float64
		}{{string(bands), figureBand, 1}, {string(bodies), figureMid, .5}, {string(caps), figureAccent, 1}} {
			list = append(list, Mark{Path: part.path, Fill: part.fill, Alpha: part.alpha})
		}
		box(x0, at(0), w, 1, figureEdge, 1)
		say(x0, at(0)+18, 13, "0", figureQuiet, false, false)
		say(x0+w, at(0)+18, 13, strconv.Itoa(g.Map.C-1), figureQuiet, false, true)
	}
	y = 500
	for _, line := range wrap(s.figureCaption(m.Bytes), 84) {
		say(figureColumn, y, 14, line, figureQuiet, false, false)
		y += 21
	}
	return list
}

// figureCaption says what the figure shows, in a few sentences.
func (s *State) figureCaption(bytes int) string {
	t, r := s.T(), s.Shown.Result
	title := s.Localised(s.Shown.Model.Title)
	if title == "" {
		title = s.Shown.Model.Name
	}
	text := fmt.Sprintf(t.FigureNetwork, title, Bytes(bytes))
	scale := t.FigureFrame
	if s.Fixed {
		scale = t.FigureFixed
	}
	if !s.HeatOff {
		text += s.Words().Space + fmt.Sprintf(t.FigureMap, s.KindName(r.Want.Kind), r.Heat.W, r.Heat.H, s.Resize, s.Colours, scale)
	}
	if r.Touched {
		text += s.Words().Space + s.Changed()
	}
	return text + s.Words().Space + t.FigureMade
}

// wrap breaks a text into lines of about n Latin letters; a Chinese one takes the room of two.
func wrap(text string, n int) []string {
	var lines []string
	line, room, gap := "", 0, -1 // gap: where the line can be broken
	for _, c := range text {
		wide := 1
		if c >= 0x2e80 {
			wide = 2
		}
		if room+wide > n && gap >= 0 {
			lines = append(lines, strings.TrimSpace(line[:gap]))
			line = line[gap:]
			room, gap = 0, -1
			for _, d := range line {
				room++
				if d >= 0x2e80 {
					room++
				}
			}
		}
		line += string(c)
		room += wide
		if c == ' ' || c >= 0x2e80 {
			gap = len(line)
		}
	}
	return append(lines, strings.TrimSpace(line))
}

// FigureSVG is the figure as SVG; picture is the stage as a data URL.
func FigureSVG(marks []Mark, picture, label string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" font-family="Segoe UI, Helvetica Neue, Arial, Noto Sans CJK SC, sans-serif"><title>%s</title>`, FigureW, FigureH, html.EscapeString(label))
	for _, m := range marks {
		alpha := ""
		if m.Alpha < 1 {
			alpha = fmt.Sprintf(` fill-opacity="%g"`, m.Alpha)
		}
		switch {
		case m.Picture:
			fmt.Fprintf(&b, `<image x="%g" y="%g" width="%g" height="%g" href="%s"/>`, m.X, m.Y, m.W, m.H, html.EscapeString(picture))
		case m.Text != "":
			weight, anchor := "", ""
			if m.Bold {
				weight = ` font-weight="600"`
			}
			if m.Right {
				anchor = ` text-anchor="end"`
			}
			fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="%g" fill="%s"%s%s>%s</text>`, m.X, m.Y, m.Size, m.Fill, weight, anchor, html.EscapeString(m.Text))
		case m.Path != "":
			fmt.Fprintf(&b, `<path d="%s" fill="%s"%s/>`, m.Path, m.Fill, alpha)
		case m.W > 0 && m.H > 0:
			fmt.Fprintf(&b, `<rect x="%g" y="%g" width="%.2f" height="%g" fill="%s"%s/>`, m.X, m.Y, m.W, m.H, m.Fill, alpha)
		}
		b.WriteByte('\n')
	}
	return b.String() + "</svg>\n"
}

// FrameCode is what somebody puts into a page of their own to show this one there.
func FrameCode(address string) string {
	return `<iframe src="` + html.EscapeString(address) + `" width="720" height="480" allow="camera" title="SEscope" loading="lazy"></iframe>`
}

// EmbedAddress is the address of the compact view of what an address shows.
func EmbedAddress(href string) string {
	base, hash, _ := strings.Cut(href, "#")
	base, query, _ := strings.Cut(base, "?")
	var rest []string
	for _, part := range strings.Split(query, "&") {
		if part != "" && !strings.HasPrefix(part, "embed=") {
			rest = append(rest, part)
		}
	}
	return base + "?" + strings.Join(append(rest, "embed=1"), "&") + "#" + hash
}
