// Package e2e tests the page in Chromium, Firefox and WebKitGTK, over the real server, with a fake
// camera:
//
//	cd web/e2e && go test -count=1 ./...
//
// Chromium is driven over its own protocol (chromedp) and runs every test; its camera shows a film
// that the tests make. Firefox runs those where browsers differ (inBoth), over WebDriver BiDi:
// socket_test.go and bidi_test.go are all the client that it takes. Safari's engine, WebKitGTK,
// opens the page, its camera and its samples (safari_test.go), over WebDriver and on a screen of
// its own.
//
// Every test has a browser context of its own, and fails if the page logs an error, throws,
// violates the content security policy, loses a request or asks any other host, unless the test
// provoked exactly that.
//
// SESCOPE_DIST names a packed folder to test instead of packing one; SESCOPE_CHROME,
// SESCOPE_FIREFOX and SESCOPE_WEBKIT (a MiniBrowser) browsers; SESCOPE_SHOTS a folder for
// screenshots; SESCOPE_SHOTS_UPDATE=1 makes the reference pictures anew; SESCOPE_SOAK how long the
// memory test lasts. Without Chromium all tests are skipped, without Firefox or WebKitGTK their
// own, unless CI=true.
package e2e
