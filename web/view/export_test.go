package view

import (
	"encoding/json"
	"testing"
)

func TestExports(t *testing.T) {
	s := shown()
	s.Shown.Result.Gates = s.Shown.Result.Gates[:1]
	s.Shown.Result.Gates[0].Own = []float32{.5, 1}
	if got, want := s.MapCSV(), "-1,3\n"; got != want {
		t.Errorf("map %q, want %q", got, want)
	}
	if got, want := s.GatesCSV(), "block,layer,channel,gate,own\n1,se1,0,0.25,0.5\n1,se1,1,1,1\n"; got != want {
		t.Errorf("gates %q, want %q", got, want)
	}
	var e Export
	if err := json.Unmarshal([]byte(s.JSON()), &e); err != nil {
		t.Fatal(err)
	}
	if e.File != "ship.svg" || e.Top[0].Class != "ship" || e.Gates[0].Scale[0] != .25 || e.Own[0].Scale[0] != .5 || e.Map.Class != "ship" || e.Map.W != 2 || e.Map.Values[1] != 3 {
		t.Errorf("JSON %s", s.JSON())
	}
	if got := s.ExportName("map", "csv"); got != "sescope-ship-map.csv" {
		t.Errorf("name %q", got)
	}
	s.Shown.File = "camera"
	if got := s.ExportName("", "png"); got != "sescope-camera.png" {
		t.Errorf("name %q", got)
	}
}
