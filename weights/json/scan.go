package json

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

func (p *parser) word(w string) error {
	if len(p.b)-p.i < len(w) || string(p.b[p.i:p.i+len(w)]) != w {
		return p.expected(w)
	}
	p.i += len(w)
	return nil
}

// number finds the end of a number and hands its text on.
func (p *parser) number(use func(s string) error) error {
	p.peek()
	from := p.i
	at := func(i int) byte {
		if i < len(p.b) {
			return p.b[i]
		}
		return 0
	}
	digits := func() bool {
		begin := p.i
		for at(p.i) >= '0' && at(p.i) <= '9' {
			p.i++
		}
		return p.i > begin
	}
	if at(p.i) == '-' {
		p.i++
	}
	if at(p.i) == '0' {
		p.i++
	} else if !digits() {
		return p.expected("a number")
	}
	if at(p.i) == '.' {
		if p.i++; !digits() {
			return p.expected("a digit")
		}
	}
	if c := at(p.i); c == 'e' || c == 'E' {
		if p.i++; at(p.i) == '+' || at(p.i) == '-' {
			p.i++
		}
		if !digits() {
			return p.expected("a digit")
		}
	}
	s := string(p.b[from:p.i])
	if err := use(s); err != nil {
		if len(s) > 20 {
			s = s[:20] + "…"
		}
		return fmt.Errorf("the JSON has the number %s at byte %d, which is not of the kind or size expected there", s, from)
	}
	return nil
}

// text reads a string.
func (p *parser) text() (string, error) {
	if p.peek() != '"' {
		return "", p.expected("a string")
	}
	p.i++
	from := p.i
	var out []byte // set once the string differs from its text
	for p.i < len(p.b) {
		c := p.b[p.i]
		switch {
		case c == '"':
			s := p.b[from:p.i]
			p.i++
			if out != nil {
				s = out
			}
			return string(s), nil
		case c == '\\':
			if out == nil {
				out = append(make([]byte, 0, p.i-from+16), p.b[from:p.i]...)
			}
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		case c < ' ':
			return "", p.expected("no control character in a string")
		case c < utf8.RuneSelf:
			if out != nil {
				out = append(out, c)
			}
			p.i++
		default:
			r, n := utf8.DecodeRune(p.b[p.i:])
			if r == utf8.RuneError && n == 1 && out == nil {
				out = append(make([]byte, 0, p.i-from+16), p.b[from:p.i]...)
			}
			if out != nil {
				out = utf8.AppendRune(out, r)
			}
			p.i += n
		}
	}
	return "", p.expected("the string's end")
}

// escape reads what begins with a backslash; half of a surrogate pair becomes U+FFFD.
func (p *parser) escape() (rune, error) {
	p.i++
	if p.i >= len(p.b) {
		return 0, p.expected("an escaped character")
	}
	c := p.b[p.i]
	p.i++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		r, ok := p.hex()
		if !ok {
			return 0, p.expected("four hexadecimal digits")
		}
		if !utf16.IsSurrogate(r) {
			return r, nil
		}
		if before := p.i; p.i+1 < len(p.b) && p.b[p.i] == '\\' && p.b[p.i+1] == 'u' {
			p.i += 2
			if low, ok := p.hex(); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					return pair, nil
				}
			}
			p.i = before
		}
		return utf8.RuneError, nil
	}
	p.i--
	return 0, p.expected("an escaped character")
}

func (p *parser) hex() (rune, bool) {
	if p.i+4 > len(p.b) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.b[p.i:p.i+4]), 16, 16)
	if err != nil {
		return 0, false
	}
	p.i += 4
	return rune(n), true
}
