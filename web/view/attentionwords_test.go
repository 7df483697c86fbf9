package view

import (
	"strings"
	"testing"

	"sescope/nn"
	"sescope/web/protocol"
)

// Blocks are called by their kind of attention, wherever they are named.
func TestBlocksByTheirKind(t *testing.T) {
	for _, kind := range nn.AttentionKinds() {
		title := nn.AttentionTitle(kind)
		m := &protocol.Model{Blocks: []protocol.Block{{Kind: kind, N: 8}, {Kind: kind, N: 96}}}
		if got := BlockName(m, 1); got != title+" 2" {
			t.Errorf("the second block of kind %s is %q", kind, got)
		}
		s := &State{}
		article := "An "
		if kind == "cbam" {
			article = "A "
		}
		if got := s.BlockText(m.Blocks[1]); !strings.HasPrefix(got, article+"**"+title+" block** listens to all 96 channels") {
			t.Errorf("%s: %q", kind, got)
		}
		s.Lang = "zh"
		if got := s.BlockText(m.Blocks[1]); !strings.HasPrefix(got, "**"+title+" 模块**先听取全部 96 个通道") {
			t.Errorf("%s: %q", kind, got)
		}
	}
	if got := BlockName(nil, 0); got != "SE 1" {
		t.Errorf("a block of no network is %q", got)
	}
}
