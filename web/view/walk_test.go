package view

import (
	"regexp"
	"strings"
	"testing"
)

// Every page has a name, a title and a text in both languages, and the verbs of the two agree.
func TestWalkWords(t *testing.T) {
	verb := regexp.MustCompile(`%(\[\d\])?[a-z]`)
	count := func(s string) int { return len(verb.FindAllString(strings.ReplaceAll(s, "%%", ""), -1)) }
	for _, table := range []map[string]both{walkNames, walkTitles, walkTexts} {
		if len(table) != 11 {
			t.Errorf("a table of the walk has %d pages, expected 11", len(table))
		}
		for page, text := range table {
			if text.en == "" || text.zh == "" || count(text.en) != count(text.zh) {
				t.Errorf("%s: %q and %q: one is missing, or their numbers differ", page, text.en, text.zh)
			}
		}
	}
}

// A sample of channels is in order, has no channel twice, and holds the one that is looked at.
func TestSample(t *testing.T) {
	for count := 1; count < 40; count++ {
		for with := range count {
			list := sample(count, 9, with)
			found := false
			for i, c := range list {
				found = found || c == with
				if c < 0 || c >= count || i > 0 && c <= list[i-1] {
					t.Fatalf("sample(%d, 9, %d) = %v", count, with, list)
				}
			}
			if !found || len(list) != min(count, 9) {
				t.Fatalf("sample(%d, 9, %d) = %v", count, with, list)
			}
		}
	}
}
