// Package view holds what the page shows and the words it shows it in: plain Go without a browser,
// so that it is tested natively. The .vugu components in web/ui are markup over these values.
package view

import (
	"slices"

	"sescope/nn"
	"sescope/web/protocol"
)

// Source is where the picture on the stage comes from.
type Source string

// The three sources.
const (
	FromSample Source = "sample"
	FromFile   Source = "file"
	FromCamera Source = "camera"
)

// ModelChoice is a line of the model picker.
type ModelChoice struct {
	Name    string
	Title   map[string]string
	Bytes   int
	Own     bool     // the person's own file
	Rounded bool     // its weights were rounded when it was opened
	Family  []string // networks trained alike, itself included: see nn.Spec
	Renders bool     // its samples are the rendered ones
}

// Device is a camera.
type Device struct{ ID, Label string }

// State is everything that the page shows.
type State struct {
	Lang  string // "en" or "zh"
	Theme string // "light" or "dark"
	Ready bool   // a first result was painted

	Relaxed bool // the program is the build with fused multiply-adds

	Files map[string]string // where pack put the files of web/static, by their names there

	Models   []ModelChoice
	Model    string // the one that was chosen
	Reading  string // the file that the second program reads, or ""
	Loading  string // the one that is being fetched, or ""
	Fetched  int    // bytes of it
	LoadedKB int    // everything fetched so far, in 1000 bytes as they were sent

	Tab          string // the ID of the open one, "" for none
	Menu         string // the open one: MenuMap, MenuMore, MenuHead or ""
	AllBlocks    bool   // the desk shows every block, not one
	Block        int    // the one that the desk shows
	Touch        bool   // the person points with a finger
	SeeInput     bool   // the stage shows the network's own input
	Doubt        bool   // the numbers behind "not sure" are shown
	Sample       int    // chosen in the strip of samples; -1 none
	CameraOn     bool
	CameraWaits  bool // asked for, not yet there
	Frozen       bool
	Mirrored     bool
	Devices      []Device
	Device       string
	Kind         nn.Kind // "" until the first network came
	Class        int     // the map's class; -1 follows the prediction
	Colours      string
	Opacity      int // per cent
	Fixed        bool
	HeatOff      bool
	Rank         string
	Brush        bool             // in the person's hand
	Painted      int              // strokes on the frame
	Against      int              // whom the class is compared with: see protocol.Want
	Resize       string           // ResizeBilinear or ResizeSpline
	Desk         *Desk            // of the present network; nil before the first
	Desks        map[string]*Desk // by network, so that going back finds the gates as they were left
	Held         *protocol.Peek   // the channel under the pointer or in focus
	Effects      *protocol.Peeked // the last peek that tells what the answer would be without it
	Picked       bool             // Chosen was chosen by a person
	Chosen       *protocol.Peek   // the one that the card describes otherwise: what was touched last, or the one that matters most
	FPS          float64
	Shown        *Shown
	KindsOffered []nn.Kind
	RanksOffered []string

	MapsChoice MapsChoice
	Compare    Compare
	Audit      Audit
	Bits       Bits
	Test       TestSet
	Teach      Teach
	RoundOwn   bool                  // round the weights of the network that is opened next
	ClassesOf  map[string][]nn.Class // of the networks that were loaded, by name
	Walk       Walk
	Panel      *protocol.Panel // what the open panel shows of the shown frame; nil if it asks for nothing or has no answer yet
}

// The menus of rare controls.
const (
	MenuMap  = "map"  // on the picture: kind, class, colours, opacity, scale, enlargement, brush
	MenuMore = "more" // freeze, mirror, save, export, which camera
	MenuHead = "head" // on a phone: network, theme, help
)

// How the map on the stage is enlarged.
const (
	ResizeBilinear = "bilinear" // half-pixel centres
	ResizeSpline   = "spline"   // the cubic spline of the tutorial's scipy zoom, corners aligned
)

