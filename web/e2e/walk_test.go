package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// crossing finds two boxes of text in the walk's figure and head that lie over one another, and
// text that is cut.
const crossing = `(() => {
  const panel = document.getElementById('walk-panel'), found = [];
  const boxes = [...panel.querySelectorAll('h2,h3,p,small,b,span,td,button,summary,text')].filter((e) => e.textContent.trim() && e.checkVisibility() && !e.querySelector('b,span,td'))
    .map((e) => { const r = e.getBoundingClientRect(), trim = r.height * .18; return {e, l: r.left, r: r.right, t: r.top + trim, b: r.bottom - trim}; });
  for (let i = 0; i < boxes.length; i++) {
    const a = boxes[i];
    if (a.e.scrollWidth > a.e.clientWidth + 1 && a.e.clientWidth > 0 && getComputedStyle(a.e).display !== 'inline') found.push('cut: ' + a.e.textContent.slice(0, 40));
    for (const b of boxes.slice(i + 1))
      if (!a.e.contains(b.e) && !b.e.contains(a.e) && !a.e.closest('.wk-foot') && !b.e.closest('.wk-foot') && a.l < b.r - 1 && b.l < a.r - 1 && a.t < b.b - 1 && b.t < a.b - 1)
        found.push(a.e.textContent.slice(0, 30) + ' over ' + b.e.textContent.slice(0, 30));
  }
  if (panel.scrollWidth > panel.clientWidth + 1) found.push('the panel scrolls sideways: ' + [...panel.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1).map((e) => e.tagName + '.' + (e.className.baseVal ?? e.className) + '#' + e.id).slice(0, 6));
  return found.join('; ');
})()`

func (p *tab) walkPages() int {
	return eval[int](p, "document.querySelectorAll('#walk-dots i').length")
}

// The walk: every page speaks of the shown picture, its texts never meet at three widths in two
// languages, and the last page mutes the channel that the answer needs most, which changes the
// answer's share.
func TestWalk(t *testing.T) {
	for model, pages := range map[string]int{"live": 11, "everyday": 11, "tiny-eca": 9, "tiny-cbam": 12} {
		t.Run(model, func(t *testing.T) { testWalk(t, model, pages) })
	}
}

func testWalk(t *testing.T, model string, count int) {
	p := open(t, filmCamera)
	if !p.offers(model) {
		t.Skipf("this dist has no %s", model)
	}
	if n := p.count(); model != eval[string](p, "document.getElementById('model').value") {
		p.choose("model", model)
		p.after(n, "", model)
	}
	p.run("document.getElementById('tab-learn').click()")
	p.wait("the walk", "document.getElementById('walk').open")
	pages := p.walkPages()
	if pages != count {
		t.Errorf("the walk has %d pages, expected %d", pages, count)
	}
	widths := []int64{1440, 768, 390}
	if model != "live" {
		widths = []int64{1440, 390} // most steps are the same
	}
	seen := map[string]bool{}
	for i := range pages {
		p.wait(fmt.Sprintf("figure %d", i+1), "document.querySelectorAll('#walk-dots i')["+fmt.Sprint(i)+"].classList.contains('on') && document.getElementById('walk-figure').children.length > 0 && document.getElementById('walk-text').textContent.length > 20")
		if i == pages-1 {
			p.wait("the search", "!document.getElementById('walk-mute').hidden")
		}
		text := p.text("walk-title") + p.text("walk-text")
		if seen[text] || strings.Contains(text, "%!") || strings.HasPrefix(model, "tiny-") && strings.Contains(text, "SE ") {
			t.Errorf("page %d says %q", i+1, text)
		}
		seen[text] = true
		for _, width := range widths {
			p.size(width, 900, width < 760)
			p.frames()
			if found := eval[string](p, crossing); found != "" {
				t.Errorf("page %d at %d: %s", i+1, width, found)
			}
			p.shoot(os.Getenv("SESCOPE_SHOTS"), fmt.Sprintf("walk-%s-%02d-%d", model, i+1, width))
			p.run("document.documentElement.style.fontSize = '200%'")
			p.frames()
			if found := eval[string](p, crossing); found != "" {
				t.Errorf("page %d at %d with text at 200 %%: %s", i+1, width, found)
			}
			p.run("document.documentElement.style.fontSize = ''")
		}
		if i < pages-1 {
			p.click("walk-next")
		}
	}
	before := p.text("walk-figure")
	p.click("walk-mute")
	p.wait("what it changed", "document.getElementById('walk-figure').innerText.includes('→')")
	if after := p.text("walk-figure"); after == before {
		t.Errorf("muting leaves the figure as it is: %q", after)
	}
	p.click("walk-mute")
	p.wait("the network's own gates", "!document.getElementById('walk-figure').innerText.includes('→')")
	p.run("document.querySelector('#walk-q0 summary').click()")
	if text := p.text("walk-q0"); !strings.Contains(text, "mean") {
		t.Errorf("the first question's answer is %q", text)
	}
	p.click("walk-close")
	p.wait("the page", "!document.getElementById('walk').open && !location.hash.includes('tab=learn')")
}

// A link opens the walk in Chinese; arrow keys go on, Escape leaves. A network without attention
// has fewer pages.
func TestWalkByKeys(t *testing.T) {
	p := newTab(t, noCamera)
	p.home = origin + "/#model=simple&tab=learn&lang=zh"
	p.load()
	p.wait("the walk", "document.getElementById('walk').open")
	if n := p.walkPages(); n != 4 {
		t.Errorf("the walk through simple has %d pages, expected 4: picture, filter, map, head", n)
	}
	for i := range 4 {
		p.wait("Chinese", fmt.Sprintf("document.querySelectorAll('#walk-dots i')[%d].classList.contains('on') && /\\p{Script=Han}/u.test(document.getElementById('walk-title').textContent)", i))
		if found := eval[string](p, crossing); found != "" {
			t.Errorf("page %d: %s", i+1, found)
		}
		p.run("document.getElementById('walk').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}))")
	}
	p.run("document.getElementById('walk').close()")
	p.wait("the page", "!document.getElementById('walk').open")
}
