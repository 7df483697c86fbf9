package teach

import (
	"errors"
	"math"
	"slices"
	"testing"

	"sescope/nn"
)

// No burst stands in two parts, and every part has about its share of every class.
func TestSplit(t *testing.T) {
	examples := random(3, 60, 4, 7, 1)
	part, parts := Split(examples, 3)
	if parts != 5 {
		t.Fatalf("%d parts, expected 5", parts)
	}
	where, of := map[int]int{}, map[[2]int]int{}
	for i, e := range examples {
		if p, ok := where[e.Burst]; ok && p != part[i] {
			t.Fatalf("burst %d stands in parts %d and %d", e.Burst, p, part[i])
		}
		where[e.Burst] = part[i]
		of[[2]int{part[i], e.Label}]++
	}
	for p := range parts {
		for k := range 3 {
			if n := of[[2]int{p, k}]; n < 7 || n > 14 { // 9 bursts of 7 or less in 5 parts
				t.Errorf("part %d has %d of 60 examples of class %d", p, n, k)
			}
		}
	}
	if _, parts := Split(random(2, 14, 4, 7, 1), 2); parts != 2 {
		t.Errorf("two bursts a class give %d parts, expected 2", parts)
	}
	if _, parts := Split(append(random(2, 14, 4, 7, 1), Example{Label: 2, Burst: 99}), 3); parts != 0 {
		t.Errorf("a class of one burst gives %d parts, expected 0", parts)
	}
}

// What is held back has no say: every answer is that of a head which was learned from the other
// parts alone.
func TestValidate(t *testing.T) {
	examples := random(4, 30, 12, 5, 0.6)
	v := Validate(examples, 4, Learn(examples, 4, nil))
	part, parts := Split(examples, 4)
	n, right := 0, 0
	for p := range parts {
		var rest []Example
		for i, e := range examples {
			if part[i] != p {
				rest = append(rest, e)
			}
		}
		h := Learn(rest, 4, nil)
		for i, e := range examples {
			if part[i] != p {
				continue
			}
			z := h.Logits(e.Inputs[0])
			top := slices.Index(z, slices.Max(z))
			if n++; top == e.Label {
				right++
			}
			if v.Predicted[i] != top {
				t.Errorf("example %d: said %d, expected %d", i, v.Predicted[i], top)
			}
		}
	}
	if v.N != n || v.Correct != right || n != len(examples) || right == n {
		t.Errorf("%d of %d right, expected %d of %d", v.Correct, v.N, right, n)
	}
	trained := 0
	h := Learn(examples, 4, nil)
	for _, e := range examples {
		if z := h.Logits(e.Inputs[0]); slices.Index(z, slices.Max(z)) == e.Label {
			trained++
		}
	}
	if trained <= right {
		t.Errorf("%d right of what was learned, %d of what was held back: expected fewer", trained, right)
	}
	sum := 0
	for label, row := range v.Confusion {
		for k, n := range row {
			if sum += n; k == label {
				right -= n
			}
		}
	}
	if sum != n || right != 0 {
		t.Errorf("confusion %v does not add up", v.Confusion)
	}
}

// The temperature has the smallest loss of a fine grid, and stays finite where all is right.
func TestTemperature(t *testing.T) {
	examples := random(3, 30, 12, 1, 0.5)
	v := Validate(examples, 3, nil)
	loss := func(temperature float64) (sum float64) {
		for i, e := range examples {
			all := 0.0
			for _, z := range v.logits[i] {
				all += math.Exp(float64(z) / temperature)
			}
			for k, z := range v.logits[i] {
				share := 1 / float64(v.N+3)
				if k == e.Label {
					share = float64(v.N+1) / float64(v.N+3)
				}
				sum -= share * (float64(z)/temperature - math.Log(all))
			}
		}
		return sum
	}
	got := float64(v.Temperature(examples))
	for x := 0.1; x < 10; x *= 1.02 {
		if loss(x) < loss(got)-1e-6 {
			t.Fatalf("temperature %v has a loss of %v, %v of %v", got, loss(got), x, loss(x))
		}
	}
	easy := random(3, 10, 12, 1, 10)
	if sure := Validate(easy, 3, nil).Temperature(easy); !(sure >= coldest && sure < 1) {
		t.Errorf("temperature %v where all is right, expected below 1 and at least %v", sure, coldest)
	}
	if none := (&Validation{}).Temperature(nil); none != 1 {
		t.Errorf("temperature %v without a test, expected 1", none)
	}
}

