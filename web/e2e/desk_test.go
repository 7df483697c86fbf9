package e2e

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
)

const shiftKey = 8

// block shows a block on the desk, by its station of the strip.
func (p *tab) block(i int) {
	p.t.Helper()
	p.wait("the blocks", fmt.Sprintf("document.querySelectorAll('#gates .blk').length > %d", i))
	p.run(fmt.Sprintf("if (document.querySelectorAll('#gates .blk')[%d].hidden) document.querySelectorAll('#stations [data-kind=block]')[%[1]d].click()", i))
	p.wait("the block", fmt.Sprintf("!document.querySelectorAll('#gates .blk')[%d].hidden", i))
}

// bar is the middle of a gate's bar on the screen, at the height of value v.
func (p *tab) bar(block, channel int, v float64) (x, y float64) {
	p.t.Helper()
	p.block(block)
	at := eval[[]float64](p, fmt.Sprintf(`(() => {
		const slider = document.querySelectorAll('#gates .blk')[%d].querySelector('[data-channel="%d"]');
		slider.scrollIntoView({ block: 'center' });
		const bar = slider.getBoundingClientRect(), row = slider.closest('.grow').getBoundingClientRect();
		return [bar.x + bar.width / 2, row.top + 8 + (1 - %v) * (row.height - 28)];
	})()`, block, channel, v))
	return at[0], at[1]
}

func (p *tab) mouse(kind input.DispatchMouseEventType, x, y float64, modifiers int64) {
	p.t.Helper()
	params := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Modifiers: modifiers, Button: input.MouseButtonLeft, ClickCount: 1}
	switch kind {
	case input.DispatchMouseEventTypeMousePressed:
		params.Buttons = 1
	case input.DispatchMouseEventTypeMouseMoved:
		params.Button = input.MouseButtonNone
	}
	do(p, input.DispatchMouseEvent, params)
}

func (p *tab) tap(x, y float64, modifiers int64) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, modifiers)
	p.mouse(input.DispatchMouseEventTypeMousePressed, x, y, modifiers)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, x, y, modifiers)
}

// drag presses at one place and releases at another, over a third.
func (p *tab) drag(x0, y0, x1, y1 float64) {
	p.t.Helper()
	p.mouse(input.DispatchMouseEventTypeMouseMoved, x0, y0, 0)
	p.mouse(input.DispatchMouseEventTypeMousePressed, x0, y0, 0)
	for _, f := range []float64{.3, .7, 1} {
		do(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x0 + f*(x1-x0), Y: y0 + f*(y1-y0), Button: input.MouseButtonLeft, Buttons: 1})
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, x1, y1, 0)
}

// gates waits until a result from number n on has gates of that kind.
func (p *tab) gates(n int, what, condition string) detail {
	p.t.Helper()
	find := fmt.Sprintf("e2e.results.slice(%d).find((r) => { const gates = r.detail.gates.map((g) => g.scale); return %s })", n, condition)
	p.wait(what, find)
	return eval[result](p, find).Detail
}

