package main

import (
	"fmt"
	"io"
	"path"
	"strings"

	"sescope/server/policy"
)

// runtimeBudget bounds, in bytes compressed with brotli, what a first visit loads before the first answer, without the weights: the larger
// of the two programs and the page's own files. The aim for both together, weights included, is 1.2 MB; it is not reached (see RATIONALE.md).
const runtimeBudget = 970_000

// budget prints what a first visit loads and refuses it when it is too much.
func budget(w io.Writer, files []packed) error {
	var page, program, weights int
	for _, f := range files {
		n := len(f.br)
		if f.br == nil {
			n = len(f.raw)
		}
		name := strings.TrimPrefix(f.name, policy.Assets)
		switch ext := path.Ext(name); {
		case isProgram(name):
			program = max(program, n)
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
	if runtime := page + program; runtime > runtimeBudget {
		return fmt.Errorf("page and program need %d bytes (brotli), the budget is %d: see what grew in the table above", runtime, runtimeBudget)
	}
	return nil
}
