package page

import (
	"errors"
	"slices"

	"sescope/nn/picture"
	"sescope/web/browser"
	"sescope/web/turns"
	"sescope/web/view"
)

// How long in milliseconds a camera may take for its first frame, and later ones until their rate
// is stale and until the page says so. They are looked at every second.
const (
	firstFrame = 4000
	lateFrame  = 1500
	goneFrame  = 4000
	checkEvery = 1000
)

// cameras is the one open camera and its settings.
type cameras struct {
	open    *browser.Camera
	asking  bool   // the browser's permission prompt may be up
	wish    string // the device that was chosen last, perhaps while another one is asked for
	mirror  *bool  // what the person chose; nil follows the device: a front camera is a mirror
	pulse   turns.Pulse
	checked bool    // a check of the pulse is due
	counted float64 // when the last result of the camera was shown
	gap     float64 // ms between two results, smoothed
}

// live tells that frames go to the network.
func (c *cameras) live(s *view.State) bool { return c.open != nil && !s.Frozen }

// count keeps the rate of results, smoothed over about ten.
func (c *cameras) count(s *view.State) {
	if !c.live(s) {
		return
	}
	now := browser.Now()
	switch gap := now - c.counted; {
	case c.counted == 0:
		c.gap = 0
	case c.gap == 0:
		c.gap = gap
	default:
		c.gap += (gap - c.gap) / 10
	}
	s.FPS = 0
	if c.gap > 0 {
		s.FPS = 1000 / c.gap
	}
	c.counted = now
}

// ToggleCamera switches the camera on or off.
func (p *Page) ToggleCamera() {
	p.post(func() {
		if p.camera.open != nil {
			p.stopCamera()
			return
		}
		p.openCamera(p.state.Device)
	})
}

// ChooseDevice changes to another camera.
func (p *Page) ChooseDevice(id string) {
	p.post(func() {
		p.stopCamera()
		p.openCamera(id)
	})
}

func (p *Page) openCamera(device string) {
	p.camera.wish = device
	if p.camera.asking {
		return
	}
	p.camera.asking = true
	video := browser.ByID("video")
	p.away(func() {
		var opened *browser.Camera
		ended := func() { p.post(func() { p.cameraGone(opened) }) }
		camera, err := browser.OpenCamera(video, device, ended)
		opened = camera
		list := devices()
		p.post(func() {
			p.camera.asking = false
			switch {
			case p.camera.wish != device: // another one was chosen meanwhile
				if err == nil {
					camera.Close()
				}
				p.openCamera(p.camera.wish)
			case err != nil:
				p.cameraFailed(device, err)
			default:
				p.cameraOpened(camera, list)
			}
		})
	})
}

func (p *Page) cameraFailed(device string, err error) {
	var e *browser.Error
	name := ""
	if errors.As(err, &e) {
		name = e.Name
	}
	if device != "" && name == "OverconstrainedError" { // that one is gone: any other will do
		p.state.Device = ""
		p.openCamera("")
		return
	}
	may, framed := browser.MayAskForCamera()
	p.trouble(view.CameraTrouble(name, may, framed), "", func() { p.openCamera(device) })
}

func (p *Page) cameraOpened(camera *browser.Camera, devices []view.Device) {
	s := p.state
	p.camera.open, p.camera.counted = camera, 0
	s.CameraOn, s.Frozen, s.Device, s.Devices, s.Sample = true, false, camera.ID, devices, -1
	s.Mirrored = camera.Front
	if p.camera.mirror != nil {
		s.Mirrored = *p.camera.mirror
	}
	p.camera.pulse = turns.Pulse{First: firstFrame, Late: lateFrame, Gone: goneFrame}
	p.checkCameraSoon()
	p.state.Unsettle()
	p.hideNotice()
	p.newSource()
	p.state.Brush = false // there is nothing still to paint on
	p.showBrush()
	p.renderSoon()
	camera.EachFrame(func() {
		p.post(func() {
			if p.camera.open != camera {
				return
			}
			p.camera.pulse.Beat()
			p.hideNotice(view.CameraStalled)
			if p.camera.live(p.state) {
				p.frames.Seen()
				p.next()
			}
		})
	})
}

// stopCamera switches the camera off; the last frame stays on the stage.
func (p *Page) stopCamera() {
	if p.camera.open == nil {
		return
	}
	p.camera.open.Close()
	p.camera.open = nil
	p.state.CameraOn, p.state.Frozen = false, false
	p.frames.Unsee()
	p.renderSoon()
}

