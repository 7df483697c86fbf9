package view

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

// A link is what the page wrote: following it brings the same page again.
func TestLinkRoundTrip(t *testing.T) {
	s := shown()
	s.Models = []ModelChoice{{Name: "net"}, {Name: "other"}}
	s.Model, s.Sample, s.Kind, s.Class, s.Lang, s.Tab = "net", 3, "activation", 2, "zh", TabCompare
	s.Desk.Put(at(0, 1), .9301)
	s.Desk.Mute(at(1, 21))
	s.Desk.SoloOn(at(1, 69))
	s.Desk.Switch(0)
	hash := s.Hash()
	if want := "#model=net&sample=cat&map=activation:2&gates=1:one,1@0.93;2:solo@69,21@0&tab=compare&lang=zh"; hash != want {
		t.Fatalf("hash %s\nwant %s", hash, want)
	}
	r := shown()
	r.Models = s.Models
	l := r.ParseLink(hash)
	if len(l.Broken) > 0 {
		t.Errorf("broken: %q", l.Broken)
	}
	if broken := r.Follow(l, r.Shown.Model); len(broken) > 0 {
		t.Errorf("not followed: %q", broken)
	}
	r.Model, r.Sample, r.Lang, r.Tab = l.Model, l.Sample, l.Lang, l.Tab
	if got := r.Hash(); got != hash {
		t.Errorf("after following it, the page's hash is %s", got)
	}
	if !reflect.DeepEqual(r.Desk.Overrides(), s.Desk.Overrides()) {
		t.Errorf("gates %+v, want %+v", r.Desk.Overrides(), s.Desk.Overrides())
	}
	s.Sample, s.Class = -1, -1
	s.Desk.Reset()
	if got, want := s.Hash(), "#model=net&map=activation&tab=compare&lang=zh"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}

// Whatever stands in the address, the page falls back and says which part it did not know.
func TestBrokenLinks(t *testing.T) {
	for hash, want := range map[string]string{
		"":                                  "",
		"#":                                 "",
		"#model=unknown":                    "model=unknown",
		"#sample=unicorn&lang=en":           "sample=unicorn",
		"#sample":                           "sample",
		"#lang=fr&tab=nowhere":              "lang=fr tab=nowhere",
		"#map=evidence":                     "map=evidence", // this network has none
		"#map=saliency:1&sample=cat":        "map=saliency:1",
		"#map=:1":                           "map=:1",
		"#map=gradcam:x":                    "map=gradcam:x",
		"#map=gradcam:3":                    "map=gradcam",
		"#map=gradcam:-1":                   "map=gradcam:-1",
		"#gates=1:0@.5":                     "",
		"#gates=1:2@.5":                     "gates=1:…", // two channels
		"#gates=3:0@.5":                     "gates=3:…", // two blocks
		"#gates=0:0@.5":                     "gates=0:0@.5",
		"#gates=1:solo@2":                   "gates=1:…",
		"#gates=1:solo@-2":                  "gates=1:solo@-2",
		"#gates=1:0@NaN":                    "gates=1:0@NaN",
		"#gates=1:0@1e999":                  "gates=1:0@1e999",
		"#gates=1:0":                        "gates=1:0",
		"#gates=":                           "gates=",
		"#gates=99999999999999999999:1@1":   "gates=99999999999999999999:1@1",
		"#<script>alert(1)</script>":        "<script>alert(1)</script>",
		"#" + strings.Repeat("x", 5000):     strings.Repeat("x", 40) + "…",
		"#model=net&&sample=cat&":           "",
		"#gates=1:0@5":                      "", // clamped
		"#gates=1:0@-5&gates=2:one&lang=en": "",
	} {
		s := shown()
		s.Models = []ModelChoice{{Name: "net"}}
		l := s.ParseLink(hash)
		if got := strings.Join(append(l.Broken, s.Follow(l, s.Shown.Model)...), " "); got != want {
			t.Errorf("%q: broken %q, want %q", hash, got, want)
		}
	}
}

// A link of the first edition named a tab that is a figure of Feature maps now.
func TestOldLinks(t *testing.T) {
	s := shown()
	if l := s.ParseLink("#sample=cat&tab=" + TabTutorial); l.Tab != TabTutorial || len(l.Broken) > 0 {
		t.Errorf("an old link leads to %q, broken %q", l.Tab, l.Broken)
	}
}

func FuzzLink(f *testing.F) {
	f.Add("#model=net&sample=cat&map=gradcam:1&gates=1:one,1@0.93;2:solo@69,21@0&tab=tutorial&lang=zh")
	f.Add("#gates=1:0@1e30;1:0@-0;2:69@0x1p-3")
	f.Fuzz(func(t *testing.T, hash string) {
		s := shown()
		s.Models, s.Model = []ModelChoice{{Name: "net"}}, "net"
		l := s.ParseLink(hash)
		s.Follow(l, s.Shown.Model)
		for i, o := range s.Desk.Overrides() {
			gates, err := o.Gates(s.Desk.Blocks[o.Block].N)
			if err != nil {
				t.Fatalf("override %d: %v", i, err)
			}
			for _, v := range gates {
				if v < 0 || v > 1 || math.IsInf(float64(v), 0) {
					t.Fatalf("a gate of %v", v)
				}
			}
		}
		again := shown()
		again.Models, again.Model = s.Models, "net"
		if l := again.ParseLink(s.Hash()); len(l.Broken) > 0 {
			t.Fatalf("the page's own hash %s is broken: %q", s.Hash(), l.Broken)
		}
	})
}
