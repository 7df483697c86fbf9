package worker

import (
	"image"
	"os"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/nn/teach"
	"sescope/web/protocol"
)

// coloured is a picture of one colour with a square of another at a place of its own.
func coloured(kind, i int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	for p := range 40 * 40 {
		px := img.Pix[4*p:][:4]
		px[0], px[1], px[2], px[3] = 30, 30, 30, 255
		if x, y := p%40-i, p/40-2*i%18; x > 0 && x < 22 && y > 0 && y < 22 {
			px[kind] = uint8(200 + i)
		}
	}
	return img
}

// A lesson teaches the network that answers, its test goes part by part, and the file is the
// network.
func TestTeach(t *testing.T) {
	b, err := os.ReadFile("../../weights/models/live.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{}
	if _, err := n.load("live", "", b); err != nil {
		t.Fatal(err)
	}
	if _, err := n.taught.base("live", "", b); err != nil {
		t.Fatal(err)
	}
	on, err := n.taught.find("live")
	if err != nil {
		t.Fatal(err)
	}
	job := &protocol.TeachJob{Turn: 1, Name: "mine", Instead: "live", Classes: []nn.Class{{En: "red"}, {En: "green"}, {En: "blue"}}}
	for i := range 24 {
		if i != 5 {
			if err := on.examine(i, coloured(i%3, i/3)); err != nil {
				t.Fatal(err)
			}
		}
		job.IDs, job.Labels, job.Bursts = append(job.IDs, i), append(job.Labels, i%3), append(job.Bursts, i)
	}
	learn := func() (*protocol.Reply, []byte) {
		t.Helper()
		reply := &protocol.Reply{}
		file, err := n.teach(protocol.Request{Op: protocol.Learn, Model: "live", Teach: job}, reply)
		if err != nil {
			t.Fatal(err)
		}
		return reply, file
	}
	reply, file := learn()
	if len(reply.Lesson.Missing) != 1 || reply.Lesson.Missing[0] != 5 || file != nil || reply.Model != nil || n.name != "live" {
		t.Fatalf("with example 5 missing: %+v", reply.Lesson)
	}
	if err := on.examine(5, coloured(2, 1)); err != nil {
		t.Fatal(err)
	}
	reply, file = learn()
	if reply.Lesson.Parts != 5 || reply.Lesson.Done != 0 || reply.Model == nil || reply.Model.Name != "mine" || len(reply.Model.Classes) != 3 || n.name != "mine" || len(file) == 0 {
		t.Fatalf("lesson %+v, model %v", reply.Lesson, reply.Model)
	}
	for part := range 5 {
		reply = &protocol.Reply{}
		if file, err = n.teach(protocol.Request{Op: protocol.Hold, Model: "live", Teach: &protocol.TeachJob{Turn: 1}}, reply); err != nil {
			t.Fatal(err)
		}
		if reply.Lesson.Done != part+1 || reply.Lesson.Tested() != (part == 4) {
			t.Errorf("part %d: %+v", part, reply.Lesson)
		}
	}
	l := reply.Lesson
	if l.N != 24 || l.Correct < 22 || len(l.Predicted) != 24 || len(l.Confusion) != 3 || len(l.Channels) != tellingChannels || reply.Model == nil || reply.Model.Note["en"] == "" {
		t.Errorf("tested lesson %+v", l)
	}
	if pix, err := n.keep(1, 40); err != nil {
		t.Fatal(err)
	} else {
		copy(pix, coloured(1, 3).Pix)
	}
	r, trace, err := n.answer(protocol.Request{Op: protocol.Run, ID: 1, Model: "mine", Want: protocol.Want{Class: -1, Rank: "mean"}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Top() != 1 || r.Why == nil || r.Rejection == nil || !r.Rejection.Sure {
		t.Errorf("a green square: %v, known %+v", r.Probs, r.Rejection)
	}
	if direct := run(t, file, n); direct[1] != trace.Logits[1] {
		t.Errorf("the file says %v, the worker %v", direct, trace.Logits)
	}
	if reply, _ := learn(); reply.Lesson.Asked > 3 {
		t.Errorf("learned the same anew in %d steps", reply.Lesson.Asked)
	}
	if _, err := n.load("live", "", b); err != nil { // chosen while the lesson waited
		t.Fatal(err)
	}
	job.Instead = "mine"
	if reply, file := learn(); reply.Model != nil || file != nil || n.name != "live" || reply.Lesson.Parts != 5 {
		t.Errorf("a network that was chosen since was replaced: %q answers", n.name)
	}
	job.Classes = job.Classes[:1]
	for i := range job.Labels {
		job.Labels[i] = 0
	}
	if reply, file := learn(); reply.Lesson.Fault != string(teach.FewClasses) || file != nil {
		t.Errorf("one class: %+v", reply.Lesson)
	}
	if _, err := n.teach(protocol.Request{Op: protocol.Learn, Model: "simple", Teach: job}, &protocol.Reply{}); err == nil || !strings.Contains(err.Error(), `"simple"`) {
		t.Errorf("another network: %v", err)
	}
	old := &protocol.Reply{}
	if _, err := n.teach(protocol.Request{Op: protocol.Hold, Model: "live", Teach: &protocol.TeachJob{Turn: 7}}, old); err != nil || old.Lesson.Tested() {
		t.Errorf("a part of another lesson: %v, %+v", err, old.Lesson)
	}
}
