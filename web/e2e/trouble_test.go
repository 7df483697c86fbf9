package e2e

import (
	"image"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
)

func quote(s string) string { return strconv.Quote(s) }

// received waits for an event of the browser.
func (p *tab) received(what string, events <-chan struct{}) {
	p.t.Helper()
	select {
	case <-events:
	case <-time.After(patience):
		p.t.Fatalf("waited %v for %s", patience, what)
	}
}

// still makes sure that no result comes any more: nothing within half a second, after what is under
// way.
func (p *tab) still() {
	p.t.Helper()
	for range 20 {
		n := p.count()
		p.run("await new Promise((done) => setTimeout(done, 500))")
		if p.count() == n {
			return
		}
	}
	p.t.Errorf("results go on coming: %d", p.count())
}

// sentence waits for the notice about that trouble and checks that it says what happened, in both
// languages.
func (p *tab) sentence(trouble string) {
	p.t.Helper()
	notice := "document.getElementById('notice')"
	p.wait("the notice "+trouble, "!"+notice+".hidden && "+notice+".dataset.trouble === "+quote(trouble))
	english := p.text("notice-title") + " " + p.text("notice-text")
	p.click("lang-zh")
	p.wait("the notice "+trouble+" in Chinese", "/\\p{Script=Han}/u.test(document.getElementById('notice-title').textContent) && /\\p{Script=Han}/u.test(document.getElementById('notice-text').textContent)")
	p.click("lang-en")
	p.wait("the notice "+trouble+" in English again", "document.getElementById('notice-title').innerText.trim() + ' ' + document.getElementById('notice-text').innerText.trim() === "+quote(english))
	if len(english) < 30 || han.MatchString(english) {
		p.t.Errorf("%s: the notice says %q", trouble, english)
	}
	p.frames() // the words outside the notice follow with the next rendering
	if missing := eval[bool](p, notice+".offsetHeight < 40"); missing {
		p.t.Errorf("%s: the notice is not to be seen", trouble)
	}
}

// kept is what a person had: the picture, the map and the answer.
func (p *tab) kept() string {
	p.t.Helper()
	p.wait("the loading to end", "document.getElementById('loading').hidden")
	return eval[string](p, "JSON.stringify([document.documentElement.dataset.state, e2e.sum('stage'), e2e.sum('heat'), document.getElementById('answer').innerText, document.querySelectorAll('#predictions li').length])")
}

// Files that are no good pictures: a sentence says so, and the last good result stays.
func TestBadPictures(t *testing.T) { inBoth(t, testBadPictures) }

func testBadPictures(t *testing.T, in device) {
	good, photo := encodePNG(scene(64, 64)), encodeJPEG(scene(64, 64))
	noise := make([]byte, 5000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	p := open(t, in)
	p.explain(write(t, "good.png", good))
	before, n := p.kept(), p.count()
	for _, c := range []struct {
		name    string
		bytes   []byte
		trouble string
	}{
		{"empty.png", nil, "picture-empty"},
		{"text.png", []byte("This is not a picture at all, whatever its name says.\n"), "picture-unknown"},
		{"noise.jpg", noise, "picture-unknown"},
		{"header.png", good[:30], "picture-cut"},
		{"half.png", good[:len(good)/2], "picture-cut"},
		{"half.jpg", photo[:len(photo)/2], "picture-cut"},
		{"endless.jpg", photo[:len(photo)-2], "picture-cut"},
		{"half.gif", movingGIF()[:800], "picture-cut"},
		{"broken.png", append(append([]byte{}, good[:60]...), noise...), "picture-broken"},
		{"inks.jpg", fourInks(photo), "picture-inks"},
		{"scans.jpg", manyScans(photo), "picture-scans"},
		{"photo.tiff", append([]byte("II*\x00\x08\x00\x00\x00"), noise[:200]...), "picture-format"},
		{"photo.heic", append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), noise[:200]...), "picture-format"},
		{"huge.png", hugePNG(), "picture-huge"},
	} {
		file := write(t, c.name, c.bytes)
		p.setFile(file)
		p.sentence(c.trouble)
		if out, err := exec.Command(command, "run", "live", file).CombinedOutput(); err == nil {
			t.Errorf("%s: the page refuses what the command takes: %s", c.name, out)
		}
		if p.count() != n {
			t.Errorf("%s gave a result: %+v", c.name, p.results(n))
			n = p.count()
		}
		if after := p.kept(); after != before {
			t.Errorf("%s: the page had %s and has now %s", c.name, before, after)
		}
		p.click("notice-close")
		p.wait("the notice to close", "document.getElementById('notice').hidden")
	}
	// Only the end is missing: page and command see the same picture.
	endless := write(t, "endless.png", good[:len(good)-12])
	if got, want := p.explain(endless).Logits, sescope(t, models(t)[0], endless).Logits; far(got, want) > 1e-4 {
		t.Errorf("a PNG without its end: logits %v, the command says %v", got, want)
	}
	// The way back: a good picture takes the notice away.
	p.setFile(write(t, "empty.png", nil))
	p.sentence("picture-empty")
	p.explain(write(t, "better.png", encodePNG(scene(48, 48))))
	p.wait("the notice to go", "document.getElementById('notice').hidden")
}

