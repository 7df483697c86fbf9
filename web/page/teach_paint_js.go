package page

import (
	"fmt"
	"slices"
	"strconv"
	"syscall/js"

	"sescope/nn/teach"
	"sescope/web/browser"
	"sescope/web/view"
)

// teachPaint remembers what the panel's own elements show, so that a thumbnail that is there is not
// made anew.
type teachPaint struct {
	shown  map[string][]int // numbers of pictures, by the id of their list
	matrix string           // what the confusion was made of
}

// tellSide is the width of a portrait beside a picture, in real pixels.
const tellSide = 96

// viewSide is the width of the panel's picture in real pixels.
const viewSide = 512

// paintTeach paints the panel's picture and brings its lists up to date.
func (p *Page) paintTeach() {
	if c := browser.Slot("teach-view"); c != nil && p.stage.frame != nil {
		if c.El.Get("width").Int() != viewSide {
			c.El.Set("width", viewSide)
			c.El.Set("height", viewSide)
		}
		c.Side = viewSide
		c.Draw(p.stage.picture, 1)
		if p.stage.heat.El.Get("dataset").Get("off").IsUndefined() {
			c.Draw(p.stage.heat, 1)
		}
	}
	p.paintLists()
}

// paintLists brings thumbnails and confusion up to date.
func (p *Page) paintLists() {
	t, w := &p.state.Teach, p.state.Words()
	paint := &p.lessons.paint
	p.paintNames(0)
	if paint.shown == nil {
		paint.shown = map[string][]int{}
	}
	for _, c := range t.Classes {
		list := c.Examples
		if t.Open != c.ID && len(list) > view.TeachShown {
			list = list[len(list)-view.TeachShown:] // the latest: what is being recorded is seen
		}
		var ids []int
		for _, e := range list {
			ids = append(ids, e.ID)
		}
		first := len(c.Examples) - len(list)
		p.paintThumbs(fmt.Sprintf("teach-thumbs-%d", c.ID), ids, "example", func(i int) string { return fmt.Sprintf(w.TeachThumb, first+i+1, c.Name) })
	}
	ids := t.InCell(t.Cell[0], t.Cell[1])
	ids = ids[:min(len(ids), 2*view.TeachShown)]
	p.paintThumbs("teach-cell-slot", ids, "seen", func(int) string { return p.state.TeachCellText() })
	p.paintMatrix()
	p.paintTelling()
}

// paintTelling gives every channel the picture on which it is highest, and what it responds to
// where the network has portraits.
func (p *Page) paintTelling() {
	document := js.Global().Get("document")
	channels := p.state.TellingChannels()
	places := document.Call("querySelectorAll", "[data-tell]")
	for i := range places.Length() {
		place := places.Index(i)
		id, _ := strconv.Atoi(place.Get("dataset").Get("tell").String())
		url := p.lessons.pictures[id].url // "" where it was removed
		image := place.Get("firstChild")
		switch {
		case url == "":
			place.Call("replaceChildren")
			continue
		case image.IsNull():
			image = document.Call("createElement", "img")
			image.Set("alt", "")
			place.Call("append", image)
		}
		if image.Get("src").String() != url {
			image.Set("src", url)
		}
		if i < len(channels) {
			p.paintTellingPortrait(place, channels[i].Channel)
		}
	}
}

// paintTellingPortrait puts the portrait of a channel that the head reads over a corner of its
// picture.
func (p *Page) paintTellingPortrait(place js.Value, channel int) {
	s, head := p.state.Shown, p.state.HeadBlock()
	if s == nil || s.Result == nil || head < 0 || s.Model.Name != view.TaughtName && s.Model.Name != p.state.Teach.Base {
		return
	}
	layer, key := s.Result.Gates[head].Layer, fmt.Sprint(p.state.Teach.Base, channel)
	el := place.Get("lastChild")
	if el.Get("tagName").String() != "CANVAS" {
		if _, _, ok := p.portraits.layout.At(layer, channel); !ok {
			return
		}
		c := browser.NewCanvas(tellSide, false)
		place.Call("append", c.El)
		el = c.El
	}
	if el.Get("dataset").Get("channel").Equal(js.ValueOf(key)) {
		return
	}
	c := &browser.Canvas{El: el, Ctx: el.Call("getContext", "2d"), Side: tellSide}
	if p.portrait(c, layer, channel, tellSide) {
		el.Get("dataset").Set("channel", key)
	} else { // another network, without portraits
		el.Call("remove")
	}
}

