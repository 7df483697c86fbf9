package view

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/nn/teach"
	"sescope/web/protocol"
)

// lesson is a Teach of n pictures a class.
func taught(n int, names ...string) *Teach {
	t := &Teach{}
	for _, name := range names {
		c := t.AddClass(name, "Class %d")
		for range n {
			t.Add(c.ID, t.Burst())
		}
	}
	return t
}

func TestTeachNames(t *testing.T) {
	l := taught(0, "", "", "猫", "  my\u00a0cup \n")
	var names []string
	for _, c := range l.Classes {
		names = append(names, c.Name)
	}
	if want := []string{"Class 1", "Class 2", "猫", "my cup"}; !slices.Equal(names, want) {
		t.Errorf("names %q, expected %q", names, want)
	}
	id := l.Classes[3].ID
	for _, bad := range []string{"", "  \t", "CLASS 1", "猫 "} {
		if l.Rename(id, bad) || l.Of(id).Name != "my cup" {
			t.Errorf("%q was taken as a name", bad)
		}
	}
	if !l.Rename(id, "My Cup") || l.Of(id).Name != "My Cup" {
		t.Error("a class cannot be called as it is, in other case")
	}
	if !l.Rename(id, strings.Repeat("字", 100)) || len([]rune(l.Of(id).Name)) != MostName {
		t.Errorf("a long name became %q", l.Of(id).Name)
	}
	for i := len(l.Classes); i < teach.MaxClasses; i++ {
		l.AddClass("", "Class %d")
	}
	if l.AddClass("thirteenth", "") != nil || len(l.Classes) != 12 {
		t.Error("a thirteenth class was added")
	}
	s := NewState()
	if s.TeachNameTrouble(" ") == "" || !strings.Contains(s.TeachNameTrouble("猫"), "“猫”") {
		t.Errorf("sentences %q, %q", s.TeachNameTrouble(" "), s.TeachNameTrouble("猫"))
	}
}

// Nothing is lost that the person did not delete, and what was deleted last comes back to its
// place.
func TestTeachUndo(t *testing.T) {
	l := taught(5, "a", "b")
	order := func() string { return fmt.Sprint(l.Classes[0].Examples, len(l.Classes)) }
	before := order()
	ids := []int{l.Classes[0].Examples[3].ID, l.Classes[0].Examples[0].ID}
	for _, id := range ids {
		if !l.Remove(id) || !l.Holds(id) {
			t.Fatalf("picture %d", id)
		}
	}
	if c, n, whole := l.Undoable(); c != l.Classes[0] || n != 2 || whole || l.Count() != 8 {
		t.Errorf("undo of %d pictures", n)
	}
	if l.Undo(); order() != before {
		t.Errorf("after undo %s, before %s", order(), before)
	}
	l.Remove(ids[0])
	l.RemoveClass(l.Classes[1].ID)
	if l.Holds(ids[0]) {
		t.Error("what cannot be taken back any more is held")
	}
	if c, n, whole := l.Undoable(); c.Name != "b" || n != 5 || !whole {
		t.Errorf("undo of %v, %d pictures", c, n)
	}
	if l.Undo(); len(l.Classes) != 2 || l.Classes[1].Name != "b" || l.Count() != 9 {
		t.Errorf("%d classes, %d pictures", len(l.Classes), l.Count())
	}
	if l.Undo(); l.Count() != 9 {
		t.Error("nothing was to be undone")
	}
}

func TestTeachLimits(t *testing.T) {
	l := taught(teach.MaxExamples/2, "a", "b")
	if l.Add(l.Classes[0].ID, 1) != 0 || l.Count() != teach.MaxExamples {
		t.Errorf("%d pictures fit", l.Count())
	}
	if l.Add(77, 1) != 0 {
		t.Error("a picture was added to a class that is gone")
	}
}

