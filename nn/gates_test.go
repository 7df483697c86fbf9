package nn

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chewxy/math32"
)

func openSession(t testing.TB, m *Model) *Session {
	t.Helper()
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func close32(a, b float32) bool { return math.Abs(float64(a-b)) <= 1e-4*(1+math.Abs(float64(b))) }

// The terms of Why and its bias are the logit, with the network's gates and with others; those of
// WhyNot are the difference of two logits.
func TestWhyAddsUpToTheLogit(t *testing.T) {
	for name, n := range networks(t) {
		s := openSession(t, n.Model)
		trace := s.Run(readPNG(t, goldenDir+"/1.png"))
		_, _, ok := trace.Why(0)
		if ok != n.Model.Exact() || ok == (name == "cnn3-se" || strings.HasPrefix(name, "mobilenet")) {
			t.Errorf("%s: Why says %v, Exact %v", name, ok, n.Model.Exact())
		}
		if !ok {
			continue
		}
		check := func(when string) {
			sum := func(terms []Term, bias float32) float32 {
				for _, term := range terms {
					if term.Value != term.Weight*(term.Skip+term.Gate*term.Mean) {
						t.Fatalf("%s: %+v does not multiply out", name, term)
					}
					bias += term.Value
				}
				if !slices.IsSortedFunc(terms, func(a, b Term) int { return int(math32.Copysign(1, math32.Abs(b.Value)-math32.Abs(a.Value))) }) {
					t.Errorf("%s: terms are not in the order of their magnitude", name)
				}
				return bias
			}
			for class, logit := range trace.Logits {
				terms, bias, _ := trace.Why(class)
				if got := sum(terms, bias); !close32(got, logit) {
					t.Errorf("%s, %s, class %d: bias + terms = %v, logit %v", name, when, class, got, logit)
				}
				terms, bias, _ = trace.WhyNot(class, 3)
				if got, want := sum(terms, bias), logit-trace.Logits[3]; !close32(got, want) {
					t.Errorf("%s, %s, class %d and not 3: bias + terms = %v, difference %v", name, when, class, got, want)
				}
			}
		}
		check("own gates")
		for i, g := range trace.Gates {
			gates := make([]float32, len(g.Scale))
			for c := range gates {
				gates[c] = float32(c%5) / 4
			}
			s.SetGates(i, gates)
		}
		trace = s.Rerun()
		check("other gates")
		terms, _, _ := trace.Why(0)
		skips := slices.ContainsFunc(terms, func(x Term) bool { return x.Skip != 0 })
		if residual := regexp.MustCompile("^(live|objects|eca|cbam|everyday|tiny)").MatchString(name); skips != residual {
			t.Errorf("%s: means of a skip connection: %v", name, skips)
		}
		gated := slices.ContainsFunc(terms, func(x Term) bool { return x.Gate != 1 })
		if gated != (n.Model.GatesHead() && !strings.HasPrefix(name, "seresnet")) { // a ReLU behind the sum hides the gates
			t.Errorf("%s: gates in the terms: %v", name, gated)
		}
	}
}

// What a channel brings by gate x gradient is what muting it takes away where the head is linear in
// the gates.
func TestMuteEqualsGateGradient(t *testing.T) {
	for _, name := range []string{"live, generated", "eca, generated", "simple-se"} {
		n := networks(t)[name]
		s := openSession(t, n.Model)
		trace := s.Run(readPNG(t, goldenDir+"/0.png"))
		before := trace.Result("", TopClasses)
		maps := make([][]float32, len(trace.Maps))
		for i, m := range trace.Maps {
			maps[i] = slices.Clone(m.Data)
		}
		block := len(trace.Gates) - 1
		channels := len(trace.Gates[block].Scale)
		var scores, drops []float32
		for _, r := range trace.Rank(ByGateGrad, 2, channels) {
			drop := s.Mute(block, r.Channel, 2)
			if !close32(drop, r.Score) {
				t.Errorf("%s channel %d: muting takes %v, gate x gradient says %v", name, r.Channel, drop, r.Score)
			}
			scores, drops = append(scores, r.Score), append(drops, drop)
		}
		if rho := Spearman(scores, drops); len(drops) != channels || rho < 0.99 {
			t.Errorf("%s: %d channels, rank correlation %v", name, len(drops), rho)
		}
		s.Mute(0, 5, 2) // an earlier block, and the later one again
		s.Mute(block, 5, 2)
		after := trace.Result("", TopClasses)
		if !slices.Equal(before.Logits, after.Logits) || !slices.Equal(before.Gates[0].Scale, after.Gates[0].Scale) {
			t.Errorf("%s: Mute changed the session", name)
		}
		for i, m := range trace.Maps {
			if !slices.Equal(maps[i], m.Data) {
				t.Errorf("%s: Mute changed the map %s", name, m.Layer)
			}
		}
	}
}

// Mute, and SetGates with Rerun, are what a whole run with that gate is, whatever kind of attention
// it is.
func TestMuteEqualsRun(t *testing.T) {
	for _, name := range []string{"live", "eca", "cbam", "attentive"} {
		m, _ := generated(t, name)
		s, plain := openSession(t, m), openSession(t, m)
		img := readPNG(t, goldenDir+"/2.png")
		trace := s.Run(img)
		ones := slices.Repeat([]float32{1}, trace.Gates[1].Map.C)
		s.SetGates(1, ones)
		base := s.Rerun().Logits[7]
		drop := s.Mute(0, 9, 7)

		own := slices.Repeat([]float32{math32.NaN()}, trace.Gates[0].Map.C)
		own[9] = 0
		plain.SetGates(1, ones)
		plain.SetGates(0, own)
		if got := base - plain.Run(img).Logits[7]; got != drop || drop == 0 {
			t.Errorf("%s: Mute says %v, a run with the gate at 0 %v", name, drop, got)
		}
	}
}

func TestSetGates(t *testing.T) {
	m, _ := generated(t, "live")
	s := openSession(t, m)
	img := readPNG(t, goldenDir+"/0.png")
	before := s.Run(img).Result("", TopClasses)
	set := make([]float32, 48) // as many as the first block has channels
	for i := range set {
		set[i] = math32.NaN()
	}
	set[0], set[1], set[2], set[3] = -3, 7, math32.Inf(1), 0.25
	if !s.SetGates(0, set) {
		t.Fatal("refused")
	}
	trace := s.Rerun()
	if got := trace.Gates[0].Scale[:4]; !slices.Equal(got, []float32{0, 1, 1, 0.25}) {
		t.Errorf("gates %v, expected them clamped", got)
	}
	if !slices.Equal(trace.Gates[0].Own, before.Gates[0].Scale) || !slices.Equal(trace.Gates[0].Scale[4:], before.Gates[0].Scale[4:]) {
		t.Error("NaN does not leave the channel's own gate, or Own changed")
	}
	if slices.Equal(trace.Logits, before.Logits) {
		t.Error("the gates changed no logit")
	}
	changed := trace.Result("", TopClasses)
	if again := s.Run(img).Result("", TopClasses); !slices.Equal(again.Logits, changed.Logits) {
		t.Error("Run and Rerun differ")
	}
	if s.SetGates(4, nil) || s.SetGates(-1, nil) || s.SetGates(0, make([]float32, 47)) {
		t.Error("a block or a length that does not exist was accepted")
	}
	s.SetGates(0, nil)
	if back := s.Rerun().Result("", TopClasses); !slices.Equal(back.Logits, before.Logits) {
		t.Error("without SetGates the logits are not the network's own")
	}
}

func TestSpearman(t *testing.T) {
	for _, c := range []struct {
		a, b []float32
		want float32
	}{ // scipy.stats.spearmanr
		{[]float32{1, 2, 3, 4}, []float32{10, 20, 30, 400}, 1},
		{[]float32{1, 2, 3, 4}, []float32{4, 3, 2, 1}, -1},
		{[]float32{1, 2, 2, 3, 9}, []float32{5, 6, 7, 8, 7}, 0.7631578947368421},
		{[]float32{1, 1, 1}, []float32{1, 2, 3}, 0},
		{nil, nil, 0},
	} {
		if got := Spearman(c.a, c.b); !close32(got, c.want) {
			t.Errorf("%v and %v: %v, expected %v", c.a, c.b, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	m, _ := generated(t, "live")
	s := openSession(t, m)
	s.Timed = true
	trace := s.Run(readPNG(t, goldenDir+"/0.png"))
	var sum int64
	for i, d := range trace.Times {
		if d < 0 {
			t.Errorf("layer %d took %v", i, d)
		}
		sum += int64(d)
	}
	if len(trace.Times) != len(m.Planned()) || sum <= 0 || sum > int64(trace.Network) {
		t.Errorf("%d times of %d layers, together %d of %d ns", len(trace.Times), len(m.Planned()), sum, trace.Network)
	}
}