// Large and very narrow pictures that can be shown are shown.
func TestAwkwardPictures(t *testing.T) {
	p := open(t, filmCamera)
	model := models(t)[0]
	for name, img := range map[string]image.Image{"single.png": scene(1, 1), "narrow.png": scene(3, 700)} {
		path := write(t, name, encodePNG(img))
		if d := far(p.explain(path).Logits, sescope(t, model, path).Logits); d > 1e-4 {
			t.Errorf("%s: logits differ from the command's by %.1e", name, d)
		}
	}
	path := write(t, "large.png", encodePNG(scene(2600, 2100))) // scaled by the browser first, so only nearly the same
	d := far(p.explain(path).Logits, sescope(t, model, path).Logits)
	t.Logf("large.png: logits differ by %.1e", d)
	if d > 0.05 {
		t.Errorf("large.png: logits differ from the command's by %.1e", d)
	}
}

func TestCameraRefused(t *testing.T) {
	p := open(t, filmCamera)
	permit(t, p.ctx, browser.PermissionSettingDenied)
	before := p.kept()
	p.click("camera")
	p.sentence("camera-refused")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	permit(t, p.ctx, browser.PermissionSettingGranted)
	n := p.count()
	p.click("notice-action")
	p.after(n, "camera", "")
}

func TestCameraAbsent(t *testing.T) {
	p := open(t, noCamera)
	before := p.kept()
	p.click("camera")
	p.sentence("camera-absent")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	path := write(t, "instead.png", encodePNG(scene(40, 40)))
	p.explain(path)
}

// plugs lets the test unplug the camera, which no browser's fake one can be: e2e.unplug ends its
// track as the browser would, and e2e.cameras is how many there are from then on. The page hears of
// it a little later, when Chromium has painted its last frame, which is black.
const plugs = `
	const media = navigator.mediaDevices || new EventTarget(); // about:blank has none
	const ask = media.getUserMedia?.bind(media), list = media.enumerateDevices?.bind(media);
	let changed;
	const listen = media.addEventListener.bind(media);
	media.addEventListener = (name, f) => name === 'devicechange' ? changed = f : listen(name, f);
	media.getUserMedia = async (wish) => {
		if (e2e.cameras === 0) throw new DOMException('none', 'NotFoundError');
		const stream = await ask(wish), track = stream.getVideoTracks()[0];
		const hear = track.addEventListener.bind(track);
		track.addEventListener = (name, f) => name === 'ended' ? e2e.unplug = async () => {
			track.stop();
			await new Promise((done) => setTimeout(done, 150));
			f(new Event(name));
			e2e.plug(0);
		} : hear(name, f);
		return stream;
	};
	media.enumerateDevices = async () => (await list()).filter((d) => d.kind !== 'videoinput' || e2e.cameras !== 0);
	e2e.plug = (n) => { e2e.cameras = n; changed(new Event('devicechange')) };
`

// A camera that is unplugged leaves its last frame and a sentence; when it is plugged in again the
// page goes on by itself, and only then.
func TestCameraUnplugged(t *testing.T) { inBoth(t, testCameraUnplugged) }

func testCameraUnplugged(t *testing.T, in device) {
	p := newTab(t, in)
	if p.fox == nil {
		permit(t, p.ctx, browser.PermissionSettingGranted)
	}
	p.before(plugs)
	p.load()
	p.click("camera")
	p.after(0, "camera", "")
	p.run("e2e.unplug()")
	p.sentence("camera-gone")
	p.still()
	if c := eval[int](p, "e2e.colours('stage')"); c < 8 {
		t.Errorf("the last frame is gone: %d colours", c)
	}
	n := p.count()
	p.run("e2e.plug(0)") // another device
	p.still()
	if p.count() != n {
		t.Error("without a camera there are new frames")
	}
	p.run("e2e.plug(1)")
	p.after(n, "camera", "")
	p.wait("the notice to go", "document.getElementById('notice').hidden")

	// By hand, after the notice's own button found none.
	p.run("e2e.unplug()")
	p.sentence("camera-gone")
	p.click("notice-action")
	p.sentence("camera-absent")
	n = p.count()
	p.run("e2e.cameras = 1")
	p.click("notice-action")
	p.after(n, "camera", "")

	// Whoever has turned to something else meanwhile is not filmed.
	p.run("e2e.unplug()")
	p.sentence("camera-gone")
	p.click("notice-close")
	p.run("e2e.plug(1)")
	p.still()
	if eval[bool](p, "document.getElementById('camera').getAttribute('aria-pressed') === 'true'") {
		t.Error("the camera came on although the person had closed the notice")
	}
}

