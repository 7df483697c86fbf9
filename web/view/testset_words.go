package view

import "sescope/nn/dataset"

// TestSetTexts are the words of the Test set panel.
type TestSetTexts struct {
	_                                                                            [0]func() // nobody compares them: the code for it would be 30 KB
	TestPart, TestPartPictures, TestPartFiles, TestPartTaken                     string
	TestPartTrain, TestPartTest, TestPartValidation                              string
	TestPartAll, TestPartNone, TestByTable, TestByName                           string
	TestTitle, TestAbout, TestJPEG, TestOpen, TestFolder, TestDrop, TestDropMore string
	TestVersus, TestAlone, TestBits, TestVersusAbout, TestDuel, TestDuelSame     string
	TestAgain, TestOther, TestReading, TestLoading, TestRunning, TestDone        string
	TestStopped, TestNothing                                                     string
	TestAccuracy, TestTop5, TestECE, TestUnsure, TestOf                          string
	ConfusionTitle, ConfusionAxes, ConfusionPick, CellWrong, CellRight, CellNone string
	CellPictures, CellPage, ThumbName, Previous                                  string
	TestClasses, TestClass, TestPrecision, TestRecall, CalTitle, CalText, CalX   string
	CalY, CalLabel                                                               string
	TestGates, TestGatesAbout, TestGatePick, TestGate, TestNoGates               string
	LeftTitle, LeftFolder, LeftLoose, LeftPicture, LeftMore, TestLost            string
	TestOtherClasses, TestCSV, TestJSON                                          string
}

var englishTest = TestSetTexts{
	TestPart:           "Part of the set",
	TestPartPictures:   "%s (pictures: %s)",
	TestPartFiles:      "%s (files: %s)",
	TestPartTaken:      "The set has several parts; taken: %s.",
	TestPartTrain:      "training",
	TestPartTest:       "test",
	TestPartValidation: "validation",
	TestPartAll:        "all of it",
	TestPartNone:       "what is in none",
	TestByTable:        "No folder is a class, so the labels are those of the table in the set.",
	TestByName:         "No folder is a class, so the labels are those in the files' names.",
	TestTitle:          "Your own test set",
	TestAbout:          "CIFAR-10's or CIFAR-100's files, or a zip, tar or folder that holds a folder of pictures for each class. It is read here and goes nowhere. A running camera is held meanwhile, so that every core works on the test.",
	TestJPEG:           "A browser may decode JPEG files differently from the command line in the last bit; of .bin and PNG files both see the same pixels.",
	TestOpen:           "Open a file",
	TestFolder:         "Open a folder",
	TestDrop:           "Drop a test set anywhere on the page",
	TestDropMore:       "A folder is matched to a class by its English or Chinese name, a plural or another word for it, or by its number; where no folder is a class, the files' names (cat.1.jpg) or a .csv file tell. What is no class is named, and left out.",
	TestVersus:         "Compare with",
	TestAlone:          "nothing",
	TestBits:           "itself, rounded to %d bits",
	TestVersusAbout:    "The page's networks have int8 weights. To hold them against float32, open the float32 file in the Model panel: it stands in this list then.",
	TestDuel:           "%s: %s right. It gives the same answer for %s of %s pictures; only the first is right for %s, only the second for %s.",
	TestDuelSame:       "%s gives the same answer for all %s pictures.",
	TestAgain:          "Test again",
	TestOther:          "Test %s",
	TestReading:        "Reading the list of files …",
	TestLoading:        "Starting …",
	TestRunning:        "%s of %s pictures, workers: %d",
	TestDone:           "%s on %s: %s pictures in %s s, workers: %d.",
	TestStopped:        "Stopped: the figures are of the first %s of %s pictures.",
	TestNothing:        "Stopped before the first figures.",
	TestAccuracy:       "right",
	TestTop5:           "among the first five",
	TestECE:            "calibration error (ECE)",
	TestUnsure:         "not sure",
	TestOf:             "%s of %s",
	ConfusionTitle:     "Confusion",
	ConfusionAxes:      "rows: what it is; columns: what the network says",
	ConfusionPick:      "Cell of the confusion matrix",
	CellWrong:          "%s taken for %s: %s of %s",
	CellRight:          "%s recognised: %s of %s",
	CellNone:           "No pictures here.",
	CellPictures:       "Pictures of this cell; one opens on the stage",
	CellPage:           "%d to %d of %d",
	ThumbName:          "%s: %s %s",
	Previous:           "Previous",
	TestClasses:        "By class",
	TestClass:          "Class",
	TestPrecision:      "Precision",
	TestRecall:         "Recall",
	CalTitle:           "Calibration",
	CalText:            "A network that knows itself lies on the line: of the answers given with 80 %, 80 % are right.",
	CalX:               "probability",
	CalY:               "share right",
	CalLabel:           "Calibration: %s",
	TestGates:          "Gates by class",
	TestGatesAbout:     "mean of each gate over the pictures of a class",
	TestGatePick:       "Gate of a class",
	TestGate:           "%s, channel %d: %s ± %s (pictures: %s)",
	TestNoGates:        "This network has no attention blocks, so it has no gates.",
	LeftTitle:          "Left out",
	LeftFolder:         "Folder “%s” is no class of this network (files: %s).",
	LeftLoose:          "In no folder of a class: %s files.",
	LeftPicture:        "%s: %s.",
	LeftMore:           "And %s more.",
	TestLost:           "The network kept stopping on these pictures; nothing else has changed.",
	TestOtherClasses:   "%s knows other classes, so the two cannot be compared.",
	TestCSV:            "Save CSV",
	TestJSON:           "Save JSON",
}

