package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// Safari's engine opens the page, explains every sample under its own name, and gives the command
// line's logits.
func TestSafari(t *testing.T) {
	p := open(t, webkit)
	t.Logf("%s; the %s build", eval[string](p, "navigator.userAgent"), eval[string](p, "sescope.build"))
	ids := eval[[]string](p, "[...document.querySelectorAll('.film button')].map((b) => b.id)")
	for _, id := range ids {
		n := p.count()
		p.click(id)
		p.after(n, "", "")
		p.wait(id+" to be marked", "document.getElementById("+quote(id)+").getAttribute('aria-pressed') === 'true'")
	}
	for name, img := range map[string][]byte{"scene.png": encodePNG(scene(64, 64)), "single.png": encodePNG(scene(1, 1))} {
		path := write(t, name, img)
		for _, model := range models(t)[:3] {
			if eval[string](p, "document.getElementById('model').value") != model {
				p.model(model)
			}
			d := far(p.explain(path).Logits, sescope(t, model, path).Logits)
			t.Logf("%s, %s: logits differ from the command's by %.1e", name, model, d)
			if d > 1e-4 {
				t.Errorf("%s, %s: logits differ from the command's by %.1e", name, model, d)
			}
		}
	}
}

// Its camera runs, freezes and goes on; a drawing that it does not let pages read is told of.
func TestSafariCamera(t *testing.T) {
	p := open(t, webkit)
	p.camera()
	n := p.count()
	p.wait("frames", "e2e.results.length > "+itoa(n+5))
	p.click("freeze")
	p.wait("the freeze", "document.getElementById('freeze').getAttribute('aria-pressed') === 'true'")
	p.still()
	n = p.count()
	p.click("freeze")
	p.wait("live frames", "e2e.results.length > "+itoa(n+3))
	p.click("camera")
	n = p.count()
	p.setFile(write(t, "foreign.svg", []byte(foreign)))
	p.wait("a result or the right sentence", "e2e.results.slice("+itoa(n)+").some((r) => r.detail.file === 'foreign.svg') || !document.getElementById('notice').hidden && document.getElementById('notice').dataset.trouble === 'picture-tainted'")
	t.Logf("the drawing with HTML: %q", p.text("notice"))
	p.alive("cat")
	p.setFile(write(t, "cut.svg", []byte(foreign[:len(foreign)/2])))
	p.sentence("picture-broken")
	p.alive("frog")
}

// After one visit it opens without a network.
func TestSafariOffline(t *testing.T) {
	p := newTab(t, webkit)
	p.serviceWorker()
	p.load()
	p.keptOffline()
	p.kit.host.set(func() { p.kit.host.down = true })
	p.navigate()
	p.wait("the page to be ready without a network", "document.documentElement.dataset.state === 'ready'")
	p.wait("an answer", "document.getElementById('answer').innerText.trim() !== ''")
}

// What it lays out in its own way: sliders have their length, lists are no wider than the column,
// and no heading breaks in the middle of a name.
func TestSafariLooks(t *testing.T) {
	p := open(t, webkit)
	if folder := shots(); folder != "" {
		p.kit.shoot(t, filepath.Join(folder, "webkit.png"))
	}
	if w := eval[float64](p, "(document.getElementById('opacity') || { offsetWidth: 60 }).offsetWidth"); w != 0 && w < 50 {
		t.Errorf("the opacity slider is %.0f pixels long", w)
	}
	wide := eval[[]string](p, `[...document.querySelectorAll('select')].filter((s) => s.checkVisibility() && s.getBoundingClientRect().right > s.parentNode.parentNode.getBoundingClientRect().right + 1).map((s) => s.id)`)
	if len(wide) > 0 {
		t.Errorf("wider than their place: %s", strings.Join(wide, ", "))
	}
	if w := eval[float64](p, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); w > 0 {
		t.Errorf("the page is %.0f pixels wider than the window", w)
	}
}
