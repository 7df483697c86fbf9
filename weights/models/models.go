// Package models holds the weights that come with SEscope, for programs that run natively. The page
// fetches the same files instead, so nothing that is compiled to WebAssembly imports this package.
package models

import (
	"embed"
	"fmt"
	"strings"

	"sescope/weights"
)

//go:embed *.safetensors
var files embed.FS

// Default is the network that is used when none is named.
const Default = "everyday"

// Names lists the built-in networks in alphabetical order.
func Names() []string {
	entries, _ := files.ReadDir(".") // an embedded folder always reads
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".safetensors"))
	}
	return names
}

// Open reads a built-in network's weights.
func Open(name string) (*weights.File, error) {
	b, err := files.ReadFile(name + ".safetensors")
	if err != nil {
		return nil, fmt.Errorf("no built-in network %q, expected one of %s", name, strings.Join(Names(), ", "))
	}
	return weights.Read(name, b)
}
