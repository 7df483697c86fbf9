package nn

import (
	"fmt"
	"strings"

	"sescope/kernels"
	"sescope/weights"

	"github.com/chewxy/math32"
)

// Model is a network with its weights: read-only after Load, shared by any number of sessions.
type Model struct {
	Spec   Spec
	layers []Layer
	se     []*seLayer

	conv int // index of the last convolution; its own output, before batch norm, is kept for the channel activation
	head int // index of the first layer of the head: the layers behind the last feature maps that keep the convolution's resolution
}

// Load plans the network that the file's header describes. Every error names the file and the tensor or layer.
func Load(f *weights.File) (*Model, error) {
	spec, ok, err := ParseSpec(f)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s: the header carries no network spec (metadata key %q)", f.Name, metadataKey)
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
	p := planner{file: f, model: &Model{Spec: spec, conv: -1}, used: map[string]bool{}}
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

// HasSE tells whether an SE block scales the last convolution's channels.
func (m *Model) HasSE() bool { return m.lastSE() != nil }

func (m *Model) lastSE() *seLayer {
	for i := m.head - 1; i > m.conv; i-- {
		if l, ok := m.layers[i].(*seLayer); ok {
			return l
		}
	}
	return nil
}

// planner turns spec layers into Layers, folding batch norm and fusing ReLU where nothing needs the values between.
type planner struct {
	file  *weights.File
	model *Model
	used  map[string]bool
}

func (p *planner) tensor(name string, shape ...int) ([]float32, error) {
	p.used[name] = true
	return p.file.Float32(name, shape...)
}

func (p *planner) plan(infos []LayerInfo) error {
	m := p.model
	last := -1
	for i, l := range infos {
		if l.Op == "conv" {
			last = i
		}
	}
	if last < 0 {
		return fmt.Errorf("%s: network %q has no convolution", p.file.Name, m.Spec.Name)
	}
	in := m.Spec.Input
	flattened := Shape{} // the map in front of the latest flatten: its order must be undone in the next Linear
	for i := 0; i < len(infos); {
		l := infos[i]
		n := 1 // spec layers taken
		var layer Layer
		var err error
		switch l.Op {
		case "conv":
			if i == last {
				m.conv = len(m.layers)
				layer, err = p.conv(l, nil)
			} else {
				group := fusible(infos[i:])
				n = len(group)
				layer, err = p.conv(l, group[1:])
			}
		case "batchnorm", "relu":
			group := infos[i : i+1]
			if l.Op == "batchnorm" && i+1 < len(infos) && infos[i+1].Op == "relu" {
				group = infos[i : i+2]
			}
			n = len(group)
			layer, err = p.affine(group)
		case "se":
			layer, err = p.se(l)
		case "maxpool":
			layer = &maxPoolLayer{base{l.Name, l.Shape}, l.Kernel}
		case "mean":
			layer = &meanLayer{base{l.Name, l.Shape}}
		case "flatten":
			layer = &flattenLayer{base{l.Name, l.Shape}}
			flattened = in
		case "linear":
			group := infos[i : i+1]
			if i+1 < len(infos) && infos[i+1].Op == "relu" {
				group = infos[i : i+2]
			}
			n = len(group)
			layer, err = p.linear(group, flattened)
			flattened = Shape{}
		case "dropout":
		}
		if err != nil {
			return err
		}
		if layer != nil {
			m.layers = append(m.layers, layer)
		}
		i += n
		in = infos[i-1].Shape
	}
	// The head starts behind the last layer that keeps the last convolution's resolution and is no pooling or flattening.
	m.head = m.conv + 1
	for m.head < len(m.layers) {
		switch m.layers[m.head].(type) {
		case *affineLayer, *seLayer:
			m.head++
			continue
		}
		break
	}
	for _, l := range m.layers[m.head:] {
		if _, ok := l.(headLayer); !ok {
			return fmt.Errorf("%s: layer %q stands behind pooling; expected only maxpool, mean, flatten, linear, relu behind a Linear and dropout there", p.file.Name, l.Name())
		}
	}
	return nil
}

// fusible is the convolution at the start of infos and the batch norm and ReLU that follow it.
func fusible(infos []LayerInfo) []LayerInfo {
	n := 1
	for _, op := range []string{"batchnorm", "relu"} {
		if n < len(infos) && infos[n].Op == op {
			n++
		}
	}
	return infos[:n]
}

func (p *planner) conv(l LayerInfo, fused []LayerInfo) (Layer, error) {
	w, err := p.tensor(l.Name+".weight", l.LayerSpec.Out, l.In, l.Kernel, l.Kernel)
	if err != nil {
		return nil, err
	}
	bias := make([]float32, l.LayerSpec.Out)
	if l.Bias {
		if bias, err = p.tensor(l.Name+".bias", l.LayerSpec.Out); err != nil {
			return nil, err
		}
	}
	layer := &convLayer{base: base{l.Name, l.Shape}, kernel: l.Kernel, stride: l.Stride, pad: l.Pad}
	for _, f := range fused {
		layer.name = f.Name
		if f.Op == "relu" {
			layer.relu = true
			continue
		}
		scale, shift, err := p.batchNorm(f)
		if err != nil {
			return nil, err
		}
		k := len(w) / len(bias)
		for o, s := range scale {
			for i := range w[o*k : (o+1)*k] {
				w[o*k+i] *= s
			}
			bias[o] = bias[o]*s + shift[o]
		}
	}
	if layer.winograd = useWinograd(l.Kernel, l.Stride, l.Pad, l.Shape); layer.winograd {
		layer.w = kernels.PackWinograd(w, l.LayerSpec.Out, l.In, align4(l.In))
	} else {
		layer.w = kernels.Pack(w, l.LayerSpec.Out, l.In, l.Kernel, l.Kernel, align4(l.In))
	}
	layer.bias = kernels.PackBias(bias, l.LayerSpec.Out)
	return layer, nil
}

// batchNorm reads a batch norm as scale and shift: scale = weight / sqrt(var + eps), shift = bias - mean*scale.
func (p *planner) batchNorm(l LayerInfo) (scale, shift []float32, err error) {
	var v [4][]float32
	for i, part := range []string{"weight", "bias", "running_mean", "running_var"} {
		if v[i], err = p.tensor(l.Name+"."+part, l.Shape.C); err != nil {
			return nil, nil, err
		}
	}
	scale, shift = v[0], v[1]
	for i, variance := range v[3] {
		if variance < 0 {
			return nil, nil, fmt.Errorf("%s: tensor %q: value %d is %v, expected a variance of at least 0", p.file.Name, l.Name+".running_var", i, variance)
		}
		scale[i] /= math32.Sqrt(variance + l.Eps)
		shift[i] -= v[2][i] * scale[i]
	}
	return scale, shift, nil
}

// affine plans a batch norm, a ReLU, or both, that are not part of a convolution.
func (p *planner) affine(group []LayerInfo) (Layer, error) {
	first, last := group[0], group[len(group)-1]
	l := &affineLayer{base: base{last.Name, last.Shape}, relu: last.Op == "relu"}
	if first.Op == "batchnorm" {
		var err error
		l.scale, l.shift, err = p.batchNorm(first)
		return l, err
	}
	l.scale, l.shift = make([]float32, first.Shape.C), make([]float32, first.Shape.C)
	for i := range l.scale {
		l.scale[i] = 1
	}
	return l, nil
}

func (p *planner) se(l LayerInfo) (Layer, error) {
	c, width := l.Shape.C, l.LayerSpec.Out
	w1, err := p.tensor(l.FC[0]+".weight", width, c)
	if err != nil {
		return nil, err
	}
	w2, err := p.tensor(l.FC[1]+".weight", c, width)
	if err != nil {
		return nil, err
	}
	layer := &seLayer{base: base{l.Name, l.Shape}, index: len(p.model.se),
		fc1: fullyConnected(l.FC[0], w1, nil, width, c, true), fc2: fullyConnected(l.FC[1], w2, nil, c, width, false)}
	p.model.se = append(p.model.se, layer)
	return layer, nil
}

func (p *planner) linear(group []LayerInfo, flattened Shape) (Layer, error) {
	l := group[0]
	in, out := l.In, l.LayerSpec.Out
	w, err := p.tensor(l.Name+".weight", out, in)
	if err != nil {
		return nil, err
	}
	var bias []float32
	if l.Bias {
		if bias, err = p.tensor(l.Name+".bias", out); err != nil {
			return nil, err
		}
	}
	if flattened.C > 0 {
		w = channelsLast(w, out, flattened)
	}
	layer := fullyConnected(group[len(group)-1].Name, w, bias, out, in, len(group) == 2)
	return &layer, nil
}

// fullyConnected is the 1x1 convolution of a 1x1 map. w is (out, in).
func fullyConnected(name string, w, bias []float32, out, in int, relu bool) convLayer {
	return convLayer{base: base{name, Shape{1, 1, out}}, kernel: 1, stride: 1, relu: relu,
		w: kernels.Pack(w, out, in, 1, 1, align4(in)), bias: kernels.PackBias(bias, out)}
}

// channelsLast reorders the columns of (out, C*H*W) weights from PyTorch's channel-major flattening to ours, (H, W, C).
func channelsLast(w []float32, out int, s Shape) []float32 {
	n := s.H * s.W * s.C
	r := make([]float32, len(w))
	for o := range out {
		for c := range s.C {
			for i := range s.H * s.W {
				r[o*n+i*s.C+c] = w[o*n+c*s.H*s.W+i]
			}
		}
	}
	return r
}
