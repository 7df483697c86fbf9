package nn

import (
	"fmt"
)

// Product is one multiplication behind a value of a feature map: a value of the source map, at row
// Y, column X, channel C, times a weight.
type Product struct {
	Y, X, C       int
	Input, Weight float32
}

// Arithmetic is how one value of a feature map came about: Sum = Bias + the sum of the products,
// and Value = Activation(Sum).
//
//	conv       a product for every weight whose pixel lies in the map (the border counts as 0),
//	           batch norm folded in
//	batchnorm  one product with the folded scale; Bias is the folded shift
//	add        two products with weight 1, the second one from With
//	relu, ...  one product with weight 1; of leakyrelu and prelu with the slope
//	mul        one product: the value and its factor, from With
//	concat, slice, shuffle, pad  one product with weight 1
//	maxpool    the window's values: weight 1 for the first largest, 0 for the others
//	avgpool    the window's values, each with weight 1/size²
//	se, ...    one product: the value and its gate, which Trace.Gates and Trace.GateSum account for
//	spatial    one product: the value and what its place counts, which Trace.Spatial accounts for
//
// A convolution that ran as Winograd summed in another order: Value differs from Activation(Sum) by
// rounding.
type Arithmetic struct {
	Op         string // of the spec
	Source     string // the map that was read, "input" for the normalised picture
	With       string // the other map of add
	Bias       float32
	Products   []Product
	Sum, Value float32
	Activation string // "relu", another op of that kind, or empty
}

// folded caches the weights of the convolution that was asked for last, as PyTorch orders them.
type folded struct {
	layer   int
	w, bias []float32
}

// Arithmetic takes apart the value of channel c at row y, column x of a layer's map, one of
// Trace.Maps.
func (t *Trace) Arithmetic(layer string, y, x, c int) (Arithmetic, error) {
	m, s := t.Model, t.session
	i := 0
	for i < len(m.layers) && m.layers[i].Name() != layer {
		i++
	}
	if i == len(m.layers) {
		return Arithmetic{}, fmt.Errorf("network %q keeps no map %q", m.Spec.Name, layer)
	}
	out, src := s.out[i], s.at(m.source[i])
	if y < 0 || x < 0 || c < 0 || y >= out.H || x >= out.W || c >= out.C {
		return Arithmetic{}, fmt.Errorf("row %d, column %d, channel %d of map %q, expected less than %d, %d, %d", y, x, c, layer, out.H, out.W, out.C)
	}
	a := Arithmetic{Op: m.groups[i][0].Op, Source: m.mapName(m.source[i]), Value: out.At(y, x, c)}
	product := func(from *Tensor, y, x, c int, w float32) {
		if y >= 0 && x >= 0 && y < from.H && x < from.W {
			a.Products = append(a.Products, Product{y, x, c, from.At(y, x, c), w})
		}
	}
	if last := m.groups[i][len(m.groups[i])-1].Op; activations[last] != 0 {
		a.Activation = last
	}
	switch l := m.layers[i].(type) {
	case *convLayer:
		f := &s.folded
		if f.w == nil || f.layer != i {
			p := planner{file: m.file, model: m, used: map[string]bool{}}
			w, bias, err := p.folded(m.groups[i])
			if err != nil {
				return Arithmetic{}, err
			}
			*f = folded{i, w, bias}
		}
		a.Bias = f.bias[c]
		each := l.in / l.groups
		n, first := each*l.kernel*l.kernel, c/(out.C/l.groups)*each // of the group's channels
		for ky := range l.kernel {
			for kx := range l.kernel {
				for in := range each {
					product(src, y*l.stride+ky-l.pads.Top, x*l.stride+kx-l.pads.Left, first+in, f.w[c*n+(in*l.kernel+ky)*l.kernel+kx])
				}
			}
		}
	case *affineLayer:
		a.Bias = l.shift[c]
		product(src, y, x, c, l.scale[c])
	case *addLayer:
		a.With = m.mapName(l.with)
		product(src, y, x, c, 1)
		product(s.at(l.with), y, x, c, 1)
	case *activationLayer:
		product(src, y, x, c, 1)
	case *poolLayer:
		top, bottom := l.window.Rows(y, src.H)
		left, right := l.window.Columns(x, src.W)
		weight, best := float32(0), 0
		if l.average {
			weight = l.window.Share(y, x, src.H, src.W)
		}
		for sy := top; sy < bottom; sy++ {
			for sx := left; sx < right; sx++ {
				product(src, sy, sx, c, weight)
				if last := len(a.Products) - 1; a.Products[last].Input > a.Products[best].Input {
					best = last
				}
			}
		}
		if !l.average {
			a.Products[best].Weight = 1
		}
	case *attentionLayer:
		product(src, y, x, c, s.blocks[l.index].Scale[c])
	case *spatialLayer:
		product(src, y, x, c, t.Spatial[l.index].Scale[y*out.W+x])
	case *concatLayer:
		part := 0
		for c >= s.at(l.parts[part]).C {
			c -= s.at(l.parts[part]).C
			part++
		}
		a.Source = m.mapName(l.parts[part])
		product(s.at(l.parts[part]), y, x, c, 1)
	case *channelsLayer:
		product(src, y, x, l.from[c], 1)
	case *padLayer:
		product(src, y-l.pads.Top, x-l.pads.Left, c, 1)
	case *mulLayer:
		by, gate := s.at(l.with), float32(0)
		switch {
		case by.H == 1 && by.W == 1:
			gate = by.Data[min(c, by.C-1)]
		default:
			gate = by.At(y, x, min(c, by.C-1))
		}
		a.With = m.mapName(l.with)
		product(src, y, x, c, gate)
	case *slopeLayer:
		slope := float32(1)
		if !(src.At(y, x, c) > 0) {
			slope = l.slopes[min(c, len(l.slopes)-1)]
		}
		product(src, y, x, c, slope)
	case *eluLayer:
		a.Activation = "elu"
		product(src, y, x, c, 1)
	default:
		return Arithmetic{}, fmt.Errorf("map %q comes from %s, which has no products to show", layer, a.Op)
	}
	a.Sum = a.Bias
	for _, p := range a.Products {
		a.Sum += p.Input * p.Weight
	}
	return a, nil
}

// mapName is the name of a planned layer's output, as in Trace.Maps.
func (m *Model) mapName(i int) string {
	if i == picture {
		return pictureName
	}
	return m.layers[i].Name()
}
