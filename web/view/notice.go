package view

import "sescope/nn/picture"

// Trouble is something that went wrong and that a person can do something about.
type Trouble string

// The troubles of camera, pictures and network.
const (
	CameraRefused  Trouble = "camera-refused"  // NotAllowedError
	CameraAbsent   Trouble = "camera-absent"   // NotFoundError, OverconstrainedError
	CameraBusy     Trouble = "camera-busy"     // NotReadableError, AbortError
	CameraGone     Trouble = "camera-gone"     // the track ended
	CameraInsecure Trouble = "camera-insecure" // no mediaDevices: the page was not opened over HTTPS or localhost
	CameraLacking  Trouble = "camera-lacking"  // no mediaDevices although it was
	PictureEmpty           = "picture-" + Trouble(picture.Empty)
	PictureBroken          = "picture-" + Trouble(picture.Broken)
	PictureFormat          = "picture-" + Trouble(picture.Foreign) // a format that the browser lacks
	PictureUnknown         = "picture-" + Trouble(picture.Unknown)
	PictureHuge            = "picture-" + Trouble(picture.Huge)
	PictureCut             = "picture-" + Trouble(picture.Cut)
	PictureScans           = "picture-" + Trouble(picture.Scans)
	PictureInks            = "picture-" + Trouble(picture.Inks)
	PictureMoves   Trouble = "picture-moves" // not an error: the first frame is shown
	SampleMissing  Trouble = "sample-missing"
	ModelMissing   Trouble = "model-missing"
	ModelBroken    Trouble = "model-broken"
	OwnBroken      Trouble = "own-broken" // a network's file that the person opened
	OwnHuge        Trouble = "own-huge"
	OwnStops       Trouble = "own-stops"     // a person's own network ends workers, or keeps them from answering
	WorkerLost     Trouble = "worker-lost"   // several workers in a row ended
	WorkerSilent   Trouble = "worker-silent" // it did not answer, and was replaced
	LinkBroken     Trouble = "link-broken"
)

// Notice is what the page says about a trouble: what happened, then what to do and what is kept.
type Notice struct {
	Title, Text    string
	Action, Second string // what the buttons say; "" is no button
	Brief          bool   // a remark that goes away by itself
}

// CameraTrouble names the trouble behind a DOMException of getUserMedia.
func CameraTrouble(exception string) Trouble {
	switch exception {
	case "NotAllowedError", "SecurityError", "PermissionDeniedError":
		return CameraRefused
	case "NotFoundError", "OverconstrainedError", "DevicesNotFoundError":
		return CameraAbsent
	case "TypeError":
		return CameraInsecure
	case "NotSupportedError":
		return CameraLacking
	}
	return CameraBusy
}

// IsCamera tells whether the trouble is the camera's.
func (t Trouble) IsCamera() bool {
	switch t {
	case CameraRefused, CameraAbsent, CameraBusy, CameraGone, CameraInsecure, CameraLacking:
		return true
	}
	return false
}

// NoticeFor words a trouble. detail is the file's format, its megapixels or the technical reason, where there is one.
func (s *State) NoticeFor(t Trouble, detail string) Notice {
	words, ok := troubles[t]
	if !ok {
		panic("view: no words for trouble " + string(t))
	}
	text := s.T()
	lang := 0
	if s.Lang == "zh" {
		lang = 1
	}
	n := Notice{Title: words[lang][0], Text: words[lang][1], Brief: t == PictureMoves}
	if detail != "" {
		if lang == 1 {
			n.Text += "（" + detail + "）"
		} else {
			n.Text += " (" + detail + ")"
		}
	}
	switch {
	case t == CameraInsecure || t == CameraLacking:
		n.Action = text.UsePicture
	case t.IsCamera():
		n.Action, n.Second = text.TryAgain, text.UsePicture
	case t == ModelMissing || t == SampleMissing:
		n.Action = text.TryAgain
	case t == ModelBroken || t == WorkerLost || t == WorkerSilent || t == OwnStops || t == PictureMoves || t == LinkBroken:
	default:
		n.Action = text.Retry
	}
	return n
}

