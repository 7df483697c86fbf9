package view

// Texts are the words of the page in one language. Those with a verb are for fmt.Sprintf.
type Texts struct {
	_ [0]func() // nobody compares them: the code for it would be 30 KB
	FirstTexts
	Privacy, HowEnforced, Language, DarkTheme, LightTheme, Help                   string
	Samples, Sample, UseCamera, StopCamera, ChoosePicture, Freeze, Resume, Mirror string
	Save, Camera                                                                  string
	Map, Colours, Opacity, Scale, ScaleFrame, ScaleFixed, ScaleFrameHint          string
	ScaleFixedHint                                                                string
	ChipNone, ChipFixed, StageName, StageLabel, MapOff                            string
	Prediction, ClassesOf, Unsure, Unknown, NotSure, Or, TrueRight, TrueWrong     string
	UnsureRight, UnsureWrong, MapHint, MapPinned, MapAllClasses, AboutModel       string
	DeskTexts
	WhyTexts
	SignatureTexts
	Gates, BlockMaps, NoSE                                                         string
	TabsLabel, Strongest, StrongestText, RankBy, RankMean, RankGate                string
	RankGateGrad, RankGrad                                                         string
	Original, Channel, LabelPredicted, PredictedOnly, ChannelStats, ChannelMean    string
	FPS, Network, LoadingModel, ReadingFile, Loaded, Kept                          string
	Portable, SIMD, SIMDRelaxed                                                    string
	Brush, BrushHint, BrushCursor, Undo, ResizeLabel, ResizeBilinear, ResizeSpline string
	Export, Share, ShareHint                                                       string
	Close, TryAgain, UsePicture, Retry, OpenAnyway                                 string
}

