package view

import (
	"fmt"

	"sescope/nn/teach"
)

// TeachTexts are the words of the Teach panel in one language.
type TeachTexts struct {
	_                                                                                     [0]func() // nobody compares them: the code for it would be 30 KB
	TeachCamera, TeachRecordingFor, TeachNow, TeachNowNone, TeachHow, TeachHowText        string
	TeachBase, TeachBaseLoading, TeachBaseFailed                                          string
	TeachClasses, TeachOf, TeachNameLabel, TeachPictures, TeachPicture, TeachRecord       string
	TeachRecording, TeachRecordKeys, TeachAdd, TeachRemoveClass, TeachThumb               string
	TeachMore, TeachLess, TeachNewClass, TeachClassN, TeachHint, TeachUndo, TeachUndoN    string
	TeachUndoClass, TeachSaveNetwork, TeachSaveSet, TeachOpen, TeachKeep, TeachKeepText   string
	TeachForget, TeachElsewhere                                                           string
	TeachScore, TeachScoreText, TeachAxes, TeachCell, TeachNoCell, TeachCellLabel         string
	TeachNeedTwo, TeachNeedBursts, TeachLooking, TeachLearning, TeachTesting, TeachEqual  string
	TeachTell, TeachTellText, TeachTellBars, TellChannel, TellLabel                       string
	TeachTellCorner                                                                       string
	TeachTwin, TeachTwinText, TeachTwinRun, TeachTwinNone, TeachWith, TeachWithout        string
	TeachSame, TeachDiffer, TeachTwinRunning, TeachTwinFailed                             string
	TeachNameTaken, TeachNameEmpty, TeachFull, TeachFullPictures, TeachUnread, TeachNoZip string
	TeachNoNetwork, TeachKeepFailed, TeachCameraOff, TeachKeptMore                        string
}