// Dragging, muting, soloing, switching and resetting gates: the answer follows, and what changed is
// said.
func TestDesk(t *testing.T) {
	p := open(t, filmCamera)
	first := p.after(0, "ship.svg", "")
	hint := p.text("changed")

	n := p.count()
	x, y := p.bar(0, 4, .5)
	_, to := p.bar(0, 4, .9)
	p.drag(x, y, x, to)
	d := p.gates(n, "a dragged gate", "Math.abs(gates[0][4] - .9) < .02")
	if far(d.Logits, first.Logits) == 0 {
		t.Error("the logits are the same with another gate")
	}
	for c, v := range d.Gates[0].Scale {
		if c != 4 && v != first.Gates[0].Scale[c] {
			t.Errorf("gate %d of the block went from %v to %v, too", c, first.Gates[0].Scale[c], v)
		}
	}
	p.wait("what changed", "document.getElementById('changed').innerText !== "+quote(hint))
	x, y = p.bar(0, 4, .9)
	_, to = p.bar(0, 4, 0)
	n = p.count()
	p.drag(x, y, x, to+200) // far below the axis
	p.gates(n, "a gate dragged beyond the axis", "gates[0][4] === 0")

	n = p.count()
	x, y = p.bar(0, 9, .3)
	p.tap(x, y, 0)
	p.gates(n, "a muted gate", "gates[0][9] === 0")
	n = p.count()
	p.tap(x, y, 0)
	p.gates(n, "the gate back", fmt.Sprintf("gates[0][9] === %v", first.Gates[0].Scale[9]))

	last := len(first.Gates) - 1
	n = p.count()
	x, y = p.bar(last, 3, .3)
	p.tap(x, y, shiftKey)
	p.gates(n, "one channel alone", fmt.Sprintf("gates[%d].every((v, c) => c === 3 ? v > 0 : v === 0)", last))
	if text := p.text("gates"); !strings.Contains(text, "channel 3 alone") {
		t.Errorf("the desk says %q", text)
	}

	n = p.count()
	p.click("se-1")
	p.gates(n, "a block of ones", "gates[0].every((v) => v === 1)")
	n = p.count()
	p.click("se-1")
	p.gates(n, "the block as it was set", "gates[0][4] === 0")

	n = p.count()
	p.click("gates-reset")
	d = p.gates(n, "every gate back", "gates[0][4] > 0")
	if far(d.Logits, first.Logits) != 0 {
		t.Errorf("after the reset the logits differ by %v", far(d.Logits, first.Logits))
	}
	p.wait("the hint again", "document.getElementById('changed').innerText === "+quote(hint))
}

// The gates stay on the live camera: every frame runs with them.
func TestDeskUnderTheCamera(t *testing.T) {
	p := open(t, filmCamera)
	p.camera()
	n := p.count()
	x, y := p.bar(0, 2, .4)
	p.tap(x, y, 0)
	p.gates(n, "the muted gate on a frame of the camera", "gates[0][2] === 0 && r.detail.file === 'camera'")
	n = p.count() + 2
	p.wait("ten frames", fmt.Sprintf("e2e.results.length > %d", n+10))
	for _, r := range p.results(n) {
		if r.Detail.Gates[0].Scale[2] != 0 {
			t.Fatal("a later frame forgot the muted gate")
		}
	}
	n = p.count()
	p.press("r")
	p.gates(n, "r to reset the gates", "gates[0][2] > 0")
}

// The card describes the channel that matters most; hovering another shows that one's map and
// numbers, and leaving brings the first back. On the stage stands the map of the hovered channel
// alone.
func TestGateCard(t *testing.T) {
	p := open(t, filmCamera)
	d := p.after(0, "ship.svg", "")
	p.card()
	p.frames()
	title, heat, chip := p.text("card-title"), eval[float64](p, "e2e.sum('heat')"), p.text("chip")
	if loudest := eval[string](p, "document.querySelector('.fall li.on').innerText"); !strings.Contains(loudest, strings.ToLower(title)) {
		t.Errorf("the card is about %q, the waterfall marks %q", title, loudest)
	}
	sums := map[float64]bool{}
	for _, channel := range []int{0, 17, 31} {
		x, y := p.bar(0, channel, .5)
		p.mouse(input.DispatchMouseEventTypeMouseMoved, x, y, 0)
		p.wait("the card of the channel", fmt.Sprintf("!document.getElementById('gate-card').hidden && document.getElementById('card-title').innerText.endsWith(' %d') && document.getElementById('chip-map').innerText.includes('channel %[1]d,')", channel))
		if want := fmt.Sprintf("× %.2f", d.Gates[0].Scale[channel]); p.text("card-gate") != want {
			t.Errorf("channel %d: the card says %q, expected its gate %s", channel, p.text("card-gate"), want)
		}
		p.frames()
		sums[eval[float64](p, "e2e.sum('card-map')")] = true
		if eval[bool](p, "document.getElementById('gate-card').getBoundingClientRect().top < document.querySelector('#blocks .blk:not([hidden]) .grow').getBoundingClientRect().bottom") {
			t.Error("the card covers its bars")
		}
	}
	if len(sums) != 3 {
		t.Errorf("three channels have %d different maps", len(sums))
	}
	p.block(len(d.Gates) - 1)
	p.mouse(input.DispatchMouseEventTypeMouseMoved, 5, 5, 0)
	p.wait("the channel that matters most", "document.getElementById('card-title').innerText === "+quote(title)+" && document.getElementById('chip').innerText === "+quote(chip))
	p.frames()
	if eval[float64](p, "e2e.sum('heat')") != heat {
		t.Error("the stage does not show the answer's map again")
	}
}

