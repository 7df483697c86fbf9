package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// The model card's accuracy of the int8 files on the first half of CIFAR-10's test set with JPEG
// pixels. The data is no part of the project: SESCOPE_DATA names a folder that holds it as
// cifar10/test-a.bin.
func TestModelCardAccuracy(t *testing.T) {
	data := os.Getenv("SESCOPE_DATA")
	file := filepath.Join(data, "cifar10", "test-a.bin")
	if _, err := os.Stat(file); data == "" || err != nil {
		t.Skip("skipped: SESCOPE_DATA names no folder with cifar10/test-a.bin")
	}
	for model, want := range map[string]float64{"simple": 0.5938, "simple-se": 0.6204, "cnn3-se": 0.8346} {
		var r report
		if err := json.Unmarshal([]byte(must(t, "eval", model, file, "--json")), &r); err != nil {
			t.Fatal(err)
		}
		if r.N != 5000 || math.Abs(r.Accuracy-want) > 0.001 { // five pictures of play for another order of summing
			t.Errorf("%s: %+v, the model card says %v", model, r, want)
		}
	}
}
