package e2e

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// shares reads the numbers of the waterfall.
func (p *tab) shares() []float64 {
	p.t.Helper()
	var list []float64
	for _, text := range eval[[]string](p, "[...document.querySelectorAll('.fall .v')].map((e) => e.innerText)") {
		v, err := strconv.ParseFloat(strings.ReplaceAll(text, "−", "-"), 64)
		if err != nil {
			p.t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}

// The waterfall on the page adds up to the logits of the event, for the runner-up, another class,
// and no other class.
func TestWhyOnThePage(t *testing.T) {
	p := open(t, filmCamera)
	n := p.count()
	p.choose("model", "simple-se")
	d := p.after(n, "ship.svg", "simple-se")
	check := func(what string, want float64) {
		t.Helper()
		// The first event behind a choice may be one that was on its way before.
		p.wait(what+" on the page", "document.querySelectorAll('.fall .v').length === 8 && Math.abs(+document.querySelectorAll('.fall .v')[7].innerText.replace('−', '-') - "+strconv.FormatFloat(want, 'f', 6, 64)+") < .006")
		list := p.shares()
		if len(list) != 8 {
			t.Fatalf("%s: %d rows, expected bias, five channels, the others and the sum", what, len(list))
		}
		var sum float64
		for _, v := range list[:7] {
			sum += v
		}
		if math.Abs(sum-list[7]) > .05 || math.Abs(list[7]-want) > .006 {
			t.Errorf("%s: %v add up to %.2f, the page says %.2f, the logits %.3f", what, list[:7], sum, list[7], want)
		}
	}
	class := func(name string) int {
		return eval[int](p, "['airplane','automobile','bird','cat','deer','dog','frog','horse','ship','truck'].indexOf("+quote(name)+")")
	}
	top, second := class(d.Top[0].Class), class(d.Top[1].Class)
	check("the runner-up", d.Logits[top]-d.Logits[second])
	if text := p.text("why-say"); !strings.Contains(strings.ToLower(text), d.Top[0].Class+" leads "+d.Top[1].Class) {
		t.Errorf("the sentence is %q", text)
	}
	other := (top + 1) % 10
	n = p.count()
	p.choose("rival", strconv.Itoa(other))
	p.after(n, "ship.svg", "")
	check("another class", d.Logits[top]-d.Logits[other])
	n = p.count()
	p.choose("rival", "-2")
	p.after(n, "ship.svg", "")
	check("no other class", d.Logits[top])

	// With other gates the account is that of the very frame.
	n = p.count()
	p.click("se-2")
	d = p.gates(n, "a block of ones", "gates[1].every((v) => v === 1)")
	check("gates at 1", d.Logits[class(d.Top[0].Class)])

	n = p.count()
	p.choose("model", "cnn3-se")
	p.after(n, "", "cnn3-se")
	p.wait("the word that it cannot be said", "!document.getElementById('why-none').hidden && document.getElementById('why-none').innerText.includes('more than one layer') && !document.querySelector('.fall li')")
}
