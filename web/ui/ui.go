// Package ui is the page's markup: Vugu components over view.State. They decide nothing; what a
// control does is an Action.
//
// 0_components_gen.go is vugugen's output; `go generate ./web/ui` makes it, and a test compares.
package ui

//go:generate go run ./gen .

// Actions is what the controls can do. No method blocks and none changes the state before it
// returns.
type Actions interface {
	ChooseModel(name string)
	ChooseSample(i int)
	ChooseDevice(id string)
	ToggleCamera()
	OpenFile()
	ToggleFreeze()
	ToggleMirror()
	Snapshot()
	ChooseKind(kind string)
	ChooseColours(name string)
	ChooseOpacity(percent string)
	ChooseScale(fixed bool)
	ChooseClass(class int)
	PinClass(class string)
	ToggleDoubt()
	ChooseRank(rank string)
	ChooseRival(class string)
	ChooseTab(id string)
	CloseTab()
	OpenMenu(id string) // again: close it
	ShowHow()
	ChooseResize(how string)
	ToggleBrush()
	Undo()
	ShowExport()
	Share()
	ChooseLanguage(lang string)
	ToggleTheme()
	ShowHelp()
	ShowPrivacy()
	TabActions
}

// pressed is the value of aria-pressed and its like.
func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// pick is the conditional expression that markup lacks.
func pick(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}
