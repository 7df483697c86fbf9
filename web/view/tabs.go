package view

import "sescope/web/protocol"

// Tab is one of the panels below the first screen.
type Tab struct {
	ID   string
	name func(*State) string
}

// The panels.
const (
	TabTutorial = "tutorial"
	TabCompare  = "compare"
	TabMaps     = "maps"
	TabModel    = "model"
	TabTest     = "test"
	TabLearn    = "learn"
)

// Tabs are the panels in their order: the keys 1 to 6 and the address's hash choose among them. The first is shown at the start.
var Tabs = []Tab{
	{TabTutorial, func(s *State) string { return s.T().TutorialTab }},
	{TabCompare, func(s *State) string { return s.Words().CompareTab }},
	{TabMaps, func(s *State) string { return s.Words().MapsTab }},
	{TabModel, func(s *State) string { return s.Words().ModelTab }},
	{TabTest, func(s *State) string { return s.Words().TestTab }},
	{TabLearn, func(s *State) string { return s.Words().LearnTab }},
}

// Panel is the id of the tab's panel.
func (t Tab) Panel() string { return "panel-" + t.ID }

// TabName is what a tab is called.
func (s *State) TabName(t Tab) string { return t.name(s) }

// Look is what the open panel asks of a frame, nil for nothing.
func (s *State) Look() *protocol.Look {
	switch s.Tab {
	case TabMaps:
		choice := s.MapsChoice
		return &protocol.Look{Maps: &choice}
	case TabCompare:
		if twin := s.Twin(); twin != "" {
			return &protocol.Look{Twins: &protocol.TwinsLook{Twin: twin}}
		}
	case TabLearn:
		return &protocol.Look{Maps: &protocol.MapsLook{Channel: -1, Y: -1, X: -1}}
	case TabModel:
		return &protocol.Look{Times: true}
	}
	return nil
}
