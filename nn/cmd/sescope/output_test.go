package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An output that is the input, by its own name, another or through a link, is refused and the file
// stays.
func TestOutputIsNoInput(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile(golden + "state_dict.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(dir, "in.safetensors")
	if err := os.WriteFile(in, b, 0o644); err != nil {
		t.Fatal(err)
	}
	soft, hard := filepath.Join(dir, "soft.safetensors"), filepath.Join(dir, "hard.safetensors")
	if os.Symlink(in, soft) != nil || os.Link(in, hard) != nil {
		t.Skip("this system makes no links")
	}
	for _, out := range []string{in, dir + "/./in.safetensors", soft, hard} {
		if _, err := sescope(t, "quantize", in, out); err == nil || !strings.Contains(err.Error(), "is the input itself") {
			t.Errorf("quantize %s %s: %v", in, out, err)
		}
	}
	picture := filepath.Join(dir, "picture.png")
	if b, err = os.ReadFile(golden + "0.png"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := sescope(t, "explain", "cnn3-se", picture, "-o", picture); err == nil || !strings.Contains(err.Error(), "is the input itself") {
		t.Errorf("explain: %v", err)
	}
	if now, err := os.ReadFile(picture); err != nil || !bytes.Equal(now, b) {
		t.Error("the picture has changed")
	}
}

// A new output replaces an old one whole, keeps its mode and what points to it, and leaves nothing
// beside it.
func TestOutputReplaces(t *testing.T) {
	dir := t.TempDir()
	old, link := filepath.Join(dir, "old.safetensors"), filepath.Join(dir, "link.safetensors")
	if err := os.WriteFile(old, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("old.safetensors", link); err != nil {
		t.Skip("this system makes no links")
	}
	must(t, "quantize", golden+"state_dict.safetensors", link)
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	info, err = os.Stat(old)
	if err != nil || info.Size() < 1000 || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v: expected a network with the old file's mode", info, err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("%v in the folder, expected the file and its link", list)
	}
	if err := os.Chmod(old, 0o440); err != nil {
		t.Fatal(err)
	}
	if _, err := sescope(t, "quantize", golden+"state_dict.safetensors", old); err == nil || !strings.Contains(err.Error(), "write-protected") {
		t.Errorf("a write-protected file: %v", err)
	}
	if _, err := sescope(t, "quantize", golden+"state_dict.safetensors", filepath.Join(dir, "none", "x.safetensors")); err == nil || !strings.Contains(err.Error(), "cannot be written: no such file") {
		t.Errorf("a folder that is not there: %v", err)
	}
}
