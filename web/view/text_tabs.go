package view

// TabTexts are the words of the panels below the first screen in one language.
type TabTexts struct {
	CompareTab, MapsTab, ModelTab, TestTab, LearnTab                                                              string
	OpenChannel                                                                                                   string
	OpConv, OpBatchNorm, OpMaxPool, OpAvgPool, OpAdd, OpMean, OpLinear, OpFlatten, OpDropout                      string
	LayerTable, Kind, Output, Params, MACs, Algorithm, LiveMs, Fused, Total, Stride, Direct, ModelFacts           string
	Card, NoCard, CardSet, CardPictures, CardByClass, CardECE, CardReject, OwnNetwork, OwnText, OwnOpen, Download string
	Layer, MapsTitle, ByNumber, SameScale, ChannelPicker, PixelPicker, MapsChannelValue, MapsPixel, MapsThisPixel string
}

// English and Chinese; the test of Texts keeps them complete, too.
var (
	EnglishTabs = TabTexts{
		CompareTab: "With and without SE", MapsTab: "Feature maps", ModelTab: "Model", TestTab: "Test set", LearnTab: "Learn",
		OpenChannel: "Open channel %d in Feature maps",
		OpConv:      "Convolution", OpBatchNorm: "Batch norm", OpMaxPool: "Max pool", OpAvgPool: "Average pool", OpAdd: "Add", OpMean: "Mean", OpLinear: "Linear", OpFlatten: "Flatten", OpDropout: "Dropout",
		LayerTable: "Layers", Kind: "Kind", Output: "Output", Params: "Parameters", MACs: "Multiply-adds", Algorithm: "Algorithm", LiveMs: "ms, live", Fused: "fused", Total: "Together", Stride: ", stride %d", Direct: "direct",
		ModelFacts: "%s parameters, %s multiply-adds, %s",
		Card:       "How often it is right", NoCard: "Nobody has measured this network here. The Test set panel does.", CardSet: "Set", CardPictures: "Pictures", CardByClass: "Right by class, int8",
		CardECE: "Its probabilities are off by %s on average, by %s after calibration.", CardReject: "It tells pictures of its classes from others in %.3f of all pairs (AUROC): at its threshold it keeps %s of its own and lets %s of the others pass.",
		OwnNetwork: "Your own network", OwnText: "A .safetensors file with its spec in the header, or with its model.json beside it: choose both, or drop them anywhere. It is read here and goes nowhere.",
		OwnOpen: "Open a network", Download: "Download these weights",
		Layer: "Layer", MapsTitle: "%s, %d channels", ByNumber: "by number, with their means", SameScale: "same colour scale as the grid",
		ChannelPicker: "Channel", PixelPicker: "Pixel", MapsChannelValue: "channel %d, mean %s", MapsPixel: "Pixel (%d, %d): %s", MapsThisPixel: "This pixel in all %d channels",
	}
	ChineseTabs = TabTexts{
		CompareTab: "有无 SE 对比", MapsTab: "特征图", ModelTab: "模型", TestTab: "测试集", LearnTab: "学习",
		OpenChannel: "在“特征图”中打开通道 %d",
		OpConv:      "卷积", OpBatchNorm: "批归一化", OpMaxPool: "最大池化", OpAvgPool: "平均池化", OpAdd: "相加", OpMean: "均值", OpLinear: "全连接", OpFlatten: "展平", OpDropout: "Dropout",
		LayerTable: "各层", Kind: "类型", Output: "输出", Params: "参数", MACs: "乘加", Algorithm: "算法", LiveMs: "实时毫秒", Fused: "已融合", Total: "合计", Stride: "，步幅 %d", Direct: "直接",
		ModelFacts: "%s 个参数，%s 次乘加，%s",
		Card:       "准确率", NoCard: "这个网络还没有测过。可以用“测试集”面板来测。", CardSet: "数据", CardPictures: "图片数", CardByClass: "各类准确率，int8",
		CardECE: "概率平均偏差 %s，校准后 %s。", CardReject: "区分本类与其他图片的 AUROC 为 %.3f：在其阈值下保留 %s 的本类图片，放过 %s 的其他图片。",
		OwnNetwork: "您自己的网络", OwnText: "可以打开文件头里带结构说明的 .safetensors 文件，或同时选中它与 model.json，也可以拖到页面任意处。文件只在本机读取，不会上传。",
		OwnOpen: "打开网络", Download: "下载这份权重",
		Layer: "层", MapsTitle: "%s，%d 个通道", ByNumber: "按编号排列，附均值", SameScale: "与网格同一色标",
		ChannelPicker: "通道", PixelPicker: "像素", MapsChannelValue: "通道 %d，均值 %s", MapsPixel: "像素 (%d, %d)：%s", MapsThisPixel: "此像素在全部 %d 个通道中的值",
	}
)

// Words are the panels' texts of the state's language.
func (s *State) Words() *TabTexts {
	if s.Lang == "zh" {
		return &ChineseTabs
	}
	return &EnglishTabs
}
