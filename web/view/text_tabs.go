package view

// TabTexts are the words of the panels below the first screen in one language.
type TabTexts struct {
	PageNext string
	TestSetTexts
	TeachTexts
	OpenChannel                                                                                                                                                                                                      string
	OpConv, OpBatchNorm, OpSpatial, OpMaxPool, OpAvgPool, OpAdd, OpMean, OpLinear, OpFlatten, OpDropout, OpConcat, OpGate, OpChannels, OpPad, OpMax                                                                  string
	LayerTable, Kind, Output, Params, MACs, Algorithm, LiveMs, Fused, Total, Stride, Direct, ModelFacts                                                                                                              string
	Card, NoCard, CardSet, CardPictures, CardByClass, CardECE, CardReject, CardBits, CardSeeds, OwnNetwork, OwnText, OwnOpen, OwnRound, Download                                                                     string
	Layer, MapsTitle, ByNumber, SameScale, ChannelPicker, PixelPicker, MapsChannelValue, MapsPixel, MapsThisPixel                                                                                                    string
	WithoutSE, WithSE, GatesAt1, SameWeights, ParamsNote, BothSay, TwinsDisagree, GatesMatter, GatesDecide, Space                                                                                                    string
	Searching, SearchNone, NoTwin, TwinFailed, TwinLoading, ComparePair, FirstMaps, NextDisagreement, Cancel                                                                                                         string
	Picture, MapsFrom, MapsLargest, MapsStrongest, OtherInputs, Bias, FlowTitle, FlowMap, FlowPlaces, FlowGates, FlowAfter, FlowForced, FlowFront                                                                    string
	AuditTitle, AuditAbout, AuditBlock, AuditStart, AuditCancel, AuditRunning, AuditStopped, AuditFailed, AuditRho, AuditLittle, AuditSome, AuditMuch, AuditAgainst, AuditBest, AuditX, AuditY, AuditLabel, NoBlocks string
	BitsTitle, BitsAbout, BitsOff, BitsMaking, BitsSame, BitsFlip, BitsMap, BitsSize, BitsTrying, BitsNoFlip, BitsFlips, BitsAsIs, BitsN, Comma                                                                      string
}

