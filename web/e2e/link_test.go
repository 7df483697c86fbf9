package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// at opens the page at an address and waits until it is ready.
func (p *tab) at(rest string) {
	p.t.Helper()
	// Away first: from one hash to another a browser does not load anything.
	p.visit("about:blank")
	p.visit(origin + "/" + rest)
	p.wait("the page to be ready", "document.documentElement.dataset.state === 'ready'")
}

// A link restores network, sample, map, gates, tab and language; the address then says the same.
func TestLink(t *testing.T) {
	p := open(t, filmCamera)
	tabs := eval[[]string](p, "[...document.querySelectorAll('[role=tab]')].map((e) => e.id.slice(4))")
	last := tabs[len(tabs)-1]
	hash := "#model=simple-se&sample=frog&map=activation&gates=1:5@0,7@0.25;2:solo@9&tab=" + last + "&lang=zh"
	p.at(hash)
	d := p.gates(0, "the gates of the link", "gates.length === 2 && gates[0][5] === 0 && Math.abs(gates[0][7] - .25) < 1e-6 && gates[1].every((v, c) => c === 9 ? v > 0 : v === 0)")
	if d.Model != "simple-se" || d.File != "frog.svg" {
		t.Errorf("the link leads to %s with %s", d.Model, d.File)
	}
	p.wait("the map, the tab and the language", fmt.Sprintf("document.getElementById('kind').value === 'activation' && document.getElementById('tab-%s').getAttribute('aria-selected') === 'true' && document.documentElement.lang === 'zh-Hans'", last))
	p.wait("the address to stay", "location.hash === "+quote(hash))
	if !eval[bool](p, "document.getElementById('notice').hidden") {
		t.Errorf("the page complains: %s", p.text("notice"))
	}
	// Another link in the same tab, as a lesson's next line.
	n := p.count()
	p.run("location.hash = 'sample=cat&gates=1:one&lang=en'")
	p.gates(n, "the next link", "r.detail.file === 'cat.svg' && gates[0].every((v) => v === 1) && gates[1].every((v) => v > 0)")
	p.wait("English", "document.documentElement.lang === 'en'")
	// What a person does goes to the address, and the address restores it.
	p.click("gates-reset")
	p.choose("kind", "gradcam")
	p.click("sample-dog")
	p.wait("the address to follow", "location.hash.includes('sample=dog') && location.hash.includes('map=gradcam') && !location.hash.includes('gates')")
}

// A link of the first edition opens the tutorial's figure where it is now, and leaves the picture
// in sight: such links named that tab whether or not anyone had chosen it.
func TestOldLink(t *testing.T) {
	p := newTab(t, filmCamera)
	p.size(1440, 900, false)
	p.at("#model=simple-se&sample=cat&tab=tutorial")
	p.wait("the figure in Feature maps", "document.getElementById('fig-3') && e2e.colours('fig-3') > 8 && document.getElementById('tab-maps').getAttribute('aria-selected') === 'true'")
	if y := eval[float64](p, "scrollY"); y != 0 {
		t.Errorf("an old link pushes the picture away: the page is scrolled by %.0f", y)
	}
	p.wait("the address of today", "location.hash.includes('tab=maps')")
	if !eval[bool](p, "document.getElementById('notice').hidden") {
		t.Errorf("the page complains: %s", p.text("notice"))
	}
}

// A broken link: what can be followed is, the rest falls back, and a sentence says which part it
// was.
func TestBrokenLink(t *testing.T) {
	p := open(t, filmCamera)
	p.at("#model=nothing&sample=unicorn&map=x&gates=9:1@1&tab=none&lang=xx&what")
	p.after(0, "ship.svg", models(t)[0])
	p.sentence("link-broken")
	for _, part := range []string{"model=nothing", "sample=unicorn", "map=x", "gates=9", "tab=none", "lang=xx", "what"} {
		if text := p.text("notice-text"); !strings.Contains(text, part) {
			t.Errorf("the notice %q does not name %s", text, part)
		}
	}
	p.click("notice-close")
	p.wait("a good address", "location.hash.startsWith('#model="+models(t)[0]+"&sample=ship')")
	n := p.count()
	p.run("location.hash = 'sample=horse&gates=1:999@.5'")
	p.after(n, "horse.svg", "")
	p.sentence("link-broken")
}

