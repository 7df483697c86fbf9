package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// The tutorial: six steps whose words and pictures are the shown frame's, in both languages; the last one closes a gate and opens it again.
func TestLearn(t *testing.T) {
	p := open(t, filmCamera)
	p.openTab("learn")
	p.wait("numbers", "document.querySelectorAll('#lesson .ps p').length >= 2 && document.getElementById('learn-picture') && e2e.colours('learn-picture') > 50")
	seen := map[string]bool{}
	for step := range 6 {
		p.run(fmt.Sprintf("document.querySelectorAll('#learn-toc button')[%d].click()", step))
		p.wait(fmt.Sprintf("step %d", step+1), fmt.Sprintf("document.querySelectorAll('#learn-toc button')[%d].getAttribute('aria-current') === 'step'", step))
		p.frames()
		text := p.text("lesson")
		if seen[text] || len(text) < 200 || strings.Contains(text, "%!") {
			t.Errorf("step %d says %q", step+1, text)
		}
		seen[text] = true
		ship := text
		n := p.count()
		p.click("sample-cat")
		p.after(n, "cat.svg", "")
		p.frames()
		if cat := p.text("lesson"); cat == ship {
			t.Errorf("step %d says the same of a cat and a ship: %q", step+1, cat)
		}
		p.click("lang-zh")
		p.wait("Chinese", "/\\p{Script=Han}/u.test(document.querySelector('#lesson h2').innerText)")
		if text := p.text("lesson"); len([]rune(text)) < 60 || strings.Contains(text, "%!") {
			t.Errorf("step %d says %q in Chinese", step+1, text)
		}
		if step == 2 || step == 0 {
			p.click("lang-en")
			p.gallery(fmt.Sprintf("learn-%d", step+1))
		}
		p.click("lang-en")
		n = p.count()
		p.click("sample-ship")
		p.after(n, "ship.svg", "")
	}
	p.wait("the last step's button", "document.getElementById('learn-mute').checkVisibility()")
	label := p.text("learn-mute")
	n := p.count()
	p.click("learn-mute")
	p.after(n, "ship.svg", "")
	p.wait("what it changed", "document.getElementById('lesson').innerText.includes('With your gates') && document.getElementById('learn-mute').innerText !== "+quote(label))
	p.click("learn-mute")
	p.wait("the network's own gates", "document.getElementById('learn-mute').innerText === "+quote(label))
	// A network without SE says so where the tutorial needs it.
	p.choose("model", "simple")
	p.run("document.querySelectorAll('#learn-toc button')[2].click()")
	p.wait("a word that there is no SE", "document.getElementById('lesson').innerText.includes('no SE blocks')")
}