// English and Chinese: title, then what to do and what is kept.
var troubles = map[Trouble][2][2]string{
	CameraRefused: {{"This page may not use the camera yet", "Click the icon left of the address, set Camera to Allow, then try again. The last picture is still here."},
		{"浏览器没有允许本页使用摄像头", "点地址栏左侧的图标，把“摄像头”改为“允许”，再按“重试”。刚才的图片还在。"}},
	CameraAbsent: {{"No camera was found", "Connect one, or switch it on, then try again. The last picture is still here."},
		{"没有找到摄像头", "请接上或打开摄像头，再按“重试”。刚才的图片还在。"}},
	CameraBusy: {{"The camera is in use elsewhere", "Another program or tab holds it, or the system blocks it. Close that, then try again. The last picture is still here."},
		{"摄像头正被占用", "别的程序或标签页正在用它，或者系统不允许。关掉后再按“重试”。刚才的图片还在。"}},
	CameraGone: {{"The camera was disconnected", "Plug it in again, or choose another, then try again. The last frame is still here."},
		{"摄像头断开了", "请重新接上，或换一个，再按“重试”。最后一帧还在。"}},
	CameraInsecure: {{"The browser gives no camera to this address", "Cameras work only over HTTPS or on localhost. Open the page there, or use a picture."},
		{"浏览器不向这个地址提供摄像头", "摄像头只能在 HTTPS 或 localhost 下使用。请换成那样的地址，或改用图片。"}},
	CameraLacking: {{"This browser gives pages no camera", "It has none to offer, or a setting forbids it. Use a picture, or open the page in a current Chrome, Edge, Firefox or Safari."},
		{"这个浏览器不向网页提供摄像头", "它没有这项功能，或者被设置关掉了。请改用图片，或用新版 Chrome、Edge、Firefox、Safari 打开。"}},
	PictureEmpty: {{"The file is empty", "It holds not a single byte; perhaps it was not copied to the end. The last picture is still here."},
		{"文件是空的", "里面一个字节也没有，也许没有复制完。刚才的图片还在。"}},
	PictureBroken: {{"The picture is damaged", "The browser could not decode it. Try to open and save it again in another program. The last picture is still here."},
		{"图片已损坏", "浏览器无法解码。请用别的程序打开并重新保存。刚才的图片还在。"}},
	PictureFormat: {{"This browser cannot read that format", "Save the picture as JPEG or PNG and open that. The last picture is still here."},
		{"浏览器读不了这种格式", "请另存为 JPEG 或 PNG 再打开。刚才的图片还在。"}},
	PictureUnknown: {{"That is not a picture", "JPEG, PNG, WebP, GIF, AVIF, BMP and SVG files work. The last picture is still here."},
		{"这不是图片", "可以打开 JPEG、PNG、WebP、GIF、AVIF、BMP 和 SVG 文件。刚才的图片还在。"}},
	PictureHuge: {{"The picture is too large", "Decoding it would need too much memory. Make it smaller, 64 megapixels at most. The last picture is still here."},
		{"图片太大", "解码需要太多内存。请缩小到 6400 万像素以内。刚才的图片还在。"}},
	PictureCut: {
		{"The picture is cut off", "Its file ends before the picture does; perhaps it was not copied to the end. The last picture is still here."},
		{"图片不完整", "文件在图片结束之前就断了，也许没有复制完。刚才的图片还在。"},
	},
	PictureScans: {
		{"The picture has too many passes", "This JPEG goes over the picture more than 100 times, which would take minutes. Open and save it again in another program. The last picture is still here."},
		{"图片的扫描遍数太多", "这个 JPEG 要扫描 100 遍以上，解码要好几分钟。请用别的程序打开并重新保存。刚才的图片还在。"},
	},
	PictureInks: {
		{"The picture's colours are not clear", "This CMYK JPEG does not say whether its colours are inverted, and programs disagree. Save it as RGB. The last picture is still here."},
		{"图片的颜色说不清", "这个 CMYK 格式的 JPEG 没有说明颜色是否反转，各种程序的解释不同。请另存为 RGB。刚才的图片还在。"},
	},
	PictureMoves: {{"This picture moves", "SEscope shows its first frame."},
		{"这是动图", "SEscope 只看第一帧。"}},
	SampleMissing: {{"The sample could not be loaded", "Check the connection, then try again. The last picture is still here."},
		{"样图没能加载", "请检查网络，再按“重试”。刚才的图片还在。"}},
	ModelMissing: {{"The network could not be loaded", "Check the connection, then try again. The network from before goes on working."},
		{"网络没能加载", "请检查连接，再按“重试”。原来的网络照常工作。"}},
	ModelBroken: {{"The network's file cannot be used", "It was refused while loading. The network from before goes on working."},
		{"网络文件无法使用", "加载时被拒绝。原来的网络照常工作。"}},
	OwnBroken: {{"Your network cannot be used", "Nothing has changed: the network from before goes on working. A file without a spec in its header needs its model.json opened with it."},
		{"您的网络无法使用", "一切照旧：原来的网络照常工作。文件头里没有结构说明的，请连同 model.json 一起打开。"}},
	OwnStops: {{"Your network was put away", "It ended the program that computes, or kept it from answering. A network that came with the page goes on; yours can be chosen again."},
		{"您的网络已停用", "它使计算程序中止，或者迟迟没有回应。现在由本页自带的网络继续；您仍可再次选择它。"}},
	WorkerSilent: {{"The network did not answer", "It was silent for too long, so it was started again. The last picture is still here."},
		{"网络没有回应", "它太久没有回应，已重新启动。刚才的图片还在。"}},
	OwnHuge: {{"Your network is too large", "A file may have 268 MB at most. The network from before goes on working."},
		{"您的网络太大", "文件最多 268 MB。原来的网络照常工作。"}},
	LinkBroken: {{"Part of the link could not be followed", "Everything else it said is on the page; for this, the page keeps what it shows by itself."},
		{"链接里有一部分无法识别", "其余部分已经照办；这一部分保持页面原来的样子。"}},
	WorkerLost: {{"The network keeps stopping", "It was restarted three times and stopped each time. Reload the page or choose another model."},
		{"网络反复停止", "已经重启三次，每次都停了。请重新加载页面，或换一个模型。"}},
}

// StopsWorker says that a worker ended, or fell silent, with the network that it was to load.
func (s *State) StopsWorker(name string) string {
	if s.Lang == "zh" {
		return name + "：加载时程序中止，或者迟迟没有回应"
	}
	return name + ": the program that computes ended while loading it, or did not answer"
}
