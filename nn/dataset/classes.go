package dataset

import (
	"sort"
	"strings"

	"sescope/nn"
)

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
