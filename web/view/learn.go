package view

import (
	"fmt"
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// LearnSteps is the number of steps of the tutorial.
const LearnSteps = 6

// Lesson is one step of the tutorial with the numbers of the shown frame.
type Lesson struct {
	Title    string
	Before   []string // paragraphs in front of the figure
	Equation string
	After    []string
	Notes    []string
	Figure   string // which figure: "input", "filter", "flow", "pair", "heat", "break", or "" where the network lacks what it shows
}

// LearnToc are the steps' short names.
func (s *State) LearnToc() []LayerButton {
	var list []LayerButton
	for i, l := range s.lessons() {
		list = append(list, LayerButton{Name: fmt.Sprint(i), Title: l.short, On: i == s.LearnStep})
	}
	return list
}

// Lesson is the open step; before its numbers have come, its words without them.
func (s *State) Lesson() Lesson {
	text := s.lessons()[s.LearnStep]
	l := Lesson{Title: text.title, Notes: []string{s.Words().LearnYours}}
	m := s.Maps()
	if s.Shown == nil || m == nil || m.Sum == nil {
		return l
	}
	r, classes := s.Shown.Result, s.Shown.Model.Classes
	top := r.Top()
	name := s.Name(classes[top])
	say := func(format string, args ...any) { l.Before = append(l.Before, fmt.Sprintf(format, args...)) }
	end := func(format string, args ...any) { l.After = append(l.After, fmt.Sprintf(format, args...)) }
	note := func(format string, args ...any) { l.Notes = append(l.Notes, fmt.Sprintf(format, args...)) }
	f := m.Flow
	if f == nil && (s.LearnStep == 2 || s.LearnStep == 3 || s.LearnStep == 5) {
		l.Before = []string{s.T().NoSE}
		return l
	}
	switch s.LearnStep {
	case 0:
		l.Figure = "input"
		say(text.before[0], r.Side, r.Side, thousands(3*r.Side*r.Side))
		if cell := centre(m.Sum.Inputs, 0); len(m.Sum.Inputs) == 3 {
			end(text.after[0], m.X, m.Y, Number(cell), Number(centre(m.Sum.Inputs, 1)), Number(centre(m.Sum.Inputs, 2)))
		}
		l.Notes = append(l.Notes, text.notes[0])
	case 1:
		l.Figure = "filter"
		say(text.before[0], m.Channel, m.Sum.Count)
		l.Equation = s.MapsEquation()
		end(text.after[0], m.H*m.W, m.C, thousands(m.H*m.W*m.C))
		note(text.notes[0], m.C)
	case 2:
		l.Figure = "flow"
		g := s.blockOf(f)
		c, n, width, z := f.Channel, g.Map.C, f.Width, g.Logits[f.Channel]
		say(text.before[0], f.Block+1, name, n, f.Before.W, f.Before.H, c, f.Before.W*f.Before.H, Number(g.Squeezes[0].Values[c]))
		_, lesson, _, _ := s.attentionText(&g.Excitation, &f.GateSum)
		l.After = append(l.After, lesson)
		l.Equation = fmt.Sprintf(equations[g.Function], text.gate, c, Number(z), Number(-z), Number(g.Own[c]))
		if width > 0 {
			note(text.notes[0], width, n, max(1, n/width))
		}
		l.Notes = append(l.Notes, text.notes[1])
	case 3:
		l.Figure = "pair"
		scale := s.blockOf(f).Scale
		y := nn.Largest(f.Before.Data)
		say(text.before[0], Number(scale[f.Channel]), f.Channel, f.Before.W*f.Before.H)
		l.Equation = fmt.Sprintf(text.equation, Number(f.Before.Data[y]), Number(scale[f.Channel]), Number(f.After.Data[y]))
		end(text.after[0], Number(slices.Min(scale)), Number(slices.Max(scale)))
		l.Notes = append(l.Notes, text.notes[0])
	case 4:
		l.Figure = "heat"
		span, ok := MapRange(r.Want.Kind, r.Heat)
		if !ok {
			say(text.before[1], s.Name(classes[r.Class]))
			break
		}
		at := nn.Largest(r.Heat.Data)
		say(text.before[0], s.Chip(), r.Heat.W, r.Heat.H, Signed(span.Hi), at%r.Heat.W+1, at/r.Heat.W+1)
		end(text.after[0], name, percent(float64(r.Probs[top])))
		l.Notes = append(l.Notes, text.notes[0])
	case 5:
		l.Figure = "break"
		g := r.Gates[len(r.Gates)-1]
		say(text.before[0], len(r.Gates))
		if r.Touched {
			end(text.after[0], name, percent(float64(r.Base[top])), percent(float64(r.Probs[top])))
		} else {
			end(text.after[1], name, percent(float64(r.Probs[top])), nn.Largest(g.Scale), Number(slices.Max(g.Scale)))
		}
		l.Notes = append(l.Notes, text.notes[0])
	}
	return l
}

// LearnMute is the channel that the last step offers to mute: the one with the largest gate of the last block; -1 for none.
func (s *State) LearnMute() (block, channel int) {
	if s.Shown == nil || len(s.Shown.Result.Gates) == 0 {
		return -1, -1
	}
	block = len(s.Shown.Result.Gates) - 1
	return block, nn.Largest(s.Shown.Result.Gates[block].Scale)
}

// centre is the input in the middle of a window.
func centre(inputs []protocol.InputTerms, i int) float32 {
	if i >= len(inputs) {
		return 0
	}
	return inputs[i].Cells[len(inputs[i].Cells)/2].Input
}

type lesson struct {
	short, title         string
	before, after, notes []string
	equation, gate       string
}

// equations are the gate functions written out, for a word, a channel, a logit, the same with its sign turned, and a gate.
var equations = map[string]string{
	"sigmoid":     "%s %d = σ(%s) = 1 ÷ (1 + e^%s) = %s",
	"hardsigmoid": "%s %d = min(max(%s + 3, 0), 6) ÷ 6 = %[5]s",
}

func (s *State) lessons() *[LearnSteps]lesson {
	if s.Lang == "zh" {
		return &lessonsZh
	}
	return &lessonsEn
}

var lessonsEn = [LearnSteps]lesson{
	{short: "A picture is numbers", title: "A picture is numbers.",
		before: []string{"Before the network looks, your picture becomes %d × %d pixels with three numbers each: red, green and blue. That is all it ever sees: %s numbers."},
		after:  []string{"The pixel in the middle, (%d, %d), reaches the first layer as red %s, green %s and blue %s: its colours minus the mean of the training pictures, divided by their spread. Zero is an average pixel."},
		notes:  []string{"Point a camera at something dark and watch the three numbers fall below zero."}},
	{short: "A filter slides over it", title: "A filter slides over it: multiply, add, move on.",
		before: []string{"The first layer has small filters. Here filter %d lies on the middle of your picture: %d numbers of the picture times as many weights, all added up."},
		after:  []string{"Then the filter moves on by one pixel and does the same again, %d times, until its map is full. With %d filters the first layer makes %s numbers, and what is below zero becomes zero (ReLU)."},
		notes:  []string{"All %d maps, and the multiplications behind every one of their pixels, are in Feature maps."}},
	{short: "Squeeze, then excite", title: "Squeeze: each map becomes one number. Excite: the numbers become gates.",
		before: []string{"Block %d has turned this picture (%s, says the network) into %d maps of %d × %d. Squeezing takes the mean of each. The map of channel %d, whose %d values average %s, is now that one number."},
		notes: []string{"%d neurons for %d channels: a narrow middle, one for every %d, makes the channels share what they know.",
			"Hu, Shen, Sun: Squeeze-and-Excitation Networks, CVPR 2018."},
		gate: "gate"},
	{short: "One multiplication each", title: "One multiplication each.",
		before:   []string{"The gate is a volume knob. Every value of the map is multiplied by it: here by %s, for channel %d all %d of them, wherever they lie."},
		after:    []string{"Nothing here knows where in the picture a thing is. A gate speaks for its whole map. On this picture the block's gates go from %s to %s."},
		notes:    []string{"Attention of this kind chooses what to listen to, not where to look."},
		equation: "largest value: %s × %s = %s"},
	{short: "Where did it look?", title: "Where did it look?",
		before: []string{"%s, %d × %d places. The strongest, %s, lies in column %d, row %d.", "For %s there is no positive evidence anywhere in this picture."},
		after:  []string{"The map says where the last layers found what speaks for the class, and the answer is %s with %s. It does not say that the network understood the thing: look whether it lit the thing or its background."},
		notes:  []string{"Other kinds of maps stand in the list below the stage. A bright place is not the same as an attended one."}},
	{short: "Break it yourself", title: "Break it yourself.",
		before: []string{"The best way to find out what a gate is worth is to close it. Above, on the right, stand the gates of all %d blocks: drag one, click to mute it, shift-click to hear it alone."},
		after: []string{"With your gates the probability of %s goes from %s to %s.",
			"Now the answer is %s with %s. In the last block channel %d has the largest gate, %s. Mute it and see."},
		notes: []string{"With and without SE has an audit that mutes every channel of a block in turn."}},
}

var lessonsZh = [LearnSteps]lesson{
	{short: "图片就是数", title: "图片就是数。",
		before: []string{"网络看之前，您的图片先变成 %d × %d 个像素，每个像素三个数：红、绿、蓝。它看到的只有这 %s 个数。"},
		after:  []string{"正中的像素 (%d, %d) 到达第一层时，红 %s、绿 %s、蓝 %s：颜色减去训练图片的平均，再除以其离散程度。零就是一个平均的像素。"},
		notes:  []string{"把摄像头对准暗处，看这三个数降到零以下。"}},
	{short: "滤波器滑过图片", title: "滤波器滑过图片：相乘，相加，再移动。",
		before: []string{"第一层有许多小滤波器。现在第 %d 个滤波器正盖在图片中央：图片中的 %d 个数各乘一个权重，再全部相加。"},
		after:  []string{"然后它移动一个像素，再算一遍，共 %d 次，直到填满自己的图。%d 个滤波器让第一层产生 %s 个数，小于零的变成零（ReLU）。"},
		notes:  []string{"全部 %d 张图，以及每个像素背后的乘法，都在“特征图”里。"}},
	{short: "挤压，再激励", title: "挤压：每张图变成一个数。激励：这些数变成门控。",
		before: []string{"第 %d 块把这张图片（网络说是%s）变成了 %d 张 %d × %d 的图。挤压就是取每张图的均值。通道 %d 的 %d 个值平均为 %s，现在它就是这一个数。"},
		notes: []string{"%d 个神经元对 %d 个通道：中间很窄，每 %d 个通道一个，迫使通道共享信息。",
			"Hu、Shen、Sun：Squeeze-and-Excitation Networks，CVPR 2018。"},
		gate: "门控"},
	{short: "每个值一次乘法", title: "每个值一次乘法。",
		before:   []string{"门控是音量旋钮。图中的每个值都乘以它：这里乘以 %s，通道 %d 的 %d 个值无一例外，不论在哪里。"},
		after:    []string{"这里没有什么知道东西在图片的哪个位置。门控管的是整张图。在这张图片上，这一块的门控从 %s 到 %s。"},
		notes:    []string{"这种注意力选择听什么，而不是看哪里。"},
		equation: "最大值：%s × %s = %s"},
	{short: "它看了哪里？", title: "它看了哪里？",
		before: []string{"%s，%d × %d 个位置。最强的 %s 在第 %d 列第 %d 行。", "这张图片里没有任何支持“%s”的证据。"},
		after:  []string{"热图说明最后几层在哪里找到了支持这一类的东西，答案是%s，概率 %s。它并不说明网络理解了它：看看亮的是物体还是背景。"},
		notes:  []string{"画面下方的列表里还有别的热图。亮的地方不等于被注意的地方。"}},
	{short: "亲手弄坏它", title: "亲手弄坏它。",
		before: []string{"想知道一个门控值多少，最好的办法是关掉它。右上方是全部 %d 块的门控：拖动，点击静音，Shift+点击独奏。"},
		after: []string{"用您的门控，%s的概率从 %s 变为 %s。",
			"现在的答案是%s，概率 %s。最后一块里通道 %d 的门控最大，为 %s。静音它，看会怎样。"},
		notes: []string{"“有无 SE 对比”里有一项审计，会依次静音一块的每个通道。"}},
}
