package nn

import (
	"fmt"
	"slices"
	"strings"

	"sescope/kernels"
	"sescope/weights"
	"sescope/weights/json"
)

// Head is a last layer that was learned for other classes: see Model.WithHead.
type Head struct {
	Name        string            // of the new network
	Title, Note map[string]string // as in Spec
	Classes     []Class
	Weight      []float32 // (classes, inputs), PyTorch's order
	Bias        []float32 // (classes)
	Temperature float32
	Reject      *Reject
	Tensors     []weights.Tensor // that Reject reads, and signatures (see planner)
}

// HeadInputs is the number of values that the last Linear reads; an error says why a network's last
// layer cannot be exchanged.
func (m *Model) HeadInputs() (int, error) {
	last := m.Spec.Layers[len(m.Spec.Layers)-1]
	fc, linear := m.layers[len(m.layers)-1].(*convLayer)
	if !linear || fc.act != kernels.Identity || last.Op != "linear" && last.Op != "conv" {
		return 0, fmt.Errorf("network %q ends with %s %q, expected a linear layer", m.Spec.Name, last.Op, last.Name)
	}
	return fc.in, nil
}

// HeadInput copies the vector that the last Linear reads, in PyTorch's order. dst is reused if it
// has the right length.
func (t *Trace) HeadInput(dst []float32) []float32 {
	m := t.Model
	at := m.source[len(m.layers)-1]
	v := t.session.at(at).Data[:m.layers[at].Out().C]
	if len(dst) != len(v) {
		dst = make([]float32, len(v))
	}
	copy(dst, v)
	if flat := m.flattened(at); flat.C > 0 {
		for c := range flat.C {
			for i := range flat.H * flat.W {
				dst[c*flat.H*flat.W+i] = v[i*flat.C+c]
			}
		}
	}
	return dst
}

// flattened is the map whose order of values a vector still has, or no shape.
func (m *Model) flattened(at int) Shape {
	for ; at != picture; at = m.source[at] {
		switch m.layers[at].(type) {
		case *flattenLayer:
			return m.layers[m.source[at]].Out()
		case *affineLayer, *activationLayer:
		default:
			return Shape{}
		}
	}
	return Shape{}
}

// WithHead is the network with another last layer. It shares all other layers, so it is made in no
// time; its file, which File returns, loads as the same network. What was measured of the former
// classes (card, family, signatures) is left out.
func (m *Model) WithHead(h Head) (*Model, error) {
	inputs, err := m.HeadInputs()
	if err != nil {
		return nil, err
	}
	if len(h.Weight) != len(h.Classes)*inputs || len(h.Bias) != len(h.Classes) {
		return nil, fmt.Errorf("network %q: a head of %d weights and %d biases for %d classes, expected %d inputs", m.Spec.Name, len(h.Weight), len(h.Bias), len(h.Classes), inputs)
	}
	spec := m.Spec.Unmeasured()
	spec.Name, spec.Title, spec.Note, spec.Classes = h.Name, h.Title, h.Note, h.Classes
	spec.Temperature, spec.Reject = h.Temperature, h.Reject
	spec.Layers = slices.Clone(spec.Layers)
	last := &spec.Layers[len(spec.Layers)-1]
	last.Out, last.Bias = len(h.Classes), true
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, err
	}
	f := &weights.File{Name: h.Name, Metadata: map[string]string{}}
	for k, v := range m.file.Metadata {
		f.Metadata[k] = v
	}
	f.Metadata[metadataKey] = string(text)
	delete(f.Metadata, referenceKey)
	own := func(name string) bool { // of the former head
		base := strings.TrimSuffix(name, ".scale")
		return base == last.Name+".weight" || base == last.Name+".bias" || strings.HasPrefix(base, "signature.") || strings.HasPrefix(base, "reject.")
	}
	for _, t := range m.file.Tensors {
		if !own(t.Name) {
			f.Tensors = append(f.Tensors, t)
		}
	}
	shape := []int{len(h.Classes), inputs}
	if last.Op == "conv" {
		shape = append(shape, 1, 1)
	}
	f.Tensors = append(f.Tensors, weights.NewF32(last.Name+".weight", h.Weight, shape...), weights.NewF32(last.Name+".bias", h.Bias, len(h.Bias)))
	f.Tensors = append(f.Tensors, h.Tensors...)
	return m.exchange(f, spec)
}

// exchange plans the last layer, the rejection rule and the signatures of a file; the other layers
// are the model's.
func (m *Model) exchange(f *weights.File, spec Spec) (*Model, error) {
	if err := spec.check(); err != nil {
		return nil, fmt.Errorf("%s: %v", f.Name, err)
	}
	infos, err := spec.Describe()
	if err != nil {
		return nil, fmt.Errorf("%s: %v", f.Name, err)
	}
	last := len(m.layers) - 1
	c := *m
	c.Spec, c.file = spec, f
	c.layers, c.groups = slices.Clone(m.layers), slices.Clone(m.groups)
	c.groups[last] = infos[len(infos)-1:]
	p := planner{file: f, model: &c, used: map[string]bool{}}
	plan := p.conv
	if infos[len(infos)-1].Op == "linear" {
		flat := m.flattened(m.source[last])
		plan = func(group []LayerInfo) (Layer, error) { return p.linear(group, flat) }
	}
	if c.layers[last], err = plan(c.groups[last]); err != nil {
		return nil, err
	}
	if err := p.rejection(m.layers[m.features].Out().C); err != nil {
		return nil, err
	}
	return &c, p.signatures()
}

// File is the network as a weights file. Its tensors are the model's own: they must not be changed.
func (m *Model) File() *weights.File { return m.file }

// Blocks names the attention blocks, in the order of Trace.Gates.
func (m *Model) Blocks() (names []string) {
	for _, l := range m.blocks {
		names = append(names, l.Name())
	}
	return names
}
