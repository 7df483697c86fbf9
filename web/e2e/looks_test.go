package e2e

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
)

// overlaps lists pairs of visible texts whose ink would meet, and texts that are cut by an element
// that holds them. A box of a text is trimmed at top and bottom by what is line space and no ink.
// What lies on another layer (a dialog, a menu, the bars that stick, chips on the picture) may
// cover the page.
const overlaps = `(() => {
	const layer = (e) => e.closest('dialog, .menu, .tabbar, #pin, #view, .mapmenu, [data-layer-of]') || document.body;
	const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !e.closest('.sr, [hidden], option, select, textarea, svg');
	const boxes = [], cut = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node; (node = walker.nextNode());) {
		const e = node.parentElement;
		if (!node.data.trim() || !e || !shown(e) || e.matches('script, style, template')) continue;
		const range = document.createRange();
		range.selectNodeContents(node);
		for (const r of range.getClientRects()) {
			if (r.width < 2 || r.height < 2) continue;
			let box = { left: r.left, right: r.right, top: r.top + .2 * r.height, bottom: r.bottom - .2 * r.height }, gone = false;
			for (let p = e; p && p !== document.body; p = p.parentElement) {
				const style = getComputedStyle(p), b = p.getBoundingClientRect();
				if (style.clipPath !== 'none' && b.width <= 2) gone = true;
				if (style.overflowX !== 'visible' || style.overflowY !== 'visible') { // what is scrolled or cut away cannot meet anything
					box.left = Math.max(box.left, b.left), box.right = Math.min(box.right, b.right), box.top = Math.max(box.top, b.top), box.bottom = Math.min(box.bottom, b.bottom);
				}
			}
			if (gone || box.right - box.left < 1 || box.bottom - box.top < 1) continue;
			boxes.push({ ...box, layer: layer(e), e, text: node.data.trim().slice(0, 40) });
		}
		const style = getComputedStyle(e);
		if (style.clipPath === 'none' && style.overflowX !== 'auto' && style.overflowX !== 'scroll' && style.textOverflow !== 'ellipsis' && e.clientWidth && e.scrollWidth > e.clientWidth + 1 && style.display !== 'inline') cut.push('cut: ' + node.data.trim().slice(0, 40) + ' ' + e.scrollWidth + ' > ' + e.clientWidth);
	}
	const bad = [...new Set(cut)];
	for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
		const a = boxes[i], b = boxes[j];
		if (a.layer !== b.layer || a.e === b.e) continue;
		if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) bad.push(a.text + ' | ' + b.text);
	}
	const visible = (e) => { // what of it is not scrolled or cut away
		let { left, right, top, bottom } = e.getBoundingClientRect();
		for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
			const style = getComputedStyle(p), b = p.getBoundingClientRect();
			if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
			left = Math.max(left, b.left), right = Math.min(right, b.right), top = Math.max(top, b.top), bottom = Math.min(bottom, b.bottom);
		}
		return { e, layer: layer(e), left, right, top, bottom };
	};
	const controls = [...document.querySelectorAll('button, [role=switch], select')].filter(shown).map(visible);
	const name = (c) => c.e.id || c.e.className || c.e.textContent.trim().slice(0, 20);
	for (let i = 0; i < controls.length; i++) for (let j = i + 1; j < controls.length; j++) {
		const a = controls[i], b = controls[j];
		if (a.layer !== b.layer || a.e.contains(b.e) || b.e.contains(a.e)) continue;
		if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2) bad.push('controls ' + name(a) + ' | ' + name(b));
	}
	const wide = document.documentElement.scrollWidth;
	if (wide > innerWidth) bad.push('the page is ' + wide + ' wide on a screen of ' + innerWidth + ': ' + [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scrolls, .film')).map((e) => e.tagName + '#' + e.id + '.' + e.className + ' ' + e.textContent.slice(0, 30)).slice(0, 6).join('; '));
	return bad.slice(0, 12);
})()`