var englishTeach = TeachTexts{
	TeachCamera:       "Camera",
	TeachRecordingFor: "recording for %s",
	TeachNow:          "What it says now",
	TeachNowNone:      "Nothing is taught yet.",
	TeachHow:          "What happens here",
	TeachHowText:      "The network stays as it is. In front of its answer stand %d numbers a picture; a small new head learns from them which of your names they belong to, in this page. Your pictures never leave it.",
	TeachBase:         "Taught on %s. Another network in the list above takes the same pictures.",
	TeachBaseLoading:  "Loading %s …",
	TeachBaseFailed:   "%s could not be loaded to teach on. Check the connection, or choose another network.",

	TeachClasses:     "Your classes",
	TeachOf:          "%d of up to %d",
	TeachNameLabel:   "Name of class %d",
	TeachPictures:    "%d pictures",
	TeachPicture:     "1 picture",
	TeachRecord:      "Hold to record",
	TeachRecording:   "Recording, let go to stop",
	TeachRecordKeys:  "Hold the button, space or enter",
	TeachAdd:         "Add pictures to %s",
	TeachRemoveClass: "Remove the class %s",
	TeachThumb:       "Picture %d of %s: remove it",
	TeachMore:        "All %d",
	TeachLess:        "Fewer",
	TeachNewClass:    "Add a class",
	TeachClassN:      "Class %d",
	TeachHint:        "15 to 30 pictures of each are enough. Record every class twice or more, from other sides and in other places: only then can it be tested.",
	TeachUndo:        "Undo",
	TeachUndoN:       "Removed from %s: %d.",
	TeachUndoClass:   "Removed the class %s with its pictures: %d.",

	TeachSaveNetwork: "Save network",
	TeachSaveSet:     "Save pictures",
	TeachOpen:        "Open pictures",
	TeachKeep:        "Keep my classes in this browser",
	TeachKeepText:    "They are there after a reload. Nothing is sent anywhere.",
	TeachForget:      "Forget everything",
	TeachElsewhere:   "Another tab keeps its classes; close it to keep these.",

	TeachScore:      "How well it tells them apart",
	TeachScoreText:  "right on pictures that it had not seen: %d of %d. %d parts, one held back each time; a recording is held back as a whole.",
	TeachAxes:       "rows: what it was; columns: what it said",
	TeachCell:       "Was %s, it said %s: %d. ",
	TeachNoCell:     "Press a number to see its pictures.",
	TeachCellLabel:  "was %s, said %s: %d",
	TeachNeedTwo:    "It needs two classes with a picture each.",
	TeachNeedBursts: "Not tested yet. Record each class a second time, or add a second picture: what it learned from cannot test it.",
	TeachLooking:    "The network looks at %d pictures …",
	TeachLearning:   "Learning …",
	TeachTesting:    "Testing, part %d of %d …",
	TeachEqual:      "All pictures look the same to the network. Record something that differs.",

	TeachTell:       "Which channels tell them apart",
	TeachTellText:   "High for one class, low for the others, and the picture on which each is highest. Press one for its map.",
	TeachTellCorner: " In the corner: what the channel responds to, drawn from the network alone.",
	TeachTellBars:   "upper bar: mean for its class; lower bar: mean for the others",
	TellChannel:     "channel %d",
	TellLabel:       "channel %d, for %s: %.2f, for the others %.2f",

	TeachTwin:        "With or without attention",
	TeachTwinText:    "The same pictures on the network that was trained alike but for attention.",
	TeachTwinRun:     "Compare on my classes",
	TeachTwinNone:    "%s has no twin that was trained alike but for attention.",
	TeachWith:        "with attention",
	TeachWithout:     "without",
	TeachSame:        "%d against %d of %d pictures: no difference to speak of.",
	TeachDiffer:      "%d against %d of %d pictures: with these classes the difference is larger than chance explains easily.",
	TeachTwinRunning: "The other network looks at your pictures …",
	TeachTwinFailed:  "The other network could not be loaded. Check the connection, then try again.",

	TeachNameTaken:    "Another class is called “%s”. Choose another name.",
	TeachNameEmpty:    "A class needs a name.",
	TeachFull:         "%d classes are the most that fit here.",
	TeachFullPictures: "%d pictures are the most that fit here. Remove some to record others.",
	TeachUnread:       "Not read: %d. They are no pictures that this browser opens.",
	TeachNoZip:        "%s has no folders of pictures: a folder for each class, with its pictures in it.",
	TeachNoNetwork:    "This network's last layer cannot be taught: %s.",
	TeachKeepFailed:   "This browser keeps nothing for this page, in a private window for instance. Save the pictures instead.",
	TeachKeptMore:     "This browser keeps other classes already, and there is no room for both. Reload the page to see those.",
	TeachCameraOff:    "The camera is off. Recording begins when it is on.",
}

