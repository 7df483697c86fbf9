package ui

import (
	"strconv"
	"strings"

	"github.com/vugu/vjson"
	"github.com/vugu/vugu"
)

// The functions below are what gen makes of vugugen's longer code for the same.

// element appends a child to parent, if that is not nil: "p\x00class\x00about" is <p
// class="about">.
func element(parent *vugu.VGNode, tag string) *vugu.VGNode {
	n := &vugu.VGNode{Type: vugu.ElementNode}
	n.Data, tag, _ = strings.Cut(tag, "\x00")
	if tag != "" {
		n.Attr = make([]vugu.VGAttribute, 0, 4)
	}
	for tag != "" {
		var a vugu.VGAttribute
		a.Key, tag, _ = strings.Cut(tag, "\x00")
		a.Val, tag, _ = strings.Cut(tag, "\x00")
		n.Attr = append(n.Attr, a)
	}
	if parent != nil {
		parent.AppendChild(n)
	}
	return n
}

// drawing appends an element of SVG.
func drawing(parent *vugu.VGNode, tag string) *vugu.VGNode {
	n := element(parent, tag)
	n.Namespace = "svg"
	return n
}

// text appends a text.
func text(parent *vugu.VGNode, s string) *vugu.VGNode {
	n := &vugu.VGNode{Type: vugu.TextNode, Data: s}
	if parent != nil {
		parent.AppendChild(n)
	}
	return n
}

// content sets the text of an element (vg-content). Vugu 0.4 sends it as HTML and cuts that where
// its buffer ends, between any two bytes: half a character on each side would arrive as two of
// U+FFFD. So everything outside of ASCII is sent as a character reference, which may be cut.
func content(n *vugu.VGNode, s string) {
	special := func(r rune) bool { return r >= 0x80 || r == '<' || r == '&' }
	if strings.IndexFunc(s, special) >= 0 {
		b := make([]byte, 0, 4*len(s))
		for _, r := range s {
			if special(r) {
				b = append(strconv.AppendInt(append(b, "&#"...), int64(r), 10), ';')
			} else {
				b = append(b, byte(r))
			}
		}
		s = string(b)
	}
	n.InnerHTML = &s
}

// listen has handle called with a node's events.
func listen(n *vugu.VGNode, event string, handle func(vugu.DOMEvent)) {
	n.DOMEventHandlerSpecList = append(n.DOMEventHandlerSpecList, vugu.DOMEventHandlerSpec{EventType: event, Func: handle})
}

// property sets a property of the node in JavaScript.
func property(n *vugu.VGNode, key string, value any) {
	b, err := vjson.Marshal(value)
	if err != nil {
		panic(err)
	}
	n.Prop = append(n.Prop, vugu.VGProperty{Key: key, JSONVal: vjson.RawMessage(b)})
}
