package e2e

import (
	"fmt"
	"math"
	"testing"
)

// A place on a canvas, as fractions of its width and height.
type place struct{ X, Y, Share float64 }

func (a place) near(x, y, tolerance float64) bool {
	return a.Share > 0 && math.Abs(a.X-x) <= tolerance && math.Abs(a.Y-y) <= tolerance
}

func (a place) String() string { return fmt.Sprintf("%.3f, %.3f (%.1f %%)", a.X, a.Y, 100*a.Share) }

// bright is the centre of the bright pixels of a canvas, and the share of it that they fill.
func (p *tab) bright(id string) place {
	p.t.Helper()
	return eval[place](p, fmt.Sprintf(`(() => {
		const { data, width, height } = e2e.pixels(%q);
		let n = 0, x = 0, y = 0;
		for (let i = 0; i < width * height; i++) {
			if (data[4 * i] + data[4 * i + 1] + data[4 * i + 2] > 3 * 140) n++, x += i %% width + 0.5, y += Math.floor(i / width) + 0.5;
		}
		return { X: x / n / width || 0, Y: y / n / height || 0, Share: n / width / height };
	})()`, id))
}

// standsOut is the centre of the pixels of the map whose colour is not that of the ground, which is
// the commonest one. The border is left out, where the convolutions see their zero padding, and the
// lower third, where the film's square blinks.
func (p *tab) standsOut(id string) place {
	p.t.Helper()
	return eval[place](p, fmt.Sprintf(`(() => {
		const { data, width, height } = e2e.pixels(%q), border = width / 8;
		const inside = [];
		for (let y = border; y < 0.65 * height; y++) for (let x = border; x < width - border; x++) inside.push(4 * (y * width + x));
		const key = (i) => data[i] << 24 | data[i + 1] << 16 | data[i + 2] << 8 | data[i + 3];
		const seen = new Map();
		for (const i of inside) seen.set(key(i), (seen.get(key(i)) || 0) + 1);
		const ground = [...seen].reduce((a, b) => a[1] > b[1] ? a : b)[0];
		const off = (i) => Math.abs((ground >>> 24) - data[i]) + Math.abs((ground >>> 16 & 255) - data[i + 1]) + Math.abs((ground >>> 8 & 255) - data[i + 2]) + Math.abs((ground & 255) - data[i + 3]);
		let n = 0, sx = 0, sy = 0;
		for (const i of inside) if (off(i) > 120) n++, sx += i / 4 %% width + 0.5, sy += Math.floor(i / 4 / width) + 0.5;
		return { X: sx / n / width || 0, Y: sy / n / height || 0, Share: n / inside.length };
	})()`, id))
}

// camera switches the camera on and waits for results.
func (p *tab) camera() {
	p.t.Helper()
	n := p.count()
	p.click("camera")
	p.after(n, "camera", "")
}

// mirror sets the mirror and waits for a frame that was taken since.
func (p *tab) mirror(on bool) {
	p.t.Helper()
	pressed := fmt.Sprintf("document.getElementById('mirror').getAttribute('aria-pressed') === '%t'", on)
	if !eval[bool](p, pressed) {
		p.click("mirror")
		p.wait("the mirror", pressed)
	}
	n := p.count()
	p.wait("frames taken since", fmt.Sprintf("e2e.results.length >= %d", n+3)) // at most one is older
}

// From the camera to the overlay: a bright spot stands at the same place in the picture, in the
// network's own input and in the map of a network that sees only five pixels around each pixel; the
// mirror moves all three.
func TestCameraPaintsWhereItBelongs(t *testing.T) { inBoth(t, testCameraPaintsWhereItBelongs) }

func testCameraPaintsWhereItBelongs(t *testing.T, in device) {
	p := open(t, in)
	if in.isFirefox() {
		p.run(filmForFirefox())
	}
	n := p.count()
	p.choose("model", "simple-se")
	p.after(n, "", "simple-se")
	p.choose("kind", "activation")
	p.run("const o = document.getElementById('opacity'); o.value = 100; o.dispatchEvent(new Event('input', { bubbles: true }))")
	p.camera()
	for _, mirrored := range []bool{true, false} {
		p.mirror(mirrored)
		x := spotX
		if mirrored {
			x = 1 - spotX
		}
		stage, input, heat := p.bright("stage"), p.bright("see-input"), p.standsOut("heat")
		t.Logf("mirror %t: spot in the picture at %v, in the network's input at %v, in the map at %v", mirrored, stage, input, heat)
		if !stage.near(x, spotY, 0.01) {
			t.Errorf("mirror %t: the picture has the spot at %v, expected %.3f, %.3f", mirrored, stage, x, spotY)
		}
		if !input.near(x, spotY, 0.02) {
			t.Errorf("mirror %t: the network's input has the spot at %v, expected %.3f, %.3f", mirrored, input, x, spotY)
		}
		// A channel may answer to one edge of the spot only, so the map is held to the spot's
		// radius.
		if !heat.near(x, spotY, float64(spotRadius)/filmH) || heat.Share > 0.25 {
			t.Errorf("mirror %t: the map stands out at %v, expected %.3f, %.3f", mirrored, heat, x, spotY)
		}
	}
	// Picture and map cover the same pixels of the screen.
	if !eval[bool](p, "['x', 'y', 'width', 'height'].every((k) => Math.abs(document.getElementById('stage').getBoundingClientRect()[k] - document.getElementById('heat').getBoundingClientRect()[k]) < 0.5)") {
		t.Error("the map does not lie on the picture")
	}
	// The picture is live: the film's dim square comes and goes.
	at := fmt.Sprintf("(() => { const { data, width, height } = e2e.pixels('stage'); return data[4 * (Math.floor(%v * height) * width + Math.floor(%v * width))] })()", blink, blinkX)
	p.wait("the blinking square to be lit", at+" > 75")
	p.wait("the blinking square to be dark", at+" < 55")
}

