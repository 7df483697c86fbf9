package browser

import "syscall/js"

// Device is a camera; its label is known only after one was allowed.
type Device struct{ ID, Label string }

// Camera is one running camera in a video element.
type Camera struct {
	ID     string // of the device
	Front  bool   // it looks at the person, so people expect a mirror
	video  js.Value
	stream js.Value
	funcs  []js.Func
	closed bool
}

// OpenCamera asks for a camera and plays it in video; device "" is the browser's choice. ended is called once when the camera is
// unplugged or taken away, not after Close. It blocks: call it from a goroutine of its own. Errors are *Error.
func OpenCamera(video js.Value, device string, ended func()) (*Camera, error) {
	media := js.Global().Get("navigator").Get("mediaDevices")
	switch {
	case !media.Truthy() && !js.Global().Get("isSecureContext").Truthy():
		return nil, &Error{Name: "TypeError", Message: "no mediaDevices: not a secure context"}
	case !media.Truthy():
		return nil, &Error{Name: "NotSupportedError", Message: "no mediaDevices"}
	}
	wish := map[string]any{"width": map[string]any{"ideal": 640}, "height": map[string]any{"ideal": 480}}
	if device != "" {
		wish["deviceId"] = map[string]any{"exact": device}
	}
	stream, err := Await(media.Call("getUserMedia", map[string]any{"video": wish, "audio": false}))
	if err != nil {
		return nil, err
	}
	c := &Camera{video: video, stream: stream}
	track := stream.Call("getVideoTracks").Index(0)
	settings := track.Call("getSettings")
	if id := settings.Get("deviceId"); id.Type() == js.TypeString {
		c.ID = id.String()
	}
	facing := settings.Get("facingMode")
	c.Front = facing.Type() != js.TypeString || facing.String() != "environment"
	onEnded := js.FuncOf(func(js.Value, []js.Value) any {
		if !c.closed {
			ended()
		}
		return nil
	})
	c.funcs = append(c.funcs, onEnded)
	track.Call("addEventListener", "ended", onEnded)
	video.Set("srcObject", stream)
	if _, err := Await(video.Call("play")); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// EachFrame calls f for every frame that the camera delivers, until Close.
func (c *Camera) EachFrame(f func()) {
	name, target := "requestVideoFrameCallback", c.video
	if c.video.Get(name).Type() != js.TypeFunction {
		name, target = "requestAnimationFrame", js.Global()
	}
	var next js.Func
	next = js.FuncOf(func(js.Value, []js.Value) any {
		if !c.closed {
			target.Call(name, next)
			f()
		}
		return nil
	})
	c.funcs = append(c.funcs, next)
	target.Call(name, next)
}

// Size is the size of the camera's frames in pixels, 0 before the first.
func (c *Camera) Size() (w, h int) {
	return c.video.Get("videoWidth").Int(), c.video.Get("videoHeight").Int()
}

// Close switches the camera off.
func (c *Camera) Close() {
	c.closed = true
	tracks := c.stream.Call("getTracks")
	for i := range tracks.Length() {
		tracks.Index(i).Call("stop")
	}
	c.video.Set("srcObject", js.Null())
	// The functions stay: a callback that is already queued may still arrive, finds closed set and does nothing.
}

// DevicesChanged calls f when a camera or another device was plugged in or out. f must not block.
func DevicesChanged(f func()) {
	if media := js.Global().Get("navigator").Get("mediaDevices"); media.Truthy() {
		Listen(media, "devicechange", func(js.Value) { f() })
	}
}

// Cameras lists the cameras. It blocks.
func Cameras() []Device {
	media := js.Global().Get("navigator").Get("mediaDevices")
	if !media.Truthy() {
		return nil
	}
	list, err := Await(media.Call("enumerateDevices"))
	if err != nil {
		return nil
	}
	var cameras []Device
	for i := range list.Length() {
		if d := list.Index(i); d.Get("kind").String() == "videoinput" {
			cameras = append(cameras, Device{ID: d.Get("deviceId").String(), Label: d.Get("label").String()})
		}
	}
	return cameras
}
