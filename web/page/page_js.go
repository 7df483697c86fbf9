package page

import (
	"runtime"
	"slices"
	"strings"
	"syscall/js"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/domrender"

	"sescope/web/browser"
	"sescope/web/protocol"
	"sescope/web/turns"
	"sescope/web/ui"
	"sescope/web/view"
)

// Page is the whole page.
type Page struct {
	state *view.State
	tasks chan func()

	renderer *domrender.JSRenderer
	build    *vugu.BuildEnv
	root     *ui.Root
	renders  renders

	boot      js.Value // window.sescope: what boot.js loaded
	worker    worker
	lines     lines
	model     *protocol.Model // that the worker answers with
	stage     *stage
	desk      desk
	strip     strip
	portraits portraits
	fall      *browser.Painter // of the waterfall's pictures
	pin       pin

	smooth   view.Steady
	steadyOf turns.Ticket // the epoch that smooth is about
	steadyBy string       // and the network
	steadyID int          // the frame that it knows already

	frames frames
	camera cameras
	notice notice
	links  links
	brush  brush
	live   announcer

	answered string // the answer that was rendered last
	panel    panel
	walk     walk
	own      map[string]ownNetwork // by the name in the model picker
	builtIn  string                // the network that the page came with and that answered last
	compare  compare
	lessons  lessons
	audit    audit
	still    still
	tests    testSet
	work     work // the run over it

	loads    turns.Generation // choices of a network
	pictures turns.Generation // choices of a picture
	bits     turns.Generation // choices of the bits slider
	sets     turns.Generation // test sets that were opened
	runs     turns.Generation // runs over a test set
	thumbs   turns.Generation // pictures of a cell of a test
}

// Run builds the page and serves it for ever.
func Run() {
	p := &Page{own: map[string]ownNetwork{}, lessons: newLessons(), state: view.NewState(), tasks: make(chan func(), 256), boot: js.Global().Get("sescope")}
	p.readSettings()
	p.stage = newStage()
	p.frames.camera = browser.NewCanvas(grabSide, true)
	p.frames.sharp = browser.NewCanvas(sharpSide, false)
	p.frames.still = browser.NewCanvas(1, true)
	showOpacity(p.state.Opacity)
	p.startVugu()
	browser.Failed = func(err error) { p.post(func() { p.broke(err) }) }
	p.worker.deaths.Max, p.audit.tries.Max = maxDeaths, auditTries
	p.frames.Grab = p.grab
	p.lines.onTimer = js.FuncOf(func(js.Value, []js.Value) any { p.post(p.tickLines); return nil })
	p.startWorker(p.boot.Get("firstWorker"))
	p.restoreTaught()
	p.ChooseSample(p.firstLink())
	first := p.boot.Get("first")
	p.loads.Begin()
	p.loadModel(first.Get("name").String(), first.Get("bytes").Get("buffer"))
	for len(p.tasks) > 0 { // what these asked for, before and not after the first render
		p.do(<-p.tasks)
		runtime.Gosched() // for what they began beside
	}
	p.render() // while the picture is decoded and the worker reads the network
	p.listen()
	for task := range p.tasks {
		p.do(task)
	}
}

// do runs a task; what the browser throws in it is told.
func (p *Page) do(task func()) {
	if err := browser.Try(task); err != nil {
		p.broke(err)
	}
}

// away does something that may wait, in a goroutine of its own.
func (p *Page) away(f func()) {
	go func() {
		if err := browser.Try(f); err != nil {
			browser.Failed(err)
		}
	}()
}

// broke tells what the browser threw where nothing else was ready for it, and goes on.
func (p *Page) broke(err error) {
	js.Global().Get("console").Call("error", "SEscope: "+err.Error())
	if p.frames.Busy() && !p.worker.Owes() { // the request never went
		p.frames.Answered()
	}
	_ = browser.Try(func() {
		p.trouble(view.BrowserThrew, err.Error(), nil)
		p.next()
	})
}

// post hands f to the goroutine that owns the state. It never blocks, so callbacks from the browser
// may use it.
func (p *Page) post(f func()) {
	select {
	case p.tasks <- f:
	default: // a burst: let the order go rather than an event
		go func() { p.tasks <- f }()
	}
}

func (p *Page) readSettings() {
	s, root := p.state, js.Global().Get("document").Get("documentElement")
	s.Theme = root.Get("dataset").Get("theme").String()
	if lang := root.Get("lang").String(); len(lang) >= 2 && lang[:2] == "zh" {
		s.Lang = "zh"
	}
	s.Files = map[string]string{}
	files := p.boot.Get("files")
	for i := range files.Length() {
		name := files.Index(i).String()
		s.Files[name] = p.boot.Call("path", name).String()
	}
	models, standard := p.boot.Get("models"), ""
	for i := range models.Length() {
		m := models.Index(i)
		if m.Get("default").Truthy() {
			standard = m.Get("name").String()
		}
		title := m.Get("title")
		s.Models = append(s.Models, view.ModelChoice{Name: m.Get("name").String(), Bytes: m.Get("bytes").Int(),
			Title: map[string]string{"en": title.Get("en").String(), "zh": title.Get("zh").String()}, Family: family(m.Get("family")), Renders: m.Get("renders").Truthy()})
	}
	defaults := slices.IndexFunc(s.Models, func(m view.ModelChoice) bool { return m.Name == standard })
	s.Models = view.MenuOrder(s.Models, defaults)
	s.Model = p.boot.Get("first").Get("name").String()
	s.Relaxed = p.boot.Get("build").String() == "relaxed"
	p.countLoaded()
}

// countLoaded brings the strip's number up to date after something was fetched.
func (p *Page) countLoaded() { p.state.LoadedKB = p.boot.Call("loaded").Int() / 1000 }

// family is a list of networks' names, in which there are no commas; nil if it is missing.
func family(v js.Value) []string {
	if !v.Truthy() {
		return nil
	}
	return strings.Split(v.Call("join").String(), ",")
}

// setReady is called with the first painted result. The controls are rendered first: who sees
// "ready" can use them.
func (p *Page) setReady() {
	if p.state.Ready {
		return
	}
	p.state.Ready = true
	p.render()
	browser.ByID("loading").Set("hidden", true)
	browser.ByID("poster").Set("hidden", true)
	js.Global().Get("document").Get("documentElement").Get("dataset").Set("state", "ready")
}