// A lesson has the classes that have pictures which the network saw, and nothing begins with one.
func TestTeachJob(t *testing.T) {
	l := taught(2, "a", "empty", "b")
	l.Classes[1].Examples = nil
	all := func(int) bool { return true }
	job := l.Job(all)
	if job == nil || len(job.IDs) != 4 || !slices.Equal(job.Labels, []int{0, 0, 1, 1}) || len(job.Classes) != 2 || job.Classes[1].En != "b" {
		t.Fatalf("lesson %+v", job)
	}
	if l.Job(func(id int) bool { return id == l.Classes[0].Examples[0].ID }) != nil {
		t.Error("a lesson of one class")
	}
	s := NewState()
	s.Teach = *l
	if s.TeachStatus() != EnglishTabs.TeachLearning {
		t.Errorf("status %q", s.TeachStatus())
	}
	s.Teach.Took(&protocol.Lesson{Parts: 2}, job)
	if !strings.Contains(s.TeachStatus(), "part 1 of 2") || s.Teach.Tested != nil {
		t.Errorf("status %q", s.TeachStatus())
	}
	if share, _ := s.TeachScore(); share != "" {
		t.Error("a score before a test")
	}
	done := &protocol.Lesson{Parts: 2, Done: 2, N: 4, Correct: 3, Confusion: [][]int{{2, 0}, {1, 1}}, Predicted: []int{0, 0, 0, 1}, Channels: []teach.Telling{{Channel: 7, Class: 1, Mean: 2, Others: .5}}}
	s.Teach.Took(done, job)
	if share, text := s.TeachScore(); share != "75 %" || !strings.Contains(text, "3 of 4") || s.TeachStatus() != "" {
		t.Errorf("score %q, %q, status %q", share, text, s.TeachStatus())
	}
	if s.Teach.Cell != [2]int{1, 0} || !slices.Equal(s.Teach.InCell(1, 0), job.IDs[2:3]) || len(s.Teach.InCell(0, 1)) != 0 || !strings.Contains(s.TeachCellText(), "Was b, it said a: 1") {
		t.Errorf("cell %v: %v, %q", s.Teach.Cell, s.Teach.InCell(1, 0), s.TeachCellText())
	}
	l.Classes[2].Examples = l.Classes[2].Examples[1:]
	s.Teach.Classes = l.Classes
	if len(s.Teach.InCell(1, 0)) != 0 {
		t.Error("a removed picture stands in its cell")
	}
	if bars := s.TellingChannels(); len(bars) != 1 || bars[0].Class != "b" || bars[0].Mean != "100.0" || bars[0].Others != "25.0" {
		t.Errorf("channels %+v", bars)
	}
	s.Teach.Attention, s.Teach.TwinLesson = false, &protocol.Lesson{Parts: 2, Done: 2, N: 4, Correct: 4}
	if bars, text := s.TeachTwins(); len(bars) != 2 || bars[0].Percent != "100 %" || bars[1].Percent != "75 %" || !strings.Contains(text, "no difference") {
		t.Errorf("twins %+v, %q", bars, text)
	}
	s.Teach.Took(&protocol.Lesson{Fault: string(teach.AllEqual)}, job)
	if s.TeachStatus() != EnglishTabs.TeachEqual {
		t.Errorf("status %q", s.TeachStatus())
	}
}

func TestSayDiffers(t *testing.T) {
	if sayDiffers(49, 48, 51) || sayDiffers(51, 47, 51) || !sayDiffers(90, 60, 100) || sayDiffers(51, 51, 51) {
		t.Error("the sentence about two networks says too much or too little")
	}
}

func TestTaughtRows(t *testing.T) {
	s := shown()
	if s.TaughtRows() != nil {
		t.Error("rows of a network that nobody taught here")
	}
	s.Shown.Model.Name = TaughtName
	s.Shown.Model.Classes = []nn.Class{{En: "猫", Zh: "猫"}, {En: "cup", Zh: "cup"}, {En: "x", Zh: "x"}}
	rows := s.TaughtRows()
	if len(rows) != 3 || rows[1].Name != "cup" || !rows[1].Top || rows[0].Top || rows[1].Width != "93.6" {
		t.Errorf("rows %+v", rows)
	}
	s.Shown.Result.Rejection = &protocol.Rejection{Score: -1, Strange: true}
	if s.TaughtRows()[1].Top {
		t.Error("a class stands out though the picture looks like none")
	}
}
