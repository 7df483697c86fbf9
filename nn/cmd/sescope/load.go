package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sescope/nn"
	"sescope/weights"
	"sescope/weights/models"
	"sescope/weights/torch"
)

// isFile tells whether a MODEL is a file's name and not that of a built-in network.
func isFile(name string) bool {
	return slices.Contains([]string{".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".onnx", ".tflite", ".h5", ".keras", ".json"}, strings.ToLower(filepath.Ext(name)))
}

// load opens a built-in network or a file, as the flags say.
func (o *options) load(name string) (*nn.Model, error) {
	m, err := o.loadAny(name)
	if err != nil {
		return nil, err
	}
	var work *nn.WorkError
	if err := m.CheckWork(); errors.As(err, &work) && !o.slow {
		return nil, fmt.Errorf("%w; --slow runs it all the same", err)
	}
	if o.arch != "" { // logits that stand in a file are those of its own spec
		return m, nil
	}
	s, err := m.NewSession()
	if err != nil {
		return nil, err
	}
	return m, s.CheckReference()
}

func (o *options) loadAny(name string) (*nn.Model, error) {
	if o.arch == "" && (o.classes != "" || o.mean != nil || o.std != nil) {
		return nil, fmt.Errorf("--classes, --mean and --std are for a file without a spec of its own: they need --arch NAME; %w", errUsage)
	}
	if !isFile(name) {
		f, err := models.Open(name)
		if err != nil {
			return nil, fmt.Errorf("%w, or a file that ends in .safetensors, .pt or .pth", err)
		}
		return nn.Load(f)
	}
	f, err := readFile(name)
	if err != nil {
		return nil, err
	}
	if o.arch != "" {
		spec, err := o.spec()
		if err != nil {
			return nil, err
		}
		return nn.LoadSpec(f, spec)
	}
	if f.Metadata["sescope"] != "" {
		return nn.Load(f)
	}
	beside := filepath.Join(filepath.Dir(name), "model.json")
	text, err := os.ReadFile(beside)
	if err != nil {
		return nil, fmt.Errorf("%s: no network spec in its header and no %s beside it; name a built-in network of the same layers with --arch: %s",
			name, filepath.Base(beside), strings.Join(models.Names(), ", "))
	}
	spec, err := nn.ReadSpec(beside, text)
	if err != nil {
		return nil, err
	}
	return nn.LoadSpec(f, spec)
}

// spec is that of the built-in network that --arch names, with what the other flags say. As many
// classes as the list has, the last layer gives.
func (o *options) spec() (nn.Spec, error) {
	builtin, err := models.Open(o.arch)
	if err != nil {
		return nn.Spec{}, fmt.Errorf("--arch: %v", err)
	}
	spec, _, err := nn.ParseSpec(builtin)
	if err != nil {
		return nn.Spec{}, err
	}
	spec = spec.Unmeasured()
	if o.mean != nil {
		spec.Mean = o.mean
	}
	if o.std != nil {
		spec.Std = o.std
	}
	if o.classes != "" {
		if spec.Classes, err = readClasses(o.classes); err != nil {
			return nn.Spec{}, err
		}
		spec.Layers = slices.Clone(spec.Layers)
		if last := &spec.Layers[len(spec.Layers)-1]; last.Op == "linear" {
			last.Out = len(spec.Classes)
		}
	}
	return spec, nil
}

// openSession loads a network and makes a session of it.
func (o *options) openSession(name string) (*nn.Model, *nn.Session, error) {
	m, err := o.load(name)
	if err != nil {
		return nil, nil, err
	}
	s, err := m.NewSession()
	return m, s, err
}

func readFile(name string) (*weights.File, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file, expected a network's", name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fileError(name, err)
	}
	return torch.Open(name, b)
}
