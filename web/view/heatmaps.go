package view

import (
	"slices"
	"strings"

	"sescope/nn"
)

// heatmapWords are what people call a kind of heat map: in the list, and on the stage, where
// {class} and {layer} stand for the map's class and the last convolution. English, then Chinese.
type heatmapWords struct {
	kind       nn.Kind
	name, chip [2]string
}

var heatmapTexts = []heatmapWords{
	{nn.Evidence,
		[2]string{"Class evidence", "类别证据"},
		[2]string{"Where it looked for {class}", "判为“{class}”时看了哪里"}},
	{nn.GradCAM,
		[2]string{"Grad-CAM", "Grad-CAM"},
		[2]string{"Where it looked for {class}, by Grad-CAM", "判为“{class}”时看了哪里（Grad-CAM）"}},
	{nn.Activation,
		[2]string{"Strongest channel", "最强通道"},
		[2]string{"Strongest channel of {layer}", "{layer} 的最强通道"}},
	{nn.Places,
		[2]string{"Spatial attention", "空间注意力"},
		[2]string{"What each place counts, by spatial attention", "空间注意力给每个位置的权重"}},
	{nn.GateWeighted,
		[2]string{"Gate-weighted", "门控加权"},
		[2]string{"Channels weighted by their gates", "按门控加权的通道之和"}},
}

func heatmapText(kind nn.Kind) (w heatmapWords) {
	for _, t := range heatmapTexts {
		if t.kind == kind {
			w = t
		}
	}
	return w
}

// KindName is what people call a kind of map.
func (s *State) KindName(kind nn.Kind) string { return heatmapText(kind).name[s.lang()] }

// chip is what stands on the stage about a kind of map.
func (s *State) chip(kind nn.Kind, class string) string {
	return strings.NewReplacer("{class}", class, "{layer}", s.layerName(s.Shown.Model.LastConv)).Replace(heatmapText(kind).chip[s.lang()])
}

// ChooseKind takes a kind of map by its name; it tells whether the shown network has such a one.
func (s *State) ChooseKind(name string) bool {
	kind, err := nn.ParseKind(name)
	if err != nil || !slices.Contains(s.KindsOffered, kind) {
		return false
	}
	s.Kind = kind
	return true
}