// English and Chinese; the test of Texts keeps them complete, too.
var (
	EnglishTabs = TabTexts{
		PageNext:     "Next",
		TestSetTexts: englishTest,
		TeachTexts:   englishTeach,
		OpenChannel:  "Open channel %d in Feature maps",
		OpConv:       "Convolution", OpBatchNorm: "Batch norm", OpSpatial: "Spatial attention", OpMaxPool: "Max pool", OpAvgPool: "Average pool", OpAdd: "Add", OpMean: "Mean", OpLinear: "Linear", OpFlatten: "Flatten", OpDropout: "Dropout", OpConcat: "Concat", OpGate: "Gate (not taken apart here)", OpChannels: "Choice of channels", OpPad: "Zero padding", OpMax: "Maximum",
		LayerTable: "Layers", Kind: "Kind", Output: "Output", Params: "Parameters", MACs: "Multiply-adds", Algorithm: "Algorithm", LiveMs: "ms, live", Fused: "fused", Total: "Together", Stride: ", stride %d", Direct: "direct",
		ModelFacts: "%s parameters, %s multiply-adds, %s",
		Card:       "How often it is right", NoCard: "Nobody has measured this network here. The Test set panel does.", CardSet: "Set", CardPictures: "Pictures", CardByClass: "Right by class, int8",
		CardECE: "Its probabilities are off by %s on average, by %s after calibration.", CardReject: "It tells pictures of its classes from others in %.3f of all pairs (AUROC): at its threshold it keeps %s of its own and lets %s of the others pass.",
		CardBits: "Validation accuracy by the bits of the weights: %s.", CardSeeds: "Random seeds: %s.",
		OwnNetwork: "Your own network", OwnText: "An .onnx file, with its data or a text of its classes if they are files of their own; or a .safetensors file or state_dict of torch.save (.pt, .pth) with its spec in the header or as model.json. Choose them together, or drop them anywhere. Weights of the tutorial's classes need no spec. It is read here and goes nowhere.",
		OwnOpen: "Open a network", OwnRound: "Round its weights to int8 on opening", Download: "Download these weights",
		Layer: "Layer", MapsTitle: "%s, %d channels", ByNumber: "by number, with their means", SameScale: "same colour scale as the grid",
		ChannelPicker: "Channel", PixelPicker: "Pixel", MapsChannelValue: "channel %d, mean %s", MapsPixel: "Pixel (%d, %d): %s", MapsThisPixel: "This pixel in all %d channels",
		WithoutSE: "Without SE", WithSE: "With SE", GatesAt1: "With SE, gates forced to 1", SameWeights: "same weights, no attention", ParamsNote: "%s parameters",
		BothSay: "With and without SE the answer is %s.", TwinsDisagree: "They disagree: without SE it is %s, with SE %s.",
		GatesMatter: "With its gates forced to 1 it stays %s: from %s to %s.", GatesDecide: "Here the gates decide: forced to 1 the answer is %s, and %s goes from %s to %s.", Space: " ",
		Searching: "%d of %d pictures", SearchNone: "With and without SE agree on all %d pictures.", NoTwin: "This network has no twin that was trained alike but for SE.",
		TwinFailed: "Its twin could not be loaded. Check the connection, then open this panel again.", TwinLoading: "Loading its twin …", ComparePair: "Compare %s and %s",
		FirstMaps: "first-layer maps, one scale for all", NextDisagreement: "Next picture where they disagree", Cancel: "Cancel",
		Picture: "the picture", MapsFrom: "Pixel (%d, %d) from %s: %d multiplications", MapsLargest: "Pixel (%d, %d) is the largest of %[4]d values of %[3]s", MapsStrongest: ", the strongest %d of %d channels are shown", OtherInputs: "%d others", Bias: "bias",
		FlowTitle:  "Through %s %d, for channel %d",
		FlowPlaces: "what each place counts",
		FlowMap:    "%d × %d map",
		FlowGates:  "%d gates, this one %s", FlowAfter: "the map, scaled", FlowForced: "The network says %s; you set %s.", FlowFront: "before the %s",
		AuditTitle: "Do the gates tell the truth?", AuditAbout: "A large gate should belong to a channel that matters. The audit mutes each channel of a block in turn and reads how far the logit of the answer falls.",
		AuditBlock: "SE %d, %d channels", AuditStart: "Audit this picture", AuditCancel: "Cancel", AuditRunning: "%d of %d channels", AuditStopped: "Stopped after %d of %d channels.",
		AuditFailed: "The network kept stopping during the audit. The page goes on; try another block.", AuditRho: "Rank correlation %s.", AuditLittle: "The gate says next to nothing about what a channel is worth here.",
		AuditSome: "The gate says something about what a channel is worth here.", AuditMuch: "The larger the gate, the more the channel is worth here.", AuditAgainst: "Here channels with small gates are worth more.",
		AuditBest: "Channel %d is worth most: its gate is %s, and without it the logit of %s falls by %s.", AuditX: "gate", AuditY: "drop of the logit of %s", AuditLabel: "%d channels: gate against %s", NoBlocks: "This network has no SE blocks, so there is nothing to audit.",
		BitsTitle: "Fewer bits", BitsAbout: "Round the large weights to fewer bits and see what becomes of the answer.", BitsOff: "The network runs with the weights of its file.", BitsMaking: "Rounding …",
		BitsSame: "Still %s: from %s to %s.", BitsFlip: "The answer changes from %s to %s.", BitsMap: "The map moves by up to %s of its span.", BitsSize: "%s instead of %s, that is %s %%.",
		BitsTrying: "%d of %d samples", BitsNoFlip: "All %d samples keep their answers.", BitsFlips: "%d of %d samples change their answers: %s.", BitsAsIs: "as in the file", BitsN: "%d bits", Comma: ", ",
	}
	ChineseTabs = TabTexts{
		PageNext:     "下一页",
		TestSetTexts: chineseTest,
		TeachTexts:   chineseTeach,
		OpenChannel:  "在“特征图”中打开通道 %d",
		OpConv:       "卷积", OpBatchNorm: "批归一化", OpSpatial: "空间注意力", OpMaxPool: "最大池化", OpAvgPool: "平均池化", OpAdd: "相加", OpMean: "均值", OpLinear: "全连接", OpFlatten: "展平", OpDropout: "Dropout", OpConcat: "拼接", OpGate: "门控（此处不拆解）", OpChannels: "选取通道", OpPad: "补零", OpMax: "最大值",
		LayerTable: "各层", Kind: "类型", Output: "输出", Params: "参数", MACs: "乘加", Algorithm: "算法", LiveMs: "实时毫秒", Fused: "已融合", Total: "合计", Stride: "，步幅 %d", Direct: "直接",
		ModelFacts: "%s 个参数，%s 次乘加，%s",
		Card:       "准确率", NoCard: "这个网络还没有测过。可以用“测试集”面板来测。", CardSet: "数据", CardPictures: "图片数", CardByClass: "各类准确率，int8",
		CardECE: "概率平均偏差 %s，校准后 %s。", CardReject: "区分本类与其他图片的 AUROC 为 %.3f：在其阈值下保留 %s 的本类图片，放过 %s 的其他图片。",
		CardBits: "按权重位数的验证集准确率：%s。", CardSeeds: "随机种子：%s。",
		OwnNetwork: "您自己的网络", OwnText: "可以打开 .onnx 文件（数据或类别名若另存为文件，请一起选中），文件头里带结构说明的 .safetensors 文件，或把 .safetensors、.pt、.pth 权重与 model.json 一起选中，也可以拖到页面任意处；教程中的网络类不需要结构说明。文件只在本机读取，不会上传。",
		OwnOpen: "打开网络", OwnRound: "打开时把权重舍入为 int8", Download: "下载这份权重",
		Layer: "层", MapsTitle: "%s，%d 个通道", ByNumber: "按编号排列，附均值", SameScale: "与网格同一色标",
		ChannelPicker: "通道", PixelPicker: "像素", MapsChannelValue: "通道 %d，均值 %s", MapsPixel: "像素 (%d, %d)：%s", MapsThisPixel: "此像素在全部 %d 个通道中的值",
		WithoutSE: "无 SE", WithSE: "有 SE", GatesAt1: "有 SE，门控强制为 1", SameWeights: "同样的权重，没有注意力", ParamsNote: "%s 个参数",
		BothSay: "有无 SE，答案都是%s。", TwinsDisagree: "两者不一致：无 SE 是%s，有 SE 是%s。",
		GatesMatter: "门控强制为 1 后仍是%s：从 %s 到 %s。", GatesDecide: "这里由门控决定：强制为 1 后答案是%s，%s从 %s 变为 %s。", Space: " ",
		Searching: "第 %d 张，共 %d 张", SearchNone: "在全部 %d 张图片上，有无 SE 答案都一致。", NoTwin: "没有与这个网络同样训练、只差 SE 的另一个网络。",
		TwinFailed: "另一个网络没能加载。请检查网络，再打开本面板。", TwinLoading: "正在加载另一个网络……", ComparePair: "比较%s与%s",
		FirstMaps: "第一层特征图，同一色标", NextDisagreement: "下一张答案不一致的图片", Cancel: "取消",
		Picture: "图片", MapsFrom: "像素 (%d, %d) 来自%s：%d 次乘法", MapsLargest: "像素 (%d, %d) 是%[3]s中 %[4]d 个值里最大的", MapsStrongest: "，显示最强的 %d 个通道，共 %d 个", OtherInputs: "其余 %d 个", Bias: "偏置",
		FlowTitle:  "经过 %s %d 的通道 %d",
		FlowPlaces: "每个位置的权重",
		FlowMap:    "%d × %d 图",
		FlowGates:  "%d 个门控，此通道 %s", FlowAfter: "缩放后的图", FlowForced: "网络给出 %s，您设为 %s。", FlowFront: "%s 之前",
		AuditTitle: "门控说的是实话吗？", AuditAbout: "门控大的通道应当重要。审计会依次静音某一块的每个通道，读出答案的 logit 下降多少。",
		AuditBlock: "SE %d，%d 个通道", AuditStart: "审计这张图片", AuditCancel: "取消", AuditRunning: "第 %d 个通道，共 %d 个", AuditStopped: "在第 %d 个通道停止，共 %d 个。",
		AuditFailed: "审计时网络反复停止。页面照常工作，请换一块试试。", AuditRho: "秩相关系数 %s。", AuditLittle: "在这里，门控几乎说明不了通道的价值。",
		AuditSome: "在这里，门控能部分说明通道的价值。", AuditMuch: "在这里，门控越大，通道越有价值。", AuditAgainst: "在这里，门控小的通道反而更有价值。",
		AuditBest: "通道 %d 最有价值：门控为 %s，去掉它后%s的 logit 下降 %s。", AuditX: "门控", AuditY: "%s的 logit 下降", AuditLabel: "%d 个通道：门控与%s", NoBlocks: "这个网络没有 SE 块，无可审计。",
		BitsTitle: "更少的位数", BitsAbout: "把较大的权重舍入到更少的位数，看答案会怎样。", BitsOff: "网络使用文件中的权重。", BitsMaking: "正在舍入……",
		BitsSame: "仍是%s：从 %s 到 %s。", BitsFlip: "答案从%s变为%s。", BitsMap: "热图最多移动其跨度的 %s。", BitsSize: "%s，原为 %s，即 %s %%。",
		BitsTrying: "第 %d 张样图，共 %d 张", BitsNoFlip: "全部 %d 张样图答案不变。", BitsFlips: "%d 张样图改变答案，共 %d 张：%s。", BitsAsIs: "与文件相同", BitsN: "%d 位", Comma: "、",
	}
)

// Words are the panels' texts of the state's language.
func (s *State) Words() *TabTexts {
	if s.Lang == "zh" {
		return &ChineseTabs
	}
	return &EnglishTabs
}
