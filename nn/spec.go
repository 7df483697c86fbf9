package nn

import (
	"bytes"
	"fmt"
	"slices"

	"sescope/kernels"
	"sescope/weights"
	"sescope/weights/json"
)

// Spec is the declarative description of a network. It stands as JSON under the metadata key
// "sescope" of the weights file, so a new sequence of known layers needs no Go code.
type Spec struct {
	Name  string            `json:"name"`
	Title map[string]string `json:"title"`          // what people read, by language ("en", "zh")
	Note  map[string]string `json:"note,omitempty"` // what people should know before they believe it, by language

	// Family names the networks that were trained alike but for their attention, this one included
	// and the one without attention first; nil for a network that stands alone. Twin is how files
	// named the other one when a family had two: ReadSpec makes a Family of it.
	Family []string `json:"family,omitempty"`
	Twin   string   `json:"twin,omitempty"`

	Input   Shape       `json:"input"`
	Mean    []float32   `json:"mean"` // one per input channel, of values 0..1
	Std     []float32   `json:"std"`
	Classes []Class     `json:"classes"`
	Layers  []LayerSpec `json:"layers"`

	// Output is the function behind the last layer: "softmax" (also if empty), "sigmoid" for an
	// answer to each class of its own, or "none" where the last layer's values are the
	// probabilities.
	Output string `json:"output,omitempty"`

	Temperature float32 `json:"temperature,omitempty"` // probabilities are Output(logits / temperature); 0 counts as 1
	Reject      *Reject `json:"reject,omitempty"`      // when the network does not know a picture
	Card        *Card   `json:"card,omitempty"`        // how good the network was found to be
}

// Reject is the rule of Trace.Rejection: a picture is known if its score reaches the threshold, T
// being the temperature.
type Reject struct {
	// "energy": T log sum exp(logits / T); "maxlogit": the largest logit; "msp": the largest
	// probability; "features": Trace.Familiar, plus Odds times the log odds of the largest
	// probability; "taught": 1 - Trace.Nearest / Limit, or (Trace.Familiar - Own) / Spread where
	// that is smaller and Spread is not 0.
	Score     string  `json:"score"`
	Threshold float32 `json:"threshold"`
	Odds      float32 `json:"odds,omitempty"`

	// A score below Strange is rare among the network's own pictures (a twentieth have one): the
	// picture is like nothing that it knows. nil: as Threshold.
	Strange *float32 `json:"strange,omitempty"`

	// Own is the threshold of Trace.Familiar alone; of "features" where Odds is not 0.
	Own float32 `json:"own,omitempty"`

	// Of "taught", which reads the tensors reject.examples, (n, inputs of the head), reject.mean
	// and reject.std, (inputs).
	Limit  float32 `json:"limit,omitempty"`
	Spread float32 `json:"spread,omitempty"`
}

// Class is the plain name of one output.
type Class struct {
	En string `json:"en"`
	Zh string `json:"zh"`
}

