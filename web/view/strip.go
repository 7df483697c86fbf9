package view

import (
	"fmt"
	"strconv"

	"sescope/nn"
)

func units(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// LoadLine tells what was loaded, as it was sent, or how much of a network is there.
func (s *State) LoadLine() string {
	t := s.T()
	if s.Reading != "" {
		return fmt.Sprintf(t.ReadingFile, s.Reading)
	}
	if s.Loading != "" {
		for _, m := range s.Models {
			if m.Name == s.Loading {
				return fmt.Sprintf(t.LoadingModel, s.Localised(m.Title), 100*s.Fetched/max(1, m.Bytes))
			}
		}
	}
	if s.LoadedKB == 0 {
		return t.Kept
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
