package main

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedAssemblyIsGenerated(t *testing.T) {
	got, err := os.ReadFile("../conv_wasm.s")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, source()) {
		t.Error("kernels/conv_wasm.s differs from what kernels/gen writes; run go generate ./kernels")
	}
}
