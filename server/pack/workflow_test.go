package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Actions of a workflow are named by their commits, with the version beside it for people, and what
// is published was tested.
func TestWorkflowsArePinned(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no workflows", err)
	}
	pinned := regexp.MustCompile(`^\s*- uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimRight(line, "\n"); strings.Contains(line, "uses:") && !pinned.MatchString(strings.Replace(line, "  uses:", "- uses:", 1)) && !pinned.MatchString(line) {
				t.Errorf("%s: %q, expected an action by its commit, and its version", filepath.Base(file), line)
			}
		}
		if text := string(b); strings.Contains(text, "deploy-pages") && (!strings.Contains(text, "needs: test") || !strings.Contains(text, "needs: build") || !strings.Contains(text, "run: .ci/run")) {
			t.Errorf("%s publishes what was not tested", filepath.Base(file))
		}
	}
}
