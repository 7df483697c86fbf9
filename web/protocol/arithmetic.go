package protocol

// Arithmetic is what made one value of a feature map: Value = Activation(Bias + the sums of the
// input channels), see nn.Arithmetic.
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
	Value  float32      `json:"value"`

	Activation string `json:"activation,omitempty"` // an op of a spec, or empty
}

// InputTerms are the multiplications on one channel of the source map: Width in a row, and as many
// rows as there are.
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
