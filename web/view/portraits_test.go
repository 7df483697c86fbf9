package view

import (
	"testing"

	"sescope/weights/json"
)

func TestPortraits(t *testing.T) {
	var p Portraits
	text := `{"side":48,"columns":24,"blocks":[{"name":"se3","first":0,"channels":30},{"name":"se4","first":30,"channels":96}],"excites":[1,2],"usual":[0.5]}`
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		layer         string
		channel, x, y int
		ok            bool
	}{
		{"se3", 0, 0, 0, true}, {"se3", 25, 48, 48, true}, {"se4", 0, 6 * 48, 48, true}, {"se4", 95, 5 * 48, 5 * 48, true},
		{"se3", 30, 0, 0, false}, {"se4", -1, 0, 0, false}, {"se1", 0, 0, 0, false},
	} {
		if x, y, ok := p.At(c.layer, c.channel); x != c.x || y != c.y || ok != c.ok {
			t.Errorf("%s %d: %d, %d, %v, expected %d, %d, %v", c.layer, c.channel, x, y, ok, c.x, c.y, c.ok)
		}
	}
	if _, _, ok := (*Portraits)(nil).At("se3", 0); ok {
		t.Error("no atlas has a picture")
	}
	s := NewState()
	s.Files = map[string]string{"models/a.portraits.webp": "x", "models/a.portraits.json": "y", "models/b.portraits.webp": "x"}
	if s.PortraitFile("a") != "models/a.portraits" || s.PortraitFile("b") != "" {
		t.Errorf("files %q and %q", s.PortraitFile("a"), s.PortraitFile("b"))
	}
}