var chineseTest = TestSetTexts{
	TestPart:           "使用哪一部分",
	TestPartPictures:   "%s（%s 张）",
	TestPartFiles:      "%s（%s 个文件）",
	TestPartTaken:      "这个测试集分成几部分，这次用的是：%s。",
	TestPartTrain:      "训练集",
	TestPartTest:       "测试集",
	TestPartValidation: "验证集",
	TestPartAll:        "全部",
	TestPartNone:       "未分部分的图片",
	TestByTable:        "没有按类别命名的文件夹，标签取自其中的表格。",
	TestByName:         "没有按类别命名的文件夹，标签取自文件名。",
	TestTitle:          "您自己的测试集",
	TestAbout:          "可以是 CIFAR-10 或 CIFAR-100 的文件，也可以是每类一个图片文件夹的文件夹、zip 或 tar。文件只在本机读取，不会上传。测试期间摄像头画面会暂停，让所有核心都来计算。",
	TestJPEG:           "浏览器解码 JPEG 可能与命令行相差最后一位；.bin 和 PNG 的像素两边完全相同。",
	TestOpen:           "打开文件",
	TestFolder:         "打开文件夹",
	TestDrop:           "把测试集拖到页面任意处",
	TestDropMore:       "文件夹按类别的英文名、中文名、复数或近义词，或编号对应；文件夹对不上时，看文件名（如 cat.1.jpg）或 .csv 表格。对不上的会列出来，不参与测试。",
	TestVersus:         "比较对象",
	TestAlone:          "不比较",
	TestBits:           "同一网络，舍入到 %d 位",
	TestVersusAbout:    "本页的网络使用 int8 权重。要与 float32 比较，请在“模型”面板打开 float32 文件，它就会出现在此列表中。",
	TestDuel:           "%s：正确 %s。两者答案相同的有 %s 张，共 %s 张；只有前者对的 %s 张，只有后者对的 %s 张。",
	TestDuelSame:       "%s在全部 %s 张图片上答案相同。",
	TestAgain:          "重新测试",
	TestOther:          "测试%s",
	TestReading:        "正在读取文件列表……",
	TestLoading:        "正在启动……",
	TestRunning:        "第 %s 张，共 %s 张，%d 个线程",
	TestDone:           "%s，%s：%s 张图片，用时 %s 秒，%d 个线程。",
	TestStopped:        "已停止：以下数字只算前 %s 张，共 %s 张。",
	TestNothing:        "还没有结果就停止了。",
	TestAccuracy:       "正确",
	TestTop5:           "前五命中",
	TestECE:            "校准误差（ECE）",
	TestUnsure:         "拿不准",
	TestOf:             "%s / %s",
	ConfusionTitle:     "混淆矩阵",
	ConfusionAxes:      "行：实际类别；列：网络的答案",
	ConfusionPick:      "混淆矩阵的一格",
	CellWrong:          "%s被认作%s：%s / %s",
	CellRight:          "%s认对了：%s / %s",
	CellNone:           "这一格没有图片。",
	CellPictures:       "这一格的图片，点开后显示在画面上",
	CellPage:           "第 %d 到 %d 张，共 %d 张",
	ThumbName:          "%s：%s %s",
	Previous:           "上一页",
	TestClasses:        "各类别",
	TestClass:          "类别",
	TestPrecision:      "精确率",
	TestRecall:         "召回率",
	CalTitle:           "校准",
	CalText:            "有自知之明的网络落在斜线上：以 80 % 给出的答案，有 80 % 是对的。",
	CalX:               "概率",
	CalY:               "正确比例",
	CalLabel:           "校准曲线：%s",
	TestGates:          "各类别的门控",
	TestGatesAbout:     "每个门控在一类图片上的均值",
	TestGatePick:       "某一类的门控",
	TestGate:           "%s，通道 %d：%s ± %s，共 %s 张图片",
	TestNoGates:        "这个网络没有注意力模块，也就没有门控。",
	LeftTitle:          "未参与测试",
	LeftFolder:         "文件夹“%s”不是这个网络的类别：%s 个文件。",
	LeftLoose:          "%s 个文件不在任何类别的文件夹中。",
	LeftPicture:        "%s：%s。",
	LeftMore:           "还有 %s 项。",
	TestLost:           "网络在这些图片上反复停止；其余一切照旧。",
	TestOtherClasses:   "%s的类别不同，无法比较。",
	TestCSV:            "保存 CSV",
	TestJSON:           "保存 JSON",
}

