package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// defaultModel is the network that the page starts with.
const defaultModel = "everyday"

// modelEntry is what the page's model picker shows before it has fetched any
// weights.
type modelEntry struct {
	Name    string            `json:"name"`
	Title   map[string]string `json:"title"` // by language: "en", "zh"
	Bytes   int               `json:"bytes"` // of the uncompressed file
	Default bool              `json:"default"`
	Family  []string          `json:"family,omitempty"`  // networks that were trained alike, itself included: see nn.Spec
	Renders bool              `json:"renders,omitempty"` // it knows other things than CIFAR-10's classes: see view.Samples
}

// readModels reads the .safetensors files of dir and the portraits beside them,
// keyed by their path in dist, and the entries of the headers, in the order of
// their names.
func readModels(dir string) (files tree, entries []modelEntry, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.safetensors")) // sorted
	if err != nil {
		return nil, nil, err
	}
	files = tree{}
	found := false
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		e, err := readEntry(b)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %v", path, err)
		}
		// The page fetches models/NAME.safetensors.
		if base := strings.TrimSuffix(filepath.Base(path), ".safetensors"); base != e.Name {
			return nil, nil, fmt.Errorf("%s: the header calls the network %q, expected the file's name %q", path, e.Name, base)
		}
		e.Default = e.Name == defaultModel
		found = found || e.Default
		entries = append(entries, e)
		files["models/"+e.Name+".safetensors"] = b
	}
	// Pictures of what a network's channels respond to (weights/train/portraits.py), and their
	// places.
	portraits, err := filepath.Glob(filepath.Join(dir, "*.portraits.*"))
	if err != nil {
		return nil, nil, err
	}
	for _, path := range portraits {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, nil, err
		}
		files["models/"+filepath.Base(path)] = b
	}
	if !found {
		return nil, nil, fmt.Errorf("%s has no %s.safetensors, the network that the page starts with (found %d other)", dir, defaultModel, len(entries))
	}
	return files, entries, nil
}

// readEntry reads a safetensors header: its length as 8 bytes, little-endian,
// then JSON whose __metadata__ holds our network's description under "sescope",
// itself JSON in a string. The tensors are not looked at.
func readEntry(b []byte) (modelEntry, error) {
	var e modelEntry
	if len(b) < 8 {
		return e, fmt.Errorf("%d bytes are no safetensors file, expected at least 8", len(b))
	}
	n := binary.LittleEndian.Uint64(b)
	if n > uint64(len(b)-8) {
		return e, fmt.Errorf("the header should have %d bytes, but only %d follow", n, len(b)-8)
	}
	var header struct {
		Metadata map[string]string `json:"__metadata__"`
	}
	if err := json.Unmarshal(b[8:8+n], &header); err != nil {
		return e, fmt.Errorf("cannot read the safetensors header: %v", err)
	}
	spec, ok := header.Metadata["sescope"]
	if !ok {
		return e, fmt.Errorf(`the header has no "sescope" entry, which describes the network`)
	}
	var described struct {
		Name    string                `json:"name"`
		Title   map[string]string     `json:"title"`
		Family  []string              `json:"family"`
		Classes []struct{ En string } `json:"classes"`
	}
	if err := json.Unmarshal([]byte(spec), &described); err != nil {
		return e, fmt.Errorf(`cannot read the header's "sescope" entry: %v`, err)
	}
	renders := !slices.ContainsFunc(described.Classes, func(c struct{ En string }) bool { return c.En == "automobile" })
	for _, lang := range []string{"en", "zh"} {
		if described.Title[lang] == "" {
			return e, fmt.Errorf(`the header's "sescope" entry has no title in %q`, lang)
		}
	}
	return modelEntry{Name: described.Name, Title: described.Title, Bytes: len(b), Family: described.Family, Renders: renders}, nil
}
