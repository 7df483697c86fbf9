package weights

import (
	"bytes"
	"fmt"
	"strings"
)

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
var foreign = [][2]string{{".onnx", "ONNX"}, {".keras", "Keras"}, {".pb", "TensorFlow's graph"}, {".mlmodel", "Core ML"}, {".ckpt", "a checkpoint"}}

// Formats is what opens, for messages.
const Formats = ".safetensors and state_dicts of torch.save (.pt, .pth) open; ONNX becomes .safetensors by sescope convert, a PyTorch module by weights/train/export.py"

// errForeign is the error about a file of another format.
func errForeign(name, format string) error {
	return fmt.Errorf("%s: %s, which is not read here: %s", name, format, Formats)
}
