package weights

import (
	"bytes"
	"fmt"
	"strings"
)

// IsTorch tells by its first bytes whether a file is one of torch.save: a zip, or since before
// PyTorch 1.6 a row of pickles. Package torch reads it.
func IsTorch(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.HasPrefix(b, []byte(torchMagic))
}

// torchMagic is the pickle of the number that old files begin with.
const torchMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// Foreign names the format of a network's file that this package does not read, by its name and its
// first bytes; it is empty for what may be one of ours.
func Foreign(name string, b []byte) string {
	name = strings.ToLower(name)
	switch {
	case len(b) >= 8 && string(b[4:8]) == "TFL3" || strings.HasSuffix(name, ".tflite"):
		return "TensorFlow Lite"
	case bytes.HasPrefix(b, []byte("\x89HDF")) || strings.HasSuffix(name, ".h5"):
		return "Keras's HDF5"
	}
	for _, f := range foreign {
		if strings.HasSuffix(name, f[0]) {
			return f[1]
		}
	}
	return ""
}

// foreign are formats that are known by their ends of names.
var foreign = [][2]string{{".onnx", "ONNX"}, {".keras", "Keras"}, {".pb", "TensorFlow's graph"}, {".mlmodel", "Core ML"}, {".ckpt", "a checkpoint"},
	{".index.json", "the list of a network that is cut into several files"}}

// Formats is what opens, for messages.
const Formats = ".safetensors and state_dicts of torch.save (.pt, .pth) open, on the page ONNX too; " +
	"sescope convert makes .safetensors of ONNX, weights/train/export.py of a PyTorch module"

// errForeign is the error about a file of another format.
func errForeign(name, format string) error {
	return fmt.Errorf("%s: %s, which is not read here: %s", name, format, Formats)
}
