package view

// Portraits tells where the picture of a channel stands in a network's atlas of what its channels
// respond to (models/NAME.portraits.json beside .webp; weights/train/portraits.py makes both).
type Portraits struct {
	Side    int             `json:"side"` // of one picture, in pixels
	Columns int             `json:"columns"`
	Blocks  []PortraitBlock `json:"blocks"`
}

// PortraitBlock is one attention block of an atlas.
type PortraitBlock struct {
	Name     string `json:"name"`  // the block's layer
	First    int    `json:"first"` // the place of its channel 0
	Channels int    `json:"channels"`
}

// At is where a channel's picture begins, in pixels; ok is false where the atlas has none.
func (p *Portraits) At(layer string, channel int) (x, y int, ok bool) {
	if p == nil || p.Columns < 1 || channel < 0 {
		return 0, 0, false
	}
	for _, b := range p.Blocks {
		if b.Name == layer && channel < b.Channels {
			i := b.First + channel
			return i % p.Columns * p.Side, i / p.Columns * p.Side, true
		}
	}
	return 0, 0, false
}

// Body is the network whose layers a network has: of a taught one, that which it was taught on.
func (s *State) Body(model string) string {
	if model == TaughtName && s.Teach.Base != "" {
		return s.Teach.Base
	}
	return model
}

// PortraitFile is the path of a network's atlas without its ending; "" where the page has none.
func (s *State) PortraitFile(model string) string {
	name := "models/" + model + ".portraits"
	if _, ok := s.Files[name+".webp"]; !ok {
		return ""
	}
	if _, ok := s.Files[name+".json"]; !ok {
		return ""
	}
	return name
}
