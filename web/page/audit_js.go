package page

import (
	"strconv"
	"syscall/js"

	"sescope/web/protocol"
	"sescope/web/view"
)

const (
	auditStep  = 8 // channels a request: the page's frames have a turn in between
	auditTries = 3 // how often an audit goes on with a new worker
)

// audit is the running honesty audit; the page drives it step by step, so a new worker goes on where the former one was lost.
type audit struct {
	frame *frame // the audited one
	logit float32
	turn  int // counts, so that the answers of a cancelled audit are dropped
	tries int
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

// ToggleAudit starts an audit of the frame on the stage, which a camera has to hold for it, or cancels the running one.
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
			p.state.Frozen = true
			p.frames.lookAt = false
		}
		g := s.Shown.Result.Gates[s.Audit.Block]
		s.Audit = view.Audit{Block: s.Audit.Block, Running: true, Class: s.Shown.Result.Top(), Of: g.Map.C, Gates: append([]float32(nil), g.Scale...)}
		p.audit = audit{frame: p.stage.frame, logit: s.Shown.Result.Logits[s.Audit.Class], turn: p.audit.turn + 1}
		p.auditOn()
		p.renderSoon()
	})
}

// stopAudit ends a running audit; what it found stays.
func (p *Page) stopAudit() {
	if p.state.Audit.Running {
		p.state.Audit.Running, p.state.Audit.Stopped = false, true
		p.audit.turn++
		p.renderSoon()
	}
}

// auditOn asks for the next channels.
func (p *Page) auditOn() {
	a, turn := &p.state.Audit, p.audit.turn
	if len(a.Drops) == a.Of {
		a.Running = false
		p.renderSoon()
		return
	}
	step := &protocol.Audit{Block: a.Block, Class: a.Class, From: len(a.Drops), Count: min(auditStep, a.Of-len(a.Drops))}
	p.ask(protocol.Request{Op: protocol.Mute, ID: p.audit.frame.id, Model: p.model.Name, Audit: step}, nil, func(reply protocol.Reply, _ js.Value) {
		switch {
		case turn != p.audit.turn:
		case reply.Error != "":
			p.stopAudit()
		default:
			a.Drops = append(a.Drops, reply.Drops...)
			p.renderResult()
			p.auditOn()
		}
	})
}

// followAudit is called with every shown frame: another one ends the audit, the same one from a new worker lets it go on.
func (p *Page) followAudit(fr *frame) {
	switch {
	case !p.state.Audit.Running:
	case fr != p.audit.frame || p.state.Shown.Result.Logits[p.state.Audit.Class] != p.audit.logit: // another picture, other gates
		p.stopAudit()
	case p.jobs.now == nil && len(p.jobs.waiting) == 0:
		if p.audit.tries++; p.audit.tries > auditTries {
			p.state.Audit.Failed = true
			p.stopAudit()
			return
		}
		p.auditOn()
	}
}
