package e2e

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// These tests play what people report of pages of this kind: forbidden storage, cameras that change
// and stop, drawings that cannot be read, extensions, other keyboards, hosts that forbid something.

// alive checks that the program still answers.
func (p *tab) alive(sample string) {
	p.t.Helper()
	n := p.count()
	p.click("sample-" + sample)
	p.after(n, sample+".svg", "")
}

// Storage of any kind that throws when it is only looked at costs the page nothing but its memory.
func TestStorageThrows(t *testing.T) { inBoth(t, testStorageThrows) }

func testStorageThrows(t *testing.T, in device) {
	p := newTab(t, in)
	p.before(`
		const refuse = { configurable: true, get() { throw new DOMException('The operation is insecure.', 'SecurityError') } };
		for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches']) Object.defineProperty(window, name, refuse);
		for (const name of ['serviceWorker', 'locks', 'storage', 'permissions']) Object.defineProperty(Navigator.prototype, name, refuse);`)
	p.load()
	p.click("theme")
	p.click("lang-zh")
	p.wait("Chinese", "document.documentElement.lang === 'zh-Hans'")
	p.click("lang-en")
	p.model(models(t)[1])
	p.alive("frog")
}

// cameras gives the page several cameras with names and sides: e2e.facing tells which of them look
// at the person. What the page asks for is kept in e2e.asked; an answer waits for e2e.hold.
const manyCameras = `
	e2e.facing = { a: 'user', b: 'environment', c: 'user' };
	e2e.asked = [];
	e2e.film = () => {
		const canvas = document.createElement('canvas'), paint = canvas.getContext('2d');
		canvas.width = 320, canvas.height = 240;
		e2e.draw = () => { paint.fillStyle = 'hsl(' + (e2e.hue = (e2e.hue || 0) + 7) + ' 50% 50%)'; paint.fillRect(0, 0, 320, 240) };
		e2e.roll = () => { e2e.draw(); clearInterval(e2e.rolling); e2e.rolling = setInterval(e2e.draw, 33) };
		e2e.roll();
		return canvas.captureStream();
	};
	if (navigator.mediaDevices) {
		navigator.mediaDevices.getUserMedia = async (wish) => {
			const id = wish.video.deviceId ? wish.video.deviceId.exact : 'a';
			e2e.asked.push(id);
			await e2e.hold;
			const stream = e2e.film();
			stream.getVideoTracks()[0].getSettings = () => ({ deviceId: id, facingMode: e2e.facing[id] });
			e2e.tracks = (e2e.tracks || []).concat(stream.getVideoTracks());
			return stream;
		};
		navigator.mediaDevices.enumerateDevices = async () => Object.keys(e2e.facing).map((id) => ({ kind: 'videoinput', deviceId: id, label: 'camera ' + id }));
	}
`

// The mirror is the device's until the person chooses: a camera that looks at the person is one,
// another is not.
func TestMirrorFollowsTheDevice(t *testing.T) { inBoth(t, testMirrorFollowsTheDevice) }

func testMirrorFollowsTheDevice(t *testing.T, in device) {
	p := newTab(t, in)
	p.before(manyCameras)
	p.load()
	mirrored := func(what string, want bool) {
		t.Helper()
		p.wait(fmt.Sprintf("%s: mirrored %t", what, want), fmt.Sprintf("document.getElementById('mirror').getAttribute('aria-pressed') === '%t'", want))
	}
	use := func(id string) {
		t.Helper()
		n := p.count()
		p.choose("device", id)
		p.wait("camera "+id, "document.getElementById('device').value === "+quote(id)+" && e2e.asked.at(-1) === "+quote(id))
		p.after(n, "camera", "")
	}
	p.camera()
	mirrored("the front camera", true)
	use("b")
	mirrored("the rear camera", false)
	use("c")
	mirrored("the front camera again", true)
	p.click("mirror")
	mirrored("by hand", false)
	use("a")
	mirrored("the person's choice", false)
	p.click("mirror")
	use("b")
	mirrored("the person's other choice", true)
}

// A second camera that is chosen while the first is asked for is the one that runs; the first is
// switched off.
func TestSecondCameraWhileAsked(t *testing.T) { inBoth(t, testSecondCameraWhileAsked) }

