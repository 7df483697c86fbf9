package view

import (
	"fmt"
	"strconv"

	"sescope/nn"
)

// Part is one step of a frame on the latency strip.
type Part struct {
	Name    string
	Milli   string
	X, W    string // of a bar of 100
	Network bool
}

// Parts are the steps of the shown frame, proportional to their time.
func (s *State) Parts() []Part {
	if s.Shown == nil {
		return nil
	}
	t, m := s.T(), s.Shown.Timings
	steps := []struct {
		name string
		ms   float64
	}{{t.Grab, m.Grab}, {t.Prepare, m.Prepare}, {t.Network, m.Network}, {t.Maps, m.Maps}, {t.Paint, m.Paint}}
	sum, x := m.Sum(), 0.0
	parts := make([]Part, len(steps))
	for i, step := range steps {
		w := 0.0
		if sum > 0 {
			w = 100 * step.ms / sum
		}
		parts[i] = Part{step.name, fmt.Sprintf("%.1f", step.ms), units(x), units(max(0, w-.4)), i == 2}
		x += w
	}
	return parts
}

func units(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// Sum is the time of the whole frame in milliseconds.
func (s *State) Sum() string {
	if s.Shown == nil {
		return ""
	}
	return fmt.Sprintf("%.1f", s.Shown.Timings.Sum())
}

// LoadLine tells what was or is being loaded.
func (s *State) LoadLine() string {
	t := s.T()
	if s.Loading != "" {
		for _, m := range s.Models {
			if m.Name == s.Loading {
				return fmt.Sprintf(t.LoadingModel, s.Localised(m.Title), Bytes(s.Fetched), Bytes(m.Bytes))
			}
		}
	}
	return fmt.Sprintf(t.Loaded, Bytes(1000*s.LoadedKB))
}

// Bytes prints a size in decimal units.
func Bytes(n int) string {
	if n >= 1e6 {
		return fmt.Sprintf("%.2f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d kB", (n+500)/1000)
}

// Kernel says how this build computes.
func (s *State) Kernel() string {
	switch {
	case !nn.SIMD:
		return s.T().Portable
	case s.Relaxed:
		return s.T().SIMDRelaxed
	}
	return s.T().SIMD
}
