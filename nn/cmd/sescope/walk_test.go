package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"sescope/nn/dataset"
)

// Links to folders and files are followed, from the folder that was named on; one that leads back
// is left out by name, and so is what is no file.
func TestWalk(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile(golden + "0.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"set/cat/a.png", "elsewhere/b.png", "elsewhere/deep/c.png"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755)
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"set/dog": "../elsewhere", "set/cat/up": "..", "set/cat/self": ".", "elsewhere/deep/over": "../../set", "set/bird.png": "none", "named": "set", "set/cat/d.png": "../../elsewhere/b.png",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("this system makes no links")
		}
	}
	for _, root := range []string{"set", "named"} {
		names, files, left, err := walk(filepath.Join(dir, root))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(names)
		want := []string{root + "/cat/a.png", root + "/cat/d.png", root + "/dog/b.png", root + "/dog/deep/c.png"}
		if !slices.Equal(names, want) || len(files) != 4 {
			t.Errorf("%s: %q, expected %q", root, names, want)
		}
		all := strings.Join(left, "\n")
		if len(left) != 4 || strings.Count(all, "leads back") != 3 || !strings.Contains(all, "there is no file "+filepath.Join(dir, root, "bird.png")) {
			t.Errorf("%s: left out %q", root, left)
		}
	}
}

// CIFAR-10 as Python packs it, whole: the test part is taken, with a word, and any can be chosen.
func TestEvalTarOfBatches(t *testing.T) {
	batch, err := os.ReadFile("../../dataset/pickled/testdata/ten.pickle")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range []string{"batches.meta", "data_batch_1", "data_batch_2", "test_batch", "readme.html"} {
		w.WriteHeader(&tar.Header{Name: "cifar-10-batches-py/" + name, Size: int64(len(batch)), Mode: 0o644})
		w.Write(batch)
	}
	w.Close()
	z.Close()
	packed := filepath.Join(dir, "cifar-10-python.tar.gz")
	single := filepath.Join(dir, "test_batch")
	for name, content := range map[string][]byte{packed: b.Bytes(), single: batch, filepath.Join(dir, "cut.tar.gz"): b.Bytes()[:b.Len()-9]} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := filepath.Glob(filepath.Join(os.TempDir(), "sescope*"))
	for part, want := range map[string]int{"": 2, "test": 2, "train": 4, "all": 6} {
		args := []string{"eval", "simple", packed, "--json"}
		if part != "" {
			args = append(args, "--part", part)
		}
		out, said, err := loudly(args...)
		var r report
		if err != nil || json.Unmarshal([]byte(out), &r) != nil || r.N != want || len(r.Parts) != 2 || !strings.Contains(said, "test (1 files) train (2 files)") {
			t.Errorf("part %q: %d pictures, %v, said %q", part, r.N, err, said)
		}
	}
	if out := must(t, "eval", "simple", single); !strings.Contains(out, " of 2 right") {
		t.Errorf("one batch: %s", out)
	}
	for want, args := range map[string][]string{
		"no part \"validation\"": {"eval", "simple", packed, "--part", "validation"},
		"damaged, or cut off":    {"eval", "simple", filepath.Join(dir, "cut.tar.gz")},
		"network of ten":         {"eval", "objects", single},
	} {
		if _, err := sescope(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %q", args, err, want)
		}
	}
	if after, _ := filepath.Glob(filepath.Join(os.TempDir(), "sescope*")); len(after) > len(before) {
		t.Errorf("%q stay behind", after)
	}
}

// Labels come from names and tables, with a word, where no folder tells them.
func TestEvalLabels(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile(golden + "0.png")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) {
		name = filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("names/cat.0.jpg", b)
	write("names/dogs_7.png", b)
	write("table/1.png", b)
	write("table/2.png", b)
	write("table/trainLabels.csv", []byte("id,label\n1,frog\n2,\xb7\xc9\xbb\xfa\n"))
	write("parts/train/cats/1.png", b)
	write("parts/test/Cars/1.png", b)
	for set, c := range map[string]struct {
		said  string
		class []int // with one picture each
	}{
		"names": {"the labels are in the files' names", []int{3, 5}},
		"table": {"the labels are the table's", []int{0, 6}},
		"parts": {"taken: test", []int{1}},
	} {
		out, said, err := loudly("eval", "simple", filepath.Join(dir, set), "--json")
		var r report
		if err != nil || json.Unmarshal([]byte(out), &r) != nil || !strings.Contains(said, c.said) || r.N != len(c.class) {
			t.Errorf("%s: %d pictures, %v, said %q", set, r.N, err, said)
			continue
		}
		for _, class := range c.class {
			if r.Classes[class].Pictures != 1 {
				t.Errorf("%s: %+v", set, r.Classes)
			}
		}
	}
}

// However many pictures are decoded at once, their pixels are never more than the largest
// picture's.
func TestPixelsInFlight(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 5000, 5000))
	img.SetGray(1, 1, color.Gray{9})
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	var lock sync.Mutex
	now, most := 0, 0
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			err := decodeFor("p", b.Bytes(), func(img *image.NRGBA) {
				lock.Lock()
				now += len(img.Pix) / 4
				most = max(most, now)
				lock.Unlock()
				runtime.Gosched()
				lock.Lock()
				now -= len(img.Pix) / 4
				lock.Unlock()
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most < 25_000_000 || most > maxPixels {
		t.Errorf("%d pixels in flight, expected at most %d", most, maxPixels)
	}
	if err := decodeFor("p", []byte("no picture"), nil); err == nil {
		t.Error("no picture was decoded")
	}
	if !inFlight.TryAcquire(maxPixels) {
		t.Error("pixels are held though nothing is in flight")
	} else {
		inFlight.Release(maxPixels)
	}
}

// A table that is too long to be one, and a picture's file that is too large, are refused without
// being read.
func TestLargeFileOfAFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(dataset.MaxFile + 1); err != nil {
		t.Skip(err)
	}
	f.Close()
	if _, err := readSmall(path); err == nil || !strings.Contains(err.Error(), "expected at most") {
		t.Error(err)
	}
}