// LayerSpec is one layer. Name is PyTorch's parameter prefix; the layer reads the output of the
// layer before it, or of the earlier layer that From names ("input" is the picture). Only earlier
// layers can be named, so a network has no cycles.
//
//	op           uses                               parameters in the file (PyTorch's shapes)
//	conv         in out kernel stride pad groups    NAME.weight (out, in/groups, k, k), NAME.bias
//	             (out) if bias
//	batchnorm    eps                                NAME.weight .bias .running_mean .running_var (c)
//	relu relu6 hardswish hardsigmoid silu sigmoid tanh gelu
//	leakyrelu elu slope
//	prelu                                           NAME.weight (c) or (1)
//	se           fc out act gate bias               FC[0].weight (out, c) and FC[1].weight (c, out),
//	             or as 1x1 convolutions; FC[i].bias if bias
//	cbam         the same                           the same: CBAM's channel part, which reads mean
//	             and maximum
//	eca          kernel conv gate                   CONV.weight (1, 1, k)
//	spatial      kernel conv gate bias norm eps     CONV.weight (1, 2, k, k), CONV.bias (1) if bias,
//	             and those of a batch norm: CBAM's spatial part
//	maxpool      kernel stride pad                  stride is kernel by default
//	avgpool      kernel stride pad inside           the same; places outside the map count as 0, or
//	             with inside not at all
//	mean max                                        over H and W: (H, W, C) -> (1, 1, C)
//	pad          pads                               zeros around the map
//	flatten                                         channel-major, as PyTorch flattens (C, H, W)
//	linear       in out                             NAME.weight (out, in), NAME.bias (out) if bias
//	dropout                                         nothing at inference
//	add          with                               its input + the output of the earlier layer
//	             WITH, of the same shape
//	mul          with                               its input x the output of WITH: of the same
//	             shape, (1, 1, C) or (H, W, 1)
//	concat       parts                              the channels of all PARTS, one after another
//	slice        start out                          OUT channels from START on
//	shuffle      groups                             channels in GROUPS rows, read by columns
//	             (ShuffleNet)
//
// Conv and pools take pads (top, left, bottom, right) where they are not the same on all sides.
//
// An SE block squeezes, goes through FC[0] to out values, act ("relu" by default, relu6, silu or
// hardswish), FC[1], gate ("sigmoid" by default, or hardsigmoid) and scales.
type LayerSpec struct {
	Op     string   `json:"op"`
	Name   string   `json:"name"`
	In     int      `json:"in,omitempty"`
	Out    int      `json:"out,omitempty"`
	Kernel int      `json:"kernel,omitempty"`
	Stride int      `json:"stride,omitempty"`
	Pad    int      `json:"pad,omitempty"`
	Groups int      `json:"groups,omitempty"` // 0 counts as 1
	Bias   bool     `json:"bias,omitempty"`
	Eps    float32  `json:"eps,omitempty"`
	FC     []string `json:"fc,omitempty"`   // the two fully connected layers of se and cbam
	Act    string   `json:"act,omitempty"`  // of se and cbam: what stands between its layers
	Gate   string   `json:"gate,omitempty"` // of se and its like: what makes the gates
	Conv   string   `json:"conv,omitempty"` // the convolution of eca and of spatial
	Norm   string   `json:"norm,omitempty"` // of spatial: the batch norm behind its convolution

	MaxFirst bool `json:"maxfirst,omitempty"` // of spatial: its convolution reads max, then mean

	From  string   `json:"from,omitempty"`  // the layer whose output is read; the one before by default
	With  string   `json:"with,omitempty"`  // the other summand of add, the factors of mul
	Parts []string `json:"parts,omitempty"` // of concat: the layers whose maps it joins, by channels
	Start int      `json:"start,omitempty"` // of slice: its first channel
	Slope float32  `json:"slope,omitempty"` // of leakyrelu and elu: PyTorch's negative_slope and alpha

	Pads   []int `json:"pads,omitempty"`   // top, left, bottom, right, where Pad is not the same on all sides
	Inside bool  `json:"inside,omitempty"` // of avgpool: places outside the map do not count
}

const (
	metadataKey = "sescope"
	maxInput    = 1024    // pixels a side
	maxValues   = 1 << 26 // values of all feature maps with their borders, and weights of one layer: 256 MB
	maxWeights  = 1 << 28 // values of all weights as the kernels want them: 1 GB
	maxChannels = 1 << 16 // of a convolution: Winograd's scratch grows with them
	maxLayers   = 4096
	maxFamily   = 8       // they all run on one picture, side by side
	maxTaught   = 1 << 13 // examples of a network's rejection rule: every frame is compared with all of them
)

// ParseSpec reads the spec of a weights file; ok is false if the file carries none.
func ParseSpec(f *weights.File) (spec Spec, ok bool, err error) {
	text, ok := f.Metadata[metadataKey]
	if !ok {
		return Spec{}, false, nil
	}
	spec, err = ReadSpec(f.Name+": the spec in the header", []byte(text))
	return spec, true, err
}

// Unmeasured is the spec as it holds for other weights of the same layers: without what was
// measured of its own.
func (s Spec) Unmeasured() Spec {
	s.Note, s.Family, s.Temperature, s.Reject, s.Card = nil, nil, 0, nil, nil
	return s
}

