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
	track  js.Value
	muted  bool // its source says that it has nothing to show
	closed bool
}

// OpenCamera asks for a camera and plays it in video; device "" is the browser's choice. ended is
// called once when the camera is unplugged or taken away, not after Close. Whether frames come is
// for EachFrame to see: a video may wait for its first one for ever. It blocks: call it from a
// goroutine of its own. Errors are *Error.
func OpenCamera(video js.Value, device string, ended func()) (c *Camera, err error) {
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
	stream, err := AwaitCall(media, "getUserMedia", map[string]any{"video": wish, "audio": false})
	if err != nil {
		return nil, err
	}
	c = &Camera{video: video, stream: stream}
	if err := Try(func() { c.play(ended) }); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Camera) play(ended func()) {
	c.track = c.stream.Call("getVideoTracks").Index(0)
	settings := c.track.Call("getSettings")
	if id := settings.Get("deviceId"); id.Type() == js.TypeString {
		c.ID = id.String()
	}
	facing := settings.Get("facingMode")
	c.Front = facing.Type() != js.TypeString || facing.String() != "environment"
	c.track.Call("addEventListener", "ended", js.FuncOf(func(js.Value, []js.Value) any {
		if !c.closed {
			ended()
		}
		return nil
	}))
	for name, muted := range map[string]bool{"mute": true, "unmute": false} {
		c.track.Call("addEventListener", name, js.FuncOf(func(js.Value, []js.Value) any {
			if c.muted = muted; !muted {
				c.Wake()
			}
			return nil
		}))
	}
	c.video.Set("srcObject", c.stream)
	c.Wake()
}

// Wake plays the video: at the beginning, and when the system or the browser had stopped it.
func (c *Camera) Wake() {
	if !c.closed {
		go AwaitCall(c.video, "play") // whether it helps is seen by the frames that come
	}
}

// Rest stops the video, not the camera: no frame is decoded or painted until Wake.
func (c *Camera) Rest() { _ = Try(func() { c.video.Call("pause") }) }

// delivers tells that the video shows what the camera sees. What a muted track delivers is black in
// some browsers, and Chromium paints a black frame when a track has ended, perhaps before the page
// is told.
func (c *Camera) delivers() bool {
	return !c.closed && !c.muted && c.track.Get("readyState").String() == "live"
}

// EachFrame calls f for every frame that the camera delivers, until Close.
func (c *Camera) EachFrame(f func()) {
	name, target := "requestVideoFrameCallback", c.video
	fresh := func() bool { return true }
	if c.video.Get(name).Type() != js.TypeFunction {
		name, target = "requestAnimationFrame", js.Global()
		last := -1.
		fresh = func() bool { // the screen's frames are not the camera's
			now := c.video.Get("currentTime").Float()
			moved := now != last
			last = now
			return moved
		}
	}
	var next js.Func
	next = js.FuncOf(func(js.Value, []js.Value) any {
		if !c.closed {
			target.Call(name, next)
			if fresh() && c.delivers() {
				f()
			}
		}
		return nil
	})
	target.Call(name, next)
}

// Size is the size of the camera's frames in pixels, 0 before the first and when it delivers none.
func (c *Camera) Size() (w, h int) {
	if !c.delivers() {
		return 0, 0
	}
	return c.video.Get("videoWidth").Int(), c.video.Get("videoHeight").Int()
}

// Close switches the camera off.
func (c *Camera) Close() {
	c.closed = true
	_ = Try(func() {
		tracks := c.stream.Call("getTracks")
		for i := range tracks.Length() {
			tracks.Index(i).Call("stop")
		}
		c.video.Set("srcObject", js.Null())
	})
	// The functions stay: a callback that is already queued may still arrive, finds closed set and
	// does nothing.
}

// MayAskForCamera tells whether the page's surroundings let it ask for a camera: the page that
// embeds it, and the server that sends it. Browsers that do not tell are believed to allow a page
// of its own, and not one in a frame: there a person's refusal looks the same.
func MayAskForCamera() (may, framed bool) {
	document := js.Global().Get("document")
	framed = !js.Global().Get("parent").Equal(js.Global().Get("window"))
	may = !framed
	for _, name := range []string{"permissionsPolicy", "featurePolicy"} {
		_ = Try(func() {
			if policy := document.Get(name); policy.Truthy() {
				may = policy.Call("allowsFeature", "camera").Bool()
			}
		})
	}
	return may, framed
}

// DevicesChanged calls f when a camera or another device was plugged in or out. f must not block.
func DevicesChanged(f func()) {
	_ = Try(func() {
		if media := js.Global().Get("navigator").Get("mediaDevices"); media.Truthy() {
			Listen(media, "devicechange", func(js.Value) { f() })
		}
	})
}

// Cameras lists the cameras. It blocks.
func Cameras() []Device {
	media := js.Global().Get("navigator").Get("mediaDevices")
	if !media.Truthy() {
		return nil
	}
	list, err := AwaitCall(media, "enumerateDevices")
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
