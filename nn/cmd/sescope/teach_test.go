package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sescope/nn/teach"
)

// squares writes n pictures a class of squares by colour, in folders of the given names.
func squares(t *testing.T, dir string, n int, classes ...string) {
	t.Helper()
	for k, class := range classes {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			img := image.NewNRGBA(image.Rect(0, 0, 40, 40))
			for p := range 40 * 40 {
				c := color.NRGBA{30, 30, 30, 255}
				if x, y := p%40, p/40; x > i && x < i+20 && y > 2*i%20 && y < 2*i%20+20 {
					c = []color.NRGBA{{220, 40, 40, 255}, {40, 220, 40, 255}, {40, 40, 220, 255}}[k%3]
				}
				img.SetNRGBA(p%40, p/40, c)
			}
			f, err := os.Create(filepath.Join(dir, class, fmt.Sprintf("%02d.png", i)))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
}

// loudly is sescope where what is left out may be named on stderr.
func loudly(args ...string) (stdout, stderr string, err error) {
	var out, said bytes.Buffer
	err = run(args, &out, &said)
	return out.String(), said.String(), err
}

// A taught network runs, explains and is evaluated as any other, and a zip teaches what its folder
// does.
func TestTeach(t *testing.T) {
	dir := t.TempDir()
	set, out := filepath.Join(dir, "set"), filepath.Join(dir, "mine.safetensors")
	squares(t, set, 8, "my cup", "猫", "green thing")
	if err := os.WriteFile(filepath.Join(set, "readme.txt"), []byte("of no class"), 0o644); err != nil {
		t.Fatal(err)
	}
	text, left, err := loudly("teach", set, "-o", out, "--network", "live")
	if err != nil || !strings.Contains(left, `1 files stand in no folder of a class (in "set")`) {
		t.Errorf("teach: %v, said %q", err, left)
	}
	if !strings.Contains(text, "3 classes, taught with 24 pictures on live") || !strings.Contains(text, "24 of 24, 100.0 %") {
		t.Errorf("teach prints\n%s", text)
	}
	if text := must(t, "run", out, filepath.Join(set, "猫", "03.png")); !strings.Contains(text, "%  猫\n") {
		t.Errorf("run prints\n%s", text)
	}
	must(t, "explain", out, filepath.Join(set, "my cup", "03.png"), "-o", filepath.Join(dir, "figure.png"))
	if text, _, err := loudly("eval", out, set); err != nil || !strings.Contains(text, "24 of 24 right") {
		t.Errorf("eval: %v\n%s", err, text)
	}
	must(t, "inspect", out)

	archive := filepath.Join(dir, "set.zip")
	f, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := z.AddFS(os.DirFS(set)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	second := filepath.Join(dir, "again", "mine.safetensors")
	if err := os.Mkdir(filepath.Dir(second), 0o755); err != nil {
		t.Fatal(err)
	}
	var l lesson
	text, _, err = loudly("teach", archive, "-o", second, "--json", "--network", "live")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	if l.Network != "live" || l.Model != "mine" || l.Examples != 24 || len(l.Classes) != 3 || l.Classes[0] != (taughtClass{"green thing", 8}) || l.Folds != 5 || l.N != 24 || l.Correct != 24 {
		t.Errorf("unexpected %+v", l)
	}
	a, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(second); err != nil || string(a) != string(b) {
		t.Errorf("a zip and its folder teach different networks (%v)", err)
	}
}

// Frames of one recording stand on one side; a class of a single recording leaves nothing to test
// with, and teach says so.
func TestTeachRecordings(t *testing.T) {
	dir := t.TempDir()
	squares(t, dir, 6, "a", "b")
	for i := range 6 {
		name := filepath.Join(dir, "a", fmt.Sprintf("%02d.png", i))
		if err := os.Rename(name, filepath.Join(dir, "a", teach.FrameName(1, i, ".png"))); err != nil {
			t.Fatal(err)
		}
	}
	if text := must(t, "teach", dir, "-o", filepath.Join(t.TempDir(), "x.safetensors")); !strings.Contains(text, "no accuracy") {
		t.Errorf("teach prints\n%s", text)
	}
}

func TestTeachRefuses(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "x.safetensors")
	one, many, none, equal := filepath.Join(dir, "one"), filepath.Join(dir, "many"), filepath.Join(dir, "none"), filepath.Join(dir, "equal")
	squares(t, one, 2, "a")
	var names []string
	for i := range 13 {
		names = append(names, fmt.Sprint("class ", i))
	}
	squares(t, many, 1, names...)
	squares(t, none, 2, "a", "b")
	for i := range 2 {
		if err := os.WriteFile(filepath.Join(none, "b", fmt.Sprintf("%02d.png", i)), []byte("no picture"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	squares(t, equal, 1, "a")
	b, err := os.ReadFile(filepath.Join(equal, "a", "00.png"))
	if err != nil {
		t.Fatal(err)
	}
	os.Mkdir(filepath.Join(equal, "b"), 0o755)
	if err := os.WriteFile(filepath.Join(equal, "b", "00.png"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{one, "-o", out}, "only one class, expected at least two"},
		{[]string{many, "-o", out}, "13 classes, expected at most 12"},
		{[]string{none, "-o", out}, `no picture of "b" can be read`},
		{[]string{equal, "-o", out}, "all examples look the same"},
		{[]string{filepath.Join(dir, "nowhere"), "-o", out}, "there is no file"},
		{[]string{equal, "-o", "x.txt"}, "ends in .safetensors"},
		{[]string{golden + "0.png", "-o", out}, "neither a folder nor a zip nor a tar"},
		{[]string{one, "-o", out, "--network", "nobody"}, `no built-in network "nobody"`},
	} {
		if _, _, err := loudly(append([]string{"teach"}, c.args...)...); err != nil && strings.Contains(err.Error(), c.want) {
			continue
		} else {
			t.Errorf("teach %v: %v, expected %q", c.args, err, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a refused lesson left a file")
	}
}
