package browser

import (
	"strings"
	"syscall/js"
)

// Try runs f and returns what the browser threw in it, or that it lacks what f calls, as *Error.
// Every Web API may throw, by a setting, a policy, an extension or a fault; none of that may end
// the program.
func Try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = rejected([]js.Value{r.Value})
		case *js.ValueError:
			err = &Error{"TypeError", r.Error()}
		case string:
			if !strings.HasPrefix(r, "syscall/js: ") { // "Value.Call: property x is not a function"
				panic(r)
			}
			err = &Error{"TypeError", r}
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// Failed is told what the browser threw in a listener.
var Failed = func(error) {}

// Capture lets an element have all that a pointer does until it is released. Pointers that a
// program made up have no such thing, and the browser throws.
func Capture(el, event js.Value) {
	_ = Try(func() { el.Call("setPointerCapture", event.Get("pointerId")) })
}
