//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// When the disk is full (here: no file may grow beyond 4 kB) the old file stays, and no half of a
// new one.
func TestOutputOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "old.safetensors")
	if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Skip(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: before.Max}); err != nil {
		t.Skip(err)
	}
	_, err := sescope(t, "quantize", golden+"state_dict.safetensors", old)
	syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)
	if err == nil || !strings.Contains(err.Error(), "cannot be written: file too large") {
		t.Errorf("error %v", err)
	}
	if b, err := os.ReadFile(old); err != nil || string(b) != "old" {
		t.Errorf("the old file holds %d bytes, %v", len(b), err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("%v in the folder, expected the old file alone", list)
	}
}

// A pipe in a folder, which would never give a byte, is left out by name.
func TestPipeInAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cat")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(golden + "0.png")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.png"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "b.png"), 0o644); err != nil {
		t.Skip(err)
	}
	out, said, err := loudly("eval", "simple", dir)
	if err != nil || !strings.Contains(out, " of 1 right") || !strings.Contains(said, "b.png is no regular file") {
		t.Errorf("%q, said %q, %v", out, said, err)
	}
}