func (p *Page) cameraGone(camera *browser.Camera) {
	if camera == nil || p.camera.open != camera {
		return
	}
	device := p.state.Device
	p.stopCamera()
	p.trouble(view.CameraGone, "", func() { p.openCamera(device) })
}

// checkCameraSoon looks whether frames come, again and again while the camera is open.
func (p *Page) checkCameraSoon() {
	if p.camera.checked || p.camera.open == nil {
		return
	}
	p.camera.checked = true
	browser.After(checkEvery, func() {
		p.post(func() {
			p.camera.checked = false
			p.checkCamera()
			p.checkCameraSoon()
		})
	})
}

// checkCamera acts when frames stop: videos are paused by systems, tracks are muted, tabs are
// frozen. It wakes the video, and if that does not help it says so. A camera that never delivers is
// closed.
func (p *Page) checkCamera() {
	c := &p.camera
	if c.open == nil {
		return
	}
	health := c.pulse.Check(browser.Now(), c.live(p.state) && browser.Visible())
	if health == turns.Fine {
		return
	}
	if device := p.state.Device; health == turns.Gone && !c.pulse.Ever() {
		p.stopCamera()
		p.trouble(view.CameraSilent, "", func() { p.openCamera(device) })
		return
	}
	c.open.Wake()
	if p.state.FPS != 0 {
		p.state.FPS, c.counted = 0, 0
		p.wordStrip()
	}
	if health == turns.Gone && p.notice.trouble == "" {
		p.trouble(view.CameraStalled, "", nil)
	}
}

// devices lists the cameras. It blocks.
func devices() (list []view.Device) {
	for _, d := range browser.Cameras() {
		list = append(list, view.Device(d))
	}
	return list
}

// devicesChanged brings the list of cameras up to date, and goes on with the one that was unplugged
// when it is there again. Another one does not take its place: nobody knows what that one looks at.
func (p *Page) devicesChanged() {
	p.away(func() {
		list := devices()
		p.post(func() {
			back := func(d view.Device) bool { return d.ID == p.state.Device }
			if p.camera.open != nil {
				p.state.Devices = list
				p.renderSoon()
			} else if p.notice.trouble == view.CameraGone && slices.ContainsFunc(list, back) {
				p.openCamera(p.state.Device)
			}
		})
	})
}

// grab takes the camera's present frame; false: there is none yet.
func (p *Page) grab() (*frame, bool) {
	w, h := p.camera.open.Size()
	if w == 0 || h == 0 {
		return nil, false
	}
	start := browser.Now()
	x, y, side := picture.Square(w, h)
	video := browser.ByID("video")
	p.frames.camera.DrawSquare(video, x, y, side, p.state.Mirrored)
	p.frames.sharp.DrawSquare(video, x, y, side, p.state.Mirrored)
	return &frame{from: p.frames.Source.Ticket(), source: view.FromCamera, file: "camera", sample: -1,
		pixels: p.frames.camera, picture: p.frames.sharp, grab: browser.Now() - start}, true
}

// ToggleFreeze holds the camera's frame, or goes on.
func (p *Page) ToggleFreeze() {
	p.post(func() {
		if p.camera.open == nil {
			return
		}
		p.freeze(!p.state.Frozen)
	})
}

func (p *Page) freeze(on bool) {
	p.state.Frozen = on
	p.camera.counted = 0
	if p.camera.open != nil {
		if on {
			p.camera.open.Rest()
		} else {
			p.camera.open.Wake()
		}
	}
	p.frames.Unsee()
	if !on { // live frames replace the painted one
		p.dropStrokes()
		p.state.Brush = false
		p.showBrush()
	}
	p.renderSoon()
}

// ToggleMirror mirrors what the person and the network see.
func (p *Page) ToggleMirror() {
	p.post(func() {
		s := p.state
		s.Mirrored = !s.Mirrored
		switch fr := p.stage.frame; {
		case p.brush.base != nil:
			if p.camera.open != nil {
				mirrored := s.Mirrored
				p.camera.mirror = &mirrored
			}
			p.flipStrokes()
		case p.camera.open != nil:
			mirrored := s.Mirrored
			p.camera.mirror = &mirrored
			if s.Frozen && fr != nil {
				p.flip(fr)
			}
		case p.still.picture != nil:
			p.showStill()
		case fr != nil:
			p.flip(fr)
		}
		p.renderSoon()
	})
}

// flip mirrors a frame that cannot be grabbed again.
func (p *Page) flip(fr *frame) {
	flipped := fr.copy(true)
	flipped.from = p.frames.Source.Begin()
	p.frames.Show(flipped)
	p.next()
}
