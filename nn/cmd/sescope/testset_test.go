package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A folder, a zip of it and the same zip stored give one report, to the last bit; what is no class
// and what is no picture is named and left out.
func TestEvalZipAndFolder(t *testing.T) {
	dir := t.TempDir()
	var deflated, stored bytes.Buffer
	zips := []*zip.Writer{zip.NewWriter(&deflated), zip.NewWriter(&stored)}
	add := func(name string, b []byte) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		for i, z := range zips {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: []uint16{zip.Deflate, zip.Store}[i]})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, folder := range []string{"set/Cat", "set/船", "set/0", "set/teapot"} {
		b, err := os.ReadFile(golden + string(rune('0'+i)) + ".png")
		if err != nil {
			t.Fatal(err)
		}
		add(folder+"/"+string(rune('a'+i))+".png", b)
	}
	add("set/cat/broken.png", []byte("\x89PNG\r\n\x1a\nno more"))
	add("set/cat/.DS_Store", []byte("x"))
	for i, z := range zips {
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, []string{"deflated.zip", "stored.zip"}[i]), [][]byte{deflated.Bytes(), stored.Bytes()}[i], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var first string
	for _, data := range []string{"set", "deflated.zip", "stored.zip"} {
		var out, errs strings.Builder
		if err := run([]string{"eval", "cnn3-se", filepath.Join(dir, data), "--json", "--against", "cnn3-se"}, &out, &errs); err != nil {
			t.Fatal(data, err)
		}
		var r report
		if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
			t.Fatal(err)
		}
		if r.N != 3 || len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0], "broken.png") || len(r.Unmatched) != 1 || r.Unmatched[0].Name != "set/teapot" || r.Unmatched[0].N != 1 {
			t.Errorf("%s: %+v", data, r)
		}
		if r.Against == nil || r.Against.Same != 3 || r.Against.First+r.Against.Second != 0 || r.Against.ECE != r.ECE {
			t.Errorf("%s against itself: %+v", data, r.Against)
		}
		if !strings.Contains(errs.String(), `"set/teapot"`) || !strings.Contains(errs.String(), "broken.png") {
			t.Errorf("%s: the terminal reads %q", data, errs.String())
		}
		r.Skipped = nil // a folder's names the whole path
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(b)
		} else if string(b) != first {
			t.Errorf("%s: %s\nexpected %s", data, b, first)
		}
	}
}

// Sets that cannot be used are refused in one line.
func TestEvalRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var empty bytes.Buffer
	if err := zip.NewWriter(&empty).Close(); err != nil {
		t.Fatal(err)
	}
	var huge bytes.Buffer // one picture, which says that it is longer than any
	w := zip.NewWriter(&huge)
	member, err := w.CreateRaw(&zip.FileHeader{Name: "cat/1.png", Method: zip.Deflate, CompressedSize64: 4, UncompressedSize64: 600 << 20})
	if err != nil {
		t.Fatal(err)
	}
	member.Write([]byte("1234"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"huge.zip: no pictures: cat/1.png has 629145600 bytes": {"eval", "cnn3-se", write("huge.zip", huge.Bytes())},
		"no directory at its end":                              {"eval", "cnn3-se", write("cut.zip", []byte("PK\x03\x04 and no more"))},
		"no pictures, expected":                                {"eval", "cnn3-se", write("empty.zip", empty.Bytes())},
		"there is no file":                                     {"eval", "cnn3-se", filepath.Join(dir, "missing.zip")},
		"know other classes":                                   {"eval", "cnn3-se", write("one.bin", make([]byte, 3073)), "--against", "objects"},
		"ten classes":                                          {"eval", "objects", write("two.bin", make([]byte, 3073))},
	} {
		if _, err := sescope(t, args...); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, expected one line with %q", args, err, want)
		}
	}
}
