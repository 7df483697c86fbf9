package view

// English and Chinese: title, then what to do and what is kept.
var troubles = map[Trouble][2][2]string{
	CameraRefused: {
		{
			"This page may not use the camera yet",
			"Click the icon left of the address, set Camera to Allow, then try again. The last picture is still here.",
		},
		{
			"浏览器没有允许本页使用摄像头",
			"点地址栏左侧的图标，把“摄像头”改为“允许”，再按“重试”。刚才的图片还在。",
		},
	},
	CameraAbsent: {
		{
			"No camera was found",
			"Connect one, or switch it on, then try again. The last picture is still here.",
		},
		{
			"没有找到摄像头",
			"请接上或打开摄像头，再按“重试”。刚才的图片还在。",
		},
	},
	CameraBusy: {
		{
			"The camera is in use elsewhere",
			"Another program or tab holds it, or the system blocks it. Close that, then try again. The last picture is still here.",
		},
		{
			"摄像头正被占用",
			"别的程序或标签页正在用它，或者系统不允许。关掉后再按“重试”。刚才的图片还在。",
		},
	},
	CameraGone: {
		{
			"The camera was disconnected",
			"Plug it in again, or choose another, then try again. The last frame is still here.",
		},
		{
			"摄像头断开了",
			"请重新接上，或换一个，再按“重试”。最后一帧还在。",
		},
	},
	CameraInsecure: {
		{
			"The browser gives no camera to this address",
			"Cameras work only over HTTPS or on localhost. Open the page there, or use a picture.",
		},
		{
			"浏览器不向这个地址提供摄像头",
			"摄像头只能在 HTTPS 或 localhost 下使用。请换成那样的地址，或改用图片。",
		},
	},
	CameraLacking: {
		{
			"This browser gives pages no camera",
			"It has none to offer, or a setting forbids it. Use a picture, or open the page in a current Chrome, Edge, Firefox or Safari.",
		},
		{
			"这个浏览器不向网页提供摄像头",
			"它没有这项功能，或者被设置关掉了。请改用图片，或用新版 Chrome、Edge、Firefox、Safari 打开。",
		},
	},
	CameraSilent: {
		{
			"The camera sends no picture",
			"It was switched on, but no frame came, so it is off again. A privacy switch, another program or the system may hold it back. The last picture is still here.",
		},
		{
			"摄像头没有画面",
			"摄像头已打开，但一帧也没有收到，所以又关掉了。可能是隐私开关、别的程序或系统挡住了它。刚才的图片还在。",
		},
	},
	CameraStalled: {
		{
			"The camera stopped sending pictures",
			"The system, another program or its privacy switch holds it back. It goes on by itself when pictures come again.",
		},
		{
			"摄像头不再传来画面",
			"系统、别的程序或隐私开关挡住了它。画面恢复后会自动继续。",
		},
	},
	CameraFramed: {
		{
			"The page around this one keeps the camera",
			"SEscope stands in a frame of another page, which has to hand the camera on with allow=\"camera\". Open SEscope in a tab of its own, or use a picture.",
		},
		{
			"外层网页没有授权使用摄像头",
			"SEscope 嵌在另一个网页的框架里，那个框架需要写上 allow=\"camera\"。请在单独的标签页中打开，或改用图片。",
		},
	},
	CameraForbids: {
		{
			"The server forbids this page the camera",
			"Its Permissions-Policy header says so, and nothing in the browser can change it. Use a picture, or tell whoever runs the server.",
		},
		{
			"服务器禁止本页使用摄像头",
			"这是它的 Permissions-Policy 响应头规定的，在浏览器里无法更改。请改用图片，或告知服务器的管理者。",
		},
	},
	PictureTainted: {
		{
			"The browser keeps this drawing to itself",
			"It shows the SVG but lets no page read it, because HTML or something from elsewhere stands in it. Save it as PNG and open that. The last picture is still here.",
		},
		{
			"浏览器不让网页读取这幅图",
			"它能显示这个 SVG，但里面含有 HTML 或外部内容，网页无法读取。请另存为 PNG 再打开。刚才的图片还在。",
		},
	},
	PicturesAltered: {
		{
			"The browser alters what pages read of pictures",
			"Its protection against fingerprinting hands out grey or noise, so the network sees another picture than you do. Allow this page to read canvases (the icon in the address bar), then try again.",
		},
		{
			"浏览器改动了网页读到的图片",
			"它的防指纹功能给出的是灰色或噪点，网络看到的与您看到的不同。请允许本页读取画布（地址栏里的图标），再按“重试”。",
		},
	},
	PictureEmpty: {
		{
			"The file is empty",
			"It holds not a single byte; perhaps it was not copied to the end. The last picture is still here.",
		},
		{
			"文件是空的",
			"里面一个字节也没有，也许没有复制完。刚才的图片还在。",
		},
	},
	PictureBroken: {
		{
			"The picture is damaged",
			"The browser could not decode it. Try to open and save it again in another program. The last picture is still here.",
		},
		{
			"图片已损坏",
			"浏览器无法解码。请用别的程序打开并重新保存。刚才的图片还在。",
		},
	},
	PictureFormat: {
		{
			"This browser cannot read that format",
			"Save the picture as JPEG or PNG and open that. The last picture is still here.",
		},
		{
			"浏览器读不了这种格式",
			"请另存为 JPEG 或 PNG 再打开。刚才的图片还在。",
		},
	},
	PictureUnknown: {
		{
			"That is not a picture",
			"JPEG, PNG, WebP, GIF, AVIF, BMP and SVG files work. The last picture is still here.",
		},
		{
			"这不是图片",
			"可以打开 JPEG、PNG、WebP、GIF、AVIF、BMP 和 SVG 文件。刚才的图片还在。",
		},
	},
	PictureHuge: {
		{
			"The picture is too large",
			"Decoding it would need too much memory. Make it smaller, 64 megapixels at most. The last picture is still here.",
		},
		{
			"图片太大",
			"解码需要太多内存。请缩小到 6400 万像素以内。刚才的图片还在。",
		},
	},
	PictureCut: {
		{
			"The picture is cut off",
			"Its file ends before the picture does; perhaps it was not copied to the end. The last picture is still here.",
		},
		{
			"图片不完整",
			"文件在图片结束之前就断了，也许没有复制完。刚才的图片还在。",
		},
	},
	PictureScans: {
		{
			"The picture has too many passes",
			"This JPEG goes over the picture more than 100 times, which would take minutes. Open and save it again in another program. The last picture is still here.",
		},
		{
			"图片的扫描遍数太多",
			"这个 JPEG 要扫描 100 遍以上，解码要好几分钟。请用别的程序打开并重新保存。刚才的图片还在。",
		},
	},
	PictureInks: {
		{
			"The picture's colours are not clear",
			"This CMYK JPEG does not say whether its colours are inverted, and programs disagree. Save it as RGB. The last picture is still here.",
		},
		{
			"图片的颜色说不清",
			"这个 CMYK 格式的 JPEG 没有说明颜色是否反转，各种程序的解释不同。请另存为 RGB。刚才的图片还在。",
		},
	},
	PictureMoves: {{
		"This picture moves",
		"SEscope shows its first frame.",
	},
		{
			"这是动图",
			"SEscope 只看第一帧。",
		}},
	SampleMissing: {
		{
			"The sample could not be loaded",
			"Check the connection, then try again. The last picture is still here.",
		},
		{
			"样图没能加载",
			"请检查网络，再按“重试”。刚才的图片还在。",
		},
	},
	ModelMissing: {
		{
			"The network could not be loaded",
			"Check the connection, then try again. The network from before goes on working.",
		},
		{
			"网络没能加载",
			"请检查连接，再按“重试”。原来的网络照常工作。",
		},
	},
	ModelBroken: {
		{
			"The network's file cannot be used",
			"It was refused while loading. The network from before goes on working.",
		},
		{
			"网络文件无法使用",
			"加载时被拒绝。原来的网络照常工作。",
		},
	},
	OwnBroken: {
		{
			"Your network cannot be used",
			"Nothing has changed: the network from before goes on working. A file without a spec in its header needs its model.json opened with it.",
		},
		{
			"您的网络无法使用",
			"一切照旧：原来的网络照常工作。文件头里没有结构说明的，请连同 model.json 一起打开。",
		},
	},
	OwnStops: {
		{
			"Your network was put away",
			"It ended the program that computes, or kept it from answering. A network that came with the page goes on; yours can be chosen again.",
		},
		{
			"您的网络已停用",
			"它使计算程序中止，或者迟迟没有回应。现在由本页自带的网络继续；您仍可再次选择它。",
		},
	},
	AnswerBroken: {
		{
			"The network gave no answer",
			"What it computed for this picture cannot be shown. The last answer is still here.",
		},
		{
			"网络没有给出答案",
			"它对这张图片的计算结果无法显示。刚才的答案还在。",
		},
	},
	OwnSize: {
		{
			"How large are its pictures?",
			"The file leaves that open. Most networks for photographs were trained at 224 × 224, those of CIFAR-10 at 32 × 32; for another size, convert the file with sescope convert --size, or export it with that size. The network from before goes on working.",
		},
		{
			"图片应该多大？",
			"该文件没有规定图片尺寸。面向照片的网络大多以 224 × 224 训练，CIFAR-10 的网络为 32 × 32；如需其他尺寸，请用 sescope convert --size 转换，或按该尺寸重新导出。原来的网络照常工作。",
		},
	},
	OwnHeavy: {
		{
			"Your network is a lot of work",
			"The network from before goes on working. Yours can be opened anyway; then every answer has to be waited for.",
		},
		{
			"您的网络计算量很大",
			"原来的网络照常工作。您的网络也可以照样打开，但每个答案都要等待。",
		},
	},
	BrowserThrew: {
		{
			"The browser refused something",
			"The page goes on; what you did last may not have happened. A setting or an extension may be behind it.",
		},
		{
			"浏览器拒绝了一项操作",
			"页面照常运行，但您刚才的操作可能没有生效。这可能与浏览器设置或扩展有关。",
		},
	},
	WorkerSilent: {
		{
			"The network did not answer",
			"It was silent for too long, so it was started again. The last picture is still here.",
		},
		{
			"网络没有回应",
			"它太久没有回应，已重新启动。刚才的图片还在。",
		},
	},
	ReaderMissing: {
		{
			"The reader for this file could not be loaded",
			"It is a program of its own that comes when a file first needs it. Check the connection, then try again. The network from before goes on working.",
		},
		{
			"读取这种文件的程序没能加载",
			"它是单独的程序，遇到这种文件时才下载。请检查网络，再按“重试”。原来的网络照常工作。",
		},
	},
	OwnHuge: {
		{
			"Your network is too large",
			"A file may have 335 MB at most. The network from before goes on working.",
		},
		{
			"您的网络太大",
			"文件最多 335 MB。原来的网络照常工作。",
		},
	},
	LinkBroken: {
		{
			"Part of the link could not be followed",
			"Everything else it said is on the page; for this, the page keeps what it shows by itself.",
		},
		{
			"链接里有一部分无法识别",
			"其余部分已经照办；这一部分保持页面原来的样子。",
		},
	},
	WorkerLost: {
		{
			"The network keeps stopping",
			"It was restarted three times and stopped each time. Reload the page or choose another model.",
		},
		{
			"网络反复停止",
			"已经重启三次，每次都停了。请重新加载页面，或换一个模型。",
		},
	},
}
