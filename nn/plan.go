package nn

import (
	"fmt"
	"slices"

	"sescope/kernels"
	"sescope/weights"

	"github.com/chewxy/math32"
)

// planner turns spec layers into Layers, folding batch norm and fusing ReLU where nothing needs the
// values between.
type planner struct {
	file  *weights.File
	model *Model
	used  map[string]bool
}

func (p *planner) tensor(name string, shape ...int) ([]float32, error) {
	p.used[name] = true
	return p.file.Float32(name, shape...)
}

// signatures reads the usual gates of every block that the file describes.
func (p *planner) signatures() error {
	m := p.model
	m.signatures = make([]signature, len(m.blocks))
	for i, l := range m.blocks {
		name := "signature." + l.name
		if p.file.Lookup(name+".mean") == nil {
			continue
		}
		for part, dst := range map[string]*[][]float32{".mean": &m.signatures[i].mean, ".std": &m.signatures[i].std} {
			v, err := p.tensor(name+part, len(m.Spec.Classes), l.out.C)
			if err != nil {
				return err
			}
			*dst = slices.Collect(slices.Chunk(v, l.out.C))
		}
	}
	return nil
}

func (p *planner) plan(infos []LayerInfo) error {
	m := p.model
	a, err := findLandmarks(infos)
	if err != nil {
		return fmt.Errorf("%s: network %q: %v", p.file.Name, m.Spec.Name, err)
	}
	at := make([]int, len(infos)) // the planned layer that holds each spec layer's output
	planned := func(i int) int {
		if i < 0 {
			return i
		}
		return at[i]
	}
	orders := make([]Shape, len(infos)) // the map that a vector is the flattening of: what reads it has weights in PyTorch's order
	for i := 0; i < len(infos); {
		l := infos[i]
		in := m.Spec.Input
		if l.from != picture {
			in = infos[l.from].Shape
		}
		if i == a.head {
			m.head = len(m.layers)
		}
		order := Shape{}
		if l.from != picture {
			order = orders[l.from]
		}
		group := infos[i : i+1] // spec layers taken
		var layer Layer
		var err error
		switch l.Op {
		case "conv":
			switch {
			case order != Shape{}:
				err = p.flattened(l)
			case i > a.head: // the gradient goes through it
				group = fusible(infos, i, isBatchNorm, isReLU)
			case i != a.conv:
				group = fusible(infos, i, isBatchNorm, isActivation)
			}
			if err == nil {
				layer, err = p.conv(group)
			}
		case "batchnorm":
			group = fusible(infos, i, isReLU)
			layer, err = p.affine(group, order)
		case "spatial":
			layer, err = p.spatial(l, planned(l.from))
		case "maxpool", "avgpool":
			layer = &poolLayer{base{l.Name, l.Shape}, l.window(), l.Op == "avgpool"}
		case "mean":
			layer = &meanLayer{base{l.Name, l.Shape}}
		case "flatten":
			if in.H > 1 || in.W > 1 { // a vector is flat already
				layer = &flattenLayer{base{l.Name, l.Shape}}
				order = in
			}
		case "linear":
			group = fusible(infos, i, isReLU)
			layer, err = p.linear(group, order)
			order = Shape{}
		case "add":
			if !slices.Contains(a.behind, i+1) { // the gradient goes through the ReLU
				group = fusible(infos, i, isReLU)
			}
			last := group[len(group)-1]
			layer = &addLayer{base{last.Name, l.Shape}, planned(l.with), len(group) > 1}
			if l.with != picture && orders[l.with] != order {
				err = p.flattened(l)
			}
		case "dropout":
		default:
			switch k, ok := kinds[l.Op]; {
			case activations[l.Op] != 0:
				layer = &activationLayer{base{l.Name, l.Shape}, activations[l.Op]}
			case ok && (order == Shape{} || k.anyOrder):
				layer, err = k.load(p, l, planned)
			case ok || order != Shape{}:
				err = p.flattened(l)
			default:
				layer, err = p.attention(l)
			}
		}
		if err != nil {
			return err
		}
		out := planned(l.from)
		if layer != nil {
			m.source = append(m.source, out)
			m.layers = append(m.layers, layer)
			m.groups = append(m.groups, group)
			out = len(m.layers) - 1
		}
		for range group {
			orders[i] = order
			at[i] = out
			i++
		}
	}
	if last := len(infos) - 1; orders[last] != (Shape{}) {
		return p.flattened(infos[last])
	}
	m.conv, m.features, m.gated, m.skip, m.place = planned(a.conv), planned(a.features), planned(a.gated), planned(a.skip), planned(a.place)
	if a.attention != none {
		m.last = m.layers[planned(a.attention)].(*attentionLayer)
		m.explicit = a.explicit
	}
	for _, i := range a.behind {
		m.behind = append(m.behind, planned(i))
	}
	m.behind = slices.Compact(m.behind) // a batch norm and its ReLU are one layer
	if err := p.rejection(infos[a.features].Shape.C); err != nil {
		return err
	}
	return p.signatures()
}

// flattened is the error about a layer that reads a flattened map without weights that could be put
// into our order.
func (p *planner) flattened(l LayerInfo) error {
	return fmt.Errorf("%s: network %q: layer %q (%s) has a flattened map of several pixels, expected linear, batchnorm or an activation behind flatten", p.file.Name, p.model.Spec.Name, l.Name, l.Op)
}

