// Package train holds the PyTorch side: see train.py and export.py. Its tests run the scripts where
// Debian's python3-torch is installed.
package train

import (
	"bufio"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/weights"
)

const python = "/usr/bin/python3" // Debian's own: another python3 on the PATH does not see its packages

// needsPyTorch skips a test where what the scripts import is not installed.
func needsPyTorch(t *testing.T) {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import torch, numpy, PIL").CombinedOutput(); err != nil {
		t.Skipf("skipped: PyTorch is not installed (Debian: python3-torch python3-numpy python3-pil): %v %s", err, out)
	}
}

// records writes n CIFAR-10 records of noise whose brightness tells the label, so that a network
// learns something at once.
func records(t *testing.T, path string, n int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	var b []byte
	for i := range n {
		label := byte(i % 10)
		b = append(b, label)
		for range 3 * 32 * 32 {
			b = append(b, label*20+byte(rng.IntN(50)))
		}
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// epochs reads a log without its times, which differ.
func epochs(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		delete(v, "seconds")
		s, _ := json.Marshal(v)
		out = append(out, string(s))
	}
	return out
}

// A run that is killed and started again ends exactly where an undisturbed one ends, and what
// export.py writes loads in Go.
func TestTrainingResumesAndExports(t *testing.T) {
	needsPyTorch(t)
	dir := t.TempDir()
	records(t, filepath.Join(dir, "train.bin"), 5000+320) // 5,000 are kept for validation
	train := func(out string) *exec.Cmd {
		cmd := exec.Command(python, "train.py", "cnn3-se", "--data", dir, "--out", filepath.Join(dir, out), "--epochs", "3", "--limit", "320")
		cmd.Stderr = os.Stderr
		return cmd
	}
	if err := train("whole").Run(); err != nil {
		t.Fatal(err)
	}

	cmd := train("parts")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	bufio.NewReader(stdout).ReadString('\n') // the first epoch's line comes before its checkpoint, so a kill may also hit the writing of one
	cmd.Process.Kill()
	cmd.Wait()
	again := train("parts")
	if out, err := again.Output(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole, parts := epochs(t, filepath.Join(dir, "whole", "cnn3-se.jsonl")), epochs(t, filepath.Join(dir, "parts", "cnn3-se.jsonl"))
	if whole[len(whole)-1] != parts[len(parts)-1] || len(whole) != 4 {
		t.Errorf("undisturbed run:\n%s\nkilled and resumed:\n%s", strings.Join(whole, "\n"), strings.Join(parts, "\n"))
	}

	file := filepath.Join(dir, "cnn3-se.safetensors")
	if out, err := exec.Command(python, "export.py", "cnn3-se", filepath.Join(dir, "whole", "cnn3-se.pt"), file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := weights.Read(file, b)
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := []string{m.Spec.Classes[0].En, m.Spec.Classes[9].Zh}; !slices.Equal(got, []string{"airplane", "卡车"}) {
		t.Errorf("classes %v", got)
	}
}

// Two processes share every batch and end with one log and one set of weights; the loss falls as in
// one process.
func TestTrainingScalesOut(t *testing.T) {
	needsPyTorch(t)
	dir := t.TempDir()
	records(t, filepath.Join(dir, "train.bin"), 5000+512)
	// -r and -t: with Debian's PyTorch 1.13 on Python 3.11, torchrun does not understand their
	// defaults.
	cmd := exec.Command(python, "/usr/bin/torchrun", "--nproc_per_node", "2", "-r", "1", "-t", "1", "--log_dir", filepath.Join(dir, "torchrun"),
		"train.py", "cnn3-se", "--data", dir, "--out", filepath.Join(dir, "out"), "--epochs", "3", "--limit", "512")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := epochs(t, filepath.Join(dir, "out", "cnn3-se.jsonl"))
	var losses []float64
	for _, line := range lines[1:] {
		var v struct{ Loss float64 }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		losses = append(losses, v.Loss)
	}
	if len(losses) != 3 || !(losses[2] < losses[0]) {
		t.Errorf("losses %v, expected three that fall", losses)
	}
}

// Twins learn from a teacher on the same batches, mixed pictures among them; another seed has
// its own files, and seeds.py compares them. A teacher that was not trained is a sentence, and so
// are a teacher's answers to other pictures.
func TestTwinsLearnFromTeachers(t *testing.T) {
	needsPyTorch(t)
	dir := t.TempDir()
	records(t, filepath.Join(dir, "train.bin"), 5000+512)
	train := func(arguments ...string) (string, error) {
		out, err := exec.Command(python, append([]string{"train.py", "--data", dir, "--out", dir, "--epochs", "1", "--limit", "512"}, arguments...)...).CombinedOutput()
		return string(out), err
	}
	if out, err := train("live", "live-plain"); err == nil || !strings.Contains(out, "teacher-9.pt: is missing, and live learns from it") || strings.Contains(out, "Traceback") {
		t.Errorf("without the network that they need: %v\n%s", err, out)
	}
	if out, err := train("live", "cnn3-se"); err == nil || !strings.Contains(out, "different recipes") {
		t.Errorf("no twins: %v\n%s", err, out)
	}
	for _, run := range [][]string{{"teacher-9"}, {"live", "live-plain"}, {"live", "live-plain", "--seed", "2"}} {
		if out, err := train(run...); err != nil {
			t.Fatalf("%v: %v\n%s", run, err, out)
		}
	}
	var loss []string
	for _, name := range []string{"live", "live-plain", "live-2", "live-plain-2"} {
		lines := epochs(t, filepath.Join(dir, name+".jsonl"))
		if len(lines) != 2 || !strings.Contains(lines[0], `"teachers":["teacher-9"]`) {
			t.Fatalf("%s logged %q, expected its recipe and one epoch", name, lines)
		}
		loss = append(loss, lines[1])
	}
	if loss[0] == loss[2] || loss[1] == loss[3] {
		t.Errorf("two seeds have one log: %q", loss)
	}
	if out, err := train("live", "--seed", "4", "--limit", "1024"); err == nil || !strings.Contains(out, "views/0.pt: was made with") || strings.Contains(out, "Traceback") {
		t.Errorf("answers to 512 pictures for a run with 1024: %v\n%s", err, out) // seed 4 begins with the view that seed 1 begins with
	}
	out, err := exec.Command(python, "seeds.py", "live", "live-plain", "--seeds", "1,2", "--runs", dir, "--data", dir).CombinedOutput()
	if err != nil || strings.Count(string(out), "difference") != 2 {
		t.Errorf("seeds.py: %v\n%s", err, out)
	}
}

// Muon's steps are nearly orthogonal, a weight keeps its norm, and an optimiser that was saved goes
// on as if it had not been.
func TestMuon(t *testing.T) {
	needsPyTorch(t)
	script := `
import copy, torch
from muon import Muon, orthogonal
torch.manual_seed(1)
for shape in ((48, 432), (432, 48), (32, 27)):
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
    assert 0.6 < values.min() and values.max() < 1.3, (shape, values.min(), values.max())
net = torch.nn.Conv2d(8, 16, 3, bias=False)
optimiser = Muon(net.parameters(), lr=0.1)
def step(net, optimiser, seed):
    torch.manual_seed(seed)
    net.zero_grad()
    net(torch.randn(4, 8, 9, 9)).square().sum().backward()
    optimiser.step()
for seed in range(3):
    before = net.weight.detach().clone()
    step(net, optimiser, seed)
    moved = net.weight.detach() - before * 4 / before.norm()
    assert abs(moved.norm() - 0.1 * 4) < 0.06, moved.norm()   # lr times the root of 16 outputs
other = torch.nn.Conv2d(8, 16, 3, bias=False)
other.load_state_dict(net.state_dict())
resumed = Muon(other.parameters(), lr=0.3)
resumed.load_state_dict(copy.deepcopy(optimiser.state_dict()))
step(net, optimiser, 4)
step(other, resumed, 4)
assert torch.equal(net.weight, other.weight)
`
	if out, err := exec.Command(python, "-c", script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Half of a mixed batch's pictures hold two, and a target says how much of each.
func TestMix(t *testing.T) {
	needsPyTorch(t)
	script := `
import torch, data
rng = torch.Generator().manual_seed(1)
n = 2000
white = (torch.arange(n) % 2).float()             # every other picture is white: the mean of a mixed one is its share of white
pixels, targets = data.mix(white.view(n, 1, 1, 1).expand(n, 3, 32, 32), torch.nn.functional.one_hot(white.long(), 2).float(), rng, 0.5)
assert torch.allclose(pixels.mean((1, 2, 3)), targets[:, 1], atol=1e-5), "targets are not the shares of the pixels"
assert torch.allclose(targets.sum(1), torch.ones(n), atol=1e-5), "targets do not add up to one"
own = targets.gather(1, white.long()[:, None])[:, 0]
pasted = (own < 1) & (pixels.amin((1, 2, 3)) == 0) & (pixels.amax((1, 2, 3)) == 1)
blended = (own < 1) & ~pasted
assert 0.22 < blended.float().mean() < 0.28, blended.float().mean()
assert 0.20 < pasted.float().mean() < 0.28, pasted.float().mean()   # a square may lie wholly on a border
assert 0.4 < own[blended].mean() < 0.6
`
	if out, err := exec.Command(python, "-c", script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The measures of the model card, against values counted by hand.
func TestCard(t *testing.T) {
	needsPyTorch(t)
	if out, err := exec.Command(python, "-m", "unittest", "card_test").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
