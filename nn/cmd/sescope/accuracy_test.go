package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"sescope/nn"
	"sescope/weights/models"
)

// What the cards say of CIFAR-10's test images 0 to 4,999, sescope eval finds, too. The data is no
// part of the project: SESCOPE_DATA names a folder that holds it as cifar10/test-a.bin, in
// CIFAR-10's binary format and with its own pixels.
func TestModelCardAccuracy(t *testing.T) {
	data := os.Getenv("SESCOPE_DATA")
	file := filepath.Join(data, "cifar10", "test-a.bin")
	if _, err := os.Stat(file); data == "" || err != nil {
		t.Skip("skipped: SESCOPE_DATA names no folder with cifar10/test-a.bin")
	}
	measured := 0
	for _, model := range models.Names() {
		f, err := models.Open(model)
		if err != nil {
			t.Fatal(err)
		}
		net, err := nn.Load(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, says := range net.Spec.Card.Accuracy {
			if says.Set["en"] != "test" {
				continue
			}
			measured++
			var r report
			if err := json.Unmarshal([]byte(must(t, "eval", model, file, "--json")), &r); err != nil {
				t.Fatal(err)
			}
			// Five pictures of play for another order of summing.
			if r.N != says.Pictures || math.Abs(r.Accuracy-float64(says.Int8)) > 0.001 {
				t.Errorf("%s: %+v, the model card says %+v", model, r, says)
			}
		}
	}
	if measured == 0 {
		t.Error("no card has figures of the test images")
	}
}