// A network whose file is missing: a sentence, and the one from before goes on working.
func TestWeightsMissing(t *testing.T) {
	p := open(t, filmCamera)
	names := models(t)
	p.allow("404")
	restore := p.answer("*/"+asset(t, "models/"+names[1]+".safetensors"), 404)
	before := p.kept()
	p.choose("model", names[1])
	p.sentence("model-missing")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	p.wait("the picker to name the network that works", "document.getElementById('model').value === "+quote(names[0]))
	path := write(t, "still-works.png", encodePNG(scene(40, 40)))
	if d := p.explain(path); d.Model != names[0] {
		t.Errorf("%s answers, expected %s", d.Model, names[0])
	}
	p.choose("model", names[1])
	p.sentence("model-missing")
	restore()
	n := p.count()
	p.click("notice-action")
	p.after(n, filepath.Base(path), names[1])
}

// The program may arrive while the parser stands in the middle of the list that counts its bytes.
func TestProgressBeforeParsed(t *testing.T) {
	p := newTab(t, filmCamera)
	p.before(`
		const get = document.getElementById.bind(document);
		let told = 0; // how often the bytes were counted
		document.getElementById = (id) => {
			if (get('loading-program') && (id === 'loading-program' || id === 'loading-first')) told++;
			return told < 4 && /^loading-(program-bytes|weights|weights-bytes|first)$/.test(id) ? null : get(id);
		};
	`)
	p.load()
}

// When something is missing from the start there is nothing to keep, but there is a sentence.
func TestNothingLoads(t *testing.T) {
	for _, missing := range []string{"*/assets/models/*", "*/assets/sescope*.wasm"} {
		t.Run(missing, func(t *testing.T) {
			p := newTab(t, filmCamera)
			p.allow("404", "SEscope: fetch")
			p.answer(missing, 404)
			p.navigate()
			p.wait("the state error", "document.documentElement.dataset.state === 'error'")
			if text := p.text("notice"); len(text) < 40 {
				t.Errorf("the page says %q", text)
			}
			p.wait("an offer to reload", "!document.getElementById('notice-action').hidden && document.getElementById('loading').hidden")
		})
	}
}

// A worker that dies is replaced by one that knows the network and the picture; one that dies again
// and again is given up with a sentence.
func TestWorkerDies(t *testing.T) { inBoth(t, testWorkerDies) }

func testWorkerDies(t *testing.T, in device) {
	p := open(t, in)
	p.allow(`console.log: "panic:`)    // what Go prints when a program panics
	const poison = "postMessage(null)" // the program in the worker expects an object and panics
	p.run("const make = sescope.newWorker; sescope.newWorker = () => e2e.worker = make(); e2e.worker = sescope.firstWorker")
	before := p.kept()
	n := p.count()
	p.run("e2e.worker." + poison)
	p.after(n, "ship.svg", models(t)[0])
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	n = p.count()
	p.click("sample-frog")
	p.after(n, "frog.svg", "")

	before = p.kept()
	p.run(`const make = sescope.newWorker; sescope.newWorker = () => {
		const worker = make();
		worker.addEventListener('message', (event) => event.data.hello && worker.` + poison + `);
		return worker;
	}; e2e.worker.` + poison)
	p.sentence("worker-lost")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
}

// A camera that another program holds: the browser's own error for it, since no fake device can be
// busy.
func TestCameraBusy(t *testing.T) {
	p := open(t, filmCamera)
	before := p.kept()
	p.run("window.real = navigator.mediaDevices.getUserMedia; navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('in use', 'NotReadableError'))")
	p.click("camera")
	p.sentence("camera-busy")
	if after := p.kept(); after != before {
		t.Errorf("the page had %s and has now %s", before, after)
	}
	p.run("navigator.mediaDevices.getUserMedia = window.real")
	n := p.count()
	p.click("notice-action")
	p.after(n, "camera", "")
}
