package main

import (
	"strings"
	"testing"
)

func TestNegotiate(t *testing.T) {
	reps := []representation{
		represent("identity", []byte("the longest of all")),
		represent("gzip", []byte("the shorter one")),
		represent("br", []byte("shortest")),
	}
	for _, c := range []struct{ accept, want string }{
		{"", "identity"},
		{"gzip, deflate, br, zstd", "br"}, // Chromium; equal weights: the smallest
		{"gzip, deflate", "gzip"},
		{"gzip;q=1.0, br;q=0.5", "gzip"},
		{"br;q=0.001", "br"}, // an unlisted identity stands behind
		{"br;q=0.5, identity", "identity"},
		{"br;q=0, gzip;q=0", "identity"},
		{"identity", "identity"},
		{"*", "br"},
		{"*;q=0.5, gzip", "gzip"},
		{"*, br;q=0", "gzip"},
		{"gzip, *;q=0", "gzip"},
		{"*;q=0", "none"},
		{"identity;q=0", "none"},
		{"identity;q=0, gzip", "gzip"},
		{"zstd, identity;q=0", "none"},
		{"BR ;  Q=0.8", "br"},
		{"\tgzip\t", "gzip"},
		{"x-gzip", "gzip"},
		{"deflate, zstd", "identity"},
		// Malformed elements do not count, their neighbours do.
		{"br;q=2, gzip", "gzip"},
		{"br;q=-1, gzip", "gzip"},
		{"br;q=, gzip", "gzip"},
		{"br;q, gzip", "gzip"},
		{"br;;q=1, gzip", "gzip"},
		{"br;level=11, gzip", "gzip"},
		{"br;q=NaN, gzip", "gzip"},
		{"br;q=Inf, gzip", "gzip"},
		{"br;q=1e0, gzip", "gzip"},
		{"br;q=0.1234, gzip;q=0.1", "gzip"},
		{"br;q=..., gzip;q=0.1", "gzip"},
		{"br;q=0.9;q=1, gzip;q=0.1", "gzip"},
		{",,;,;q=1, ,gzip", "gzip"},
		{"br gzip", "identity"},
		{"br;q=0, br", "identity"}, // the first mention counts
		{strings.Repeat(",", 10000) + "br", "br"},
		{"\x00\xff;q=\xff", "identity"},
	} {
		got := "none"
		if rep := negotiate(reps, []string{c.accept}); rep != nil {
			got = rep.coding
		}
		if got != c.want {
			t.Errorf("Accept-Encoding %.60q: %s, expected %s", c.accept, got, c.want)
		}
	}
	if rep := negotiate(reps, nil); rep == nil || rep.coding != "identity" {
		t.Errorf("without the header: %v, expected identity", rep)
	}
	// Among equals the smaller counts, even where it is the plain one.
	tiny := []representation{represent("identity", []byte("{}")), represent("gzip", []byte("longer than that"))}
	if rep := negotiate(tiny, []string{"gzip, identity"}); rep == nil || rep.coding != "identity" {
		t.Errorf("a gzip longer than the file: %v, expected identity", rep)
	}
}

// Whatever the header says: no panic, and no coding that it did not name.
func FuzzNegotiate(f *testing.F) {
	for _, seed := range []string{"gzip, br;q=0.5", "*;q=0", ";=,", "identity;q=0,*"} {
		f.Add(seed)
	}
	reps := []representation{represent("identity", []byte("plain")), represent("gzip", []byte("zip")), represent("br", []byte("b"))}
	f.Fuzz(func(t *testing.T, accept string) {
		rep := negotiate(reps, []string{accept})
		if rep == nil || rep.coding == "identity" || strings.Contains(accept, "*") {
			return
		}
		if !strings.Contains(strings.ToLower(accept), rep.coding) {
			t.Errorf("Accept-Encoding %q: sent %s", accept, rep.coding)
		}
	})
}
