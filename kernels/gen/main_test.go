package main

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedAssemblyIsGenerated(t *testing.T) {
	for name, source := range sources {
		got, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, source()) {
			t.Errorf("kernels/%s differs from what kernels/gen writes; run go generate ./kernels", name)
		}
	}
}
