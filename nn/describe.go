package nn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sescope/kernels"
)

// describe checks one layer on its input; with is the shape of add's other summand or mul's
// factors, parts are those of concat.
func (l LayerSpec) describe(in, with Shape, parts []Shape) (LayerInfo, error) {
	info := LayerInfo{LayerSpec: l, Shape: in}
	bias := 0
	if l.Bias {
		bias = l.Out
	}
	p := l.pads()
	if len(l.Pads) > 0 && (len(l.Pads) != 4 || l.Pad != 0) || min(p.Top, p.Left, p.Bottom, p.Right) < 0 || border(p) > maxInput {
		return info, fmt.Errorf("pads %v and pad %d, expected pad or four numbers: top, left, bottom, right", l.Pads, l.Pad)
	}
	switch l.Op {
	case "conv":
		if l.Groups < 0 || l.Groups > in.C || l.In%l.groups() != 0 || l.Out%l.groups() != 0 {
			return info, fmt.Errorf("%d groups, expected a number that divides in %d and out %d", l.Groups, l.In, l.Out)
		}
		if l.In != in.C || l.Out < 1 || l.Kernel < 1 || l.Kernel > maxInput || l.Stride < 1 || border(p) >= l.Kernel {
			return info, fmt.Errorf("in %d, out %d, kernel %d, stride %d, pad %d on %d channels; expected in to equal the channels, a kernel of 1 to %d, a stride of at least 1 and pad below the kernel",
				l.In, l.Out, l.Kernel, l.Stride, border(p), in.C, maxInput)
		}
		if l.In > maxChannels || l.Out > maxChannels {
			return info, fmt.Errorf("%d -> %d channels, expected at most %d", l.In, l.Out, maxChannels)
		}
		h, w := in.H+p.Top+p.Bottom-l.Kernel, in.W+p.Left+p.Right-l.Kernel
		if h < 0 || w < 0 {
			return info, fmt.Errorf("a %dx%d map with pad %d is smaller than the %dx%d kernel", in.H, in.W, border(p), l.Kernel, l.Kernel)
		}
		info.Shape = Shape{h/l.Stride + 1, w/l.Stride + 1, l.Out}
		k := l.Kernel * l.Kernel * (l.In / l.groups())
		if k > maxValues/l.Out {
			return info, fmt.Errorf("%d x %d weights, more than %d", k, l.Out, maxValues)
		}
		info.Params = k*l.Out + bias
		info.MACs = k * l.Out * info.Shape.H * info.Shape.W
	case "batchnorm":
		if !(l.Eps > 0) {
			return info, fmt.Errorf("eps %v, expected more than 0", l.Eps)
		}
		info.Params = 2 * in.C
		info.MACs = in.C * in.H * in.W
	case "dropout":
	case "maxpool", "avgpool":
		w := l.window()
		if l.Kernel < 1 || l.Kernel > maxInput || w.Step < 1 || w.Step > maxInput || border(p) >= l.Kernel || l.Kernel > in.H+p.Top+p.Bottom || l.Kernel > in.W+p.Left+p.Right {
			return info, fmt.Errorf("window %d, stride %d, pad %d on a %dx%d map, expected a window that fits and pads below its size", l.Kernel, w.Step, border(p), in.H, in.W)
		}
		h, width := w.Out(in.H, in.W)
		info.Shape = Shape{h, width, in.C}
	case "mean":
		info.Shape = Shape{1, 1, in.C}
	case "flatten":
		info.Shape = Shape{1, 1, in.H * in.W * in.C}
	case "linear":
		if l.In > 0 && l.Out > maxValues/l.In {
			return info, fmt.Errorf("%d x %d weights, more than %d", l.In, l.Out, maxValues)
		}
		if in.H != 1 || in.W != 1 || l.In != in.C || l.Out < 1 {
			return info, fmt.Errorf("in %d, out %d on a %dx%dx%d map, expected a vector of in values", l.In, l.Out, in.H, in.W, in.C)
		}
		info.Shape = Shape{1, 1, l.Out}
		info.Params = l.In*l.Out + bias
		info.MACs = l.In * l.Out
	case "add":
		if l.With == "" || with != in {
			return info, fmt.Errorf("%dx%dx%d with %q of %dx%dx%d, expected the name of an earlier layer of the same shape", in.H, in.W, in.C, l.With, with.H, with.W, with.C)
		}
	case "spatial":
		if err := describeSpatial(&info, in); err != nil {
			return info, err
		}
	default:
		if activations[l.Op] != 0 {
			break
		}
		if k, ok := kinds[l.Op]; ok {
			if err := k.describe(&info, in, with, parts); err != nil {
				return info, err
			}
			break
		}
		a := attentionOf(l.Op)
		if a == nil {
			return info, fmt.Errorf("unknown layer, expected conv, batchnorm, %s, %s, %s, spatial, maxpool, avgpool, mean, flatten, linear, dropout or add", ops(activations), strings.Join(AttentionKinds(), ", "), ops(kinds))
		}
		if err := a.describe(&info, in); err != nil {
			return info, err
		}
		info.MACs += in.C * in.H * in.W // the scaling
	}
	if l.With != "" && l.Op != "add" && l.Op != "mul" || len(l.Parts) > 0 && l.Op != "concat" {
		return info, fmt.Errorf("with %q and parts %q, expected with on add and mul only, parts on concat only", l.With, l.Parts)
	}
	if s := info.Shape; s.C > maxValues/(s.H*s.W) {
		return info, fmt.Errorf("its output of %dx%dx%d is larger than %d values", s.H, s.W, s.C, maxValues)
	}
	return info, nil
}

// ops lists the ops of a table for an error message.
func ops[V any](table map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(table)), ", ")
}

// packed is the number of values of a layer's weights in the layout of its kernel, or more.
func (l LayerInfo) packed() int {
	switch l.Op {
	case "conv":
		k := l.Kernel * l.Kernel
		switch l.Algorithm() {
		case "winograd":
			return 36 * align4(l.In) * panels(l.LayerSpec.Out)
		case "direct":
			return k * align4(l.In) * panels(l.LayerSpec.Out)
		case "grouped":
			return k * panels(l.LayerSpec.Out) * kernels.Groups{Groups: l.groups(), CIn: l.In, COut: l.LayerSpec.Out}.Span()
		}
		return k * panels(l.LayerSpec.Out) * (l.In / l.groups())
	case "linear":
		return align4(l.In) * panels(l.LayerSpec.Out)
	}
	return max(l.Params, l.packedSize)
}

// panels is n rounded up to whole panels of a kernel.
func panels(n int) int { return (n + kernels.Panel - 1) / kernels.Panel * kernels.Panel }
