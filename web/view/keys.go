package view

import "strings"

// Shortcut is the key of a shortcut that was pressed: event.key where that is one, in lower case
// whatever Caps Lock says, and else the key at the same place of a Latin keyboard, event.code. So
// the shortcuts work on Cyrillic, Greek and Korean keyboards, behind input methods, and with digits
// that need Shift.
func Shortcut(key, code string) string {
	switch {
	case len(key) > 1 && key != "Process" && key != "Unidentified" && key != "Dead" && key[0] < 0x80:
		return key // "Enter", "ArrowLeft"
	case len(key) == 1 && (key[0] >= 'A' && key[0] <= 'Z' || key[0] >= 'a' && key[0] <= 'z'):
		return strings.ToLower(key)
	case len(key) == 1 && (key[0] == '?' || key[0] == ' ' || key[0] >= '0' && key[0] <= '9'):
		return key
	}
	if letter, ok := strings.CutPrefix(code, "Key"); ok && len(letter) == 1 {
		return strings.ToLower(letter)
	}
	for _, row := range []string{"Digit", "Numpad"} {
		if digit, ok := strings.CutPrefix(code, row); ok && len(digit) == 1 {
			return digit
		}
	}
	if code == "Space" {
		return " "
	}
	return key
}

// PictureAmong is which of several files is opened as the picture: the first that calls itself one,
// or else the first that is not hidden. Systems put files of their own beside what people choose.
func PictureAmong(names, types []string) int {
	first := -1
	for i, name := range names {
		if strings.HasPrefix(types[i], "image/") {
			return i
		}
		if first < 0 && !strings.HasPrefix(name, ".") && !strings.EqualFold(name, "Thumbs.db") && !strings.EqualFold(name, "desktop.ini") {
			first = i
		}
	}
	return max(first, 0)
}
