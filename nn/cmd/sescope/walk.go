package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sescope/nn/dataset"
)

// walk lists the files below a folder: names begin with the folder's own, which may be a class,
// files are what the system calls them. Links are followed, but never back into a folder that they
// stand in. What is no regular file (a pipe, a device) would block whoever reads it, and is left
// out by name.
func walk(path string) (names, files, left []string, err error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, nil, err
	}
	steps := 0
	var enter func(folder, name string, above []fs.FileInfo) error
	enter = func(folder, name string, above []fs.FileInfo) error {
		list, err := os.ReadDir(folder)
		if err != nil {
			return fileError(folder, err)
		}
		for _, entry := range list {
			if steps++; steps > 2*dataset.MaxFiles || len(files) == dataset.MaxFiles {
				return &dataset.Fault{Kind: dataset.TooMany, Name: path, Got: dataset.MaxFiles + 1, Expected: dataset.MaxFiles}
			}
			file, below := filepath.Join(folder, entry.Name()), name+"/"+entry.Name()
			info, err := os.Stat(file) // of what a link leads to
			switch {
			case err != nil:
				left = append(left, fileError(file, err).Error())
			case info.IsDir():
				if slices.ContainsFunc(above, func(up fs.FileInfo) bool { return os.SameFile(up, info) }) {
					left = append(left, file+" leads back to a folder that it stands in")
				} else if err := enter(file, below, append(above, info)); err != nil {
					return err
				}
			case !info.Mode().IsRegular():
				left = append(left, file+" is no regular file")
			default:
				names, files = append(names, below), append(files, file)
			}
		}
		return nil
	}
	info, err := os.Stat(root)
	if err != nil {
		return nil, nil, nil, fileError(path, err)
	}
	err = enter(root, filepath.Base(root), []fs.FileInfo{info})
	return names, files, left, err
}
