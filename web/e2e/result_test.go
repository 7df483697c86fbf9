package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A detail is what the event sescope:result tells, and what `sescope run --json` prints but for the
// timings.
type detail struct {
	File  string `json:"file"`
	Model string `json:"model"`
	Top   []struct {
		Class string  `json:"class"`
		P     float64 `json:"p"`
	} `json:"top"`
	Logits []float64 `json:"logits"`
	Gates  []struct {
		Layer string    `json:"layer"`
		Scale []float64 `json:"scale"`
	} `json:"gates"`
	Timings map[string]float64 `json:"timings"`
}

// A result is one event, when it came and what the model picker said then ("" while a network was
// on its way).
type result struct {
	At     float64 `json:"at"` // ms since the navigation
	Picker string  `json:"picker"`
	Detail detail  `json:"detail"`
}

// count is how many results there were.
func (p *tab) count() int {
	p.t.Helper()
	return eval[int](p, "e2e.results.length")
}

// results lists the results from number first on.
func (p *tab) results(first int) []result {
	p.t.Helper()
	return eval[[]result](p, fmt.Sprintf("e2e.results.slice(%d)", first))
}

// after waits for a result from number n on, of that file and model ("" is any).
func (p *tab) after(n int, file, model string) detail {
	p.t.Helper()
	find := fmt.Sprintf("e2e.results.slice(%d).find((r) => (!%q || r.detail.file === %[2]q) && (!%q || r.detail.model === %[3]q))", n, file, model)
	p.wait(fmt.Sprintf("a result of %q from %q", file, model), find)
	return eval[result](p, find).Detail
}

// setFile puts a file in the page's file field, as the file dialog does.
func (p *tab) setFile(path string) {
	p.t.Helper()
	p.setFiles("file", path)
}

// explain opens a file and returns its result.
func (p *tab) explain(path string) detail {
	p.t.Helper()
	n := p.count()
	p.setFile(path)
	return p.after(n, filepath.Base(path), "")
}

// A packed is what pack wrote into the page about dist.
type packed struct {
	Files  map[string]struct{ Path string }
	Models []struct{ Name string }
}

// described reads it.
func described(t *testing.T) (d packed) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dist, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(b), `id="dist">`)
	text, _, _ = strings.Cut(text, "</script>")
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("index.html does not describe dist: %v", err)
	}
	return d
}

// asset is where a file of the page lies below dist, "samples/ship.svg" for instance.
func asset(t *testing.T, name string) string {
	t.Helper()
	path := described(t).Files[name].Path
	if path == "" {
		t.Fatalf("dist has no %s", name)
	}
	return path
}

// models lists the names of the packed networks, the standard one first.
func models(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, m := range described(t).Models {
		if m.Name == standard {
			names = append([]string{m.Name}, names...)
		} else {
			names = append(names, m.Name)
		}
	}
	if len(names) < 3 {
		t.Fatalf("the page lists %v, expected the three networks of the tutorial at least", names)
	}
	return names
}

// sescope is what the command line says about a picture, with the same weights that the page
// fetches.
func sescope(t *testing.T, model, picture string) detail {
	t.Helper()
	out, err := exec.Command(command, "run", "--json", filepath.Join(dist, asset(t, "models/"+model+".safetensors")), picture).Output()
	if err != nil {
		t.Fatalf("sescope run %s %s: %v", model, picture, err)
	}
	var d detail
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("sescope run %s %s printed %q: %v", model, picture, out, err)
	}
	return d
}

// far is the largest difference of two lists of logits, relative to the largest of want.
func far(got, want []float64) float64 {
	if len(got) != len(want) || len(want) == 0 {
		return math.Inf(1)
	}
	var diff, largest float64
	for i := range want {
		if math.IsNaN(got[i]) {
			return math.Inf(1)
		}
		diff, largest = max(diff, math.Abs(got[i]-want[i])), max(largest, math.Abs(want[i]))
	}
	return diff / largest
}

// write puts a made picture in a file.
func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// text is the text of the element of that id.
func (p *tab) text(id string) string {
	p.t.Helper()
	return strings.TrimSpace(eval[string](p, fmt.Sprintf("document.getElementById(%q).innerText", id)))
}
