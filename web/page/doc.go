// Package page is the page's control: it owns the state, the camera and the stage, and talks to the
// worker.
//
// One goroutine owns everything. Callbacks from the browser and from Vugu only post a function to
// it, waiting for a promise happens in goroutines of their own, and renders run in it too; so
// nothing here needs a lock, and no lock is ever held across a wait.
package page
