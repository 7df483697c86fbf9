package view

import "html"

// both is a text in English and in Chinese.
type both struct{ en, zh string }

// in picks a text in the state's language.
func (s *State) in(t both) string {
	if s.Lang == "zh" {
		return t.zh
	}
	return t.en
}

// Words of the walk around its pages.
var (
	walkOver      = both{"Show me how, step %d of %d: %s", "看它怎么工作，第 %d 步，共 %d 步：%s"}
	walkThis      = both{"on this picture", "用的是这张图片"}
	walkThisBlock = both{"on this picture, %s, channel %d", "用的是这张图片，%s，通道 %d"}
	walkComing    = both{"%s is on its way; until then this is %s", "%s正在加载；在此之前，这里是%s"}
	walkBack      = both{"Back", "上一步"}
	walkNext      = both{"Next: %s", "下一步：%s"}
	walkDone      = both{"Done", "完成"}
	walkMute      = both{"Mute channel %d", "静音通道 %d"}
	walkUnmute    = both{"Give it back", "恢复"}
	walkLooking   = both{"What if one channel had been silent?", "如果有一个通道不出声，会怎样？"}
	walkSearch    = both{
		"The page mutes every channel of the block in turn and looks what the answer becomes: %d of %d tried.",
		"页面正在逐一静音这个模块的每个通道，看答案怎么变：已试 %d 个，共 %d 个。",
	}
	walkFlipped = both{
		"%s falls from %s to %s, and the network now says %s. The gate knew nothing of the object: it only turned one channel up.",
		"%s从 %s 降到 %s，网络现在说是%s。门控并不认识物体：它只是调大了一个通道。",
	}
	walkFell = both{
		"%s goes from %s to %s. One channel alone seldom decides; mute more of them on the page.",
		"%s从 %s 变为 %s。单靠一个通道很少能决定答案；在页面上再静音几个试试。",
	}
	walkHeadOther = both{
		"This network's last layers are more than a mean and one layer, so its answer is no plain sum over channels. It says %s, %s.",
		"这个网络的结尾不止均值加一层，答案不是各通道的简单相加。它的回答是%s，%s。",
	}
	walkAbove     = both{"weight above 0", "权重大于 0"}
	walkBelow     = both{"below 0", "小于 0"}
	walkQuestions = both{"Three questions to check yourself", "三个问题，考考自己"}
	walkOnwards   = both{"Where to go from here", "接下来"}
)

// WalkQuestion is a question at the end of the walk, with an answer that opens.
type WalkQuestion struct{ Ask, Answer string }

// WalkQuestions are the three that a person should be able to answer.
func (s *State) WalkQuestions() []WalkQuestion {
	var list []WalkQuestion
	words := walkQuestionWords
	if s.walkPlaces() != nil {
		words[0][1], words[2][1] = walkSqueezedCBAM, walkWhereCBAM
	}
	for _, q := range words {
		list = append(list, WalkQuestion{s.in(q[0]), s.in(q[1])})
	}
	return list
}

// The answers where gates of places follow those of channels.
var (
	walkSqueezedCBAM = both{"Every feature map, into two numbers: its mean and its maximum over all places.", "每张特征图压缩成两个数：它在所有位置上的均值与最大值。"}
	walkWhereCBAM    = both{
		"The gate of a channel does not: its squeeze keeps a mean and a maximum. The gates of places that follow in CBAM do.",
		"通道门控不知道：压缩之后只剩均值与最大值。CBAM 随后的位置门控则知道。",
	}
)

var walkQuestionWords = [...][2]both{
	{
		{"What is squeezed?", "压缩的是什么？"},
		{
			"Every feature map, into one number: its mean over all places.",
			"每张特征图压缩成一个数：它在所有位置上的均值。",
		},
	},
	{
		{"What does a gate do?", "门控做什么？"},
		{
			"It multiplies every value of its channel's map by one number between 0 and 1: it turns the channel up or down.",
			"它把自己通道特征图里的每个值都乘以同一个 0 到 1 之间的数：把这个通道调大或调小。",
		},
	},
	{
		{"Does a gate know where in the picture things are?", "门控知道物体在图中的位置吗？"},
		{
			"No. The squeeze keeps only means, so one gate speaks for its whole map. Where the network looked is told by the heat map.",
			"不知道。压缩之后只剩均值，一个门控管一整张特征图。网络看了哪里，要看热图。",
		},
	},
}

