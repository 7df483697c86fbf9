package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// what a person can act on, and how the tests tell one from another.
const controls = `(() => {
	const name = (e) => e.id || e.matches('[data-term]') && 'a row of the waterfall' || e.dataset.channel && 'gate ' + e.closest('.blk').dataset.layer || [e.closest('[id]')?.id, e.tagName, e.getAttribute('aria-label') || e.innerText || e.value].join(' ').replace(/[<>]?[\d.]+\s*%/g, '%'); // a share may change meanwhile
	e2e.name = name;
	const open = document.querySelector('dialog[open]') || document;
	return [...new Set([...open.querySelectorAll('button, select, input:not([type=file]), a[href], summary, [tabindex], [role=slider], [role=button], [role=tab]')]
		.filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.closest('[inert]') && e.getClientRects().length && !e.classList.contains('sr') && !e.matches('video, h2'))
		.map((e) => e.matches('[role=tab]') ? 'a tab' : name(e)))];
})()`

// tour goes round with the tab key, and on until it came to all that is wanted or for 300 steps: a
// render may set the focus back to where it began. It returns what it came to.
func (p *tab) tour(want []string) []string {
	p.t.Helper()
	p.run(`e2e.came = [], e2e.start = null, e2e.round = false; // two controls may have one name
		e2e.watch?.abort();
		e2e.watch = new AbortController();
		addEventListener('focusin', (event) => (e2e.round ||= event.target === e2e.start, e2e.start ||= event.target, e2e.came.push(event.target.matches('[role=tab]') ? 'a tab' : e2e.name(event.target))), { signal: e2e.watch.signal });
		document.activeElement?.blur?.()`)
	for n := 0; ; n++ {
		for range 10 {
			p.press("\t")
		}
		if came := eval[[]string](p, "e2e.came"); n == 30 || eval[bool](p, "e2e.round") && !slices.ContainsFunc(want, func(name string) bool { return !slices.Contains(came, name) }) {
			return came
		}
	}
}

// Everything that can be clicked on can be come to by the tab key, and does its work by Enter,
// space or arrows: in each tab, while the camera's frame is frozen and painted on and gates are
// set, and in each dialog. The lists are the page's own, so a control that is new is held to it,
// too.
func TestEverythingByKeyboard(t *testing.T) {
	p := open(t, filmCamera)
	p.press("c")
	p.after(0, "camera", "")
	p.press(" ")
	p.wait("the frozen frame", "document.getElementById('freeze').getAttribute('aria-pressed') === 'true'")
	p.still()
	p.menu("map-open", "map-menu")
	p.run("document.getElementById('brush').focus()")
	p.press("\r")
	p.wait("the brush", "!document.getElementById('brush-cursor').hidden")
	p.press("\x1b")
	p.wait("escape to close the menu", "!document.getElementById('map-menu').checkVisibility() && document.activeElement.id === 'map-open'")
	p.run("document.getElementById('brush-cursor').focus()")
	p.press(" ")
	p.run("document.querySelector('#gates .blk:not([hidden]) [role=slider][tabindex=\"0\"]').focus()")
	p.press("m")
	p.wait("something to undo and to reset", "!document.getElementById('undo').disabled && document.getElementById('gates-reset').checkVisibility()")

	done := map[string]bool{}
	check := func(where string) {
		want := eval[[]string](p, controls)
		came := p.tour(want)
		there := eval[[]string](p, controls) // another answer may have taken a control away meanwhile
		for _, name := range want {
			if !slices.Contains(came, name) && slices.Contains(there, name) {
				t.Errorf("%s: the tab key does not come to %q", where, name)
			}
		}
		p.run("e2e.watch.abort()")
		for _, name := range came {
			if !done[name] {
				done[name] = true
				p.acts(where, name)
			}
		}
		t.Logf("%s: %d controls", where, len(want))
	}
	tabs := eval[[]string](p, "[...document.querySelectorAll('[role=tab]')].map((e) => e.id)")
	for i, id := range tabs {
		p.run("document.activeElement?.blur?.()")
		p.press(fmt.Sprint(i + 1))
		if id == "tab-learn" { // the walk lies over the page
			p.wait("the walk", "document.getElementById('walk').open")
			check("the walk")
			p.press("\x1b")
			p.wait("escape to leave the walk", "!document.getElementById('walk').open")
			continue
		}
		p.wait(id, "document.getElementById("+quote(id)+").getAttribute('aria-selected') === 'true'")
		p.frames()
		check(id)
	}
	// Along the tabs by arrows.
	p.run("document.getElementById(" + quote(tabs[len(tabs)-1]) + ").focus()")
	p.press(kb.ArrowLeft)
	p.wait("the tab to the left", "document.activeElement.id === "+quote(tabs[len(tabs)-2])+" && document.activeElement.getAttribute('aria-selected') === 'true'")
	p.click("tab-close")
	p.wait("the first screen alone", "document.querySelector('[role=tab][aria-selected=true]') === null")
	check("the first screen")
	for opener, menu := range map[string]string{"map-open": "map-menu", "more": "more-menu"} {
		p.menu(opener, menu)
		check(menu)
		p.run("document.getElementById(" + quote(menu) + ").querySelector('button').focus()")
		p.press("\x1b")
		p.wait("escape to close "+menu, "!document.getElementById("+quote(menu)+").checkVisibility()")
	}
	for dialog, opener := range map[string]string{"help": "help-open", "privacy": "privacy-link", "sharing": "share", "export": "export-open"} {
		if opener == "export-open" {
			p.menu("more", "more-menu")
		}
		p.run("document.getElementById(" + quote(opener) + ").focus()")
		p.press("\r")
		p.wait(dialog, "document.getElementById("+quote(dialog)+").open")
		check(dialog)
		p.press("\x1b")
		p.wait("escape to close it", "!document.getElementById("+quote(dialog)+").open")
		if got := eval[string](p, "document.activeElement.id"); got != opener {
			t.Errorf("after %s the keyboard is at %q, expected %s", dialog, got, opener)
		}
	}
}

