package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// beside opens the files that an ONNX file keeps its weights in: of its own folder, and of no
// other.
func beside(file string) func(name string, offset, length int64) ([]byte, error) {
	return func(name string, offset, length int64) ([]byte, error) {
		if !filepath.IsLocal(name) || filepath.Base(name) != filepath.Clean(name) {
			return nil, fmt.Errorf("its data stand in %q, expected a file of the ONNX file's own folder", name)
		}
		root, err := os.OpenRoot(filepath.Dir(file)) // no link leads out of it
		if err != nil {
			return nil, err
		}
		defer root.Close()
		f, err := root.Open(name)
		if err != nil {
			return nil, fmt.Errorf("its data stand in %q beside the ONNX file: %v", name, err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() || offset > info.Size() || length > info.Size()-offset {
			return nil, fmt.Errorf("its data are bytes %d to %d of %q, which has %d", offset, offset+length, name, info.Size())
		}
		b := make([]byte, length)
		_, err = f.ReadAt(b, offset)
		return b, err
	}
}
