package view

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

func at(block, channel int) protocol.Peek { return protocol.Peek{Block: block, Channel: channel} }

// What the person does on the desk, and what the worker is told.
func TestDesk(t *testing.T) {
	own := float32(protocol.Own)
	d := NewDesk([]protocol.Block{{N: 4}, {N: 3}})
	for _, c := range []struct {
		what string
		do   func()
		want []protocol.Override
	}{
		{"nothing", func() {}, nil},
		{"a gate", func() { d.Put(at(0, 2), .25) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{2}, Values: []float32{.25}}}},
		{"beyond 1", func() { d.Put(at(0, 1), 7) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{1, 2}, Values: []float32{1, .25}}}},
		{"below 0", func() { d.Put(at(0, 1), -3) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{1, 2}, Values: []float32{0, .25}}}},
		{"not a number", func() { d.Put(at(0, 1), float32(math.NaN())) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{1, 2}, Values: []float32{0, .25}}}},
		{"no such channel", func() {
			d.Put(at(0, 4), 1)
			d.Put(at(2, 0), 1)
			d.Put(at(-1, 0), 1)
			d.Mute(at(0, -1))
			d.SoloOn(at(1, 3))
			d.Switch(2)
		},
			[]protocol.Override{{Block: 0, Fill: own, Channels: []int{1, 2}, Values: []float32{0, .25}}}},
		{"a muted one is muted again", func() { d.Mute(at(0, 1)) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{2}, Values: []float32{.25}}}},
		{"solo of a set one", func() { d.SoloOn(at(0, 2)) }, []protocol.Override{{Block: 0, Channels: []int{2}, Values: []float32{.25}}}},
		{"solo of another block's", func() { d.SoloOn(at(1, 0)) }, []protocol.Override{{Block: 0, Channels: []int{2}, Values: []float32{.25}}, {Block: 1, Channels: []int{0}, Values: []float32{own}}}},
		{"end of solo", func() { d.SoloOn(at(0, 2)); d.SoloOn(at(1, 0)) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{2}, Values: []float32{.25}}}},
		{"SE off", func() { d.Switch(0) }, []protocol.Override{{Block: 0, Fill: 1}}},
		{"SE on again", func() { d.Switch(0) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{2}, Values: []float32{.25}}}},
		{"solo of a muted one is heard", func() { d.Mute(at(1, 1)); d.SoloOn(at(1, 1)) }, []protocol.Override{{Block: 0, Fill: own, Channels: []int{2}, Values: []float32{.25}}, {Block: 1, Channels: []int{1}, Values: []float32{own}}}},
		{"reset", func() { d.Reset() }, nil},
	} {
		c.do()
		if got := d.Overrides(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: the worker is told %+v, want %+v", c.what, got, c.want)
		}
	}
}

func TestDeskWords(t *testing.T) {
	s := shown()
	if got := s.Changed(); got != English.LegendHint {
		t.Errorf("untouched, the desk says %q", got)
	}
	r := s.Shown.Result
	r.Touched, r.Base = true, []float32{.9, .05, .05}
	if got, want := s.Changed(), "The network's own gates say cat 90 %, yours say ship 94 %."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Base = []float32{.01, .99, 0}
	if got, want := s.Changed(), "Ship: 99 % with the network's own gates, 94 % with yours."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.BlockStatus(0); got != "" {
		t.Errorf("an untouched block says %q", got)
	}
	s.Desk.Put(at(1, 5), .5)
	s.Desk.Mute(at(1, 6))
	for channel, want := range map[int]string{0: "0.00", 5: "0.00, set by you", 6: "0.00, muted"} {
		if got := s.GateWords(at(1, channel)); got != want {
			t.Errorf("channel %d is %q, want %q", channel, got, want)
		}
	}
	if got := s.BlockStatus(1); got != "1 muted, 1 set" {
		t.Errorf("the block says %q", got)
	}
	s.Desk.SoloOn(at(1, 7))
	if a, b := s.GateWords(at(1, 7)), s.GateWords(at(1, 0)); a != "0.00, only this one" || b != "0.00, channel 7 alone" {
		t.Errorf("solo is %q, another %q", a, b)
	}
	s.Desk.Switch(1)
	if got := s.BlockStatus(1); got != "all gates at 1" {
		t.Errorf("the block says %q", got)
	}
	r.Gates[0].Own[0] = .75
	r.Peeked = &protocol.Peeked{Peek: at(0, 0), Mean: -1.5}
	want := []Fact{{"the network's own", "0.75"}}
	if got := s.ChannelFacts(at(0, 0)); !reflect.DeepEqual(got, want) {
		t.Errorf("facts %v, want %v", got, want)
	}
	if got := s.ChannelFacts(at(0, 2)); got != nil {
		t.Errorf("facts of a channel that does not exist: %v", got)
	}
}

