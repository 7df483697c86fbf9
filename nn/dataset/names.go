package dataset

import (
	"strconv"
	"strings"

	"sescope/nn"
)

// namer finds classes by what people call them: their English or Chinese names in any case, with
// any of " ", "_", "-" between the words; in the plural, too, or as a synonym. The very name wins
// over the plural, and that over a synonym.
type namer struct {
	exact, plural, synonym map[string]int
}

func newNamer(classes []nn.Class) *namer {
	n := &namer{map[string]int{}, map[string]int{}, map[string]int{}}
	put := func(m map[string]int, name string, label int) {
		if _, taken := m[name]; name != "" && !taken {
			m[name] = label
		}
	}
	for label, c := range classes {
		for _, name := range []string{plainName(c.En), plainName(c.Zh)} {
			put(n.exact, name, label)
			put(n.plural, singular(name), label)
		}
	}
	for _, group := range synonyms {
		for _, name := range group {
			if label, ok := n.plural[name]; ok {
				for _, other := range group {
					put(n.synonym, other, label)
				}
				break
			}
		}
	}
	return n
}

// find is the class of that name; -1 is none.
func (n *namer) find(name string) int {
	plain := plainName(name)
	if label, ok := n.exact[plain]; ok {
		return label
	}
	one := singular(plain)
	if label, ok := n.plural[one]; ok {
		return label
	}
	if label, ok := n.synonym[one]; ok {
		return label
	}
	return -1
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
func (n *namer) fromName(path string) int {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	const beside = " ._-()[]0123456789"
	for stem := strings.Trim(name, beside); stem != ""; {
		if label := n.find(stem); label >= 0 {
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
