package view

import (
	"fmt"

	"slices"
	"strings"
	"unicode/utf8"

	"sescope/nn"
	"sescope/nn/teach"
	"sescope/web/protocol"
)

// TaughtName is the network that a person teaches, in the picker and as a file.
const TaughtName = "my-classes.safetensors"

// MostName is the longest name of a class, in characters.
const MostName = 40

// TaughtExample is a picture of a class; the page holds it, by its number.
type TaughtExample struct{ ID, Burst int }

// TaughtClass is one of the person's classes.
type TaughtClass struct {
	ID       int // never given twice, so that nothing that is on its way reaches another class
	Name     string
	Examples []TaughtExample
}

// Teach is what the Teach panel holds.
type Teach struct {
	Classes   []*TaughtClass
	Base      string // the network that is taught on
	Attention bool   // that it has some
	Inputs    int    // numbers in front of its answer
	Recording int    // ID of the class that is being recorded, 0 for none
	Coming    int    // recorded pictures that the browser is still encoding
	Open      int    // ID of the class whose pictures are all shown, 0 for none
	Trouble   string // a sentence about the last thing that did not work
	Bad       int    // ID of the class that it is about, 0 for none
	Waiting   int    // pictures that the network has not seen yet
	Kept      bool   // in the browser's own storage
	Busy      bool   // the page cannot keep them: another tab does

	Lesson *protocol.Lesson // the latest, or nil
	Tested *protocol.Lesson // the latest whose test is done
	Order  []int            // the examples of Tested, by ID
	Names  []string         // of the classes of Tested
	Cell   [2]int           // of the confusion: what it was, what was said

	Twin        string           // the network whose lesson TwinLesson is
	TwinLesson  *protocol.Lesson // the same examples, without attention or with
	TwinRunning bool

	ids, bursts int
	dropped     *dropped
}

// dropped is what was removed last, so that it can be taken back.
type dropped struct {
	class    *TaughtClass
	at       int  // of the class among the classes
	whole    bool // the class itself was removed
	examples []TaughtExample
	places   []int // of the examples in the class
}

// Of is the class of an ID, or nil.
func (t *Teach) Of(id int) *TaughtClass {
	for _, c := range t.Classes {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Count is the number of pictures of all classes.
func (t *Teach) Count() (n int) {
	for _, c := range t.Classes {
		n += len(c.Examples)
	}
	return n
}

// AddClass adds a class, with a name of its own where none is given; nil where there is no room.
func (t *Teach) AddClass(name, pattern string) *TaughtClass {
	if len(t.Classes) >= teach.MaxClasses {
		return nil
	}
	if name = cleanName(name); name == "" {
		for n := 1; name == "" || t.named(name, 0); n++ {
			name = fmt.Sprintf(pattern, n)
		}
	}
	t.ids++
	c := &TaughtClass{ID: t.ids, Name: name}
	t.Classes = append(t.Classes, c)
	return c
}

// cleanName is a name without what nobody sees: a class is told from others by what is seen.
func cleanName(name string) string {
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xa0 || r == 0x3000 }), " ")
	if utf8.RuneCountInString(name) > MostName {
		name = string([]rune(name)[:MostName])
	}
	return strings.ToValidUTF8(name, "")
}

// named tells whether a class but that of the ID is called so, in any case.
func (t *Teach) named(name string, but int) bool {
	return slices.ContainsFunc(t.Classes, func(c *TaughtClass) bool { return c.ID != but && strings.EqualFold(c.Name, name) })
}

// Rename gives a class another name. It returns false, and leaves the name, where it is empty or
// another class's.
func (t *Teach) Rename(id int, name string) bool {
	c := t.Of(id)
	name = cleanName(name)
	if c == nil || name == "" || t.named(name, id) {
		return false
	}
	c.Name = name
	return true
}

// Find is the class of that name, or nil.
func (t *Teach) Find(name string) *TaughtClass {
	name = cleanName(name)
	for _, c := range t.Classes {
		if strings.EqualFold(c.Name, name) {
			return c
		}
	}
	return nil
}

// Burst begins a recording: what is added with its number are neighbours.
func (t *Teach) Burst() int {
	t.bursts++
	return t.bursts
}

// Add adds a picture to a class and returns its number, 0 where the class is gone or there is no
// room.
func (t *Teach) Add(class, burst int) int {
	c := t.Of(class)
	if c == nil || t.Count() >= teach.MaxExamples {
		return 0
	}
	t.ids++
	c.Examples = append(c.Examples, TaughtExample{t.ids, burst})
	return t.ids
}

