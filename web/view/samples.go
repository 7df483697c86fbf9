package view

import (
	"fmt"
	"slices"

	"sescope/nn"
)

// Sample is a picture of the page's own: samples/File. Drawings are for networks of CIFAR-10's
// classes, renderings (web/samples/scenes.py) for those that know everyday things.
type Sample struct {
	Name   string // in links and ids
	File   string
	Zh     string
	Class  string // the English name of what it shows, where a network may know that by name
	Render bool
}

// Samples are all of them; a network is offered those of its kind.
var Samples = []Sample{
	drawing("airplane", "飞机"), drawing("automobile", "汽车"), drawing("bird", "鸟"), drawing("cat", "猫"), drawing("deer", "鹿"),
	drawing("dog", "狗"), drawing("frog", "青蛙"), drawing("horse", "马"), drawing("ship", "船"), drawing("truck", "卡车"),
	rendering("cup", "杯子", "cup"), rendering("apple", "苹果", "apple"), rendering("banana", "香蕉", "banana"), rendering("orange", "橙子", "orange"),
	rendering("lemon", "柠檬", "lemon"), rendering("bowl", "一碗水果", ""), rendering("teapot", "茶壶", "teapot"), rendering("umbrella", "雨伞", "umbrella"),
	rendering("lamp", "台灯", "lamp"), rendering("chair", "椅子", "chair"), rendering("bottle", "玻璃瓶", "glass bottle"), rendering("books", "书", "book or comic"),
	rendering("basketball", "篮球", "basketball"), rendering("mushroom", "蘑菇", "mushroom"),
}

func drawing(name, zh string) Sample { return Sample{name, name + ".svg", zh, name, false} }

func rendering(name, zh, class string) Sample { return Sample{name, name + ".webp", zh, class, true} }

// FirstSample is explained before any choice, and index.html names its file too; firstDrawing to a
// network that is offered drawings.
const (
	FirstSample  = 10
	firstDrawing = 8
)

// SampleAt is the sample of that name, -1 if there is none.
func SampleAt(name string) int {
	return slices.IndexFunc(Samples, func(s Sample) bool { return s.Name == name })
}

// Drawn tells whether a network of these classes is offered the drawings.
func Drawn(classes []nn.Class) bool {
	return slices.ContainsFunc(classes, func(c nn.Class) bool { return c.En == "automobile" })
}

// Film are the samples that the chosen network is offered, as indices of Samples.
func (s *State) Film() []int {
	render := false
	for _, m := range s.Models {
		if m.Name == s.Model {
			render = m.Renders
		}
	}
	var list []int
	for i, sample := range Samples {
		if sample.Render == render && s.has("samples/"+sample.File) {
			list = append(list, i)
		}
	}
	if list == nil { // a page that was packed without them
		return []int{FirstSample}
	}
	return list
}

// has tells whether the page was packed with a file.
func (s *State) has(name string) bool {
	_, ok := s.Files[name]
	return ok || len(s.Files) == 0
}

// FirstOf is the sample that the chosen network is shown before any choice.
func (s *State) FirstOf() int {
	film := s.Film()
	for _, i := range []int{FirstSample, firstDrawing} {
		if slices.Contains(film, i) {
			return i
		}
	}
	return film[0]
}

// NextSample is the one behind the chosen one.
func (s *State) NextSample() int {
	film := s.Film()
	return film[(slices.Index(film, s.Sample)+1)%len(film)]
}

// sampleName names sample i in the page's language.
func (s *State) sampleName(i int) string {
	if s.Lang == "zh" {
		return Samples[i].Zh
	}
	return Samples[i].Name
}

// SampleLabel names the picture of sample i.
func (s *State) SampleLabel(i int) string { return fmt.Sprintf(s.T().Sample, s.sampleName(i)) }
