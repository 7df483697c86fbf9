package e2e

import "testing"

// Events of a kind that a person causes, made up by a program and with nothing in them, on every
// element, but for the fifth and further of a kind: extensions that fill in forms and tests of
// other people send such. They cost nothing.
func TestMadeUpEvents(t *testing.T) { inBoth(t, testMadeUpEvents) }

func testMadeUpEvents(t *testing.T, in device) {
	p := open(t, in)
	p.run(`
		const types = ['keydown', 'keyup', 'pointerdown', 'pointermove', 'pointerover', 'pointerout', 'pointerup', 'pointercancel', 'lostpointercapture', 'wheel', 'input', 'change',
			'dragenter', 'dragover', 'dragleave', 'drop', 'paste', 'copy', 'focus', 'blur', 'focusin', 'focusout', 'contextmenu', 'touchstart', 'mousedown', 'toggle', 'close', 'cancel',
			'message', 'storage', 'popstate', 'hashchange', 'resize', 'beforeinput', 'compositionend', 'visibilitychange', 'pagehide', 'pageshow', 'online', 'offline'];
		const kinds = {}, kind = (e) => [e.tagName, e.className.baseVal ?? e.className, e.parentElement.id, ...Object.keys(e.dataset)].join(' ');
		const all = [window, document, ...[...document.querySelectorAll('body, body *')].filter((e) => (kinds[kind(e)] = (kinds[kind(e)] || 0) + 1) < 5)];
		let n = 0;
		for (const e of all) for (const type of types) {
			e.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
			if (++n % 2000 === 0) await new Promise((done) => setTimeout(done, 0));
		}
		for (const e of all) for (const type of ['pointerdown', 'pointermove', 'pointerup']) e.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId: 4711, clientX: 300, clientY: 300, buttons: 1 }));
	`)
	p.wait("a network, whichever was chosen", "document.documentElement.dataset.state === 'ready' && !document.getElementById('model').disabled")
	p.choose("model", "live") // whichever it was, it may know other things than a frog
	p.alive("frog")
}

// While another network is on its way, what a person points at is the former one's: a channel, a
// block, a gate that the new one may not have.
func TestHandsWhileNetworksChange(t *testing.T) { inBoth(t, testHandsWhileNetworksChange) }

func testHandsWhileNetworksChange(t *testing.T, in device) {
	p := open(t, in)
	p.run(`
		e2e.hands = true;
		(async () => {
			for (let turn = 0; e2e.hands; turn++) {
				const all = [...document.querySelectorAll('.fall button, #gates canvas, #gates [role=slider]')];
				for (const e of all.filter((e, i) => i % 7 === turn % 7)) { // all at once would leave the page no time
					const box = e.getBoundingClientRect(), at = { bubbles: true, clientX: box.right - 3, clientY: box.bottom - 3 };
					for (const type of ['pointerover', 'pointermove', 'focusin']) e.dispatchEvent(new PointerEvent(type, at));
				}
				await new Promise((done) => setTimeout(done, 0));
			}
		})()`)
	for _, name := range []string{"simple-se", "simple", "live"} {
		p.model(name)
	}
	p.run("e2e.hands = false")
	p.alive("frog")
}
