package dataset

import (
	"slices"
	"strconv"
	"strings"

	"sescope/nn"
)

// named finds the class of an English or Chinese name in any case, with any of " ", "_", "-"
// between its words; in the plural, too, or as a synonym. -1 is none. The very name wins over the
// plural, and that over a synonym.
func named(folder string, classes []nn.Class) int {
	if label := exactly(folder, classes); label >= 0 {
		return label
	}
	plain := plainName(folder)
	if plain == "" {
		return -1
	}
	find := func(same func(name string) bool) int {
		return slices.IndexFunc(classes, func(c nn.Class) bool { return same(plainName(c.En)) || same(plainName(c.Zh)) })
	}
	one := singular(plain)
	if label := find(func(name string) bool { return singular(name) == one }); label >= 0 {
		return label
	}
	for _, group := range synonyms {
		if slices.Contains(group, one) {
			return find(func(name string) bool { return slices.Contains(group, singular(name)) })
		}
	}
	return -1
}

// exactly is named for the very name.
func exactly(folder string, classes []nn.Class) int {
	plain := plainName(folder)
	return slices.IndexFunc(classes, func(c nn.Class) bool { return plain != "" && (plain == plainName(c.En) || plain == plainName(c.Zh)) })
}

// synonyms are words that people use for one another, in the singular.
var synonyms = [][]string{
	{"airplane", "aeroplane", "plane", "aircraft", "jet", "飞机", "客机"}, {"automobile", "car", "auto", "motorcar", "汽车", "轿车", "小汽车"},
	{"truck", "lorry", "卡车", "货车"}, {"ship", "boat", "vessel", "船", "轮船"}, {"cat", "kitten", "kitty", "猫", "猫咪"}, {"dog", "puppy", "狗", "犬", "小狗"},
	{"bird", "鸟", "小鸟"}, {"horse", "pony", "马"}, {"frog", "toad", "青蛙", "蛙"}, {"deer", "鹿"},
	{"mobile phone", "cell phone", "cellphone", "smartphone", "phone", "mobile", "手机"}, {"laptop", "notebook", "laptop computer", "笔记本电脑"},
	{"cup", "mug", "杯子"}, {"watch", "wristwatch", "手表"}, {"umbrella", "parasol"}, {"headphone", "headset", "earphone", "耳机"},
	{"football", "soccer ball", "足球"}, {"wrench", "spanner", "扳手"}, {"aubergine", "eggplant", "茄子"}, {"courgette", "zucchini", "西葫芦"},
	{"beetroot", "beet", "red beet", "甜菜根"}, {"yoghurt", "yogurt", "酸奶"}, {"oat yoghurt", "oat yogurt"}, {"soy yoghurt", "soy yogurt", "soyghurt"},
	{"satsuma", "mandarin", "tangerine"}, {"binocular", "field glass", "望远镜"}, {"inline skate", "rollerblade", "轮滑鞋"}, {"dollar bill", "dollar", "banknote"},
}

// singular takes the ending of an English plural off the last word.
func singular(name string) string {
	for _, end := range [][2]string{{"ies", "y"}, {"oes", "o"}, {"ches", "ch"}, {"shes", "sh"}, {"sses", "ss"}, {"xes", "x"}, {"ss", "ss"}, {"us", "us"}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(name, end[0]); ok && len(stem) > 1 {
			return stem + end[1]
		}
	}
	return name
}

func indexed(folder string, classes int) int {
	if i, err := strconv.Atoi(folder); err == nil && i >= 0 && i < classes && folder[0] != '+' && folder[0] != '-' {
		return i
	}
	return -1
}

func plainName(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "_", " "), "-", " ")))
}

// fromName is the class that a file's own name begins or ends with: cat.0.jpg, cat_12.png, cat
// (3).png, 0001_cat.png; -1 is none.
func fromName(path string, classes []nn.Class) int {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	const beside = " ._-()[]0123456789"
	for stem := strings.Trim(name, beside); stem != ""; {
		if label := named(stem, classes); label >= 0 {
			return label
		}
		cut := strings.LastIndexAny(stem, beside)
		if cut < 0 {
			break
		}
		stem = strings.TrimRight(stem[:cut], beside)
	}
	return -1
}