// Shown is the frame that was painted last: picture, network and result belong together.
type Shown struct {
	Source  Source
	File    string // "ship.svg", the file's name, "camera", "clipboard"
	Truth   int    // class index, -1 unknown
	Model   *protocol.Model
	Result  *protocol.Result
	Steady  *Steady // of a live camera; nil: the result speaks for itself
	Timings protocol.Timings
}

// NewState is the page before anything happened.
func NewState() *State {
	return &State{Lang: "en", Theme: "light", Sample: FirstSample, Class: -1, Against: protocol.RunnerUp, Colours: nn.Viridis.Name, Opacity: 60, MapsChoice: MapsChoice{Y: -1, X: -1},
		Rank: string(nn.ByMean), Resize: ResizeBilinear, Desks: map[string]*Desk{}, ClassesOf: map[string][]nn.Class{}, KindsOffered: []nn.Kind{nn.GradCAM}, RanksOffered: []string{string(nn.ByMean)}}
}

// Want is what the page asks the worker to explain.
func (s *State) Want() protocol.Want {
	w := protocol.Want{Kind: s.Kind, Class: s.Class, Rank: s.Rank, Top: 3, Against: s.Against, Peek: s.Focus()}
	if s.Shown != nil && s.Shown.Steady != nil && s.CameraOn && s.Shown.Model.Name == s.Model { // the explanations stay with the answer that stays
		if w.Class < 0 {
			w.Class = s.Top()
		}
		if w.Against == protocol.RunnerUp && w.Class == s.Top() {
			w.Against = s.Second()
		}
	}
	return w
}

// Adopt fits the choices to a network: what it cannot show falls back to what it shows best.
func (s *State) Adopt(m *protocol.Model) {
	if s.Desk = s.Desks[m.Name]; s.Desk == nil {
		s.Desk = NewDesk(m.Blocks)
		s.Desks[m.Name] = s.Desk
	}
	s.Held, s.Chosen = nil, nil
	s.Block = max(0, len(m.Blocks)-1)
	s.ClassesOf[m.Name] = m.Classes
	s.Compare.None = false
	s.KindsOffered = m.Kinds
	s.RanksOffered = m.Ranks
	s.Kind = keep(s.Kind, s.KindsOffered)
	s.Rank = keep(s.Rank, s.RanksOffered)
	if s.Class >= len(m.Classes) {
		s.Class = -1
	}
	if s.Against >= len(m.Classes) {
		s.Against = protocol.RunnerUp
	}
}

func keep[T comparable](chosen T, offered []T) T {
	for _, o := range offered {
		if o == chosen {
			return chosen
		}
	}
	return offered[0]
}

// NextKind is the kind of map after the chosen one.
func (s *State) NextKind() nn.Kind {
	for i, k := range s.KindsOffered {
		if k == s.Kind {
			return s.KindsOffered[(i+1)%len(s.KindsOffered)]
		}
	}
	return s.KindsOffered[0]
}

// Name is a class's name in the state's language.
func (s *State) Name(c nn.Class) string {
	if s.Lang == "zh" && c.Zh != "" {
		return c.Zh
	}
	return c.En
}

// Localised picks the text of the state's language, English if there is none.
func (s *State) Localised(text map[string]string) string {
	if t := text[s.Lang]; t != "" {
		return t
	}
	return text["en"]
}

// RankName is what people call a ranking.
func (s *State) RankName(rank string) string {
	t := s.T()
	switch nn.Ranking(rank) {
	case nn.ByGate:
		return t.RankGate
	case nn.ByGateGrad:
		if !slices.Contains(s.RanksOffered, string(nn.ByGate)) { // without SE every gate is 1
			return t.RankGrad
		}
		return t.RankGateGrad
	}
	return t.RankMean
}

// File is where a file of web/static lies, "samples/ship.svg" for instance.
func (s *State) File(name string) string {
	if path, ok := s.Files[name]; ok {
		return path
	}
	return name
}
