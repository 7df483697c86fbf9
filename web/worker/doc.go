// Package worker is the network's side of the page: it answers protocol messages from inside a Web
// Worker.
package worker
