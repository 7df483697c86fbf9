// Package importer is the page's second program, which is loaded when it is needed: it makes what
// the first one reads of files of other kinds. A worker of it serves one file and ends.
package importer

import (
	"fmt"
	"strings"

	"sescope/nn/dataset"
	"sescope/nn/onnx"
	"sescope/weights"
	"sescope/weights/torch"
)

// Beside are the files that came with the one that is read.
type Beside interface {
	Names() []string
	Read(i int, offset, length int64) ([]byte, error) // as much of it as is there
	Text(i int) (string, error)
}

// Convert makes a safetensors file of a network's file: ONNX, or a state_dict of torch.save. A text
// beside it names the classes, one a line; side is that of the pictures where an ONNX file leaves
// it open: onnx.ErrSize without. Errors name the file.
func Convert(name string, b []byte, side int, files Beside) ([]byte, error) {
	if weights.IsTorch(b) {
		f, err := torch.Read(name, b)
		if err != nil {
			return nil, err
		}
		return f.Write(), nil
	}
	options := onnx.Options{Size: side, Open: func(file string, offset, length int64) ([]byte, error) {
		return part(files, file, offset, length)
	}}
	for i, text := range files.Names() {
		if !strings.HasSuffix(strings.ToLower(text), ".txt") {
			continue
		}
		list, err := files.Text(i)
		if err != nil {
			return nil, err
		}
		options.Classes = dataset.ClassList(list)
	}
	plain := name
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		plain = name[:i]
	}
	f, _, err := onnx.Read(plain, b, options)
	if err != nil {
		return nil, err
	}
	return f.Write(), nil
}

// part reads bytes of a file that an ONNX file names.
func part(files Beside, name string, offset, length int64) ([]byte, error) {
	base := name[strings.LastIndexAny(name, `/\`)+1:]
	for i, have := range files.Names() {
		if have != base {
			continue
		}
		b, err := files.Read(i, offset, length)
		if err == nil && int64(len(b)) != length {
			err = fmt.Errorf("its data are bytes %d to %d of %q, which is shorter", offset, offset+length, base)
		}
		return b, err
	}
	return nil, fmt.Errorf("its data stand in another file, %q: choose or drop it together with this one", base)
}
