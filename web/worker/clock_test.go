package worker

import (
	"math"
	"testing"
	"time"

	"sescope/nn"
	"sescope/web/protocol"
)

// Under a clock that ticks every 0.1 ms, with runs that are interrupted, a layer of 0.03 ms has a
// time near 0.03 ms: neither 0 nor the interruption's.
func TestClock(t *testing.T) {
	const tick, layer = 100 * time.Microsecond, 30 * time.Microsecond
	var c clock
	if c.ms(0) != 0 {
		t.Errorf("before the first run: %v ms", c.ms(0))
	}
	now := time.Duration(0)
	run := func(extra time.Duration) {
		now += 7*tick + 37*time.Microsecond + extra // what the others take
		begin := now.Truncate(tick)
		now += layer + extra
		c.add(&nn.Trace{Preprocess: tick, Times: []time.Duration{now.Truncate(tick) - begin}})
	}
	for i := range 3 * clockRuns {
		extra := time.Duration(0)
		if i%12 == 5 {
			extra = 33 * time.Millisecond
		}
		run(extra)
		if got := c.ms(1); i > clockFew && (got <= 0 || got > .3) || i > clockRuns && math.Abs(float64(got)-.03) > .02 {
			t.Errorf("after %d runs the layer takes %v ms, expected 0.03", i+1, got)
		}
	}
	if len(c.runs) != clockRuns || c.ms(0) != .1 {
		t.Errorf("%d runs, preparing takes %v ms", len(c.runs), c.ms(0))
	}
}

// Where the times are looked at, a picture is run a few times; what the page sees of it stays, also
// with a gate moved.
func TestSettle(t *testing.T) {
	n, _, _ := loaded(t, "simple-se")
	gates := []protocol.Override{{Block: 1, Fill: protocol.Own, Channels: []int{3}, Values: []float32{0}}}
	ask := func(look *protocol.Look) ([]float32, []float32) {
		r, trace, err := n.answer(protocol.Request{Op: protocol.Explain, ID: 1, Model: "simple-se", Gates: gates, Want: protocol.Want{Class: -1, Rank: "mean", Top: 3}, Look: look})
		if err != nil {
			t.Fatal(err)
		}
		return append([]float32(nil), trace.Logits...), append([]float32(nil), r.Heat.Data...)
	}
	logits, heat := ask(nil)
	few := len(n.clock.runs)
	again, map2 := ask(&protocol.Look{Times: true})
	if few != 1 || len(n.clock.runs) < 2 {
		t.Errorf("%d runs, then %d", few, len(n.clock.runs))
	}
	for i := range logits {
		if logits[i] != again[i] {
			t.Fatalf("logit %d was %v and is %v", i, logits[i], again[i])
		}
	}
	for i := range heat {
		if heat[i] != map2[i] {
			t.Fatalf("place %d of the map was %v and is %v", i, heat[i], map2[i])
		}
	}
}