// Channels finds the inputs that were made to differ.
func TestChannels(t *testing.T) {
	examples := random(3, 40, 20, 1, 0)
	for i := range examples {
		e := &examples[i]
		for half := range 2 {
			e.Inputs[half][5+e.Label] += 8
			e.Inputs[half][12] -= 20 * float32(e.Label%2) // low for class 1
		}
	}
	got := Channels(examples, 3, 4)
	if len(got) != 4 {
		t.Fatalf("%d channels, expected 4", len(got))
	}
	best := map[int]int{}
	for _, c := range got[:3] {
		best[c.Class] = c.Channel
		for _, e := range examples {
			if e.Label == c.Class && e.Inputs[0][c.Channel] > examples[c.Best].Inputs[0][c.Channel] || examples[c.Best].Label != c.Class {
				t.Errorf("channel %d is higher than on its best example", c.Channel)
			}
		}
		if c.Mean <= c.Others || c.Effect <= 0 {
			t.Errorf("%+v is not higher for its class", c)
		}
	}
	if best[1] != 6 || len(best) != 3 {
		t.Errorf("best channels %v, expected one of each class and 6 of class 1", best)
	}
	for i := range 3 {
		for j := range i {
			if got[i].Channel == got[j].Channel {
				t.Errorf("channel %d is named twice", got[i].Channel)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	good := random(2, 3, 4, 1, 1)
	equal := random(2, 3, 4, 1, 1)
	for i := range equal {
		equal[i].Inputs = equal[0].Inputs
	}
	many := make([]Example, MaxExamples+1)
	for _, c := range []struct {
		examples []Example
		classes  int
		want     Kind
	}{
		{good, 2, ""}, {good[:3], 1, FewClasses}, {good, 13, ManyClasses}, {good, 3, NoExamples}, {equal, 2, AllEqual}, {many, 2, ManyExamples}, {nil, 2, NoExamples},
	} {
		err := Check(c.examples, c.classes)
		var fault *Fault
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &fault) || fault.Kind != c.want || fault.Error() == "") {
			t.Errorf("%d examples, %d classes: %v, expected %q", len(c.examples), c.classes, err, c.want)
		}
	}
}

// Two recordings of a class leave more room for the next one than twenty.
func TestLimitByBursts(t *testing.T) {
	examples := random(2, 20, 8, 10, 0.05) // classes that lie in each other: half of their distance is no limit
	h := Learn(examples, 2, nil)
	few := newKnown(examples, 2, h, nil).reject.Limit
	var chosen []int
	for i := range examples {
		chosen = append(chosen, i)
	}
	if b := bursts(examples, chosen); b != 2 {
		t.Errorf("%v bursts a class, expected 2", b)
	}
	for i := range examples {
		examples[i].Burst = i
	}
	many := newKnown(examples, 2, h, nil).reject.Limit
	if ratio := few / many; ratio < 1.2 || ratio > 1.8 {
		t.Errorf("limit %.3f with two bursts a class, %.3f with twenty: expected about 1.5 / 1.05 times as much", few, many)
	}
}

// The score of the means alone has a threshold of its own where the network's rule adds odds.
func TestOwnBesideOdds(t *testing.T) {
	examples := random(2, 20, 8, 1, 1)
	for i := range examples {
		examples[i].Own = float32(i)
	}
	h := Learn(examples, 2, nil)
	for _, c := range []struct {
		base nn.Reject
		want float32
	}{
		{nn.Reject{Score: "features", Threshold: -2}, -2},
		{nn.Reject{Score: "features", Threshold: -2, Odds: 1, Own: -5}, -5},
	} {
		if own := newKnown(examples, 2, h, &c.base).reject.Own; own != c.want {
			t.Errorf("%+v: own %v, expected %v", c.base, own, c.want)
		}
	}
}

func TestBurst(t *testing.T) {
	if a, b := Burst("set/cup/"+FrameName(3, 7, ".jpg")), Burst("set/cup/"+FrameName(3, 12, ".jpg")); a != b {
		t.Errorf("frames of one recording are %q and %q", a, b)
	}
	for _, other := range []string{"set/cup/" + FrameName(4, 7, ".jpg"), "set/cat/" + FrameName(3, 7, ".jpg"), "set/cup/a-1.jpg", "set/cup/recording-1.jpg"} {
		if Burst(other) == Burst("set/cup/"+FrameName(3, 7, ".jpg")) {
			t.Errorf("%s is taken for the same recording", other)
		}
	}
	if Burst("cup/a-1.jpg") == Burst("cup/a-2.jpg") {
		t.Error("two files are taken for one recording")
	}
}
