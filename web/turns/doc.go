// Package turns decides whose turn it is: which frame or job a worker is given next, what of its
// answers is still wanted, what happens when a worker ends or falls silent, and in which order the
// pieces of a test set count. It holds no pixels and knows no browser, so that every race is played
// by a native test; package page does what it decides.
//
// All of it belongs to one goroutine.
package turns
