package train

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/weights"
)

// script runs a script in the folder of the networks, as a person would in theirs, without a go on
// the PATH.
func script(args ...string) (string, error) {
	cmd := exec.Command(python, args...)
	cmd.Dir, cmd.Env = "testdata", append(os.Environ(), "PATH=/nowhere", "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// exported opens a file that export.py wrote, and checks its logits as whoever opens it does.
func exported(t *testing.T, name, file string) *nn.Model {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	f, err := weights.Read(name, b)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Metadata[weights.ReferenceKey], "[[") {
		t.Errorf("%s: the file carries no logits to check", name)
	}
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckReference(); err != nil {
		t.Error(err)
	}
	f.Metadata[weights.ReferenceKey] = strings.Replace(f.Metadata[weights.ReferenceKey], "[[", "[[9,", 1)
	if err := s.CheckReference(); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("%s: other logits pass the check: %v", name, err)
	}
	return m
}

// Networks as people write them are exported with PyTorch's logits; what a spec has no word for is
// named.
func TestExportForms(t *testing.T) {
	needsPyTorch(t)
	blocks := func(m *nn.Model) (n int) {
		for _, l := range m.Spec.Layers {
			if l.Op == nn.SE {
				n++
			}
		}
		return n
	}
	networks := []struct {
		network, size string
		blocks        int
		refused       string
	}{
		{"tutorial_se:net", "32", 1, ""},
		{"avgpool_size:Net", "32", 1, ""},
		{"hswish_by_hand:net", "32", 0, ""},
		{"bn_act:net", "32", 0, ""},
		{"heads:logsoftmax", "32", 0, ""},
		{"heads:conv", "32", 0, ""},
		{"forms:dictionary", "32", 0, ""},
		{"forms:zeropad", "20x28", 0, ""},
		{"forms:same", "20x28", 0, ""},
		{"forms:weightnorm", "20", 0, ""},
		{"forms:three", "20", 0, ""},
		{"forms:means", "20x28", 0, ""},
		{"forms:summed", "20x28", 0, ""},
		{"forms:Functional", "20x28", 0, ""},
		{"forms:joined", "20x28", 0, ""},
		{"forms:one_plus", "20", 1, ""},
		{"forms:twice", "20", 1, ""},
		{"forms:binary", "20", 0, ""},
		{"forms:lazy_grey", "28", 0, ""},
		{"forms:strip", "20", 0, "height and width together"},
		{"forms:clipped", "20", 0, "hardtanh is none of the layers"},
		{"forms:nothing", "20", 0, "expected a module"},
	}
	dir, args := t.TempDir(), []string{"export_all.py"}
	file := func(network string) string {
		return filepath.Join(dir, strings.ReplaceAll(network, ":", ".")+".safetensors")
	}
	for _, c := range networks {
		args = append(args, c.network, c.size, file(c.network))
	}
	if out, err := script(args...); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range networks {
		m := exported(t, c.network, file(c.network))
		sentence, _ := os.ReadFile(file(c.network) + ".txt")
		switch {
		case c.refused != "":
			if m != nil || !strings.Contains(string(sentence), c.refused) {
				t.Errorf("%s: exported, or said %q, expected a sentence with %q", c.network, sentence, c.refused)
			}
		case m == nil:
			t.Errorf("%s: %s", c.network, sentence)
		case blocks(m) != c.blocks:
			t.Errorf("%s: %d SE blocks, expected %d", c.network, blocks(m), c.blocks)
		case c.network == "forms:binary" && m.Spec.Output != "sigmoid":
			t.Errorf("output %q, expected sigmoid", m.Spec.Output)
		}
	}

	out, err := script("../export.py", "heads:plain", "dataparallel.pt", file("plain"), "--size", "32", "--classes", "names.txt")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if m := exported(t, "plain", file("plain")); m.Spec.Classes[0].En != "airplane" {
		t.Errorf("the first class is %+v", m.Spec.Classes[0])
	}
	out, err = script("../export.py", "heads:conv", "dataparallel.pt", file("other"), "--size", "32")
	if err == nil || !strings.Contains(out, "is not of this module") || strings.Contains(out, "Traceback") || exported(t, "other", file("other")) != nil {
		t.Errorf("weights of another network: %v, %q", err, out)
	}
}
