package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// notices are the licences of everything that programs hold which others wrote: Go itself and the
// modules of those packages, as their own files say them. They are beside every copy, because those
// licences want it: dist carries them as notices.txt, and the terminal program prints its own.
func notices(ctx context.Context, root string, packages ...string) ([]byte, error) {
	type module struct {
		Path, Version, Dir string
		Main               bool
		Replace            *struct{ Path string }
	}
	type part struct{ title, dir string }
	goroot, err := goTool(ctx, root, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	parts := []part{{"Go, its standard library and its loader wasm_exec.js", goroot}}
	seen := map[string]bool{}
	for _, pkg := range packages {
		if _, err := os.Stat(filepath.Join(root, pkg)); err != nil {
			continue // a project that has no server
		}
		list := goTool
		if !strings.HasPrefix(pkg, "./wasm") { // a program of this machine, which holds other modules
			list = func(ctx context.Context, dir string, args ...string) (string, error) {
				return runGo(ctx, dir, nil, args...)
			}
		}
		out, err := list(ctx, root, "list", "-deps", "-json=Module", pkg)
		if err != nil {
			return nil, err
		}
		for d := json.NewDecoder(strings.NewReader(out)); ; {
			var p struct{ Module *module }
			if err := d.Decode(&p); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("cannot read what go list says of %s: %v", pkg, err)
			}
			m := p.Module
			// A module that lies in this project is ours, whatever name it stands in for.
			if m == nil || m.Main || seen[m.Path] || m.Replace != nil && strings.HasPrefix(m.Replace.Path, ".") {
				continue
			}
			seen[m.Path] = true
			parts = append(parts, part{m.Path + " " + m.Version, m.Dir})
		}
	}
	slices.SortFunc(parts[1:], func(a, b part) int { return cmp.Compare(a.title, b.title) })
	var b bytes.Buffer
	b.WriteString("SEscope is under the MIT licence. It holds work of others under these licences.\n")
	for _, p := range parts {
		text, err := licence(p.dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %v", p.title, err)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", p.title, strings.Repeat("-", len(p.title)), bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	}
	return b.Bytes(), nil
}

// licence reads the licence in a module's folder; Debian's Go keeps its own beside GOROOT.
func licence(dir string) ([]byte, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING", "../LICENSE"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("no licence in %s", dir)
}
