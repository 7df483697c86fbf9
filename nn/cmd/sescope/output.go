package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sescope/weights"
)

// saveWeights writes a network's file and tells its size.
func saveWeights(f *weights.File, name string, inputs ...string) (int, error) {
	b := f.Write()
	return len(b), save(name, b, inputs...)
}

// checkOutput refuses, before anything is computed, an output that could not be opened again or
// that is one of the inputs, by another name or through a link, too.
func checkOutput(name, ending string, inputs ...string) error {
	if !strings.HasSuffix(name, ending) {
		return fmt.Errorf("output %q, expected a file name that ends in %s; %w", name, ending, errUsage)
	}
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fileError(name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file, expected one that may be written", name)
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("%s is write-protected, expected a file that may be written", name)
	}
	for _, in := range inputs {
		if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
			return fmt.Errorf("%s is the input itself, expected another file", name)
		}
	}
	return nil
}

// save writes a file beside its place and puts it there when it is whole, so that on a full disk,
// or when the program is ended, the old one stays.
func save(name string, b []byte, inputs ...string) error {
	if err := checkOutput(name, "", inputs...); err != nil {
		return err
	}
	mode := fs.FileMode(0o666)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target // the link stays one
	}
	f, err := createBeside(name, mode)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, cause(err))
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("%s cannot be written: %w", name, cause(err))
	}
	return nil
}

// createBeside makes a file of that mode, less the umask, which os.CreateTemp would not ask for.
func createBeside(name string, mode fs.FileMode) (*os.File, error) {
	for i := 0; ; i++ {
		beside := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d-%d", filepath.Base(name), os.Getpid(), i))
		f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) || i > 100 {
			return f, err
		}
	}
}

// cause is what went wrong with a file without the name, which our sentence has.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
