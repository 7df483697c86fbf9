package page

import (
	"fmt"
	"strconv"
	"strings"
	"syscall/js"

	"sescope/nn/dataset"
	"sescope/nn/teach"
	"sescope/web/browser"
	"sescope/web/view"
)

// choose shows the browser's dialog for files that belong to the panel.
func (p *Page) choose(accept string, multiple bool, f func(files js.Value)) {
	field := js.Global().Get("document").Call("createElement", "input")
	field.Set("type", "file")
	field.Set("accept", accept)
	field.Set("multiple", multiple)
	var done js.Func
	done = js.FuncOf(func(js.Value, []js.Value) any {
		done.Release()
		files := js.Global().Get("Array").Call("from", field.Get("files"))
		p.post(func() { f(files) })
		return nil
	})
	field.Call("addEventListener", "change", done)
	field.Set("id", "teach-files")
	field.Set("hidden", true)
	if old := js.Global().Get("document").Call("getElementById", "teach-files"); !old.IsNull() {
		old.Call("remove")
	}
	js.Global().Get("document").Get("body").Call("append", field)
	field.Call("click")
}

// AddTaughtPictures lets the person choose pictures for a class.
func (p *Page) AddTaughtPictures(class int) {
	p.post(func() {
		p.choose("image/*", true, func(files js.Value) { p.addFiles(class, files) })
	})
}

// OpenTeachSet lets the person choose a zip of pictures by class.
func (p *Page) OpenTeachSet() {
	p.post(func() {
		p.choose(".zip", false, func(files js.Value) {
			if files.Length() > 0 {
				p.openTeachZip(files.Index(0))
			}
		})
	})
}

// addFiles adds pictures to a class, each as a burst of its own.
func (p *Page) addFiles(class int, files js.Value) {
	p.state.Teach.Trouble = ""
	for i := range files.Length() {
		file := files.Index(i)
		if !p.addPicture(class, p.state.Teach.Burst(), file, file.Get("name").String()) {
			break
		}
	}
	p.teachChanged()
}

// taughtClassAt is the class on whose place in the panel an event happened, 0 for none.
func taughtClassAt(event js.Value) (class int) {
	if el := event.Get("target").Call("closest", "[data-teach-class]"); el.Truthy() {
		class, _ = strconv.Atoi(el.Get("dataset").Get("teachClass").String())
	}
	return class
}

// dropTaught takes files that were dropped on the panel; false if they are not for it.
func (p *Page) dropTaught(class int, files js.Value) bool {
	if p.state.Tab != view.TabTeach || files.Length() == 0 {
		return false
	}
	name := files.Index(0).Get("name").String()
	switch {
	case strings.HasSuffix(strings.ToLower(name), ".zip"):
		p.openTeachZip(files.Index(0))
	case class != 0 && !isNetwork(name):
		p.addFiles(class, files)
	default:
		return false
	}
	return true
}

// openTeachZip adds the pictures of a zip to the classes of its folders' names.
func (p *Page) openTeachZip(file js.Value) {
	name, size := file.Get("name").String(), file.Get("size").Int()
	p.state.Teach.Trouble = ""
	go func() {
		set := testSet{blob: file}
		err := set.list(name, size)
		var names []string
		for _, e := range set.entries {
			names = append(names, e.Name)
		}
		classes := dataset.Classes(names)
		if err == nil && len(classes) == 0 {
			err = fmt.Errorf(p.state.Words().TeachNoZip, name)
		}
		if err != nil {
			p.post(func() { p.teachTrouble(err) })
			return
		}
		pictures, _ := dataset.Label(names, classes)
		var blobs []js.Value
		unread := 0
		for _, picture := range pictures[:min(len(pictures), teach.MaxExamples)] {
			blob, _, err := browser.Unzip(file, &set.entries[picture.At])
			if err != nil {
				blob = js.Undefined()
				unread++
			}
			blobs = append(blobs, blob)
		}
		p.post(func() {
			t := &p.state.Teach
			bursts := map[string]int{}
			for i, blob := range blobs {
				class := classes[pictures[i].Label]
				c := t.Find(class.En)
				if c == nil {
					c = p.emptyClass()
					if c != nil {
						t.Rename(c.ID, class.En)
					} else if c = t.AddClass(class.En, ""); c == nil {
						t.Trouble = fmt.Sprintf(p.state.Words().TeachFull, teach.MaxClasses)
						break
					}
				}
				if blob.IsUndefined() {
					continue
				}
				burst := teach.Burst(pictures[i].Name)
				if bursts[burst] == 0 {
					bursts[burst] = t.Burst()
				}
				file := pictures[i].Name[strings.LastIndexByte(pictures[i].Name, '/')+1:]
				if !p.addPicture(c.ID, bursts[burst], blob, file) {
					break
				}
			}
			if unread > 0 {
				t.Trouble = fmt.Sprintf(p.state.Words().TeachUnread, unread)
			}
			p.teachChanged()
		})
	}()
}

// emptyClass is a class that has its first name and no picture yet, or nil.
func (p *Page) emptyClass() *view.TaughtClass {
	for i, c := range p.state.Teach.Classes {
		if len(c.Examples) == 0 && c.Name == fmt.Sprintf(p.state.Words().TeachClassN, i+1) {
			return c
		}
	}
	return nil
}

func (p *Page) teachTrouble(err error) {
	p.state.Teach.Trouble = p.state.SetFault(err)
	p.renderSoon()
}

// SaveTeachSet saves the pictures as a zip by class, which opens here, as a test set, and with
// `sescope teach`.
func (p *Page) SaveTeachSet() {
	p.post(func() {
		type item struct {
			name string
			blob js.Value
		}
		var items []item
		for _, c := range p.state.Teach.Classes {
			frames := map[int]int{}
			for _, e := range c.Examples {
				pic := p.lessons.pictures[e.ID]
				frames[e.Burst]++
				name := teach.FrameName(e.Burst, frames[e.Burst], ".jpg")
				if pic.name != "" && pic.blob.Get("type").String() != "image/jpeg" {
					if dot := strings.LastIndexByte(pic.name, '.'); dot >= 0 {
						name = teach.FrameName(e.Burst, frames[e.Burst], strings.ToLower(pic.name[dot:]))
					}
				}
				items = append(items, item{dataset.FolderName(c.Name) + "/" + name, pic.blob})
			}
		}
		go func() {
			var parts []any
			var members []dataset.Member
			for _, it := range items {
				b, err := browser.ReadBlob(it.blob, 0, it.blob.Get("size").Int())
				if err != nil {
					continue // the file that it came from is gone
				}
				m := dataset.NewMember(it.name, b)
				members = append(members, m)
				parts = append(parts, bytesJS(m.Header()), it.blob)
			}
			parts = append(parts, bytesJS(dataset.DirectoryOf(members)))
			p.post(func() {
				save(js.Global().Get("Blob").New(parts, map[string]any{"type": "application/zip"}), "my-classes.zip")
			})
		}()
	})
}

// bytesJS is the same bytes for JavaScript.
func bytesJS(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}

// SaveTaught saves the taught network.
func (p *Page) SaveTaught() {
	p.post(func() {
		if own, ok := p.own[view.TaughtName]; ok {
			save(own.file, view.TaughtName)
		}
	})
}
