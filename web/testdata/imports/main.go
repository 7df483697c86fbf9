//go:build js

// Command imports does what Vugu and the page do with a browser that is not kind to them; see
// TestGoImports.
package main

import (
	"fmt"
	"syscall/js"
)

func main() {
	window := js.Global().Get("window")
	fmt.Println("first eval:", window.Call("eval", "1 + 1").Type())
	fmt.Println("second eval:", window.Call("eval", "1 + 1").Int())
	fmt.Println("another method of four letters:", window.Call("evil").String())
	fmt.Println("a property that throws:", window.Get("localStorage").Type(), window.Get("after").String())
	window.Set("readonly", 1)
	fmt.Println("set:", window.Get("readonly").Type())
	func() {
		defer func() { fmt.Println("a method that throws:", recover()) }()
		window.Call("throws")
	}()
	fmt.Println("the end")
}
