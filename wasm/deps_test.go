package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rooms says what each room may import beside the standard library: its own packages, the rooms
// named here, and these modules.
var rooms = map[string]string{
	"kernels": "github.com/chewxy/math32",
	"weights": "", // and weights/train is Python
	"nn":      "sescope/kernels sescope/weights github.com/chewxy/math32",
	"web":     "sescope/nn sescope/weights github.com/vugu/", // weights: the worker reads the file that it is handed
	"wasm":    "sescope/web",
	"server":  "github.com/andybalholm/brotli github.com/tdewolff/minify/v2 github.com/tdewolff/minify/v2/css github.com/tdewolff/minify/v2/js rsc.io/qr sescope/wasm/postlink", // pack makes the relaxed build
}

// extra are single packages that need more: programs and what only they hold, which no other room
// may import.
var extra = map[string]string{"sescope/nn/cmd/sescope": "golang.org/x/image golang.org/x/sync golang.org/x/text"}

// inWeb says what the packages of web may import of one another: those that decide, and the
// wrappers of the browser, know nothing of words and looks, and what runs in the worker is no part
// of the page.
var inWeb = map[string]string{
	"turns":    "",
	"vjson":    "",
	"protocol": "",
	"browser":  "",
	"view":     "protocol",
	"worker":   "browser protocol",
	"importer": "browser protocol",
	"ui":       "view",
	"page":     "browser protocol turns ui view",
}

// forbidden are packages that would break a room's promise even though they are in the standard
// library.
var forbidden = map[string][]string{
	"kernels": {"image", "syscall/js", "os", "net/http", "encoding/json"},
	"weights": {"image", "syscall/js", "net/http"},
	"nn":      {"syscall/js", "net/http", "image/png", "image/jpeg"},
}

// heavy are packages that the program must not hold, by whatever way they come: each would add
// hundreds of kilobytes to the first visit.
var heavy = []string{"encoding/json", "net/http", "regexp", "image/png", "image/jpeg", "crypto/tls", "text/template", "go/ast"}

// elsewhere are packages that only the second program, ./importer, may hold.
var elsewhere = []string{"sescope/nn/onnx", "sescope/nn/dataset/pickled", "sescope/weights/pickle", "sescope/weights/torch"}

func TestProgramsStayLight(t *testing.T) {
	for program, without := range map[string][]string{".": append(elsewhere, heavy...), "./importer": heavy} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", program)
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(out), "sescope/weights/json ") {
			t.Errorf("the packages of %s are\n%s\nexpected our own JSON among them", program, out)
		}
		for line := range strings.Lines(string(out)) {
			for _, pkg := range without {
				if strings.Contains(strings.TrimSpace(line)+" ", " "+pkg+" ") {
					t.Errorf("%s imports %s: use sescope/weights/json, or find another way", strings.Fields(line)[0], pkg)
				}
			}
		}
	}
}

// The import graph of ARCHITECTURE.md, as the browser's build has it.
func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		pkg, imports, _ := strings.Cut(line, " ")
		room := strings.Split(pkg, "/")[1]
		allowed, ok := rooms[room]
		if !ok {
			t.Errorf("%s stands in no known room", pkg)
			continue
		}
		seen[room] = true
		if part, ok := strings.CutPrefix(pkg, "sescope/web/"); ok && !strings.Contains(part, "/") {
			may, ok := inWeb[part]
			if !ok {
				t.Errorf("%s stands in no known room of web", pkg)
			}
			for _, imp := range strings.Fields(imports) {
				if of, ok := strings.CutPrefix(imp, "sescope/web/"); ok && !slices.Contains(strings.Fields(may), of) {
					t.Errorf("%s imports %s; it may import of web: %s", pkg, imp, may)
				}
			}
		}
		program := pkg == "sescope/nn/cmd/sescope" || strings.HasSuffix(pkg, "/gen")
		for _, imp := range strings.Fields(imports) {
			own := imp == "sescope/"+room || strings.HasPrefix(imp, "sescope/"+room+"/")
			std := !strings.Contains(strings.Split(imp, "/")[0], ".") && !strings.HasPrefix(imp, "sescope/")
			if !own && !std && !matches(imp, allowed+" "+extra[pkg]) {
				t.Errorf("%s imports %s; %s may import: %s", pkg, imp, room, allowed)
			}
			if !program {
				for _, f := range forbidden[room] {
					if imp == f {
						t.Errorf("%s imports %s, which %s must not", pkg, imp, room)
					}
				}
			}
			if strings.Contains(imp, "/cmd/") && strings.HasPrefix(imp, "sescope/") || imp == "sescope/weights/models" && pkg != "sescope/nn/cmd/sescope" {
				t.Errorf("%s imports %s, which is for programs that run natively", pkg, imp)
			}
		}
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("no package of %s was listed", room)
		}
	}
}

func matches(imp, allowed string) bool {
	for _, a := range strings.Fields(allowed) {
		if imp == a || strings.HasPrefix(imp, strings.TrimSuffix(a, "/")+"/") {
			return true
		}
	}
	return false
}
