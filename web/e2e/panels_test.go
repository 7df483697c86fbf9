package e2e

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// openTab opens a panel and waits until it is there.
func (p *tab) openTab(id string) {
	p.t.Helper()
	p.click("tab-" + id)
	p.wait("the panel "+id, fmt.Sprintf("!document.getElementById('panel-%s').hidden && document.querySelector('#panel-%[1]s > :not(i)')", id))
}

// gallery takes pictures of a panel in all its dresses, if SESCOPE_SHOTS names a folder for them.
func (p *tab) gallery(name string) {
	p.t.Helper()
	if p.fox != nil {
		return // Chromium's pictures do
	}
	folder := os.Getenv("SESCOPE_SHOTS")
	for _, c := range []struct {
		w     int64
		theme string
		lang  string
	}{{1440, "light", "en"}, {1440, "dark", "zh"}, {1024, "light", "en"}, {390, "light", "en"}, {390, "dark", "zh"}} {
		p.size(c.w, 900, c.w < 760)
		if eval[string](p, "document.documentElement.dataset.theme") != c.theme {
			p.click("theme")
		}
		p.click("lang-" + c.lang)
		p.wait("the page's dress", fmt.Sprintf("document.documentElement.dataset.theme === %q && document.documentElement.lang.startsWith(%q)", c.theme, c.lang))
		p.frames()
		p.run("await new Promise((done) => setTimeout(done, 300))")
		if w := eval[float64](p, "document.documentElement.scrollWidth"); w > float64(c.w) {
			wide := eval[[]string](p, fmt.Sprintf("[...document.querySelectorAll('.panels *')].filter((e) => e.getBoundingClientRect().right > %d && !e.closest('.scrolls')).map((e) => e.tagName + '#' + e.id + '.' + e.className).slice(0, 8)", c.w+1))
			p.t.Errorf("%s at %d pixels is %.0f wide: %v", name, c.w, w, wide)
		}
		p.shoot(folder, fmt.Sprintf("%s-%d-%s-%s", name, c.w, c.theme, c.lang))
	}
	p.size(1440, 900, false)
	p.click("lang-en")
}

func (p *tab) attr(id, name string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("document.getElementById(%q).getAttribute(%q) || ''", id, name))
}

// Feature maps: a channel of the figure that they begin with opens below it; layers, channels and
// pixels are chosen by pointer and by keys.
func TestFeatureMaps(t *testing.T) {
	p := open(t, filmCamera)
	p.openTab("maps")
	p.wait("the figures", "document.getElementById('fig-1') && e2e.colours('fig-1') > 8")
	label := p.attr("fig-1-slot", "aria-label")
	var channel int
	if _, err := fmt.Sscanf(label, "Open channel %d", &channel); err != nil {
		t.Fatalf("the first channel's button is called %q", label)
	}
	p.click("fig-1-slot")
	p.wait("its channel in Feature maps", fmt.Sprintf("document.getElementById('maps-channel') && document.getElementById('maps-channel').innerText === 'Channel %d'", channel))
	p.wait("the channel to come into sight", "(b => b.top >= 0 && b.bottom <= innerHeight)(document.getElementById('maps-big').getBoundingClientRect())")
	p.wait("the maps to be painted", "document.getElementById('maps-grid') && e2e.colours('maps-grid') > 30 && e2e.colours('maps-big') > 8")

	layers := eval[[]string](p, "[...document.querySelectorAll('#map-layers button')].map((b) => b.dataset.layer)")
	if len(layers) < 6 {
		t.Fatalf("the layers are %q", layers)
	}
	before := eval[float64](p, "e2e.sum('maps-grid')")
	p.run("document.querySelector('#map-layers button').click()")
	p.wait("the first layer", fmt.Sprintf("document.querySelector('#map-layers [aria-pressed=true]').dataset.layer === %q && e2e.sum('maps-grid') !== %v", layers[0], before))

	p.run("document.getElementById('maps-grid-slot').focus()")
	p.press(kb.End)
	p.wait("the last channel", "(s => s.getAttribute('aria-valuenow') === s.getAttribute('aria-valuemax'))(document.getElementById('maps-grid-slot'))")
	p.press(kb.Home)
	p.wait("the first channel", "document.getElementById('maps-grid-slot').getAttribute('aria-valuenow') === '0' && document.getElementById('maps-channel').innerText === 'Channel 0'")
	before = eval[float64](p, "e2e.sum('maps-big')")
	pixel := p.attr("maps-big-slot", "aria-valuenow")
	p.run("document.getElementById('maps-big-slot').focus()")
	p.press(kb.ArrowRight)
	p.wait("the next pixel", fmt.Sprintf("document.getElementById('maps-big-slot').getAttribute('aria-valuenow') === String(%s + 1) && e2e.sum('maps-big') !== %v", pixel, before))
	// The pointer looks where it points.
	p.run(`const slot = document.getElementById('maps-big-slot'), box = slot.getBoundingClientRect();
		slot.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: box.left + 1, clientY: box.top + 1 }))`)
	p.wait("the pixel under the pointer", "document.getElementById('maps-big-slot').getAttribute('aria-valuenow') === '0' && document.getElementById('maps-pixel').innerText.startsWith('Pixel (0, 0)')")

	// Another network has other layers; what was chosen is fitted to it.
	p.choose("model", "simple")
	p.wait("the other network's layers", "[...document.querySelectorAll('#map-layers button')].length && document.querySelector('#map-layers button').dataset.layer !== "+quote(layers[0])+" && document.getElementById('maps-big-slot').getAttribute('aria-valuemax') === '1023'")
	p.gallery("maps")
}

// With the camera on the maps follow the frames.
func TestFeatureMapsLive(t *testing.T) {
	p := open(t, filmCamera)
	p.click("camera")
	p.after(0, "camera", "")
	p.openTab("maps")
	p.wait("the maps", "document.getElementById('maps-grid') && e2e.colours('maps-grid') > 30")
	before := eval[float64](p, "e2e.sum('maps-grid')")
	p.wait("the maps of another frame", fmt.Sprintf("e2e.sum('maps-grid') !== %v", before))
}
