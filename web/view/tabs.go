package view

import (
	"slices"

	"sescope/web/protocol"
)

// Tab is one of the panels below the first screen. What its canvases paint, and what pointer and
// keys do on them, stands in web/page's table of tabs, its markup in web/ui/panels.vugu.
type Tab struct {
	ID    string                      // in the address's hash and in the ids of tab and panel
	Key   string                      // on the keyboard
	Icon  string                      // of index.html
	Label [2]string                   // English, Chinese
	Word  [2]string                   // the same for a phone's bar, where there is little room
	look  func(*State) *protocol.Look // what it asks of a frame; nil where the result says all
}

// The panels.
const (
	TabCompare = "compare"
	TabMaps    = "maps"
	TabModel   = "model"
	TabTest    = "test"
	TabTeach   = "teach"
	TabLearn   = "learn"
)

// TabTutorial is what links of old call the tutorial's figure, which Feature maps begins with now.
const TabTutorial = "tutorial"

// Tabs are the panels in their order. None is open at the start.
var Tabs = []Tab{
	{TabLearn, "1", "#i-play", [2]string{"Show me how", "演示原理"}, [2]string{"How", "演示"}, (*State).WalkLook},
	{TabCompare, "2", "#i-cmp", [2]string{"Compare", "对比"}, [2]string{"Compare", "对比"}, (*State).CompareLook},
	{TabMaps, "3", "#i-grid", [2]string{"Feature maps", "特征图"}, [2]string{"Maps", "特征图"}, lookMaps},
	{TabTeach, "4", "#i-teach", [2]string{"Teach", "教它"}, [2]string{"Teach", "教它"}, lookTeach},
	{TabTest, "5", "#i-test", [2]string{"Test set", "测试集"}, [2]string{"Tests", "测试"}, nil},
	{TabModel, "6", "#i-net", [2]string{"Model", "模型"}, [2]string{"Model", "模型"}, func(*State) *protocol.Look { return &protocol.Look{Times: true} }},
}

func lookMaps(s *State) *protocol.Look {
	choice := s.MapsChoice
	return &protocol.Look{Maps: &choice}
}

// CompareLook asks what the networks of the family say about a frame.
func (s *State) CompareLook() *protocol.Look {
	if family := s.Family(); family != nil {
		family = slices.DeleteFunc(slices.Clone(family), func(name string) bool { return s.Compare.Failed[name] })
		return &protocol.Look{Compare: &protocol.CompareLook{Family: family}}
	}
	return nil
}

// lookTeach asks for nothing, and has its picture painted with every frame all the same.
func lookTeach(*State) *protocol.Look { return &protocol.Look{} }

// Panels are the tabs with a panel in the page: the walk has a dialog.
func Panels() []Tab {
	return slices.DeleteFunc(slices.Clone(Tabs), func(t Tab) bool { return t.ID == TabLearn })
}

// Panel is the id of what the tab opens.
func (t Tab) Panel() string {
	if t.ID == TabLearn {
		return "walk"
	}
	return "panel-" + t.ID
}

// FindTab is the tab of an ID; ok is false if there is none.
func FindTab(id string) (t Tab, ok bool) {
	i := slices.IndexFunc(Tabs, func(t Tab) bool { return t.ID == id })
	if i < 0 {
		return t, false
	}
	return Tabs[i], true
}

// TabName is what the tab of an ID is called.
func (s *State) TabName(id string) string {
	t, _ := FindTab(id)
	return t.Label[s.lang()]
}

// TabWord is its name where there is little room.
func (s *State) TabWord(id string) string {
	t, _ := FindTab(id)
	return t.Word[s.lang()]
}

// Showing is the tab that has the person's eyes: the walk, which stands before the page and leaves
// it as it is, or the open panel.
func (s *State) Showing() string {
	if s.Walk.Open {
		return TabLearn
	}
	return s.Tab
}

// Look is what the open panel asks of a frame, nil for nothing.
func (s *State) Look() *protocol.Look {
	if t, _ := FindTab(s.Showing()); t.look != nil {
		return t.look(s)
	}
	return nil
}

// Answered tells whether the open panel has what it asks for.
func (s *State) Answered() bool {
	t, _ := FindTab(s.Showing())
	return t.look == nil || s.Panel != nil
}
