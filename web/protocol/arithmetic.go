package protocol

// Arithmetic is what made one value of a feature map: Value = ReLU(Bias + the sums of the input channels), see nn.Arithmetic.
type Arithmetic struct {
	Op     string       `json:"op"`     // of the spec: conv, batchnorm, add, maxpool, se
	Source string       `json:"source"` // the map that was read, "input" for the picture
	With   string       `json:"with,omitempty"`
	Count  int          `json:"count"` // multiplications
	Bias   float32      `json:"bias"`
	Inputs []InputTerms `json:"inputs"` // the input channels whose sums are largest, strongest first
	Others int          `json:"others"` // input channels that are not listed, and
	Rest   float32      `json:"rest"`   // their sums together
	Sum    float32      `json:"sum"`
	ReLU   bool         `json:"relu,omitempty"`
	Value  float32      `json:"value"`
}

// InputTerms are the multiplications on one channel of the source map: Width in a row, and as many rows as there are.
type InputTerms struct {
	Channel int     `json:"channel"`
	Width   int     `json:"width"`
	Cells   []Cell  `json:"cells"`
	Sum     float32 `json:"sum"`
}

// Cell is one multiplication; Out tells that it lies outside the map, where the input counts as 0.
type Cell struct {
	Input  float32 `json:"i"`
	Weight float32 `json:"w"`
	Out    bool    `json:"out,omitempty"`
}

// SEFlow is one SE block from its means to the multiplication of one channel.
type SEFlow struct {
	Layer   string    `json:"layer"`
	Index   int       `json:"index"` // of the block, from 1
	Channel int       `json:"channel"`
	N       int       `json:"n"`      // channels
	Width   int       `json:"width"`  // of the hidden layer
	Squeeze []float32 `json:"-"`      // N means
	Hidden  []float32 `json:"-"`      // Width values behind ReLU
	Excite  []float32 `json:"-"`      // Width weights from the hidden layer to this channel
	Logit   float32   `json:"logit"`  // in front of the sigmoid
	Own     []float32 `json:"-"`      // N gates as the network says them
	Scale   []float32 `json:"-"`      // N gates as they are applied
	Before  Plane     `json:"before"` // the channel's map in front of its gate
	After   Plane     `json:"after"`  // and behind it
}

func (f *SEFlow) planes() []plane {
	return []plane{{&f.Squeeze, f.N}, {&f.Hidden, f.Width}, {&f.Excite, f.Width}, {&f.Own, f.N}, {&f.Scale, f.N}, {&f.Before.Data, f.Before.W * f.Before.H}, {&f.After.Data, f.After.W * f.After.H}}
}
