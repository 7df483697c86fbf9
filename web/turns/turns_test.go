package turns

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A photo is a frame; a job is a word.
type photo struct {
	name string
	from Ticket
}

func (f *photo) From() Ticket { return f.from }

type queue = Queue[*photo, string]

// played is a queue whose worker holds a network and whose camera delivers numbered frames.
func played() *queue {
	q := &queue{}
	n := 0
	q.Grab = func() (*photo, bool) {
		n++
		return picture(q, "camera "+string(rune('0'+n))), true
	}
	q.Loaded()
	return q
}

func picture(q *queue, name string) *photo { return &photo{name, q.Source.Ticket()} }

// next tells in words what the worker is asked.
func next(q *queue) string {
	switch s := q.Next(); s.Kind {
	case Load:
		return "load " + s.Job
	case Run:
		return "run " + s.Frame.name
	case Explain:
		return "explain " + s.Frame.name
	case Job:
		return "job " + s.Job
	}
	return ""
}

func expect(t *testing.T, q *queue, want string) {
	t.Helper()
	if got := next(q); got != want {
		t.Fatalf("the worker is asked %q, expected %q", got, want)
	}
}

// answered ends the step and tells whether its frame is to be shown.
func answered(t *testing.T, q *queue, want bool) {
	t.Helper()
	if _, got := q.Answered(); got != want {
		t.Fatalf("the answer is wanted: %t, expected %t", got, want)
	}
}

// The answer to a frame of a former source is not shown, however late it comes.
func TestReplyAfterASwitch(t *testing.T) {
	q := played()
	q.Show(picture(q, "ship"))
	expect(t, q, "run ship")
	q.NewSource()
	q.Show(picture(q, "cat"))
	expect(t, q, "") // the worker is busy
	answered(t, q, false)
	expect(t, q, "run cat")
	answered(t, q, true)
}

// A mirror that is pressed while a frame is under way: the flipped frame follows, and only it is
// shown.
func TestFlipUnderWay(t *testing.T) {
	q := played()
	q.Show(picture(q, "left"))
	expect(t, q, "run left")
	q.Source.Begin()
	q.Show(picture(q, "right"))
	answered(t, q, false)
	expect(t, q, "run right")
	answered(t, q, true)
	expect(t, q, "")
}

// Two choices before the worker is free: the later one counts, of pictures and of networks.
func TestSecondChoiceInOneFrame(t *testing.T) {
	q := played()
	q.Seen()
	expect(t, q, "run camera 1")
	q.NewSource()
	q.Show(picture(q, "ship"))
	q.NewSource()
	q.Show(picture(q, "frog"))
	q.Load("simple")
	q.Load("live")
	answered(t, q, false)
	expect(t, q, "load live")
	answered(t, q, true)
	expect(t, q, "run frog")
	answered(t, q, true)
	expect(t, q, "")

	// Two networks that are fetched side by side: the first one's arrival is stale.
	var choices Generation
	first := choices.Begin()
	second := choices.Begin()
	if first.Current() || !second.Current() || (Ticket{}).Current() {
		t.Error("the first choice still counts, or the second does not")
	}
}

// The camera's frames replace one another; one that is grabbed is the latest.
func TestCameraFramesReplaceOneAnother(t *testing.T) {
	q := played()
	for range 5 {
		q.Seen()
	}
	expect(t, q, "run camera 1")
	q.Seen()
	q.Seen()
	answered(t, q, true)
	expect(t, q, "run camera 2")
	answered(t, q, true)
	expect(t, q, "")
}

// A camera that is frozen or stopped between its frame and the worker's answer gives no further
// one.
func TestFreezeBetweenFrames(t *testing.T) {
	q := played()
	q.Seen()
	expect(t, q, "run camera 1")
	q.Seen()
	q.Unsee()
	answered(t, q, true) // what is frozen is this frame
	expect(t, q, "")
	q.Explain()
	expect(t, q, "explain camera 1")
}

// A camera that says it has a frame and has none costs nobody a turn.
func TestCameraWithoutAFrame(t *testing.T) {
	q := played()
	q.Grab = func() (*photo, bool) { return nil, false }
	q.Seen()
	q.Ask("mute")
	expect(t, q, "job mute")
	answered(t, q, true)
	q.Seen()
	expect(t, q, "")
}

// A map that is chosen while its frame is under way is explained afterwards, once; one that is
// chosen before it went is part of it.
func TestExplainWhileUnderWay(t *testing.T) {
	q := played()
	q.Explain() // no frame yet
	expect(t, q, "")
	q.Show(picture(q, "ship"))
	expect(t, q, "run ship")
	answered(t, q, true)
	expect(t, q, "")
	q.Show(picture(q, "cat"))
	expect(t, q, "run cat")
	q.Explain()
	q.Explain()
	answered(t, q, true)
	expect(t, q, "explain cat")
	answered(t, q, true)
	expect(t, q, "")
}

// Frames and jobs take turns; neither waits for ever, whoever is faster.
func TestFramesAndJobsTakeTurns(t *testing.T) {
	q := played()
	var order []string
	for range 3 {
		q.Ask("audit")
	}
	for range 6 {
		q.Seen()
		order = append(order, next(q))
		answered(t, q, true)
	}
	want := []string{"run camera 1", "job audit", "run camera 2", "job audit", "run camera 3", "job audit"}
	if !slices.Equal(order, want) {
		t.Errorf("the worker was asked %q, expected %q", order, want)
	}
	q.Unsee()
	q.Ask("shrink") // nobody else wants the worker
	q.Ask("try")
	expect(t, q, "job shrink")
	answered(t, q, true)
	expect(t, q, "job try")
}