// Going to another network and back finds the gates as they were left, and the other's untouched.
func TestDeskOfEachNetwork(t *testing.T) {
	s := shown()
	s.Desk.Put(at(0, 1), .5)
	other := &protocol.Model{Name: "other", Kinds: []nn.Kind{"gradcam"}, Ranks: []string{"mean"}, Classes: make([]nn.Class, 3), Blocks: []protocol.Block{{N: 8}}}
	s.Adopt(other)
	if s.Desk.Touched() || len(s.Desk.Blocks) != 1 {
		t.Errorf("the other network begins with %+v", s.Desk)
	}
	s.Adopt(s.Shown.Model)
	if !s.Desk.Touched() {
		t.Error("the gates of the first network are forgotten")
	}
}

// The cap of a gate stands at its value; a block of 70 channels takes two rows; what a pointer hits
// is what is drawn there.
func TestBars(t *testing.T) {
	rows := BarRows(1, 70)
	if want := []BarRow{{1, 0, 35}, {1, 35, 35}}; !slices.Equal(rows, want) {
		t.Fatalf("rows %v, want %v", rows, want)
	}
	s := shown()
	row := BarRow{0, 0, 2}
	const w, h = BarsLeft + 40, BarsTop + 100 + BarsBottom
	path := func(shapes []Shape, fill, stroke string, width float64) string {
		var all []string
		for _, x := range shapes {
			if x.Fill == fill && x.Stroke == stroke && (width == 0 || x.Width == width) && x.Path != "" {
				all = append(all, x.Path)
			}
		}
		return strings.Join(all, "|")
	}
	shapes, ticks := s.Bars(row, w, h, -1)
	if got, want := path(shapes, "", "--accent", 4), "M 30.1 83.0h 11.8M 50.1 8.0h 11.8"; got != want {
		t.Errorf("caps %q, want %q: at .25 and 1", got, want)
	}
	if got := path(shapes, "", "--ink", 0); got != "" {
		t.Errorf("marks %q on an untouched row", got)
	}
	if len(ticks) != 5 || ticks[3].Text != "0" || ticks[4].Text != "1" {
		t.Errorf("ticks %v", ticks)
	}
	s.Desk.Mute(at(0, 0))
	s.Shown.Result.Gates[0].Scale[0] = 0
	shapes, ticks = s.Bars(row, w, h, 1)
	if got := path(shapes, "", "--edge", 1); !strings.HasPrefix(got, "M 31.6 83.0") {
		t.Errorf("the muted gate's outline is %q, expected it at the network's own value", got)
	}
	if len(ticks) != 4 || ticks[3].Text != "1" {
		t.Errorf("ticks %v: the muted channel's cross takes its number's place", ticks)
	}
	if got := path(shapes, "--accent-soft", "", 0); got == "" {
		t.Error("the held channel has no column")
	}
	for x, want := range map[float64]int{-5: 0, 30: 0, 45.9: 0, 46.1: 1, 66: 1, 900: 1} {
		if got := row.Channel(x, w); got != want {
			t.Errorf("pixel %v is channel %d, want %d", x, got, want)
		}
	}
	for y, want := range map[float64]float32{-9: 1, 8: 1, 58: .5, 108: 0, 500: 0} {
		if got := row.Value(y, h); got != want {
			t.Errorf("pixel %v is gate %v, want %v", y, got, want)
		}
	}
}
