package dataset

import (
	"sort"
	"strings"

	"sescope/nn"
)

// ClassList are the classes of a text that names one a line, in Chinese too behind a tab.
func ClassList(text string) (list []nn.Class) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r", "\n")
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		en, zh, ok := strings.Cut(line, "\t")
		if en = strings.TrimSpace(en); !ok {
			zh = en
		}
		list = append(list, nn.Class{En: en, Zh: strings.TrimSpace(zh)})
	}
	return list
}

// Classes are the folders that hold files, by the innermost one's name, in alphabetical order: what
// a set of pictures by class says by itself. Names that differ in case or in what joins
// their words count once;
// files in no folder and hidden ones name none.
func Classes(paths []string) (classes []nn.Class) {
	var names []string
	for _, path := range paths {
		path = strings.ReplaceAll(path, `\`, "/")
		end := strings.LastIndexByte(path, '/')
		if end <= 0 || end == len(path)-1 || hidden(path) {
			continue
		}
		names = append(names, path[strings.LastIndexByte(path[:end], '/')+1:end])
	}
	sort.Strings(names)
	seen := map[string]bool{"": true}
	for _, name := range names {
		if plain := plainName(name); !seen[plain] {
			seen[plain] = true
			classes = append(classes, nn.Class{En: name, Zh: name})
		}
	}
	return classes
}