// paintThumbs makes a list show these pictures; those that it shows already stay.
func (p *Page) paintThumbs(id string, ids []int, key string, label func(i int) string) {
	document := js.Global().Get("document")
	list := document.Call("getElementById", id)
	if list.IsNull() {
		return
	}
	children := list.Get("children")
	shown := p.lessons.paint.shown[id]
	is := func(i int) bool { // Vugu may have given the place to another class
		return children.Index(i).Get("firstChild").Get("dataset").Get(key).String() == strconv.Itoa(shown[i])
	}
	if n := len(shown); children.Length() != n || n > 0 && !(is(0) && is(n-1)) {
		shown = nil
		list.Call("replaceChildren")
	}
	for i := 0; i < len(shown); { // what went
		if slices.Contains(ids, shown[i]) {
			i++
			continue
		}
		children.Index(i).Call("remove")
		shown = slices.Delete(slices.Clone(shown), i, i+1)
	}
	for i, example := range ids {
		if i < len(shown) && shown[i] == example {
			continue
		}
		li, button, image := document.Call("createElement", "li"), document.Call("createElement", "button"), document.Call("createElement", "img")
		button.Set("type", "button")
		button.Get("dataset").Set(key, strconv.Itoa(example))
		image.Set("alt", "")
		image.Set("width", 46)
		image.Set("height", 46)
		image.Set("src", p.lessons.pictures[example].url)
		button.Call("append", image)
		li.Call("append", button)
		if i < children.Length() {
			list.Call("insertBefore", li, children.Index(i))
		} else {
			list.Call("append", li)
		}
		shown = slices.Insert(slices.Clone(shown), min(i, len(shown)), example)
	}
	for i := range shown {
		if i < children.Length() {
			button := children.Index(i).Get("firstChild")
			if text := label(i); button.Get("title").String() != text {
				button.Set("title", text)
				button.Call("setAttribute", "aria-label", text)
			}
		}
	}
	p.lessons.paint.shown[id] = shown
}

// paintMatrix makes the confusion a table of buttons, anew when its numbers, names or language
// changed.
func (p *Page) paintMatrix() {
	t, w := &p.state.Teach, p.state.Words()
	document := js.Global().Get("document")
	slot := document.Call("getElementById", "teach-matrix-slot")
	if slot.IsNull() || t.Tested == nil || !t.Tested.Tested() {
		return
	}
	now := fmt.Sprint(t.Tested.Turn, t.Tested.Confusion, t.Names, t.Cell, p.state.Lang)
	if now == p.lessons.paint.matrix && slot.Get("childElementCount").Int() > 0 {
		return
	}
	focused := document.Get("activeElement")
	again := focused.Truthy() && slot.Call("contains", focused).Bool()
	p.lessons.paint.matrix = now
	element := func(parent js.Value, tag, text string) js.Value {
		el := document.Call("createElement", tag)
		el.Set("textContent", text)
		parent.Call("append", el)
		return el
	}
	slot.Call("replaceChildren")
	table := element(slot, "table", "")
	table.Call("setAttribute", "aria-label", w.TeachAxes)
	head := element(element(table, "thead", ""), "tr", "")
	element(head, "td", "")
	for _, name := range t.Names {
		element(head, "th", name).Call("setAttribute", "scope", "col")
	}
	body := element(table, "tbody", "")
	for was, row := range t.Tested.Confusion {
		line := element(body, "tr", "")
		element(line, "th", t.Names[was]).Call("setAttribute", "scope", "row")
		of := 0
		for _, n := range row {
			of += n
		}
		for said, n := range row {
			button := element(element(line, "td", ""), "button", strconv.Itoa(n))
			button.Set("type", "button")
			button.Get("dataset").Set("cell", strconv.Itoa(was*teach.MaxClasses+said))
			button.Call("setAttribute", "aria-label", fmt.Sprintf(w.TeachCellLabel, t.Names[was], t.Names[said], n))
			button.Call("setAttribute", "aria-pressed", strconv.FormatBool(t.Cell == [2]int{was, said}))
			kind := "none"
			switch {
			case was == said && n > 0:
				kind = "right"
			case n > 0:
				kind = "wrong"
			}
			button.Set("className", kind)
		}
	}
	if again {
		slot.Call("querySelector", "[aria-pressed=true]").Call("focus")
	}
}

// paintNames writes the classes' names into their fields, but not where a person is typing; that of
// class in any case.
func (p *Page) paintNames(class int) {
	document := js.Global().Get("document")
	for _, c := range p.state.Teach.Classes {
		field := document.Call("getElementById", fmt.Sprintf("teach-name-%d", c.ID))
		if field.Truthy() && (c.ID == class || !field.Equal(document.Get("activeElement"))) && field.Get("value").String() != c.Name {
			field.Set("value", c.Name)
		}
	}
}

// chooseTaughtCell shows the pictures of a cell of the confusion.
func (p *Page) chooseTaughtCell(n int) {
	t := &p.state.Teach
	t.Cell = [2]int{n / teach.MaxClasses, n % teach.MaxClasses}
	p.panel.due = true
	p.renderSoon()
}

// showExample opens a picture of the classes on the stage.
func (p *Page) showExample(id int) {
	pic, ok := p.lessons.pictures[id]
	if !ok {
		return
	}
	label, name := "", pic.name
	for _, c := range p.state.Teach.Classes {
		if slices.ContainsFunc(c.Examples, func(e view.TaughtExample) bool { return e.ID == id }) {
			label = c.Name
		}
	}
	if name == "" {
		name = label + ".jpg"
	}
	p.openLabelled(pic.blob, name, label)
}
