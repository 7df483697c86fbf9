package e2e

import "testing"

// watchNatives remembers the browser's own functions before the page's scripts run.
const watchNatives = `
	const natives = () => {
		const found = new Map();
		const look = (where, object) => {
			for (const [name, d] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
				for (const part of ['value', 'get', 'set']) if (typeof d[part] === 'function') found.set(where + '.' + name + ' ' + part, d[part]);
			}
		};
		look('window', window);
		for (const name of Object.getOwnPropertyNames(window)) {
			const d = Object.getOwnPropertyDescriptor(window, name);
			if (typeof d.value === 'function' && d.value.prototype) look(name, d.value.prototype);
			else if (d.value && typeof d.value === 'object' && d.value !== window && d.value !== e2e) look(name, d.value);
		}
		return found;
	};
	const before = natives();
	e2e.native = before.get('window.eval value');
	e2e.changed = () => { const now = natives(); return [...before].filter(([name, f]) => now.get(name) !== f).map(([name]) => name) };
`

// The page leaves the browser's own functions alone, window.eval above all: browser automation,
// extensions and developer tools call them on the page.
func TestBrowsersOwnFunctions(t *testing.T) { inBoth(t, testBrowsersOwnFunctions) }

func testBrowsersOwnFunctions(t *testing.T, in device) {
	p := newTab(t, in)
	p.before(watchNatives)
	p.load()
	n := p.count()
	p.click("sample-frog")
	p.after(n, "frog.svg", "")
	if text := eval[string](p, "Function.prototype.toString.call(window.eval)"); text != eval[string](p, "Function.prototype.toString.call(e2e.native)") || !eval[bool](p, "/\\[native code\\]/.test(window.eval.toString()) && window.eval === e2e.native") {
		t.Errorf("window.eval is %s", text)
	}
	if changed := eval[[]string](p, "e2e.changed()"); len(changed) > 0 {
		t.Errorf("the page replaced %q", changed)
	}
}
