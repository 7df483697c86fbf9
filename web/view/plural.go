package view

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// singular are the English words that follow a number in the tables, as they follow a 1.
var singular = [][2]string{
	{"multiplications", "multiplication"}, {"channels", "channel"}, {"maps", "map"}, {"gates", "gate"},
	{"numbers", "number"}, {"names", "name"}, {"means", "mean"}, {"maxima", "maximum"}, {"neurons", "neuron"},
	{"others", "other"}, {"pictures", "picture"}, {"files", "file"}, {"workers", "worker"},
}

// counted is fmt.Sprintf for a text of the tables that counts things: "1 file", not "1 files".
func counted(format string, args ...any) string { return ones(fmt.Sprintf(format, args...)) }

// ones puts what follows a 1 into the singular.
func ones(text string) string {
	for _, w := range singular {
		for at := 0; ; {
			i := strings.Index(text[at:], "1 "+w[0])
			if i < 0 {
				break
			}
			at += i
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			after, _ := utf8.DecodeRuneInString(text[at+len("1 "+w[0]):])
			if !unicode.IsDigit(before) && !strings.ContainsRune(".,\u00a0", before) && !unicode.IsLetter(after) {
				text = text[:at] + "1 " + w[1] + text[at+len("1 "+w[0]):]
			}
			at++
		}
	}
	return text
}
