package view

import "testing"

// One of a thing is one thing, in every text that counts; other numbers that end in 1 are many.
func TestCounted(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{EnglishTabs.MapsTitle, 1, "a, 1 channel"}, {EnglishTabs.MapsTitle, 11, "a, 11 channels"}, {EnglishTabs.MapsTitle, 21, "a, 21 channels"},
		{"%s: %d files, 1 file", 1, "a: 1 file, 1 file"}, {"%s %d multiplications", 1, "a 1 multiplication"}, {"%s 1.%d maps", 1, "a 1.1 maps"},
		{ChineseTabs.MapsTitle, 1, "a，1 个通道"},
	} {
		if got := counted(c.text, "a", c.n); got != c.want {
			t.Errorf("%q, expected %q", got, c.want)
		}
	}
	if got := counted(EnglishTabs.OtherInputs, 1); got != "1 other" {
		t.Errorf("%q", got)
	}
	if got := counted(EnglishTabs.LeftLoose, count(1)); got != "In no folder of a class: 1 file." {
		t.Errorf("%q", got)
	}
}