// rejection reads the weights of the rejection scores that need some; channels are those of the map
// that the head reads.
func (p *planner) rejection(channels int) (err error) {
	m := p.model
	m.reject, m.taught = nil, taught{}
	r := m.Spec.Reject
	if r == nil {
		return nil
	}
	if r.Score == "features" || r.Score == "taught" && r.Spread > 0 {
		if m.reject, err = p.tensor("reject.weight", channels); err != nil {
			return err
		}
	}
	if r.Score != "taught" {
		return nil
	}
	n, err := m.HeadInputs()
	if err != nil {
		return err
	}
	if m.taught.mean, err = p.tensor("reject.mean", n); err != nil {
		return err
	}
	if m.taught.std, err = p.tensor("reject.std", n); err != nil {
		return err
	}
	for i, v := range m.taught.std {
		if !(v > 0) {
			return fmt.Errorf("%s: tensor %q: value %d is %v, expected more than 0", p.file.Name, "reject.std", i, v)
		}
	}
	rows := 1
	if t := p.file.Lookup("reject.examples"); t != nil && len(t.Shape) == 2 && t.Shape[0] <= maxTaught {
		rows = max(t.Shape[0], 1)
	}
	v, err := p.tensor("reject.examples", rows, n)
	m.taught.examples = slices.Collect(slices.Chunk(v, n))
	return err
}

// folded reads a convolution's weights, (out, in/groups, k, k), and biases, and multiplies the
// batch norm behind it into them.
func (p *planner) folded(group []LayerInfo) (w, bias []float32, err error) {
	l := group[0]
	if w, err = p.tensor(l.Name+".weight", l.LayerSpec.Out, l.In/l.groups(), l.Kernel, l.Kernel); err != nil {
		return nil, nil, err
	}
	bias = make([]float32, l.LayerSpec.Out)
	if l.Bias {
		if bias, err = p.tensor(l.Name+".bias", l.LayerSpec.Out); err != nil {
			return nil, nil, err
		}
	}
	if len(group) > 1 && group[1].Op == "batchnorm" {
		scale, shift, err := p.batchNorm(group[1])
		if err != nil {
			return nil, nil, err
		}
		k := len(w) / len(bias)
		for o, s := range scale {
			row := w[o*k:][:k]
			for i := range row {
				row[i] *= s
			}
			bias[o] = bias[o]*s + shift[o]
		}
	}
	return w, bias, nil
}

func (p *planner) conv(group []LayerInfo) (Layer, error) {
	w, bias, err := p.folded(group)
	if err != nil {
		return nil, err
	}
	l, last := group[0], group[len(group)-1]
	layer := &convLayer{base: base{last.Name, l.Shape}, kernel: l.Kernel, stride: l.Stride, pads: l.pads(), groups: l.groups(), in: l.In, algorithm: l.Algorithm(), act: activations[last.Op]}
	switch layer.algorithm {
	case "winograd":
		layer.w, layer.bias = kernels.PackWinograd(w, l.LayerSpec.Out, l.In, align4(l.In)), kernels.PackBias(bias, l.LayerSpec.Out)
	case "direct":
		layer.w, layer.bias = kernels.Pack(w, l.LayerSpec.Out, l.In, l.Kernel, l.Kernel, align4(l.In)), kernels.PackBias(bias, l.LayerSpec.Out)
	case "depthwise":
		layer.w, layer.bias = kernels.PackDepthwise(w, l.In, l.Kernel, l.Kernel), kernels.PackBias(bias, l.In)
	case "grouped":
		g := kernels.Groups{Groups: l.groups(), CIn: l.In, COut: l.LayerSpec.Out}
		layer.w, layer.bias = kernels.PackGrouped(w, g, l.Kernel, l.Kernel, align4(l.In)), kernels.PackBias(bias, l.LayerSpec.Out)
	}
	return layer, nil
}

// batchNorm reads a batch norm as scale and shift: scale = weight / sqrt(var + eps), shift = bias -
// mean*scale.
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

// affine plans a batch norm that is not part of a convolution, and its ReLU. Behind a flatten,
// order is the map in front of that.
func (p *planner) affine(group []LayerInfo, order Shape) (Layer, error) {
	scale, shift, err := p.batchNorm(group[0])
	if err == nil && order.C > 0 {
		scale, shift = channelsLast(scale, 1, order), channelsLast(shift, 1, order)
	}
	last := group[len(group)-1]
	return &affineLayer{base{last.Name, last.Shape}, scale, shift, last.Op == "relu"}, err
}

// dense reads a fully connected layer that may be written as a 1x1 convolution.
func (p *planner) dense(name string, out, in int, biased bool, act kernels.Activation) (l convLayer, err error) {
	shape := []int{out, in}
	if t := p.file.Lookup(name + ".weight"); t != nil && len(t.Shape) == 4 {
		shape = []int{out, in, 1, 1}
	}
	w, err := p.tensor(name+".weight", shape...)
	if err != nil {
		return l, err
	}
	var bias []float32
	if biased {
		if bias, err = p.tensor(name+".bias", out); err != nil {
			return l, err
		}
	}
	return fullyConnected(name, w, bias, out, in, act), nil
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
	last := group[len(group)-1]
	layer := fullyConnected(last.Name, w, bias, out, in, activations[last.Op])
	return &layer, nil
}

// fullyConnected is the 1x1 convolution of a 1x1 map. w is (out, in).
func fullyConnected(name string, w, bias []float32, out, in int, act kernels.Activation) convLayer {
	return convLayer{base: base{name, Shape{1, 1, out}}, kernel: 1, stride: 1, groups: 1, in: in, algorithm: "direct", act: act,
		w: kernels.Pack(w, out, in, 1, 1, align4(in)), bias: kernels.PackBias(bias, out)}
}

// channelsLast reorders the columns of (out, C*H*W) weights from PyTorch's channel-major flattening
// to ours, (H, W, C).
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
