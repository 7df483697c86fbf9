package dataset

import (
	"strings"

	"sescope/nn"
)

// labels are a table's, by the file's path or name with and without its ending.
type labels map[string]int

// readTable reads a table of a file and its class a line, with commas, semicolons or tabs between;
// the first line may name the columns. Classes are named, or numbered from 0.
func readTable(text string, classes []nn.Class) labels {
	l, names := labels{}, newNamer(classes)
	text = strings.TrimPrefix(text, "\ufeff")
	first, _, _ := strings.Cut(text, "\n")
	separator := ","
	for _, s := range []string{";", "\t"} {
		if strings.Count(first, s) > strings.Count(first, separator) {
			separator = s
		}
	}
	file, class := 0, 1
	if head := cells(first, separator); column(head, "label", "class", "category", "target", "classname") >= 0 {
		class = column(head, "label", "class", "category", "target", "classname")
		if file = column(head, "file", "filename", "filepath", "path", "image", "picture", "id", "name"); file < 0 {
			file = max(0, 1-class)
		}
	}
	for line := range strings.Lines(text) {
		row := cells(line, separator)
		if len(row) <= max(file, class) || row[file] == "" {
			continue
		}
		label := names.find(row[class])
		if label < 0 {
			label = indexed(row[class], len(classes))
		}
		if label >= 0 {
			l[strings.ToLower(strings.ReplaceAll(row[file], `\`, "/"))] = label
		}
	}
	return l
}

func cells(line, separator string) []string {
	list := strings.Split(strings.TrimRight(line, "\r\n"), separator)
	for i, cell := range list {
		list[i] = strings.Trim(strings.TrimSpace(cell), `"`)
	}
	return list
}

// column is the first column of one of those names; -1 is none.
func column(head []string, names ...string) int {
	for i, cell := range head {
		for _, name := range names {
			if plain := strings.ReplaceAll(plainName(cell), " ", ""); plain == name || plain == name+"s" {
				return i
			}
		}
	}
	return -1
}

// find is the class of a file: by its path, by so much of the path's end as the table has, or by
// its name without the ending; -1 is none.
func (l labels) find(path string) int {
	path = strings.ToLower(path)
	for {
		if label, ok := l[path]; ok {
			return label
		}
		bare := path
		if i := strings.LastIndexByte(path, '.'); i > strings.LastIndexByte(path, '/') {
			bare = path[:i]
		}
		if label, ok := l[bare]; ok {
			return label
		}
		_, rest, ok := strings.Cut(path, "/")
		if !ok {
			return -1
		}
		path = rest
	}
}