// menu opens a menu by keyboard.
func (p *tab) menu(opener, menu string) {
	p.t.Helper()
	p.run("document.getElementById(" + quote(opener) + ").focus()")
	p.press("\r")
	p.wait(menu, "document.getElementById("+quote(menu)+").checkVisibility()")
}

// acts checks that the control of that name answers to the keys of its kind. What native controls
// do is kept from the page, so that the state stays.
func (p *tab) acts(where, name string) {
	p.t.Helper()
	kind := eval[string](p, fmt.Sprintf(`(() => {
		const e = [...document.querySelectorAll('button, select, input, a[href], summary, [tabindex="0"]')].find((e) => e2e.name(e) === %q && e.checkVisibility() && !e.disabled);
		if (!e) return '';
		e.focus();
		e2e.tried = e;
		e2e.told = '';
		const state = () => [e.value, e.getAttribute('aria-valuenow'), e.getAttribute('aria-valuetext'), e.getAttribute('style'), e2e.name(document.activeElement), document.activeElement.getAttribute('aria-label'), e.scrollLeft, e.scrollTop].join();
		e2e.state = state, e2e.before = state();
		e2e.keep?.abort();
		e2e.keep = new AbortController();
		for (const type of ['click', 'change', 'input']) addEventListener(type, (event) => {
			e2e.told += type + ' ';
			event.stopImmediatePropagation();
			if (type === 'click') event.preventDefault();
		}, { capture: true, signal: e2e.keep.signal });
		return e.matches('button, a, summary') ? 'button' : e.matches('select') ? 'select' : e.matches('input') ? e.type : e.getAttribute('role') || 'stop';
	})()`, name))
	defer p.run("e2e.keep?.abort()")
	told := func(keys, expression string) {
		p.t.Helper()
		for range 200 {
			if eval[bool](p, expression) {
				return
			}
			p.frames()
		}
		p.t.Errorf("%s: %s does nothing at %q, a %s", where, keys, name, kind)
	}
	switch kind {
	case "", "stop", "document", "region", "tabpanel", "group", "img", "text", "textarea": // a place to scroll or to type, or gone
	case "button":
		p.press("\r")
		told("Enter", "e2e.told.includes('click')")
		p.run("e2e.told = ''; e2e.tried.focus(); e2e.had = e2e.results.length")
		p.press(" ")
		told("space", "e2e.told.includes('click') || e2e.tried.matches('a') || e2e.results.length > e2e.had") // the brush paints at once
	case "select":
		if eval[int](p, "e2e.tried.options.length") > 1 {
			p.run("e2e.kept = e2e.tried.value")
			p.press(either(p, "e2e.tried.selectedIndex > 0", kb.ArrowUp, kb.ArrowDown))
			told("an arrow", "e2e.told !== ''")
			p.run("e2e.tried.value = e2e.kept")
		}
	case "range":
		p.run("e2e.kept = e2e.tried.value")
		p.press(either(p, "+e2e.tried.value > +(e2e.tried.min || 0)", kb.ArrowLeft, kb.ArrowRight))
		told("an arrow", "e2e.told !== ''")
		p.run("e2e.tried.value = e2e.kept")
	case "checkbox", "radio":
		p.press(" ")
		told("space", "e2e.told !== ''")
	case "slider", "grid", "application":
		p.run("e2e.keep.abort()")
		p.press(kb.ArrowRight)
		p.press(kb.ArrowDown)
		told("an arrow", "e2e.state() !== e2e.before")
	default:
		p.t.Errorf("%s: %q is a %s, of which the test knows no keys", where, name, kind)
	}
}

// either is one of two keys.
func either(p *tab, condition, yes, no string) string {
	p.t.Helper()
	if eval[bool](p, condition) {
		return yes
	}
	return no
}
