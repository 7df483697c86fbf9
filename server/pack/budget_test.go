package main

import (
	"io"
	"strings"
	"testing"

	"sescope/server/policy"
)

// A byte more than the budget fails the build; samples, the second program and networks that are
// not the default do not count.
func TestBudget(t *testing.T) {
	file := func(name string, compressed int) packed { return packed{name: name, br: make([]byte, compressed)} }
	first := func(weights int) []packed {
		return []packed{
			file("index.html", 20_000), file(policy.Assets+"app.0123456789.css", 5_000),
			file(policy.Assets+"sescope.0123456789.wasm", 899_000), file(policy.Assets+"sescope-relaxed.0123456789.wasm", 900_000),
			file(policy.Assets+"models/"+defaultModel+".0123456789.safetensors", weights), file(policy.Assets+"importer.0123456789.wasm", 5_000_000), file(policy.Assets+"models/other.0123456789.safetensors", 5_000_000),
			file(policy.Assets+"samples/ship.0123456789.svg", 5_000_000),
		}
	}
	if err := budget(io.Discard, first(firstVisit-925_000)); err != nil {
		t.Error(err)
	}
	if err := budget(io.Discard, first(firstVisit-925_000+1)); err == nil || !strings.Contains(err.Error(), "2000001 bytes") {
		t.Errorf("a byte too many: %v", err)
	}
}

// Each of the two programs has a budget of its own, which the smaller one does not hide.
func TestProgramBudget(t *testing.T) {
	files := func(plain, relaxed int) []packed {
		return []packed{
			{name: policy.Assets + "sescope.0123456789.wasm", br: make([]byte, plain)},
			{name: policy.Assets + "sescope-relaxed.0123456789.wasm", br: make([]byte, relaxed)},
		}
	}
	if err := budget(io.Discard, files(programLimit, programLimit)); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		plain, relaxed int
		want           string
	}{
		{programLimit + 1, 1000, "sescope.0123456789.wasm has 950001 bytes"},
		{1000, programLimit + 1, "sescope-relaxed.0123456789.wasm has 950001 bytes"},
	} {
		if err := budget(io.Discard, files(c.plain, c.relaxed)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d and %d bytes: error %v, expected one with %q", c.plain, c.relaxed, err, c.want)
		}
	}
}
