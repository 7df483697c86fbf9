package view

import (
	"fmt"

	"sescope/nn"
	"sescope/nn/picture"
)

// Trouble is something that went wrong and that a person can do something about.
type Trouble string

// The troubles of camera, pictures and network.
const (
	CameraRefused   Trouble = "camera-refused"   // NotAllowedError
	CameraAbsent    Trouble = "camera-absent"    // NotFoundError, OverconstrainedError
	CameraBusy      Trouble = "camera-busy"      // NotReadableError, AbortError
	CameraGone      Trouble = "camera-gone"      // the track ended
	CameraInsecure  Trouble = "camera-insecure"  // no mediaDevices: the page was not opened over HTTPS or localhost
	CameraLacking   Trouble = "camera-lacking"   // no mediaDevices although it was
	CameraSilent    Trouble = "camera-silent"    // it was opened and never delivered a frame
	CameraStalled   Trouble = "camera-stalled"   // its frames stopped; it goes on by itself when they come again
	CameraFramed    Trouble = "camera-framed"    // another page embeds this one and does not hand the camera on
	CameraForbids   Trouble = "camera-forbidden" // the server that sends the page forbids it
	PictureEmpty            = "picture-" + Trouble(picture.Empty)
	PictureBroken           = "picture-" + Trouble(picture.Broken)
	PictureFormat           = "picture-" + Trouble(picture.Foreign) // a format that the browser lacks
	PictureUnknown          = "picture-" + Trouble(picture.Unknown)
	PictureHuge             = "picture-" + Trouble(picture.Huge)
	PictureCut              = "picture-" + Trouble(picture.Cut)
	PictureScans            = "picture-" + Trouble(picture.Scans)
	PictureInks             = "picture-" + Trouble(picture.Inks)
	PictureTainted          = "picture-" + Trouble(picture.Tainted) // a drawing that the browser shows but lets no page read
	PicturesAltered Trouble = "pictures-altered"                    // the browser gives pages other pixels than it shows
	PictureMoves    Trouble = "picture-moves"                       // not an error: the first frame is shown
	SampleMissing   Trouble = "sample-missing"
	ModelMissing    Trouble = "model-missing"
	ModelBroken     Trouble = "model-broken"
	OwnBroken       Trouble = "own-broken" // a network's file that the person opened
	OwnHuge         Trouble = "own-huge"
	OwnSize         Trouble = "own-size"       // its file leaves the size of its pictures open: two usual ones are offered
	ReaderMissing   Trouble = "reader-missing" // the second program
	OwnStops        Trouble = "own-stops"      // a person's own network ends workers, or keeps them from answering
	WorkerLost      Trouble = "worker-lost"    // several workers in a row ended
	WorkerSilent    Trouble = "worker-silent"  // it did not answer, and was replaced
	AnswerBroken    Trouble = "answer-broken"  // the network's numbers about a frame are no answer
	OwnHeavy        Trouble = "own-heavy"      // a person's network needs more work than expected; it is run if asked for
	BrowserThrew    Trouble = "browser-threw"  // a Web API threw where nobody expected it
	LinkBroken      Trouble = "link-broken"
)

// Notice is what the page says about a trouble: what happened, then what to do and what is kept.
type Notice struct {
	Title, Text    string
	Action, Second string // what the buttons say; "" is no button
	Brief          bool   // a remark that goes away by itself
}

// CameraTrouble names the trouble behind a DOMException of getUserMedia. may tells whether the
// page's surroundings let it ask at all, as far as the browser says that; framed, whether another
// page embeds it.
func CameraTrouble(exception string, may, framed bool) Trouble {
	switch exception {
	case "NotAllowedError", "SecurityError", "PermissionDeniedError":
		switch {
		case framed && !may:
			return CameraFramed
		case !may:
			return CameraForbids
		}
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
	case CameraRefused, CameraAbsent, CameraBusy, CameraGone, CameraInsecure, CameraLacking, CameraSilent, CameraFramed, CameraForbids:
		return true
	}
	return false
}

// OnlyPicture tells whether trying again is of no use: a picture is the only way on.
func (t Trouble) OnlyPicture() bool {
	return t == CameraInsecure || t == CameraLacking || t == CameraFramed || t == CameraForbids
}

// NoticeFor words a trouble. detail is the file's format, its megapixels or the technical reason,
// where there is one.
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
	case t.OnlyPicture():
		n.Action = text.UsePicture
	case t.IsCamera():
		n.Action, n.Second = text.TryAgain, text.UsePicture
	case t == OwnHeavy:
		n.Action = text.OpenAnyway
	case t == OwnSize:
		n.Action, n.Second = "224 × 224", "32 × 32"
	case t == ModelMissing || t == ReaderMissing || t == SampleMissing || t == PicturesAltered:
		n.Action = text.TryAgain
	case t == ModelBroken || t == WorkerLost || t == WorkerSilent || t == BrowserThrew || t == AnswerBroken || t == CameraStalled || t == OwnStops || t == PictureMoves || t == LinkBroken:
	default:
		n.Action = text.Retry
	}
	return n
}

// StopsWorker says that a worker ended, or fell silent, with the network that it was to load.
func (s *State) StopsWorker(name string) string {
	if s.Lang == "zh" {
		return name + "：加载时程序中止，或者迟迟没有回应"
	}
	return name + ": the program that computes ended while loading it, or did not answer"
}

// Work says how much a network has to compute for a picture, against what is expected.
func Work(lang, name string, work int) string {
	const billion = 1e9
	if lang == "zh" {
		return fmt.Sprintf("%s：每张图片 %.3g 亿次乘加，通常不超过 %d 亿次", name, float64(work)/1e8, nn.MaxWork/100_000_000)
	}
	return fmt.Sprintf("%s: %.3g billion multiply-adds a picture, expected at most %d", name, float64(work)/billion, nn.MaxWork/1_000_000_000)
}