// Remove removes a picture; Undo takes it back. Several in a row are taken back together while
// nothing else happens.
func (t *Teach) Remove(id int) bool {
	for at, c := range t.Classes {
		if i := slices.IndexFunc(c.Examples, func(e TaughtExample) bool { return e.ID == id }); i >= 0 {
			d := t.dropped
			if d == nil || d.whole || d.class != c {
				d = &dropped{class: c, at: at}
			}
			d.examples, d.places = append(d.examples, c.Examples[i]), append(d.places, i)
			t.dropped = d
			c.Examples = slices.Delete(c.Examples, i, i+1)
			return true
		}
	}
	return false
}

// Lose removes a picture that cannot be read, for good.
func (t *Teach) Lose(id int) {
	for _, c := range t.Classes {
		c.Examples = slices.DeleteFunc(c.Examples, func(e TaughtExample) bool { return e.ID == id })
	}
}

// RemoveClass removes a class with its pictures; Undo takes it back.
func (t *Teach) RemoveClass(id int) bool {
	for at, c := range t.Classes {
		if c.ID == id {
			t.dropped = &dropped{class: c, at: at, whole: true}
			t.Classes = slices.Delete(t.Classes, at, at+1)
			return true
		}
	}
	return false
}

// Undo takes back what was removed last.
func (t *Teach) Undo() {
	d := t.dropped
	if t.dropped = nil; d == nil {
		return
	}
	if d.whole {
		if len(t.Classes) < teach.MaxClasses && !t.named(d.class.Name, d.class.ID) {
			t.Classes = slices.Insert(t.Classes, min(d.at, len(t.Classes)), d.class)
		}
		return
	}
	for i := len(d.examples) - 1; i >= 0; i-- {
		d.class.Examples = slices.Insert(d.class.Examples, min(d.places[i], len(d.class.Examples)), d.examples[i])
	}
}

// Undoable is how many pictures Undo would take back; whole tells that their class goes with them.
func (t *Teach) Undoable() (class *TaughtClass, n int, whole bool) {
	if t.dropped == nil {
		return nil, 0, false
	}
	if t.dropped.whole {
		return t.dropped.class, len(t.dropped.class.Examples), true
	}
	return t.dropped.class, len(t.dropped.examples), false
}

// Holds tells whether a picture is still wanted, among the classes or to be taken back.
func (t *Teach) Holds(id int) bool {
	in := func(list []TaughtExample) bool {
		return slices.ContainsFunc(list, func(e TaughtExample) bool { return e.ID == id })
	}
	for _, c := range t.Classes {
		if in(c.Examples) {
			return true
		}
	}
	d := t.dropped
	return d != nil && (in(d.examples) || d.whole && in(d.class.Examples))
}

// Forget drops everything.
func (t *Teach) Forget() {
	*t = Teach{Base: t.Base, Busy: t.Busy, Coming: t.Coming, ids: t.ids, bursts: t.bursts}
}

// Job is the lesson of all examples for which known holds; nil where there is nothing to tell
// apart: fewer than two classes have any. Classes without a picture wait until they have one.
func (t *Teach) Job(known func(id int) bool) *protocol.TeachJob {
	job := &protocol.TeachJob{}
	for _, c := range t.Classes {
		before := len(job.IDs)
		for _, e := range c.Examples {
			if known(e.ID) {
				job.IDs, job.Labels, job.Bursts = append(job.IDs, e.ID), append(job.Labels, len(job.Classes)), append(job.Bursts, e.Burst)
			}
		}
		if len(job.IDs) > before {
			job.Classes = append(job.Classes, nn.Class{En: c.Name, Zh: c.Name})
		}
	}
	if len(job.Classes) < 2 {
		return nil
	}
	return job
}

// Took takes over the answer to a lesson of these examples.
func (t *Teach) Took(l *protocol.Lesson, job *protocol.TeachJob) {
	t.Lesson = l
	if l.Fault != "" {
		t.Tested = nil
		return
	}
	if !l.Tested() && l.Parts > 0 {
		return
	}
	t.Tested, t.Order, t.Names = l, job.IDs, nil
	for _, c := range job.Classes {
		t.Names = append(t.Names, c.En)
	}
	if t.Cell[0] >= len(t.Names) || t.Cell[1] >= len(t.Names) {
		t.Cell = [2]int{}
	}
	if most := 0; l.Tested() { // the most frequent mistake
		for was, row := range l.Confusion {
			for said, n := range row {
				if was != said && n > most {
					most, t.Cell = n, [2]int{was, said}
				}
			}
		}
	}
}

// InCell are the pictures of a cell of the confusion, as far as they are still there.
func (t *Teach) InCell(was, said int) (ids []int) {
	if t.Tested == nil || !t.Tested.Tested() || was >= len(t.Names) {
		return nil
	}
	c := t.Find(t.Names[was])
	if c == nil {
		return nil
	}
	for i, id := range t.Order {
		if t.Tested.Predicted[i] == said && slices.ContainsFunc(c.Examples, func(e TaughtExample) bool { return e.ID == id }) {
			ids = append(ids, id)
		}
	}
	return ids
}
