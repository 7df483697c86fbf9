package page

import (
	"strconv"
	"syscall/js"

	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/view"
)

const (
	auditStep  = 8 // channels a request: the page's frames have a turn in between
	auditTries = 3 // how often an audit goes on with a new worker
)

// audit is the running honesty audit; the page drives it step by step, so a new worker goes on
// where the former one was lost.
type audit struct {
	frame *frame // the audited one
	logit float32
	turn  turns.Generation // the answers of a cancelled one are dropped
	lost  bool             // its worker ended: it goes on when its frame is on the stage again
	tries turns.Tries
}

// ChooseAuditBlock chooses the SE block that is audited.
func (p *Page) ChooseAuditBlock(index string) {
	p.post(func() {
		if i, err := strconv.Atoi(index); err == nil && !p.state.Audit.Running {
			p.state.Audit = view.Audit{Block: i}
			p.renderSoon()
		}
	})
}

// ToggleAudit starts an audit of the frame on the stage, which a camera has to hold for it, or
// cancels the running one.
func (p *Page) ToggleAudit() {
	p.post(func() {
		s := p.state
		if s.Audit.Running {
			p.stopAudit()
			return
		}
		if s.Shown == nil || s.Audit.Block >= len(s.Shown.Result.Gates) {
			return
		}
		if p.camera.live(s) {
			p.freeze(true)
		}
		g := s.Shown.Result.Gates[s.Audit.Block]
		s.Audit = view.Audit{Block: s.Audit.Block, Running: true, Class: s.Shown.Result.Top(), Count: g.Map.C, Gates: append([]float32(nil), g.Scale...)}
		a := &p.audit
		a.turn.Begin()
		a.tries.Worked()
		a.frame, a.logit, a.lost = p.stage.frame, s.Shown.Result.Logits[s.Audit.Class], false
		p.auditOn()
		p.renderSoon()
	})
}

// stopAudit ends a running audit; what it found stays.
func (p *Page) stopAudit() {
	if p.state.Audit.Running {
		p.state.Audit.Running, p.state.Audit.Stopped = false, true
		p.audit.turn.Begin()
		p.renderSoon()
	}
}

// auditOn asks for the next channels.
func (p *Page) auditOn() {
	a, turn := &p.state.Audit, p.audit.turn.Ticket()
	if len(a.Drops) == a.Count {
		a.Running = false
		p.renderSoon()
		return
	}
	step := &protocol.Audit{Block: a.Block, Class: a.Class, From: len(a.Drops), Count: min(auditStep, a.Count-len(a.Drops))}
	req := protocol.Request{Op: protocol.Mute, ID: p.audit.frame.id, Model: p.model.Name, Audit: step}
	done := func(reply protocol.Reply, _ js.Value) {
		switch {
		case !turn.Current():
		case reply.Error != "":
			p.stopAudit()
		default:
			a.Drops = append(a.Drops, reply.Drops...)
			p.renderResult()
			p.auditOn()
		}
	}
	p.frames.Ask(&job{req: req, done: done, lost: func() { p.audit.lost = turn.Current() }})
	p.next()
}

// followAudit is called with every shown frame: another one ends the audit, the same one from a new
// worker lets it go on.
func (p *Page) followAudit(fr *frame) {
	switch {
	case !p.state.Audit.Running:
	case fr != p.audit.frame || p.state.Shown.Result.Logits[p.state.Audit.Class] != p.audit.logit: // another picture, other gates
		p.stopAudit()
	case p.audit.lost:
		if p.audit.lost = false; !p.audit.tries.Again() {
			p.state.Audit.Failed = true
			p.stopAudit()
			return
		}
		p.auditOn()
	}
}