// Share copies the address.
func TestShare(t *testing.T) {
	p := open(t, filmCamera)
	p.run("navigator.clipboard.writeText = (text) => { e2e.copied = text; return Promise.resolve() }")
	p.click("sample-deer")
	p.after(0, "deer.svg", "")
	p.click("share")
	p.wait("the dialog", "document.getElementById('sharing').open")
	p.click("share-copy")
	p.wait("the link", "e2e.copied")
	if got := eval[string](p, "e2e.copied"); !strings.HasPrefix(got, origin+"/#model=") || !strings.Contains(got, "sample=deer") {
		t.Errorf("copied %q", got)
	}
	p.wait("the word that it is copied", "document.getElementById('share-said').innerText === 'Copied.'")
	p.click("frame-copy")
	p.wait("the frame's code", "e2e.copied.startsWith('<iframe ')")
	if got := eval[string](p, "e2e.copied"); !strings.Contains(got, origin+"/?embed=1#model=") || !strings.Contains(got, `allow="camera"`) {
		t.Errorf("copied %q", got)
	}
	p.run("navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
	p.click("share-copy")
	p.wait("the word that it is not", "document.getElementById('share-said').innerText.includes('copy it yourself')")
	if got := eval[string](p, "getSelection().toString() || document.getElementById('share-link').value.slice(document.getElementById('share-link').selectionStart, document.getElementById('share-link').selectionEnd)"); !strings.HasPrefix(got, origin) {
		t.Errorf("selected is %q, expected the link", got)
	}
}

// Every export is a file that says what the page shows.
func TestExports(t *testing.T) {
	p := open(t, filmCamera)
	d := p.after(0, "ship.svg", "")
	p.run(`e2e.saved = [];
	const make = URL.createObjectURL;
	let blob;
	URL.createObjectURL = (b) => make(blob = b);
	HTMLAnchorElement.prototype.click = function () {
		const name = this.download, reader = new FileReader();
		reader.onload = () => e2e.saved.push([name, reader.result]);
		reader.readAsDataURL(blob);
	}`)
	save := func(button string) (name string, content []byte) {
		t.Helper()
		n := eval[int](p, "e2e.saved.length")
		p.click("export-open")
		p.wait("the dialog", "document.getElementById('export').open")
		p.click(button)
		p.wait("the file of "+button, fmt.Sprintf("e2e.saved.length > %d", n))
		saved := eval[[]string](p, fmt.Sprintf("e2e.saved[%d]", n))
		_, data, _ := strings.Cut(saved[1], "base64,")
		b, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		if eval[bool](p, "document.getElementById('export').open") {
			t.Errorf("%s: the dialog stays", button)
		}
		return saved[0], b
	}
	for button, want := range map[string]string{"export-stage": "sescope-ship.png", "export-map": "sescope-ship-map.png"} {
		if name, b := save(button); name != want || !strings.HasPrefix(string(b), "\x89PNG") {
			t.Errorf("%s: %s of %d bytes", button, name, len(b))
		}
	}
	name, b := save("export-gates")
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	want := 1
	for _, g := range d.Gates {
		want += len(g.Scale)
	}
	if name != "sescope-ship-gates.csv" || len(lines) != want {
		t.Errorf("%s with %d lines, expected %d", name, len(lines), want)
	}
	if name, b := save("export-map-csv"); name != "sescope-ship-map.csv" || strings.Count(string(b), "\n") < 4 {
		t.Errorf("%s: %q", name, b)
	}
	name, b = save("export-json")
	var all struct {
		detail
		Map struct {
			W, H   int
			Values []float64
		}
	}
	if err := json.Unmarshal(b, &all); err != nil || name != "sescope-ship.json" {
		t.Fatalf("%s: %v", name, err)
	}
	if far(all.Logits, d.Logits) != 0 || len(all.Map.Values) != all.Map.W*all.Map.H || all.Map.W == 0 {
		t.Errorf("the file says %+v", all)
	}
}

// In a frame of somebody else's page there is the stage with what belongs to it, and nothing
// around.
func TestEmbed(t *testing.T) {
	p := open(t, filmCamera)
	p.at("?embed=1#sample=cat")
	p.after(0, "cat.svg", "")
	for id, seen := range map[string]bool{"stage": true, "camera": true, "answer": true, "gates": true, "embed-open": true, "how": false, "model": false, "tabs": false, "strip": false} {
		if got := eval[bool](p, fmt.Sprintf("document.getElementById(%q).checkVisibility()", id)); got != seen {
			t.Errorf("#%s is to be seen: %t, expected %t", id, got, seen)
		}
	}
	// The way to the whole page leads to what the frame shows.
	n := p.count()
	p.run("location.hash = 'model=simple-se&sample=frog&map=activation&gates=1:5@0&lang=zh'")
	p.gates(n, "the link's gates", "r.detail.file === 'frog.svg' && gates[0][5] === 0")
	p.wait("the address behind it", "document.getElementById('embed-open').href === "+quote(origin+"/#model=simple-se&sample=frog&map=activation&gates=1:5@0&lang=zh"))
	for _, w := range []int64{1280, 800, 390} {
		p.size(w, 700, false)
		p.within(w)
		if top := eval[float64](p, "document.getElementById('view').getBoundingClientRect().top + scrollY"); top > 64 {
			t.Errorf("at %d pixels the stage begins at %.0f", w, top)
		}
	}
}