// No two texts meet and nothing is cut: on screens of six widths, in both languages and themes,
// with text of one and a half and two times the size, and with forced colours.
func TestNothingOverlaps(t *testing.T) {
	p := newTab(t, filmCamera)
	p.size(1440, 900, false)
	p.at("#model=simple-se&sample=cat&gates=2:3@0,5@0.5,7@0.25") // the block's head says how many
	check := func(where string) {
		p.frames()
		for _, bad := range eval[[]string](p, overlaps) {
			t.Errorf("%s: %s", where, bad)
		}
	}
	for _, screen := range [][2]int64{{390, 844}, {768, 1024}, {1024, 768}, {1366, 768}, {1440, 900}, {1920, 1080}} {
		p.size(screen[0], screen[1], screen[0] < 700)
		for _, lang := range []string{"en", "zh"} {
			p.click("lang-" + lang)
			p.wait("language "+lang, "document.documentElement.lang.startsWith('"+lang+"')")
			p.frames()
			where := fmt.Sprintf("%d x %d, %s", screen[0], screen[1], lang)
			check(where)
			for _, cut := range eval[[]string](p, "[...document.querySelectorAll('.blk:not([hidden]) .bh *, .chg > *')].filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map((e) => e.className + ' ' + e.innerText)") {
				t.Errorf("%s: the head of the block is cut: %s", where, cut)
			}
			for _, text := range []int{150, 200} {
				p.fontSize(16 * text / 100)
				p.frames()
				check(fmt.Sprintf("%s, text %d %%", where, text))
			}
			p.fontSize(16)
			if screen[0] >= 1366 { // strip and tabs are inside the first viewport
				low := eval[float64](p, "Math.max(document.getElementById('strip').getBoundingClientRect().bottom, document.getElementById('tabs').getBoundingClientRect().bottom) + scrollY")
				if low > float64(screen[1]) {
					t.Errorf("%s: strip and tabs end at %.0f, expected inside the first screen", where, low)
				}
			}
		}
	}
	p.click("lang-en")
	for _, feature := range []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}, {Name: "prefers-color-scheme", Value: "dark"}} {
		do(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{feature}})
		check(feature.Name)
	}
}

// The longest answer has its place on a phone, too, beside the number of things that are known.
func TestUnknownHasRoom(t *testing.T) {
	p := newTab(t, filmCamera)
	p.size(390, 844, true)
	p.load()
	noise := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		x, y := i%64, i/64
		noise.SetNRGBA(x, y, color.NRGBA{uint8(37*x + 91*y), uint8(x*x + 17*y), uint8(x*y + 53), 255})
	}
	p.explain(write(t, "noise.png", encodePNG(noise)))
	p.wait("that it is nothing known", "document.getElementById('answer').innerText.trim() === 'Nothing I know'")
	p.frames()
	if room := eval[float64](p, "document.querySelector('.says .r').getBoundingClientRect().left - document.querySelector('#answer b').getBoundingClientRect().right"); room < 4 {
		t.Errorf("%.0f pixels lie between the answer and how many things are known, expected some", room)
	}
}

// Nor do they where the browser makes no text smaller than 16 pixels, as people set it who see
// little.
func TestNothingOverlapsInLargeText(t *testing.T) {
	t.Run("Chromium", func(t *testing.T) { testLargeText(t, largeText) })
	t.Run("Firefox", func(t *testing.T) { testLargeText(t, firefoxLarge) })
}

