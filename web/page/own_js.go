package page

import (
	"slices"
	"strings"
	"syscall/js"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/view"
	"sescope/weights"
)

// maxNetwork is the largest file that is read as a network: everything is held in memory, as bytes
// and as weights.
const maxNetwork = 320 << 20

// ownNetwork is a network's file that the person opened; the browser keeps it, so that a new worker
// can be given it again.
type ownNetwork struct {
	file  js.Value // a Blob
	spec  string   // of model.json, if that was opened with it
	heavy bool     // the person opened it although it is a lot of work
}

// isNetwork tells by its name whether a file is a network.
func isNetwork(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(networkFiles, func(ext string) bool { return strings.HasSuffix(name, ext) })
}

// networkFiles are the ends of names of networks, those included that are answered with a sentence
// only: weights.Foreign.
var networkFiles = []string{".safetensors", ".pt", ".pth", ".ckpt", ".onnx", ".tflite", ".h5", ".keras", ".index.json"}

// OpenNetwork shows the browser's file dialog for a network.
func (p *Page) OpenNetwork() {
	p.post(func() { browser.ByID("network").Call("click") })
}

// openFiles opens what was dropped or chosen: a network with what belongs to it, a test set, or
// else the first file as a picture.
func (p *Page) openFiles(files js.Value) {
	var spec js.Value
	for i := range files.Length() {
		if strings.HasSuffix(strings.ToLower(files.Index(i).Get("name").String()), ".json") {
			spec = files.Index(i)
		}
	}
	for i := range files.Length() { // before test sets: an ONNX file's data may be called weights.bin
		if file := files.Index(i); isNetwork(file.Get("name").String()) {
			p.openNetwork(file, 0, spec, files)
			return
		}
	}
	for i := range files.Length() {
		if file := files.Index(i); isTestSet(file.Get("name").String()) {
			p.openTestFile(file)
			return
		}
	}
	if files.Length() > 0 {
		var names, types []string
		for i := range files.Length() {
			names, types = append(names, files.Index(i).Get("name").String()), append(types, files.Index(i).Get("type").String())
		}
		i := view.PictureAmong(names, types)
		p.openBlob(files.Index(i), names[i])
	}
}

// openNetwork reads a network's file and loads it; until it answers, and if it never does, the
// present network goes on working. What is no safetensors file is made one first, with pictures of
// side where it leaves their size open; beside are the files that came with it.
func (p *Page) openNetwork(file js.Value, side int, spec, beside js.Value) {
	name := file.Get("name").String()
	if file.Get("size").Int() > maxNetwork {
		p.trouble(view.OwnHuge, view.Bytes(file.Get("size").Int()), func() { p.OpenNetwork() })
		return
	}
	p.hideNotice()
	turn := p.loads.Begin()
	p.away(func() {
		own := ownNetwork{file: file}
		head, err := browser.ReadBlob(file, 0, 64)
		if err == nil && spec.Truthy() {
			var text js.Value
			if text, err = browser.AwaitCall(spec, "text"); err == nil {
				own.spec = text.String()
			}
		}
		if err == nil && (weights.IsTorch(head) || strings.HasSuffix(strings.ToLower(name), ".onnx")) {
			own.file, err = p.converted(turn, name, side, file, beside)
		}
		p.post(func() {
			switch {
			case !turn.Current(): // another one was chosen
			case err == errReader:
				p.trouble(view.ReaderMissing, "", func() { p.openNetwork(file, side, spec, beside) })
			case err == errSize:
				open := func(side int) func() { return func() { p.openNetwork(file, side, spec, beside) } }
				p.trouble(view.OwnSize, name, open(224), open(32))
			case err != nil:
				p.trouble(view.OwnBroken, err.Error(), func() { p.OpenNetwork() })
			default:
				p.openOwn(name, own, p.state.RoundOwn, "", tutorialNetworks)
			}
		})
	})
}

// tutorialNetworks are the classes that a file without a spec may be of.
var tutorialNetworks = []string{"simple-se", "simple", "cnn3-se"}

// openOwn has a network's file loaded. Where it does not describe its network, the spec of a
// built-in network, like, is tried, and then those of rest: a wrong one is refused by the names and
// shapes of its tensors.
func (p *Page) openOwn(name string, own ownNetwork, round bool, like string, rest []string) {
	fail := func(text string) {
		if p.state.Loading == name {
			p.state.Loading = ""
		}
		p.trouble(view.OwnBroken, text, func() { p.OpenNetwork() })
		p.renderSoon()
	}
	fetch := p.bytesLater(like, js.Undefined())
	turn := p.loads.Begin()
	req := protocol.Request{Op: protocol.Load, Model: name, Spec: own.spec, Heavy: own.heavy}
	if round {
		req.Bits = 8
	}
	p.away(func() {
		buffer, err := browser.AwaitCall(own.file, "arrayBuffer")
		other := js.Undefined()
		if err == nil && like != "" {
			other, err = fetch()
		}
		p.post(func() {
			switch {
			case !turn.Current(): // another one was chosen
				return
			case err != nil:
				fail(err.Error())
				return
			}
			p.state.Loading = name
			stopped := func() { fail(p.state.StopsWorker(name)) }
			p.frames.Ask(&job{req: req, data: func() js.Value { return buffer }, like: other, lost: stopped, done: func(reply protocol.Reply, data js.Value) {
				switch {
				case reply.Work > 0:
					p.state.Loading = ""
					own.heavy = true
					p.trouble(view.OwnHeavy, view.Work(p.state.Lang, name, reply.Work), func() { p.openOwn(name, own, round, like, nil) })
					p.renderSoon()
				case reply.Error != "" && len(rest) > 0 && (reply.NoSpec || like != ""):
					p.openOwn(name, own, round, rest[0], rest[1:])
				case reply.Error != "" && like != "":
					fail(name + ": no network spec in its header, no model.json beside it, and not the tensors of " + strings.Join(tutorialNetworks, ", "))
				case reply.Error != "":
					fail(reply.Error)
				default:
					if reply.Model.Spec != "" {
						own.spec = reply.Model.Spec
					}
					if small := data.Get("file"); small.Truthy() {
						own.file = js.Global().Get("Blob").New([]any{small})
					}
					p.stopAudit() // it may be another network of the same name
					p.own[name] = own
					p.state.AddOwn(reply.Model, round)
					p.adopt(reply.Model, turn)
				}
			}})
			p.next()
		})
	})
}

// ToggleRound chooses whether the weights of a person's own network are rounded when it is opened.
func (p *Page) ToggleRound() {
	p.post(func() {
		p.state.RoundOwn = !p.state.RoundOwn
		p.renderSoon()
	})
}

// DownloadWeights saves the present network's file.
func (p *Page) DownloadWeights() {
	p.post(func() {
		name := p.state.Model
		if own, ok := p.own[name]; ok { // rounded here
			save(own.file, name[:strings.LastIndexByte(name, '.')]+"-int8.safetensors")
			return
		}
		fetch := p.bytesLater(name, js.Undefined())
		p.away(func() {
			bytes, err := fetch()
			p.post(func() {
				if err != nil {
					p.trouble(view.ModelMissing, "", func() { p.DownloadWeights() })
					return
				}
				save(js.Global().Get("Blob").New([]any{bytes}), name+".safetensors")
			})
		})
	})
}
