// Command gen runs vugugen over the package in the folder of its argument and writes the result
// shorter, one file for all components.
package main

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"

	"github.com/vugu/vugu/gen"
)

func main() {
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := gen.Run(dir, &gen.ParserGoPkgOpts{SkipGoMod: true, SkipMainGo: true, MergeSingle: true}); err != nil {
		return err
	}
	file := filepath.Join(dir, "0_components_gen.go")
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if b, err = format.Source(b); err != nil { // compact reads lines as gofmt breaks them
		return fmt.Errorf("%s: %v", file, err)
	}
	if b, err = format.Source(compact(b)); err != nil {
		return fmt.Errorf("%s: %v", file, err)
	}
	return os.WriteFile(file, b, 0o644)
}
