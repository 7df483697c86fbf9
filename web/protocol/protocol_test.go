package protocol

import (
	"reflect"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/nn/teach"
	"sescope/weights/json"
)

func example() *Result {
	return &Result{
		Model: "cnn3-se", N: 3, Logits: []float32{-1, 4.5, 0}, Probs: []float32{.1, .7, .2},
		Touched: true, Base: []float32{.2, .2, .6},
		Peeked: &Peeked{Peek{1, 0}, .5, nil, Plane{2, 1, []float32{4, 5}}, &Without{.1, .7, 2, .8}},
		Gates:  []Excitation{excitation("se1", 32, []float32{.25, .75}, []float32{.5, .75}), excitation("se2", 16, []float32{1}, []float32{1})},
		Spatial: []Spatial{{nn.Spatial{Layer: "sa1", Map: nn.Shape{H: 1, W: 2, C: 5}, Kernel: 1, Function: "sigmoid", Bias: .5,
			Mean: []float32{1, 2}, Max: []float32{3, 4}, Logits: []float32{5, 6}, Scale: []float32{.7, .8}, Weights: []float32{9, 10}}}},
		Want: Want{Kind: "gradcam", Class: -1, Rank: "mean", Top: 1}, Class: 1,
		Heat:     Plane{2, 1, []float32{0, 3}},
		Channels: []Channel{{Channel: 7, Mean: .5, Gate: .25, Map: Plane{1, 2, []float32{-8, 9}}}},
		Orders:   []Order{{"mean", []int{7, 1}}}, Times: Times{.1, 2, .3},
		Why:   &Why{Class: 1, Terms: []Share{{3, .5}, {4, .25}}, W: 2, H: 1, Maps: []float32{1, 2, 3, 4}},
		Strip: &Strip{N: 2, Ms: []float32{.5, 1.5}},
	}
}

func excitation(layer string, side int, scale, own []float32) Excitation {
	c := len(scale)
	return Excitation{Excitation: nn.Excitation{Layer: layer, Kind: "se", Map: nn.Shape{H: side, W: side, C: c}, Activation: "relu", Function: "sigmoid",
		Squeezes: []nn.Squeeze{{Pool: "mean", Width: 1, Values: make([]float32, c), Before: []float32{-2}, Hidden: []float32{0}}}, Logits: make([]float32, c), Scale: scale, Own: own}}
}

// A result survives the way over the wire: header as JSON, numbers as bytes.
func TestPackRoundTrip(t *testing.T) {
	sent := example()
	header, err := json.Marshal(Reply{ID: 5, Result: sent})
	if err != nil {
		t.Fatal(err)
	}
	var got Reply
	if err := json.Unmarshal(header, &got); err != nil {
		t.Fatal(err)
	}
	if err := got.Result.Unpack(sent.Pack(nil)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Result, sent) || got.ID != 5 {
		t.Errorf("got %+v, sent %+v", got.Result, sent)
	}
	if got.Result.Top() != 1 {
		t.Errorf("top class %d, want 1", got.Result.Top())
	}
}

func TestUnpackRefuses(t *testing.T) {
	good := example().Pack(nil)
	for name, b := range map[string][]byte{"short": good[:len(good)-1], "long": append(good[:len(good):len(good)], 0), "empty": nil} {
		if err := example().Unpack(b); err == nil || !strings.Contains(err.Error(), "bytes, expected") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	bad := example()
	bad.Heat.W = -1
	if err := bad.Unpack(good); err == nil {
		t.Error("a negative width was accepted")
	}
	bad = example()
	bad.Want.Kind = "saliency"
	if err := bad.Unpack(good); err == nil || !strings.Contains(err.Error(), "saliency") {
		t.Errorf("an unknown kind of map: %v", err)
	}
}

func TestPackChecksLengths(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a list of the wrong length was packed")
		}
	}()
	r := example()
	r.Gates[0].Map.C = 3
	r.Pack(nil)
}

// The event's detail has the keys of `sescope run --json`, most probable class first, and timings.
func TestDetail(t *testing.T) {
	m := &Model{Classes: []nn.Class{{En: "cat"}, {En: "ship"}, {En: "dog"}}}
	b, err := json.Marshal(NewDetail("ship.svg", m, example(), Timings{Grab: 1, Paint: 2}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"file":"ship.svg","model":"cnn3-se","top":[{"class":"ship","p":0.7},{"class":"dog","p":0.2},{"class":"cat","p":0.1}],` +
		`"logits":[-1,4.5,0],"gates":[{"layer":"se1","scale":[0.25,0.75]},{"layer":"se2","scale":[1]}],"unsure":false,` +
		`"timings":{"grab":1,"prepare":0,"network":0,"maps":0,"paint":2}}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
	r := example()
	if r.Rejection = (&Rejection{Score: 1, Threshold: 2}); !NewDetail("", m, r, Timings{}).Unsure {
		t.Error("a picture below the network's threshold is not unsure")
	}
}

// A lesson survives the wire, and a request of one does.
func TestLessonAsJSON(t *testing.T) {
	l := Lesson{Turn: 3, Parts: 2, Done: 2, N: 4, Correct: 3, Confusion: [][]int{{2, 0}, {1, 1}}, Predicted: []int{0, 0, 0, 1}, Channels: []teach.Telling{{Channel: 7, Class: 1, Mean: 2, Others: .5, Effect: 3, Best: 2}}, Ms: Millis{1.5, 2.5}}
	text, err := json.Marshal(Reply{Lesson: &l, Examined: &Examined{Skipped: []TestSkip{{I: 1, Why: "picture-broken"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var reply Reply
	if err := json.Unmarshal(text, &reply); err != nil || !reflect.DeepEqual(*reply.Lesson, l) || len(reply.Examined.Skipped) != 1 {
		t.Errorf("%v: %+v", err, reply.Lesson)
	}
	job := TeachJob{IDs: []int{4, 9}, Turn: 3, Name: "x", Instead: "y", Classes: []nn.Class{{En: "a", Zh: "甲"}}, Labels: []int{0, 0}, Bursts: []int{1, 2}}
	if text, err = json.Marshal(Request{Op: Learn, Teach: &job}); err != nil {
		t.Fatal(err)
	}
	var req Request
	if err := json.Unmarshal(text, &req); err != nil || !reflect.DeepEqual(*req.Teach, job) {
		t.Errorf("%v: %+v", err, req.Teach)
	}
}
