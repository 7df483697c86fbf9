package ui

import (
	"bytes"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vugu/vugu"

	"sescope/nn"
	"sescope/web/protocol"
	"sescope/web/view"
)

// The committed Go is what vugugen makes of the components.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	files, _ := filepath.Glob("*.vugu")
	for _, f := range append(files, "ui.go") {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b, []byte("\n")); strings.HasSuffix(f, ".vugu") && n > 150 {
			t.Errorf("%s has %d lines, at most 150 are markup that one reads", f, n)
		}
		if err := os.WriteFile(filepath.Join(dir, f), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatal("no components found")
	}
	if out, err := exec.Command("go", "run", "./gen", dir).CombinedOutput(); err != nil {
		t.Fatalf("go run ./gen: %v\n%s", err, out)
	}
	const name = "0_components_gen.go"
	want, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what vugugen makes: run go generate ./web/ui", name)
	}
}

// nothing is an Actions that does nothing; a build must not call it.
type nothing struct{ Actions }

// build renders the page to elements, without a browser.
func build(t *testing.T, s *view.State) *vugu.VGNode {
	t.Helper()
	var mu sync.RWMutex
	env, err := vugu.NewBuildEnv(vugu.NewEventEnvImpl(&mu, make(chan bool, 1)))
	if err != nil {
		t.Fatal(err)
	}
	results := env.RunBuild(&Root{S: s, A: nothing{}})
	return expand(results, results.Out.Out[0])
}

// expand puts the components' own elements in the place of their references.
func expand(results *vugu.BuildResults, n *vugu.VGNode) *vugu.VGNode {
	if n.Component != nil {
		return expand(results, results.ResultFor(n.Component).Out[0])
	}
	copied := &vugu.VGNode{Type: n.Type, Data: n.Data, Attr: n.Attr}
	if n.InnerHTML != nil {
		text := html.UnescapeString(*n.InnerHTML)
		copied.InnerHTML = &text
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		copied.AppendChild(expand(results, c))
	}
	return copied
}

