package view

// DeskTexts are the words of the mixing desk.
type DeskTexts struct {
	ResetAll, DeskHint, ChangedAnswer, ChangedShare                              string
	LegendOwn, LegendSet, LegendMuted, LegendSolo                                string
	AllOne, Alone, MutedCount, SetCount, Comma, SEOn, SEOff, SESwitch            string
	BlockChannel, GatesOf, Muted, Solo, SetByYou, Mute, Unmute, SoloOne, SoloEnd string
	FactGate, FactOwn, FactMean, GateValue, Previous, Next, Release              string
	KeyDrag, KeySet, KeyClick, KeyMute, KeyShift, KeySolo                        string
}

var englishDesk = DeskTexts{
	ResetAll: "Reset all", DeskHint: "Drag a gate: map and prediction follow. Click: mute. Shift-click: solo.",
	ChangedAnswer: "The network's own gates say %s %s, yours say %s %s.", ChangedShare: "%s: %s with the network's own gates, %s with yours.",
	LegendOwn: "the network's gate", LegendSet: "set by you", LegendMuted: "muted", LegendSolo: "solo",
	AllOne: "all gates at 1", Alone: "channel %d alone", MutedCount: "%d muted", SetCount: "%d set", Comma: ", ",
	SEOn: "SE on", SEOff: "SE off", SESwitch: "SE of %s",
	BlockChannel: "%s, channel %d", GatesOf: "Gates of %s", Muted: "muted", Solo: "solo", SetByYou: "set by you", Mute: "Mute", Unmute: "Unmute", SoloOne: "Solo", SoloEnd: "End solo",
	FactGate: "gate", FactOwn: "the network's own", FactMean: "map mean", GateValue: "Gate", Previous: "Previous channel", Next: "Next channel", Release: "Reset",
	KeyDrag: "drag", KeySet: "set", KeyClick: "click", KeyMute: "mute", KeyShift: "shift-click", KeySolo: "solo",
}

var chineseDesk = DeskTexts{
	ResetAll: "全部重置", DeskHint: "拖动一根门控条，热图和预测随之变化。点击：静音。Shift+点击：独奏。",
	ChangedAnswer: "网络自己的门控：%s %s；您的门控：%s %s。", ChangedShare: "%s：网络自己的门控 %s，您的门控 %s。",
	LegendOwn: "网络的门控", LegendSet: "您设定的", LegendMuted: "静音", LegendSolo: "独奏",
	AllOne: "所有门控为 1", Alone: "仅通道 %d", MutedCount: "静音 %d", SetCount: "设定 %d", Comma: "，",
	SEOn: "SE 开", SEOff: "SE 关", SESwitch: "%s的 SE",
	BlockChannel: "%s，通道 %d", GatesOf: "%s的门控", Muted: "静音", Solo: "独奏", SetByYou: "您设定的", Mute: "静音", Unmute: "取消静音", SoloOne: "独奏", SoloEnd: "结束独奏",
	FactGate: "门控", FactOwn: "网络自己的", FactMean: "图均值", GateValue: "门控", Previous: "上一个通道", Next: "下一个通道", Release: "重置",
	KeyDrag: "拖", KeySet: "设定", KeyClick: "点", KeyMute: "静音", KeyShift: "Shift+点", KeySolo: "独奏",
}
