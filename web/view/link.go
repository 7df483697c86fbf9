package view

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// Link is what the address's hash says: where a lesson begins. It never holds a picture.
//
//	#model=NAME&sample=ship&map=evidence:3&gates=1:40@0.93,21@0;2:one;3:solo@108&tab=maps&lang=zh
//
// map is a kind, with the class that it is pinned to; gates are blocks from 1 on, each with
// channels at a value, "one" for all gates at 1, or "solo". Every part may be missing.
type Link struct {
	Model  string
	Sample int // -1: none
	Kind   nn.Kind
	Class  int // -1 follows the prediction
	Gates  []LinkBlock
	Tab    string
	Lang   string
	Broken []string // parts that say nothing the page knows
}

// LinkBlock are the gates of one block, from 0 on.
type LinkBlock struct {
	Block, Solo int // Solo is -1 for none
	Off         bool
	Set         map[int]float32
}

// ParseLink reads a hash. What depends on the network, a kind of map, a class or a channel, is
// checked by Follow.
func (s *State) ParseLink(hash string) Link {
	l := Link{Sample: -1, Class: -1}
	for _, part := range strings.Split(strings.TrimPrefix(hash, "#"), "&") {
		key, value, _ := strings.Cut(part, "=")
		ok := part == ""
		switch key {
		case "model":
			ok = slices.ContainsFunc(s.Models, func(m ModelChoice) bool { return m.Name == value })
			if ok {
				l.Model = value
			}
		case "sample":
			l.Sample = SampleAt(value)
			ok = l.Sample >= 0
		case "map":
			name, class, pinned := strings.Cut(value, ":")
			kind, err := nn.ParseKind(name)
			n, bad := strconv.Atoi(class)
			if ok = err == nil && (!pinned || bad == nil && n >= 0); !ok {
				break
			}
			if l.Kind = kind; pinned {
				l.Class = n
			}
		case "gates":
			l.Gates, ok = parseGates(value)
		case "tab":
			if _, ok = FindTab(value); ok || value == TabTutorial {
				l.Tab, ok = value, true
			}
		case "lang":
			ok = value == "en" || value == "zh"
			if ok {
				l.Lang = value
			}
		}
		if !ok {
			l.Broken = append(l.Broken, shorten(part))
		}
	}
	return l
}

// shorten keeps a broken part short enough for a notice.
func shorten(part string) string {
	if r := []rune(part); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return part
}

func parseGates(text string) (blocks []LinkBlock, ok bool) {
	for _, part := range strings.Split(text, ";") {
		number, list, found := strings.Cut(part, ":")
		block, err := strconv.Atoi(number)
		if !found || err != nil || block < 1 {
			return nil, false
		}
		b := LinkBlock{Block: block - 1, Solo: -1, Set: map[int]float32{}}
		for _, item := range strings.Split(list, ",") {
			if item == "one" {
				b.Off = true
				continue
			}
			name, value, found := strings.Cut(item, "@")
			if !found {
				return nil, false
			}
			if name == "solo" {
				if b.Solo, err = strconv.Atoi(value); err != nil || b.Solo < 0 {
					return nil, false
				}
				continue
			}
			channel, err1 := strconv.Atoi(name)
			v, err2 := strconv.ParseFloat(value, 32)
			if err1 != nil || err2 != nil || channel < 0 || v != v {
				return nil, false
			}
			b.Set[channel] = float32(v) // Put clamps it
		}
		blocks = append(blocks, b)
	}
	return blocks, true
}

// Follow puts the map and the gates of a link on the adopted network m. It returns the parts that
// this network does not have.
func (s *State) Follow(l Link, m *protocol.Model) (broken []string) {
	if l.Kind != "" {
		if slices.Contains(s.KindsOffered, l.Kind) && l.Class < len(m.Classes) {
			s.Kind, s.Class = l.Kind, l.Class
		} else {
			broken = append(broken, shorten("map="+string(l.Kind)))
		}
	}
	if len(l.Gates) == 0 {
		return broken
	}
	s.Desk.Reset()
	for _, b := range l.Gates {
		n := 0 // channels
		if b.Block < len(s.Desk.Blocks) {
			n = s.Desk.Blocks[b.Block].N
		}
		missing := func(c int) bool { return c >= n }
		if n == 0 || missing(b.Solo) || slices.ContainsFunc(slices.Collect(maps.Keys(b.Set)), missing) {
			broken = append(broken, fmt.Sprintf("gates=%d:…", b.Block+1))
			continue
		}
		for c, v := range b.Set {
			s.Desk.Put(protocol.Peek{Block: b.Block, Channel: c}, v)
		}
		s.Desk.Blocks[b.Block].Solo, s.Desk.Blocks[b.Block].Off = b.Solo, b.Off
	}
	return broken
}

// Hash is the link to what the page shows now.
func (s *State) Hash() string {
	parts := []string{"model=" + s.Model}
	if s.Sample >= 0 {
		parts = append(parts, "sample="+Samples[s.Sample].Name)
	}
	if s.Kind != "" {
		kind := string(s.Kind)
		if s.Class >= 0 {
			kind += ":" + strconv.Itoa(s.Class)
		}
		parts = append(parts, "map="+kind)
	}
	if gates := s.gatesLink(); gates != "" {
		parts = append(parts, "gates="+gates)
	}
	if tab := s.Showing(); tab != "" {
		parts = append(parts, "tab="+tab)
	}
	return "#" + strings.Join(append(parts, "lang="+s.Lang), "&")
}

func (s *State) gatesLink() string {
	if s.Desk == nil {
		return ""
	}
	var blocks []string
	for i, b := range s.Desk.Blocks {
		var items []string
		if b.Off {
			items = append(items, "one")
		}
		if b.Solo >= 0 {
			items = append(items, "solo@"+strconv.Itoa(b.Solo))
		}
		for _, c := range slices.Sorted(maps.Keys(b.Set)) {
			items = append(items, fmt.Sprintf("%d@%s", c, strconv.FormatFloat(math.Round(float64(b.Set[c])*1000)/1000, 'f', -1, 64)))
		}
		if len(items) > 0 {
			blocks = append(blocks, fmt.Sprintf("%d:%s", i+1, strings.Join(items, ",")))
		}
	}
	return strings.Join(blocks, ";")
}
