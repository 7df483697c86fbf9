package view

// TabTexts are the words of the panels below the first screen in one language.
type TabTexts struct {
	CompareTab, MapsTab, ModelTab, TestTab, LearnTab                                                              string
	OpenChannel                                                                                                   string
	OpConv, OpBatchNorm, OpReLU, OpSE, OpMaxPool, OpAvgPool, OpAdd                                                string
	Layer, MapsTitle, ByNumber, SameScale, ChannelPicker, PixelPicker, MapsChannelValue, MapsPixel, MapsThisPixel string
}

// English and Chinese; the test of Texts keeps them complete, too.
var (
	EnglishTabs = TabTexts{
		CompareTab: "With and without SE", MapsTab: "Feature maps", ModelTab: "Model", TestTab: "Test set", LearnTab: "Learn",
		OpenChannel: "Open channel %d in Feature maps",
		OpConv:      "Convolution", OpBatchNorm: "Batch norm", OpReLU: "ReLU", OpSE: "SE", OpMaxPool: "Max pool", OpAvgPool: "Average pool", OpAdd: "Add",
		Layer: "Layer", MapsTitle: "%s, %d channels", ByNumber: "by number, with their means", SameScale: "same colour scale as the grid",
		ChannelPicker: "Channel", PixelPicker: "Pixel", MapsChannelValue: "channel %d, mean %s", MapsPixel: "Pixel (%d, %d): %s", MapsThisPixel: "This pixel in all %d channels",
	}
	ChineseTabs = TabTexts{
		CompareTab: "有无 SE 对比", MapsTab: "特征图", ModelTab: "模型", TestTab: "测试集", LearnTab: "学习",
		OpenChannel: "在“特征图”中打开通道 %d",
		OpConv:      "卷积", OpBatchNorm: "批归一化", OpReLU: "ReLU", OpSE: "SE", OpMaxPool: "最大池化", OpAvgPool: "平均池化", OpAdd: "相加",
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
