package view

import (
	"fmt"
	"strings"

	"sescope/web/protocol"
	"sescope/weights/json"
)

// ExportName names a file with what the page shows, "sescope-ship-map.csv".
func (s *State) ExportName(what, extension string) string {
	name := s.Shown.File
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	if what != "" {
		what = "-" + what
	}
	return "sescope-" + name + what + "." + extension
}

// MapCSV is the heat map as the network gave it, one line a row.
func (s *State) MapCSV() string {
	var b strings.Builder
	heat := s.Shown.Result.Heat
	for i, v := range heat.Data {
		separator := ","
		if i%heat.W == heat.W-1 {
			separator = "\n"
		}
		fmt.Fprintf(&b, "%v%s", v, separator)
	}
	return b.String()
}

// GatesCSV lists every gate as it was applied and as the network said it.
func (s *State) GatesCSV() string {
	var b strings.Builder
	b.WriteString("block,layer,channel,gate,own\n")
	for i, g := range s.Shown.Result.Gates {
		for c := range g.Map.C {
			fmt.Fprintf(&b, "%d,%s,%d,%v,%v\n", i+1, g.Layer, c, g.Scale[c], g.Own[c])
		}
	}
	return b.String()
}

// Export is everything that is known of the shown frame: the event's detail, the network's own
// gates, and the map.
type Export struct {
	protocol.Detail
	Own []ExportGates `json:"own"`
	Map ExportMap     `json:"map"`
}

// ExportGates are one block's gates as the network said them.
type ExportGates struct {
	Layer string    `json:"layer"`
	Scale []float32 `json:"scale"`
}

// ExportMap is the heat map, row by row.
type ExportMap struct {
	Kind   string    `json:"kind"`
	Class  string    `json:"class"`
	W      int       `json:"w"`
	H      int       `json:"h"`
	Values []float32 `json:"values"`
}

// JSON is the shown frame as an Export.
func (s *State) JSON() string {
	r, m := s.Shown.Result, s.Shown.Model
	e := Export{Detail: protocol.NewDetail(s.Shown.File, m, r, s.Shown.Timings), Own: []ExportGates{},
		Map: ExportMap{string(r.Want.Kind), m.Classes[r.Class].En, r.Heat.W, r.Heat.H, r.Heat.Data}}
	for _, g := range r.Gates {
		e.Own = append(e.Own, ExportGates{g.Layer, g.Own})
	}
	b, err := json.Marshal(e)
	if err != nil {
		panic(err) // a NaN: a fault of ours
	}
	return string(b) + "\n"
}
