package view

import (
	"fmt"
	"slices"

	"sescope/nn"
)

// Audit is the honesty audit: each channel of an SE block is muted in turn, and its gate is held
// against what the logit really lost.
type Audit struct {
	Block   int
	Running bool
	Class   int       // whose logit it is
	Count   int       // of channels
	Gates   []float32 // of the block on the audited frame
	Drops   []float32 // as many as are done
	Stopped bool      // the picture or the network changed before it was done, or it was cancelled
	Failed  bool      // the worker was lost again and again
}

// AuditBlocks names the SE blocks that can be audited.
func (s *State) AuditBlocks() []string {
	if s.Shown == nil {
		return nil
	}
	var list []string
	for i, g := range s.Shown.Result.Gates {
		list = append(list, counted(s.Words().AuditBlock, s.BlockName(i), g.Map.C))
	}
	return list
}

// AuditStatus says how far the audit is or what it came to.
func (s *State) AuditStatus() string {
	a, w := s.Audit, s.Words()
	switch {
	case a.Failed:
		return w.AuditFailed
	case a.Running:
		return fmt.Sprintf(w.AuditRunning, len(a.Drops), a.Count)
	case a.Stopped:
		return fmt.Sprintf(w.AuditStopped, len(a.Drops), a.Count)
	case len(a.Drops) == 0:
		return ""
	}
	rho := nn.Spearman(a.Gates, a.Drops)
	verdict := w.AuditLittle
	switch {
	case rho >= .6:
		verdict = w.AuditMuch
	case rho >= .3:
		verdict = w.AuditSome
	case rho <= -.3:
		verdict = w.AuditAgainst
	}
	best := 0
	for i, d := range a.Drops {
		if d > a.Drops[best] {
			best = i
		}
	}
	return fmt.Sprintf(w.AuditRho, Number(rho)) + w.Space + verdict + w.Space +
		fmt.Sprintf(w.AuditBest, best, Number(a.Gates[best]), s.auditClass(), Number(a.Drops[best]))
}

func (s *State) auditClass() string {
	if s.Shown == nil || s.Audit.Class >= len(s.Shown.Model.Classes) {
		return ""
	}
	return s.Name(s.Shown.Model.Classes[s.Audit.Class])
}

// AuditProgress is the done share, of 100.
func (s *State) AuditProgress() string {
	if s.Audit.Count == 0 {
		return "0"
	}
	return units(100 * float64(len(s.Audit.Drops)) / float64(s.Audit.Count))
}

// Scatter is gate against drop as a drawing of 400 x 200.
type Scatter struct {
	Dots, Zero   string // paths
	Lo, Hi       string
	X, Y         string // what the axes are
	Label        string
	Points       int
	ShowProgress bool
}

// AuditScatter draws what the audit found so far.
func (s *State) AuditScatter() Scatter {
	a, w := s.Audit, s.Words()
	r := Scatter{X: w.AuditX, Points: len(a.Drops), ShowProgress: a.Running}
	if len(a.Drops) == 0 {
		return r
	}
	r.Y = fmt.Sprintf(w.AuditY, s.auditClass())
	lo, hi := min(0, slices.Min(a.Drops)), max(0, slices.Max(a.Drops))
	if hi == lo {
		hi = lo + 1
	}
	y := func(v float32) float64 { return 200 * float64((hi-v)/(hi-lo)) }
	var dots []byte
	for i, d := range a.Drops {
		dots = append(dots, 'M')
		dots = number(dots, 400*float64(min(max(a.Gates[i], 0), 1))-3.5)
		dots = append(dots, ' ')
		dots = number(dots, y(d))
		dots = append(dots, "a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0"...)
	}
	r.Dots, r.Zero = string(dots), fmt.Sprintf("M0 %.1fH400", y(0))
	r.Lo, r.Hi = Number(lo), Number(hi)
	r.Label = fmt.Sprintf(w.AuditLabel, len(a.Drops), r.Y)
	return r
}
