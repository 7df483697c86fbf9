package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sescope/wasm/postlink"
)

// tree is the content of dist before compression: slash-separated path to bytes.
type tree map[string][]byte

// add refuses a second file of one name: a file of web/static must not hide a
// generated one, or the other way round.
func (t tree) add(name string, b []byte) error {
	if _, taken := t[name]; taken {
		return fmt.Errorf("two files would be %s in dist: rename the one in web/static", name)
	}
	t[name] = b
	return nil
}

// pack builds everything from the project at root, writes it to the folder out
// and prints a table of sizes to w. out is replaced at the very end, so a pack
// that fails leaves the old one as it was. url is where the page will be served,
// "" if that is not known.
func pack(ctx context.Context, root, out, url string, w io.Writer) error {
	if err := replaceable(out); err != nil {
		return err
	}
	parent := filepath.Dir(filepath.Clean(out))
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return fmt.Errorf("cannot make the folder for %s: %v", out, err)
	}
	tmp, err := os.MkdirTemp(parent, ".dist-")
	if err != nil {
		return fmt.Errorf("cannot make a folder beside %s: %v", out, err)
	}
	defer os.RemoveAll(tmp)

	t, err := collect(ctx, root, tmp, url)
	if err != nil {
		return err
	}
	files, err := compress(ctx, t, out)
	if err != nil {
		return err
	}
	fresh := filepath.Join(tmp, "dist")
	if err := write(fresh, files); err != nil {
		return err
	}
	if err := swap(fresh, out, filepath.Join(tmp, "old")); err != nil {
		return err
	}
	printTable(w, out, files)
	return budget(w, files)
}

// collect gathers every file of dist; scratch is a folder for the compiler.
func collect(ctx context.Context, root, scratch, url string) (tree, error) {
	t := tree{}
	if err := addStatic(t, filepath.Join(root, "web", "static")); err != nil {
		return nil, err
	}
	files, models, err := readModels(filepath.Join(root, "weights", "models"))
	if err != nil {
		return nil, err
	}
	builds, err := buildWasm(ctx, root, scratch)
	if err != nil {
		return nil, err
	}
	loader, err := wasmExec(ctx, root)
	if err != nil {
		return nil, err
	}
	helper, err := vuguHelper(ctx, root)
	if err != nil {
		return nil, err
	}
	licences, err := notices(ctx, root, "./wasm", "./wasm/importer", "./server")
	if err != nil {
		return nil, err
	}
	for _, part := range []tree{builds, files, icons(), {"notices.txt": licences, "wasm_exec.js": loader, "vugu-helper.js": []byte(helper)}} {
		for name, b := range part {
			if err := t.add(name, b); err != nil {
				return nil, err
			}
		}
	}
	return arrange(t, models, url)
}

// addStatic adds the files below dir, but for those that only an editor or a
// file manager sees.
func addStatic(t tree, dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err != nil {
		return fmt.Errorf("the page's static files are not there: %v", err)
	}
	fsys := os.DirFS(dir)
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return t.add(name, b)
	})
}

// importerFile is the program that reads files of other kinds: it comes with the first that needs
// it.
const importerFile = "importer.wasm"

// experiment leaves two parts of Go's runtime out that a page with a heap of 10 MB does not need:
// the newer collector and an allocator for each size.
const experiment = "nogreenteagc,nosizespecializedmalloc"

// noInlining is for everything but the kernels: calls written out in place are a tenth of the
// program on its way to a browser.
var noInlining = []string{"-gcflags=all=-l", "-gcflags=sescope/kernels=", "-gcflags=github.com/chewxy/math32="}

// link compiles a program and takes out what it does not need to run. Paths and commit are kept out
// of the binary, so that equal sources make equal bytes, whose compression can be reused. Function
// names (no -s) are there for package postlink only, which takes them out.
func link(ctx context.Context, root, scratch, program string) ([]byte, error) {
	target, err := filepath.Abs(filepath.Join(scratch, "linked.wasm"))
	if err != nil {
		return nil, err
	}
	if _, err := goTool(ctx, root, append(append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-w"}, noInlining...), "-o", target, program)...); err != nil {
		return nil, err
	}
	linked, err := os.ReadFile(target)
	if err != nil {
		return nil, err
	}
	if linked, err = postlink.Shrink(linked, "sescope/", "main."); err != nil {
		return nil, fmt.Errorf("shrinking the program %s: %v", program, err)
	}
	return linked, nil
}

// buildWasm makes the two builds of ./wasm, and the second program, which is too small a part of
// anyone's time for two builds.
func buildWasm(ctx context.Context, root, scratch string) (tree, error) {
	module, err := goTool(ctx, root, "list", "-m")
	if err != nil {
		return nil, err
	}
	counts, err := postlink.FolderCounts(filepath.Join(root, "kernels"), module+"/kernels")
	if err != nil {
		return nil, err
	}
	linked, err := link(ctx, root, scratch, "./wasm")
	if err != nil {
		return nil, err
	}
	importer, err := link(ctx, root, scratch, "./wasm/importer")
	if err != nil {
		return nil, err
	}
	plain, fused, err := postlink.Build(linked, counts)
	if err != nil {
		return nil, fmt.Errorf("the relaxed build: %v", err)
	}
	if importer, _, err = postlink.Build(importer, counts); err != nil {
		return nil, fmt.Errorf("the second program: %v", err)
	}
	return tree{"sescope.wasm": plain, "sescope-relaxed.wasm": fused, importerFile: importer}, nil
}

// wasmExec reads Go's JavaScript loader, which must be of the compiler's version.
func wasmExec(ctx context.Context, root string) ([]byte, error) {
	goroot, err := goTool(ctx, root, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(goroot, "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return nil, fmt.Errorf("this Go has no wasm loader: %v", err)
	}
	return b, nil
}

// goTool runs the go command for the wasm target in dir and returns what it
// printed, without the line end.
func goTool(ctx context.Context, dir string, args ...string) (string, error) {
	return runGo(ctx, dir, []string{"GOOS=js", "GOARCH=wasm", "GOEXPERIMENT=" + experiment}, args...)
}

// runGo runs the go command in dir with more in its environment.
func runGo(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s failed: %v\n%s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(b)), nil
}

// replaceable refuses an -out that holds something other than a dist: it would
// be deleted.
func replaceable(out string) error {
	entries, err := os.ReadDir(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("cannot use %s for dist: %v", out, err)
	}
	if len(entries) == 0 {
		return nil
	}
	for _, name := range []string{"index.html", "sw.js", "_headers"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			return fmt.Errorf("%s holds other files than a dist (no %s): name a new folder with -out", out, name)
		}
	}
	return nil
}

// write writes files below dir.
func write(dir string, files []packed) error {
	for _, f := range files {
		target := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		for ext, b := range map[string][]byte{"": f.raw, ".br": f.br, ".gz": f.gz} {
			if b == nil {
				continue
			}
			if err := os.WriteFile(target+ext, b, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// swap puts fresh in the place of out, moving the former out to old; when the
// second step fails the first is undone.
func swap(fresh, out, old string) error {
	err := os.Rename(out, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot move the old %s away: %v", out, err)
	}
	moved := err == nil
	if err := os.Rename(fresh, out); err != nil {
		if moved {
			os.Rename(old, out)
		}
		return fmt.Errorf("cannot put the new dist at %s: %v", out, err)
	}
	return nil
}