// Everything on the desk by keyboard: one stop of the tab key a block, arrows choose and set.
func TestDeskByKeyboard(t *testing.T) {
	p := open(t, filmCamera)
	first := p.after(0, "ship.svg", "")
	if stops := eval[[]int](p, "[...document.querySelectorAll('#gates .blk:not([hidden])')].map((b) => b.querySelectorAll('[role=slider][tabindex=\"0\"]').length)"); slices.Max(stops) != 1 || slices.Min(stops) != 1 {
		t.Errorf("the tab key stops at %v sliders of each block, expected one", stops)
	}
	p.block(0)
	p.run("document.getElementById('se-1').focus()")
	p.press("\t")
	focus := func() string {
		return eval[string](p, "document.activeElement.getAttribute('aria-label') + ' | ' + document.activeElement.getAttribute('aria-valuetext')")
	}
	if got := focus(); !strings.HasPrefix(got, "SE 1, channel 0 | ") {
		t.Fatalf("the keyboard is at %q", got)
	}
	p.press(kb.ArrowRight)
	p.press(kb.ArrowRight)
	p.wait("channel 2", "document.activeElement.getAttribute('aria-label') === 'SE 1, channel 2'")
	own := first.Gates[0].Scale[2]
	n := p.count()
	p.press(kb.ArrowUp)
	p.gates(n, "the gate to rise", fmt.Sprintf("Math.abs(gates[0][2] - %v) < 1e-3", math.Min(1, own+.05)))
	n = p.count()
	p.press(kb.ArrowDown)
	p.press(kb.ArrowDown)
	p.gates(n, "the gate to fall", fmt.Sprintf("Math.abs(gates[0][2] - %v) < 1e-3", own-.05))
	n = p.count()
	p.press(kb.End)
	p.gates(n, "the gate at 1", "gates[0][2] === 1")
	p.wait("the slider to say so", "document.activeElement.getAttribute('aria-valuetext').startsWith('1.00, set by you') && document.activeElement.getAttribute('aria-valuenow') === '1.00'")
	n = p.count()
	p.press(kb.Home)
	p.gates(n, "the gate at 0", "gates[0][2] === 0")
	n = p.count()
	p.press(kb.Backspace)
	p.gates(n, "the network's own gate", fmt.Sprintf("gates[0][2] === %v", own))
	n = p.count()
	p.press("m")
	p.gates(n, "m to mute", "gates[0][2] === 0")
	n = p.count()
	p.press("s")
	p.gates(n, "s to solo", "gates[0].every((v, c) => c === 2 ? v > 0 : v === 0)")
	if got := eval[string](p, "document.getElementById('kind').value"); got != eval[string](p, "document.querySelector('#kind option').value") {
		t.Error("m on a gate changed the map")
	}
	n = p.count()
	p.press("r")
	p.gates(n, "r to reset", fmt.Sprintf("gates[0][2] === %v && gates[0][0] > 0", own))
}