// ReadSpec parses the JSON text of a spec; name is for errors.
func ReadSpec(name string, text []byte) (spec Spec, err error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // Windows' editors mark a text so
	if err := json.Unmarshal(text, &spec); err != nil {
		return Spec{}, fmt.Errorf("%s: %v", name, err)
	}
	if spec.Twin != "" {
		spec.Family = []string{spec.Name, spec.Twin}
		if slices.ContainsFunc(spec.Layers, func(l LayerSpec) bool { return isAttention(l.Op) }) {
			slices.Reverse(spec.Family)
		}
		spec.Twin = ""
	}
	if err := spec.check(); err != nil {
		return Spec{}, fmt.Errorf("%s: %v", name, err)
	}
	return spec, nil
}

func (s *Spec) check() error {
	in := s.Input
	switch {
	case s.Name == "":
		return fmt.Errorf("no name")
	case in.H < 1 || in.W < 1 || in.H > maxInput || in.W > maxInput || in.C != 3 && in.C != 1:
		return fmt.Errorf("input %dx%dx%d, expected 3 channels or 1 and 1 to %d pixels a side", in.H, in.W, in.C, maxInput)
	case len(s.Mean) != in.C || len(s.Std) != in.C:
		return fmt.Errorf("%d means and %d standard deviations, expected %d of each", len(s.Mean), len(s.Std), in.C)
	case len(s.Classes) == 0:
		return fmt.Errorf("no classes")
	case !slices.Contains([]string{"", "softmax", "sigmoid", "none"}, s.Output):
		return fmt.Errorf("output %q, expected softmax, sigmoid or none", s.Output)
	case !(s.Temperature >= 0):
		return fmt.Errorf("temperature %v, expected more than 0", s.Temperature)
	case s.Reject != nil && !slices.Contains([]string{"energy", "maxlogit", "msp", "features", "taught"}, s.Reject.Score):
		return fmt.Errorf("reject by %q, expected energy, maxlogit, msp, features or taught", s.Reject.Score)
	case s.Reject != nil && s.Reject.Strange != nil && !(*s.Reject.Strange <= s.Reject.Threshold):
		return fmt.Errorf("reject finds strange what is below %v, expected at most the threshold, %v", *s.Reject.Strange, s.Reject.Threshold)
	case s.Reject != nil && s.Reject.Odds != 0 && !(s.Reject.Odds > 0 && s.Reject.Score == "features"):
		return fmt.Errorf("reject by %s with odds %v, expected at least 0, and 0 but for features", s.Reject.Score, s.Reject.Odds)
	case s.Reject != nil && s.Reject.Score == "taught" && !(s.Reject.Limit > 0 && s.Reject.Spread >= 0):
		return fmt.Errorf("reject by taught with limit %v and spread %v, expected a limit above 0 and a spread of at least 0", s.Reject.Limit, s.Reject.Spread)
	case len(s.Layers) == 0 || len(s.Layers) > maxLayers:
		return fmt.Errorf("%d layers, expected 1 to %d", len(s.Layers), maxLayers)
	}
	if f := s.Family; len(f) > 0 {
		good := len(f) <= maxFamily && slices.Contains(f, s.Name)
		for i, name := range f {
			good = good && name != "" && !slices.Contains(f[:i], name)
		}
		if !good {
			return fmt.Errorf("family %q, expected the names of up to %d networks, each once, %q among them", f, maxFamily, s.Name)
		}
	}
	for i, v := range s.Std {
		if !(v > 0) {
			return fmt.Errorf("std[%d] is %v, expected more than 0", i, v)
		}
	}
	return nil
}

// LayerInfo is one line of inspect: what a layer makes and costs.
type LayerInfo struct {
	LayerSpec
	Shape  Shape // of its output
	Params int   // as PyTorch counts parameters(): running statistics are buffers and do not count
	MACs   int   // multiply-adds for one picture, counted as the direct convolution's

	packedSize int   // of an attention layer: see packed
	from, with int   // indices of the layers that it reads; picture is the network's input
	parts      []int // of concat
}

const (
	picture     = -1      // the index of the network's input among the layers' outputs
	pictureName = "input" // and its name in a spec
)

// activations are the functions of a spec.
var activations = map[string]kernels.Activation{
	"relu": kernels.ReLU, "relu6": kernels.ReLU6, "hardswish": kernels.HardSwish, "hardsigmoid": kernels.HardSigmoid, "silu": kernels.SiLU, "sigmoid": kernels.Logistic,
	"tanh": kernels.Tanh, "gelu": kernels.GELU,
}

