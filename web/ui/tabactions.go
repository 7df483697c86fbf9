package ui

// TabActions is what the panels below the first screen can do.
type TabActions interface {
	OpenChannel(channel int) // of the last convolution, in Feature maps
	ChooseLayer(name string) // in Feature maps
	FindDisagreement()       // in With and without SE; again: stop looking
	ChooseAuditBlock(index string)
	ToggleAudit()            // start, or cancel
	ChooseBits(index string) // of view.BitsSteps
	OpenNetwork()
	ToggleRound() // of the weights of the network that is opened next
	OpenTestFile()
	OpenTestFolder()
	ChooseVersus(choice string) // of view.TestVersus
	ChoosePart(part string)     // of view.TestParts
	ToggleTest()                // start, or cancel
	TurnTestPage(by int)
	OpenTestPicture(i int) // of the pictures of the chosen cell
	ChooseTestBlock(index string)
	SaveTest(asJSON bool)
	DownloadWeights()

	// In Teach; classes by view.TaughtClass.ID.
	AddTaught()
	RemoveTaught(class int)
	UndoTaught()
	AddTaughtPictures(class int)
	ShowAllTaught(class int) // or fewer again
	OpenTeachSet()
	SaveTeachSet()
	SaveTaught() // the network
	CompareTaught()
	ToggleKeep()
	ForgetTaught()
}
