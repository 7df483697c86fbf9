package main

import (
	"net/url"
	"os"
	"strings"

	"rsc.io/qr"
)

// isTerminal tells whether somebody reads what is written to f.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// forPhones is the first address that another device reaches, or the first one.
func forPhones(addresses []string) string {
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1" {
			return a
		}
	}
	return addresses[0]
}

// The code is white on black blocks whatever the terminal's own colours are: a code in the wrong
// ones is not read by every phone.
const (
	whiteOnBlack = "\x1b[97;40m"
	plain        = "\x1b[0m"
)

// code draws text as a QR code with the quiet zone of four modules that scanners want, two modules
// above each other a character.
func code(text string) string {
	c, err := qr.Encode(text, qr.M)
	if err != nil { // longer than any address
		return ""
	}
	var b strings.Builder
	const quiet = 4
	for y := -quiet; y < c.Size+quiet; y += 2 {
		b.WriteString(whiteOnBlack)
		for x := -quiet; x < c.Size+quiet; x++ {
			top, bottom := !c.Black(x, y), !c.Black(x, y+1) && y+1 < c.Size+quiet
			switch {
			case top && bottom:
				b.WriteRune('█')
			case top:
				b.WriteRune('▀')
			case bottom:
				b.WriteRune('▄')
			default:
				b.WriteRune(' ')
			}
		}
		b.WriteString(plain + "\n")
	}
	return b.String()
}
