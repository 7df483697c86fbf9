package view

import (
	"fmt"
	"strings"

	"sescope/nn"
	"sescope/web/protocol"
)

// Words of Compare.
var (
	compareTitle   = both{"%d networks, one picture", "%d 个网络，同一张图片"}
	compareAlike   = both{"They were trained alike, on the same pictures; what differs is the attention.", "它们用同样的图片、同样的方法训练，差别只在注意力。"}
	compareNone    = both{"No attention", "无注意力"}
	compareOpen    = both{"%s, gates at 1", "%s，门控为 1"}
	compareParams  = both{"; %s parameters", "；%s 个参数"}
	compareLoading = both{"Loading …", "正在加载……"}
	compareFailed  = both{"This network could not be loaded. Check the connection, then open this panel again.", "这个网络没能加载。请检查网络，再打开本面板。"}
	compareAlone   = both{"No other network was trained like this one but for its attention.", "没有与这个网络同样训练、只差注意力的网络。"}
	compareFamily  = both{"Compare %s (%d networks)", "比较%s（%d 个网络）"}

	compareOpenNote = both{"its own weights, every gate held at 1", "权重不变，每个门控固定为 1"}
	compareKinds    = [...]struct {
		kind string
		both
	}{
		{"", both{"the same layers, nothing between", "同样的层，中间什么也不加"}},
		{nn.SE, both{"squeeze, two small layers, a gate a channel", "压缩，经过两个小层，每个通道一个门控"}},
		{"eca", both{"squeeze, one short filter along the channels", "压缩，再用一个短滤波器沿通道滑过"}},
		{"cbam", both{"gates for the channels, then for the places", "先给通道门控，再给位置门控"}},
	}

	compareHeat    = both{"evidence, one scale for all", "证据，同一刻度"}
	compareOwn     = both{"own scale, up to %s", "各自的刻度，最大 %s"}
	compareNoMap   = both{"no positive evidence", "没有正的证据"}
	compareGates   = both{"%d gates, last block", "最后一块的 %d 个门控"}
	comparePlaces  = both{"%d × %d places (%.2f to %.2f) and %d gates, last block", "最后一块的 %d × %d 个位置（%.2f 至 %.2f）与 %d 个门控"}
	compareNoGates = both{"no gates", "没有门控"}

	compareScore      = both{"%s ± %.1f points", "%s ± %.1f 个百分点"}
	compareZero       = both{"the zero line", "零线"}
	compareUnmeasured = both{"not measured", "未测量"}
	compareOpenScore  = both{"no fair score", "无法公平比较"}
	compareOpenWhy    = both{"Its other layers never learned to do without the gates.", "其余的层从未学过没有门控时该怎么做。"}
	compareBrings     = both{
		"Points are against no attention: the mean of %d pairs trained alike with its 95 %% interval, over %s pictures (%s). One picture proves nothing about a method.",
		"百分点均相对于无注意力：%d 对同样训练的网络的均值与 95 %% 区间，共 %s 张图片（%s）。一张图片说明不了一种方法的好坏。",
	}
	compareUnknown = both{
		"These were trained from one seed each, which is no evidence for what attention brings in general.",
		"它们各只训练了一个随机种子，不足以说明注意力一般会带来什么。",
	}

	compareAgree    = both{"They agree: %s.", "答案一致：%s。"}
	compareDisagree = both{"They disagree: %s.", "答案不一致：%s。"}
	compareWho      = both{"%s (%s)", "%s（%s）"}
	compareComma    = both{", ", "、"}
	compareMatter   = both{"With its gates forced to 1, %s still says %s: %s instead of %s.", "门控强制为 1 后，%s 的答案仍是%s：从 %[4]s 变为 %[3]s。"}
	compareDecide   = both{"In %s the gates decide: forced to 1 it says %s, and %s goes from %s to %s.", "在 %s 中由门控决定：强制为 1 后答案是%s，%s从 %s 变为 %s。"}
)

// compareKind says in a few words what a network's attention does.
func compareKind(m *protocol.Model) (text both) {
	op := attention(m)
	for i := range compareKinds {
		if compareKinds[i].kind == op {
			text = compareKinds[i].both
		}
	}
	return text
}

// CompareTitle says how many networks stand side by side.
func (s *State) CompareTitle() string {
	return fmt.Sprintf(s.in(compareTitle), len(s.CompareColumns()))
}

// CompareAlike says what they have in common.
func (s *State) CompareAlike() string { return s.in(compareAlike) }

// CompareHeat names the scale of the maps if there is one for all, and the value of its last
// colour.
func (s *State) CompareHeat() (text, hi string) {
	list, one := s.CompareScales()
	if !one || len(list) == 0 || list[0] == 0 {
		return "", ""
	}
	return s.in(compareHeat), Number(list[0])
}

// FamilyName is what a family is called on the button that chooses it; m is one of it.
func (s *State) FamilyName(m ModelChoice) string {
	return fmt.Sprintf(s.in(compareFamily), s.Localised(m.Title), len(m.Family))
}

// CompareText says what the answers come to.
func (s *State) CompareText() string {
	t := s.Compared()
	if t == nil {
		return ""
	}
	said := func(i int) string { return s.Name(s.Shown.Model.Classes[nn.Largest(t.Columns[i].Probs)]) }
	var answers []string
	who := map[string][]string{}
	open := s.opened()
	for i, c := range t.Columns {
		if c.Open {
			continue
		}
		name := said(i)
		if who[name] == nil {
			answers = append(answers, name)
		}
		who[name] = append(who[name], s.memberName(c.Model))
	}
	var parts []string
	if len(answers) == 1 {
		parts = append(parts, fmt.Sprintf(s.in(compareAgree), answers[0]))
	} else {
		for i, name := range answers {
			answers[i] = fmt.Sprintf(s.in(compareWho), name, strings.Join(who[name], s.in(compareComma)))
		}
		parts = append(parts, fmt.Sprintf(s.in(compareDisagree), strings.Join(answers, s.in(compareComma))))
	}
	for i, c := range t.Columns {
		if open == nil || c.Open || c.Model != open.Model {
			continue
		}
		top := nn.Largest(c.Probs)
		with, without := percent(float64(c.Probs[top])), percent(float64(open.Probs[top]))
		if name := said(len(t.Columns) - 1); name == said(i) {
			parts = append(parts, fmt.Sprintf(s.in(compareMatter), s.memberName(c.Model), name, without, with))
		} else {
			parts = append(parts, fmt.Sprintf(s.in(compareDecide), s.memberName(c.Model), name, said(i), with, without))
		}
	}
	return strings.Join(parts, s.Words().Space)
}

// SearchText tells how far the search for a disagreement is, or that it found none.
func (s *State) SearchText() string {
	switch c := s.Compare; {
	case c.Looking:
		return fmt.Sprintf(s.Words().Searching, c.Done, c.Count)
	case c.None:
		return counted(s.Words().SearchNone, c.Count)
	}
	return ""
}

// CompareStatus says why there is nothing to compare, "" if there is something.
func (s *State) CompareStatus() string {
	if s.Shown == nil || s.Family() != nil {
		return ""
	}
	return s.in(compareAlone)
}
