// Package e2e tests the page in headless Chromium, over the real server, with a fake camera whose film the tests make:
//
//	cd web/e2e && go test -count=1 ./...
//
// Every test has a browser context of its own, and fails if the page logs an error, throws, violates the content security policy,
// loses a request or asks any other host, unless the test provoked exactly that.
//
// SESCOPE_DIST names a packed folder to test instead of packing one; SESCOPE_CHROME a browser; SESCOPE_SHOTS a folder for
// screenshots. Without a browser the tests are skipped, unless CI=true.
package e2e