func testSecondCameraWhileAsked(t *testing.T, in device) {
	p := newTab(t, in)
	p.before(manyCameras)
	p.load()
	p.camera()
	p.run("e2e.hold = new Promise((done) => { e2e.letGo = done })")
	p.choose("device", "b")
	p.wait("the question for b", "e2e.asked.at(-1) === 'b'")
	p.run("const list = document.getElementById('device'); list.value = 'c'; list.dispatchEvent(new Event('change', { bubbles: true }))")
	p.frames()
	n := p.count()
	p.run("e2e.hold = null; e2e.letGo()")
	p.wait("camera c", "e2e.asked.at(-1) === 'c' && document.getElementById('device').value === 'c'")
	p.after(n, "camera", "")
	p.wait("the others to be off", "e2e.tracks.length === 3 && e2e.tracks.slice(0, 2).every((track) => track.readyState === 'ended') && e2e.tracks[2].readyState === 'live'")
}

// A camera that never delivers a frame is told of within five seconds, and is off.
func TestCameraSilent(t *testing.T) { inBoth(t, testCameraSilent) }

func testCameraSilent(t *testing.T, in device) {
	p := newTab(t, in)
	p.before(manyCameras + "e2e.film = () => { const canvas = document.createElement('canvas'); canvas.getContext('2d'); return canvas.captureStream(0) };")
	p.load()
	before := p.kept()
	p.click("camera")
	p.sentence("camera-silent")
	p.wait("the camera to be off", "document.getElementById('camera').getAttribute('aria-pressed') === 'false' && e2e.tracks.every((track) => track.readyState === 'ended')")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
}

// A video that is paused from outside goes on by itself; a camera whose frames stop is told of, its
// rate goes, and it goes on when they come again.
func TestCameraStops(t *testing.T) { inBoth(t, testCameraStops) }

func testCameraStops(t *testing.T, in device) {
	p := newTab(t, in)
	p.before(manyCameras)
	p.load()
	p.camera()
	n := p.count()
	p.run("document.getElementById('video').pause()")
	p.wait("the video to go on", fmt.Sprintf("e2e.results.length > %d && !document.getElementById('video').paused", n+3))
	p.run("clearInterval(e2e.rolling)")
	p.sentence("camera-stalled")
	if text := eval[string](p, "document.getElementById('fps').textContent"); !strings.HasPrefix(text, "0 ") {
		t.Errorf("the strip tells a rate of a camera that stands: %q", text)
	}
	p.still()
	n = p.count()
	p.run("e2e.roll()")
	p.wait("frames again, and no notice", fmt.Sprintf("e2e.results.length > %d && document.getElementById('notice').hidden", n+3))
}

// A track that is muted, as a privacy switch does it, is told of though black frames go on; nothing
// of them is explained; and what follows the end of it is shown. Firefox hands tracks no events of
// a page's.
func TestCameraMuted(t *testing.T) {
	p := newTab(t, filmCamera)
	p.before(manyCameras)
	p.load()
	p.camera()
	p.run("e2e.tracks[0].dispatchEvent(new Event('mute'))")
	p.still()
	p.sentence("camera-stalled")
	if n := p.count(); eval[bool](p, "document.getElementById('video').paused") || !eval[bool](p, "document.getElementById('camera').getAttribute('aria-pressed') === 'true'") {
		t.Errorf("after %d results the camera was given up", n)
	}
	n := p.count()
	p.run("e2e.tracks[0].dispatchEvent(new Event('unmute'))")
	p.wait("frames again, and no notice", fmt.Sprintf("e2e.results.length > %d && document.getElementById('notice').hidden", n+3))
}

// A tab that the browser freezes, as phones do with what nobody looks at, goes on where it was when
// it is resumed: the camera runs, and nothing claims that it stopped.
func TestTabFrozen(t *testing.T) {
	p := open(t, filmCamera)
	p.camera()
	p.run("e2e.life = []; for (const name of ['freeze', 'resume']) document.addEventListener(name, () => e2e.life.push(name))")
	do(p, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: "frozen"})
	time.Sleep(6 * time.Second) // longer than frames may stay away
	do(p, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: "active"})
	do(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}) // somebody looks at it again
	p.wait("both events", "e2e.life.join() === 'freeze,resume'")
	n := p.count()
	p.wait("frames again", fmt.Sprintf("e2e.results.length > %d", n+5))
	if !eval[bool](p, "document.getElementById('notice').hidden && document.getElementById('camera').getAttribute('aria-pressed') === 'true'") {
		t.Errorf("the page says %q", p.text("notice"))
	}
}

