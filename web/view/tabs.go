package view

// Tab is one of the panels below the first screen.
type Tab struct {
	ID    string
	Panel string // the element's id
	name  func(*Texts) string
}

// Tabs are the panels in their order: the keys 1 to 6 and the address's hash choose among them. The first is shown at the start.
var Tabs = []Tab{
	{"tutorial", "figs", func(t *Texts) string { return t.TutorialTab }},
}

// TabName is what a tab is called.
func (s *State) TabName(t Tab) string { return t.name(s.T()) }