var walkNames = map[string]both{
	WalkPicture: {"picture", "图片"},
	WalkFilter:  {"filter", "滤波器"},
	WalkMap:     {"map", "特征图"},
	WalkSqueeze: {"squeeze", "压缩（squeeze）"},
	WalkFirst:   {"excite (FC)", "激励（全连接）"},
	WalkHidden:  {"excite (activation)", "激励（激活函数）"},
	WalkSecond:  {"excite (FC)", "激励（全连接）"},
	WalkGate:    {"excite (gate function)", "激励（门控函数）"},
	WalkScale:   {"scale", "缩放"},
	WalkPlaces:  {"gates of places", "位置门控"},
	WalkHead:    {"mean and head", "均值与分类层"},
	WalkWhatIf:  {"what if", "如果……"},
}

var walkTitles = map[string]both{
	WalkPicture: {"To the network, a picture is numbers", "在网络眼里，图片就是一堆数"},
	WalkFilter:  {"A filter is a small pattern, slid over the picture", "滤波器是一小块图案，在图片上滑动"},
	WalkMap:     {"Where the pattern is found, the map is bright", "哪里找到了图案，特征图哪里就亮"},
	WalkSqueeze: {"Squeeze: each map becomes one number", "压缩：每张特征图变成一个数"},
	WalkFirst:   {"%d neurons hear all %d numbers", "%d 个神经元听取全部 %d 个数"},
	WalkHidden:  {"%s keeps what is above zero", "%s 只留下大于零的部分"},
	WalkSecond:  {"A second layer answers with one number a channel", "第二层为每个通道给出一个数"},
	WalkGate:    {"The gate function turns each number into a gate", "门控函数把每个数变成门控"},
	WalkScale:   {"Scale: the whole map is multiplied by its gate", "缩放：整张特征图乘以自己的门控"},
	WalkPlaces:  {"Then every place gets a gate", "然后，每个位置也得到一个门控"},
	WalkHead:    {"The maps are averaged, and they vote", "特征图取均值，然后投票"},
	WalkWhatIf:  {"What if channel %d had been silent?", "如果通道 %d 不出声，会怎样？"},
}

// walkGrey is the first page's text for a network that sees no colours.
var walkGrey = both{
	"Your picture becomes %d × %d pixels with one number each, its brightness. That is all the network ever sees: %s numbers.",
	"您的图片变成 %d × %d 个像素，每个像素只有一个数，即亮度。网络看到的只有这 %s 个数。",
}

var walkTexts = map[string]both{
	WalkPicture: {
		"Your picture becomes %d × %d pixels with three numbers each: red, green and blue. That is all the network ever sees: %s numbers.",
		"您的图片变成 %d × %d 个像素，每个像素三个数：红、绿、蓝。网络看到的只有这 %s 个数。"},
	WalkFilter: {
		"At every place it multiplies %d numbers of the picture with as many weights and adds them up. Here it lies in the middle, and the sum is %s.",
		"在每个位置，它把图片中的 %d 个数与同样多的权重相乘，再加起来。现在它在正中，和是 %s。"},
	WalkMap: {
		"One filter makes one map. The first layer has %d filters, so it makes %d maps of %d × %d; later layers look for patterns in these maps.",
		"一个滤波器产生一张特征图。第一层有 %d 个滤波器，于是有 %d 张 %d × %d 的特征图；后面的层再在这些图里找图案。"},
	WalkSqueeze: {
		"In front of %s stand %d maps of %d × %d. Channel %d's %d values have the mean %s: that one number goes on, and where things were does not.",
		"%s 的前面有 %d 张 %d × %d 的特征图。通道 %d 的 %d 个值的均值是 %s：往后传的只有这一个数，物体在哪里则不再保留。"},
	WalkFirst: {
		"Each adds up the %d means with weights of its own. With only %d neurons for %d channels, the channels have to share what they know.",
		"每个神经元用自己的权重把 %d 个均值加起来。%d 个神经元面对 %d 个通道，通道之间只好共享信息。"},
	WalkHidden: {
		"On this picture %d of the %d neurons answer, and the others stay silent. Another picture wakes others.",
		"对这张图片，%d 个神经元有反应（共 %d 个），其余不出声。换一张图片，醒来的会是另一些。"},
	WalkSecond: {
		"For each of the %d channels it adds up the neurons' answers. Channel %d has %d weights for that, and its sum is %s.",
		"对 %d 个通道中的每一个，它把神经元的回答加起来。通道 %d 为此有 %d 个权重，和是 %s。"},
	WalkGate: {
		"The %s presses every number between 0 and 1: %s becomes %s. That is the gate of channel %d, how far it is turned up.",
		"%s 把每个数压到 0 和 1 之间：%s 变成 %s。这就是通道 %d 的门控，也就是它被调到多大。"},
	WalkScale: {
		"All %d values of channel %d are multiplied by %s, wherever they lie. A gate speaks for its whole map; it does not know where in the picture things are.",
		"通道 %[2]d 的全部 %[1]d 个值都乘以 %[3]s，不论在哪里。一个门控管一整张特征图；它并不知道物体在图中的位置。"},
	WalkPlaces: {
		"At each of %d × %d places it takes the mean and the maximum over all channels, and a filter of %d × %d makes one gate of what lies around: from %s to %s here. All channels are multiplied by it.",
		"在 %d × %d 个位置上，各取所有通道的均值与最大值，再由一个 %d × %d 的滤波器根据周围的值得出一个门控：这里从 %s 到 %s。所有通道都乘以它。"},
	WalkHead: {
		"Each map becomes its mean once more, and a last layer has a weight for every channel and each of the %d names. The sums say %s, %s.",
		"每张特征图再取一次均值，最后一层对每个通道、%d 个名字中的每一个各有一个权重。加起来的答案是%s，%s。"},
	WalkWhatIf: {
		"The page has muted each of the block's %d channels in turn: without channel %d the answer loses most. Mute it, and watch picture and answer.",
		"页面已逐一静音这个模块的 %d 个通道：没有通道 %d，答案损失最大。静音它，看看画面和答案。"},
}