// foreign is a drawing with HTML in it: browsers show it, and some let no page read a canvas on
// which it was drawn.
const foreign = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="teal"/>
	<foreignObject width="64" height="64"><div xmlns="http://www.w3.org/1999/xhtml" style="color:white">hello</div></foreignObject></svg>`

// A drawing that taints the canvas is shown or told of; a drawing behind a long licence is one; and
// the page lives.
func TestDrawings(t *testing.T) { inBoth(t, testDrawings) }

func testDrawings(t *testing.T, in device) {
	p := open(t, in)
	n := p.count()
	p.setFile(write(t, "foreign.svg", []byte(foreign)))
	p.wait("a result or a sentence", fmt.Sprintf("e2e.results.slice(%d).some((r) => r.detail.file === 'foreign.svg') || !document.getElementById('notice').hidden && document.getElementById('notice').dataset.trouble === 'picture-tainted'", n))
	t.Logf("the drawing with HTML: %s", p.text("notice"))
	p.alive("cat")
	licensed := "<?xml version=\"1.0\"?>\n<!-- " + strings.Repeat("All rights reserved. ", 400) + "-->\n" + strings.ReplaceAll(foreign[:strings.Index(foreign, "\n")], "teal", "maroon") + "</svg>"
	p.explain(write(t, "licensed.svg", []byte(licensed)))
	// Browsers tell a file's type by its name.
	for _, name := range []string{"drawing.txt", "drawing", "drawing.png"} {
		p.explain(write(t, name, []byte(licensed)))
	}
	// What draws and throws all the same ends neither the program nor its queue.
	p.allow("SEscope: ")
	p.run(`const read = CanvasRenderingContext2D.prototype.getImageData;
		CanvasRenderingContext2D.prototype.getImageData = function (...args) {
			if (this.canvas.width <= 16) return read.apply(this, args); // the page tries whether it is told the truth
			CanvasRenderingContext2D.prototype.getImageData = read;
			throw new DOMException('no', 'SecurityError');
		}`)
	p.click("sample-ship")
	p.wait("a sentence", "!document.getElementById('notice').hidden")
	p.alive("frog")
}

// Pointers that an extension made up, on a gate and under the brush, do what real ones do.
func TestSyntheticPointers(t *testing.T) { inBoth(t, testSyntheticPointers) }

func testSyntheticPointers(t *testing.T, in device) {
	p := open(t, in)
	const poke = `const poke = (el) => {
		const box = el.getBoundingClientRect();
		for (const name of ['pointerdown', 'pointermove', 'pointerup']) el.dispatchEvent(new PointerEvent(name, { bubbles: true, cancelable: true, pointerId: 4711, pointerType: 'mouse', button: 0, buttons: name === 'pointerup' ? 0 : 1,
			clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }));
	};`
	n := p.count()
	p.run(poke + "poke([...document.querySelectorAll('#gates [data-row]')].find((el) => el.checkVisibility()))")
	p.wait("the gate to be muted", fmt.Sprintf("e2e.results.slice(%d).some((r) => r.detail.gates.some((g) => g.scale.includes(0)))", n))
	p.run("document.getElementById('brush').click()")
	p.wait("the brush", "document.getElementById('view').dataset.brush !== undefined")
	n = p.count()
	p.run(poke + "poke(document.getElementById('stage'))")
	p.wait("a painted frame", fmt.Sprintf("e2e.results.length > %d", n))
	p.alive("frog")
}

// Shortcuts work under Caps Lock, on other alphabets and behind input methods; space scrolls where
// there is no camera to freeze.
func TestShortcutsOfOtherKeyboards(t *testing.T) { inBoth(t, testShortcutsOfOtherKeyboards) }

func testShortcutsOfOtherKeyboards(t *testing.T, in device) {
	p := open(t, in)
	press := func(key, code string) bool {
		t.Helper()
		return eval[bool](p, fmt.Sprintf("document.body.dispatchEvent(new KeyboardEvent('keydown', { key: %q, code: %q, bubbles: true, cancelable: true }))", key, code))
	}
	for _, key := range []string{"S", "ы", "ㄴ", "Process"} {
		n := p.count()
		press(key, "KeyS")
		p.wait("the next sample by "+key, fmt.Sprintf("e2e.results.length > %d", n))
		p.still()
	}
	if !press(" ", "Space") {
		t.Error("space does not scroll although there is no camera")
	}
	p.camera()
	if press(" ", "Space") {
		t.Error("space scrolls although it freezes the camera")
	}
	p.wait("the freeze", "document.getElementById('freeze').getAttribute('aria-pressed') === 'true'")
}

// Text, links and the page's own samples promise nothing when they are dragged, and dropping them
// does nothing; a picture beside a system's hidden file opens.
func TestDragOfOtherThings(t *testing.T) { inBoth(t, testDragOfOtherThings) }

func testDragOfOtherThings(t *testing.T, in device) {
	p := open(t, in)
	const drag = `const drag = (fill) => {
		const data = new DataTransfer();
		fill(data);
		const fire = (name) => document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));
		fire('dragenter'); fire('dragover');
		const promised = document.documentElement.dataset.drop !== undefined;
		fire('drop');
		return promised;
	};`
	n := p.count()
	for what, fill := range map[string]string{"text": "data.setData('text/plain', 'hello')", "a link": "data.setData('text/uri-list', 'https://example.org/')"} {
		if promised := eval[bool](p, "(() => { "+drag+" return drag((data) => "+fill+") })()"); promised {
			t.Errorf("%s promises a picture", what)
		}
	}
	const file = "data.items.add(new File([Uint8Array.from(atob(%q), (c) => c.charCodeAt(0))], %q, { type: %q }))"
	png := base64.StdEncoding.EncodeToString(encodePNG(scene(40, 40)))
	if promised := eval[bool](p, "(() => { "+drag+" document.querySelector('.film img').dispatchEvent(new DragEvent('dragstart', { bubbles: true })); const p = drag((data) => "+fmt.Sprintf(file, png, "ship.png", "image/png")+"); document.body.dispatchEvent(new DragEvent('dragend', { bubbles: true })); return p })()"); promised {
		t.Error("a sample of the page promises a picture")
	}
	p.still()
	if p.count() != n || !eval[bool](p, "document.getElementById('notice').hidden") {
		t.Errorf("dropping nothing gave %d results and says %q", p.count()-n, p.text("notice"))
	}
	p.run(drag + "drag((data) => { " + fmt.Sprintf(file, "", ".DS_Store", "") + "; " + fmt.Sprintf(file, png, "cat.png", "image/png") + " })")
	p.after(n, "cat.png", "")
}

// What forbids the camera or the program is named: the page around, the server's policies, a page
// that was opened as a file.
func TestAdvice(t *testing.T) { inBoth(t, testAdvice) }

func testAdvice(t *testing.T, in device) {
	refuse := "if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
	for trouble, surroundings := range map[string]string{
		"camera-framed":    "window.parent = {}; Object.defineProperty(document, 'featurePolicy', { value: { allowsFeature: () => false } });",
		"camera-forbidden": "Object.defineProperty(document, 'featurePolicy', { value: { allowsFeature: () => false } });",
		"camera-refused":   "Object.defineProperty(document, 'featurePolicy', { value: { allowsFeature: () => true } });",
	} {
		p := newTab(t, in)
		p.before(refuse + surroundings)
		p.load()
		p.click("camera")
		p.sentence(trouble)
	}
	h := newHost(t, "127.0.0.1")
	for _, policy := range []string{"script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"} {
		h.set(func() { h.policy = policy })
		p := newTab(t, in)
		p.home = h.url
		p.allow("SEscope: ", "ontent", "CSP", "WebAssembly", "orker", "blocked")
		p.navigate()
		p.wait("a sentence under "+policy, "document.documentElement.dataset.state === 'error' && document.getElementById('notice').innerText.includes('The server forbids')")
	}
}

// Firefox that resists fingerprinting gives pages grey pixels; the page notices instead of
// explaining them.
func TestAlteredPixels(t *testing.T) {
	p := newTab(t, firefoxResists)
	p.load()
	p.sentence("pictures-altered")
}

// A worker that answers nothing is replaced within a bounded time, and the page says so; what was
// asked is answered.
func TestWorkerSilent(t *testing.T) {
	p := open(t, filmCamera)
	p.run("sescope.firstWorker.postMessage = () => {}")
	n := p.count()
	began := time.Now()
	p.click("sample-frog")
	p.after(n, "frog.svg", "")
	if d := time.Since(began); d < 20*time.Second {
		t.Errorf("replaced after %v: a slow device has had no time", d)
	}
	p.sentence("worker-silent")
	p.alive("cat")
}

// A network of unbounded work is refused with the number, and opened if the person wants; the
// built-in network goes on.
func TestOwnHeavy(t *testing.T) {
	p := open(t, filmCamera)
	b, err := os.ReadFile(filepath.Join(dist, asset(t, "models/simple-se.safetensors")))
	if err != nil {
		t.Fatal(err)
	}
	s := readSafe(t, b)
	s.spec(t, `"H":32,"W":32`, `"H":128,"W":128`)
	relu := `{"op":"relu","name":"layer1.2"},`
	pools := ""
	for i := range 24 {
		pools += fmt.Sprintf(`{"op":"maxpool","name":"pool%d","kernel":31,"stride":1,"pad":15},`, i)
	}
	s.spec(t, relu, relu+pools)
	before := p.kept()
	p.setFiles("network", write(t, "heavy.safetensors", s.bytes()))
	p.sentence("own-heavy")
	if text := p.text("notice-text"); !strings.Contains(text, "billion multiply-adds") {
		t.Errorf("the notice says %q", text)
	}
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	p.alive("frog")
}
