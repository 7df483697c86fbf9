package main

import (
	"strings"
	"testing"
)

func TestCompact(t *testing.T) {
	const node = `vgn = &vugu.VGNode{Type: vugu.VGNodeType(`
	for _, c := range []struct{ name, source, want string }{
		{"an element", node + "3), Namespace: \"\", Data: \"p\", Attr: []vugu.VGAttribute{{Namespace: \"\", Key: \"class\", Val: \"a \\\"b\\\"\"}, vugu.VGAttribute{Namespace: \"\", Key: \"hidden\", Val: \"\"}}}\n\tvgparent.AppendChild(vgn)\n",
			`vgn = element(vgparent, "p\x00class\x00a \"b\"\x00hidden\x00")` + "\n"},
		{"the first of a component", node + "3), Namespace: \"\", Data: \"p\", Attr: []vugu.VGAttribute(nil)}\nvgout.Out = append(vgout.Out, vgn)\n", "vgn = element(nil, \"p\")\nvgout.Out = append(vgout.Out, vgn)\n"},
		{"SVG", node + "3), Namespace: \"svg\", Data: \"path\", Attr: []vugu.VGAttribute(nil)}\nvgparent.AppendChild(vgn)\n", "vgn = drawing(vgparent, \"path\")\n"},
		{"a text", node + "1), Data: \"\\n  \"}\nvgparent.AppendChild(vgn)\n", "vgn = text(vgparent, \"\\n  \")\n"},
		{"a namespace that is not known", node + "3), Namespace: \"math\", Data: \"mi\", Attr: []vugu.VGAttribute(nil)}\n", node + "3), Namespace: \"math\", Data: \"mi\", Attr: []vugu.VGAttribute(nil)}\n"},
		{"a comment", node + "4), Data: \"x\"}\n", node + "4), Data: \"x\"}\n"},
		{"a listener", "vgn.DOMEventHandlerSpecList = append(vgn.DOMEventHandlerSpecList, vugu.DOMEventHandlerSpec{\n\tEventType: \"click\",\n\tFunc:      func(event vugu.DOMEvent) { c.A.Undo() },\n\t// TODO: implement capture\n})\n",
			"listen(vgn, \"click\", func(event vugu.DOMEvent) { c.A.Undo() })\n"},
		{"a text", "vgn.SetInnerHTML(c.S.T().AboutModel)\n", "content(vgn, c.S.T().AboutModel)\n"},
		{"a property", "{\n\tb, err := vjson.Marshal(i == c.S.Block)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n\tvgn.Prop = append(vgn.Prop, vugu.VGProperty{Key: \"selected\", JSONVal: vjson.RawMessage(b)})\n}\n", "property(vgn, \"selected\", i == c.S.Block)\n"},
	} {
		if got := string(compact([]byte(c.source))); got != c.want {
			t.Errorf("%s: got %s, expected %s", c.name, strings.TrimSpace(got), strings.TrimSpace(c.want))
		}
	}
}
