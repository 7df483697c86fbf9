package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// printer keeps names out of the terminal's own language. What goes to it is text of ours and
// names from files; a name may hold control characters that clear the screen or write other words
// over ours. Whatever is no line end, tab or printable character is written as \u001b, which JSON
// reads, too.
type printer struct {
	w       io.Writer
	pending []byte // the beginning of a character that a write cut in two
}

func (p *printer) Write(b []byte) (int, error) {
	n := len(b)
	if len(p.pending) > 0 {
		b = append(p.pending, b...)
		p.pending = nil
	}
	var out []byte
	for len(b) > 0 {
		if !utf8.FullRune(b) {
			p.pending = append([]byte(nil), b...)
			break
		}
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			out = fmt.Appendf(out, `\x%02x`, b[0])
		case r == '\n' || r == '\t' || !unprintable(r):
			out = append(out, b[:size]...)
		case r > 0xffff:
			out = fmt.Appendf(out, `\U%08x`, r)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[size:]
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, err
	}
	return n, nil
}

// unprintable tells of control characters, of those that turn the direction of writing, and of the
// two line ends of Unicode.
func unprintable(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029
}

// line is a name, or an error, that has to stay in its line.
func line(s string) string { return strings.NewReplacer("\n", `\n`, "\t", `\t`).Replace(s) }

// terminal is the terminal behind a writer, or nil.
func terminal(w io.Writer) *os.File {
	if p, ok := w.(*printer); ok {
		w = p.w
	}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return f
		}
	}
	return nil
}
