package nn

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"sescope/kernels"
	"sescope/weights"
)

// Model is a network with its weights: read-only after Load, shared by any number of sessions.
type Model struct {
	Spec   Spec
	layers []Layer
	source []int             // the layer that each layer reads, or picture
	groups [][]LayerInfo     // the layers of the spec that each layer stands for
	file   *weights.File     // for Arithmetic, which shows weights as they were before packing
	blocks []*attentionLayer // the channel attentions, in their order

	spatials   int // how many spatial attentions there are
	lastPlaces int // the last of them that has more than one place, or -1

	signatures []signature // of every block
	reject     []float32   // by channel of the features, for the rejection score "features"
	taught     taught      // for the score "taught"

	// Where the explanations look: landmarks, as indices of layers.
	conv, features, head int
	behind               []int
	gated, skip, place   int
	last                 *attentionLayer // landmarks.attention, or nil
	explicit             bool
}

// ErrNoSpec is the error about a file that does not describe its network: its spec may come from
// elsewhere.
var ErrNoSpec = errors.New("the header carries no network spec (metadata key \"" + metadataKey + "\")")

// Load plans the network that the file's header describes. Every error names the file and the
// tensor or layer.
func Load(f *weights.File) (*Model, error) {
	spec, ok, err := ParseSpec(f)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s: %w", f.Name, ErrNoSpec)
	}
	return LoadSpec(f, spec)
}

// LoadSpec plans a network whose spec comes from elsewhere, for a plain state_dict file.
func LoadSpec(f *weights.File, spec Spec) (*Model, error) {
	if err := spec.check(); err != nil {
		return nil, fmt.Errorf("%s: spec %q: %v", f.Name, spec.Name, err)
	}
	infos, err := spec.Describe()
	if err != nil {
		return nil, fmt.Errorf("%s: spec %q: %v", f.Name, spec.Name, err)
	}
	if first := spec.firstWeight(); first != "" {
		f = f.Unwrapped(first)
	}
	p := planner{file: f, model: &Model{Spec: spec, file: f, lastPlaces: -1}, used: map[string]bool{}}
	if err := p.plan(infos); err != nil {
		return nil, err
	}
	for _, t := range f.Tensors {
		if base := strings.TrimSuffix(t.Name, ".scale"); !p.used[base] && !strings.HasSuffix(t.Name, ".num_batches_tracked") {
			return nil, fmt.Errorf("%s: tensor %q belongs to no layer of the network %q", f.Name, t.Name, spec.Name)
		}
	}
	return p.model, nil
}

// firstWeight is the name of a tensor that the layers need, or empty if they need none.
func (s *Spec) firstWeight() string {
	for _, l := range s.Layers {
		switch l.Op {
		case "conv", "linear", "batchnorm":
			return l.Name + ".weight"
		}
	}
	return ""
}

// probabilities applies the spec's output function to logits / temperature.
func (m *Model) probabilities(v []float32) {
	switch output := m.Spec.output(); output {
	case "sigmoid":
		kernels.Logistic.Apply(v, v)
	case "softmax":
		kernels.Softmax(v, v)
	}
}

// output is the function behind the last layer: where the spec names none and the last layer is a
// sigmoid, its values are probabilities already.
func (s *Spec) output() string {
	if s.Output == "" && s.Layers[len(s.Layers)-1].Op == "sigmoid" {
		return "none"
	}
	return cmp.Or(s.Output, "softmax")
}

// GatesHead tells whether the last attention block's gates scale the channels of the last
// convolution, which the head reads. Those inside a bottleneck scale others.
func (m *Model) GatesHead() bool { return m.last != nil }

// Planned names the layers that a session runs, each by the last layer of the spec that is fused
// into it.
func (m *Model) Planned() []string {
	names := make([]string, len(m.layers))
	for i, l := range m.layers {
		names[i] = l.Name()
	}
	return names
}