// faults word what is wrong with a set, English and Chinese: the name, then the number and what it
// is held against.
var faults = map[dataset.Kind][2]string{
	dataset.NotCIFAR: {
		"%s has %d bytes; a CIFAR-10 .bin file has a multiple of %d. Python's batches, tars, zips and folders of pictures by class work, too.",
		"%s 有 %d 字节，而 CIFAR-10 的 .bin 文件应是 %d 的倍数。也可以用 Python 版的批次文件、tar、zip，或按类别分的文件夹。",
	},
	dataset.TenClasses: {
		"%s: this network has %d classes, and the set is CIFAR-%d's. Choose a network of as many.",
		"%s：这个网络有 %d 类，而测试集是 CIFAR-%d 的。请选择类别数相同的网络。",
	},
	dataset.WrongLabel: {
		"%s has the label %d, where there are %d classes, counted from 0: this is another kind of file.",
		"%s 的标签是 %d，而类别从 0 数起只有 %d 个：这是另一种文件。",
	},
	dataset.NoPictures: {
		"%s holds no pictures in folders named as the classes, none named after one (cat.1.jpg), and no table of labels (.csv).",
		"%s 里没有按类别命名的图片文件夹，文件名里没有类别（如 cat.1.jpg），也没有标签表格（.csv）。",
	},
	dataset.TooMany: {
		"%s holds %d files or more; a test set may have %d.",
		"%s 有 %d 个或更多文件；测试集最多 %d 个。",
	},
	dataset.NotZip: {
		"%s is no zip, or was cut off: it has no directory at its end.",
		"%s 不是 zip，或不完整：末尾没有目录。",
	},
	dataset.Zip64: {
		"%s is a zip64 archive, which this page does not read. Unpack it and open the folder.",
		"%s 是 zip64 格式，本页不能读取。请解压后打开文件夹。",
	},
	dataset.Encrypted: {"%s is encrypted. Unpack it and open the folder.", "%s 已加密。请解压后打开文件夹。"},
	dataset.BrokenZip: {"%s is damaged: its directory cannot be followed.", "%s 已损坏：目录无法读取。"},
	dataset.Methods: {
		"%s: its pictures are compressed with %s, which this page does not read. Unpack it and open the folder.",
		"%s 里的图片用 %s 压缩，本页不能读取。请解压后打开文件夹。",
	},
	dataset.NotPickle: {
		"%s is a file of Python's, but no batch of CIFAR-10 or CIFAR-100.",
		"%s 是 Python 的文件，但不是 CIFAR-10 或 CIFAR-100 的批次。",
	},
	dataset.BrokenTar: {
		"%s is damaged, or was cut off: the archive cannot be followed.",
		"%s 已损坏或不完整：压缩包无法读取。",
	},
	dataset.NoPart: {
		"The set has no such part (%s). Choose another.",
		"测试集里没有这一部分（%s）。请另选一部分。",
	},
	dataset.TooLarge: {
		"%s unpacks to more than a gigabyte. Unpack it and open the folder.",
		"%s 解压后超过 1 GB。请解压后打开文件夹。",
	},
	NoReader: {
		"The reader for %s could not be loaded: check the connection, then open it again.",
		"读取 %s 的程序没能加载：请检查网络，再打开一次。",
	},
	NoUnzip: {
		"This browser cannot decode pictures in the background, which %s needs. A .bin file works, or a current Chrome, Edge, Firefox or Safari.",
		"这个浏览器不能在后台解码图片，无法打开 %s。可以用 .bin 文件，或换新版 Chrome、Edge、Firefox、Safari。",
	},
	dataset.Outside:   {"its name leaves the archive", "文件名指向压缩包之外"},
	dataset.Method:    {"it is compressed in a way that is not read", "压缩方式无法读取"},
	dataset.LargeFile: {"it is larger than 64 MB", "大于 64 MB"},
	dataset.Damaged:   {"it holds other bytes than the archive announces", "内容与压缩包目录不符"},
}

// NoReader is the second program that did not come.
const NoReader dataset.Kind = "no-reader"

// NoUnzip is a browser without what pictures need; a .bin file needs none of it.
const NoUnzip dataset.Kind = "no-unzip"