// groups is the number of groups of a convolution.
func (l LayerSpec) groups() int { return max(l.Groups, 1) }

// window is that of a pooling layer.
func (l LayerSpec) window() kernels.Window {
	step := l.Stride
	if step == 0 {
		step = l.Kernel
	}
	return kernels.Window{Size: l.Kernel, Step: step, Pads: l.pads(), Inside: l.Inside}
}

// pads are those of all four sides.
func (l LayerSpec) pads() kernels.Pads {
	if p := l.Pads; len(p) == 4 {
		return kernels.Pads{Top: p[0], Left: p[1], Bottom: p[2], Right: p[3]}
	}
	return kernels.Same(l.Pad)
}

// border is the width of the border that holds them all.
func border(p kernels.Pads) int { return max(p.Top, p.Left, p.Bottom, p.Right) }

// Algorithm names the way in which a convolution is computed ("winograd", "direct", "depthwise" or
// "grouped"); it is empty for other layers.
func (l LayerInfo) Algorithm() string {
	switch g := l.groups(); {
	case l.Op != "conv":
		return ""
	case g > 1 && g == l.In && g == l.LayerSpec.Out:
		return "depthwise"
	case g > 1:
		return "grouped"
	case useWinograd(l.Kernel, l.Stride, l.pads(), l.Shape):
		return "winograd"
	}
	return "direct"
}

// Describe walks the spec and returns every layer's output shape, parameters and multiply-adds. It
// is also where a spec's layers are checked against each other, before any weight is looked at.
func (s *Spec) Describe() ([]LayerInfo, error) {
	total, weights := 0, 0
	infos := make([]LayerInfo, 0, len(s.Layers))
	index := map[string]int{pictureName: picture}
	output := func(i int) Shape {
		if i == picture {
			return s.Input
		}
		return infos[i].Shape
	}
	for i, l := range s.Layers {
		fail := func(err error) ([]LayerInfo, error) {
			return nil, fmt.Errorf("layer %d (%s %q): %v", i, l.Op, l.Name, err)
		}
		find := func(what, name string, otherwise int) (int, error) {
			if name == "" {
				return otherwise, nil
			}
			j, ok := index[name]
			if !ok {
				return 0, fmt.Errorf("%s %q, expected the name of an earlier layer or %q", what, name, pictureName)
			}
			return j, nil
		}
		if _, used := index[l.Name]; l.Name == "" || used {
			return nil, fmt.Errorf("layer %d (%s): the name %q is empty or used twice", i, l.Op, l.Name)
		}
		from, err := find("from", l.From, i-1)
		if err != nil {
			return fail(err)
		}
		with, err := find("with", l.With, from)
		if err != nil {
			return fail(err)
		}
		parts, shapes := []int(nil), []Shape(nil)
		for _, name := range l.Parts {
			j, err := find("part", name, i-1)
			if err != nil {
				return fail(err)
			}
			parts, shapes = append(parts, j), append(shapes, output(j))
		}
		info, err := l.describe(output(from), output(with), shapes)
		if err != nil {
			return fail(err)
		}
		info.from, info.with, info.parts = from, with, parts
		index[l.Name] = i
		total += info.Shape.H * info.Shape.W * align4(info.Shape.C)
		if in := output(from); l.Op == "conv" { // its border is part of the map that it reads
			b := border(l.pads())
			total += ((in.H+2*b)*(in.W+2*b) - in.H*in.W) * align4(in.C)
		}
		if total > maxValues {
			return nil, fmt.Errorf("layer %d (%s %q): the feature maps up to here need more than %d values", i, l.Op, l.Name, maxValues)
		}
		if weights += info.packed(); weights > maxWeights {
			return nil, fmt.Errorf("layer %d (%s %q): the weights up to here need more than %d values", i, l.Op, l.Name, maxWeights)
		}
		infos = append(infos, info)
	}
	if shape := output(len(infos) - 1); (shape != Shape{1, 1, len(s.Classes)}) {
		return nil, fmt.Errorf("the last layer gives %dx%dx%d, expected one value for each of the %d classes", shape.H, shape.W, shape.C, len(s.Classes))
	}
	return infos, nil
}
