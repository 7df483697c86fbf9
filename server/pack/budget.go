package main

import (
	"fmt"
	"io"
	"path"
	"strings"

	"sescope/server/policy"
)

// firstVisit bounds, in bytes compressed with brotli, what a first visit loads before the first
// answer: the page's own files, the larger of the two programs, and the default network's weights.
const firstVisit = 2_000_000

// programLimit bounds each of the two programs, compressed with brotli.
const programLimit = 950_000

// budget prints what a first visit loads and refuses it, or a program, when it is too much.
func budget(w io.Writer, files []packed) error {
	var page, program, weights int
	var large []string
	for _, f := range files {
		n := len(f.br)
		if f.br == nil {
			n = len(f.raw)
		}
		name := strings.TrimPrefix(f.name, policy.Assets)
		switch ext := path.Ext(name); {
		case strings.HasPrefix(name, strings.TrimSuffix(importerFile, "wasm")): // not in a first visit
		case isProgram(name):
			program = max(program, n)
			if n > programLimit {
				large = append(large, fmt.Sprintf("%s has %d bytes (brotli)", name, n))
			}
		case isWeights(name):
			if strings.HasPrefix(name, "models/"+defaultModel+".") {
				weights = n
			}
		case strings.Contains(name, "/"): // samples: they come when they are chosen
		case ext == ".html", ext == ".css", ext == ".js" && name != workerFile:
			page += n
		}
	}
	fmt.Fprintf(w, "first visit, brotli: %d page + %d program + %d weights = %d bytes\n", page, program, weights, page+program+weights)
	if all := page + program + weights; all > firstVisit {
		return fmt.Errorf("a first visit needs %d bytes (brotli), the budget is %d: see what grew in the table above", all, firstVisit)
	}
	if large != nil {
		return fmt.Errorf("%s, a program's budget is %d: see \"What does the program leave at home?\" in RATIONALE.md", strings.Join(large, ", "), programLimit)
	}
	return nil
}