func testLargeText(t *testing.T, in device) {
	p := newTab(t, in)
	p.size(1440, 900, false)
	p.at("#model=simple-se&sample=cat")
	p.run("const small = document.createElement('p'); small.id = 'small'; small.style.fontSize = '5px'; small.textContent = 'small'; document.body.append(small)")
	if high := eval[float64](p, "small.getBoundingClientRect().height"); high < 14 {
		t.Fatalf("text of 5 pixels is %.0f high: the browser has no smallest size", high)
	}
	p.run("small.remove()")
	for _, screen := range [][2]int64{{390, 844}, {768, 1024}, {1024, 768}, {1366, 768}, {1440, 900}, {1920, 1080}} {
		p.size(screen[0], screen[1], screen[0] < 700)
		for _, lang := range []string{"en", "zh"} {
			p.click("lang-" + lang)
			p.wait("language "+lang, "document.documentElement.lang.startsWith('"+lang+"')")
			for _, tab := range []string{"compare", "maps", "model"} {
				p.openTab(tab)
				p.frames()
				for _, bad := range eval[[]string](p, overlaps) {
					t.Errorf("%d x %d, %s, %s: %s", screen[0], screen[1], lang, tab, bad)
				}
			}
			if folder := shots(); folder != "" && p.ctx != nil {
				p.shoot(folder, fmt.Sprintf("large-%d-%s", screen[0], lang))
			}
		}
	}
}

// fontSize is the size of text that a person has set in the browser, in pixels; 16 is the usual
// one.
func (p *tab) fontSize(size int) {
	p.t.Helper()
	do(p, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: int64(size), Fixed: int64(size) * 13 / 16}})
	p.wait("text of that size", fmt.Sprintf("parseFloat(getComputedStyle(document.documentElement).fontSize) === %d", size))
}

// Between two frames of a camera that is sure of one thing, then of nothing, nothing moves: every
// part of the first screen keeps its place and its size.
func TestNothingMovesUnderTheCamera(t *testing.T) {
	p := open(t, filmCamera)
	p.size(1440, 900, false)
	// In the place of the film the page's canvases are given a sample and nothing in turn.
	p.run(`const ship = new Image(), nothing = document.createElement('canvas'), draw = CanvasRenderingContext2D.prototype.drawImage;
		ship.src = document.querySelector('#sample-ship img').src;
		await ship.decode();
		nothing.width = nothing.height = 64;
		const grey = nothing.getContext('2d').createLinearGradient(0, 0, 64, 64);
		grey.addColorStop(0, '#667'), grey.addColorStop(1, '#998');
		nothing.getContext('2d').fillStyle = grey, nothing.getContext('2d').fillRect(0, 0, 64, 64);
		CanvasRenderingContext2D.prototype.drawImage = function (from, ...rest) {
			if (!(from instanceof HTMLVideoElement)) return draw.call(this, from, ...rest);
			const other = Math.floor(performance.now() / 1500) % 2 ? ship : nothing;
			draw.call(this, other, 0, 0, other.width, other.height, ...rest.slice(4));
		}`)
	p.camera()
	p.wait("some frames", "e2e.results.length > 12")
	p.run(`e2e.places = () => [...document.querySelectorAll('.pred > *, .preds li, .why, .fall li, #gates > *:not([hidden]), .grow, #strip, .st, .tabbar, .ctl, #view')].filter((e) => e.checkVisibility())
		.map((e) => { const b = e.getBoundingClientRect(); return (e.id || e.tagName) + ' ' + [b.left, b.top, b.width, b.height].map(Math.round) }).join('\n');
		e2e.first = e2e.places(), e2e.moved = [], e2e.answers = new Set();
		addEventListener('sescope:result', () => requestAnimationFrame(() => {
			e2e.answers.add(document.getElementById('answer').innerText);
			const now = e2e.places();
			if (now !== e2e.first && e2e.moved.length < 3) e2e.moved.push(now);
		}))`)
	n := p.count()
	p.wait("sixty frames, of which not all are sure", fmt.Sprintf("e2e.results.length > %d && e2e.answers.size > 1", n+60))
	first := eval[string](p, "e2e.first")
	for _, moved := range eval[[]string](p, "e2e.moved") {
		a, b := strings.Split(first, "\n"), strings.Split(moved, "\n")
		if len(a) != len(b) {
			t.Errorf("%d parts, at first %d", len(b), len(a))
			continue
		}
		for i := range a {
			if a[i] != b[i] {
				t.Errorf("%s moved to %s", a[i], b[i])
			}
		}
	}
	t.Logf("answers: %q", eval[[]string](p, "[...e2e.answers]"))
}
