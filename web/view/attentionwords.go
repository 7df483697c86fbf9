package view

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// attentionWords are the words about a kind of channel attention, English and Chinese. {channels},
// {width} (of the hidden layer) and {inputs} (of a gate's sum) stand for numbers.
type attentionWords struct {
	kind  string
	text  [2]string // what a block does, in a line
	units [2]string // what a gate's sum is over
	last  [2]string // what makes the sum
}

var attentionTexts = []attentionWords{
	{nn.SE,
		[2]string{
			"{channels} means, two small layers with {width} neurons between them, {channels} multiplications.",
			"{channels} 个均值，两个小层，中间 {width} 个神经元，{channels} 次乘法。",
		},
		[2]string{"{width} neurons", "{width} 个神经元"},
		[2]string{"FC", "FC"}},
	{"eca",
		[2]string{
			"{channels} means, each gate from a channel and its neighbours, {channels} multiplications.",
			"{channels} 个均值，每个门控由一个通道及其相邻通道得出，{channels} 次乘法。",
		},
		[2]string{"{inputs} neighbours", "{inputs} 个相邻通道"},
		[2]string{"convolution", "卷积"}},
	{"cbam",
		[2]string{
			"{channels} means and maxima, for each the same two small layers with {width} neurons between them, {channels} multiplications.",
			"{channels} 个均值与最大值，各经过同样的两个小层，中间 {width} 个神经元，{channels} 次乘法。",
		},
		[2]string{"{width} neurons", "{width} 个神经元"},
		[2]string{"FC", "FC"}},
}

// AttentionTitle is what people call a kind of channel attention.
func AttentionTitle(kind string) string { return cmp.Or(nn.AttentionTitle(kind), "SE") }

// BlockName names a network's attention block: "SE 1".
func BlockName(m *protocol.Model, block int) string {
	kind := ""
	if m != nil && block < len(m.Blocks) {
		kind = m.Blocks[block].Kind
	}
	return fmt.Sprintf("%s %d", AttentionTitle(kind), block+1)
}

// BlockName names an attention block of the shown network.
func (s *State) BlockName(block int) string {
	if s.Shown == nil {
		return BlockName(nil, block)
	}
	return BlockName(s.Shown.Model, block)
}

// BlockText says what a block does; ** stands around what is set in bold.
func (s *State) BlockText(b protocol.Block) string {
	title := AttentionTitle(b.Kind)
	text := fmt.Sprintf(s.T().What, title, b.N)
	if strings.HasPrefix(title, "C") { // a see-bam, an ess-ee
		text = strings.Replace(text, "An ", "A ", 1)
	}
	return text
}

// squeezeWords are the statistics of a channel: what one is called, and how many there are.
type squeezeWords struct {
	pool       string
	name, list [2]string
}

var squeezeTexts = []squeezeWords{
	{"mean", [2]string{"mean", "均值"}, [2]string{"%d means, this one %s", "%d 个均值，此通道 %s"}},
	{"max", [2]string{"maximum", "最大值"}, [2]string{"%d maxima, this one %s", "%d 个最大值，此通道 %s"}},
}

func squeezeText(pool string) (w squeezeWords) {
	for _, t := range squeezeTexts {
		if t.pool == pool {
			w = t
		}
	}
	return w
}

// attentionText are the words about a block, with the numbers of one channel's sum.
func (s *State) attentionText(g *nn.Excitation, sum *nn.GateSum) (text, units, last string) {
	numbers := strings.NewReplacer("{channels}", strconv.Itoa(g.Map.C), "{width}", strconv.Itoa(sum.Width), "{inputs}", strconv.Itoa(sum.N))
	fill := func(text string) string { return ones(numbers.Replace(text)) }
	for _, t := range attentionTexts {
		if l := s.lang(); t.kind == g.Kind {
			return fill(t.text[l]), fill(t.units[l]), fill(t.last[l])
		}
	}
	return "", "", ""
}
