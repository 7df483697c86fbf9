package view

import (
	"fmt"
	"strings"

	"sescope/nn/dataset"
)

// TestParts are the choices of a part of the set, none where there is one.
func (s *State) TestParts() (list []Option) {
	t, w := &s.Test, s.Words()
	if t.Parts == nil {
		return nil
	}
	format := w.TestPartPictures
	if t.Files {
		format = w.TestPartFiles
	}
	for _, p := range t.Parts {
		if p.Name != "" { // what is in no part is there with all
			list = append(list, Option{p.Name, fmt.Sprintf(format, w.partName(p.Name), count(p.N))})
		}
	}
	return append(list, Option{dataset.All, w.partName(dataset.All)})
}

func (w *TestSetTexts) partName(part string) string {
	switch part {
	case "train":
		return w.TestPartTrain
	case "test":
		return w.TestPartTest
	case "validation":
		return w.TestPartValidation
	case dataset.All:
		return w.TestPartAll
	}
	return w.TestPartNone
}

// TestBy says where the labels come from and which part was taken, where that is not plain.
func (s *State) TestBy() string {
	t, w := &s.Test, s.Words()
	var list []string
	switch t.By {
	case dataset.ByTable:
		list = append(list, w.TestByTable)
	case dataset.ByName:
		list = append(list, w.TestByName)
	}
	if t.Parts != nil {
		list = append(list, fmt.Sprintf(w.TestPartTaken, w.partName(t.Part)))
	}
	return strings.Join(list, " ")
}