// A worker that ends in the middle of a frame: the frame runs again on the next one, but not before
// that has a network. The answer about it is shown.
func TestDeathInMidFrame(t *testing.T) {
	q := played()
	q.Show(picture(q, "ship"))
	expect(t, q, "run ship")
	q.Died()
	q.Seen() // and no camera frame either
	q.Ask("mute")
	expect(t, q, "")
	q.Unsee()
	q.Load("live")
	expect(t, q, "load live")
	answered(t, q, true)
	q.Loaded()
	expect(t, q, "run ship")
	answered(t, q, true)
	expect(t, q, "job mute")
}

// One that ends with nothing to do: the picture on the stage runs again, so that it can be
// explained.
func TestDeathAtRest(t *testing.T) {
	q := played()
	q.Show(picture(q, "ship"))
	expect(t, q, "run ship")
	answered(t, q, true)
	q.Died()
	q.Explain() // a choice meanwhile is part of the next run
	q.Load("live")
	expect(t, q, "load live")
	answered(t, q, true)
	q.Loaded()
	expect(t, q, "run ship")
	answered(t, q, true)
	expect(t, q, "")
}

// A picture that is chosen while the worker is being replaced takes the lost one's place.
func TestSwitchDuringARestart(t *testing.T) {
	q := played()
	q.Show(picture(q, "ship"))
	expect(t, q, "run ship")
	q.Died()
	q.NewSource()
	q.Show(picture(q, "cat"))
	q.Load("live")
	expect(t, q, "load live")
	answered(t, q, true)
	q.Loaded()
	expect(t, q, "run cat")
	answered(t, q, true)
	expect(t, q, "")
}

// A picture that ends every worker is given up, and the next one has all its tries.
func TestPictureThatEndsWorkers(t *testing.T) {
	q := played()
	for _, name := range []string{"poison", "venom"} {
		q.NewSource()
		q.Show(picture(q, name))
		for range 1 + frameTries {
			q.Loaded()
			expect(t, q, "run "+name)
			q.Died()
		}
		q.Loaded()
		expect(t, q, "")
	}
}

// A worker that ends in mid-job, or with jobs waiting: their owners are told of each, once.
func TestDeathInMidJob(t *testing.T) {
	q := played()
	q.Ask("second")
	q.Ask("mute")
	expect(t, q, "job second")
	q.Load("simple")
	if q.Jobs() != 2 {
		t.Errorf("%d jobs, expected 2", q.Jobs())
	}
	now, waited := q.Died()
	if now.Kind != Job || now.Job != "second" || !slices.Equal(waited, []string{"simple", "mute"}) || q.Jobs() != 0 || q.Busy() {
		t.Errorf("lost are %q and %q, %d jobs are left", now.Job, waited, q.Jobs())
	}
	q.Load("live")
	expect(t, q, "load live")
	if now, waited := q.Died(); now.Kind != Load || now.Job != "live" || waited != nil {
		t.Errorf("lost is %+v, expected the network that was being loaded", now)
	}
	if now, waited := q.Died(); now.Kind != Nothing || waited != nil {
		t.Errorf("lost again is %+v, %q", now, waited)
	}
}

// A network that is refused leaves the former one at work.
func TestRefusedNetwork(t *testing.T) {
	q := played()
	q.Load("broken")
	q.Show(picture(q, "ship"))
	expect(t, q, "load broken")
	answered(t, q, true) // with an error: Loaded is not called
	expect(t, q, "run ship")
}

// An answer that nobody waits for changes nothing.
func TestAnswerToNothing(t *testing.T) {
	q := played()
	answered(t, q, false)
	q.Show(picture(q, "ship"))
	expect(t, q, "run ship")
}

// Whatever happens in whatever order: the worker has one request at a time, only the present
// source is shown, every job is answered or told lost, and in the end the last picture is shown.
func TestQueueInAnyOrder(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 14))
		q := played()
		asked, done := 0, 0
		var shown, chosen *photo
		finish := func() {
			step, wanted := q.Answered()
			switch step.Kind {
			case Load:
				q.Loaded()
			case Job:
				done++
			case Run, Explain:
				if wanted != step.Frame.from.Current() {
					t.Fatalf("seed %d: a stale answer is wanted", seed)
				}
				if wanted {
					shown = step.Frame
				}
			}
		}
		die := func() {
			now, waited := q.Died()
			for _, j := range append(waited, now.Job) {
				if j == "job" {
					done++
				}
			}
			q.Load("live")
		}
		deaths := 0
		for range 40 {
			switch r.IntN(8) {
			case 0:
				q.NewSource()
				chosen = picture(q, "picture")
				q.Show(chosen)
			case 1:
				q.Ask("job")
				asked++
			case 2:
				q.Load("other")
			case 3:
				q.Explain()
			case 4:
				if deaths < frameTries { // more, and the picture is given up
					deaths++
					die()
				}
			default:
				if q.Busy() {
					finish()
				}
			}
			before := q.Busy()
			if step := q.Next(); before && step.Kind != Nothing {
				t.Fatalf("seed %d: two requests at a time", seed)
			}
		}
		for i := 0; q.Busy() || q.Next().Kind != Nothing; i++ {
			if finish(); i > 200 {
				t.Fatalf("seed %d: no end", seed)
			}
		}
		if asked != done {
			t.Errorf("seed %d: %d jobs were asked and %d answered or told lost", seed, asked, done)
		}
		if chosen != nil && shown != chosen {
			t.Errorf("seed %d: shown is %+v, expected the picture that was chosen last", seed, shown)
		}
	}
}
