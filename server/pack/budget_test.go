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