// What freezes is the picture with its result; the camera goes on afterwards.
func TestFreeze(t *testing.T) { inBoth(t, testFreeze) }

func testFreeze(t *testing.T, in device) {
	p := open(t, in)
	p.camera()
	p.click("freeze")
	p.wait("the freeze", "document.getElementById('freeze').getAttribute('aria-pressed') === 'true'")
	p.still()
	if !eval[bool](p, "document.getElementById('video').paused") {
		t.Error("frozen, the video goes on: each frame is decoded and composed for nothing")
	}
	before := p.kept()
	p.run("await new Promise((done) => setTimeout(done, 700))") // the film's square changes twice a second
	if after := p.kept(); after != before {
		t.Errorf("frozen, the page changed from %s to %s", before, after)
	}
	n, picture := p.count(), eval[float64](p, "e2e.sum('stage')")
	p.choose("kind", "activation")
	p.wait("another map of the frozen frame", fmt.Sprintf("e2e.results.length > %d", n))
	if eval[float64](p, "e2e.sum('stage')") != picture {
		t.Error("another map brought another frame")
	}
	n = p.count()
	p.click("freeze")
	p.wait("live frames", fmt.Sprintf("e2e.results.length > %d", n+3))
}

// The camera runs on and on with each network. The rate is a figure for people: a busy machine has
// its own.
func TestFramesASecond(t *testing.T) { inBoth(t, testFramesASecond) }

func testFramesASecond(t *testing.T, in device) {
	p := open(t, in)
	p.camera()
	for _, model := range []string{"simple-se", "cnn3-se"} {
		if eval[string](p, "document.getElementById('model').value") != model {
			p.choose("model", model)
		}
		p.after(p.count(), "camera", model)
		n := p.count() + 3
		p.wait("frames of "+model, fmt.Sprintf("e2e.results.length > %d || e2e.results.length > %d && performance.now() - e2e.results[%d].at > 4000", n+20, n+5, n))
		list := p.results(n)
		last := list[len(list)-1]
		fps := float64(len(list)-1) / (last.At - list[0].At) * 1000
		t.Logf("%s: %.1f frames a second, timings of the last in ms: %v", model, fps, last.Detail.Timings)
	}
}

// Changing networks while the camera runs never shows one network's numbers under another's name.
func TestModelsChangeUnderTheCamera(t *testing.T) {
	p := open(t, filmCamera)
	names := models(t)
	blocks := map[string]int{}
	path := write(t, "any.png", encodePNG(scene(32, 32)))
	for _, name := range names {
		blocks[name] = len(sescope(t, name, path).Gates)
	}
	p.camera()
	first := p.count()
	want := []string{names[0]}
	for i := range 6 {
		name := names[(i+1)%len(names)]
		p.choose("model", name) // as soon as the picker takes it
		p.frames()              // the picker is closed while a network is on its way
		want = append(want, name)
	}
	last := p.settle(first, want, blocks)
	if last != want[len(want)-1] {
		t.Errorf("%s answers at the end, expected %s, which was chosen last", last, want[len(want)-1])
	}

	// Two choices in one breath, as keys that repeat make them: whichever the page takes, the
	// picker names it.
	first = p.count()
	p.choose("model", names[1])
	p.choose("model", names[2])
	p.settle(first, []string{last, names[1], names[2]}, blocks)
}

// frames waits until the page had two animation frames.
func (p *tab) frames() {
	p.t.Helper()
	p.run("await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
}

// settle waits until no network is on its way, and checks all results since number first: each has
// as many blocks of gates as the network that it names, the networks come in the order in which
// they were chosen, and at the end results, picker and gates agree. It returns the network that
// answers at the end.
func (p *tab) settle(first int, chosen []string, blocks map[string]int) string {
	t := p.t
	t.Helper()
	p.frames()
	p.wait("the picker to open again", "!document.getElementById('model').disabled")
	n := p.count() + 2
	p.wait("more frames", fmt.Sprintf("e2e.results.length > %d", n+5))
	last := eval[string](p, "document.getElementById('model').value")
	order := []string{}
	for i, r := range p.results(first) {
		if r.Detail.File != "camera" {
			t.Errorf("result %d is of %s", i, r.Detail.File)
		}
		if len(order) == 0 || order[len(order)-1] != r.Detail.Model {
			order = append(order, r.Detail.Model)
		}
		if got := len(r.Detail.Gates); got != blocks[r.Detail.Model] {
			t.Fatalf("result %d is named %s and has %d blocks of gates, expected %d", i, r.Detail.Model, got, blocks[r.Detail.Model])
		}
		if first+i >= n && (r.Detail.Model != last || r.Picker != last) {
			t.Errorf("result %d, after the last change, is from %s while the picker said %s, expected %s", i, r.Detail.Model, r.Picker, last)
		}
	}
	// One that was replaced at once may not have answered at all.
	at := 0
	for _, name := range order {
		for at < len(chosen) && chosen[at] != name {
			at++
		}
		if at == len(chosen) {
			t.Fatalf("the results came from %v, chosen were %v", order, chosen)
		}
	}
	p.wait("the gates of "+last, fmt.Sprintf("document.querySelectorAll('#gates [data-layer]').length === %d", blocks[last]))
	return last
}
