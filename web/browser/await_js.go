package browser

import "syscall/js"

// Error is a rejected promise or a failed load.
type Error struct {
	Name    string // the DOMException's name, for example "NotAllowedError"
	Message string
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// Await waits for a promise. It blocks the goroutine, so it must not run inside a callback from
// JavaScript, nor in the goroutine that owns the page's state.
func Await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	done := make(chan outcome, 1)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		var v js.Value
		if len(args) > 0 {
			v = args[0]
		}
		done <- outcome{value: v}
		return nil
	})
	catch := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- outcome{err: rejected(args)}
		return nil
	})
	defer then.Release()
	defer catch.Release()
	promise.Call("then", then, catch)
	o := <-done
	return o.value, o.err
}

// AwaitCall calls a method and waits for its promise; a method that throws, or that is missing, is
// an error like a rejection.
func AwaitCall(v js.Value, method string, args ...any) (value js.Value, err error) {
	var promise js.Value
	if err := Try(func() { promise = v.Call(method, args...) }); err != nil {
		return js.Undefined(), err
	}
	if promise.Type() != js.TypeObject || promise.Get("then").Type() != js.TypeFunction {
		return promise, nil
	}
	return Await(promise)
}

func rejected(args []js.Value) error {
	if len(args) == 0 || !args[0].Truthy() {
		return &Error{Name: "Error", Message: "no reason given"}
	}
	reason := args[0]
	if reason.Type() != js.TypeObject {
		return &Error{Name: "Error", Message: reason.String()}
	}
	return &Error{Name: reason.Get("name").String(), Message: reason.Get("message").String()}
}

// Listen adds an event listener that is never removed. f must not block.
func Listen(target js.Value, event string, f func(event js.Value)) {
	target.Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		if err := Try(func() { f(args[0]) }); err != nil && args[0].Get("isTrusted").Truthy() { // of made-up events nobody waits for
			Failed(err)
		}
		return nil
	}))
}

// ByID is the element of that id; a missing one is a fault of ours.
func ByID(id string) js.Value {
	v := js.Global().Get("document").Call("getElementById", id)
	if v.IsNull() {
		panic("browser: index.html has no element #" + id)
	}
	return v
}

// Now is performance.now() in milliseconds.
func Now() float64 { return js.Global().Get("performance").Call("now").Float() }

// Store keeps a setting; where storage is forbidden it does nothing.
func Store(key, value string) {
	_ = Try(func() { js.Global().Get("localStorage").Call("setItem", "sescope."+key, value) })
}

// Unstore forgets a setting.
func Unstore(key string) {
	defer func() { _ = recover() }()
	js.Global().Get("localStorage").Call("removeItem", "sescope."+key)
}

// Stored reads a setting, "" if there is none.
func Stored(key string) (value string) {
	_ = Try(func() {
		if v := js.Global().Get("localStorage").Call("getItem", "sescope."+key); v.Type() == js.TypeString {
			value = v.String()
		}
	})
	return value
}

// After calls f once, after some milliseconds. f must not block.
func After(ms float64, f func()) {
	var timer js.Func
	timer = js.FuncOf(func(js.Value, []js.Value) any {
		timer.Release()
		f()
		return nil
	})
	js.Global().Call("setTimeout", timer, ms)
}

// Visible tells whether the page can be seen; what nobody sees gets few frames or none.
func Visible() bool {
	return js.Global().Get("document").Get("visibilityState").String() == "visible"
}

// FetchText is the text of a file of the page's own server.
func FetchText(url string) (string, error) {
	response, err := Await(js.Global().Call("fetch", url))
	if err != nil {
		return "", err
	}
	if !response.Get("ok").Bool() {
		return "", &Error{Name: "Error", Message: url + ": " + response.Get("status").String()}
	}
	text, err := Await(response.Call("text"))
	if err != nil {
		return "", err
	}
	return text.String(), nil
}