func attr(n *vugu.VGNode, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// find returns every element below n for which f holds.
func find(n *vugu.VGNode, f func(*vugu.VGNode) bool) []*vugu.VGNode {
	var list []*vugu.VGNode
	if f(n) {
		list = append(list, n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		list = append(list, find(c, f)...)
	}
	return list
}

func byID(t *testing.T, root *vugu.VGNode, id string) *vugu.VGNode {
	t.Helper()
	list := find(root, func(n *vugu.VGNode) bool { return attr(n, "id") == id })
	if len(list) != 1 {
		t.Fatalf("%d elements #%s, want 1", len(list), id)
	}
	return list[0]
}

func withResult() *view.State {
	s := view.NewState()
	m := &protocol.Model{Name: "net", Kinds: []nn.Kind{"gradcam", "activation"}, Ranks: []string{"mean", "gate", "gategrad"}, GatesHead: true, LastConv: "conv3", Side: 32, Classes: []nn.Class{{En: "cat"}, {En: "ship"}},
		Note: map[string]string{"en": "a teaching network"}}
	s.Adopt(m)
	s.Ready, s.Sample = true, view.SampleAt("ship")
	s.Shown = &view.Shown{File: "ship.svg", Truth: 1, Model: m, Result: &protocol.Result{N: 2, Probs: []float32{.2, .8}, Class: 1, Want: s.Want(),
		Gates: []protocol.Excitation{{Excitation: nn.Excitation{Layer: "se1", Kind: "se", Map: nn.Shape{H: 4, W: 4, C: 3}, Activation: "relu", Function: "sigmoid",
			Squeezes: []nn.Squeeze{{Pool: "mean", Width: 1, Values: []float32{1, 2, 3}, Before: []float32{1}, Hidden: []float32{1}}}, Logits: []float32{-9, 0, 9}, Own: []float32{0, .5, 1}, Scale: []float32{0, .5, 1}}}}, Heat: protocol.Plane{W: 1, H: 1, Data: []float32{1}}}}
	return s
}

func TestPageShowsResult(t *testing.T) {
	root := build(t, withResult())
	rows := find(byID(t, root, "predictions"), func(n *vugu.VGNode) bool { return n.Data == "button" })
	if len(rows) != 2 || attr(rows[0], "class") != "top" {
		t.Errorf("%d predictions, the first of class %q, want 2 and top", len(rows), attr(rows[0], "class"))
	}
	s := withResult()
	s.Tab = view.TabModel
	if note := byID(t, build(t, s), "model-note"); note.InnerHTML == nil || *note.InnerHTML != "a teaching network" {
		t.Error("the network's note is not shown")
	}
	if attr(byID(t, root, "sample-ship"), "aria-pressed") != "true" || attr(byID(t, root, "sample-cat"), "aria-pressed") != "false" {
		t.Error("the chosen sample is not marked")
	}
	if attr(byID(t, root, "freeze"), "disabled") == "" || attr(byID(t, root, "camera"), "disabled") != "" {
		t.Error("without a camera freeze is off and the camera can be used")
	}
}

// Before the first result nothing can be pressed that needs it, and nothing is claimed.
func TestPageBeforeFirstResult(t *testing.T) {
	root := build(t, view.NewState())
	for _, id := range []string{"camera", "open", "model", "snapshot"} {
		if attr(byID(t, root, id), "disabled") == "" {
			t.Errorf("#%s can be used before the network is there", id)
		}
	}
	if a := byID(t, root, "verdict"); a.InnerHTML != nil && *a.InnerHTML != "" {
		t.Errorf("verdict %q before the first result", *a.InnerHTML)
	}
}

// Every control has a name: its text, or a label in the page's language.
func TestControlsHaveNames(t *testing.T) {
	s := withResult()
	s.Lang = "zh"
	for _, n := range find(build(t, s), func(n *vugu.VGNode) bool { return n.Data == "button" }) {
		text := n.InnerHTML != nil && *n.InnerHTML != "" || n.FirstChild != nil
		icon := n.FirstChild != nil && n.FirstChild.Data == "svg" && n.FirstChild.NextSibling == nil
		if attr(n, "aria-label") == "" && (!text || icon) {
			t.Errorf("button %q has no name", attr(n, "id"))
		}
	}
}

// No cut between two bytes of a text changes what the page shows: Vugu makes one where its buffer
// ends.
func TestContentMayBeCut(t *testing.T) {
	const text = "–  a < b & c > d: \"é\", 通道注意力 ×3 𝛼"
	var n vugu.VGNode
	content(&n, text)
	for _, r := range *n.InnerHTML {
		if r >= 0x80 {
			t.Fatalf("%q holds %q, half of which says nothing", *n.InnerHTML, r)
		}
	}
	generated, err := os.ReadFile("0_components_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(generated)) {
		if strings.Contains(line, "SetInnerHTML") && strings.IndexFunc(line, func(r rune) bool { return r >= 0x80 }) >= 0 {
			t.Errorf("HTML that must not be cut: %s", strings.TrimSpace(line))
		}
	}
	if got := html.UnescapeString(*n.InnerHTML); got != text || strings.Contains(*n.InnerHTML, "<") {
		t.Errorf("%q is shown as %q, expected %q", *n.InnerHTML, got, text)
	}
}

// Every tab of the table has markup: its panel is built when it is open, and only then.
func TestEveryTab(t *testing.T) {
	s := withResult()
	for _, open := range view.Panels() {
		s.Tab = open.ID
		root := build(t, s)
		for _, tab := range view.Panels() {
			parts := 0
			for c := byID(t, root, tab.Panel()).FirstChild; c != nil; c = c.NextSibling {
				if c.Type == vugu.ElementNode && c.Data != "i" || c.Component != nil {
					parts++
				}
			}
			if (parts > 0) != (tab.ID == open.ID) {
				t.Errorf("%s is open: the panel of %s has %d parts", open.ID, tab.ID, parts)
			}
		}
	}
}