// English and Chinese; a test keeps them complete.
var (
	English = Texts{
		FirstTexts:     englishFirst,
		Privacy:        "Runs on your device. No picture leaves it.",
		HowEnforced:    "How that is enforced",
		Language:       "Language",
		DarkTheme:      "Dark theme",
		LightTheme:     "Light theme",
		Help:           "Help and keys",
		Samples:        "Samples",
		Sample:         "Sample: %s",
		UseCamera:      "Use camera",
		StopCamera:     "Stop camera",
		ChoosePicture:  "Choose picture",
		Freeze:         "Freeze",
		Resume:         "Go on",
		Mirror:         "Mirror",
		Save:           "Save",
		Camera:         "Camera",
		Map:            "Map",
		Colours:        "Colours",
		Opacity:        "Opacity",
		Scale:          "Scale",
		ScaleFrame:     "Frame",
		ScaleFixed:     "Fixed",
		ScaleFrameHint: "Each frame has its own scale",
		ScaleFixedHint: "Keep the present scale, so that frames can be compared",
		ChipNone:       "No positive evidence for %s",
		ChipFixed:      "fixed",
		StageName:      "Stage",
		StageLabel:     "%s. %s.",
		MapOff:         "Heat map is off",
		Prediction:     "Prediction",
		ClassesOf:      "of %d things",
		Unsure:         "No class reaches one half: the first has %s, the dotted %d together %s.",
		Unknown:        "Score %s, where this network's own rule asks for %s.",
		NotSure:        "Not sure",
		Or:             " or ",
		TrueRight:      "Right: the picture shows %s.",
		TrueWrong:      "Wrong: the picture shows %s.",
		UnsureRight:    "Right but not sure: the picture shows %s.",
		UnsureWrong:    "Wrong and not sure: the picture shows %s.",
		MapAllClasses:  "This kind of map is the same for every class.",
		MapHint:        "Press a class to see the map for that class.",
		MapPinned:      "The map stays with %s. Press it again to follow the prediction.",
		AboutModel:     "About this network",
		DeskTexts:      englishDesk,
		WhyTexts:       englishWhy,
		SignatureTexts: englishSignature,
		Gates:          "Gates",
		BlockMaps:      "%d × %d maps",
		NoSE:           "This network has no attention blocks, so it has no gates: every channel passes as it is. Choose a network with SE to compare.",
		TabsLabel:      "Panels",
		Strongest:      "Strongest channels of %s",
		StrongestText:  "What the last convolution is busy with, each channel scaled to its own range and laid over the picture in jet. Active is not the same as attended: rank them another way.",
		RankBy:         "Rank by",
		RankMean:       "Mean",
		RankGate:       "Gate",
		RankGateGrad:   "Gate × gradient",
		RankGrad:       "Gradient",
		Original:       "Original",
		Channel:        "Channel %d",
		LabelPredicted: "label %s, predicted %s",
		PredictedOnly:  "predicted %s",
		ChannelStats:   "mean %.2f, gate %.2f",
		ChannelMean:    "mean %.2f",
		FPS:            "fps",
		Network:        "network",
		LoadingModel:   "Loading %s, %d %%",
		ReadingFile:    "Reading %s …",
		Loaded:         "%s loaded",
		Kept:           "loaded from this device",
		Portable:       "kernel portable Go",
		SIMD:           "kernel SIMD assembly",
		SIMDRelaxed:    "kernel relaxed SIMD assembly",
		Brush:          "Brush",
		BrushHint:      "Paint over the frame: the network sees grey there",
		BrushCursor:    "Brush: arrow keys move it, space paints, delete takes back",
		Undo:           "Undo",
		ResizeLabel:    "Resize",
		ResizeBilinear: "bilinear",
		ResizeSpline:   "as in the tutorial",
		Export:         "Export",
		Share:          "Share",
		ShareHint:      "Copy a link to what the page shows",
		Close:          "Close",
		TryAgain:       "Try again",
		UsePicture:     "Use a picture instead",
		Retry:          "Choose another",
		OpenAnyway:     "Open it anyway",
	}
	Chinese = Texts{
		FirstTexts:     chineseFirst,
		Privacy:        "在您的设备上运行，图片不会离开。",
		HowEnforced:    "如何保证",
		Language:       "语言",
		DarkTheme:      "深色主题",
		LightTheme:     "浅色主题",
		Help:           "帮助与快捷键",
		Samples:        "样图",
		Sample:         "样图：%s",
		UseCamera:      "使用摄像头",
		StopCamera:     "关闭摄像头",
		ChoosePicture:  "选择图片",
		Freeze:         "冻结",
		Resume:         "继续",
		Mirror:         "镜像",
		Save:           "存图",
		Camera:         "摄像头",
		Map:            "热图",
		Colours:        "配色",
		Opacity:        "不透明度",
		Scale:          "刻度",
		ScaleFrame:     "逐帧",
		ScaleFixed:     "固定",
		ScaleFrameHint: "每一帧用自己的刻度",
		ScaleFixedHint: "保持当前刻度，便于比较各帧",
		ChipNone:       "没有支持“%s”的证据",
		ChipFixed:      "固定",
		StageName:      "画面",
		StageLabel:     "%s。%s。",
		MapOff:         "热图已关闭",
		Prediction:     "预测",
		ClassesOf:      "共 %d 类",
		Unsure:         "没有一类达到一半：第一名 %s，带点的 %d 类合计 %s。",
		Unknown:        "得分 %s，而这个网络自己的规则要求 %s。",
		NotSure:        "拿不准",
		Or:             "或",
		TrueRight:      "正确：图中是%s。",
		TrueWrong:      "错误：图中是%s。",
		UnsureRight:    "正确，但没有把握：图中是%s。",
		UnsureWrong:    "错误，也没有把握：图中是%s。",
		MapAllClasses:  "这种热图对每一类都一样。",
		MapHint:        "点某一类，看这一类的热图。",
		MapPinned:      "热图固定为“%s”。再点一次恢复跟随预测。",
		AboutModel:     "关于这个网络",
		DeskTexts:      chineseDesk,
		WhyTexts:       chineseWhy,
		SignatureTexts: chineseSignature,
		Gates:          "门控",
		BlockMaps:      "特征图 %d × %d",
		NoSE:           "这个网络没有注意力模块，也就没有门控：每个通道原样通过。换一个带 SE 的网络来比较。",
		TabsLabel:      "面板",
		Strongest:      "%s 的最强通道",
		StrongestText:  "最后一层卷积在忙什么：每个通道各自归一化，以 jet 配色叠加在原图上。“活跃”不等于“被注意”，换一种排序试试。",
		RankBy:         "排序依据",
		RankMean:       "均值",
		RankGate:       "门控",
		RankGateGrad:   "门控 × 梯度",
		RankGrad:       "梯度",
		Original:       "原图",
		Channel:        "通道 %d",
		LabelPredicted: "标签%s，预测%s",
		PredictedOnly:  "预测%s",
		ChannelStats:   "均值 %.2f，门控 %.2f",
		ChannelMean:    "均值 %.2f",
		FPS:            "帧/秒",
		Network:        "网络",
		LoadingModel:   "正在加载 %s，%d %%",
		ReadingFile:    "正在读取 %s……",
		Loaded:         "已加载 %s",
		Kept:           "从本机缓存加载",
		Portable:       "内核：可移植 Go",
		SIMD:           "内核：SIMD 汇编",
		SIMDRelaxed:    "内核：宽松 SIMD 汇编",
		Brush:          "遮挡笔",
		BrushHint:      "在画面上涂抹：网络在那里只看到灰色",
		BrushCursor:    "遮挡笔：方向键移动，空格涂抹，删除键撤销",
		Undo:           "撤销",
		ResizeLabel:    "放大",
		ResizeBilinear: "双线性",
		ResizeSpline:   "同教程（样条）",
		Export:         "导出",
		Share:          "分享",
		ShareHint:      "复制指向当前内容的链接",
		Close:          "关闭",
		TryAgain:       "重试",
		UsePicture:     "改用图片",
		Retry:          "另选一张",
		OpenAnyway:     "照样打开",
	}
)

// T are the texts of the state's language.
func (s *State) T() *Texts {
	if s.Lang == "zh" {
		return &Chinese
	}
	return &English
}
