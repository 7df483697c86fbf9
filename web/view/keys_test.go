package view

import "testing"

func TestShortcut(t *testing.T) {
	for _, c := range []struct{ what, key, code, want string }{
		{"Latin", "c", "KeyC", "c"},
		{"Caps Lock", "C", "KeyC", "c"},
		{"Cyrillic", "с", "KeyC", "c"},
		{"Korean", "ㅊ", "KeyC", "c"},
		{"an input method", "Process", "KeyC", "c"},
		{"one that tells nothing", "Unidentified", "KeyM", "m"},
		{"Dvorak, where the letter counts", "c", "KeyI", "c"},
		{"a French digit row", "&", "Digit1", "1"},
		{"digits", "6", "Digit6", "6"},
		{"the number pad", "3", "Numpad3", "3"},
		{"a Russian question mark", "?", "Digit7", "?"},
		{"space", " ", "Space", " "},
		{"an ideographic space", "\u3000", "Space", " "},
		{"a named key", "ArrowLeft", "ArrowLeft", "ArrowLeft"},
		{"punctuation", ";", "Semicolon", ";"},
		{"nothing", "", "", ""},
	} {
		if got := Shortcut(c.key, c.code); got != c.want {
			t.Errorf("%s: %q at %s is %q, expected %q", c.what, c.key, c.code, got, c.want)
		}
	}
}

func TestPictureAmong(t *testing.T) {
	for _, c := range []struct {
		names, types []string
		want         int
	}{
		{[]string{".DS_Store", "cat.png"}, []string{"", "image/png"}, 1},
		{[]string{"notes.txt", "cat.jpg"}, []string{"text/plain", "image/jpeg"}, 1},
		{[]string{".DS_Store", "picture"}, []string{"", ""}, 1},
		{[]string{"Thumbs.db", "cat.heic"}, []string{"", ""}, 1},
		{[]string{"one.png", "two.png"}, []string{"image/png", "image/png"}, 0},
		{[]string{".DS_Store"}, []string{""}, 0},
	} {
		if got := PictureAmong(c.names, c.types); got != c.want {
			t.Errorf("of %q %q is opened, expected %q", c.names, c.names[got], c.names[c.want])
		}
	}
}

func TestCameraTroubleOfSurroundings(t *testing.T) {
	for _, c := range []struct {
		exception   string
		may, framed bool
		want        Trouble
	}{
		{"NotAllowedError", false, true, CameraFramed},
		{"NotAllowedError", false, false, CameraForbids},
		{"NotAllowedError", true, true, CameraRefused},
		{"NotFoundError", false, true, CameraAbsent},
	} {
		if got := CameraTrouble(c.exception, c.may, c.framed); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
