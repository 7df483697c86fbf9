package view

// FirstTexts are the words of the first screen: head, answer, menus, the block, the strip.
type FirstTexts struct {
	_                                                                          [0]func() // nobody compares them: the code for it would be 30 KB
	Say, Settings                                                              string
	FigureBand, FigureNetwork, FigureMap, FigureFrame, FigureFixed, FigureMade string
	ShareLink, ShareFrame, ShareCopy, ShareCopied, ShareSelect, OpenFull       string
	WithoutIt, WithoutTop, WithoutMuted                                        string
	Was, ItSays, NothingKnown, Nearest, TryElse, Perhaps, Numbers, Back        string
	ShowHow, More, MapMenu, MapFor, MapFollows, BackToPicture                  string
	BlockOf, PreviousBlock, NextBlock, AllBlocks, OneBlock, What, LegendHint   string
	LegendTouch, LegendStrange                                                 string
	CardChannel, CardMatters, CardLargest, CardMap, CardMean, CardGate         string
	CardAfter, CardPortrait, ChipChannel                                       string
	NetworkTitle, NetworkTime, StationPicture, StationFilters                  string
	StationGates, StationMean, StationNumbers, StationNames, StationChannels   string
	StationMs                                                                  string
}

var englishFirst = FirstTexts{
	Say:      "See a neural network turn its channels up and down, live, on your own picture.",
	Settings: "Network, theme, help",

	ItSays:       "It says",
	Was:          "was %s",
	WithoutIt:    "Without it: %s **%s → %s**",
	WithoutTop:   ", and the answer is %s, %s",
	WithoutMuted: "It is muted: this is the answer without it.",
	NothingKnown: "Nothing I know",
	Nearest:      "Nearest: %s.",
	TryElse:      "Another network may know it, or teach this one.",
	Perhaps:      "Perhaps %s.",
	Numbers:      "Numbers",
	Back:         "Back",

	ShowHow:       "Show me how",
	More:          "More",
	MapMenu:       "Map…",
	MapFor:        "For",
	MapFollows:    "the answer, whatever it is",
	BackToPicture: "Back to the picture",

	BlockOf:       "of %d",
	PreviousBlock: "Previous block",
	NextBlock:     "Next block",
	AllBlocks:     "All blocks",
	OneBlock:      "One block",
	What:          "An **%s block** listens to all %d channels, then turns each one up or down. These bars, its **gates**, are how far.",
	LegendHint:    "drag: set · click: mute · shift-click: only this one",
	LegendTouch:   "tap a bar, then set it below",
	LegendStrange: "unusual",

	CardChannel:  "Channel %d",
	CardMatters:  "matters most for %s",
	CardLargest:  "the largest gate of this block",
	CardMap:      "its map",
	CardMean:     "mean",
	CardGate:     "gate",
	CardAfter:    "map × gate",
	CardPortrait: "what it responds to",
	ChipChannel:  "Map of channel %d, %s",

	FigureBand:    "grey: %s",
	FigureNetwork: "Network: %s, %s.",
	FigureMap:     "Map: %s, %d × %d values, %s, %s, %s.",
	FigureFrame:   "on the scale of this frame",
	FigureFixed:   "on a fixed scale",
	FigureMade:    "Made with SEscope.",

	ShareLink:   "Link",
	ShareFrame:  "Frame for a page of yours",
	ShareCopy:   "Copy",
	ShareCopied: "Copied.",
	ShareSelect: "The browser does not let this page copy. It is selected: copy it yourself.",
	OpenFull:    "Open in SEscope",

	NetworkTitle:    "The network",
	NetworkTime:     "From picture to answer in %s ms. Press a station to open it.",
	StationPicture:  "Picture",
	StationFilters:  "Filters",
	StationGates:    "%d gates",
	StationMean:     "Mean",
	StationNumbers:  "%d numbers",
	StationNames:    "%d names",
	StationChannels: "%d maps",
	StationMs:       "%s ms",
}

var chineseFirst = FirstTexts{
	Say:      "用您自己的图片，实时看神经网络怎样把各个通道调高或调低。",
	Settings: "网络、主题、帮助",

	ItSays:       "它认为这是",
	Was:          "原为 %s",
	WithoutIt:    "去掉它：%s **%s → %s**",
	WithoutTop:   "，答案变成%s，%s",
	WithoutMuted: "它已静音：现在就是去掉它之后的答案。",
	NothingKnown: "没见过的东西",
	Nearest:      "最接近的是%s。",
	TryElse:      "换一个网络，或者教它认识。",
	Perhaps:      "也许是%s。",
	Numbers:      "数值",
	Back:         "返回",

	ShowHow:       "演示原理",
	More:          "更多",
	MapMenu:       "热图…",
	MapFor:        "针对",
	MapFollows:    "当前答案",
	BackToPicture: "回到图片",

	BlockOf:       "共 %d 个",
	PreviousBlock: "上一个模块",
	NextBlock:     "下一个模块",
	AllBlocks:     "全部模块",
	OneBlock:      "单个模块",
	What:          "**%s 模块**先听取全部 %d 个通道，再逐个调高或调低。这些条就是**门控**，表示每个通道被调到多少。",
	LegendHint:    "拖动：设值 · 单击：静音 · Shift 单击：只留此通道",
	LegendTouch:   "轻点一条，在下方调节",
	LegendStrange: "不寻常",

	CardChannel:  "通道 %d",
	CardMatters:  "对“%s”影响最大",
	CardLargest:  "本模块中门控值最大",
	CardMap:      "它的特征图",
	CardMean:     "均值",
	CardGate:     "门控值",
	CardAfter:    "图 × 门控",
	CardPortrait: "它响应的图案",
	ChipChannel:  "通道 %d 的特征图，%s",

	FigureBand:    "灰色：%s",
	FigureNetwork: "网络：%s，%s。",
	FigureMap:     "热图：%s，%d × %d 个值，%s，%s，%s。",
	FigureFrame:   "按本帧定标",
	FigureFixed:   "固定刻度",
	FigureMade:    "由 SEscope 生成。",

	ShareLink:   "链接",
	ShareFrame:  "嵌入您自己网页的框架",
	ShareCopy:   "复制",
	ShareCopied: "已复制。",
	ShareSelect: "浏览器不允许本页复制。内容已选中，请自行复制。",
	OpenFull:    "在 SEscope 中打开",

	NetworkTitle:    "网络",
	NetworkTime:     "从图片到答案共 %s 毫秒。点任一站可展开。",
	StationPicture:  "图片",
	StationFilters:  "滤波器",
	StationGates:    "%d 个门控",
	StationMean:     "均值",
	StationNumbers:  "%d 个数",
	StationNames:    "%d 类",
	StationChannels: "%d 张图",
	StationMs:       "%s 毫秒",
}