// walkPageWords are the words of a page: its name in the row of steps, its title, its text.
type walkPageWords struct{ name, title, text both }

// walkKinds are the words of pages on which a kind of attention does otherwise than SE; an empty
// one is as the page's own.
var walkKinds = [...]struct {
	kind, page string
	walkPageWords
}{
	{"eca", WalkSecond, walkPageWords{
		name:  both{"excite (convolution)", "激励（卷积）"},
		title: both{"A small convolution listens to the neighbours", "一个小卷积听取相邻的通道"},
		text: both{
			"It runs over the %d means, one after another, with the same few weights everywhere. For channel %d it multiplies %d means, its own and its neighbours', and their sum is %s.",
			"它沿着 %d 个均值依次滑过，处处用同样的几个权重。对通道 %d，它把自己与相邻通道的 %d 个均值各乘以一个权重，和是 %s。",
		},
	}},
	{"cbam", WalkSqueeze, walkPageWords{
		title: both{"Squeeze: each map becomes two numbers", "压缩：每张特征图变成两个数"},
		text: both{
			"In front of %s stand %d maps of %d × %d. Channel %d's %d values have the mean %s and the maximum %s: these two numbers go on, and where things were is left for later.",
			"%s 的前面有 %d 张 %d × %d 的特征图。通道 %d 的 %d 个值的均值是 %s，最大值是 %s：往后传的是这两个数，物体在哪里留到后面处理。",
		},
	}},
	{"cbam", WalkFirst, walkPageWords{
		text: both{
			"Each adds up the %d means with weights of its own, then with the very same weights the maxima: one small network for both. With only %d neurons for %d channels, the channels have to share.",
			"每个神经元用自己的权重把 %d 个均值加起来，再用同样的权重把最大值加起来：两者共用一个小网络。%d 个神经元面对 %d 个通道，通道之间只好共享。",
		},
	}},
	{"cbam", WalkHidden, walkPageWords{
		text: both{
			"On this picture the means wake %d neurons, the maxima %d, of %d. Another picture wakes others.",
			"对这张图片，均值唤醒了 %d 个神经元，最大值唤醒了 %d 个，共 %d 个。换一张图片，醒来的会是另一些。",
		},
	}},
	{"cbam", WalkSecond, walkPageWords{
		text: both{
			"For each of the %d channels it adds up what the neurons answer to the means and to the maxima. Channel %d has %d weights for that, and its sum is %s.",
			"对 %d 个通道中的每一个，它把神经元对均值和对最大值的回答加在一起。通道 %d 为此有 %d 个权重，和是 %s。",
		},
	}},
	{"cbam", WalkScale, walkPageWords{
		text: both{
			"All %d values of channel %d are multiplied by %s, wherever they lie. This gate speaks for its whole map; places come next.",
			"通道 %[2]d 的全部 %[1]d 个值都乘以 %[3]s，不论在哪里。这个门控管一整张特征图；位置接下来处理。",
		},
	}},
}

// HTML is the question as an element that opens.
func (q WalkQuestion) HTML() string {
	return "<details><summary>" + html.EscapeString(q.Ask) + "</summary><p>" + html.EscapeString(q.Answer) + "</p></details>"
}
