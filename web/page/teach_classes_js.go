package page

import (
	"fmt"
	"slices"
	"syscall/js"

	"sescope/nn/teach"
	"sescope/web/browser"
)

// CompareTaught tests the same examples on the twin.
func (p *Page) CompareTaught() {
	p.post(func() {
		p.state.Teach.TwinRunning = true
		p.lessons.base(p.state.TeachTwin()).dirty = true
		p.renderSoon()
		p.teachOn()
	})
}

// AddTaught adds a class, and puts the hand on its name.
func (p *Page) AddTaught() {
	p.post(func() {
		t := &p.state.Teach
		c := t.AddClass("", p.state.Words().TeachClassN)
		if c == nil {
			t.Trouble = fmt.Sprintf(p.state.Words().TeachFull, teach.MaxClasses)
			p.renderSoon()
			return
		}
		t.Trouble = ""
		p.teachChanged()
		p.render()
		field := browser.ByID(fmt.Sprintf("teach-name-%d", c.ID))
		field.Call("focus")
		field.Call("select")
	})
}

// renameTaught gives a class another name; one that cannot be is answered by a sentence, and the
// field shows the former one again.
func (p *Page) renameTaught(class int, name string) {
	t := &p.state.Teach
	if t.Of(class) == nil {
		return
	}
	if t.Trouble = ""; !t.Rename(class, name) {
		t.Trouble = p.state.TeachNameTrouble(name)
		p.paintNames(class)
		p.renderSoon()
		return
	}
	p.paintNames(class)
	p.teachChanged()
}

// RemoveTaught removes a class with its pictures.
func (p *Page) RemoveTaught(class int) {
	p.post(func() {
		t := &p.state.Teach
		if t.Recording == class {
			p.stopRecording()
		}
		t.RemoveClass(class)
		p.sweepPictures()
		p.teachChanged()
	})
}

// UndoTaught takes back what was removed last.
func (p *Page) UndoTaught() {
	p.post(func() {
		p.state.Teach.Undo()
		p.teachChanged()
	})
}

// ShowAllTaught shows all pictures of a class, or fewer again.
func (p *Page) ShowAllTaught(class int) {
	p.post(func() {
		t := &p.state.Teach
		if t.Open == class {
			class = 0
		}
		t.Open = class
		p.panel.due = true
		p.renderSoon()
	})
}

// removeExample removes a picture that was pressed.
func (p *Page) removeExample(id int) {
	if p.state.Teach.Remove(id) {
		p.sweepPictures()
		p.teachChanged()
	}
}

// addPicture adds a picture to a class; false where there is no room.
func (p *Page) addPicture(class, burst int, blob js.Value, name string) bool {
	t := &p.state.Teach
	id := t.Add(class, burst)
	if id == 0 {
		if t.Of(class) != nil {
			t.Trouble = fmt.Sprintf(p.state.Words().TeachFullPictures, teach.MaxExamples)
		}
		return false
	}
	url := js.Global().Get("URL").Call("createObjectURL", blob).String()
	p.lessons.pictures[id] = taughtPicture{blob, url, name}
	return true
}

func (p *Page) dropPicture(id int) {
	if pic, ok := p.lessons.pictures[id]; ok {
		js.Global().Get("URL").Call("revokeObjectURL", pic.url)
		delete(p.lessons.pictures, id)
	}
}

// sweepPictures lets go what nobody can take back any more.
func (p *Page) sweepPictures() {
	var gone []int
	for id := range p.lessons.pictures {
		if !p.state.Teach.Holds(id) {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		p.dropPicture(id)
	}
}
