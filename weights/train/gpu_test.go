package train

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Data go in pieces of at most the asked size and come out as they were, CIFAR-10's to the bit; a
// missing or damaged piece is named; jobs run side by side, fail by themselves, and go on.
func TestPiecesForAGPU(t *testing.T) {
	needsPyTorch(t)
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(in("cifar"), 0o755); err != nil {
		t.Fatal(err)
	}
	records(t, filepath.Join(in("cifar"), "train.bin"), 5000+128)
	scripts(t, []string{"-c", sources, dir},
		[]string{"pictures.py", "--out", in("set"), "--tiny", in("tiny"), "--mini", in("mini"), "--objects", in("objects"), "--clothes", in("clothes"), "--trash", in("trash")},
		[]string{"gpu.py", "pack", "--pieces", in("pieces"), "--pictures", in("set"), "--cifar", in("cifar"), "--most", "2"})
	files, err := filepath.Glob(in("pieces/*.npz"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%d pieces (%v), expected several", len(files), err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Size() > 2e6 {
			t.Errorf("%s: %v, expected at most 2 MB", file, err)
		}
	}
	run := func(arguments ...string) (string, error) {
		out, err := exec.Command(python, append([]string{"gpu.py", "run", "--pieces", in("pieces"), "--data", in("data"), "--out", in("runs"), "--device", "cpu", "--limit", "128"}, arguments...)...).CombinedOutput()
		return string(out), err
	}
	refused := func(what, want string, arguments ...string) {
		t.Helper()
		if out, err := run(arguments...); err == nil || !strings.Contains(out, want) || strings.Contains(out, "Traceback") {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	if out, err := exec.Command(python, "gpu.py", "run", "--pieces", in("tiny"), "--data", in("none"), "--out", in("runs")).CombinedOutput(); err == nil || !strings.Contains(string(out), "holds no piece") {
		t.Errorf("a folder without pieces: %v\n%s", err, out)
	}
	refused("a job that is none", "no job nobody, expected of everyday, tiny-none-1", "--only", "nobody")
	second := in("pieces/cifar-001.npz")
	kept, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	refused("a piece that is missing", "pieces are missing: cifar-001.npz", "--only", "simple")
	for _, damaged := range [][]byte{kept[:len(kept)/2], []byte("nothing")} {
		if err := os.WriteFile(second, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		refused("a damaged piece", "cifar-001.npz: ", "--only", "simple")
	}
	if err := os.WriteFile(second, kept, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run("--only", "simple,tiny-eca-2"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"simple.pt", "simple.jsonl", "simple.log", "tiny-eca-2.pt", "tiny-eca-2.jsonl", "tiny-eca-2.ckpt"} {
		if info, err := os.Stat(filepath.Join(in("runs"), name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	was, _ := os.ReadFile(filepath.Join(in("cifar"), "train.bin"))
	if got, err := os.ReadFile(in("data/cifar/train.bin")); err != nil || !bytes.Equal(got, was) {
		t.Errorf("CIFAR's training pictures came out otherwise (%v)", err)
	}
	if out, err := exec.Command(python, "-c", `
import sys
import numpy as np
a, b = (np.load(f + "/pixels.npy").astype(int) for f in sys.argv[1:])
assert a.shape == b.shape and np.abs(a - b).mean() < 3, (a.shape, b.shape, np.abs(a - b).mean())
for name in ("label", "source", "part"):
    assert (np.load(sys.argv[1] + "/index.npz")[name] == np.load(sys.argv[2] + "/index.npz")[name]).all(), name
`, in("set"), in("data/pictures")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	// The same again, of data that are unpacked by now: what is done stays done.
	if err := os.RemoveAll(in("pieces")); err != nil {
		t.Fatal(err)
	}
	if out, err := run("--only", "tiny-eca-2"); err != nil {
		t.Errorf("again: %v\n%s", err, out)
	}
	if log, _ := os.ReadFile(filepath.Join(in("runs"), "tiny-eca-2.log")); !strings.Contains(string(log), "this run is finished") {
		t.Errorf("the second time the log says %q", log)
	}
}