var chineseTeach = TeachTexts{
	TeachCamera:       "摄像头",
	TeachRecordingFor: "正在录制：%s",
	TeachNow:          "现在的答案",
	TeachNowNone:      "还没有教任何东西。",
	TeachHow:          "这里发生了什么",
	TeachHowText:      "网络本身不变。在它给出答案之前，每张图片有 %d 个数；一个新的小输出层就在本页里学习这些数属于您的哪个名称。图片不会离开本页。",
	TeachBase:         "基于 %s。在上方列表中换一个网络，会用同样的图片重新学习。",
	TeachBaseLoading:  "正在加载%s……",
	TeachBaseFailed:   "%s没能加载，无法在它上面学习。请检查网络，或换一个网络。",

	TeachClasses:     "您的类别",
	TeachOf:          "%d 类，最多 %d 类",
	TeachNameLabel:   "第 %d 类的名称",
	TeachPictures:    "%d 张图片",
	TeachPicture:     "1 张图片",
	TeachRecord:      "按住录制",
	TeachRecording:   "录制中，松开停止",
	TeachRecordKeys:  "按住按钮、空格或回车",
	TeachAdd:         "给%s添加图片",
	TeachRemoveClass: "删除类别%s",
	TeachThumb:       "第 %d 张（%s）：删除",
	TeachMore:        "全部 %d 张",
	TeachLess:        "收起",
	TeachNewClass:    "添加类别",
	TeachClassN:      "类别 %d",
	TeachHint:        "每类 15 到 30 张就够。每类至少录两次，换个角度、换个地方：只有这样才能检验。",
	TeachUndo:        "撤销",
	TeachUndoN:       "已从%s删除 %d 张。",
	TeachUndoClass:   "已删除类别%s及其 %d 张图片。",

	TeachSaveNetwork: "保存网络",
	TeachSaveSet:     "保存图片",
	TeachOpen:        "打开图片",
	TeachKeep:        "在此浏览器中保留我的类别",
	TeachKeepText:    "刷新后仍在，不会发送到任何地方。",
	TeachForget:      "全部忘掉",
	TeachElsewhere:   "另一个标签页正在保留它的类别；关掉它才能保留这里的。",

	TeachScore:      "区分得怎么样",
	TeachScoreText:  "在没见过的图片上答对：%d / %d。分成 %d 份，每次留出一份；同一次录制整体留出。",
	TeachAxes:       "行：实际类别；列：它的答案",
	TeachCell:       "实际是%s，它说%s：%d 张。",
	TeachNoCell:     "点一个数，看这些图片。",
	TeachCellLabel:  "实际是%s，说成%s：%d 张",
	TeachNeedTwo:    "需要两个类别，每类至少一张图片。",
	TeachNeedBursts: "还没有检验。请给每类再录一次，或再加一张图片：学过的图片不能用来检验。",
	TeachLooking:    "网络正在看 %d 张图片……",
	TeachLearning:   "正在学习……",
	TeachTesting:    "正在检验，第 %d 份，共 %d 份……",
	TeachEqual:      "在网络看来所有图片都一样。请录一些不同的东西。",

	TeachTell:       "哪些通道区分了它们",
	TeachTellText:   "对一类高，对其他类低；图为它数值最高的那张。点开可看它的特征图。",
	TeachTellCorner: "角上是该通道所响应的图案，由网络自身画出。",
	TeachTellBars:   "上：本类均值；下：其他类均值",
	TellChannel:     "通道 %d",
	TellLabel:       "通道 %d，%s：%.2f，其他类 %.2f",

	TeachTwin:        "有无注意力",
	TeachTwinText:    "同样的图片，用另一个同样训练、只差注意力的网络。",
	TeachTwinRun:     "用我的类别比较",
	TeachTwinNone:    "%s没有同样训练、只差注意力的另一个网络。",
	TeachWith:        "有注意力",
	TeachWithout:     "无注意力",
	TeachSame:        "%d 对 %d，共 %d 张：看不出差别。",
	TeachDiffer:      "%d 对 %d，共 %d 张：在这些类别上，差别大于偶然所能轻易解释的。",
	TeachTwinRunning: "另一个网络正在看您的图片……",
	TeachTwinFailed:  "另一个网络没能加载。请检查网络后再试。",

	TeachNameTaken:    "已有类别叫“%s”，请换一个名称。",
	TeachNameEmpty:    "类别需要一个名称。",
	TeachFull:         "这里最多放 %d 个类别。",
	TeachFullPictures: "这里最多放 %d 张图片。删掉一些才能再录。",
	TeachUnread:       "有 %d 个没有读取：它们不是此浏览器能打开的图片。",
	TeachNoZip:        "%s里没有图片文件夹：应当每个类别一个文件夹，里面放它的图片。",
	TeachNoNetwork:    "这个网络的最后一层无法教：%s。",
	TeachKeepFailed:   "此浏览器不为本页保留内容，例如无痕窗口。请改为保存图片。",
	TeachKeptMore:     "此浏览器已保留了别的类别，两者放不下。刷新页面可看到它们。",
	TeachCameraOff:    "摄像头未开启。开启后开始录制。",
}

