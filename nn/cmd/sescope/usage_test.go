package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sescope/nn"
)

// Help is no error, whichever way it is asked for, and names every flag of the command.
func TestHelp(t *testing.T) {
	for _, c := range commands {
		long := must(t, "help", c.name)
		for _, args := range [][]string{{c.name, "-h"}, {c.name, "--help"}, {c.name, "x", "--help", "y"}} {
			if got := must(t, args...); got != long {
				t.Errorf("%v prints %q, help says %q", args, got, long)
			}
		}
		if !strings.HasPrefix(long, "usage: sescope "+c.name) || !strings.Contains(must(t, "help"), "\n  "+c.name) {
			t.Errorf("%s: %q", c.name, long)
		}
	}
	for _, flag := range []string{"--json", "--top", "--arch", "--classes", "--mean", "--std", "--slow"} {
		if !strings.Contains(must(t, "run", "-h"), flag) {
			t.Errorf("run -h does not name %s", flag)
		}
	}
	if got := must(t, "version"); !strings.HasPrefix(got, "sescope ") || strings.Count(got, "\n") != 1 {
		t.Errorf("version prints %q", got)
	}
	if must(t) != must(t, "help") {
		t.Error("sescope alone is not help")
	}
}

// One broken picture is named, the others are classified, and the program's end says so.
func TestRunGoesOn(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "bro\nken.png")
	if err := os.WriteFile(broken, []byte("\x89PNG\r\n\x1a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	err := run([]string{"run", "simple-se", "--json", golden + "0.png", broken, "missing.png", golden + "1.png"}, &out, &errs)
	if err == nil || err.Error() != "run: 2 of 4 pictures could not be classified" {
		t.Errorf("error %v", err)
	}
	if strings.Count(out.String(), `{"file":`) != 2 || strings.Count(errs.String(), "\n") != 2 || !strings.Contains(errs.String(), `bro\nken.png is a broken PNG`) {
		t.Errorf("output %q, errors %q", out.String(), errs.String())
	}
}

// Standard input is a picture like any other.
func TestStandardInput(t *testing.T) {
	b, err := os.ReadFile(golden + "0.png")
	if err != nil {
		t.Fatal(err)
	}
	defer func(before io.Reader) { stdin = before }(stdin)
	stdin = bytes.NewReader(b)
	got := must(t, "run", "simple-se", "-", "--json")
	if want := strings.Replace(must(t, "run", "simple-se", golden+"0.png", "--json"), golden+"0.png", "-", 1); got != want {
		t.Errorf("got %s, expected %s", got, want)
	}
	stdin = strings.NewReader("no picture")
	if _, err := sescope(t, "run", "simple-se", "-"); err == nil || !strings.Contains(err.Error(), "standard input is no picture") {
		t.Errorf("error %v", err)
	}
}

// --top lists as many classes, in words and in JSON, which always says whether the network is sure.
func TestTop(t *testing.T) {
	for top, want := range map[string]int{"1": 1, "7": 7, "99": 10} {
		var r map[string]any
		if err := json.Unmarshal([]byte(must(t, "run", "simple-se", golden+"0.png", "--json", "--top", top)), &r); err != nil {
			t.Fatal(err)
		}
		if n := len(r["top"].([]any)); n != want {
			t.Errorf("--top %s: %d classes", top, n)
		}
		if _, ok := r["unsure"].(bool); !ok {
			t.Errorf("no unsure in %v", r)
		}
		if n := strings.Count(must(t, "run", "simple-se", golden+"0.png", "--top", top), " %  "); n != want {
			t.Errorf("--top %s prints %d classes", top, n)
		}
	}
}

func TestInspectJSON(t *testing.T) {
	var r inspected
	decoder := json.NewDecoder(strings.NewReader(must(t, "inspect", "simple-se", "--json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Name != "simple-se" || r.Input != [3]int{32, 32, 3} || r.Params != 79882 || len(r.Classes) != 10 || r.Classes[3] != (nn.Class{En: "cat", Zh: "猫"}) ||
		r.Layers[0].Op != "conv" || r.Layers[0].Output != [3]int{32, 32, 64} || r.Layers[len(r.Layers)-1].Output != [3]int{1, 1, 10} || r.MACs == 0 {
		t.Errorf("%+v", r)
	}
	if got := must(t, "inspect", "simple-se"); !strings.Contains(got, "\n10 classes: airplane, automobile, ") {
		t.Errorf("no classes in %q", got)
	}
}

// A state_dict of the tutorial's class with other classes and other colours runs as it was trained.
func TestArchWithOtherClasses(t *testing.T) {
	dir := t.TempDir()
	list := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const text = "one\t飞机\ntwo\r\n\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n"
	plain := []string{"run", golden + "state_dict.safetensors", golden + "0.png", "--arch", "simple-se", "--json", "--top", "10"}
	var first string
	for name, content := range map[string]string{
		"plain.txt": text, "mark.txt": "\ufeff" + text, "utf16.txt": utf16(text), "gbk.txt": strings.Replace(text, "飞机", "\xb7\xc9\xbb\xfa", 1),
	} {
		got := must(t, append(plain, "--classes", list(name, content))...)
		if !strings.Contains(got, `"class":"one"`) || strings.Contains(got, "airplane") {
			t.Errorf("%s: %s", name, got)
		}
		if first == "" {
			first = got
		} else if got != first {
			t.Errorf("%s: %s, expected %s", name, got, first)
		}
		classes, err := readClasses(filepath.Join(dir, name))
		if err != nil || len(classes) != 10 || classes[0] != (nn.Class{En: "one", Zh: "飞机"}) || classes[1] != (nn.Class{En: "two", Zh: "two"}) {
			t.Errorf("%s: %v, %v", name, classes, err)
		}
	}
	base := must(t, plain...)
	if same := must(t, append(plain, "--mean", "0.5,0.5,0.5", "--std", "0.25,0.25,0.25")...); same == base {
		t.Error("--mean and --std change nothing")
	}
	if _, err := sescope(t, append(plain, "--classes", list("two.txt", "a\nb\n"))...); err == nil || !strings.Contains(err.Error(), "shape [10 128], expected [2 128]") {
		t.Errorf("two classes for ten outputs: %v", err)
	}
	for name, content := range map[string]string{"empty.txt": "\ufeff\n \n", "binary.txt": "\xff\xfe\x00\xd8\x80\x81"} {
		if _, err := sescope(t, append(plain, "--classes", list(name, content))...); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func utf16(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

// No name reaches the terminal with a control character in it, and what was JSON stays JSON.
func TestNamesOnTheTerminal(t *testing.T) {
	dir := t.TempDir()
	const evil = "a\x1b[2J\u009b1m\u202e.png"
	b, err := os.ReadFile(golden + "0.png")
	if err != nil {
		t.Fatal(err)
	}
	good, bad := filepath.Join(dir, evil), filepath.Join(dir, "bad"+evil)
	for name, content := range map[string][]byte{good: b, bad: nil} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Skipf("this system has no such names: %v", err)
		}
	}
	var out, errs bytes.Buffer
	run([]string{"run", "simple-se", good, bad}, &out, &errs)
	text := out.String() + errs.String()
	if strings.ContainsAny(text, "\x1b\u009b\u202e") || strings.Count(text, `a\u001b[2J\u009b1m\u202e.png`) != 2 {
		t.Errorf("the terminal reads %q", text)
	}
	var r nn.Result
	if err := json.Unmarshal([]byte(must(t, "run", "simple-se", good, "--json")), &r); err != nil || r.File != good {
		t.Errorf("JSON with the file %q, %v, expected %q", r.File, err, good)
	}
}

// A character that two writes share is one, and what is no UTF-8 is shown as its bytes.
func TestPrinter(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"猫 is a cat\n\t", "猫 is a cat\n\t"}, {"\x00\r\x7f", `\u0000\u000d\u007f`}, {"a\x9bb", `a\x9bb`}, {"\u2028", `\u2028`}, {"👩‍🚀", "👩‍🚀"},
	} {
		for cut := range len(c.in) {
			var out bytes.Buffer
			p := &printer{w: &out}
			p.Write([]byte(c.in[:cut]))
			p.Write([]byte(c.in[cut:]))
			if out.String() != c.want {
				t.Errorf("%q, cut at %d: %q, expected %q", c.in, cut, out.String(), c.want)
			}
		}
	}
}
