package worker

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"time"

	"sescope/nn"
	"sescope/nn/teach"
	"sescope/web/protocol"
)

// taught holds the networks that a person teaches on: the chosen one and its twin.
type taught struct{ bases []*base }

// base is one of them, with what it made of the examples.
type base struct {
	name    string
	session *nn.Session
	known   map[int]teach.Example // by the page's numbers
	head    *teach.Head           // learned last
	lesson  *lesson
}

// lesson is the test of a head under way.
type lesson struct {
	job         *protocol.TeachJob
	examples    []teach.Example
	part        []int
	parts, done int
	validation  *teach.Validation
}

// mostKnown is how many examples a network may remember; those of no lesson go first.
const mostKnown = 2 * teach.MaxExamples

// base loads a network to teach on. Two stay, so that a network and its twin can take turns.
func (t *taught) base(name, spec string, file []byte) (*protocol.Model, error) {
	_, session, info, err := read(name, spec, file, true)
	if err != nil {
		return nil, err
	}
	if info.Inputs, err = session.Trace().Model.HeadInputs(); err != nil {
		return nil, err
	}
	t.bases = slices.DeleteFunc(t.bases, func(b *base) bool { return b.name == name })
	if len(t.bases) > 1 {
		t.bases = t.bases[1:]
	}
	t.bases = append(t.bases, &base{name: name, session: session, known: map[int]teach.Example{}})
	return info, nil
}

func (t *taught) find(name string) (*base, error) {
	i := slices.IndexFunc(t.bases, func(b *base) bool { return b.name == name })
	if i < 0 {
		return nil, fmt.Errorf("asked to teach on %q, which was not loaded for it", name)
	}
	return t.bases[i], nil
}

// examine keeps what the network makes of a picture.
func (b *base) examine(id int, picture *image.NRGBA) error {
	e, err := teach.Extract(b.session, picture)
	if err != nil {
		return err
	}
	b.known[id] = e
	return nil
}

// teach answers Learn and Hold. The file is that of the taught network, where it answers from now
// on.
func (n *network) teach(req protocol.Request, reply *protocol.Reply) (file []byte, err error) {
	b, err := n.taught.find(req.Model)
	if err != nil {
		return nil, err
	}
	if req.Op == protocol.Hold {
		return n.hold(b, req.Teach, reply)
	}
	job := req.Teach
	if len(job.Labels) != len(job.IDs) || len(job.Bursts) != len(job.IDs) {
		return nil, fmt.Errorf("%d examples with %d labels and %d bursts", len(job.IDs), len(job.Labels), len(job.Bursts))
	}
	l := &protocol.Lesson{Turn: job.Turn}
	reply.Lesson = l
	examples := make([]teach.Example, len(job.IDs))
	for i, id := range job.IDs {
		e, ok := b.known[id]
		if !ok {
			l.Missing = append(l.Missing, id)
		}
		e.Label, e.Burst = job.Labels[i], job.Bursts[i]
		if e.Label < 0 || e.Label >= len(job.Classes) {
			return nil, fmt.Errorf("label %d of %d classes", e.Label, len(job.Classes))
		}
		examples[i] = e
	}
	if len(l.Missing) > 0 {
		return nil, nil
	}
	b.forget(job.IDs)
	b.lesson = nil
	var fault *teach.Fault
	if err := teach.Check(examples, len(job.Classes)); errors.As(err, &fault) {
		l.Fault = string(fault.Kind)
		return nil, nil
	}
	start := time.Now()
	head := teach.Learn(examples, len(job.Classes), b.head)
	if b.head != nil && b.head.Classes == head.Classes {
		head.Temperature = b.head.Temperature // until it is measured anew
	}
	b.head = head
	l.Asked, l.Ms.Learn = head.Asked, ms(time.Since(start))
	next := &lesson{job: job, examples: examples}
	next.part, next.parts = teach.Split(examples, len(job.Classes))
	next.validation = teach.NewValidation(examples, len(job.Classes), next.parts)
	l.Parts = next.parts
	b.lesson = next
	if next.parts == 0 {
		l.Channels = teach.Channels(examples, len(job.Classes), tellingChannels)
	}
	return n.apply(b, reply, nil)
}

// tellingChannels is how many channels the panel shows.
const tellingChannels = 8

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// hold tests the lesson's head on one more part. With the last one the temperature is known.
func (n *network) hold(b *base, job *protocol.TeachJob, reply *protocol.Reply) (file []byte, err error) {
	l := b.lesson
	if l == nil || l.job.Turn != job.Turn || l.done == l.parts {
		reply.Lesson = &protocol.Lesson{} // another one began, or nothing is left to do
		return nil, nil
	}
	classes := len(l.job.Classes)
	l.validation.Hold(l.examples, classes, l.part, l.done, b.head)
	l.done++
	answer := &protocol.Lesson{Turn: job.Turn, Parts: l.parts, Done: l.done, Asked: b.head.Asked}
	reply.Lesson = answer
	if l.done < l.parts {
		return nil, nil
	}
	v := l.validation
	answer.N, answer.Correct, answer.Confusion, answer.Predicted = v.N, v.Correct, v.Confusion, v.Predicted
	answer.Channels = teach.Channels(l.examples, classes, tellingChannels)
	b.head.Temperature = v.Temperature(l.examples)
	return n.apply(b, reply, v)
}

// apply makes the taught network the one that answers, if the lesson asks for it and nothing else
// was asked since.
func (n *network) apply(b *base, reply *protocol.Reply, v *teach.Validation) (file []byte, err error) {
	job := b.lesson.job
	if job.Name == "" || n.name != job.Name && (v != nil || n.name != job.Instead) { // another network was chosen meanwhile
		return nil, nil
	}
	start := time.Now()
	m, err := teach.Network(b.session.Trace().Model, job.Name, job.Classes, b.lesson.examples, b.head, v)
	if err != nil {
		return nil, err
	}
	session, err := m.NewSession()
	if err != nil {
		return nil, err
	}
	file = m.File().Write()
	n.replace(job.Name, m.File(), session)
	reply.Model = inform(job.Name, session, len(file))
	reply.Lesson.Ms.Apply = ms(time.Since(start))
	return file, nil
}

// forget makes room: what is not among ids goes.
func (b *base) forget(ids []int) {
	if len(b.known) <= mostKnown {
		return
	}
	used := make(map[int]teach.Example, len(ids))
	for _, id := range ids {
		used[id] = b.known[id]
	}
	b.known = used
}