// TeachStatus says how far the lesson is.
func (s *State) TeachStatus() string {
	t, w := &s.Teach, s.Words()
	l := t.Lesson
	switch {
	case t.Waiting > 0:
		return fmt.Sprintf(w.TeachLooking, t.Waiting)
	case t.Count() == 0 || t.Job(func(int) bool { return true }) == nil:
		return w.TeachNeedTwo
	case l == nil:
		return w.TeachLearning
	case l.Fault == string(teach.AllEqual):
		return w.TeachEqual
	case l.Fault != "":
		return w.TeachNeedTwo
	case l.Parts == 0:
		return w.TeachNeedBursts
	case !l.Tested():
		return fmt.Sprintf(w.TeachTesting, l.Done+1, l.Parts)
	}
	return ""
}

// TeachScore is the share of right answers on what was held back, and what it is a share of; empty
// until a test is done.
func (s *State) TeachScore() (share, text string) {
	l := s.Teach.Tested
	if l == nil || !l.Tested() || l.N == 0 {
		return "", ""
	}
	return rightOf(l.Correct, l.N), fmt.Sprintf(s.Words().TeachScoreText, l.Correct, l.N, l.Parts)
}

// TeachNameTrouble says why a class cannot be called so.
func (s *State) TeachNameTrouble(name string) string {
	if name = cleanName(name); name == "" {
		return s.Words().TeachNameEmpty
	}
	return fmt.Sprintf(s.Words().TeachNameTaken, name)
}

// TeachCount says how many pictures a class has.
func (s *State) TeachCount(n int) string {
	if n == 1 {
		return s.Words().TeachPicture
	}
	return fmt.Sprintf(s.Words().TeachPictures, n)
}

// TeachUndoText says what Undo would take back, "" for nothing.
func (s *State) TeachUndoText() string {
	switch c, n, whole := s.Teach.Undoable(); {
	case c == nil:
		return ""
	case whole:
		return fmt.Sprintf(s.Words().TeachUndoClass, c.Name, n)
	default:
		return fmt.Sprintf(s.Words().TeachUndoN, c.Name, n)
	}
}

// TeachCellText says what the chosen cell of the confusion is.
func (s *State) TeachCellText() string {
	t := &s.Teach
	if t.Tested == nil || !t.Tested.Tested() {
		return ""
	}
	was, said := t.Cell[0], t.Cell[1]
	return fmt.Sprintf(s.Words().TeachCell, t.Names[was], t.Names[said], t.Tested.Confusion[was][said])
}

// TwinBar is one network of With or without attention.
type TwinBar struct{ Name, Percent, Width string }

// TeachTwins are the two networks' scores, with attention first, and what they amount to; nil until
// both are tested.
func (s *State) TeachTwins() (bars []TwinBar, text string) {
	t, w := &s.Teach, s.Words()
	if t.TwinLesson == nil || t.Tested == nil || !t.TwinLesson.Tested() || !t.Tested.Tested() || t.TwinLesson.N != t.Tested.N {
		return nil, ""
	}
	with, without := t.Tested, t.TwinLesson
	if !t.Attention {
		with, without = without, with
	}
	for _, b := range []struct {
		name  string
		right int
	}{{w.TeachWith, with.Correct}, {w.TeachWithout, without.Correct}} {
		bars = append(bars, TwinBar{b.name, rightOf(b.right, with.N), fmt.Sprintf("%.1f", 100*float64(b.right)/float64(with.N))})
	}
	return bars, fmt.Sprintf(pickText(sayDiffers(with.Correct, without.Correct, with.N), w.TeachDiffer, w.TeachSame), with.Correct, without.Correct, with.N)
}

// rightOf is a share in per cent, 100 only where all are right.
func rightOf(right, n int) string {
	if right == n {
		return "100 %"
	}
	return fmt.Sprintf("%d %%", min(99, (200*right+n)/(2*n)))
}

// sayDiffers tells whether two counts of right answers of n differ by more than two standard
// errors, and by six pictures or more: if fewer went one way and none the other, a coin would do
// the same in one of twenty trials (the sign test). The page must not claim too much from a few
// dozen.
func sayDiffers(a, b, n int) bool {
	p := float64(a+b) / float64(2*n)
	d := float64(a-b) / float64(n)
	return d*d > 4*2*p*(1-p)/float64(n) && (a-b >= 6 || b-a >= 6)
}

func pickText(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}
