package dataset

import (
	"slices"
	"sort"
	"strings"

	"sescope/nn"
)

// By is what labels come from.
type By string

// Folders are asked first; what names and tables say counts only where no folder is a class.
const (
	ByFolder By = ""
	ByTable  By = "table"
	ByName   By = "name"
)

// All is the choice of every part of a set; "" is that of the part that was held out.
const All = "all"

// Arrangement is a labelled set.
type Arrangement struct {
	Pictures  []Picture
	Unmatched []Folder
	By        By
	Part      string   // that was taken, where there are several: "test", "validation", "train", "" for files in none, or All
	Parts     []Folder // the parts, with how many pictures each holds; nil where there is one
}

// Table is the place of the file that may hold a set's labels, the only .csv among them or the one
// that is named after labels; -1 is none.
func Table(paths []string) int {
	found := -1
	for i, path := range paths {
		name := strings.ToLower(path)
		if !strings.HasSuffix(name, ".csv") || hidden(path) {
			continue
		}
		if strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "label") {
			return i
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// Arrange labels files by their folders; where no folder is a class, by the table (the text of a
// .csv file, or empty), and else by their own names. Of a set of several parts (train, test) it
// takes the one that is asked for: by default test, or validation, because a network knows by
// heart what it was trained with.
func Arrange(paths []string, table, part string, classes []nn.Class) (*Arrangement, error) {
	a := &Arrangement{}
	a.Pictures, a.Unmatched = Label(paths, classes)
	if len(a.Pictures) == 0 {
		labels := readTable(table, classes)
		a.By = ByTable
		a.label(paths, func(path string) int { return labels.find(path) })
	}
	if len(a.Pictures) == 0 {
		a.By = ByName
		a.label(paths, newNamer(classes).fromName)
	}
	if len(a.Pictures) == 0 {
		a.By = ByFolder
	}
	return a, a.take(part)
}

// label labels files by themselves.
func (a *Arrangement) label(paths []string, of func(path string) int) {
	lost := map[string]int{}
	for at, path := range paths {
		path = strings.ReplaceAll(path, `\`, "/")
		if strings.HasSuffix(path, "/") || hidden(path) || strings.HasSuffix(strings.ToLower(path), ".csv") {
			continue
		}
		if label := of(path); label >= 0 {
			a.Pictures = append(a.Pictures, Picture{path, label, at})
		} else {
			lost[path[:max(0, strings.LastIndexByte(path, '/'))]]++
		}
	}
	if len(a.Pictures) == 0 {
		return
	}
	sort.SliceStable(a.Pictures, func(i, j int) bool { return a.Pictures[i].Name < a.Pictures[j].Name })
	a.Unmatched = folders(lost)
}

// take leaves the pictures of one part.
func (a *Arrangement) take(part string) error {
	counts := map[string]int{}
	for _, p := range a.Pictures {
		counts[partOf(p.Name)]++
	}
	if len(counts) > 1 {
		a.Parts = folders(counts)
		if a.Part = part; part == "" {
			a.Part = heldOut(func(part string) bool { return counts[part] > 0 })
		}
	}
	if part != "" && part != All && counts[part] == 0 {
		return &Fault{Kind: NoPart, Name: part}
	}
	if a.Parts != nil && a.Part != All {
		a.Pictures = slices.DeleteFunc(a.Pictures, func(p Picture) bool { return partOf(p.Name) != a.Part })
	}
	return nil
}

// heldOut is the first part that is there of those that say most about a network.
func heldOut(there func(part string) bool) string {
	for _, part := range []string{"test", "validation", ""} {
		if there(part) {
			return part
		}
	}
	return "train"
}

// partOf is the part of a set that a file belongs to by its folders; "" is none.
func partOf(path string) string {
	folders := strings.Split(strings.ToLower(path), "/")
	for _, folder := range folders[:len(folders)-1] {
		switch folder {
		case "train", "training", "trainset", "train_set", "training_set", "seg_train":
			return "train"
		case "test", "testing", "tests", "testset", "test_set", "seg_test":
			return "test"
		case "val", "valid", "validation", "dev", "val_set", "validation_set":
			return "validation"
		}
	}
	return ""
}
