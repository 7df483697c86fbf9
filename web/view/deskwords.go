package view

// DeskTexts are the words of the mixing desk.
type DeskTexts struct {
	_                                                                            [0]func() // nobody compares them: the code for it would be 30 KB
	ResetAll, ChangedAnswer, ChangedShare                                        string
	LegendOwn                                                                    string
	AllOne, Alone, MutedCount, SetCount, Comma, SEOn, SEOff, SESwitch            string
	BlockChannel, GatesOf, Muted, Solo, SetByYou, Mute, Unmute, SoloOne, SoloEnd string
	FactOwn, GateValue, Previous, Next, Release                                  string
}

var englishDesk = DeskTexts{
	ResetAll:      "Reset all",
	ChangedAnswer: "The network's own gates say %s %s, yours say %s %s.",
	ChangedShare:  "%s: %s with the network's own gates, %s with yours.",
	LegendOwn:     "gate now",
	AllOne:        "all gates at 1",
	Alone:         "channel %d alone",
	MutedCount:    "%d muted",
	SetCount:      "%d set",
	Comma:         ", ",
	SEOn:          "%s on",
	SEOff:         "%s off",
	SESwitch:      "Gates of %s applied",
	BlockChannel:  "%s, channel %d",
	GatesOf:       "Gates of %s",
	Muted:         "muted",
	Solo:          "only this one",
	SetByYou:      "set by you",
	Mute:          "Mute",
	Unmute:        "Unmute",
	SoloOne:       "Only this",
	SoloEnd:       "All again",
	FactOwn:       "the network's own",
	GateValue:     "Gate",
	Previous:      "Previous channel",
	Next:          "Next channel",
	Release:       "Reset",
}

var chineseDesk = DeskTexts{
	ResetAll:      "全部重置",
	ChangedAnswer: "网络自己的门控：%s %s；您的门控：%s %s。",
	ChangedShare:  "%s：网络自己的门控 %s，您的门控 %s。",
	LegendOwn:     "当前门控值",
	AllOne:        "所有门控为 1",
	Alone:         "仅通道 %d",
	MutedCount:    "静音 %d",
	SetCount:      "设定 %d",
	Comma:         "，",
	SEOn:          "%s 开",
	SEOff:         "%s 关",
	SESwitch:      "%s 的门控生效",
	BlockChannel:  "%s，通道 %d",
	GatesOf:       "%s 的门控",
	Muted:         "静音",
	Solo:          "只留此通道",
	SetByYou:      "您设定的",
	Mute:          "静音",
	Unmute:        "取消静音",
	SoloOne:       "只留此通道",
	SoloEnd:       "恢复全部",
	FactOwn:       "网络自己的",
	GateValue:     "门控",
	Previous:      "上一个通道",
	Next:          "下一个通道",
	Release:       "重置",
}
