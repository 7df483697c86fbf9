package view

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// The figure is well-formed, holds what it promises, and nothing of it leaves its frame.
func TestFigure(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		s := signedState()
		s.Lang, s.Block = lang, 1
		s.Shown.Model.Classes[1].En = "ship & <boat>"
		marks := s.Figure(Range{0, 3})
		text := FigureSVG(marks, "data:image/png;base64,AAAA", "a label")
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v in %s", lang, err, text)
			}
		}
		for _, want := range []string{"data:image/png;base64,AAAA", "94 %", "+3", "SE 2", "viridis"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the figure lacks %q", lang, want)
			}
		}
		for _, m := range marks {
			if m.X < 0 || m.Y < 0 || m.X+m.W > FigureW || m.Y+m.H > FigureH {
				t.Errorf("%s: %+v leaves the frame", lang, m)
			}
			if m.Text != "" && (m.Y > FigureH-8 || m.Size < 12) {
				t.Errorf("%s: %q at %v with size %v", lang, m.Text, m.Y, m.Size)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("one two three four", 9)
	if strings.Join(got, "|") != "one two|three|four" {
		t.Errorf("%q", got)
	}
	for _, line := range wrap(strings.Repeat("门控的值在零和一之间。", 9), 20) {
		if n := len([]rune(line)); n > 10 {
			t.Errorf("%q has %d letters", line, n)
		}
	}
}

func TestEmbed(t *testing.T) {
	for href, want := range map[string]string{
		"https://a.org/x/#model=live":       "https://a.org/x/?embed=1#model=live",
		"https://a.org/?a=1&embed=1#map=b":  "https://a.org/?a=1&embed=1#map=b",
		"https://a.org/index.html?b=2#m&n=": "https://a.org/index.html?b=2&embed=1#m&n=",
	} {
		if got := EmbedAddress(href); got != want {
			t.Errorf("%s: %s, want %s", href, got, want)
		}
	}
	if got := FrameCode(`https://a.org/?embed=1#a="b"`); !strings.Contains(got, `allow="camera"`) || strings.Contains(got, `a="b"`) {
		t.Errorf("code %s", got)
	}
}
